"""What makes a model's answer unusable as a whole: empty, a refusal, another language, a loop, too long, a leak."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Callable
from functools import cache, lru_cache
from importlib.resources import files

from app.llm.marks import canonical, sentences
from app.llm.scan import MARK

#: Longest answer of use.
LONGEST = 6000
_EMPTY = "模型没有写出内容"
_REFUSED = "模型拒绝回答"
_FOREIGN = "模型没有用中文回答"
_LOOPED = "模型反复重复同样的话"
_TOO_LONG = f"模型的答复太长，超过{LONGEST}字"
LEAKED = "模型写出了给它的指令"

_WORD = re.compile(r"[^\W_]")
_CHINESE = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]+")
_LETTER = re.compile(r"[^\W\d_]")
#: LNG, ppm, kV, GB and other short names and measures are of no language.
_LONGEST_SYMBOL, _LATIN_WORD_WEIGHT, _LEAST_CHINESE = 4, 2, 0.7
_MEASURE = re.compile(r"\d ?[A-Za-z]{1,4}(?![A-Za-z])|\b[A-Z]{2,}\b")
_LEAK = 24


def unusable(text: str, prompt: str = "") -> str:
    """Say why an answer is of no use at all.

    Args:
        text: the model's text, plain and with canonical marks.
        prompt: the instructions it was given, without passages and question.

    Returns:
        One Chinese line; empty when the answer is worth checking sentence by sentence.
    """
    faults: dict[str, Callable[[], bool]] = {
        _EMPTY: lambda: not _WORD.search(MARK.sub("", text)),
        _TOO_LONG: lambda: len(text) > LONGEST,
        LEAKED: lambda: leaks(text, prompt),
        _REFUSED: lambda: refuses(text),
        _FOREIGN: lambda: is_foreign(text),
        _LOOPED: lambda: LoopGuard().feed(text + "\n"),
    }
    return next((reason for reason, holds in faults.items() if holds()), "")


def refuses(text: str) -> bool:
    """Tell whether a text refuses to answer: it says that it is a model, or excuses itself and cites nothing else."""
    if _cues("strong").search(text):
        return True
    cut = sentences(canonical(text))
    excuses = [bool(_cues("weak").search(one.text)) for one in cut]
    return any(excuses) and not any(one.marks and not excuse for one, excuse in zip(cut, excuses, strict=True))


@cache
def _cues(strength: str) -> re.Pattern[str]:
    """The words of data/guard.toml that refuse."""
    table = tomllib.loads(files("app.llm").joinpath("data/guard.toml").read_text(encoding="utf-8"))
    return re.compile("|".join(f"(?:{cue})" for cue in table["refusal"][strength]), re.IGNORECASE)


def is_foreign(text: str) -> bool:
    """Tell whether a text is in another language than Chinese, or to a large part."""
    rest = _MEASURE.sub("", text)
    chinese = len(_CHINESE.findall(rest))
    latin = _LATIN.findall(rest)
    other = len(_LETTER.findall(_CHINESE.sub("", _LATIN.sub("", rest))))
    if not chinese:
        return bool(latin or other)
    foreign = other + _LATIN_WORD_WEIGHT * sum(len(word) > _LONGEST_SYMBOL for word in latin)
    return chinese < _LEAST_CHINESE * (chinese + foreign)


def leaks(text: str, prompt: str) -> bool:
    """Tell whether a text repeats a run of the instructions, punctuation and blanks aside."""
    said, runs = _bare(text), _runs(prompt)
    return any(said[at : at + _LEAK] in runs for at in range(len(said) - _LEAK + 1))


def _bare(text: str) -> str:
    return "".join(_WORD.findall(text)).casefold()


@lru_cache(maxsize=8)
def _runs(prompt: str) -> frozenset[str]:
    told = _bare(prompt)
    return frozenset(told[at : at + _LEAK] for at in range(len(told) - _LEAK + 1))


class LoopGuard:
    """Notices in a stream that a model repeats itself, in time that grows with the text and memory that does not."""

    _EVERY, _KEPT = 16, 720
    _GRAM, _REPEATS, _SHORTEST_LOOP = 24, 3, 48
    _SHORTEST, _LONGEST_SENTENCE, _MOST_SENTENCES = 8, 400, 1000
    #: The same words with the same marks; with other marks they may be the rule of another place or year.
    _SAME, _SAME_WORDS = 3, 8
    _ENDS = frozenset("。！？；!?;\n")
    _LABEL = re.compile(r"^\W*(?:\d{1,2}[.、．)）]|[（(]\d{1,2}[)）])?[^\w\[]*")

    #: （县应急管理局负责） stands behind many rules.
    _IN_BRACKETS = re.compile("（[^（）]*）")

    def __init__(self) -> None:
        self._looping = False
        self._tail, self._since = "", 0
        self._sentence: list[str] = []
        self._seen: Counter[int] = Counter()

    def feed(self, piece: str) -> bool:
        """Take a piece of the text, and tell whether the text loops by now; however it is split, the same comes out."""
        for letter in piece:
            if self._looping:
                break
            self._take(letter)
        return self._looping

    def _take(self, letter: str) -> None:
        self._tail += letter
        self._since += 1
        if self._since == self._EVERY:
            self._since, self._tail = 0, self._tail[-self._KEPT :]
            self._looping = self._repeats()
        if len(self._sentence) < self._LONGEST_SENTENCE:
            self._sentence.append(letter)
        if letter in self._ENDS:
            self._end_sentence()

    def _repeats(self) -> bool:
        """Whether the tail is one block over and over: the block is what lies between its end and that end's like."""
        tail = self._tail
        gram = tail[-self._GRAM :]
        if len(tail) < self._SHORTEST_LOOP or not _WORD.search(gram):
            return False
        before = tail.rfind(gram, 0, len(tail) - 1)
        period = len(tail) - self._GRAM - before
        length = max(period * self._REPEATS, self._SHORTEST_LOOP)
        return before >= 0 and length <= len(tail) and tail[-length + period :] == tail[-length:-period]

    def _end_sentence(self) -> None:
        whole = "".join(self._sentence).strip()
        sentence = self._LABEL.sub("", whole)
        self._sentence = []
        words = MARK.sub("", sentence)
        if self._IN_BRACKETS.fullmatch(whole) or len(words) < self._SHORTEST or len(self._seen) >= self._MOST_SENTENCES:
            return
        for key, most in ((sentence, self._SAME), ("\n" + words, self._SAME_WORDS)):
            self._seen[hash(key)] += 1
            self._looping = self._looping or self._seen[hash(key)] >= most
