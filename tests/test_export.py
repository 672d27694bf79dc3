"""Spreadsheets, Word documents and Markdown, read back with the libraries that others will read them with."""

from __future__ import annotations

import io
import re
import zipfile

import docx
import openpyxl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token
from openpyxl.worksheet.worksheet import Worksheet
from pydantic import ValidationError

from app.export.markdown import write_markdown
from app.export.sheet import CUT, LONGEST_TEXT, Column, Sheet, lines_needed, sheet_name, write_sheet
from app.export.word import Paper, Paragraph, Run, Section, write_document

ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
CLAUSE = "企业厂矿（车间）要日检日查、立查立改；企业主要负责人每周至少深入现场开展1次安全风险隐患排查。" * 3
TABLE = Sheet(
    title="2024年/企业[全年]台账:泽州县？*",
    about=("范围：泽州县 2024年，企业", "共 3 条"),
    columns=(Column(name="序号", width=6), Column(name="要求", width=40), Column(name="依据", width=30)),
    rows=((1, CLAUSE, "泽政发〔2024〕1号"), (2, "=1+1", None), (3, "一\n二\n三\n四", "@SUM(A1)")),
)


def opened(sheet: Sheet) -> Worksheet:
    return openpyxl.load_workbook(io.BytesIO(write_sheet(sheet))).active


def test_sheet_holds_title_lines_header_and_rows() -> None:
    page = opened(TABLE)
    assert [page.cell(row, 1).value for row in (1, 2, 3)] == [TABLE.title, *TABLE.about]
    assert [cell.value for cell in page[4]] == ["序号", "要求", "依据"]
    assert [[cell.value for cell in row] for row in page.iter_rows(min_row=5)] == [list(row) for row in TABLE.rows]
    assert [page.column_dimensions[name].width for name in "ABC"] == [6, 40, 30]
    assert {str(one) for one in page.merged_cells.ranges} == {"A1:C1", "A2:C2", "A3:C3"}
    assert page["B5"].alignment.wrap_text
    assert page["B5"].alignment.vertical == "top"
    assert page["B5"].border.left.style == page["A4"].border.bottom.style == "thin"
    assert {cell.font.name for row in page.iter_rows() for cell in row if cell.value is not None} == {"宋体"}


def test_sheet_filters_exactly_its_table_under_a_frozen_header() -> None:
    page = opened(TABLE)
    assert page.auto_filter.ref == "A4:C7"
    assert page.freeze_panes == "A5"
    names = zipfile.ZipFile(io.BytesIO(write_sheet(TABLE))).read("xl/workbook.xml").decode()
    assert re.search(r'_xlnm\._FilterDatabase"[^>]*hidden="1">[^<]*!\$A\$4:\$C\$7<', names)
    empty = opened(TABLE.model_copy(update={"rows": (), "about": ()}))
    assert (empty.auto_filter.ref, empty.freeze_panes) == ("A2:C2", "A3")


def test_sheet_prints_on_a4_landscape() -> None:
    page = opened(TABLE)
    assert (page.page_setup.orientation, int(page.page_setup.paperSize)) == ("landscape", 9)
    assert (page.page_setup.fitToWidth, page.page_setup.fitToHeight) == (1, 0)
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert page.print_title_rows == "$4:$4"
    assert page.oddFooter.right.text == "第 &P 页，共 &N 页"
    assert 0.4 < page.page_margins.left < 0.8


def test_rows_are_as_high_as_their_chinese_text() -> None:
    page = opened(TABLE)
    heights = [page.row_dimensions[row].height for row in (5, 6, 7)]
    assert lines_needed(CLAUSE, 40) == 8  # 147 characters, 2 of 39 wide: 19 a line
    assert heights == [8 * 15 + 4, 15 + 4, 4 * 15 + 4]
    long = opened(TABLE.model_copy(update={"rows": ((1, CLAUSE * 20, ""),)}))
    assert long.row_dimensions[5].height == 409


@pytest.mark.parametrize("text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", '=HYPERLINK("http://e")'])
def test_no_text_is_a_formula(text: str) -> None:
    page = opened(TABLE.model_copy(update={"rows": ((1, text, "#N/A"),), "about": (text,), "title": text}))
    for cell in (page["B5" if page["A4"].value == "序号" else "B4"], page["C4"], page["A1"], page["A2"]):
        assert cell.data_type == "s"
    assert page["B4"].value == text
    assert page["B4"].quotePrefix
    assert page["C4"].value == "#N/A"
    raw = zipfile.ZipFile(io.BytesIO(write_sheet(TABLE))).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in raw


@given(st.text(alphabet=st.characters(), max_size=40))
@example("\x00\x08\x0b\x1f\ud800\udfff\ufffe\uffff甲")
@example("_x000D_")
def test_any_text_can_be_written(text: str) -> None:
    page = opened(TABLE.model_copy(update={"rows": ((1, text, text),), "title": text}))
    kept = re.sub(
        "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]", "", text.replace("\r\n", "\n")
    )
    assert (page.cell(5, 2).value or "").replace("_x005F_", "_") == kept.replace("\r", "\n")
    assert page.title == sheet_name(text)
    document = docx.Document(io.BytesIO(write_document(paper(text))))
    assert document.paragraphs[0].style.name == "Title"


