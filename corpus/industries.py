"""Industries (行业) that a clause speaks to, read off its heading, the headings above it, or most of its text.

The words are corpus/data/industries.toml, which a safety officer may edit. A clause to everybody (通用) has none.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from functools import cache
from importlib.resources import files

from pydantic import Field, model_validator

from corpus.model import Document, Frozen, SentenceKind, Unit, UnitKind

#: A sentence or heading that names more industries than this lists them, and speaks of none.
_MOST_NAMED = 2
#: Part of the text, in sentences and in characters, that must speak of an industry.
_SHARE = 0.6


class _Industry(Frozen):
    name: str
    words: tuple[str, ...]
    members: tuple[str, ...] = Field(default=(), description="well-known members, for the page's label alone")
    headings: tuple[str, ...] = Field(default=(), description="words that count in a heading alone")
    listed: tuple[str, ...] = Field(default=(), description="words that count in a clause of several industries alone")


class _Words(Frozen):
    words: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()


class _Table(Frozen):
    """The data file."""

    list_: _Words = Field(alias="list")
    ignored: _Words
    industry: tuple[_Industry, ...]

    @model_validator(mode="after")
    def _names_differ(self) -> _Table:
        names = [one.name for one in self.industry]
        if len(names) != len(set(names)) or "" in names:
            raise ValueError("行业名称为空或重复；请更正 industries.toml")
        return self


class _Spotter:
    """Finds the words of industries in a text, the longer word first."""

    def __init__(self, kinds: tuple[str, ...]) -> None:
        owners: dict[str, list[str]] = defaultdict(list)
        for industry in _table().industry:
            for word in dict.fromkeys(word for kind in kinds for word in getattr(industry, kind)):
                owners[word].append(industry.name)
        words = {*owners, *_table().ignored.words}
        self._pattern = re.compile(
            "|".join(re.escape(word) for word in sorted(words, key=lambda one: (-len(one), one)))
        )
        self._owners = dict(owners)

    def named(self, text: str) -> dict[str, int]:
        """Names of the industries whose words are in the text, with the place of the first word of each."""
        places: dict[str, int] = {}
        for found in self._pattern.finditer(text):
            for name in self._owners.get(found[0], ()):
                places.setdefault(name, found.start())
        return places


@cache
def _table() -> _Table:
    return _Table.model_validate(
        tomllib.loads(files("corpus").joinpath("data/industries.toml").read_text(encoding="utf-8"))
    )


@cache
def _spotter(*kinds: str) -> _Spotter:
    return _Spotter(kinds)


@cache
def all_industries() -> tuple[str, ...]:
    """Names of all industries, in the order of the data file."""
    return tuple(industry.name for industry in _table().industry)


def industry_label(name: str) -> str:
    """Name an industry with its well-known members, where the data file lists some (冶金工贸（铸造、钢铁等）).

    Args:
        name: one of all_industries.
    """
    members = next((one.members for one in _table().industry if one.name == name), ())
    return f"{name}（{'、'.join(members)}等）" if members else name


def industries_of(document: Document, unit: Unit) -> tuple[str, ...]:
    """Tell which industries a clause speaks to.

    Args:
        document: the notice of the clause; its title speaks for clauses whose headings name no industry.
        unit: the clause.

    Returns:
        Names in the order of all_industries; none for a clause that speaks to everybody, and for parts of a
        notice that are no clause.
    """
    if unit.kind not in (UnitKind.CLAUSE, UnitKind.LEAD):
        return ()
    if any(word in unit.heading for word in _table().list_.headings):
        found = set(_spotter("words", "listed").named(_body(unit)))
    else:
        found = _of_heading(unit.heading) or _of_text(unit)
        above = (*reversed(unit.ancestors), document.title)
        found = found or next((named for one in above if (named := _of_heading(one))), set())
    return tuple(name for name in all_industries() if name in found)


def industries_named(text: str) -> tuple[str, ...]:
    """Tell which industries a text names, however many.

    Args:
        text: a sentence or a part of it.
    """
    found = _spotter("words").named(text)
    return tuple(name for name in all_industries() if name in found)


def _of_heading(heading: str) -> set[str]:
    named = _spotter("words", "headings").named(heading)
    return set(named) if len(named) <= _MOST_NAMED else set()


def _of_text(unit: Unit) -> set[str]:
    """Industries that most of the text speaks of: most sentences, and most characters, from the first word on."""
    sentences = [one.text for one in unit.sentences if one.kind is SentenceKind.BODY]
    whole = sum(len(text) for text in sentences)
    spoken: dict[str, list[int]] = defaultdict(list)
    for text in sentences:
        named = _spotter("words").named(text)
        for name, place in named.items() if len(named) <= _MOST_NAMED else ():
            spoken[name].append(len(text) - place)
    return {
        name
        for name, lengths in spoken.items()
        if sum(lengths) > _SHARE * whole and len(lengths) > _SHARE * len(sentences)
    }


def _body(unit: Unit) -> str:
    return "".join(one.text for one in unit.sentences if one.kind is not SentenceKind.RESPONSIBLE)
