"""What one turn of a conversation says: place, year, 文号, clause number, subject and the words that ask."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from pydantic import Field

from corpus.model import Frozen
from retrieval.asked import asked_kind, asker_spans
from retrieval.model import AskedKind
from retrieval.references import blank, find_clause, find_notice_names, find_places, find_relative_place
from retrieval.years import Spans, find_years

ENDS = "，。；？！、：,;?!…—~～ "
_BREAK = re.compile(r"([，。；？！、：]+)")
_GLUE = re.compile(
    r"^(?:[的对在跟和与]|关于|对于|至于|这块|这方面|方面)+|(?:[的]|这块|那块|这一块|这方面|方面|这边|那边)+$"
)


class Slot(StrEnum):
    """What a part of a question is."""

    PLACE = "place"
    YEAR = "year"
    NOTICE = "notice"
    CLAUSE = "clause"
    ASKER = "asker"
    SUBJECT = "subject"
    ASK = "ask"
    FILLER = "filler"


class Part(Frozen):
    """A run of characters with its slot."""

    slot: Slot
    text: str


class Said(Frozen):
    """A turn cut into parts; joined they are its text."""

    parts: tuple[Part, ...] = Field(description="in order, every character of the turn in one of them")

    @property
    def text(self) -> str:
        """The turn's words."""
        return "".join(part.text for part in self.parts)

    @property
    def kind(self) -> AskedKind:
        """What sort of thing it asks."""
        return asked_kind(self.text)

    def of(self, slot: Slot) -> str:
        """The words in a slot, joined; empty when it holds none."""
        return "".join(part.text for part in self.parts if part.slot is slot)

    def has(self, *slots: Slot) -> bool:
        """Tell whether any of the slots holds something."""
        return any(part.slot in slots for part in self.parts)


@cache
def cues(section: str, name: str = "words") -> re.Pattern[str]:
    """The pattern of a section of data/followup.toml: any of its cues."""
    held = table()[section][name]
    return re.compile("|".join(f"(?:{cue})" for cue in ([held] if isinstance(held, str) else held)))


@cache
def table() -> dict[str, dict[str, Any]]:
    """The cue words of follow-ups."""
    return tomllib.loads(files("app.talk").joinpath("data/followup.toml").read_text(encoding="utf-8"))


def read_said(text: str, places: Sequence[str]) -> Said:
    """Cut a turn into its parts.

    Args:
        text: the normalised turn.
        places: places of the corpus.
    """
    taken: list[tuple[int, int, Slot]] = []

    def take(slot: Slot, spans: Spans) -> str:
        taken.extend((start, end, slot) for start, end in spans)
        return blank(text, [(start, end) for start, end, _ in taken])

    rest = take(Slot.NOTICE, find_notice_names(text))
    rest = take(Slot.PLACE, _joined(text, find_places(rest, places)[1]))
    # The newest year does not matter here: only where the words for years stand.
    rest = take(Slot.YEAR, _joined(text, find_years(rest, 1)[2]))
    rest = take(Slot.CLAUSE, _outer(find_clause(rest)[1]))
    rest = take(Slot.PLACE, find_relative_place(rest)[1])
    rest = take(Slot.ASKER, asker_spans(rest))
    take(Slot.ASK, _ask_spans(rest))
    parts: list[Part] = []
    at = 0
    for start, end, slot in [*sorted(taken), (len(text), len(text), Slot.FILLER)]:
        parts.extend(_residue(text[at:start]))
        parts.extend([Part(slot=slot, text=text[start:end])] if end > start else [])
        at = end
    return Said(parts=tuple(parts))


def _joined(text: str, spans: Spans) -> Spans:
    """Neighbours that only 和 or 、 stands between are one: 泽州和高平."""
    merged: Spans = []
    for start, end in sorted(spans):
        if merged and (start == merged[-1][1] or cues("join").fullmatch(text[merged[-1][1] : start])):
            merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return merged


def _outer(spans: Spans) -> Spans:
    """Spans without those that lie in another."""
    kept: Spans = []
    for start, end in sorted(spans, key=lambda one: (one[0], -one[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
        else:
            kept[-1] = (kept[-1][0], max(end, kept[-1][1]))
    return kept


def _ask_spans(text: str) -> Spans:
    """Where the words stand that ask: at each place the longest cue."""
    found = [match.span() for cue in _single_cues() for match in cue.finditer(text) if match.end() > match.start()]
    kept: Spans = []
    for start, end in sorted(found, key=lambda one: (one[0], -one[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept


@cache
def _single_cues() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(cue) for cue in table()["ask"]["words"])


def _residue(text: str) -> list[Part]:
    """Parts of what no reference and no cue took: subjects, and fillers around them."""
    parts: list[Part] = []
    for piece in _BREAK.split(text):
        if not piece:
            continue
        if _BREAK.fullmatch(piece) or not _content(piece):
            parts.append(Part(slot=Slot.FILLER, text=piece))
            continue
        head = _GLUE.match(piece)
        start = head.end() if head and head.start() == 0 else 0
        tail = next((one.start() for one in _GLUE.finditer(piece) if one.end() == len(piece) > one.start() >= start), 0)
        end = tail or len(piece)
        cut = ((Slot.FILLER, piece[:start]), (Slot.SUBJECT, piece[start:end]), (Slot.FILLER, piece[end:]))
        parts.extend(Part(slot=slot, text=words) for slot, words in cut if words)
    return parts


def _content(piece: str) -> bool:
    """Tell whether anything is left when the words that are no subject are taken out."""
    return bool(re.search(r"[\u4e00-\u9fffA-Za-z0-9]", cues("light").sub("", piece)))


def trim(text: str) -> str:
    """Strip punctuation and white space from both ends."""
    return text.strip(ENDS)
