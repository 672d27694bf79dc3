"""The tab 要求台账: every duty with a frequency, deadline or threshold, to be filtered and taken along."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import unquote

import gradio as gr

from app.desk import Desk
from app.export.sheet import write_sheet
from app.ledger.calendar import left_out, say_calendar, write_calendar
from app.ledger.choose import choose, leave_out
from app.ledger.join import join_repeats
from app.ledger.model import Requirement
from app.web.downloads import ICS, XLSX, Download
from app.web.tabs.tab import LOADING, QUIET, changed, dropdown, script
from app.web.views.ledger import Shown, ledger_html, no_notices_html, passed_over_html
from app.web.views.ledger_choice import (
    KINDS,
    LATEST,
    LONGEST_TEXT,
    SIDES,
    YES,
    from_address,
    passed_over,
    read_choice,
    written,
)
from app.web.views.ledger_record import record_sheet
from app.web.views.ledger_sheet import check_sheet, full_sheet
from corpus.industries import all_industries, industry_label

#: The address with which the page was opened; the tab's own script may have written another since.
_WITH_ADDRESS = "(...values) => [...values.slice(0, -1), window.anwen.opened]"


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
                dropdown("适用", [(side.value, side.value) for side in SIDES]),
                dropdown("地区", [(region, region) for region in self._desk.regions]),
                gr.Checkbox(True, label="含上级通知", min_width=130, elem_classes="aw-check"),
                dropdown("年份", [("各地最新", LATEST), *years], value=LATEST),
                dropdown("行业", [(industry_label(one), one) for one in all_industries()]),
                dropdown("类别", [(shown, value) for value, shown in KINDS.items()]),
                gr.Textbox(label="文字", placeholder="演练、预案", max_lines=1, max_length=LONGEST_TEXT, min_width=150),
                gr.Checkbox(False, label="只看有具体数字的", min_width=180, elem_classes="aw-check"),
                gr.Checkbox(False, label="日历：每日事项也列入", min_width=180, elem_classes="aw-check"),
            )
        self._address = gr.Textbox(visible=False)
        self._view = gr.HTML(LOADING, apply_default_css=False, js_on_load=script(self.name), elem_id="aw-ledger")

    def connect(self, started: gr.events.Dependency) -> None:
        """Show the rows once the page is there, and again whenever a filter is changed, a page turned or addressed."""
        filters = list(self._filters)
        everything = [*filters, self._view]
        started.then(self._first, [*filters, self._address], everything, js=_WITH_ADDRESS, **QUIET)
        gr.on([changed(one) for one in filters], self._show, filters, self._view, trigger_mode="always_last", **QUIET)
        self._view.select(self._click, filters, everything, **QUIET)

    def downloads(self) -> Mapping[str, Download]:
        """The rows as a checklist, as a spreadsheet of all columns and as a calendar."""
        return {
            "ledger.xlsx": Download(XLSX, "检查台账.xlsx", self._check_sheet),
            "ledger-full.xlsx": Download(XLSX, "安全生产要求台账.xlsx", self._full_sheet),
            "ledger.ics": Download(ICS, "安全生产要求日历.ics", self._calendar),
        }

    def _first(self, *values: object) -> tuple[Any, ...]:
        """What a page first shows: what its address asks for, else by the filters that it had."""
        *filters, address = values
        if isinstance(address, str) and address.startswith(f"#/{self.name}/"):
            return self._go([unquote(part) for part in address.split("/")[2:]])
        return (*(gr.skip() for _ in filters), self._page(1, filters))

    def _show(self, *values: object) -> str:
        return self._page(1, values)

    def _click(self, event: gr.SelectData, *values: object) -> tuple[Any, ...]:
        """Turn to a page or follow an address; anything else a click may say is not for this tab."""
        if event.index == "route" and isinstance(event.value, list):
            return self._go([str(part) for part in event.value])
        skipped = tuple(gr.skip() for _ in values)
        if event.index != "page" or not str(event.value).isascii() or not str(event.value).isdigit():
            return (*skipped, gr.skip())
        return (*skipped, self._page(int(str(event.value)[:6]), values, moved=True))

    def _go(self, parts: Sequence[str]) -> tuple[Any, ...]:
        values = from_address(parts, self._desk.regions, self._desk.years)
        unknown = passed_over(parts, self._desk.regions, self._desk.years)
        return (*values, passed_over_html(unknown) + self._page(1, values))

    def _page(self, page: int, values: Sequence[object], moved: bool = False) -> str:
        if not self._desk.documents:
            return no_notices_html()
        given = written(values)
        rows, today, daily = self._rows(given), _today(), given["daily"] == YES
        # Without a day the calendar would be empty; with daily duties alone it has to be said how to have them.
        has_days = len(rows) > sum(left_out(rows, today, daily=True).values())
        said = say_calendar(rows, today, daily) if has_days else ""
        return ledger_html(Shown(rows=rows, given=given, calendar=said), page, moved)

    def _rows(self, given: Mapping[str, str]) -> tuple[Requirement, ...]:
        """The chosen rows, those of places above joined where they say the same."""
        choice = read_choice(given)
        return join_repeats(choose(self._desk.requirements, choice), choice.region)

    def _taken(self, given: Mapping[str, str]) -> tuple[tuple[Requirement, ...], int]:
        """The rows of a file, and how many the user ticked off."""
        rows = self._rows(given)
        taken = leave_out(rows, given.get("leave", ""))
        return taken, len(rows) - len(taken)

    def _check_sheet(self, parameters: Mapping[str, str]) -> bytes:
        (rows, left), choice = self._taken(parameters), read_choice(parameters)
        return write_sheet(check_sheet(rows, left, choice), record_sheet(rows, choice, _today()))

    def _full_sheet(self, parameters: Mapping[str, str]) -> bytes:
        return write_sheet(full_sheet(*self._taken(parameters), read_choice(parameters)))

    def _calendar(self, parameters: Mapping[str, str]) -> bytes:
        rows, _ = self._taken(parameters)
        return write_calendar(rows, _today(), datetime.now().astimezone(), parameters.get("daily") == YES)


def _today() -> date:
    return datetime.now().astimezone().date()
