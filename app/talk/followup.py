"""Follow-ups (追问): a turn that leans on the question before it becomes a question of its own, by declared rules.

Each user turn is cut into parts (app/talk/said.py). A turn that is complete in itself is taken as it is; one that leans
back replaces, in the question before it, the parts that it names itself: place, year, 文号, clause, subject, ask.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.model import Inquiry
from app.talk.lean import Lean, lean_of, rewritten, without_topic_opener
from app.talk.said import Part, Said, Slot, cues, read_said, table, trim
from corpus.clean import clean_text
from corpus.regions import chain, find_region
from retrieval.asked import tries_to_command
from retrieval.model import AskedKind
from retrieval.references import find_notice_names, find_places, find_relative_place
from retrieval.years import find_years

_REMEMBERED = 6
_LONGEST_TURN = 300
_SCOPE = (Slot.PLACE, Slot.YEAR, Slot.NOTICE)
_NUMBERED = re.compile(r"^第?(\d{1,5})号文?")


def standalone(inquiry: Inquiry, places: Sequence[str]) -> str:
    """Make a follow-up a question of its own.

    Args:
        inquiry: the question with its history. Only the last user turns count; what the assistant said is not read.
        places: places of the corpus.

    Returns:
        The question to search with. A question complete in itself is returned as it is.
    """
    before = _before(inquiry, places)
    text = clean_text(inquiry.question)
    if not trim(text) or tries_to_command(text) or cues("small_talk").fullmatch(trim(text)):
        return inquiry.question
    merged, changed = _merged(text, before, places)
    return merged if changed else inquiry.question


def joined(inquiry: Inquiry, places: Sequence[str], names_term: bool = False) -> str:
    """Put a turn after the subject of the question before it, for a turn that is about nothing when taken by itself.

    Args:
        inquiry: the question with its history.
        places: places of the corpus.
        names_term: the turn names a term of the notices or the lexicon, so with an ask of its own it stands alone.

    Returns:
        The question to search with; empty when nothing was asked before, or a new topic is opened.
    """
    before, text = _before(inquiry, places), clean_text(inquiry.question)
    if before is None or without_topic_opener(text)[1] or not before.has(Slot.SUBJECT):
        return ""
    said = read_said(text, places)
    if not trim(text) or (said.has(Slot.SUBJECT) and said.has(Slot.ASK) and (names_term or _stands_alone(said))):
        return ""
    return f"{_frame(_moved(before, said, places), Slot.ASK)}，{_own_words(said)}？"


def _stands_alone(said: Said) -> bool:
    """The turn names a thing and what has happened to it (吊钩坏了), before it asks; 过期了 names none."""
    return bool(cues("happens").search(said.text)) and not cues("modifier").search(said.of(Slot.SUBJECT))


def place_before(inquiry: Inquiry, places: Sequence[str]) -> str | None:
    """The place that the conversation is about, for a turn that names none; it holds until another is named."""
    before = _before(inquiry, places)
    named = find_places(before.of(Slot.PLACE), places)[0] if before else []
    dropped = without_topic_opener(clean_text(inquiry.question))[1]
    return named[0] if len(named) == 1 and named[0] in places and not dropped else None


def _before(inquiry: Inquiry, places: Sequence[str]) -> Said | None:
    """What was asked before, each turn taken with those before it; None when nothing was, or a new topic is opened."""
    before: Said | None = None
    asked = [turn.content for turn in inquiry.history if turn.role == "user"]
    for content in asked[-_REMEMBERED:]:
        text = clean_text(content[-_LONGEST_TURN:])
        if without_topic_opener(text)[1]:
            before = None
            text = without_topic_opener(text)[0]
        if trim(text) and not cues("small_talk").fullmatch(trim(text)) and not tries_to_command(text):
            before = read_said(_merged(text, before, places)[0], places)
    return _in_place_set(before, inquiry.region, places) if before else None


def _in_place_set(before: Said, region: str | None, places: Sequence[str]) -> Said:
    """What was asked before, of the place that is set beside the question, which comes before an earlier turn's."""
    if region is None or len(find_places(before.of(Slot.PLACE), places)[0]) != 1:
        return before
    return Said(parts=tuple(_put(list(before.parts), Slot.PLACE, region)))


