"""Judge a model's sentences one by one (逐句核对), while it writes and when it has ended."""

from __future__ import annotations

from collections.abc import Sequence

from app.check.paraphrase import unsupported
from app.llm.case import Case
from app.llm.marks import Sentence, sentences
from app.llm.model import Judged, Material
from app.llm.relevance import is_near, says_nothing
from app.model import Citation

_NO_MARK = "没有注明出处"
_NOTHING = "没有说出规定的内容"
_ELSEWHERE = "与所问事项无关"
_UNKNOWN = "注明的材料[{n}]并不存在"


#: Of a sentence's pairs of characters, so many stand in the clause that it is taken from.
_COPIED = 0.7


class Jury:
    """Holds each sentence against the passages that it cites; a sentence is judged once."""

    def __init__(self, case: Case, materials: Sequence[Material]) -> None:
        """Prepare for one call.

        Args:
            case: the question.
            materials: the passages that the call was given.
        """
        self._case = case
        self._cited = {one.n: one.citation for one in materials}
        self._holders: dict[str, tuple[int, ...]] = {}
        self._known: dict[tuple[str, tuple[int, ...]], tuple[str, ...]] = {}

    def so_far(self, text: str) -> tuple[tuple[Judged, ...], str]:
        """Judge what stands for certain of an unfinished text: all sentences but the last.

        Returns:
            The sentences, and the words of the last one.
        """
        cut = sentences(text)
        if not cut:
            return (), text.strip()
        return self._judged(text, cut[:-1]), text[cut[-1].start :].strip()

    def all_of(self, text: str) -> tuple[Judged, ...]:
        """Judge a finished text."""
        return self._judged(text, sentences(text))

    def _judged(self, text: str, cut: Sequence[Sentence]) -> tuple[Judged, ...]:
        starts = [0, *(one.end for one in cut)]
        return tuple(self._one(one, "\n" in text[before : one.start]) for one, before in zip(cut, starts, strict=False))

    def _one(self, sentence: Sentence, opens_line: bool) -> Judged:
        marks = sentence.marks
        if not marks and not sentence.layout:
            marks = self._holder(sentence.text)
        return Judged(
            text=sentence.text, marks=marks, layout=sentence.layout, opens_line=opens_line,
            marked_by_check=marks != sentence.marks, reasons=self._reasons(sentence, marks),
        )  # fmt: skip

    def _holder(self, text: str) -> tuple[int, ...]:
        """The mark of the one passage that a sentence without a mark is taken from, nearly word for word.

        Of several, the only one that the extractive answer rests on; else none: it is not for us to guess.
        """
        if text not in self._holders:
            near = [n for n, one in self._cited.items() if _is_copied(text, one.clause_text)]
            holders = [n for n in near if not self._faults(text, [self._cited[n]])]
            grounds = {one.clause_text for one in self._case.base.citations}
            base = [n for n in holders if self._cited[n].clause_text in grounds]
            only = base if len(base) == 1 else holders
            self._holders[text] = (only[0],) if len(only) == 1 else ()
        return self._holders[text]

    def _reasons(self, sentence: Sentence, marks: tuple[int, ...]) -> tuple[str, ...]:
        key = sentence.text, marks
        if key not in self._known:
            self._known[key] = self._look(sentence, marks)
        return self._known[key]

    def _look(self, sentence: Sentence, marks: tuple[int, ...]) -> tuple[str, ...]:
        if sentence.layout:
            return ()
        if not marks:
            return (_NO_MARK,)
        if unknown := [n for n in marks if n not in self._cited]:
            return tuple(_UNKNOWN.format(n=n) for n in unknown)
        cited = [self._cited[n] for n in marks]
        if faults := self._faults(sentence.text, cited):
            return tuple(faults)
        return () if is_near(self._case, sentence.text, cited) else (_ELSEWHERE,)

    def _faults(self, text: str, cited: Sequence[Citation]) -> list[str]:
        if says_nothing(text, cited):
            return [_NOTHING]
        return unsupported(text, cited, self._case.asked, self._case.documents)


def _is_copied(text: str, clause: str) -> bool:
    pairs = {text[at : at + 2] for at in range(len(text) - 1)}
    return sum(pair in clause for pair in pairs) >= _COPIED * max(len(pairs), 1)
