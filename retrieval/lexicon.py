"""The lexicon (口语词表): everyday words and their official terms; a file that a safety officer can edit."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from pathlib import Path

from pydantic import Field

from corpus.errors import QuestionError, SettingsError
from corpus.model import Frozen
from retrieval.model import LONGEST_WORD, Replacement

_SHOWN = 30  # characters of a wrong entry that its error shows


class Entry(Frozen):
    """One line of the lexicon."""

    everyday: str = Field(min_length=1)
    official: tuple[str, ...] = Field(min_length=1)


@cache
def bundled_lexicon() -> tuple[Entry, ...]:
    """The lexicon that comes with the program, retrieval/data/lexicon.csv."""
    return _parse(files("retrieval").joinpath("data/lexicon.csv").read_text(encoding="utf-8"), "lexicon.csv")


def load_lexicon(path: Path | None) -> tuple[Entry, ...]:
    """Load the bundled lexicon and, after it, a file of the user's own in the same form.

    Raises:
        SettingsError: the file cannot be read, or a line of it has not the two columns.
    """
    if path is None:
        return bundled_lexicon()
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"词表“{path}”无法读取；请存为 UTF-8 的 CSV，两列：everyday,official") from error
    return (*bundled_lexicon(), *_parse(text, path.name))


def _parse(text: str, name: str) -> tuple[Entry, ...]:
    entries: list[Entry] = []
    for number, row in enumerate(csv.reader(text.splitlines()), start=1):
        if not row or row == ["everyday", "official"] or row[0].startswith("#"):
            continue
        official = tuple(one.strip() for one in row[-1].split("；") if one.strip())
        if len(row) != 2 or not row[0].strip() or not official:
            raise SettingsError(f"词表“{name}”第 {number} 行应为“口语,官方用语”两列，多个用语以；分隔；请改正")
        entries.append(Entry(everyday=row[0].strip(), official=official))
    return tuple(entries)


def read_meaning(line: str) -> Replacement:
    """Read what a person says that a word means: 工地=建设工程施工.

    Args:
        line: as typed; the sign may be = or ＝.

    Raises:
        QuestionError: it is no pair of words, or a word is too long.
    """
    word, sign, meant = (one.strip() for one in line.replace("＝", "=").partition("="))
    if not (word and sign and meant):
        raise QuestionError(f"“{line.strip()[:_SHOWN]}”看不懂；请写成“词=正式说法”，例如 工地=建设工程施工")
    return Replacement(word=checked_word(word), meant=checked_word(meant))


def checked_word(word: str) -> str:
    """A word that a person sets, less the white space around it.

    Raises:
        QuestionError: it is empty or too long.
    """
    word = word.strip()
    if not word or len(word) > LONGEST_WORD:
        raise QuestionError(f"“{word[:_SHOWN]}”有 {len(word)} 字；每个词应为 1 到 {LONGEST_WORD} 字，请改短")
    return word


class TermMatcher:
    """Finds dictionary terms in a text, longest first, without overlaps."""

    def __init__(self, terms: Iterable[str]) -> None:
        self._terms = frozenset(terms)
        self._longest = max((len(term) for term in self._terms), default=0)

    def find(self, text: str) -> list[tuple[int, int]]:
        """Return spans (start, end) of terms, from left to right; at each place the longest term wins."""
        spans: list[tuple[int, int]] = []
        at = 0
        while at < len(text):
            end = next(
                (at + n for n in range(min(self._longest, len(text) - at), 0, -1) if text[at : at + n] in self._terms),
                0,
            )
            if end:
                spans.append((at, end))
            at = end or at + 1
        return spans
