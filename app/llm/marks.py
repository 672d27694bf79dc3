"""Citation marks in a model's text: made canonical ([1][2]) while it is written, and the sentences they belong to."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from pydantic import Field

from app.llm.scan import MARK, STARTS, Scan, TooShortError
from corpus.model import Frozen


class MarkReader:
    """Rewrites the marks of a text that arrives in pieces; however it is split, the same comes out."""

    def __init__(self) -> None:
        self._held = ""
        self._before = ""
        self._behind_mark = False

    def feed(self, piece: str) -> str:
        """Take a piece, and return what can be shown: all but what may be the beginning of a mark."""
        self._held += piece
        return self._read(ended=False)

    def close(self) -> str:
        """Return the rest: nothing follows."""
        return self._read(ended=True)

    def _read(self, ended: bool) -> str:
        text, out, i = self._held, [], 0
        scan = Scan(text, self._before, ended)
        try:
            while i < len(text):
                found = scan.next_unit(i) if self._behind_mark else None
                if found is None:
                    self._behind_mark = False
                    start = STARTS.search(text, i)
                    out.append(text[i : start.start() if start else len(text)])
                    i = start.start() if start else len(text)
                    if start is None:
                        break
                    found = scan.unit(i)
                out.append("".join(f"[{n}]" for n in found[0]) if found else text[i])
                i = found[1] if found else i + 1
                self._behind_mark = found is not None
        except TooShortError:
            pass
        self._before = text[i - 1] if i else self._before
        self._held = text[i:]
        return "".join(out)


def canonical(text: str) -> str:
    """Rewrite all marks of a text as [n], several as [1][2]."""
    reader = MarkReader()
    return reader.feed(text) + reader.close()


class Sentence(Frozen):
    """A sentence of a model's text, or a line that only lays it out."""

    text: str = Field(description="its words, without marks, list number and emphasis")
    marks: tuple[int, ...] = Field(default=(), description="numbers of its marks, in order, each once")
    start: int = Field(ge=0, description="first character in the canonical text, list number included")
    end: int = Field(ge=0, description="one past the last character, marks and punctuation included")
    layout: bool = Field(
        default=False,
        description="states nothing: a table's head, a rule, a lead-in (要求如下：); without text when a word might",
    )


_LINE = re.compile("[^\n]+")
_WORD = re.compile(r"\w")
_PAIRS = {"「": "」", "“": "”", "《": "》", "（": "）", "『": "』"}
_FULL_STOPS, _SEMICOLONS = frozenset("。！？!?"), frozenset("；;")
_BEHIND = re.compile(rf"(?:[ \t]*{MARK.pattern})+|(?:[ \t]*[。！？!?；;”」』]+)+")
#: A quotation that holds whole sentences ends the sentence around it, unless that goes on.
_GOES_ON = re.compile(rf"(?:[ \t]*{MARK.pattern})*[ \t]*[，。；、：！？）的和与等,.;:!?)]")
_LABEL = re.compile(
    r"[ \t>＞]*(?:[-*+•·●○▪][ \t]+|[-•·●○▪](?=[^\d\s-])|\d{1,2}(?:[、．)）]|\.(?!\d))[ \t]*"
    r"|（\d{1,2}）[ \t]*|\(\d{1,2}\)[ \t]*|[①-⑳][ \t]*)"
)
_EMPHASIS = re.compile(r"\*{1,3}|_{2,3}|`+")
_RULE = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-*:?[ \t]*)*")
_SHORTEST_SIDE = 6
_LONGEST_LEAD_IN, _LONGEST_HEAD = 40, 16
_FIGURE = re.compile(
    "[0-9０-９％%]|[二两三四五六七八九十百千万半][次日天周月季年人户名班个项倍家处台辆成万亿]|一[次日天周月季年人户名班]"
    "|每[日天周月季年班半]"
)
#: A rule is stated by these, figure or not; with 以下 or the like the units or duties follow.
_RULES = re.compile("严禁|禁止|不得|不准|不许|无需|无须|不必|不用|不需")
_DUTIES = re.compile("牵头|负责")
_FOLLOW = re.compile("[以如]下|下列|分别|包括|哪")


def sentences(text: str) -> list[Sentence]:
    """Cut a text into its sentences, each with the marks that belong to it.

    Args:
        text: with canonical marks, as canonical() gives it.

    Returns:
        In order; together they hold every character that is not blank.
    """
    found: list[Sentence] = []
    lines = list(_LINE.finditer(text))
    for line, behind in zip(lines, [*lines, None][1:], strict=True):
        is_head = behind is not None and behind.start() == line.end() + 1 and _is_rule(behind[0])
        for start, end in _parts(line[0]):
            one = _sentence(line[0][start:end], line.start() + start, is_head)
            before = found[-1] if found else None
            if before and before.text and not one.text and (one.marks or start):
                found[-1] = _joined(before, one)
            else:
                found.append(one)
    return found


