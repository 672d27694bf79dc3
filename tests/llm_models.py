"""Models for the scripted server: one that copies from the first passage, one that alters a number of it."""

from __future__ import annotations

import re
from typing import Any

from tests.llm_server import Reply

USAGE = (300, 20)
#: What is said of who, and what of how often.
_WHO, _OFTEN = re.compile("负责|谁"), re.compile(r"每[日周月季年]|\d次")
_PASSAGE = re.compile(r"<材料 \[1\]>.*?原文：(.*?)\n</材料>", re.DOTALL)


def sentences(body: dict[str, Any]) -> list[str]:
    """The sentences of the first passage in a prompt, those that say what is asked first."""
    found = _PASSAGE.search(body["messages"][1]["content"])
    if found is None:
        return []
    said = [one for one in re.split(r"\[1\][。；]", found[1])[1:] if one]
    said = [re.sub(r"\[1\]$", "", one) for one in said]
    wanted = _WHO if _WHO.search(body["messages"][1]["content"].split("<问题>")[1]) else _OFTEN
    return sorted(said, key=lambda one: not wanted.search(one))


def faithful(body: dict[str, Any]) -> Reply:
    """A sentence of the first passage, word for word, with its mark; nothing to a prompt without passages."""
    said = sentences(body)
    return Reply((said[0], "[1]", "。") if said else ("无法回答",), usage=USAGE)


def lying(body: dict[str, Any]) -> Reply:
    """The same sentence, and a number that no passage has; asked to mend it, it says the same again."""
    said = sentences(body)
    return Reply((said[0], "，每月", "47", "次", "[1]。") if said else ("无法回答",), usage=USAGE)
