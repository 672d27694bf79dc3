"""Papers as Markdown, readable as they lie there and inert when shown: no text becomes a link, an image or HTML."""

from __future__ import annotations

import re

from app.export.inert import legal
from app.export.word import Paper, Paragraph, Run

#: What every reader of Markdown takes as itself behind a backslash, and what is safer by its number or name.
_SLASHED = re.compile(r"[\\`*{}\[#!]|(?<![0-9A-Za-z])_|_(?![0-9A-Za-z])")
_NAMED = re.compile(r"[&<>|~$^=@]|:(?=/)|(?<=www)\.", re.IGNORECASE)
_LEADING = re.compile(r"^(?:[-+](?=\s|-|\+|$)|\d+(?=[.)]))")
_NAMES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def write_markdown(paper: Paper) -> str:
    """Write a paper as Markdown.

    Args:
        paper: the paper; its texts may come from outside.
    """
    blocks = [f"# {_line(paper.title)}"]
    if paper.about:
        blocks.append("  \n".join(_line(line) for line in paper.about))
    for section in paper.sections:
        blocks.append(f"## {_line(section.heading)}")
        blocks += [_paragraph(one) for one in section.paragraphs]
    return "\n\n".join(block for block in blocks if block) + "\n"


def inert_line(text: str) -> str:
    """Write one line of text so that Markdown shows it as it is, in mid-line.

    Args:
        text: without line ends.
    """
    parts = re.split(f"({_SLASHED.pattern}|{_NAMED.pattern})", text, flags=re.IGNORECASE)
    return "".join(_escape(part) if number % 2 else part for number, part in enumerate(parts))


def _escape(char: str) -> str:
    return f"\\{char}" if char in "\\`*_{}[#!" else _NAMES.get(char, f"&#{ord(char)};")


def _line(text: str) -> str:
    """Write a text as one line that begins nothing: no list, no heading, no code."""
    return _guarded(inert_line(" ".join(legal(text).split())))


def _guarded(line: str) -> str:
    lead = _LEADING.match(line)
    if lead is None:
        return line
    return f"\\{line}" if line[0] in "-+" else f"{lead[0]}\\{line[lead.end() :]}"


def _paragraph(paragraph: Paragraph) -> str:
    lines = [_guarded(line.strip()) for line in "".join(_run(run) for run in paragraph.runs).split("\n")]
    body = "  \n".join(line for line in lines if line)
    if paragraph.style == "item":
        return "- " + body.replace("\n", "\n  ")
    if paragraph.style == "quote":
        return "> " + body.replace("\n", "\n> ")
    return body


def _run(run: Run) -> str:
    """Write a run; emphasis only where every reader sees it, for beside punctuation some take ** as it stands."""
    text = legal(run.text).replace("\t", " ")
    inert = "\n".join(inert_line(line) for line in text.split("\n"))
    if run.mark in ("added", "removed"):
        name = "ins" if run.mark == "added" else "del"
        return f"<{name}>{inert}</{name}>" if inert else ""
    plain = bool(text) and "\n" not in text and text[0].isalnum() and text[-1].isalnum()
    return f"**{inert}**" if run.mark == "bold" and plain else inert
