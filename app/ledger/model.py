"""A row of the ledger (要求): who must do what, how often, by when or to what standard, and the words that say so."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from corpus.model import Frozen


class Side(StrEnum):
    """Whose duty it is; BOTH when an office urges an enterprise, or the figure is that of enterprises."""

    ENTERPRISE = "企业"
    GOVERNMENT = "政府"
    BOTH = "双方"

    @property
    def shown(self) -> str:
        """The word that users read."""
        return "企业和政府" if self is Side.BOTH else self.value


class RequirementKind(StrEnum):
    """What the figure says: how often, by when, or how much."""

    FREQUENCY = "frequency"
    DEADLINE = "deadline"
    THRESHOLD = "threshold"

    @property
    def shown(self) -> str:
        """The word that users read."""
        return {"frequency": "频次", "deadline": "期限", "threshold": "标准"}[self.value]


class Basis(Frozen):
    """Where a requirement stands (依据)."""

    notice: str = Field(description="文号")
    label: str = Field(description="clause label as Unit.label")
    region: str = Field(description="place the notice is of")
    year: int | None = Field(description="year the notice is for")
    start: int = Field(ge=0, description="first character of the quote in the unit's text")
    end: int = Field(ge=0, description="one past its last character")


class Requirement(Frozen):
    """One duty with its figure, read off a clause by rule."""

    notice: str = Field(description="文号")
    label: str = Field(description="clause label as Unit.label")
    heading: str = Field(description="heading of the clause")
    region: str = Field(description="place the notice is of")
    year: int | None = Field(description="year the notice is for")
    who: str = Field(description="the words of the quote for the one who does it; empty where it names no one")
    side: Side
    must: str = Field(description="what is to be done, in the quote's words")
    kind: RequirementKind
    value: str = Field(description="the words of the figure, its pieces joined by …")
    vague: bool = Field(description="True when nothing in the value can be counted (定期, 常态化)")
    quote: str = Field(description="the part of the clause that says it, verbatim: unit.text[start:start + len(quote)]")
    start: int = Field(ge=0, description="first character of the quote in the unit's text")
    industries: tuple[str, ...] = Field(default=(), description="行业 of the clause, else of the quote; none: 通用")
    responsible: tuple[str, ...] = Field(default=(), description="units of the bracket that binds it")
    also: tuple[Basis, ...] = Field(default=(), description="clauses of places above that say the same, nearest first")

    @property
    def end(self) -> int:
        """One past the last character of the quote."""
        return self.start + len(self.quote)

    @property
    def basis(self) -> Basis:
        """Where its own words stand."""
        return Basis(
            notice=self.notice, label=self.label, region=self.region, year=self.year, start=self.start, end=self.end
        )

    @property
    def bases(self) -> tuple[Basis, ...]:
        """Every clause that says it, its own first."""
        return (self.basis, *self.also)
