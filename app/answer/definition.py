"""Terms that count their members (“六清行动”, 八大特殊作业): whether a sentence says what the members are."""

from __future__ import annotations

import re

from corpus.ordinals import parse_numeral

_COUNT = re.compile(r"[二两三四五六七八九十]{1,2}|\d{1,2}")
# A term after one of these is itself the last of the things listed.
_JOINING = ("和", "及", "与", "、")
_MEANS = re.compile("(?:，)?(?:是指|即|指的是|就是)")
_PAIR = re.compile("[双两]")
_JOINED = re.compile("[和与、+]")
_ENDED = re.compile("[，。；：！？]|$")
_BREAK = re.compile(r"[，。；！？]")


def member_count(term: str) -> int:
    """How many members a term counts (六清行动 -> 6); 0 when it counts none, or fewer than three."""
    match = _COUNT.search(term)
    number = parse_numeral(match[0]) if match else None
    if match and match[0].isdigit():
        number = int(match[0])
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
    before = sentence[:at].rstrip("“")
    if before.endswith(_JOINING):
        return False
    start = max((match.end() for match in _BREAK.finditer(before)), default=0)
    listed = before[start:]
    return listed.count("、") + listed.count("和") >= max(1, wanted - 1)


def is_explained(sentence: str, term: str) -> bool:
    """Tell whether a sentence says what a short term stands for (向监管部门和企业职工“双报告”), or only names it.

    Args:
        sentence: a sentence that holds the term.
        term: a term that counts (双报告, 两客一危, 五到位), without quotation marks.
    """
    if member_count(term) and lists_members(sentence, term):
        return True
    at = sentence.find(term)
    if at < 0:
        return False
    after = sentence[at + len(term) :].lstrip("”")
    if after[:1] in ("（", "：") or _MEANS.match(after) or _repeats(sentence, term):
        return True
    before = sentence[:at].rstrip("“")
    start = max((match.end() for match in _BREAK.finditer(before)), default=0)
    if sentence[:at].endswith("”"):
        return True
    joined = bool(_JOINED.search(before[start:])) and not before.endswith(_JOINING)
    return joined and _PAIR.match(term) is not None and bool(_ENDED.match(after))


def _repeats(sentence: str, term: str) -> bool:
    """三同时 is explained by 同时设计、同时施工、同时投入生产和使用: its word stands there as often as it counts."""
    wanted, word = member_count(term), _COUNT.sub("", term, count=1).lstrip("个条项")
    return bool(wanted and len(word) > 1) and sentence.count(word) - sentence.count(term) >= wanted