def _is_rule(line: str) -> bool:
    return "|" in line and "-" in line and _RULE.fullmatch(line) is not None


def _is_row(line: str) -> bool:
    return line.lstrip().startswith("|") or line.count("|") > 1


def _parts(line: str) -> list[tuple[int, int]]:
    """The sentences of a line, blanks around them left out; a list item or a table row is one."""
    whole = _is_row(line) or _LABEL.match(line)
    parts = [(0, len(line))] if whole else _cut(line)
    stripped = []
    for start, end in parts:
        part = line[start:end]
        if part.strip():
            stripped.append((start + len(part) - len(part.lstrip()), start + len(part.rstrip())))
    return stripped


def _cut(line: str) -> list[tuple[int, int]]:
    ends = [*_ends(line), len(line)]
    parts, start = [], 0
    for here, following in zip(ends, [*ends[1:], len(line)], strict=True):
        if here < len(line) and not _is_full(line[start:here], line[here:following]):
            continue
        parts.append((start, here))
        start = here
    return parts


def _is_full(left: str, right: str) -> bool:
    """Whether a sentence ends between the two: at a semicolon only if both are long, or the left one has its mark."""
    bare = MARK.sub("", left).rstrip()
    if bare[-1:] not in _SEMICOLONS or MARK.search(left):
        return True
    return min(len(bare) - 1, len(MARK.sub("", right).strip(" \t。！？!?；;"))) > _SHORTEST_SIDE


def _ends(line: str) -> Iterator[int]:
    """Where a sentence may end: behind its punctuation, and behind the marks that stand right behind that."""
    inside = _quoted(line)
    done = 0
    for i, letter in enumerate(line):
        if i < done:
            continue
        stops = letter in _FULL_STOPS or letter in _SEMICOLONS
        quote_ends = letter in "”」』" and line[i - 1 : i] in _FULL_STOPS and not _GOES_ON.match(line, i + 1)
        if inside[i] or not (stops or quote_ends):
            continue
        done = i + 1
        while more := _BEHIND.match(line, done):
            done = more.end()
        yield done


def _quoted(line: str) -> list[bool]:
    """For each character, whether it stands inside of quotation marks or brackets that are closed in the line."""
    change = [0] * (len(line) + 1)
    opened: dict[str, list[int]] = {closer: [] for closer in _PAIRS.values()}
    for i, letter in enumerate(line.replace("(", "（").replace(")", "）")):
        if letter in _PAIRS:
            opened[_PAIRS[letter]].append(i)
        elif opened.get(letter):
            change[opened[letter].pop()] += 1
            change[i] -= 1
    depth, inside = 0, []
    for step in change[:-1]:
        depth += step
        inside.append(depth > 0)
    return inside


def _sentence(part: str, start: int, is_head: bool) -> Sentence:
    marks = tuple(dict.fromkeys(int(one[1]) for one in MARK.finditer(part)))
    label = _LABEL.match(part)
    words = re.sub(rf"[ \t]*{MARK.pattern}", "", part[label.end() if label else 0 :])
    words = _EMPHASIS.sub("", words).strip()
    row = _is_row(part)
    if row:
        words = " | ".join(cell.strip() for cell in words.strip("| \t").split("|"))
    if not _WORD.search(words):
        return Sentence(text="", marks=marks, start=start, end=start + len(part), layout=True)
    heads = is_head and row and all(len(cell) <= _LONGEST_HEAD for cell in words.split(" | "))
    leads_in = not row and words.endswith(("：", ":")) and len(words) <= _LONGEST_LEAD_IN
    layout = (heads or leads_in) and not marks and not _states(words)
    if layout and not _is_neutral(words):
        words = ""
    return Sentence(text=words, marks=marks, start=start, end=start + len(part), layout=layout)


def _states(words: str) -> bool:
    """Whether a head or a lead-in says a rule itself."""
    if _FIGURE.search(words) or _RULES.search(words):
        return True
    return bool(_DUTIES.search(words)) and not _FOLLOW.search(words)


def _is_neutral(words: str) -> bool:
    """Whether a head or a lead-in, which nothing holds, can say nothing."""
    return _neutral().fullmatch(words) is not None


@cache
def _neutral() -> re.Pattern[str]:
    table: dict[str, list[str]] = tomllib.loads(
        files("app.llm").joinpath("data/layout.toml").read_text(encoding="utf-8")
    )
    known = "|".join(map(re.escape, sorted(table["words"], key=len, reverse=True)))
    return re.compile(rf"(?:{known}|[ |，、：:])*+")


def _joined(before: Sentence, rest: Sentence) -> Sentence:
    """A sentence with the marks or punctuation that stand behind it by themselves."""
    marks = tuple(dict.fromkeys(before.marks + rest.marks))
    return before.model_copy(update={"marks": marks, "end": rest.end, "layout": before.layout and not marks})
