"""The tab 要求台账: every duty with a frequency, deadline or threshold, to be filtered and taken along."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import gradio as gr

from app.desk import Desk
from app.export.sheet import write_sheet
from app.ledger.calendar import left_out, write_calendar
from app.ledger.choose import Choice, choose
from app.ledger.model import RequirementKind, Side
from app.web.downloads import ICS, XLSX, Download
from app.web.tabs.tab import ANY, QUIET, changed, dropdown, script
from app.web.views.ledger import ledger_html, no_notices_html
from app.web.views.ledger_sheet import ledger_sheet
from corpus.errors import QuestionError
from corpus.industries import all_industries

LATEST = "latest"
#: Of the words looked for.
LONGEST_TEXT = 60
_KINDS = {kind.value: kind.shown for kind in RequirementKind}
_SIDES = (Side.ENTERPRISE, Side.GOVERNMENT)
_YES = "1"
#: The filters in the order of their components, as the links of the files name them.
_NAMES = ("side", "region", "above", "year", "industry", "kind", "text", "countable")


class LedgerTab:
    """The requirements, read off the clauses once."""

    name = "ledger"
    title = "要求台账"

    def __init__(self, desk: Desk) -> None:
        """Take the documents.

        Args:
            desk: holds them.
        """
        self._desk = desk

    @property
    def kept(self) -> Sequence[gr.components.Component]:
        """All filters."""
        return self._filters

    def lay_out(self) -> None:
        """Make the filters and the view."""
        years = [(str(year), str(year)) for year in self._desk.years]
        with gr.Row(elem_classes="aw-tools", elem_id="aw-ledger-tools"):
            self._filters: tuple[gr.components.Component, ...] = (
                dropdown("适用", [(side.value, side.value) for side in _SIDES]),
                dropdown("地区", [(region, region) for region in self._desk.regions]),
                gr.Checkbox(True, label="含上级通知", min_width=130, elem_classes="aw-check"),
                dropdown("年份", [("各地最新", LATEST), *years], value=LATEST),
                dropdown("行业", [(one, one) for one in all_industries()]),
                dropdown("类别", [(shown, value) for value, shown in _KINDS.items()]),
                gr.Textbox(
                    label="文字", placeholder="如：演练、煤矿", max_lines=1, max_length=LONGEST_TEXT, min_width=150
                ),
                gr.Checkbox(False, label="只看有具体数字的", min_width=180, elem_classes="aw-check"),
            )
        self._view = gr.HTML("", apply_default_css=False, js_on_load=script(self.name), elem_id="aw-ledger")

    def connect(self, started: gr.events.Dependency) -> None:
        """Show the rows once the page is there, and again whenever a filter is changed or a page turned."""
        filters = list(self._filters)
        started.then(self._show, filters, self._view, **QUIET)
        gr.on([changed(one) for one in filters], self._show, filters, self._view, trigger_mode="always_last", **QUIET)
        self._view.select(self._turn, filters, self._view, **QUIET)

    def downloads(self) -> Mapping[str, Download]:
        """The rows as a spreadsheet and as a calendar."""
        return {
            "ledger.xlsx": Download(XLSX, "安全生产要求台账.xlsx", self._sheet),
            "ledger.ics": Download(ICS, "安全生产要求日历.ics", self._calendar),
        }

    def _show(self, *values: object) -> str:
        return self._page(1, values)

    def _turn(self, event: gr.SelectData, *values: object) -> object:
        """Turn to a page; anything else a click may say is not for this tab."""
        if event.index != "page" or not str(event.value).isascii() or not str(event.value).isdigit():
            return gr.skip()
        return self._page(int(str(event.value)[:6]), values, moved=True)

    def _page(self, page: int, values: Sequence[object], moved: bool = False) -> str:
        if not self._desk.documents:
            return no_notices_html()
        given = {name: _written(value) for name, value in zip(_NAMES, values, strict=True)}
        choice = read_choice(given)
        rows = choose(self._desk.requirements, choice)
        parameters = {name: value for name, value in given.items() if value}
        return ledger_html(rows, page, say_choice(choice), parameters, left_out(rows, _this_year()), moved)

    def _sheet(self, parameters: Mapping[str, str]) -> bytes:
        choice = read_choice(parameters)
        return write_sheet(ledger_sheet(choose(self._desk.requirements, choice), say_choice(choice)))

    def _calendar(self, parameters: Mapping[str, str]) -> bytes:
        rows = choose(self._desk.requirements, read_choice(parameters))
        return write_calendar(rows, _this_year(), datetime.now(UTC))


def read_choice(given: Mapping[str, str]) -> Choice:
    """Read the filters as a link or the page's components give them.

    Args:
        given: values by the names of _NAMES; what is missing leaves everything in.

    Raises:
        QuestionError: a value is none of those that the page offers.
    """
    side, year, kind = (given.get(name, ANY) for name in ("side", "year", "kind"))
    if side not in (ANY, *_SIDES) or kind not in (ANY, *_KINDS):
        raise QuestionError("筛选条件不对；请回到“要求台账”重新选择，再导出")
    if year not in (ANY, LATEST) and not (year.isascii() and year.isdigit() and len(year) == 4):
        raise QuestionError("年份不对；请回到“要求台账”重新选择，再导出")
    return Choice(
        side=Side(side) if side else None,
        region=given.get("region", ANY),
        with_above=given.get("above", ANY) == _YES,
        latest=year == LATEST,
        year=int(year) if year not in (ANY, LATEST) else None,
        industry=given.get("industry", ANY),
        kind=RequirementKind(kind) if kind else None,
        text=given.get("text", ANY),
        countable=given.get("countable", ANY) == _YES,
    )


def say_choice(choice: Choice) -> str:
    """Say the filters in force, for the page and the head of the sheet."""
    region = choice.region + ("（含上级通知）" if choice.with_above else "（不含上级通知）") if choice.region else ""
    industry = f"{choice.industry}（含通用）" if choice.industry else ""
    said = {
        "适用": choice.side.value if choice.side else "",
        "地区": region,
        "年份": "各地最新" if choice.latest else str(choice.year or ""),
        "行业": industry,
        "类别": choice.kind.shown if choice.kind else "",
        "文字": f"“{choice.text}”" if choice.text.strip() else "",
        "只看有具体数字的": "是" if choice.countable else "",
    }
    return "，".join(f"{name} {value}" for name, value in said.items() if value) or "不限"


def _written(value: object) -> str:
    """A component's value as a link writes it."""
    if isinstance(value, bool):
        return _YES if value else ""
    return value if isinstance(value, str) else ""


def _this_year() -> int:
    return datetime.now(UTC).year
