"""What a free sentence says that its clause does not hold (没有规定): true only where the clause is silent on it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from app.check.evidence import leaders
from app.check.figures import figures_of
from app.check.grounds import denied_kinds
from corpus.responsible import find_brackets
from index.lexical import bigrams

SILENT = re.compile(
    "(?:没有|没|未|尚未|并未|均未)(?:作出|作|做出|直接|明确|具体|单独|专门|再|对[^，。]{1,20}?)*"
    "(?:规定|明确|写明|提及|提到|涉及|说明|列明|载明|设定|限定|给出|指定|确定)"
    "|(?:没有|无|未作)[^，。；]{0,24}(?:规定|要求|说明|内容)(?=[，。；]|$)|(?:没有|并无|无)依据(?=[，。；]|$)"
)
_OTHER = re.compile("其他|其它|别的|另外|除此之外")
_SHORTEST = 6
_MANNER = frozenset({"定期", "不定期", "不定时", "实时", "常态化", "24小时"})


def wrongly_denied(part: str, text: str, topic: Sequence[str], rule: str) -> Iterator[str]:
    """Find what a sentence says is not set, and the clause does set, of the same thing.

    Args:
        part: the part that says so.
        text: the whole sentence.
        topic: the words of the clause that say what is spoken of.
        rule: the cited clause.

    Yields:
        One Chinese line for each fault.
    """
    yield from _told_not_to_be(part, text, rule)
    kinds = [kind for kind, said in denied_kinds().items() if said.search(part)]
    for kind in kinds:
        if kind == "lead" and any("一个部门" not in one for one in leaders(rule)):
            yield "所引原文写明了牵头单位，句子却说没有"
        if kind == "unit" and find_brackets(rule):
            yield "所引原文写明了责任单位，句子却说没有"
        for figure in figures_of(rule):
            counted = "人数" not in part or figure.fact.measure in ("人", "名")
            alike = counted and figure.fact.kind == kind and figure.fact.period not in _MANNER
            if alike and all(set(bigrams(word)) <= figure.around for word in topic):
                yield f"所引原文规定了“{figure.fact.text[:20]}”，句子却说没有"


def _told_not_to_be(part: str, text: str, rule: str) -> Iterator[str]:
    """What a clause says in so many words is not denied, nor is there said to be nothing else."""
    match = SILENT.search(part)
    if match is None:
        return
    before = part[: match.start()] if "依据" in match[0] else ""
    for words in (part[match.end() :].strip("“”"), before.strip("“”")):
        figured = any(one.fact.text in words for one in figures_of(rule))
        if words and words in rule and (figured or len(words) >= _SHORTEST):
            yield f"所引原文规定了“{words[:20]}”，句子却说没有"
    other = _OTHER.search(text)
    if other and text[other.start() : other.end() + 2] not in rule:
        yield f"“{other[0]}”有没有规定，所引条款不能说明"
