"""The tab 对照: two notices beside each other, the list of changes, one subject in several notices."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote, unquote, urlencode

import gradio as gr

from app.align.changes import Change
from app.align.compare import Comparer
from app.align.many import counterparts, mentions
from app.align.standing import nearest, useful_pairs
from app.desk import Desk
from app.export.sheet import write_sheet
from app.export.word import write_document
from app.web.downloads import DOCX, XLSX, Download, Parameters
from app.web.safe import ANY_OTHER, escaped
from app.web.tabs.tab import ANY, LOADING, QUIET, busy, done, dropdown, script
from app.web.views.compare import pairs_html, presets_html
from app.web.views.compare_asked import Asked, Mode
from app.web.views.compare_files import file_name, paper_of, sheet_of
from app.web.views.compare_list import list_html, listed, many_html, of_kind
from app.web.views.compare_words import notice_name, unit_name
from corpus.errors import QuestionError
from corpus.model import Document

#: Notices that the view of one subject holds against each other, and the longest word that is looked for.
_MOST_NOTICES, _LONGEST_WORD = 8, 40
#: From so many notices on, their selectors can be searched.
_MANY_NOTICES = 12
_MODES = [("逐条对照", Mode.PAIRS.value), ("变化清单", Mode.LIST.value), ("一个事项，多份通知", Mode.MANY.value)]
_TOO_FEW = '<p class="aw-empty">至少要收录两份通知才能对照；请把通知放入通知文件夹，再重新启动安问。</p>'
_UNKNOWN = '<p class="aw-empty">没有这样两份通知；请在上面另选。</p>'
_SAME = '<p class="aw-empty">左右是同一份通知；请在“左”或“右”里另选一份。</p>'
#: The address goes along with the first event: that of the address alone might be overtaken by it.
_NOTHING = "没有符合条件的变化，没有可导出的内容；请换一个事项或词"
#: The browser's address leads to what is shown, so that it survives a reload and can be sent to somebody.
_ADDRESSED = """
const addressed = (bare) => {
  const address = document.querySelector('#aw-compare-view [data-aw-address]')?.dataset.awAddress;
  if (!address || document.body.dataset.tab !== 'compare' || (bare && location.hash !== '#/compare')) return;
  history.replaceState(history.state, '', address);
};
watch('value', () => addressed(false));
window.addEventListener('hashchange', () => addressed(true));
"""
_WITH_ADDRESS = "(...values) => [...values.slice(0, -1), location.hash]"


class CompareTab:
    """Notices beside each other."""

    name = "compare"
    title = "对照"

    def __init__(self, desk: Desk) -> None:
        """Take the desk whose notices are compared."""
        self._desk = desk
        self._notices = [one for one in desk.documents if one.clauses]
        self._pairs = useful_pairs(self._notices)

    @property
    def kept(self) -> Sequence[gr.components.Component]:
        """The two notices, the view, the word and the box; the clause depends on the left notice."""
        return (self._left, self._right, self._mode, self._word, self._only)

    def lay_out(self) -> None:
        """Make the components."""
        choices = [(notice_name(one), one.notice) for one in self._notices]
        first = self._pairs[0] if self._pairs else tuple((*self._notices, *self._notices)[:2])
        left, right = (one.notice for one in first) if first else (None, None)
        with gr.Row(elem_classes="aw-tools", elem_id="aw-compare-tools"):
            look: dict[str, Any] = {"filterable": len(choices) > _MANY_NOTICES, "scale": 4, "min_width": 280}
            self._left = gr.Dropdown(choices, value=left, label="左（旧的或上级的）", **look)
            self._right = gr.Dropdown(choices, value=right, label="右（新的或下级的）", **look)
            self._clause = dropdown("事项（左边通知的条款）", self._clauses(left), "全部", scale=3, min_width=200)
            self._word = gr.Textbox(
                label="含有的词", placeholder="如：燃气", max_lines=1, max_length=_LONGEST_WORD, scale=2,
                min_width=130,
            )  # fmt: skip
            self._find = gr.Button("查找", elem_classes="aw-btn aw-primary", scale=0, min_width=84)
        with gr.Row(elem_classes="aw-tools", elem_id="aw-compare-modes"):
            self._mode = gr.Radio(_MODES, value=Mode.PAIRS.value, label="怎么看", min_width=420)
            self._only = gr.Checkbox(label="只看有差别的", value=False, min_width=150)
        self._address = gr.Textbox(visible=False)
        self._view = gr.HTML(
            LOADING, apply_default_css=False, js_on_load=script(self.name) + _ADDRESSED, elem_id="aw-compare-view"
        )  # fmt: skip

    def connect(self, started: gr.events.Dependency) -> None:
        """Show the pair once the page is there; then whatever is chosen, clicked or addressed."""
        inputs = [self._left, self._right, self._mode, self._word, self._only, self._clause]
        outputs = [self._left, self._right, self._mode, self._word, self._clause, self._view]
        started.then(self._first, [*inputs[:-1], self._address], outputs, js=_WITH_ADDRESS, **QUIET)
        chosen = gr.on(
            [self._left.input, self._right.input], self._start, inputs[:-1], [self._clause, self._view],
            js=busy(self.name), **QUIET,
        )  # fmt: skip
        asked = gr.on(
            [self._mode.input, self._only.input, self._clause.input, self._word.submit, self._find.click],
            self._show, inputs, self._view, js=busy(self.name), **QUIET,
        )  # fmt: skip
        clicked = self._view.select(self._click, inputs, outputs, js=busy(self.name), **QUIET)
        for event in (chosen, asked, clicked):
            event.then(None, js=done(self.name), **QUIET)

    def downloads(self) -> Mapping[str, Download]:
        """The list of changes for Excel and Word."""

        def sheet(given: Parameters) -> bytes:
            return write_sheet(sheet_of(*self._wanted(given)))

        def paper(given: Parameters) -> bytes:
            return write_document(paper_of(*self._wanted(given)))

        def named(ending: str) -> Callable[[Parameters], str]:
            return lambda given: file_name(*self._sides(given), _asked_by(given), ending)

        return {
            "compare.xlsx": Download(XLSX, "通知对照.xlsx", sheet, named("xlsx")),
            "compare.docx": Download(DOCX, "通知对照.docx", paper, named("docx")),
        }

    def _sides(self, given: Parameters) -> tuple[Document, Document]:
        left, right = (self._desk.document(given.get(side, "")) for side in ("left", "right"))
        if left is None or right is None or left.notice == right.notice:
            raise QuestionError("没有这样两份通知；请在“对照”里重新选择后导出")
        return left, right

    def _wanted(self, given: Parameters) -> tuple[Comparer, Asked, tuple[Change, ...]]:
        """What a link to a file asks for; an error where that is nothing."""
        comparer, asked = self._desk.comparers.of(*self._sides(given)), _asked_by(given)
        found = of_kind(listed(comparer, asked), asked.kind)
        if not found:
            raise QuestionError(_NOTHING)
        return comparer, asked, found

    def _clauses(self, notice: str | None) -> list[tuple[str, str]]:
        document = self._desk.document(notice or "")
        return [(unit_name(unit), unit.label) for unit in document.clauses] if document else []

    def _first(
        self, left: str | None, right: str | None, mode: str | None, word: str, only: bool, address: str
    ) -> tuple[Any, ...]:
        """What a page first shows: what its address asks for, else the two notices that it had."""
        if address.startswith(f"#/{self.name}/"):
            return self._go([unquote(part) for part in address.split("/")[2:]], mode, only)
        choices, html = self._start(left, right, mode, word, only)
        return *(gr.skip() for _ in range(4)), choices, html

    def _start(self, left: str | None, right: str | None, mode: str | None, word: str, only: bool) -> tuple[Any, str]:
        """Two notices have been chosen: their clauses to choose from, and the whole of them."""
        choices = gr.update(choices=[("全部", ANY), *self._clauses(left)], value=ANY)
        return choices, self._html(left, right, mode, _asked(word, only, ANY))

    def _show(
        self, left: str | None, right: str | None, mode: str | None, word: str, only: bool, clause: str | None
    ) -> str:
        return self._html(left, right, mode, _asked(word, only, clause))

    def _click(
        self,
        left: str | None,
        right: str | None,
        mode: str | None,
        word: str,
        only: bool,
        clause: str | None,
        event: gr.SelectData,
    ) -> tuple[Any, ...]:
        """What a click or an address asks for; its words come from the browser and may be anything."""
        act, value = event.index, event.value
        if act == "route" and isinstance(value, list):
            return self._go([str(part) for part in value], mode, only)
        if not isinstance(value, str):
            return tuple(gr.skip() for _ in range(6))
        if act == "preset" and value.isdecimal() and int(value) < len(self._pairs):
            one, other = self._pairs[int(value)]
            return self._go([one.notice, other.notice], mode, only)
        asked = _asked(word, only, clause)
        if act == "clause" and self._desk.unit(left or "", value):
            html = self._html(left, right, mode, asked.model_copy(update={"label": value}))
            return gr.skip(), gr.skip(), gr.skip(), gr.skip(), value, html
        if act == "open":
            asked = asked.model_copy(update={"opened": value})
        elif act in ("page", "list"):
            kind, _, page = value.rpartition("/")
            number = int(page) if page.isdecimal() and len(page) < 6 else 1
            asked = asked.model_copy(update={"kind": kind, "page": max(1, number)})
        return (*(gr.skip() for _ in range(5)), self._html(left, right, mode, asked))

    def _go(self, parts: Sequence[str], mode: str | None, only: bool) -> tuple[Any, ...]:
        """Open an address: two notices; a clause of either; or a clause of the left one or none, a view, and a word."""
        left, right, label, view, word = (*parts, "", "", "", "", "")[:5]
        right = self._beside(left) if right == ANY_OTHER else right
        sides = [self._desk.document(notice) for notice in (left, right)]
        if any(one is None or not one.clauses for one in sides):
            return (*(gr.skip() for _ in range(5)), presets_html(self._pairs, ("", "")) + _UNKNOWN)
        if view in set(Mode):
            mode, asked = view, _asked(word, only, label)
        else:
            mode = Mode.PAIRS.value if label else mode
            asked = Asked(only_changed=only and not label, opened=self._place(left, right, label))
        known = asked.label if any(asked.label == value for _, value in self._clauses(left)) else ANY
        asked = asked.model_copy(update={"label": known})
        choices = gr.update(choices=[("全部", ANY), *self._clauses(left)], value=known)
        return left, right, mode, asked.word, choices, self._html(left, right, mode, asked)

    def _beside(self, notice: str) -> str:
        """The notice that one is best set against: that of the year before or above."""
        others = (one.notice for pair in self._pairs for one in pair if notice in {each.notice for each in pair})
        return next((other for other in others if other != notice), "")

    def _place(self, left: str, right: str, label: str) -> str:
        """Place of the pair of clauses that a label is of; empty when there is none."""
        sides = [one for notice in (left, right) if (one := self._desk.document(notice))]
        if not label or left == right:
            return ""
        pairs = self._desk.comparers.of(*sides).comparisons
        places = (
            at
            for side in ("left", "right")
            for at, pair in enumerate(pairs)
            if (unit := getattr(pair, side)) and unit.label == label
        )
        return str(next(places, ""))

    def _html(self, left: str | None, right: str | None, mode: str | None, asked: Asked) -> str:
        one, other = self._desk.document(left or ""), self._desk.document(right or "")
        if one is None or other is None or len(self._notices) < 2:
            return presets_html((), ("", "")) + _TOO_FEW
        comparer = self._desk.comparers.of(one, other) if one.notice != other.notice else None
        address = _address(one, other, mode, asked, comparer)
        presets = presets_html(self._pairs, (one.notice, other.notice), address)
        if mode == Mode.MANY:
            return presets + self._many(one, asked)
        if comparer is None:
            return presets + _SAME
        view = list_html if mode == Mode.LIST else pairs_html
        return presets + view(comparer, asked, _exports(comparer, asked))

    def _many(self, document: Document, asked: Asked) -> str:
        alike = nearest(document, self._notices, len(self._notices))
        documents = alike[:_MOST_NOTICES]
        if asked.label:
            facing = counterparts(documents, asked.label, self._desk.comparers)
        else:
            facing = mentions(documents, asked.word) if asked.word else ()
        return many_html(facing, asked, document.clauses, len(alike) - len(documents))


def _asked(word: str | None, only: bool | None, clause: str | None) -> Asked:
    return Asked(label=clause or "", word=(word or "").strip()[:_LONGEST_WORD], only_changed=bool(only))


def _asked_by(given: Parameters) -> Asked:
    """What a link to a file asks for."""
    asked = _asked(given.get("word"), given.get("only") == "1", given.get("label"))
    return asked.model_copy(update={"kind": given.get("kind", "")})


def _address(left: Document, right: Document, mode: str | None, asked: Asked, comparer: Comparer | None) -> str:
    """The address of what is shown: an open pair of clauses, or the subject, the view and the word."""
    parts = [left.notice, right.notice]
    if comparer and mode == Mode.PAIRS and asked.opened.isdecimal() and not asked.label and not asked.word:
        pair = next(iter(comparer.comparisons[int(asked.opened) :]), None)
        unit = (pair.left or pair.right) if pair else None
        parts += [unit.label] if unit else []
    else:
        parts += [asked.label, mode or "", asked.word]
    return "#/compare/" + "/".join(quote(part, safe="") for part in parts).rstrip("/")


def _exports(comparer: Comparer, asked: Asked) -> str:
    """Links to the files of what is shown, where that differs."""
    if not of_kind(listed(comparer, asked), asked.kind):
        return '<p class="aw-small">没有差别，没有可导出的内容。</p>'
    query = {
        "left": comparer.left.notice, "right": comparer.right.notice, "label": asked.label, "word": asked.word,
        "only": "1" if asked.only_changed else "", "kind": asked.kind,
    }  # fmt: skip
    given = escaped(urlencode({name: value for name, value in query.items() if value}))
    return "".join(
        f'<a class="aw-btn" href="/export/compare.{kind}?{given}" download>导出 {name}</a>'
        for kind, name in (("docx", "Word"), ("xlsx", "Excel"))
    )
