"""The words that the rules of the ledger go by, as app/ledger/data/words.toml lists them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from pydantic import Field

from corpus.model import Frozen


class FigureWords(Frozen):
    """Words by which figures are told from names, lists and slogans."""

    vague: tuple[str, ...] = Field(description="frequencies that count nothing (定期)")
    vague_not_after: tuple[str, ...]
    vague_not_before: tuple[str, ...]
    bodies: tuple[str, ...] = Field(description="ends of the names of teams and documents")
    light_verbs: tuple[str, ...] = Field(description="verbs that show that no name runs on")
    immediate: tuple[str, ...] = Field(description="words for at once; they want an event")
    immediate_not_after: tuple[str, ...]
    events: tuple[str, ...]
    seasons: tuple[str, ...]
    incidents: tuple[str, ...]
    lists: tuple[str, ...] = Field(description="nouns that a number only names a list with")
    list_joints: tuple[str, ...]


class DutyWords(Frozen):
    """Words by which the parts of a sentence are put together to a duty."""

    scope_starts: tuple[str, ...]
    scope_ends: tuple[str, ...]
    openers: tuple[str, ...]
    adverbs: tuple[str, ...]
    tails: tuple[str, ...]


class ActorWords(Frozen):
    """Words by which the actor is found, and on whose side he stands."""

    urging: tuple[str, ...]
    enterprise: tuple[str, ...]
    government: tuple[str, ...]
    roles: tuple[str, ...]
    modals: tuple[str, ...]
    verbs: tuple[str, ...]
    opening_verbs: tuple[str, ...]
    belongings: tuple[str, ...]
    bracket_urges: tuple[str, ...]


class ChoiceWords(Frozen):
    """Industries that concern everybody."""

    everybody: tuple[str, ...]


class Words(Frozen):
    """The whole file."""

    figures: FigureWords
    duty: DutyWords
    actors: ActorWords
    choice: ChoiceWords


@cache
def words() -> Words:
    """Load the word lists, once."""
    text = files("app.ledger").joinpath("data/words.toml").read_text(encoding="utf-8")
    return Words.model_validate(tomllib.loads(text))


def any_of(listed: Iterable[str]) -> str:
    """Write a pattern that matches any of the words, the longest first."""
    return "(?:" + "|".join(re.escape(word) for word in sorted(listed, key=len, reverse=True)) + ")"
