"""What a sentence of a model stands on (依据): the cited clause as it is read, and the words that need no clause."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from itertools import accumulate
from typing import Any

from pydantic import Field

from app.model import Citation
from corpus.model import Document, Frozen
from corpus.responsible import find_brackets
from index.lexical import cut

#: Marks that end a part (小句) of a sentence.
PART = re.compile("[^，。；：！？]+")
_MARKS = frozenset("，。；：、！？（）《》“”‘’〔〕—…·*「」[] .-/%+\t")
_WHOM = re.compile("你(?:局|单位|市|县|厅|委)(?!们)")
_SHORTEST_RUN, _SCATTERED = 2, 2
_CACHED = 2048
_ORGAN = re.compile("[局厅委办队院署]$")
_PIECE, _NEAR = re.compile("[，。；：、（）]"), 5
_CHARGES = re.compile("负责|牵头|落实|配合|督促|分工")


IsWhole = Callable[[str, str], bool]


class Ground(Frozen):
    """A citation as the check reads it."""

    citation: Citation
    rule: str = Field(description="the whole clause; 你局 is the one it was sent to")
    about: str = Field(
        description="heading, label, 文号, place, year, title, issuer, and the addressee if there is one"
    )


def ground_of(citation: Citation, document: Document | None) -> Ground:
    """Read a citation with what is known of its document."""
    rule, known, whom = citation.clause_text, "", ""
    if document is not None:
        if len(document.addressees) == 1:
            rule, whom = _WHOM.sub(document.addressees[0], rule), document.addressees[0]
        known = "；".join((document.title, document.issuer, whom))
    year = f"{citation.year}年" if citation.year else ""
    about = "；".join((citation.heading, citation.label, citation.notice, citation.region, year, known))
    return Ground(citation=citation, rule=rule, about=about)


@cache
def plain_words() -> frozenset[str]:
    """Words that say nothing of a rule (规定, 其中, 包括)."""
    return frozenset(_table()["words"]["words"])


@cache
def _joints() -> frozenset[str]:
    """Words of one character that may stand between any two others (经验收合格: 经)."""
    return frozenset(_table()["words"]["joints"])


@cache
def same_words() -> dict[str, tuple[str, ...]]:
    """For a word, the others that mean the same."""
    groups: list[list[str]] = _table()["same"]["groups"]
    found: dict[str, list[str]] = {}
    for group in groups:
        for word in group:
            found.setdefault(word, []).extend(other for other in group if other != word)
    return {word: tuple(others) for word, others in found.items()}


@cache
def denied_kinds() -> Mapping[str, re.Pattern[str]]:
    """What a sentence may say is not set (频次, 期限 …), and the words for it."""
    kinds: dict[str, list[str]] = _table()["denied"]
    return {kind: re.compile("|".join(map(re.escape, said))) for kind, said in kinds.items()}


@cache
def word_lists(section: str) -> Mapping[str, list[str]]:
    """The lists of one section of data/plain.toml."""
    lists: dict[str, list[str]] = _table()[section]
    return lists


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(files("app.check").joinpath("data/plain.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=_CACHED)
def _cut(text: str) -> tuple[str, ...]:
    return tuple(cut(text))


@lru_cache(maxsize=_CACHED)
def content_words(text: str) -> tuple[str, ...]:
    """The words of a text that say something of a rule."""
    return tuple(word for word in _cut(text) if len(word) >= _SHORTEST_RUN and not _is_plain(word))


def _is_plain(word: str) -> bool:
    if word in plain_words() or word.isascii() or not word.isalnum():
        return True
    return any(word[:at] in plain_words() and _is_plain(word[at:]) for at in range(1, len(word)))


@lru_cache(maxsize=_CACHED)
def _words(text: str) -> frozenset[str]:
    return frozenset(_cut(text))


@lru_cache(maxsize=_CACHED)
def bounds(text: str) -> frozenset[int]:
    """Where words of a text start and end."""
    return frozenset(accumulate((len(piece) for piece in _cut(text)), initial=0))


def made_up(text: str, sources: tuple[str, ...], skips: Iterable[tuple[int, int]]) -> str:
    """Find words that stand in no source and are no plain words.

    Args:
        text: part of a sentence.
        sources: texts the words may come from.
        skips: spans that are judged by themselves (figures, names).

    Returns:
        The first such words; empty when there are none.
    """
    reached, ends = {0}, dict(skips)
    for at in range(len(text)):
        if at in reached:
            reached.update(_steps(text, at, sources, ends))
    if len(text) in reached:
        return ""
    start = max(reached)
    following = sorted(one for one in bounds(text) if one > start)
    return text[start : following[min(1, len(following) - 1)]] if following else text[start:]


def _steps(text: str, at: int, sources: tuple[str, ...], ends: Mapping[int, int]) -> Iterator[int]:
    """Where the words from here on may go on, whatever accounts for those between."""
    cuts = bounds(text)
    if text[at] in _MARKS:
        yield at + 1
    if at in ends:
        yield ends[at]
    longest_plain = 7
    for length in range(1, min(longest_plain, len(text) - at) + 1):
        piece = text[at : at + length]
        whole = length > 1 or piece in _joints() or (at in cuts and at + 1 in cuts)
        if piece in plain_words() and whole:
            yield at + length
        word = at + length in cuts and (length >= _SHORTEST_RUN or at in cuts)
        if word and any(other in source for other in same_words().get(piece, ()) for source in sources):
            yield at + length
    source_words = frozenset().union(*(_words(source) for source in sources))
    longest = max((run_length(text, at, source) for source in sources), default=0)
    for length in range(_SHORTEST_RUN, longest + 1):
        ends_word = at + length in cuts or text[at : at + length] in source_words
        if ends_word or (length == longest and length > 3):
            yield at + length
    if at in cuts:
        yield from _loose_words(text, at, sources, source_words)


def _loose_words(text: str, at: int, sources: tuple[str, ...], source_words: frozenset[str]) -> Iterator[int]:
    """A word of one character that is a word of a source, too; a word of two that a source has drawn apart."""
    if at + 1 in bounds(text) and text[at] in source_words:
        yield at + 1
    if at + 2 in bounds(text) and is_shortened(text[at : at + 2], sources):
        yield at + 2


def is_shortened(word: str, sources: tuple[str, ...]) -> bool:
    """召开一次会议 holds 开会: both characters, in order and near each other."""
    if len(word) != 2 or not word.isalpha():
        return False
    return any(
        word[1] in _PIECE.split(source[at + 1 : at + 1 + _NEAR])[0]
        for source in sources
        for at in places_of(word[0], source)
    )


def places_of(words: str, text: str) -> list[int]:
    """Where words stand in a text."""
    found, at = [], text.find(words)
    while at >= 0:
        found.append(at)
        at = text.find(words, at + 1)
    return found


def scattered(text: str, ground: Ground, asked: str) -> str:
    """Find words of a part that its clause has only in another sentence, when there are two or more of them."""
    items = text.split("、") if not _CHARGES.search(text) else [text]
    return next((found for item in items if (found := _scattered(item, ground, asked))), "")


def _scattered(text: str, ground: Ground, asked: str) -> str:
    taken = [
        word for word in content_words(text)
        if word in ground.rule and word not in ground.citation.heading and word not in asked
    ]  # fmt: skip
    sentences = _sentences(ground.rule) if _CHARGES.search(text) else tuple(re.split("[。；]", ground.rule))
    missing = min(([word for word in taken if word not in one] for one in sentences), key=len)
    organs = [word for word in missing if _ORGAN.search(word)]
    return "、".join(missing) if len(missing) >= _SCATTERED or organs else ""


@lru_cache(maxsize=_CACHED)
def _sentences(rule: str) -> tuple[str, ...]:
    """The sentences of a clause, each with the units in the bracket that charges them with it."""
    brackets = find_brackets(rule)
    return tuple(
        re.sub("^（[^）]*）", "", match[0])
        + next((rule[start:end] for start, end in brackets if end >= match.end()), "")
        for match in re.finditer("[^。；]+", rule)
    )


def run_length(text: str, at: int, source: str, is_whole: IsWhole | None = None) -> int:
    """How many characters from here on stand in a source in one piece, no number of it cut.

    Args:
        text: what is said.
        at: where the run begins.
        source: what it may be taken from.
        is_whole: tells whether words may be taken from a source as they are; None looks at numbers alone.
    """
    is_whole = is_whole or _is_whole
    length = 0
    while at + length < len(text) and text[at : at + length + 1] in source:
        length += 1
    while length and not is_whole(text[at : at + length], source):
        length -= 1
    return length


def _is_whole(run: str, source: str) -> bool:
    """No number at either end of the words goes on beyond them."""
    if not (run[0].isdigit() or run[-1].isdigit()):
        return True
    before = r"(?<![\d.])" if run[0].isdigit() else ""
    after = r"(?!\.?\d)" if run[-1].isdigit() else ""
    return re.search(before + re.escape(run) + after, source) is not None
