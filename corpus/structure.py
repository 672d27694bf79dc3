"""From the body's lines to a tree of numbered parts (章 / 条 / 项) and the named kinds under a bare heading."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from corpus.clean import Text, join
from corpus.labels import Label, Numbering, Style, match_label

_RUN_IN = re.compile(r"([\u4e00-\u9fff、（）]{2,14})：(?=.)")
_TERMINAL = "。！？；：）”…"
# What cannot end a heading: a label on the next line is a reference (按照本通知第一条 / （三）要求).
_CONTINUES = re.compile("(?:[，、（《“]|按照|根据|依照|依据|参照|对照|和|及|与|或|至|第|第.{1,4}[章节条款])$")
_LONGEST_HEADING = 34


@dataclass(slots=True)
class Part:
    """A numbered part (or a named kind, without number) with its own lines and the parts below it."""

    label: str = ""
    style: Style | None = None
    lines: list[Text] = field(default_factory=list)
    children: list[Part] = field(default_factory=list)
    named: bool = False
    size: int = 0
    has_stop: bool = False
    joined: Text | None = None

    def add(self, line: Text) -> None:
        """Put a line at the end of its own text."""
        self.lines.append(line)
        self.size += len(line)
        self.has_stop = self.has_stop or "。" in line.chars
        self.joined = None

    def own_text(self) -> Text:
        """Its own lines as one paragraph, without label."""
        if self.joined is None:
            self.joined = join(self.lines)
        return self.joined


def build_tree(body: list[Text]) -> tuple[Part, list[str]]:
    """Arrange the body's lines under their labels.

    Args:
        body: clean, closed-up lines between 主送 and 落款.

    Returns:
        The root (its own lines are the preamble) and one Chinese line for each gap in the numbering.
    """
    root = Part()
    numbering = Numbering()
    chain = [root]
    for line in body:
        label = match_label(line.chars)
        depth = numbering.accept(label) if label and _may_start(chain[-1]) else None
        if label and depth is not None:
            chain = [*chain[: depth + 1], _numbered(label, line)]
            chain[-2].children.append(chain[-1])
        elif named := _named_kind(chain, line):
            chain = [*(chain[:-1] if chain[-1].named else chain), named]
            chain[-2].children.append(named)
        else:
            chain[-1].add(line)
    _merge_lone(root)
    return root, numbering.gaps


def _merge_lone(part: Part) -> None:
    """A kind is one of several; a single paragraph 名称：… is a clause's own text (各乡镇要做到：…)."""
    for child in part.children:
        _merge_lone(child)
    if len(part.children) == 1 and part.children[0].named:
        for line in part.children.pop().lines:
            part.add(line)


def _numbered(label: Label, line: Text) -> Part:
    rest = line.slice(len(label.text))
    part = Part(label=label.text, style=label.style)
    if rest.chars:
        part.add(rest)
    return part


def _may_start(part: Part) -> bool:
    """A label can open a part only where the text before it has ended: else it is a hard-wrapped reference."""
    if not part.lines:
        return True
    last = part.lines[-1].chars[-1]
    if last in _TERMINAL:
        return True
    return not part.has_stop and not _CONTINUES.search(part.lines[-1].chars)


def _named_kind(chain: list[Part], line: Text) -> Part | None:
    """A paragraph 名称：… under a part that is a bare heading is a unit of its own (森林草原火灾：…)."""
    match = _RUN_IN.match(line.chars)
    if not match:
        return None
    above = chain[-2] if chain[-1].named else chain[-1]
    if above.style is None or not 0 < above.size <= _LONGEST_HEADING + 1:
        return None
    bare = above.own_text().chars.rstrip("。")
    if not bare or "。" in bare or (chain[-1].named and chain[-1].lines[-1].chars[-1] not in _TERMINAL):
        return None
    part = Part(label=match[1], named=True)
    part.add(line)
    return part


def heading_of(part: Part) -> tuple[str, int]:
    """Find the heading of a part.

    Returns:
        The heading without its closing mark, and how many characters of the part's own text it takes;
        ("", 0) when the part has none: its first sentence is a provision.
    """
    text = part.own_text().chars
    if part.named:
        return part.label, len(part.label) + 1
    alone = _line_heading(part)
    if alone is not None:
        return alone.rstrip("。"), len(alone)
    end = text.find("。")
    is_title = (
        0 < end <= _LONGEST_HEADING
        and end + 1 < len(text)
        and "，" not in text[:end]
        and part.style not in (Style.HAN, Style.ARTICLE)
    )
    return (text[:end], end + 1) if is_title else ("", 0)


def _line_heading(part: Part) -> str | None:
    """A heading that stands on a line of its own, or is all the part has."""
    if part.style is None or not part.lines:
        return None
    text = part.own_text().chars
    first = part.lines[0].chars
    if part.children and "。" not in text.rstrip("。"):
        return text
    stands_alone = (
        len(part.lines) > 1
        and len(first) <= _LONGEST_HEADING
        and first[-1] not in "；："
        and "。" not in first
        and not _CONTINUES.search(first)
    )
    if stands_alone and "。" in text and (part.children or _short_line(part)):
        return first
    return None


def _short_line(part: Part) -> bool:
    """In hard-wrapped text every line but a paragraph's last is full: a clearly shorter first line stands alone."""
    widest = max(len(line) for line in part.lines)
    return len(part.lines[0]) < widest * 0.7


def walk(part: Part, path: tuple[Part, ...] = ()) -> Iterator[tuple[Part, tuple[Part, ...]]]:
    """Go through the tree in reading order, giving each part with the parts above it."""
    for child in part.children:
        yield child, path
        yield from walk(child, (*path, child))
