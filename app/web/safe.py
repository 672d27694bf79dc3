"""Text from outside made inert for markdown and HTML: all that the page shows of notices, questions and models."""

from __future__ import annotations

import re
import string
import unicodedata
from html import escape
from urllib.parse import quote

_QUOTE_LEAD = re.compile(r"^(?:> ?)+")
# Left alone in an answer: * - # | and numbers, which make its emphasis, lists, headings and tables.
_ANSWER_ACTIVE = re.compile(r"\\[!-/:-@\[-`{-~]|[&<>`\[\]!\\_~$@{}=]|:(?=//)|(?<=www)\.", re.IGNORECASE)
_STRONG = re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*")
_MARK = re.compile(r"\[(\d{1,3})\]")


#: In an address of the tab 对照, in the place of the second notice: whichever suits the first.
ANY_OTHER = "-"


def printable(text: str) -> str:
    """Drop control characters, which a browser would show as boxes or not at all."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(char for char in unified if char in "\n\t" or unicodedata.category(char) != "Cc")


def escaped(text: str) -> str:
    """Write text for HTML, attributes included."""
    return escape(printable(text), quote=True)


def clause_link(notice: str, label: str, start: int | None = None, end: int | None = None) -> str:
    """Write the link that opens a clause in the 条款 tab, percent-encoded, so that it needs no escaping.

    Args:
        notice: 文号 of its document.
        label: the clause's label.
        start: first character to highlight, counted in the clause's text; None to highlight none.
        end: one past the last.
    """
    parts = ["#", "clauses", _part(notice), _part(label)]
    if start is not None and end is not None and 0 <= start < end:
        parts.append(f"{start}-{end}")
    return "/".join(parts)


def subject_link(notice: str, label: str) -> str:
    """Write the link that sets a clause against those on the same subject in the other notices (对照)."""
    return "/".join(["#", "compare", _part(notice), ANY_OTHER, _part(label), "many"])


def _part(text: str) -> str:
    return quote(text, safe="", errors="replace")


def duties_link(notice: str, office: str = "") -> str:
    """Write the link that opens a notice or an office in the tab 责任清单, percent-encoded."""
    parts = ["#", "duties", *(_part(part) for part in (notice, office) if part)]
    return "/".join(parts)


def plain_markdown(text: str) -> str:
    """Write text so that markdown shows it as it was typed: no images, links, HTML, lists or emphasis."""
    lines = []
    for line in printable(text).expandtabs(4).split("\n"):
        body = line.lstrip(" ")
        indent = "&#160;" * (len(line) - len(body))
        lines.append(indent + "".join(_entities(char) if char in string.punctuation else char for char in body))
    return "\n".join(lines)


def one_line(text: str) -> str:
    """Write text as plain_markdown does, on one line: a blank line would end the HTML that it stands in."""
    return plain_markdown(" ".join(text.split()))


def answer_lines(text: str, marks: dict[int, str]) -> str:
    """Write the text of an answer as markdown that keeps its lists, tables and emphasis, and is inert beside.

    Args:
        text: the text with its marks [n].
        marks: what stands for a mark, as HTML; other marks are text.
    """
    return "\n".join(_answer_line(line, marks) for line in printable(text).strip().split("\n"))


def _answer_line(line: str, marks: dict[int, str]) -> str:
    lead = _QUOTE_LEAD.match(line)
    start = lead.end() if lead else 0
    parts = [line[:start]]
    for found in _MARK.finditer(line, start):
        if int(found[1]) in marks:
            parts += [_inert(line[start : found.start()]), marks[int(found[1])]]
            start = found.end()
    # Markdown's own rule for ** fails beside Chinese punctuation.
    return _STRONG.sub(r"<strong>\1</strong>", "".join([*parts, _inert(line[start:])]))


def _inert(text: str) -> str:
    return _ANSWER_ACTIVE.sub(lambda found: _entities(found[0][-1]), text)  # of an escaped character, itself


def _entities(text: str) -> str:
    return "".join(f"&#{ord(char)};" for char in text)
