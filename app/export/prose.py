"""The text of an answer, a little Markdown of our own, as paragraphs that any kind of file can hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from app.export.word import Paragraph, Run

_ITEM = re.compile(r"^\s*[-*+] +")
_QUOTE = re.compile(r"^\s*(?:> ?)+")
_HEADING = re.compile(r"^#{1,6} +")
_RULE = re.compile(r"^\|(?:\s*:?-+:?\s*\|)+$")
_CELL_END = re.compile(r"(?<!\\)\|")
_STRONG = re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*")
_MARK = re.compile(r"\[(\d{1,3})\]")
_SLASHED = re.compile(r"\\([!-/:-@\[-`{-~])")


def paragraphs(text: str, numbers: Mapping[int, int]) -> tuple[Paragraph, ...]:
    """Read the text of an answer: paragraphs, lists, quotes, bold words; a row of a table becomes an item of a list.

    Args:
        text: with its marks [n].
        numbers: what each mark's number becomes; other numbers in brackets are text.
    """
    return tuple(_read(text, numbers))


def _read(text: str, numbers: Mapping[int, int]) -> Iterator[Paragraph]:
    names: list[str] = []
    for line in text.split("\n"):
        stripped = line.strip()
        if not stripped or _RULE.match(stripped):
            continue
        if stripped.startswith("|") and stripped.endswith("|"):
            cells = [cell.strip() for cell in _CELL_END.split(stripped)[1:-1]]
            if names:
                yield Paragraph(runs=tuple(_row(names, cells, numbers)), style="item")
            else:
                names = cells
            continue
        names = []
        yield _paragraph(line, numbers)


def _row(names: list[str], cells: list[str], numbers: Mapping[int, int]) -> Iterator[Run]:
    """The cells of a row, each after its column's name."""
    for place, cell in enumerate(cells):
        name = names[place] if place < len(names) else ""
        yield Run(text=f"{'；' if place else ''}{_plain(name, numbers)}：" if name else "；")
        yield from _runs(cell, numbers)


def _paragraph(line: str, numbers: Mapping[int, int]) -> Paragraph:
    for pattern, style in ((_ITEM, "item"), (_QUOTE, "quote")):
        lead = pattern.match(line)
        if lead:
            return Paragraph.model_validate({"runs": tuple(_runs(line[lead.end() :], numbers)), "style": style})
    heading = _HEADING.match(line)
    if heading:
        return Paragraph(runs=(Run(text=_plain(line[heading.end() :], numbers), mark="bold"),))
    return Paragraph(runs=tuple(_runs(line.strip(), numbers)))


def _runs(text: str, numbers: Mapping[int, int]) -> Iterator[Run]:
    for place, part in enumerate(_STRONG.split(text)):
        if part:
            yield Run(text=_plain(part, numbers), mark="bold" if place % 2 else "")


def _plain(text: str, numbers: Mapping[int, int]) -> str:
    """Text as it is read: marks by their numbers in the paper, characters behind a backslash as themselves."""

    def renumbered(mark: re.Match[str]) -> str:
        number = numbers.get(int(mark[1]))
        return mark[0] if number is None else f"[{number}]"

    return _SLASHED.sub(r"\1", _MARK.sub(renumbered, text))
