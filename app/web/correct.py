"""The drawer 改正理解: what a reader sets right in the way his question was read, before it is asked again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import gradio as gr

from app.explain import KIND_NAMES, ReadAs
from app.model import Inquiry, Overview, set_right
from app.web.conversation import Conversation, Exchange
from app.web.safe import escaped
from app.web.tabs.tab import QUIET
from corpus.clean import clean_text
from corpus.errors import QuestionError
from retrieval.model import MOST_WORDS, AskedKind

Update = Any
#: Values of the selectors beside a place, a year or a kind: as it was read, and none in particular.
KEEP, ANYTHING = "keep", "any"
_KINDS = tuple(name for kind, name in KIND_NAMES.items() if kind is not AskedKind.CLAUSE)
_SEPARATORS = re.compile(r"[\n；;，,、]+")
_ABOUT = "哪里理解错了就改哪里，其余照原样；改正只用于这一问。"
_SAME = "还没有改动；请先改一处，再点“重新查”。"
_GONE = "这条答复已不在对话中；请重新提问。"
_PLACEHOLDER = "工地=建设工程施工"
# The page's script asks for the form of an answer, and is told when it is filled or sent.
_FORM_SCRIPT = "document.addEventListener('anwen:correct', event => trigger('select', event.detail));"
_SAID_SCRIPT = "watch('value', () => document.dispatchEvent(new CustomEvent('anwen:corrected')));"


@dataclass(frozen=True)
class Correction:
    """The drawer's components."""

    head: gr.HTML
    region: gr.Dropdown
    year: gr.Dropdown
    kind: gr.Dropdown
    wrong: gr.CheckboxGroup
    meant: gr.Textbox
    said: gr.HTML
    again: gr.Button
    #: Number of the exchange that is set right, and the question to be asked again; None until it stands.
    turn: gr.State
    pending: gr.State

    @property
    def fields(self) -> list[Any]:
        """What a visitor fills in."""
        return [self.region, self.year, self.kind, self.wrong, self.meant]


def lay_out_correction(overview: Overview) -> Correction:
    """Lay out the drawer, closed and not filled yet."""
    with gr.Column(elem_id="aw-correct"):
        head = gr.HTML(_head_html(""), apply_default_css=False, js_on_load=_FORM_SCRIPT, elem_id="aw-correct-head")
        region = _selector("地区", _region_choices(overview, ""))
        year = _selector("年份", _year_choices(overview, ""))
        kind = _selector("问的是", _kind_choices(""))
        wrong = gr.CheckboxGroup([], label="这些替换不对（勾选后按原字查）", visible=False, elem_id="aw-correct-wrong")
        meant = gr.Textbox(
            "", label="词的正式说法（每行一个：词=正式说法）", placeholder=_PLACEHOLDER, lines=2, max_lines=4
        )
        said = gr.HTML("", apply_default_css=False, js_on_load=_SAID_SCRIPT, elem_id="aw-correct-said")
        with gr.Row(elem_id="aw-correct-buttons"):
            again = gr.Button("重新查", variant="primary", min_width=100)
            gr.Button("关闭", elem_id="aw-correct-close", min_width=70)
    return Correction(head, region, year, kind, wrong, meant, said, again, gr.State(0), gr.State(None))


def connect_correction(form: Correction, talk: gr.State, handlers: CorrectionHandlers) -> gr.events.Dependency:
    """Connect the drawer; returns the event after which the question may be asked again."""
    form.head.select(handlers.fill, talk, [form.head, *form.fields, form.said, form.turn], **QUIET)
    return form.again.click(handlers.check, [form.turn, *form.fields, talk], [form.said, form.pending], **QUIET)


