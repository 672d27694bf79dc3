"""Who is to act and what is done, by the words for it (data/asked.toml): actors, holders of posts, sorts of acts."""

from __future__ import annotations

import re
from collections.abc import Sequence

from retrieval.asked import asked_table, cues_of

ENTERPRISE, GOVERNMENT = "enterprise", "government"


def actor_of(text: str) -> str:
    """Tell who acts by the words for it.

    Args:
        text: a question.

    Returns:
        enterprise, leaders, committee, department or government; empty when none is named, or an enterprise and
        another of which neither is said to go to it.
    """
    if cues_of("company_leaders").search(text):
        return ENTERPRISE
    named = _actors_in(text)
    if not named or named[0] != ENTERPRISE or len(named) == 1:
        return named[0] if named else ""
    return named[1] if cues_of("visits").search(text) else ""


def actor_of_unit(name: str) -> str:
    """Tell what sort of actor the name of a unit is; a company's 党委书记 is still of the enterprise."""
    return next(iter(_actors_in(name)), "")


def _actors_in(text: str) -> list[str]:
    table: dict[str, list[str]] = asked_table()["actors"]
    return [actor for actor, said in table.items() if any(re.search(word, text) for word in said)]


def acts_in(text: str) -> frozenset[str]:
    """The sorts of acts a text names (开会, 检查, 培训, 演练)."""
    table: dict[str, list[str]] = asked_table()["acts"]
    return frozenset(act for act, said in table.items() if any(re.search(word, text) for word in said))


def may_be(actor: str, other: str) -> bool:
    """Tell whether two may be the same: an unnamed one may be any, a government any of its bodies."""
    named = {actor, other} - {""}
    return len(named) < 2 or (GOVERNMENT in named and ENTERPRISE not in named)


def names_post(text: str) -> bool:
    """Tell whether words name the holder of a post (企业主要负责人, 集团公司董事长)."""
    return bool(cues_of("posts").search(text))


def is_other_post(word: str) -> bool:
    """Tell whether a word that no notice has names a post (车间主任)."""
    return bool(cues_of("other_posts").search(word))


def is_work(word: str) -> bool:
    """Tell whether a word is a dangerous work or place of work (有限空间作业, 动火)."""
    return bool(cues_of("works").fullmatch(word))


def only_lists(sentence: str, words: Sequence[str]) -> bool:
    """Tell whether a sentence only lists such a work among others, or only names the class it belongs to.

    Args:
        sentence: of a notice.
        words: what the work is called; the sentence has one of them.
    """
    listed, classes = ("|".join(asked_table()["works"][name]) for name in ("listed", "classes"))
    own = [word for word in words if not re.fullmatch(classes, word)]
    parts = [part for part in re.split("[，。；]", sentence) if any(word in part for word in own)]
    return all("、" in part and re.search(listed, part) for part in parts)