def _merged(text: str, before: Said | None, places: Sequence[str]) -> tuple[str, bool]:
    """The turn as a question of its own, and whether that differs from what was typed."""
    stripped, dropped = without_topic_opener(text)
    if dropped:
        return (stripped, True) if trim(stripped) else (text, False)
    if before is None or not before.has(*(slot for slot in Slot if slot is not Slot.FILLER)):
        return text, False
    lean = lean_of(stripped, places)
    if lean is None:
        return (stripped, True) if stripped != text else (text, False)
    body = trim(_resolved(before, lean, places))
    return (f"{body}？", True) if body else (text, False)


def _resolved(before: Said, lean: Lean, places: Sequence[str]) -> str:
    """Put what the turn names into the question before it."""
    said = lean.said
    if said.kind is AskedKind.COMPARISON and _compares_with_before(said):
        return _frame(before.parts, Slot.ASK) + trim(said.text)
    parts = _moved(before, said, places)
    own = _own_words(said)
    if said.has(Slot.CLAUSE):
        asks = said.of(Slot.ASK) or (before.of(Slot.ASK) if before.has(Slot.CLAUSE) else "")
        number = re.sub("^（(.+)）$", r"第\1条", said.of(Slot.CLAUSE))
        return _scope(parts) + number + (asks or "说的是什么")
    if lean.pronoun:
        return _with_subject(parts, said, lean.pronoun, places)
    if numbered := _NUMBERED.match(own):
        return _renumbered(before, numbered[1]) or _join(parts)
    return _asked_anew(parts, said, own, before)


def _asked_anew(parts: list[Part], said: Said, own: str, before: Said) -> str:
    """Put the turn's own subject, its own ask, or both into the question; with neither, the question stands."""
    if said.kind is AskedKind.METADATA or (said.has(Slot.SUBJECT) and said.has(Slot.ASK)):
        return _scope(parts) + own
    if said.has(Slot.SUBJECT):
        return _new_subject(parts, said.of(Slot.SUBJECT), own, before)
    if said.has(Slot.ASK):
        more: dict[str, str] = table()["more"]
        return _frame(parts, Slot.ASK) + own.replace("{more}", more.get(before.kind.value, more["general"]))
    return _join(parts)


def _moved(before: Said, said: Said, places: Sequence[str]) -> list[Part]:
    """The question before, asked of the place, year and 文号 that the turn names."""
    parts = list(before.parts)
    place, year = _place(before, said, places), _year(before, said)
    if said.has(Slot.NOTICE):
        return [Part(slot=Slot.NOTICE, text=said.of(Slot.NOTICE)), *_less(parts, *_SCOPE)]
    if place:
        parts = _put(_less(parts, Slot.NOTICE), Slot.PLACE, place)
    if year and any(part.slot is Slot.NOTICE for part in parts):
        # The 文号 of another year: its prefix stays, the number may differ.
        prefix = re.sub(r"[^\u4e00-\u9fff].*$", "", before.of(Slot.NOTICE))
        return _put(parts, Slot.NOTICE, f"{prefix}{year}的")
    return _put(parts, Slot.YEAR, year) if year else parts


def _own_words(said: Said) -> str:
    """What a turn says beside its scope, less what led up to it."""
    return trim(cues("lead").sub("", trim(_join(_less(said.parts, *_SCOPE)))))


def _compares_with_before(said: Said) -> bool:
    """跟去年比有什么变化 sets what it names beside what was asked of before."""
    first = next((at for at, part in enumerate(said.parts) if part.slot in (Slot.PLACE, Slot.YEAR)), 0)
    return (
        bool(first)
        and bool(re.search(table()["join"]["compare"], said.parts[first - 1].text))
        and not said.has(Slot.SUBJECT)
    )


def _place(before: Said, said: Said, places: Sequence[str]) -> str:
    """The place a turn moves to; 省里 and 市里 are taken from the place before it, a comparison gains one more."""
    words = said.of(Slot.PLACE)
    level = find_relative_place(words)[0]
    named = find_places(before.of(Slot.PLACE), places)[0]
    region = find_region(named[0]) if named else None
    if level and region is not None:
        return next((one.name for one in chain(region) if one.name.endswith(level)), words)
    if words and before.kind is AskedKind.COMPARISON and len(named) > 1:
        return f"{before.of(Slot.PLACE)}、{words}"
    return words


def _year(before: Said, said: Said) -> str:
    """The year a turn moves to, as it stands in a question; 上一年 is counted from a year named before it."""
    words = said.of(Slot.YEAR)
    named = find_years(before.of(Slot.YEAR) or before.of(Slot.NOTICE), None)[0]
    if words and named and cues("previous_year").search(words):
        return f"{min(named) - 1}年"
    if not words or re.search("年度?$", words):
        return words
    return f"{words}年" if words[-1].isdigit() else f"{words}通知里"


