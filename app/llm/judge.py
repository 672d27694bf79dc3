"""Judge a model's sentences one by one (逐句核对), while it writes and when it has ended."""

from __future__ import annotations

from collections.abc import Sequence

from app.check.paraphrase import unsupported
from app.llm.case import Case
from app.llm.marks import Sentence, sentences
from app.llm.model import Judged, Material
from app.llm.relevance import is_near

_NO_MARK = "没有注明出处"
_ELSEWHERE = "与所问事项无关"
_UNKNOWN = "注明的材料[{n}]并不存在"


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
        return tuple(
            Judged(
                text=one.text, marks=one.marks, layout=one.layout,
                opens_line="\n" in text[before:one.start], reasons=self._reasons(one),
            )
            for one, before in zip(cut, [0, *(one.end for one in cut)], strict=False)
        )  # fmt: skip

    def _reasons(self, sentence: Sentence) -> tuple[str, ...]:
        key = sentence.text, sentence.marks
        if key not in self._known:
            self._known[key] = self._look(sentence)
        return self._known[key]

    def _look(self, sentence: Sentence) -> tuple[str, ...]:
        if sentence.layout:
            return ()
        if not sentence.marks:
            return (_NO_MARK,)
        if unknown := [n for n in sentence.marks if n not in self._cited]:
            return tuple(_UNKNOWN.format(n=n) for n in unknown)
        cited = [self._cited[n] for n in sentence.marks]
        if faults := unsupported(sentence.text, cited, self._case.asked, self._case.documents):
            return tuple(faults)
        return () if is_near(self._case, sentence.text, cited) else (_ELSEWHERE,)
