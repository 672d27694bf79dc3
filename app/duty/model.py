"""What the brackets of a notice come to: its offices, and what each is charged with."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from corpus.model import Frozen


class Part(StrEnum):
    """What an office has in a clause, the weightiest first."""

    SOLE = "独自负责"
    LEADS = "牵头"
    JOINT = "负责（与其他单位）"
    DIVIDED = "分工负责"
    SHARES = "参与"
    URGES = "督促落实"
    PROVISO = "均需负责"


class Charge(Frozen):
    """One bracket that charges an office with a clause, or with a part of it."""

    label: str = Field(description="label of the clause")
    heading: str = Field(description="the clause's heading")
    part: Part = Field(description="by the bracket's words; 牵头 only where it says so of this office")
    role: str = Field(description="the bracket's own word: 牵头, 分工负责, 负责, 督促落实 …; empty when it only names")
    written: str = Field(description="the office as the bracket writes it")
    others: tuple[str, ...] = Field(description="the other units of the bracket, as written, in order")
    lead: tuple[str, ...] = Field(default=(), description="those of the bracket that lead, as written")
    bracket: str = Field(description="the bracket verbatim; of 均需负责, that of the clause with the proviso")
    text: str = Field(default="", description="the clause's text, of which it binds a part or the whole")
    start: int = Field(ge=0, description="first character of the bound text, in the clause's text")
    end: int = Field(ge=0, description="one past its last")
    bound: str = Field(default="", description="the bound text, verbatim, when it is only a part of the clause")
    also: tuple[str, ...] = Field(default=(), description="units that a proviso of the notice charges besides")
    source: str = Field(default="", description="of 均需负责: label of the clause whose bracket it is")


class OfficeDuties(Frozen):
    """What one office is charged with by one notice, in the order of the notice."""

    key: str = Field(description="canonical name")
    name: str = Field(description="the name that the notice writes most often")
    aliases: tuple[str, ...] = Field(default=(), description="other names of it, in the notice and in everyday use")
    is_group: bool = Field(description="a class of offices (有关部门): who belongs to it is not written")
    charges: tuple[Charge, ...]

    @property
    def shown(self) -> str:
        """The name with its aliases: 县住建局（县住房和城乡建设管理局）."""
        return f"{self.name}（{'、'.join(self.aliases)}）" if self.aliases else self.name

    @property
    def named(self) -> tuple[Charge, ...]:
        """Those of brackets that name it, the weightiest first."""
        return tuple(one for part in Part if part is not Part.PROVISO for one in self.of(part))

    def of(self, part: Part) -> tuple[Charge, ...]:
        """Those of one kind."""
        return tuple(one for one in self.charges if one.part is part)

    def count(self, part: Part | None = None) -> int:
        """How many clauses it has a part in; a clause with two brackets counts once."""
        return len({one.label for one in self.charges if part in (None, one.part)})


class ClauseHead(Frozen):
    """A clause as a column of the matrix."""

    label: str
    heading: str
    chapter: str = Field(description="heading of the outermost part above it; its own when none is")
    has_bracket: bool = Field(description="a bracket stands in the clause itself")


class NoticeDuties(Frozen):
    """The matrix of one notice: its offices by its clauses."""

    notice: str = Field(description="文号")
    region: str = Field(description="place of the issuer")
    year: int | None
    clauses: tuple[ClauseHead, ...]
    offices: tuple[OfficeDuties, ...] = Field(description="those named, with most clauses first")
    groups: tuple[OfficeDuties, ...] = Field(description="classes of offices, with most clauses first")

    @property
    def has_brackets(self) -> bool:
        """Some bracket names 责任单位; a notice without any leaves open who answers."""
        return bool(self.offices or self.groups)

    @property
    def everyone(self) -> tuple[OfficeDuties, ...]:
        """Offices, then groups."""
        return (*self.offices, *self.groups)

    def office(self, key: str) -> OfficeDuties | None:
        """The office or group with a canonical name."""
        return next((one for one in self.everyone if one.key == key), None)


class Duties(Frozen):
    """The duties of all notices."""

    notices: tuple[NoticeDuties, ...]

    def of(self, notice: str) -> NoticeDuties | None:
        """Those of one notice."""
        return next((one for one in self.notices if one.notice == notice), None)
