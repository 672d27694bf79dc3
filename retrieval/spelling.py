"""Misspelt questions (错别字、同音字、拼音), put right by sound with the words of the corpus, or left as they are.

A noisy channel (Kernighan, Church and Gale 1990, "A Spelling Correction Program Based on a Noisy Channel Model"):
a piece is replaced when a term of the notices that sounds the same is far likelier than the loose characters that
stand there. A correct question must never change: what is a word in any dictionary, or stands in the notices,
is left alone, and so are names. The thresholds were chosen on the questions in index/tuning/pairs.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from math import log
from typing import Any, NamedTuple

from corpus.clean import clean_text
from corpus.hanzi import is_han, pinyin_of
from corpus.model import Level
from corpus.regions import all_regions, find_region
from index.lexical import EVERYDAY_WORDS, LexicalStore, cut, word_count
from retrieval.asked import stop_words
from retrieval.lexicon import TermMatcher
from retrieval.model import Correction

_LONGEST_TERM, _LONGEST_WORD = 6, 8
_MOST_TERMS = 20_000
_ROUNDS = 4
#: How far likelier the term must be (natural logarithm): of the same sound; of a near sound, or for part of a word.
_SAME, _DOUBTFUL, _MARGIN = 6.5, 11.0, 0.5
#: What it counts that the notices write the term with the character that stands beside it.
_BESIDE = 1.0
#: A word this rare covers a character only where the best cut of the text has it (换排, counted 3 times).
_RARE = 5
#: Never a slip, not even within a long term: 风险分几档 is not 风险分级.
_NUMERALS = frozenset("〇零一二三四五六七八九十百千万亿两半双几多少谁啥哪")
_NOTICE = re.compile(r"[\u4e00-\u9fff]{2,10}〔\d{4}〕第?\d{1,5}号")
_LATIN = re.compile(r"(?<![A-Za-z0-9@._/\-:%])[A-Za-z]{2,}(?: [A-Za-z]{2,})*(?![A-Za-z0-9@._/\-:%])")
_SHORTEST_PINYIN, _LONGEST_PINYIN = 4, 60
#: Likelihood of a word that asks (多久, 一次) beside those of the terms.
_ASKING = log(1e-3)


class _Term(NamedTuple):
    word: str
    sounds: tuple[str, ...]
    likelihood: float


class _Swap(NamedTuple):
    start: int
    end: int
    meant: str
    score: float


class _Loose(NamedTuple):
    """A text cut into words, with what of it is open to correction."""

    pieces: tuple[str, ...]
    at: Mapping[int, int]
    open: tuple[bool, ...]
    shut: tuple[bool, ...]


@cache
def _never() -> Mapping[str, frozenset[str]]:
    """Characters and words that forbid a correction, data/spelling.toml."""
    table: dict[str, Any] = tomllib.loads(files("retrieval").joinpath("data/spelling.toml").read_text(encoding="utf-8"))
    return {name: frozenset(listed) for section in table.values() for name, listed in section.items()}


@cache
def _region_names() -> frozenset[str]:
    """Every administrative division of the country, by its full and its short name: none of them is a misspelling."""
    return frozenset(name for region in all_regions() for name in (region.name, region.short) if len(name) >= 2)


class Speller:
    """Corrects questions asked of one corpus."""

    def __init__(self, named: Iterable[str], places: Iterable[str], texts: LexicalStore) -> None:
        """Note where the words come from; tables are made at the first question that has a loose character.

        Args:
            named: terms the notices mark, and the words of the lexicon.
            places: full names of the places of the corpus.
            texts: the passages of the corpus; tells which words and bigrams they hold.
        """
        self._named = frozenset(named)
        own = [region for region in (find_region(place) for place in places) if region]
        self._places = frozenset(name for region in own for name in (region.name, region.short))
        self._texts = texts
        self._known = self._named | self._places | _region_names() | {one for one in stop_words() if len(one) > 1}
        self.correct = lru_cache(maxsize=1024)(self._correct)

    def _correct(self, text: str, kept: frozenset[str] = frozenset()) -> tuple[str, tuple[Correction, ...]]:
        """Correct a normalised question but for the words kept; returns the text to read and the changes, in order."""
        corrections: list[Correction] = []
        text = clean_text(_LATIN.sub(lambda match: self._spelt_out(match[0], corrections, kept), text))
        for _ in range(_ROUNDS):
            swaps = self._swaps(text, TermMatcher(kept).find(text))
            if not swaps:
                break
            corrections += [Correction(typed=text[one.start : one.end], meant=one.meant) for one in swaps]
            for one in reversed(swaps):
                text = text[: one.start] + one.meant + text[one.end :]
        return text, tuple(dict.fromkeys(corrections))

    def _swaps(self, text: str, shut: Sequence[tuple[int, int]]) -> list[_Swap]:
        """The best corrections of a text that do not overlap each other or what is shut, from left to right."""
        chosen: list[_Swap] = []
        for swap in sorted(self._candidates(text, self._loose(text)), key=lambda one: (-one.score, one.start)):
            taken = (*shut, *((one.start, one.end) for one in chosen))
            if all(swap.end <= start or swap.start >= end for start, end in taken):
                chosen.append(swap)
        return sorted(chosen)

    def _loose(self, text: str) -> _Loose:
        """Cut a text, and find its characters that belong to no word, whichever way it is cut."""
        pieces = tuple(cut(text))
        at: dict[int, int] = {}
        covered = bytearray(len(text))
        place = 0
        for number, piece in enumerate(pieces):
            at[place] = number
            if len(piece) > 1:
                covered[place : place + len(piece)] = b"\1" * len(piece)
            place += len(piece)
        at[place] = len(pieces)
        for start in range(len(text)):
            for end in range(start + 2, min(start + _LONGEST_WORD, len(text)) + 1):
                word = text[start:end]
                if word in self._known or word_count(word) > _RARE:
                    covered[start:end] = b"\1" * (end - start)
        for match in _NOTICE.finditer(text):
            covered[match.start() : match.end()] = b"\1" * (match.end() - match.start())
        alone = stop_words() | _NUMERALS | _never()["standalone"]
        shut = tuple(char in alone or not is_han(char) for char in text)
        return _Loose(pieces, at, tuple(not one and not covered[i] for i, one in enumerate(shut)), shut)

    def _candidates(self, text: str, loose: _Loose) -> Iterator[_Swap]:
        """Corrections that are likely enough, for each run of whole pieces that holds a loose character."""
        sounds = tuple(_sound(char) for char in text)
        for start in loose.at:
            for end in range(start + 2, min(start + _LONGEST_TERM, len(text)) + 1):
                if (end not in loose.at and end - start == 2) or not any(loose.open[start:end]):
                    continue
                alike = self._by_sound.get(_blurred(sounds[start:end]), ())
                if not alike or not self._misspelt(text[start:end]):
                    continue
                best = self._best(text, start, end, alike, loose)
                if best and (end - start > 2 or not self._may_be_name(text, start, best[0], loose)):
                    yield _Swap(start, end, *best)

    def _misspelt(self, word: str) -> bool:
        """No word of any dictionary, and not written so in the notices."""
        if not all(map(is_han, word)) or word in self._known or word_count(word):
            return False
        return not all(self._texts.frequency(word[at : at + 2]) for at in range(len(word) - 1))

    def _best(self, text: str, start: int, end: int, alike: Sequence[_Term], loose: _Loose) -> tuple[str, float] | None:
        """The term meant by a misspelt piece, with its score; None when none is likely enough, or two are."""
        reached = next(at for at in range(end, len(text) + 1) if at in loose.at)
        typed = sum(_likelihood(piece) for piece in loose.pieces[loose.at[start] : loose.at[reached]])
        beside = (text[max(0, start - 1) : start], text[end : end + 1])
        scored: list[tuple[float, str]] = []
        for term in alike:
            wrong = [at for at in range(start, end) if text[at] != term.word[at - start]]
            same = all(_sound(text[at]) == term.sounds[at - start] for at in wrong)
            free = reached == end and all(loose.open[at] for at in wrong)
            alone = any(loose.shut[at] for at in wrong) and not (same and len(wrong) == 1 and wrong[0] > start)
            if alone or any(text[at] in _NUMERALS for at in wrong):
                continue
            if len(wrong) * 2 > end - start or (end - start == 2 and not (same and free)):
                continue
            if not same and not free:
                continue
            # A slip lands on a character the more often, the commoner it is: half its likelihood counts back.
            score = term.likelihood - typed + sum(_likelihood(text[at]) for at in wrong) / 2
            score += _BESIDE if self._fits(term.word, beside) else 0.0
            if score >= (_SAME if same and free else _DOUBTFUL):
                scored.append((score, term.word))
        scored.sort(reverse=True)
        if not scored or (len(scored) > 1 and scored[0][0] - scored[1][0] < _MARGIN):
            return None
        return scored[0][1], scored[0][0]

    def _fits(self, term: str, beside: tuple[str, str]) -> bool:
        """Tell whether the notices write a character that is beside the piece beside the term (安全|培训)."""
        pairs = ((beside[0], beside[0] + term[0]), (beside[1], term[-1] + beside[1]))
        return any(char and char not in stop_words() and self._texts.frequency(pair) for char, pair in pairs)

    def _may_be_name(self, text: str, start: int, meant: str, loose: _Loose) -> bool:
        """Two characters that may name a company or village, by its kind; or a person, unless what follows says no."""
        never, number = _never(), loose.at[start]
        before, after = loose.pieces[max(0, number - 1) : number], loose.pieces[number + 2 : number + 5]
        breaks = (at for at, one in enumerate(after) if one in stop_words() or not is_han(one[0]))
        after = after[: next(breaks, len(after))]
        if any(one in never["organisations"] for one in after) or any(one in never["titles"] for one in after[:1]):
            return True
        personal = text[start] in never["surnames"] or any(
            one in never["called"] or one in never["surnames"] for one in before
        )
        return personal and not (after and self._fits(meant, ("", after[0][0])))

    @cached_property
    def _terms(self) -> tuple[_Term, ...]:
        """What may be meant: the terms of the corpus and of the lexicon, its places, and the words of its texts."""
        frequency = self._texts.frequency
        words = {word: frequency(word) for word in self._texts.vocabulary if len(word) > 1 and word_count(word)}
        common = sorted(words, key=lambda word: -words[word])[:_MOST_TERMS]
        total = sum(words.values()) or 1
        meant = {*common, *self._named, *self._places} - (_region_names() - self._places) - stop_words()
        return tuple(
            _Term(word, pinyin_of(word), log((self._count(word) + 0.5) / total))
            for word in sorted(meant)
            if 2 <= len(word) <= _LONGEST_TERM and all(map(is_han, word))
        )

    def _count(self, word: str) -> int:
        """How many passages hold a term, or at most can; a word that only the lexicon has counts as two."""
        pairs = (self._texts.frequency(word[at : at + 2]) for at in range(len(word) - 1))
        return self._texts.frequency(word) or max(2, min(pairs))

    @cached_property
    def _by_sound(self) -> dict[tuple[str, ...], list[_Term]]:
        table: dict[tuple[str, ...], list[_Term]] = {}
        for term in self._terms:
            table.setdefault(_blurred(term.sounds), []).append(term)
        return table

    def _spelt_out(self, typed: str, corrections: list[Correction], kept: frozenset[str]) -> str:
        """Put terms for a run of letters that is the pinyin of terms from end to end; any other run stays."""
        if len(typed) > _LONGEST_PINYIN or typed in kept:
            return typed
        parts = [typed, *typed.split()] if " " in typed else [typed]
        meant = self._segment(parts[0])
        if not meant and len(parts) > 1:
            return " ".join(self._spelt_out(part, corrections, kept) for part in parts[1:])
        if meant:
            corrections.append(Correction(typed=typed, meant=meant))
        return meant or typed

    def _segment(self, typed: str) -> str:
        """Cut letters into the pinyin of terms and of words that ask, the likeliest way.

        Returns:
            The characters; empty when the letters are not that from end to end, or hold no term (women).
        """
        letters = typed.replace(" ", "").lower()
        if len(letters) < _SHORTEST_PINYIN or not (typed.islower() or typed.istitle()):
            return ""
        best: list[tuple[float, str]] = [(0.0, "")]
        for end in range(1, len(letters) + 1):
            ways = (
                (best[start][0] + found[0], best[start][1] + found[1])
                for start in range(max(0, end - 6 * _LONGEST_TERM), end)
                if best[start][0] > float("-inf") and (found := self._by_pinyin.get(letters[start:end]))
            )
            best.append(max(ways, default=(float("-inf"), "")))
        meant = best[-1][1]
        return meant if any(term.word in meant for term in self._terms) else ""

    @cached_property
    def _by_pinyin(self) -> dict[str, tuple[float, str]]:
        """The likeliest term of each pinyin; none where a place outside the corpus is spelt the same (shanxi)."""
        large = [region for region in all_regions() if region.level is not Level.COUNTY]
        abroad = {"".join(pinyin_of(one)) for region in large for one in {region.name, region.short} - self._places}
        table: dict[str, tuple[float, str]] = {}
        asking = [_Term(word, pinyin_of(word), _ASKING) for word in sorted(stop_words()) if len(word) > 1]
        for term in (*self._terms, *asking):
            spelt = "".join(term.sounds)
            if spelt not in abroad and len(spelt) >= _SHORTEST_PINYIN:
                table[spelt] = max(table.get(spelt, (float("-inf"), "")), (term.likelihood, term.word))
        return table


def _likelihood(piece: str) -> float:
    """Of a piece among everyday words, as a natural logarithm."""
    return log((word_count(piece) or 1) / EVERYDAY_WORDS)


@lru_cache(maxsize=8192)
def _sound(char: str) -> str:
    """The commonest reading of a character; the character itself when it has none."""
    return pinyin_of(char)[0]


def _blurred(sounds: Sequence[str]) -> tuple[str, ...]:
    """What sounds alike to many speakers, from three syllables on: zh/z, ch/c, sh/s, ang/an, eng/en, ing/in, l/n."""
    return tuple(map(_blur, sounds)) if len(sounds) > 2 else tuple(sounds)


@lru_cache(maxsize=2048)
def _blur(sound: str) -> str:
    sound = re.sub(r"^([zcs])h", r"\1", sound)
    return re.sub(r"^l", "n", re.sub(r"(?<=[aei])ng$", "n", sound))
