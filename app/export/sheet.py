"""Spreadsheets (Excel): one table, ready to be filtered and printed, in which nothing from outside is a formula."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from math import ceil
from typing import TYPE_CHECKING, Any, Self

from pydantic import Field, model_validator

from app.export.inert import legal, without_times
from corpus.model import Frozen

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

#: What one cell can hold, and what is said where it cannot.
LONGEST_TEXT = 32_767
CUT = "……（本格文字过长，后文从略，请看原条款）"
CREATOR = "安问"
_FONT = "宋体"
_PLAIN = 11  # points; column widths are counted in digits of this size
_LONGEST_NAME, _UNNAMED = 31, "表"
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")  # _x000D_ in a cell would be read as a control character
_FORMULA_LEADS = ("=", "+", "-", "@", "\t")
_LINE, _PADDING, _TALLEST = 15.0, 4.0, 409.0  # points; Excel has no taller rows
_TITLE_LINE = 24.0
_A4, _CENTIMETRE = 9, 1 / 2.54


class Column(Frozen):
    """One column of a table."""

    name: str = Field(description="its heading")
    width: float = Field(gt=0, le=255, description="in digits of the plain font; a Chinese character takes two")


class Sheet(Frozen):
    """One table with what is to be said above it."""

    title: str = Field(description="first line, and the worksheet's name")
    about: tuple[str, ...] = Field(default=(), description="lines under the title: what it holds, from where")
    columns: tuple[Column, ...] = Field(min_length=1)
    rows: tuple[tuple[str | int | None, ...], ...] = Field(description="as many cells as there are columns")
    below: tuple[str, ...] = Field(default=(), description="lines under the table")
    size: int = Field(default=_PLAIN, ge=8, le=24, description="of the table's letters, in points")

    @model_validator(mode="after")
    def _even(self) -> Self:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError("a row has more or fewer cells than there are columns")
        return self


def write_sheet(*sheets: Sheet) -> bytes:
    """Write tables as an Excel file: frozen header, filter, A4 landscape; the same tables give the same bytes.

    Args:
        sheets: the tables, a worksheet each, the first of which opens; their texts may come from outside.
    """
    from openpyxl import Workbook

    book = Workbook()
    book.properties.creator = CREATOR
    book.properties.title = legal(sheets[0].title)
    _define_styles(book, {sheet.size for sheet in sheets})
    for number, sheet in enumerate(sheets):
        page = book.create_sheet() if number else book.active
        page.title = sheet_name(sheet.title)
        header = _write_lines(page, sheet, ("安问标题", "安问说明"), 1, (sheet.title, *sheet.about))
        _write_table(page, sheet, header)
        _write_lines(page, sheet, ("安问说明", "安问说明"), header + len(sheet.rows) + 1, sheet.below)
        _set_up_view(page, sheet, header)
        _set_up_print(page, sheet, header)
    made = io.BytesIO()
    book.save(made)
    return without_times(made.getvalue())


def sheet_name(title: str) -> str:
    """What a worksheet may be called: at most 31 characters, none of []:*?/\\, no apostrophe at the ends."""
    return _NOT_IN_NAMES.sub(" ", legal(title))[:_LONGEST_NAME].strip("' ") or _UNNAMED


def lines_needed(text: str, width: float) -> int:
    """Estimate how many lines a text takes in a cell of that width, a Chinese character being as wide as two digits."""
    room = max(1.0, width - 1)
    return sum(max(1, ceil(_breadth(line) / room)) for line in text.split("\n"))


def _breadth(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in text)


def _define_styles(book: Any, sizes: Iterable[int]) -> None:
    """Name the looks of the kinds of cells; a name is set faster than its parts.

    Args:
        book: the workbook.
        sizes: of letters in its tables, in points.
    """
    from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side

    plain = Font(name=_FONT, size=_PLAIN)
    book._named_styles["Normal"].font = plain  # column widths are counted in digits of this font
    line = Side(style="thin", color="808080")
    frame = Border(left=line, right=line, top=line, bottom=line)
    left = Alignment(vertical="top", wrap_text=True)
    heading = Alignment(horizontal="center", vertical="center", wrap_text=True)
    fill = PatternFill("solid", fgColor="DDE6F0")
    styles = [
        NamedStyle(
            "安问标题", font=Font(name=_FONT, size=16, bold=True), alignment=Alignment("left", "center", 0, True)
        ),
        NamedStyle("安问说明", font=plain, alignment=left),
    ]
    for size in sizes:
        bold = Font(name=_FONT, size=size, bold=True)
        styles.append(NamedStyle(f"安问表头{size}", font=bold, fill=fill, border=frame, alignment=heading))
        styles.append(NamedStyle(f"安问正文{size}", font=Font(name=_FONT, size=size), border=frame, alignment=left))
    for style in styles:
        book.add_named_style(style)


def _write_lines(page: Worksheet, sheet: Sheet, styles: tuple[str, str], at: int, lines: Sequence[str]) -> int:
    """Write lines over the whole width of the table, the first in the first style; return the row after them."""
    breadth = sum(column.width for column in sheet.columns)
    for number, text in enumerate(lines, start=at):
        style = styles[0] if number == at else styles[1]
        if len(sheet.columns) > 1:
            page.merge_cells(start_row=number, end_row=number, start_column=1, end_column=len(sheet.columns))
        shown = _put(page.cell(number, 1), text, style)
        if style == "安问标题":
            page.row_dimensions[number].height = _TITLE_LINE * lines_needed(shown, breadth * 11 / 16)
        else:
            page.row_dimensions[number].height = _height(lines_needed(shown, breadth))
    return at + len(lines)


def _write_table(page: Worksheet, sheet: Sheet, header: int) -> None:
    from openpyxl.utils import get_column_letter

    for number, column in enumerate(sheet.columns, start=1):
        _put(page.cell(header, number), column.name, f"安问表头{sheet.size}")
        page.column_dimensions[get_column_letter(number)].width = column.width
    grown = sheet.size / _PLAIN
    # The filter's arrow takes room in a heading.
    most = max(lines_needed(column.name, (column.width - 3) / grown) for column in sheet.columns)
    page.row_dimensions[header].height = _height(most * grown)
    for place, row in enumerate(sheet.rows, start=header + 1):
        most = 1
        for number, value in enumerate(row, start=1):
            shown = _put(page.cell(place, number), value, f"安问正文{sheet.size}")
            most = max(most, lines_needed(shown, sheet.columns[number - 1].width / grown))
        page.row_dimensions[place].height = _height(most * grown)


def _put(cell: Cell, value: str | int | None, style: str) -> str:
    """Fill a cell, text as text whatever it begins with; return what it shows."""
    cell.style = style
    if value is None:
        return ""
    if isinstance(value, int):
        cell.value = value
        return str(value)
    text = _held(value)
    cell.value = _ESCAPE.sub("_x005F_", text)
    cell.data_type = "s"  # else openpyxl makes a formula of =…, and an error of #N/A
    # Without the leading apostrophe a spreadsheet would make a formula of it when the cell is edited.
    cell.quotePrefix = text.startswith(_FORMULA_LEADS)
    return text


def _held(text: str) -> str:
    """What a cell can hold of a text; where it is cut, that is said. Excel counts UTF-16 units."""
    fit = legal(text)
    if len(fit) + sum(char > "\uffff" for char in fit) + 6 * len(_ESCAPE.findall(fit)) <= LONGEST_TEXT:
        return fit
    room = LONGEST_TEXT - len(CUT)
    return fit.encode("utf-16-le")[: 2 * room].decode("utf-16-le", "ignore") + CUT


def _height(lines: float) -> float:
    return min(_TALLEST, _LINE * lines + _PADDING)


def _set_up_view(page: Worksheet, sheet: Sheet, header: int) -> None:
    from openpyxl.utils import get_column_letter

    page.freeze_panes = f"A{header + 1}"
    page.auto_filter.ref = f"A{header}:{get_column_letter(len(sheet.columns))}{header + len(sheet.rows)}"
    page.sheet_view.showGridLines = False


def _set_up_print(page: Worksheet, sheet: Sheet, header: int) -> None:
    """A4 landscape, as wide as the page, header on each page, page numbers below."""
    from openpyxl.worksheet.page import PageMargins
    from openpyxl.worksheet.properties import PageSetupProperties

    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = _A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.print_title_rows = f"{header}:{header}"
    side, edge, footer = 1.3 * _CENTIMETRE, 1.8 * _CENTIMETRE, 0.8 * _CENTIMETRE
    page.page_margins = PageMargins(left=side, right=side, top=edge, bottom=edge, header=footer, footer=footer)
    page.print_options.horizontalCentered = True
    page.oddFooter.left.text = sheet_name(sheet.title).replace("&", "&&")
    page.oddFooter.right.text = "第 &P 页，共 &N 页"