def test_text_too_long_for_a_cell_is_cut_and_says_so() -> None:
    value = opened(TABLE.model_copy(update={"rows": ((1, "长" * 40_000, "𠀀" * 20_000),)}))
    long, wide = value["B5"].value, value["C5"].value
    assert len(long) == LONGEST_TEXT
    assert long.endswith(CUT)
    assert wide.endswith(CUT)
    assert len(wide.encode("utf-16-le")) // 2 <= LONGEST_TEXT


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("台账", "台账"),
        ("[甲]:乙*丙?丁/戊\\己", "甲  乙 丙 丁 戊 己"),
        ("'引'", "引"),
        ("长" * 40, "长" * 31),
        ("/", "表"),
        ("", "表"),
    ],
)
def test_names_of_worksheets(title: str, name: str) -> None:
    assert sheet_name(title) == name


def test_rows_and_columns_agree() -> None:
    with pytest.raises(ValidationError, match="more or fewer cells"):
        Sheet(title="甲", columns=(Column(name="乙", width=9),), rows=(("丙", "丁"),))


def paper(text: str) -> Paper:
    marks = (
        Run(text="由"),
        Run(text="每周", mark="removed"),
        Run(text="每日", mark="added"),
        Run(text="检查", mark="bold"),
    )
    paragraphs = (
        Paragraph(runs=marks),
        Paragraph(runs=(Run(text=text),), style="quote"),
        Paragraph(runs=(Run(text=text),), style="item"),
        Paragraph(runs=(Run(text=text, mark="bold"),), style="small"),
    )
    return Paper(title=f"对照{text}", about=(text,), sections=(Section(heading=f"三、{text}", paragraphs=paragraphs),))


def test_document_has_headings_marks_and_chinese_fonts() -> None:
    document = docx.Document(io.BytesIO(write_document(paper("原文"))))
    assert [(one.style.name, one.text) for one in document.paragraphs] == [
        ("Title", "对照原文"),
        ("安问小字", "原文"),
        ("Heading 1", "三、原文"),
        ("Normal", "由每周每日检查"),
        ("Quote", "原文"),
        ("List Bullet", "原文"),
        ("安问小字", "原文"),
    ]
    marked = document.paragraphs[3].runs
    assert [(bool(run.font.strike), bool(run.underline), bool(run.bold)) for run in marked] == [
        (False, False, False),
        (True, False, False),
        (False, True, False),
        (False, False, True),
    ]
    xml = {one.style_id: one.element.xml for one in document.styles if one.name in ("Normal", "Title", "Heading 1")}
    for style in xml.values():
        assert re.search(r'w:eastAsia="(宋体|黑体)"', style)
        assert "Theme=" not in style.split("</w:rPr>")[0]
    page = document.sections[0]
    assert (round(page.page_width.mm), round(page.page_height.mm)) == (210, 297)
    assert re.findall(r'w:instr="(\w+)"', page.footer.paragraphs[0]._p.xml) == ["PAGE", "NUMPAGES"]
    assert (document.core_properties.author, document.core_properties.last_modified_by) == ("安问", "安问")


def test_files_are_the_same_whenever_they_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    first = write_sheet(TABLE), write_document(paper("文"))
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    assert (write_sheet(TABLE), write_document(paper("文"))) == first
    for package in first:
        core = zipfile.ZipFile(io.BytesIO(package)).read("docProps/core.xml").decode()
        assert "<dc:creator" in core
        assert "安问" in core
        assert "dcterms:created" not in core
        assert "dcterms:modified" not in core
        assert "python-docx" not in core
        assert "openpyxl" not in core


HOSTILE = (
    "[链接](javascript:alert(1))",
    "![图](http://evil.example/a.png)",
    "<img src=x onerror=alert(1)>",
    "<!-- 甲",
    "[1]: http://evil.example",
    "`码` ~~删~~ **粗** _斜_ $x$",
    "&lt;b&gt;",
    "# 题",
    "- 项",
    "1. 项",
    "> 引",
    "---",
    "| 甲 | 乙 |",
    "    码",
    "http://evil.example www.evil.example a@evil.example",
    "甲\\",
    "===",
    "```",
)
LIVE = {"link_open", "image", "html_inline", "html_block", "code_inline", "code_block", "fence", "s_open", "em_open"}
OWN = ("<del>", "</del>", "<ins>", "</ins>")


def read(source: str) -> tuple[list[Token], set[str]]:
    """Markdown as a reader takes it: its tokens, and which of them are more than text."""
    tokens = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(source)
    every = [*tokens, *(one for token in tokens for one in token.children or ())]
    return tokens, {one.type for one in every if one.content not in OWN} & LIVE


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_shows_text_and_nothing_else(text: str) -> None:
    source = write_markdown(paper(text))
    tokens, live = read(source)
    assert live == set()
    assert [token.tag for token in tokens if token.type == "heading_open"] == ["h1", "h2"]
    shown = ["".join(one.content for one in token.children or ()) for token in tokens if token.type == "inline"]
    assert shown[0] == " ".join(f"对照{text}".split())
    assert shown[4] == text.strip()  # in the quote
    assert not re.search(r"(?<!&)\b(http:/|www\.)", source)


@given(st.text(alphabet=st.sampled_from("甲a1[]()!<>*_`~#-+.&\\:/@|=$ \n"), max_size=30))
def test_markdown_of_any_text_is_inert(text: str) -> None:
    tokens, live = read(write_markdown(paper(text)))
    assert live == set()
    assert sum(token.type == "heading_open" for token in tokens) == 2


def test_markdown_marks() -> None:
    assert "由<del>每周</del><ins>每日</ins>**检查**" in write_markdown(paper("文"))
