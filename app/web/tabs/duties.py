"""The tab 责任清单: choose a notice and an office, and see what it answers for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote

import gradio as gr

from app.desk import Desk
from app.duty.find import find_office
from app.duty.mention import Mention, mentions_of
from app.duty.model import NoticeDuties, OfficeDuties
from app.export.sheet import write_sheet
from app.web.downloads import XLSX, Download
from app.web.tabs.tab import ANY, LOADING, QUIET, script
from app.web.views.duties import EMPTY, framed, named, office_html, silent_html, unknown_html
from app.web.views.duty_matrix import matrix_html
from app.web.views.duty_sheet import file_name, matrix_sheet, office_sheet
from corpus.errors import QuestionError

_EVERYONE = "全部单位"
# Who clicks into the selector types over what stands there; that the last name was not found is then old.
_SELECTOR_SCRIPT = """
const typeOver = event => event.target.matches('#aw-duties-office input') && event.target.select();
for (const name of ['focusin', 'click']) document.addEventListener(name, typeOver);
document.addEventListener('input', event => {
  const missed = event.target.closest('#aw-duties-tools') && document.querySelector('#aw-duties .aw-missed');
  if (missed) missed.hidden = true;
});
"""
_ADDRESS_SCRIPT = "(notice, office) => [notice, office, location.hash]"
_PAGE = re.compile("[0-9]{1,6}")


class DutiesTab:
    """Offices by clauses, read off the brackets once."""

    name = "duties"
    title = "责任清单"

    def __init__(self, desk: Desk) -> None:
        """Take the desk whose documents are read."""
        self._desk = desk

    @property
    def kept(self) -> Sequence[gr.components.Component]:
        """Notice and office."""
        return (self._notice, self._office)

    def lay_out(self) -> None:
        """Make the two selectors and the view."""
        notices = [(_label(one), one.notice) for one in self._desk.duties.notices]
        first = self._first()
        with gr.Row(elem_classes="aw-tools", elem_id="aw-duties-tools"):
            self._notice = gr.Dropdown(
                choices=notices, value=first.notice if first else None, label="通知", filterable=len(notices) > 20,
                min_width=220,
            )  # fmt: skip
            # What is typed is looked up by its other names too, so it need not be one of the choices.
            self._office = gr.Dropdown(
                choices=_choices(first), value=ANY, label="单位（可输入查找，如：住建局）", filterable=True,
                allow_custom_value=True, min_width=260, elem_id="aw-duties-office",
            )  # fmt: skip
        self._address = gr.Textbox(visible=False)
        self._view = gr.HTML(
            LOADING, apply_default_css=False, js_on_load=script(self.name) + _SELECTOR_SCRIPT, elem_id="aw-duties"
        )

    def connect(self, started: gr.events.Dependency) -> None:
        """Show the list once the page is there; then whatever is chosen, clicked or addressed."""
        inputs, outputs = [self._notice, self._office], [self._notice, self._office, self._view]
        # The address is shown at once, else what it asks for and what was kept would come in any order.
        started.then(self._start, [*inputs, self._address], outputs, js=_ADDRESS_SCRIPT, **QUIET)
        gr.on(
            [self._notice.input, self._office.input], self._show, inputs, outputs, trigger_mode="always_last", **QUIET
        )
        self._view.select(self._click, inputs, outputs, **QUIET)

    def downloads(self) -> Mapping[str, Download]:
        """The list of an office, or the matrix of a notice."""
        return {"duties.xlsx": Download(XLSX, "责任清单.xlsx", self._sheet, self._file_name)}

    def _start(self, notice: str | None, office: str | None, address: str | None) -> tuple[Any, ...]:
        """What the address of the page asks for; without any, what the selectors do."""
        parts = [unquote(part) for part in (address or "").removeprefix(f"#/{self.name}/").split("/")]
        asked = (address or "").startswith(f"#/{self.name}/")
        return self._open(parts) if asked and parts[0] else self._show(notice, office)

    def _show(self, notice: str | None, office: str | None) -> tuple[Any, ...]:
        """What the selectors ask for; an office that the notice has not gives way to all of them."""
        return self._page(self._desk.duties.of(notice or ""), office or ANY, 1)

    def _click(self, event: gr.SelectData, notice: str | None, office: str | None) -> tuple[Any, ...]:
        """What a click or an address asks for; its words come from the browser and may be anything."""
        value = event.value
        if event.index == "route" and isinstance(value, list):
            return self._open([str(part) for part in value])
        if event.index == "page" and isinstance(value, str) and _PAGE.fullmatch(value):
            return self._page(self._desk.duties.of(notice or ""), office or ANY, int(value), moved=True)
        return gr.skip(), gr.skip(), gr.skip()

    def _open(self, parts: Sequence[str]) -> tuple[Any, ...]:
        """An address: 文号, 文号 and office, or an office alone, of the first notice that has it."""
        first, second = (*parts, "", "")[:2]
        notice = self._desk.duties.of(first)
        if notice is None:
            held = ((one, find_office(one, first)) for one in self._desk.duties.notices)
            notice, office = next(((one, found) for one, found in held if found), (None, None))
        else:
            office = find_office(notice, second) if second else None
        if notice is None or (second and office is None):
            return self._page(notice, ANY, 1, missed=second or first)
        return self._page(notice, office.key if office else ANY, 1, moved=True)

    def _page(
        self, notice: NoticeDuties | None, office: str, page: int, moved: bool = False, missed: str = ""
    ) -> tuple[Any, ...]:
        """Selectors and view; what was asked for and not found (missed) gives way to all offices, and that is said."""
        notice = notice or self._first()
        if notice is None:
            return gr.skip(), gr.skip(), framed(EMPTY)
        chosen = find_office(notice, office[:100]) if office else None
        selector = gr.Dropdown(choices=_choices(notice), value=chosen.key if chosen else ANY)
        if not notice.has_brackets:
            html = silent_html(notice, self._desk.duties)
        elif chosen:
            html = office_html(notice, chosen, page, self._mentions(notice, chosen), moved)
        else:
            missed = missed or office
            html = matrix_html(notice, page, moved and not missed)
        return notice.notice, selector, (unknown_html(missed) if missed else "") + html

    def _first(self) -> NoticeDuties | None:
        """The notice to begin with: the first that names responsible units."""
        notices = self._desk.duties.notices
        return next((one for one in notices if one.has_brackets), notices[0] if notices else None)

    def _mentions(self, notice: NoticeDuties, office: OfficeDuties) -> tuple[Mention, ...]:
        document = self._desk.document(notice.notice)
        return mentions_of(document.units, office, notice.region) if document else ()

    def _sheet(self, parameters: Mapping[str, str]) -> bytes:
        notice, office = self._wanted(parameters)
        sheet = office_sheet(notice, office, self._mentions(notice, office)) if office else matrix_sheet(notice)
        return write_sheet(sheet)

    def _file_name(self, parameters: Mapping[str, str]) -> str:
        return file_name(*self._wanted(parameters))

    def _wanted(self, parameters: Mapping[str, str]) -> tuple[NoticeDuties, OfficeDuties | None]:
        """The notice and the office of a link."""
        notice = self._desk.duties.of(parameters.get("notice", ""))
        if notice is None:
            raise QuestionError("没有这份通知；请回到“责任清单”重新选择，再导出")
        key = parameters.get("office", "")
        office = notice.office(key)
        if key and office is None:
            raise QuestionError("这份通知没有写这个单位；请回到“责任清单”重新选择，再导出")
        return notice, office


def _label(notice: NoticeDuties) -> str:
    return named(notice) + ("" if notice.has_brackets else "（未写责任单位）")


def _choices(notice: NoticeDuties | None) -> list[tuple[str, str]]:
    """The offices of a notice, with their other names, so that these are found by typing."""
    offices = notice.everyone if notice else ()
    return [(_EVERYONE, ANY), *((_office_label(one), one.key) for one in offices)]


def _office_label(office: OfficeDuties) -> str:
    return f"{office.shown} {office.count()}条"