class CorrectionHandlers:
    """The drawer's events."""

    def __init__(self, overview: Overview) -> None:
        self._overview = overview

    def fill(self, talk: Conversation, event: gr.SelectData) -> tuple[Update, ...]:
        """Fill the drawer for an answer; outputs: head, the five fields, the line under them, the turn."""
        exchange = talk.find(event.index) if isinstance(event.index, int) else None
        if exchange is None or exchange.inquiry is None:
            return (*[gr.skip()] * 6, _said(_GONE, bad=True), 0)
        read, put = _read_as(exchange), exchange.inquiry
        words = _replaced_words(read, put)
        years = "、".join(f"{year}年" for year in read.years)
        return (
            _head_html(exchange.question),
            gr.update(choices=_region_choices(self._overview, "、".join(read.places) or "不限"), value=KEEP),
            gr.update(choices=_year_choices(self._overview, years), value=KEEP),
            gr.update(choices=_kind_choices(KIND_NAMES[read.kind]), value=KEEP),
            gr.update(
                choices=[(shown, word) for word, shown in words.items()], value=list(put.as_typed), visible=bool(words)
            ),
            "\n".join(f"{one.word}={one.meant}" for one in put.meant),
            "",
            exchange.turn,
        )

    def check(
        self, turn: int, region: str, year: str, kind: str, wrong: list[str], meant: str, talk: Conversation
    ) -> tuple[str, Inquiry | None]:
        """Take the corrections; outputs: the line under the fields, the question to be asked again."""
        exchange = talk.find(turn)
        if exchange is None or exchange.inquiry is None:
            return _said(_GONE, bad=True), None
        try:
            inquiry = self._corrected(exchange, region, year, kind, wrong, meant)
        except QuestionError as error:
            return _said(str(error), bad=True), None
        if inquiry == exchange.inquiry:
            return _said(_SAME, bad=True), None
        return '<p class="aw-said" role="status" data-aw-done>正在重新查……</p>', inquiry

    def _corrected(
        self, exchange: Exchange, region: str, year: str, kind: str, wrong: list[str], meant: str
    ) -> Inquiry:
        """The question with what was set right.

        Raises:
            QuestionError: a word that is not in the question, or see set_right.
        """
        put = exchange.inquiry or Inquiry(question=exchange.question)
        kept_kind = KIND_NAMES[put.kind] if put.kind else ""
        lines = [one for one in _SEPARATORS.split(meant or "") if one.strip()]
        inquiry = set_right(put, kept_kind if kind == KEEP else kind, wrong, lines)
        _require_words(_read_as(exchange), inquiry)
        update: dict[str, Any] = {}
        if region in (ANYTHING, *self._overview.regions):
            update |= {"place_set": True, "region": None if region == ANYTHING else region}
        if year in (ANYTHING, *map(str, self._overview.years)):
            update |= {"year_set": True, "year": None if year == ANYTHING else int(year)}
        return inquiry.model_copy(update=update)


def _read_as(exchange: Exchange) -> ReadAs:
    explanation = exchange.held.answer.explanation if exchange.held else None
    return explanation.read_as if explanation else ReadAs(text=clean_text(exchange.question))


def _replaced_words(read: ReadAs, put: Inquiry) -> dict[str, str]:
    """What was put for words of the question, by the word, as many as may be set right; those set right before too."""
    words = {word: f"{word}（已按原字）" for word in put.as_typed}
    words |= {one.typed: f"{one.typed} → {one.meant}（改错字）" for one in read.corrections}
    words |= {one.word: f"{one.word} → {'、'.join(one.terms)}" for one in read.replaced}
    return dict(list(words.items())[:MOST_WORDS])


def _require_words(read: ReadAs, inquiry: Inquiry) -> None:
    """Hold whoever says what a word means to the words of the question.

    Raises:
        QuestionError: it has no such word.
    """
    before = (pair for one in read.corrections for pair in (one.typed, one.meant))
    said = (read.text, clean_text(inquiry.question), *before)
    for one in inquiry.meant:
        if not any(clean_text(one.word) in text for text in said):
            raise QuestionError(f"问题中没有“{one.word}”这个词；等号左边请照问题里的写法填写")


def _selector(label: str, choices: list[tuple[str, str]]) -> gr.Dropdown:
    return gr.Dropdown(choices=choices, value=KEEP, label=label, filterable=False)


def _kept(read: str) -> tuple[str, str]:
    """The first choice: nothing is changed."""
    return (f"照原来的理解：{read}" if read else "照原来的理解"), KEEP


def _region_choices(overview: Overview, read: str) -> list[tuple[str, str]]:
    return [_kept(read), ("不限", ANYTHING), *((one, one) for one in overview.regions)]


def _year_choices(overview: Overview, read: str) -> list[tuple[str, str]]:
    return [_kept(read), ("最新", ANYTHING), *((f"{year}年", str(year)) for year in overview.years)]


def _kind_choices(read: str) -> list[tuple[str, str]]:
    return [_kept(read), *((name, name) for name in _KINDS)]


def _head_html(question: str) -> str:
    asked = f'<p class="aw-correct-asked">问题：{escaped(question)}</p>' if question else ""
    return f'<h2 id="aw-correct-title">改正理解</h2>{asked}<p>{_ABOUT}</p>'


def _said(line: str, bad: bool = False) -> str:
    kind = "aw-said aw-bad" if bad else "aw-said"
    return f'<p class="{kind}" role="status">{escaped(line)}</p>'
