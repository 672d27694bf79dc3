"""The tab 条款: browse, search, and read a clause in its place and in the received file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import gradio as gr

from app.clauses.catalogue import Filters
from app.clauses.search import LONGEST_QUERY, Found, Hit
from app.desk import Desk
from app.web.downloads import TEXT, Download, Parameters
from app.web.tabs.tab import ANY, LOADING, QUIET, STEADY, dropdown, script
from app.web.views.clause import clause_html, guide_html, unknown_html
from app.web.views.clauses import PAGE, TOP, Browsing, hits_html, tree_html
from corpus.errors import QuestionError

_SPAN = re.compile(r"(\d{1,6})-(\d{1,6})")
# What was clicked in the list keeps the focus; the clause being read comes into sight in the list's own box.
_LIST_SCRIPT = """
watch('value', () => {
  const box = element.querySelector('.aw-browse');
  const [at, now] = ['[data-aw-at]', '[aria-current]'].map((one) => box?.querySelector(one));
  if (at?.dataset.awAt === 'top') at.scrollIntoView({ block: 'start' });
  if (at) return at.focus({ preventScroll: true });
  if (!now) return;
  const down = now.getBoundingClientRect().top - box.getBoundingClientRect().top;
  if (down < 0 || down > box.clientHeight - 40) box.scrollTop += down - box.clientHeight / 2;
});
"""
# Another clause is read from its beginning.
_CLAUSE_SCRIPT = "watch('value', () => element.querySelector('.aw-reader')?.scrollTo(0, 0));"
#: Most nodes that a visitor may have open, and the longest list of one; the browser's words are not trusted.
_MOST_OPEN, _LONGEST = 400, 5000


class ClausesTab:
    """The clauses."""

    name = "clauses"
    title = "条款"

    def __init__(self, desk: Desk) -> None:
        """Take the desk whose clauses are shown."""
        self._desk = desk

    @property
    def kept(self) -> Sequence[gr.components.Component]:
        """The words and the filters."""
        return self._asked

    def lay_out(self) -> None:
        """Make the components: words and filters, list, clause."""
        choices = self._desk.catalogue.choices
        with gr.Row(elem_classes="aw-tools", elem_id="aw-clauses-tools"):
            box = gr.Textbox(
                label="查找", placeholder="字词，空格隔开；“整句”加引号", max_lines=1, max_length=LONGEST_QUERY,
                scale=3, min_width=220,
            )  # fmt: skip
            self._find = gr.Button("查找", elem_classes="aw-btn aw-primary", scale=0, min_width=84)
            filters = (
                dropdown("地区", _same(choices.regions)),
                dropdown("年份", [(f"{year}年", str(year)) for year in choices.years]),
                dropdown("通知", _same(choices.notices), filterable=len(choices.notices) > PAGE, min_width=170),
                dropdown("行业", _same(choices.industries)),
                dropdown("责任单位", _same(choices.offices), filterable=True, min_width=170),
            )
        self._asked = (box, *filters)
        with gr.Row(elem_id="aw-clauses-main", equal_height=False):
            with gr.Column(scale=2, min_width=320):
                self._list = gr.HTML(
                    LOADING, apply_default_css=False, js_on_load=_LIST_SCRIPT, elem_id="aw-clauses-list"
                )  # fmt: skip
            with gr.Column(scale=3, min_width=320):
                self._clause = gr.HTML(
                    guide_html(),
                    apply_default_css=False,
                    js_on_load=f"{script(self.name)}\n{_CLAUSE_SCRIPT}",
                    elem_id="aw-clauses-clause",
                )
        self._browsing = gr.State(Browsing())

    def connect(self, started: gr.events.Dependency) -> None:
        """Show the list once the page is there; then whatever is clicked, typed or addressed."""
        inputs = [self._browsing, *self._asked]
        shown = [self._browsing, self._list]
        started.then(self._listed, inputs, self._list, **QUIET)
        box, *filters = self._asked
        gr.on(
            [box.submit, self._find.click, *(one.input for one in filters)], self._ask, inputs, shown, **STEADY
        )  # fmt: skip
        self._clause.select(self._click, inputs, [*shown, self._clause, *self._asked], **QUIET)

    def downloads(self) -> Mapping[str, Download]:
        """A received file as a whole."""
        return {"received.txt": Download(TEXT, "原件.txt", self._received, lambda given: f"{given['notice']}.txt")}

    def _received(self, given: Parameters) -> bytes:
        """The decoded text of the file that a document was read from; with a mark by which old editors know UTF-8."""
        document = self._desk.document(given.get("notice", ""))
        text = self._desk.text_of(document.file) if document else None
        if text is None:
            raise QuestionError("原件不在通知文件夹中，或无法读取；请把文件放回去，再重新启动安问")
        return text.encode("utf-8-sig")

    def _listed(self, browsing: Browsing, *asked: str) -> str:
        """The tree, or what was found when something is asked for."""
        catalogue = self._desk.catalogue
        query, filters = asked[0] or "", _filters(asked)
        if not query.strip() and filters.is_open:
            return tree_html(catalogue, browsing)
        return hits_html(catalogue, self._found(query, filters), browsing, query)

    def _found(self, query: str, filters: Filters) -> Found:
        if query.strip():
            return self._desk.finder.search(query, filters)
        entries = self._desk.catalogue.admitted(filters)
        return Found(hits=tuple(Hit(number=one.number, spans=()) for one in entries if one.is_clause))

    def _ask(self, browsing: Browsing, *asked: str) -> tuple[Browsing, str]:
        browsing = browsing.model_copy(update={"page": 1, "touched": ""})
        return browsing, self._listed(browsing, *asked)

    def _click(self, event: gr.SelectData, browsing: Browsing, *asked: str) -> tuple[Any, ...]:
        """What a click or an address asks for; its words come from the browser and may be anything."""
        value = event.value
        if event.index == "route" and isinstance(value, list):
            return self._read(browsing, asked, [str(part) for part in value])
        if event.index == "list":
            browsing = browsing.model_copy(update={"touched": TOP})
        elif event.index in ("words", "reset") and isinstance(value, str):
            asked = (value[:LONGEST_QUERY], *asked[1:]) if event.index == "words" else ("", *(ANY for _ in asked[1:]))
            browsing = browsing.model_copy(update={"page": 1, "touched": ""})
        elif event.index in ("open", "more", "page") and isinstance(value, str):
            browsing = self._moved(browsing, event.index, value)
        else:
            return tuple(gr.skip() for _ in range(3 + len(asked)))
        return browsing, self._listed(browsing, *asked), gr.skip(), *asked

    def _moved(self, browsing: Browsing, act: str, value: str) -> Browsing:
        """Open or close a node, show more of one, or turn to a page."""
        if act == "page":
            page = int(value) if re.fullmatch(r"\d{1,6}", value) else 1
            return browsing.model_copy(update={"page": page, "touched": ""})
        if value and self._desk.catalogue.node(value) is None:
            return browsing
        if act == "more":
            length = min(browsing.lengths.get(value, PAGE) + PAGE, _LONGEST)
            return browsing.model_copy(update={"lengths": {**browsing.lengths, value: length}, "touched": value})
        opened = browsing.opened ^ {value} if len(browsing.opened) < _MOST_OPEN else frozenset({value})
        return browsing.model_copy(update={"opened": opened, "touched": value})

    def _read(self, browsing: Browsing, asked: Sequence[str], parts: Sequence[str]) -> tuple[Any, ...]:
        """Open the clause of an address, and the tree where it stands."""
        catalogue = self._desk.catalogue
        notice, label, span = (*parts, "", "", "")[:3]
        entry = catalogue.find(notice, label)
        untouched = tuple(gr.skip() for _ in asked)
        if entry is None:
            return browsing, gr.skip(), unknown_html(notice, label), *untouched
        quote = _quote(span, len(entry.unit.text))
        above = frozenset(node.key for node in catalogue.above(entry))
        opened = above | (browsing.opened if len(browsing.opened) < _MOST_OPEN else frozenset())
        update = {"chosen": entry.number, "quote": quote, "opened": opened, "touched": ""}
        browsing = browsing.model_copy(update=update)
        spans = (quote,) if quote else self._words(entry.number, asked)
        text = self._desk.text_of(entry.unit.source.file)
        html = clause_html(catalogue, entry, spans, quote, text)
        return browsing, self._listed(browsing, *asked), html, *untouched

    def _words(self, number: int, asked: Sequence[str]) -> tuple[tuple[int, int], ...]:
        """Where the words that were searched stand in a clause."""
        query = asked[0] or ""
        hits = self._desk.finder.search(query, Filters()).hits if query.strip() else ()
        return next((hit.spans for hit in hits if hit.number == number), ())


def _same(values: Sequence[str]) -> list[tuple[str, str]]:
    return [(value, value) for value in values]


def _filters(asked: Sequence[str]) -> Filters:
    region, year, notice, industry, office = (one or "" for one in asked[1:])
    return Filters(
        region=region, year=int(year) if year.isdecimal() else None, notice=notice, industry=industry, office=office
    )


def _quote(span: str, length: int) -> tuple[int, int] | None:
    found = _SPAN.fullmatch(span)
    if not found:
        return None
    start, end = int(found[1]), min(int(found[2]), length)
    return (start, end) if start < end else None
