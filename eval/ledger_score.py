"""How well the rows of the ledger (要求台账) meet the list made by hand: `python -m eval.ledger_score`.

The rules of matching stand in eval/ledger/README.md. Scoring is pure; only `main` reads files.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import Field

from app.ledger.model import Requirement, RequirementKind, Side
from corpus.errors import CorpusError
from corpus.model import Document, Frozen
from corpus.numerals import CHINESE_NUMBER, parse_number, show_number

FOLDER = Path(__file__).with_name("ledger")
#: Words that limit a number; 至少 left out says another thing.
_LIMITS = ("至少", "最少", "不少于", "不得少于", "不低于", "不得低于", "不超过", "不得超过", "最多", "超过", "不足",
           "及以上", "以上", "以下", "以内", "之内")  # fmt: skip
_LIMIT = re.compile("|".join(sorted(_LIMITS, key=len, reverse=True)))
_FIGURE = re.compile(r"\d+(?:\.\d+)?")


class GoldRow(Frozen):
    """A row of the list made by hand."""

    notice: str
    label: str
    who: str
    side: Side
    must: str
    kind: RequirementKind
    value: str
    vague: bool
    quote: str
    start: int = Field(default=0, ge=0, description="where the quote stands in the clause's text")


class Score(Frozen):
    """Counts of one comparison."""

    gold: int = Field(ge=0, description="rows of the list")
    made: int = Field(ge=0, description="rows of the program")
    pairs: int = Field(ge=0, description="rows that meet")
    kind: int = Field(default=0, ge=0, description="pairs of one kind")
    side: int = Field(default=0, ge=0, description="pairs of one side")
    who: int = Field(default=0, ge=0, description="pairs of one actor")

    @property
    def precision(self) -> float:
        """Part of the program's rows that meet one of the list; 1 where it makes none."""
        return self.pairs / self.made if self.made else 1.0

    @property
    def recall(self) -> float:
        """Part of the list that the program met; 1 where the list is empty."""
        return self.pairs / self.gold if self.gold else 1.0


def score(gold: Sequence[GoldRow], made: Sequence[Requirement], with_vague: bool = True) -> Score:
    """Hold the program's rows against the list.

    Args:
        gold: the list; `start` of each row is set.
        made: the program's rows, of the same notices.
        with_vague: whether rows without anything to be counted take part.
    """
    listed = [row for row in gold if with_vague or not row.vague]
    rows = [row for row in made if with_vague or not row.vague]
    pairs = pair(listed, rows)
    return Score(
        gold=len(listed),
        made=len(rows),
        pairs=len(pairs),
        kind=sum(listed[at].kind is rows[to].kind for at, to in pairs),
        side=sum(listed[at].side is rows[to].side for at, to in pairs),
        who=sum(same_actor(listed[at].who, rows[to].who) for at, to in pairs),
    )


def pair(gold: Sequence[GoldRow], made: Sequence[Requirement]) -> list[tuple[int, int]]:
    """Pair rows that meet, each once, as many as can be (augmenting paths)."""
    taken: dict[int, int] = {}

    def place(at: int, tried: set[int]) -> bool:
        for to, row in enumerate(made):
            if to not in tried and meets(gold[at], row):
                tried.add(to)
                if to not in taken or place(taken[to], tried):
                    taken[to] = at
                    return True
        return False

    for at in range(len(gold)):
        place(at, set())
    return sorted((at, to) for to, at in taken.items())


def meets(gold: GoldRow, made: Requirement) -> bool:
    """Whether a row of the program is right: same clause, quotes that share the figure's words, and the same figure."""
    if (gold.notice, gold.label) != (made.notice, made.label):
        return False
    left, right = max(gold.start, made.start), min(gold.start + len(gold.quote), made.end)
    shared = gold.quote[left - gold.start : right - gold.start] if left < right else ""
    return all(piece in shared for piece in gold.value.split("…")) and same_value(gold.value, made.value)


def same_value(gold: str, made: str) -> bool:
    """Whether two figures say the same: figures and limit words alike, and the listed pieces all there, in order."""
    wanted, given = _plain(gold), _plain(made)
    if _FIGURE.findall(wanted) != _FIGURE.findall(given):
        return False
    if sorted(_LIMIT.findall(wanted)) != sorted(_LIMIT.findall(given)):
        return False
    at = 0
    for piece in wanted.split("…"):
        found = given.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return True


def same_actor(gold: str, made: str) -> bool:
    """Whether either contains the other; no actor only meets no actor."""
    return bool(gold) == bool(made) and (gold in made or made in gold)


def _plain(value: str) -> str:
    """Write numbers in figures, and drop quotation marks."""

    def figure(match: re.Match[str]) -> str:
        number = parse_number(match[0])
        return match[0] if number is None else show_number(number)

    return re.sub(CHINESE_NUMBER, figure, re.sub("[“”]", "", value))


def load_gold(path: Path, document: Document) -> list[GoldRow]:
    """Load the list of a notice, and find each quote in its clause.

    Args:
        path: one JSON object a line.
        document: the notice it is of.

    Raises:
        CorpusError: a quote is not in its clause.
    """
    texts = {unit.label: unit.text for unit in document.units}
    rows = []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = GoldRow.model_validate({key: value for key, value in _fields(line).items() if key != "note"})
        start = texts.get(row.label, "").find(row.quote)
        if start < 0:
            raise CorpusError(f"“{path}”：“{row.label}”里没有“{row.quote}”；请核对台账清单")
        rows.append(row.model_copy(update={"start": start}))
    return rows


def _fields(line: str) -> dict[str, object]:
    fields: dict[str, object] = json.loads(line)
    return fields | {"side": "双方"} if fields["side"] == "both" else fields


def report(name: str, gold: Sequence[GoldRow], made: Sequence[Requirement]) -> list[str]:
    """Say the scores of a notice in lines."""
    every, countable = score(gold, made), score(gold, made, with_vague=False)
    share = every.pairs or 1
    return [
        f"{name}：清单 {every.gold} 行，程序 {every.made} 行，对上 {every.pairs} 行",
        f"  全部：精确率 {every.precision:.3f}，召回率 {every.recall:.3f}",
        f"  去掉含糊的：精确率 {countable.precision:.3f}，召回率 {countable.recall:.3f}"
        f"（清单 {countable.gold} 行，程序 {countable.made} 行，对上 {countable.pairs} 行）",
        f"  对上的行里，类别一致 {every.kind / share:.3f}，适用一致 {every.side / share:.3f}，"
        f"责任主体一致 {every.who / share:.3f}",
    ]


def measure(documents: Mapping[str, Document], folder: Path = FOLDER) -> list[str]:
    """Measure every list of the folder.

    Args:
        documents: notices by 文号.
        folder: holds the lists; files *_left_out.jsonl are not lists of rows.
    """
    from app.ledger.read import read_requirements

    lines = []
    for path in sorted(folder.glob("*.jsonl")):
        if path.stem.endswith("_left_out"):
            continue
        notice = str(_fields(path.read_text(encoding="utf-8").splitlines()[0])["notice"])
        if notice not in documents:
            raise CorpusError(f"“{path}”所列的“{notice}”不在资料里；请把这份通知放回资料目录")
        document = documents[notice]
        lines += report(notice, load_gold(path, document), read_requirements(document))
    return lines


def main() -> None:
    """Print the scores over the bundled notices."""
    from corpus.load import bundled_folder, load_corpus

    documents = {document.notice: document for document in load_corpus([bundled_folder()]).documents}
    sys.stdout.write("\n".join(measure(documents)) + "\n")


if __name__ == "__main__":
    main()
