"""Follow-ups (追问): carry the subject of the last question over, by rule."""

from __future__ import annotations

import re

from app.model import Inquiry
from corpus.clean import clean_text

_OPENERS = re.compile(r"^(?:那|那么|那要是|还有|另外)")
_CLOSERS = re.compile(r"(?:呢|咧)[？。！?]*$")
_ELLIPTIC = re.compile(
    r"^(?:由|归)?(?:谁|哪个部门|哪些部门|哪家)(?:来)?(?:牵头|负责|管|监管)[呢啊？?]*$|^(?:多久|几次|频次|期限|什么时候|依据是什么|有什么要求)[呢啊？?]*$"
)
_NEW_TOPIC = re.compile(r"^(?:换个|另一个|再问个|新问题|不说这个)")
_LONGEST = 30


def standalone(inquiry: Inquiry) -> str:
    """Make a follow-up a question of its own by putting the last question before it.

    Args:
        inquiry: the question with its history; only a short, elliptic question (那高平呢？由谁牵头？) is changed.

    Returns:
        The question to search with.
    """
    text = clean_text(inquiry.question)
    earlier = [turn.content for turn in inquiry.history if turn.role == "user" and turn.content.strip()]
    if not earlier or len(text) > _LONGEST or _NEW_TOPIC.search(text):
        return inquiry.question
    if not (_OPENERS.search(text) or _CLOSERS.search(text) or _ELLIPTIC.search(text)):
        return inquiry.question
    return f"{earlier[-1]} {inquiry.question}"
