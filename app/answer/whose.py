"""For whom a quoted rule is made (写给谁), said to an enterprise that named no such industry."""

from __future__ import annotations

from app.answer.choose import Choice, Pick, Verdict
from corpus.industries import industries_named
from retrieval.asked import narrow_industries
from retrieval.model import AskedKind, Reading

_OF_CLAUSE = "“{heading}”一条是对这一行业的规定，没有写明适用于其他企业。"
_OF_SENTENCE = "原文点名了行业或者单位的，只对点名的适用。"
# A sentence that names more lists industries, and is for all of them.
_MOST = 3


def with_limits(choice: Choice, reading: Reading) -> Choice:
    """Say of quotes that are made for an industry (煤矿, 医院) that the question does not name, that they are.

    Args:
        choice: what answers.
        reading: the question of an enterprise.
    """
    if choice.verdict is not Verdict.ANSWERED or reading.kind in (AskedKind.RESPONSIBILITY, AskedKind.METADATA):
        return choice
    said = [reading.text, *(word for one in reading.concepts for word in one.alternatives)]
    asked = {name for one in said for name in industries_named(one)}
    remarks = dict.fromkeys(one for pick in choice.picks if (one := _limit(pick, asked)))
    return choice.model_copy(update={"remarks": (*choice.remarks, *remarks)}) if remarks else choice


def _limit(pick: Pick, asked: set[str]) -> str:
    """What must be said of one quote; empty when it is for anybody, or for the industry asked about."""
    heads = narrow_industries(industries_named(pick.hit.heading))
    if heads:
        return "" if asked.intersection(heads) else _OF_CLAUSE.format(heading=pick.hit.heading)
    named = industries_named(pick.quote)
    only = narrow_industries(named)
    return _OF_SENTENCE if 0 < len(only) <= _MOST and not asked.intersection(named) else ""
