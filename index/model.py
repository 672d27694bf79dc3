"""What the index holds: passages (units and sentences) and the description of a build."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from corpus.model import Fact, Finding, Frozen


class Passage(Frozen):
    """A text that search can return: a whole unit, or one sentence of it."""

    id: str = Field(description="stable: notice, label and sentence number")
    level: Literal["unit", "sentence"]
    notice: str = Field(description="文号")
    label: str = Field(description="label of the unit")
    unit: int = Field(ge=0, description="position of the unit among all units of the index")
    sentence: int | None = Field(default=None, description="number of the sentence in its unit; None for a unit")
    text: str = Field(description="clean text, verbatim from the unit")
    embedded: str = Field(description="the text given to the embedding model: text with its headings")
    facts: tuple[Fact, ...] = Field(default=(), description="what can be read off the sentence")


class SimilarityRange(Frozen):
    """Between which similarities of its model a question and a sentence of the index have something in common."""

    low: float = Field(description="cosine that counts as nothing in common")
    high: float = Field(description="cosine that counts as the same")

    def share(self, similarity: float) -> float:
        """Bring a similarity to 0 for nothing in common, 1 for the same; above 1 where a model tells more finely."""
        return max(0.0, (similarity - self.low) / (self.high - self.low))


class Manifest(Frozen):
    """Describes a finished build; an index whose fingerprint differs from the wanted one is stale."""

    fingerprint: str = Field(description="sha256 over everything that changes an index")
    format: int = Field(description="version of the files' layout")
    program: str = Field(default="", description="digest of the code and the libraries that made it")
    model: str = Field(description="embedding model, with its version")
    dimension: int = Field(gt=0)
    similarity: SimilarityRange = Field(description="measured when it was built")
    passages: int = Field(ge=0)
    units: int = Field(ge=0)
    documents: int = Field(ge=0)
    embedded: int = Field(ge=0, description="texts that this build had to embed; the others were reused")
    seconds: float = Field(ge=0, description="duration of the build")
    built: str = Field(description="when, ISO 8601 UTC")
    findings: tuple[Finding, ...] = Field(default=(), description="what was found while parsing (解析发现)")
