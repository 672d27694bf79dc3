"""Word documents: title, sections and marked text on A4, in fonts that Chinese offices have."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from app.export.inert import legal, without_times
from corpus.model import Frozen

if TYPE_CHECKING:
    from docx.document import Document as DocxDocument
    from docx.styles.style import ParagraphStyle
    from docx.text.paragraph import Paragraph as DocxParagraph

CREATOR = "安问"
_TEXT_FONT, _HEAD_FONT, _LATIN_FONT = "宋体", "黑体", "Times New Roman"
_ADDED, _REMOVED, _SMALL = "1B5E20", "9B1C1C", "555555"
_STYLES = {"body": "Normal", "item": "List Bullet", "quote": "Quote", "small": "安问小字"}
_A4_WIDTH, _A4_HEIGHT, _MARGIN = 21.0, 29.7, 2.5  # centimetres


class Run(Frozen):
    """A stretch of text with one look."""

    text: str
    mark: Literal["", "added", "removed", "bold"] = Field(
        default="", description="added is underlined, removed is struck through"
    )


class Paragraph(Frozen):
    """One paragraph."""

    runs: tuple[Run, ...]
    style: Literal["body", "item", "quote", "small"] = Field(default="body", description="item: of a list")


class Section(Frozen):
    """A heading with what stands under it."""

    heading: str
    paragraphs: tuple[Paragraph, ...] = ()


class Paper(Frozen):
    """A document as it is to be read."""

    title: str
    about: tuple[str, ...] = Field(default=(), description="lines under the title, in small print")
    sections: tuple[Section, ...] = ()


def write_document(paper: Paper) -> bytes:
    """Write a paper as a Word file; the same paper gives the same bytes.

    Args:
        paper: the paper; its texts may come from outside.
    """
    import docx

    document = docx.Document()
    properties = document.core_properties
    properties.author, properties.last_modified_by, properties.comments = CREATOR, CREATOR, ""
    properties.title, properties.language = legal(paper.title), "zh-CN"
    _set_up_page(document)
    _set_up_styles(document)
    document.add_paragraph(legal(paper.title), style="Title")
    for line in paper.about:
        _add(document, Paragraph(runs=(Run(text=line),), style="small"))
    for section in paper.sections:
        document.add_heading(legal(section.heading), level=1)
        for paragraph in section.paragraphs:
            _add(document, paragraph)
    made = io.BytesIO()
    document.save(made)
    return without_times(made.getvalue())


def _add(document: DocxDocument, paragraph: Paragraph) -> None:
    from docx.oxml.ns import qn
    from docx.shared import RGBColor

    written = document.add_paragraph(style=_STYLES[paragraph.style])
    for run in paragraph.runs:
        part = written.add_run(legal(run.text))
        part.bold = True if run.mark == "bold" else None
        # Quotation marks and dashes are also Latin: this says that they are Chinese here, as wide as a character.
        part._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:hint"), "eastAsia")
        if run.mark == "added":
            part.underline = True
            part.font.color.rgb = RGBColor.from_string(_ADDED)
        elif run.mark == "removed":
            part.font.strike = True
            part.font.color.rgb = RGBColor.from_string(_REMOVED)


def _set_up_page(document: DocxDocument) -> None:
    """A4 with a page number in the middle of the foot."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Cm

    page = document.sections[0]
    page.page_width, page.page_height = Cm(_A4_WIDTH), Cm(_A4_HEIGHT)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Cm(_MARGIN)
    foot = page.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    foot.add_run("第 ")
    _add_field(foot, "PAGE")
    foot.add_run(" 页，共 ")
    _add_field(foot, "NUMPAGES")
    foot.add_run(" 页")


def _add_field(paragraph: DocxParagraph, name: str) -> None:
    """Add a number that Word works out when it lays out the page."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    run, text = OxmlElement("w:r"), OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)


def _set_up_styles(document: DocxDocument) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt, RGBColor

    styles = document.styles
    for language in styles.element.iter(qn("w:lang")):  # decides how glyphs and line breaks are chosen
        language.set(qn("w:val"), "zh-CN")
        language.set(qn("w:eastAsia"), "zh-CN")
    small = styles.add_style(_STYLES["small"], WD_STYLE_TYPE.PARAGRAPH)
    small.base_style = styles["Normal"]
    for name, font, size, after in (
        ("Normal", _TEXT_FONT, 12, 6),
        ("Title", _HEAD_FONT, 20, 8),
        ("Heading 1", _HEAD_FONT, 14, 6),
        ("List Bullet", _TEXT_FONT, 12, 4),
        ("Quote", _TEXT_FONT, 11, 6),
        (_STYLES["small"], _TEXT_FONT, 10, 4),
    ):
        style = styles[name]
        _set_fonts(style, font)
        style.font.size, style.font.color.rgb = Pt(size), RGBColor(0, 0, 0)
        style.font.italic = False  # Chinese has no italics: what stands for them is hard to read
        style.paragraph_format.space_after = Pt(after)
        style.paragraph_format.line_spacing = 1.25
    small.font.color.rgb = RGBColor.from_string(_SMALL)
    styles["Heading 1"].paragraph_format.space_before = Pt(14)
    styles["Quote"].paragraph_format.left_indent = Cm(0.8)


def _set_fonts(style: ParagraphStyle, name: str) -> None:
    """Set the font for Chinese and the one for digits; the template's theme would otherwise win over both."""
    from docx.oxml.ns import qn

    style.font.name = _LATIN_FONT
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for key in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{key}"), None)
    fonts.set(qn("w:eastAsia"), name)
    fonts.set(qn("w:cs"), _LATIN_FONT)
