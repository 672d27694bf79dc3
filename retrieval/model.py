"""What retrieval passes on: the reading of a question, the scope it is asked of, and the passages found."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field

from corpus.model import Fact, FactKind, Frozen


class AskedKind(StrEnum):
    """What sort of thing is asked; each sort wants a certain thing in the sentence that answers."""

    METADATA = "metadata"
    COMPARISON = "comparison"
    DEFINITION = "definition"
    LIST = "list"
    RESPONSIBILITY = "responsibility"
    FREQUENCY = "frequency"
    DEADLINE = "deadline"
    QUANTITY = "quantity"
    PERMISSION = "permission"
    PROCEDURE = "procedure"
    CLAUSE = "clause"
    GENERAL = "general"

    @property
    def needed_fact(self) -> FactKind | None:
        """The fact a sentence must hold to answer a question of this kind; None when any statement may."""
        return _NEEDED.get(self)


_NEEDED = {
    AskedKind.FREQUENCY: FactKind.FREQUENCY,
    AskedKind.DEADLINE: FactKind.DEADLINE,
    AskedKind.QUANTITY: FactKind.QUANTITY,
}


class Concept(Frozen):
    """A thing the question speaks of, with the official words that may stand for it."""

    surface: str = Field(description="the asker's word")
    alternatives: tuple[str, ...] = Field(description="words that satisfy it in a notice, any one of them")
    heads: bool = Field(default=False, description="some clause has it in its heading: it is a subject of the notices")
    term: bool = Field(default=False, description="a term of the lexicon or of the notices, no mere word")
    weight: Annotated[float, Field(ge=0)] = Field(
        description="inverse document frequency, less for common words of everyday speech; 0 when no notice has it"
    )

    def met_by(self, text: str) -> bool:
        """Tell whether a text says it, in any of its words."""
        return any(word in text for word in self.alternatives)


class ClauseNumber(Frozen):
    """A clause asked for by number; parts that were not named are None."""

    chapter: int | None = Field(default=None, description="第…部分 / 第…章")
    clause: int | None = Field(default=None, description="第…条 / （…）")
    item: int | None = Field(default=None, description="第…点 / 第…项")


class Correction(Frozen):
    """A misspelt piece of a question (错别字) and the term it is read as."""

    typed: str = Field(min_length=1, description="as typed, simplified")
    meant: str = Field(min_length=2, description="the term it is read as")


def whole_characters(text: str) -> str:
    """Replace lone surrogates, which a terminal may hand over and no JSON can carry."""
    return text.encode("utf-8", "replace").decode("utf-8")


#: How long a word may be that the asker sets, and how many of them there may be.
LONGEST_WORD, MOST_WORDS = 20, 8
Word = Annotated[str, Field(min_length=1, max_length=LONGEST_WORD), AfterValidator(whole_characters)]


class Replacement(Frozen):
    """What the asker says that a word of his question means."""

    word: Word = Field(description="a word of the question, e.g. 工地")
    meant: Word = Field(description="the official term it stands for, e.g. 建设工程施工")


class Override(Frozen):
    """What the asker sets right in the reading of a question (改正); it comes before what would be read."""

    kind: AskedKind | None = Field(default=None, description="what is asked; None for what is read")
    as_typed: tuple[Word, ...] = Field(
        default=(), max_length=MOST_WORDS, description="words that no official term and no spelling may replace"
    )
    meant: tuple[Replacement, ...] = Field(default=(), max_length=MOST_WORDS, description="words with what they mean")
    place_set: bool = Field(
        default=False, description="the place set beside the question holds, and none that it names"
    )
    year_set: bool = Field(default=False, description="the year set beside the question holds, and none that it names")


class Reading(Frozen):
    """How a question was understood."""

    question: str = Field(description="as asked")
    text: str = Field(description="normalised: simplified, full-width punctuation, no white space, spelling corrected")
    corrections: tuple[Correction, ...] = Field(default=(), description="misspelt pieces, put right in the text")
    kind: AskedKind
    detail: AskedKind = Field(default=AskedKind.GENERAL, description="of a comparison: what is compared")
    also: tuple[AskedKind, ...] = Field(default=(), description="other kinds that its words may ask for")
    places: tuple[str, ...] = Field(default=(), description="full names of the places named")
    relative_place: str = Field(default="", description="省, 市 or 县 when the question says 省里, 市里, 县里")
    years: tuple[int, ...] = Field(default=(), description="years named")
    year_note: str = Field(default="", description="how a relative year (今年, 去年) was taken")
    notices: tuple[str, ...] = Field(default=(), description="文号 named")
    missing_notices: tuple[str, ...] = Field(default=(), description="文号 named that the corpus has not")
    clause: ClauseNumber | None = None
    concepts: tuple[Concept, ...] = ()
    members_asked: bool = Field(default=False, description="asks which the members of a counted term are (哪六样)")
    unknown: tuple[str, ...] = Field(default=(), description="words that no notice has and no lexicon entry explains")
    unknown_weight: Annotated[float, Field(ge=0)] = Field(default=0.0, description="of the unknown words together")
    by_enterprise: bool = Field(default=False, description="the asker speaks as an enterprise (我单位, 我厂)")
    inspection: bool = Field(default=False, description="asks about checking (检查, 排查)")
    override: Override = Field(default=Override(), description="what the asker set right in it")


class Tier(StrEnum):
    """How a notice stands to the place and year asked for."""

    OWN = "own"
    ABOVE = "above"
    OLDER = "older"


class Scope(Frozen):
    """The notices a question is asked of; empty tiers mean that nothing may be answered."""

    tiers: dict[str, Tier] = Field(default_factory=dict, description="文号 to tier")
    regions: tuple[str, ...] = Field(default=(), description="places of the notices of tier OWN")
    years: tuple[int, ...] = Field(default=(), description="years of the notices of tier OWN")
    why: str = Field(default="", description="one Chinese line: which notices, and why")
    note: str = Field(default="", description="what the answer must say of the scope, e.g. that a city answers")
    refusal: str = Field(default="", description="one Chinese line when the question lies outside the corpus")
    place_given: bool = Field(default=False, description="the place was named or selected")
    outdated: tuple[str, ...] = Field(
        default=(), description="文号 of those whose place has a newer year (已有更新年份)"
    )


class Evidence(Frozen):
    """A sentence (or bracket) of a unit with its score."""

    text: str = Field(description="verbatim from the unit's text")
    start: int = Field(ge=0, description="first character in the unit's text")
    facts: tuple[Fact, ...] = ()
    score: float = Field(description="relevance, 0 to about 1")
    coverage: float = Field(description="weighted share of the question's concepts it satisfies, 0 to 1")
    direct: float = Field(description="the same, counting only what the sentence itself holds, 0 to 1")


class Hit(Frozen):
    """A cited passage: a unit with its best sentences."""

    notice: str
    label: str
    heading: str
    text: str
    unit: int = Field(ge=0, description="position among all units of the index")
    tier: Tier
    score: float
    parts: dict[str, float] = Field(description="the score's parts: dense, lexical, coverage …")
    evidence: tuple[Evidence, ...] = Field(default=(), description="its sentences, best first")


class Found(Frozen):
    """All that a search found."""

    reading: Reading
    scope: Scope
    hits: tuple[Hit, ...] = ()
    timings_ms: dict[str, float] = Field(default_factory=dict)
