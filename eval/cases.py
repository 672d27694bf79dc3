"""Read case files, and check the project's own cases against the corpus."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from pydantic import ValidationError

from corpus.clean import clean_text
from corpus.errors import QuestionError
from corpus.model import Document
from eval.model import Case, Quote

_LONGEST_SHARED = 8
_NAMES = re.compile(r"[“《〔（][^”》〕）]*[”》〕）]")


def load_cases(path: Path) -> tuple[Case, ...]:
    """Read a JSONL file of cases, from the project or from outside.

    Raises:
        QuestionError: the file cannot be read, or a line of it is no case; the message names the line.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")  # JSON text may hold U+2028 and its like
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionError(f"用例文件“{path}”无法读取；请检查路径，并存为 UTF-8 的 JSONL") from error
    cases: list[Case] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            cases.append(Case.model_validate_json(line))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise QuestionError(
                f"用例文件“{path.name}”第 {number} 行的 {where or '内容'} 不对（{first['msg']}）"
            ) from error
    if not cases:
        raise QuestionError(f"用例文件“{path.name}”里没有用例")
    return tuple(cases)


def own_cases(split: str | None = None) -> tuple[Case, ...]:
    """The project's own cases, eval/cases/*.jsonl, of one split or of both."""
    folder = Path(str(files("eval").joinpath("cases")))
    cases = [case for path in sorted(folder.glob("*.jsonl")) for case in load_cases(path)]
    return tuple(case for case in cases if split is None or case.split == split)


@lru_cache(maxsize=8192)
def normalise(text: str) -> str:
    """Bring text to the form quotes are compared in: simplified, full-width, no white space."""
    return re.sub(r"\s", "", clean_text(text))


def check_cases(cases: Iterable[Case], documents: Sequence[Document]) -> list[str]:
    """Find what is wrong with cases of the project's own.

    Args:
        cases: the cases.
        documents: the corpus.

    Returns:
        One line for each fault: id and what is wrong.
    """
    by_notice = {document.notice: document for document in documents}
    faults: list[str] = []
    seen: set[str] = set()
    for case in cases:
        found = _case_faults(case, by_notice)
        if case.id in seen:
            found.append("id stands twice")
        seen.add(case.id)
        faults += [f"{case.id}: {fault}" for fault in found]
    return faults


def _case_faults(case: Case, documents: dict[str, Document]) -> list[str]:
    faults: list[str] = []
    if case.status is None:
        faults.append("status is missing or unknown")
    elif case.answerable != (case.status == "answered"):
        faults.append(f"answerable is {case.answerable} but status is {case.status}")
    if case.answerable and not case.evidence:
        faults.append("answerable without evidence")
    if case.split not in ("dev", "test"):
        faults.append(f"split {case.split!r} is neither dev nor test")
    if unknown := set(case.needs) - {"place", "year"}:
        faults.append(f"needs {sorted(unknown)}, which is neither place nor year")
    for quote in (quote for group in case.evidence for quote in group):
        faults += _quote_faults(quote, documents)
        for shared in (longest_shared(one, quote.quote) for one in case.asked):
            if len(shared) > _LONGEST_SHARED:
                faults.append(f"shares “{shared}” with its evidence")
    said = "".join(normalise(quote.quote) for group in case.evidence for quote in group)
    if case.answerable:
        faults += [
            f"must_include {group} is not in the evidence"
            for group in case.must_include
            if not any(normalise(word) in said for word in group)
        ]
    return faults


def _quote_faults(quote: Quote, documents: dict[str, Document]) -> list[str]:
    document = documents.get(quote.notice)
    if document is None:
        return [f"no notice {quote.notice}"]
    words = normalise(quote.quote)
    held = [unit.label for unit in document.units if words in normalise(unit.text)]
    if len(held) != 1:
        return [f"quote “{quote.quote[:20]}” stands in {len(held)} units of {quote.notice}"]
    return []


def longest_shared(question: str, quote: str) -> str:
    """The longest run of characters that a question shares with its evidence, names and quoted terms apart."""
    asked = _NAMES.sub("|", normalise(question))
    said = normalise(quote)
    best = ""
    for start in range(len(asked)):
        end = start + len(best) + 1
        while end <= len(asked) and "|" not in asked[start:end] and asked[start:end] in said:
            best = asked[start:end]
            end += 1
    return best
