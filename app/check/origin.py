"""Where the words of a line come from: a quote beside it, the program's own wording, or the question; else nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from app.check.claims import HOLE, QUOTED, Claim, Statement
from app.check.evidence import Asked, Line
from app.check.grounds import run_length
from app.check.wording import pieces

_FREE = frozenset("，。；：、！？（）《》“”‘’—…·|*「」[] .-/%\t" + HOLE)
_SHORTEST_RUN, _TELLING_RUN = 2, 4
_NEGATION = re.compile("不(?!断|定期|少于|低于|同|仅|漏|限于|超过)|严禁|禁止|否|杜绝")
_DENIAL = re.compile("未|无|没有")
_FORBIDDING = re.compile(
    "(?:不得|严禁|禁止|不允许|不准|不许|不应当?|不可以?|不能|不予|杜绝)(?!少于|低于|超过)[\u4e00-\u9fff、“”]{0,12}$"
)
_DENYING = re.compile("(?:[未无]|不(?!断|定期|少于|低于|同|仅|漏|限于|超过))[\u4e00-\u9fff、“”]{0,4}$")
#: The program's name for what is asked about (涉及“野外用火”): it says nothing of it.
_ABOUT = re.compile("（涉及“[^“”，。；]{1,20}”）")
_MENTIONED = re.compile("“([^“”]*)”")


def from_nowhere(line: Line, said: Statement, asked: Asked, held: Sequence[Claim]) -> str:
    """Return the first words of a line that nothing accounts for; empty when all are accounted for.

    Args:
        line: the line with its quotes.
        said: its statement.
        asked: the question.
        held: the claims that the quotes hold; their words need no other source.
    """
    text = said.text
    sources = [words for one in line.held_by for words in (one.quote, one.heading, one.label, one.notice)]
    sources.append(asked.question)
    clauses = [*(one.clause_text for one in line.held_by), asked.question, *asked.regions]
    skips = {one.start: one.end for one in held}
    for match in _MENTIONED.finditer(text):
        if any(match[1] in clause for clause in clauses):
            skips[match.start()] = match.end()
    reached = {0}
    for at in range(len(text)):
        if at in reached:
            reached.update(_steps(text, at, sources, skips))
    if len(text) in reached:
        return ""
    return re.split(f"[。；{HOLE}]", text[max(reached) :])[0] or text[max(reached) :][:12]


def _steps(text: str, at: int, sources: Sequence[str], skips: dict[int, int]) -> Iterator[int]:
    """Where the words from here on may be taken up again, whatever accounts for those between."""
    if text[at] in _FREE:
        yield at + 1
    if at in skips:
        yield skips[at]
    yield from (at + len(piece) for piece in pieces() if text.startswith(piece, at))
    longest = max((run_length(text, at, source, _is_whole) for source in sources), default=0)
    for length in range(_SHORTEST_RUN, longest + 1):
        # A number is taken over whole or not at all: 12 is not held by 120.
        if not (text[at + length - 1].isdigit() and text[at + length : at + length + 1].isdigit()):
            yield at + length


def _is_whole(words: str, source: str) -> bool:
    """The words stand in the source with no 不 or 未 right before, and no number of theirs goes on beyond them."""
    before = r"(?<![\d.])" if words[0].isdigit() else "(?<![不未无非])"
    after = r"(?!\.?\d)" if words[-1].isdigit() else ""
    return re.search(before + re.escape(words) + after, source) is not None


def misquoted(line: Line) -> Iterator[str]:
    """Words in 「」 that are not a quote marked in the line; in a line without marks, not part of a quote behind it."""
    for quoted in QUOTED.findall(line.text):
        plain = quoted.replace("\\|", "|")
        held = any(plain == one.quote if line.own else plain in one.quote for one in line.held_by)
        if not held:
            yield f"「{plain[:20]}…」不是这一行所引的原文"
        elif not line.own and _lost_negation(plain, line.text[: line.text.find(quoted)], line):
            yield f"「{plain[:20]}…」漏掉了原文的否定"


def lost_negations(line: Line, said: Statement) -> Iterator[str]:
    """Words taken from a quote that forbids or denies them, in a line that does not."""
    sentence = 0
    told = _ABOUT.sub(lambda match: HOLE * len(match[0]), said.text)
    for part in re.finditer(f"[^，。；：！？|{HOLE}]+|[。；]", told):
        if part[0] in "。；":
            sentence = part.end()
            continue
        at = part.start()
        while at < part.end():
            length = max(
                (run_length(part[0], at - part.start(), one.quote, _is_whole) for one in line.held_by), default=0
            )
            words = said.text[at : at + length]
            telling = length >= _TELLING_RUN or (length >= _SHORTEST_RUN and at + length == part.end())
            if telling and _lost_negation(words, said.text[sentence:at], line):
                yield f"“{words}”漏掉了原文的否定"
                break
            at += max(length, 1)


def _lost_negation(words: str, before: str, line: Line) -> bool:
    """Every quote that has the words forbids or denies them, and neither they nor what stands before them do."""
    if _NEGATION.search(before) or _NEGATION.match(words):
        return False
    heads = [
        re.split("[，。；：]", one.quote[: found.start()])[-1]
        for one in line.held_by
        for found in re.finditer(re.escape(words), one.quote)
    ]
    forbidden = [bool(_FORBIDDING.search(head)) for head in heads]
    denied = [bool(_DENYING.search(head)) for head in heads]
    if any(forbidden):
        return all(one or other for one, other in zip(forbidden, denied, strict=True))
    return bool(heads) and all(denied) and not _DENIAL.search(before)
