"""How a turn leans on the one before it: by an opener, a closer, a pronoun, a correction, or by saying too little."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pydantic import Field

from app.talk.said import ENDS, Part, Said, Slot, cues, read_said, table, trim
from corpus.model import Frozen
from retrieval.model import AskedKind
from retrieval.references import find_places
from retrieval.years import find_years

_LONGEST = 40
_SAYING = tuple(slot for slot in Slot if slot is not Slot.FILLER)


class Lean(Frozen):
    """A turn that leans on the one before it."""

    said: Said = Field(description="what it says itself, less what only marks it as a follow-up")
    marked: bool = Field(default=False, description="its own words say that it goes on: 那…, 换成…, 我说的是…")
    pronoun: tuple[int, int] | None = Field(default=None, description="where in its words the subject before is meant")


def without_topic_opener(text: str) -> tuple[str, bool]:
    """Take off what opens a new topic.

    Args:
        text: the normalised turn.

    Returns:
        The turn less 换个事 or 对了, and whether the questions before it are dropped: a light opener (对了) before an
        outright follow-up (那高平呢) drops nothing.
    """
    strong = cues("new_topic").match(text)
    if strong and (strong.end() == len(text) or text[strong.end()] in f"吧啊呀{ENDS}" or strong.end() > 3):
        return text[strong.end() :].lstrip(f"吧啊呀{ENDS}"), True
    weak = cues("new_topic", "weak").match(text)
    if not weak:
        return text, False
    rest = text[weak.end() :].lstrip(f"吧啊呀{ENDS}")
    leans = bool(cues("opener").match(rest) and _closer(rest)) or _pronoun(rest) is not None
    return rest, not leans


def lean_of(text: str, places: Sequence[str]) -> Lean | None:
    """Tell how a turn leans back.

    Args:
        text: the normalised turn, less what opens a new topic.
        places: places of the corpus.

    Returns:
        What it says itself; None when it is complete in itself, which a turn is that names its own subject and asks
        something of it.
    """
    bare = trim(text)
    corrected = next((one["kept"] for cue in table()["correction"]["words"] if (one := re.match(cue, bare))), "")
    bare = trim(corrected) or bare
    if len(bare) > _LONGEST or cues("whole").search(bare):
        return None
    if asks := rewritten(bare):
        return Lean(said=Said(parts=(Part(slot=Slot.ASK, text=asks),)), marked=True)
    opener = cues("opener").match(bare)
    body = trim(bare[opener.end() :] if opener else bare)
    same = next((one for one in cues("same").finditer(body) if one.end() == len(body) and one.start()), None)
    short = same or _closer(body)
    said = read_said(cues("closer", "document").sub("", body[: short.start()]) if short else body, places)
    saying = cues("closer", "saying").search(body)
    if saying and saying.start():
        # 省里怎么说 asks what was asked before; 煤矿怎么说 is a question.
        scope = read_said(cues("closer", "document").sub("", body[: saying.start()]), places)
        short, said = (saying, scope) if not scope.has(Slot.SUBJECT, Slot.ASK) else (short, said)
    if short and (not said.has(*_SAYING) or (said.has(Slot.SUBJECT) and said.has(Slot.ASK))):
        # 呢 behind a whole question is only a particle.
        said = read_said(body, places)
    lean = Lean(said=said, marked=bool(corrected or opener), pronoun=_pronoun(said.text))
    return lean if lean.pronoun or _incomplete(lean, bool(short), places) else None


def rewritten(bare: str) -> str:
    """A follow-up of one or two words as a full way to ask; empty when there is none.

    Args:
        bare: the words without punctuation around them.

    Returns:
        The full words; {more} in them stands for what is asked next, by the kind asked before.
    """
    rewrites: dict[str, str] = table()["rewrites"]
    return next((full for cue, full in rewrites.items() if re.fullmatch(cue, bare)), "")


def _closer(text: str) -> re.Match[str] | None:
    bare = trim(text)
    return next((one for one in cues("closer").finditer(bare) if one.end() == len(bare)), None)


def _pronoun(text: str) -> tuple[int, int] | None:
    """Where a pronoun stands for the subject before; none when the turn names its own subject first."""
    noun = cues("pronoun", "noun").search(text)
    if noun and not read_said(text[: noun.start()], ()).has(Slot.SUBJECT):
        return noun.start(), noun.start("noun")
    for match in cues("pronoun").finditer(text):
        follows = cues("pronoun", "after").match(text, match.end())
        if follows and not read_said(text[: match.start()], ()).has(Slot.SUBJECT):
            return match.span()
    return None


def _incomplete(lean: Lean, closed: bool, places: Sequence[str]) -> bool:
    """Tell whether a turn without a pronoun says too little to stand alone, or says itself that it goes on."""
    said = lean.said
    if said.has(Slot.SUBJECT):
        return lean.marked or (closed and not said.has(Slot.ASK))
    if lean.marked or closed:
        return lean.marked or said.has(*_SAYING)
    if said.has(Slot.NOTICE) or (said.has(Slot.PLACE) and (said.has(Slot.CLAUSE) or said.kind is AskedKind.METADATA)):
        return False
    if said.kind is AskedKind.COMPARISON and _sides(said, places) > 1:
        return False
    return said.has(Slot.ASK, Slot.PLACE, Slot.YEAR, Slot.CLAUSE)


def _sides(said: Said, places: Sequence[str]) -> int:
    """How many places or years a comparison names itself (跟去年比 names one, 今年和去年 two)."""
    return max(len(find_places(said.text, places)[0]), len(find_years(said.of(Slot.YEAR), 1)[0]))
