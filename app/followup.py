"""Follow-ups (追问): a short, elliptic question takes over what the questions before it said, by rule."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from app.model import Inquiry
from corpus.clean import clean_text
from retrieval.asked import asked_kind, cue_spans
from retrieval.model import AskedKind
from retrieval.references import Spans, blank, find_clause, find_places, find_years

_OPENERS = re.compile(r"^(?:那么?|那要是|还有|另外|同样|换成|换到)")
_CLOSERS = re.compile(r"(?:呢|咧)(?=[，？。！?]|$)")
_ELLIPTIC = re.compile(
    r"^(?:由|归|该)?(?:谁|哪个部门|哪些部门|哪个单位|哪家)(?:来)?(?:牵头|负责|管|监管|主管)[呢啊？?]*$"
    r"|^(?:依据(?:是|在)?(?:哪|什么)|罚(?:多少|款|钱)|有没有(?:期限|时限|处罚|例外)|(?:期限|时限|处罚|标准)(?:是|有|呢)).{0,8}$"
    r"|^(?:省|市|县)里(?:怎么|咋|又)?(?:说|规定|要求).{0,4}$"
    r"|^(?:谁|哪个部门|哪家)(?:来)?(?:牵头|负责|管).{0,2}$"
    r"|^(?:多久(?:一次)?|几次|频次|期限|什么时候|依据是什么|有什么要求|责任单位)[呢啊？?]*$"
)
_NEW_TOPIC = re.compile(r"^(?:换个|另一个|再问个|新问题|不说这个)")
_LONGEST = 30
_REMEMBERED = 4


def standalone(inquiry: Inquiry, places: Sequence[str], names_subject: Callable[[str], bool]) -> str:
    """Make a follow-up a question of its own.

    Args:
        inquiry: the question with its history; only a short, elliptic question (那高平呢？由谁牵头？) is changed.
        places: places of the corpus.
        names_subject: tells whether a text names the subject of some clause.

    Returns:
        The question to search with: what was asked before, less the places, years or the kind of thing that the
        follow-up replaces, then the follow-up itself.
    """
    earlier = [turn.content for turn in inquiry.history if turn.role == "user" and turn.content.strip()]
    question = ""
    for asked in [*earlier[-_REMEMBERED:], inquiry.question]:
        question = _merge(question, asked, places, names_subject) if question and _leans_back(asked) else asked
    return question


def _leans_back(question: str) -> bool:
    text = clean_text(question)
    if len(text) > _LONGEST or _NEW_TOPIC.search(text):
        return False
    return bool(_OPENERS.search(text) or _CLOSERS.search(text) or _ELLIPTIC.search(text))


def _frame(text: str, places: Sequence[str]) -> Spans:
    """What a question keeps when its subject is replaced: place, year, and the words that ask."""
    return sorted([*find_places(text, places)[1], *find_years(text, 1)[2], *cue_spans(text, asked_kind(text))])


def _merge(before: str, now: str, places: Sequence[str], names_subject: Callable[[str], bool]) -> str:
    """Put the follow-up after what it leaves standing of the question before."""
    old, new = clean_text(before), clean_text(now)
    replaced: Spans = []
    if find_places(new, places)[0]:
        replaced += find_places(old, places)[1]
    if find_years(new, 1)[0]:
        replaced += find_years(old, 1)[2]
    if find_clause(new)[0]:
        replaced += find_clause(old)[1]
    if asked_kind(new) is not AskedKind.GENERAL:
        replaced += cue_spans(old, asked_kind(old))
    if names_subject(new):
        kept = [old[start:end] for start, end in _frame(old, places) if (start, end) not in replaced]
        return "，".join([*kept, new])
    return re.sub("，+", "，", f"{blank(old, replaced)}，{new}").lstrip("，")