def _put(parts: list[Part], slot: Slot, words: str) -> list[Part]:
    """Replace the first part of a slot and drop its others; where there is none, set it at its usual place."""
    at = next((at for at, part in enumerate(parts) if part.slot is slot), None)
    new = Part(slot=slot, text=words)
    if at is not None and at + 1 < len(parts) and parts[at + 1].text.startswith("通知"):
        new = Part(slot=slot, text=words.removesuffix("通知里"))
    if at is not None:
        return [*parts[:at], new, *(part for part in parts[at + 1 :] if part.slot is not slot)]
    place = next((at for at, part in enumerate(parts) if part.slot is Slot.PLACE), None)
    if slot is Slot.PLACE or place is None:
        return [new, *parts]
    follows = place + 1
    if follows < len(parts) and not trim(parts[follows].text):
        follows += 1
    return [*parts[:follows], new, *parts[follows:]]


def _with_subject(parts: list[Part], said: Said, pronoun: tuple[int, int], places: Sequence[str]) -> str:
    """Put the subject where the pronoun stands."""
    head, tail = said.text[: pronoun[0]], said.text[pronoun[1] :]
    full = rewritten(trim(tail.lstrip("的")))
    head, tail = (_own_words(read_said(words, places)) if words else "" for words in (head, tail))
    tail = full if full and "{" not in full else tail
    subject = _subject(parts)
    if head:
        return _scope(parts) + head + subject + tail
    # 那个证 after 操作证: the noun is said once.
    shared = next((size for size in range(len(subject), 0, -1) if tail.startswith(subject[-size:])), 0)
    return _frame(parts, Slot.ASK) + tail[shared:] if tail else _join(parts)


def _new_subject(parts: list[Part], subject: str, own: str, before: Said) -> str:
    """Put a new subject in place of the old one; an actor or a condition is added to it."""
    at = [index for index, part in enumerate(parts) if part.slot is Slot.SUBJECT]
    asks = next((index for index, part in enumerate(parts) if part.slot is Slot.ASK), len(parts))
    if cues("actor").fullmatch(own):
        return _new_actor(parts, own, before)
    if at and (cues("modifier").search(own)):
        return _join([*parts[: at[-1] + 1], Part(slot=Slot.SUBJECT, text=own), *parts[at[-1] + 1 :]])
    same = [
        index for index in at if not re.search("[，。；]", _join(parts[min(index, asks) : max(index, asks)]))
    ] or at[-1:]
    put = same[0] if same else asks
    new = [Part(slot=Slot.SUBJECT, text=subject)]
    rest = [part for index, part in enumerate(parts) if index > put and index not in same]
    kept = [] if at else [parts[put]] if put < len(parts) else []
    return _join(_less([*parts[:put], *new, *kept, *rest], Slot.CLAUSE))


def _new_actor(parts: list[Part], actor: str, before: Said) -> str:
    frame = _frame(parts, Slot.ASK)
    asks = before.of(Slot.ASK)
    if before.kind is AskedKind.RESPONSIBILITY or not asks:
        asks = table()["actor"]["asks"]
    old = cues("actor").search(_subject(parts))
    return frame.replace(old[0], actor) + asks if old else f"{frame}{actor}{asks}"


def _renumbered(before: Said, number: str) -> str:
    """那12号呢: another number of the same 文号."""
    notice = before.of(Slot.NOTICE)
    spans = find_notice_names(notice)
    if not spans:
        return ""
    return _join(_put(list(before.parts), Slot.NOTICE, re.sub(r"\d+(号?)$", rf"{number}\1", notice)))


def _frame(parts: Sequence[Part], *less: Slot) -> str:
    return trim(_join(_less(parts, *less))).removesuffix("的")


def _scope(parts: Sequence[Part]) -> str:
    return _join([part for part in parts if part.slot in _SCOPE])


def _subject(parts: Sequence[Part]) -> str:
    said = Said(parts=tuple(parts))
    return said.of(Slot.SUBJECT) or said.of(Slot.CLAUSE) or said.of(Slot.NOTICE)


def _less(parts: Sequence[Part], *slots: Slot) -> list[Part]:
    return [part for part in parts if part.slot not in slots]


def _join(parts: Sequence[Part]) -> str:
    return re.sub("([，。；？！])[，。；？！]+", r"\1", "".join(part.text for part in parts))
