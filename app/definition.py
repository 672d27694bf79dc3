"""Terms that count their members (“六清行动”, 八大特殊作业): whether a sentence says what the members are."""

from __future__ import annotations

import re

from corpus.ordinals import parse_numeral

_COUNT = re.compile(r"[二两三四五六七八九十]{1,2}")
_BREAK = re.compile(r"[，。；！？]")


def member_count(term: str) -> int:
    """How many members a term counts (六清行动 -> 6); 0 when it counts none, or fewer than three."""
    match = _COUNT.search(term)
    number = parse_numeral(match[0]) if match else None
    return number if number is not None and 3 <= number <= 20 else 0


def lists_members(sentence: str, term: str) -> bool:
    """Tell whether a sentence lists the members of a term next to it.

    Args:
        sentence: a sentence that holds the term.
        term: the term, without quotation marks.

    Returns:
        True when brackets or a colon follow the term, or when as many listed things (、 and 和) stand right before it,
        or in quotation marks of its own sentence.
    """
    at = sentence.find(term)
    if at < 0:
        return False
    after = sentence[at + len(term) :].lstrip("”")
    if after[:1] in ("（", "："):
        return True
    wanted = member_count(term)
    before = sentence[:at]
    start = max((match.end() for match in _BREAK.finditer(before)), default=0)
    listed = before[start:]
    return listed.count("、") + listed.count("和") >= max(1, wanted - 1)
