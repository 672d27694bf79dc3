"""Score what 对照 says of single sentences (新增, 未再提, 改写 …) against sentences judged by hand."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.align.changes import Change, ChangeKind, changes
from app.align.compare import Comparer
from corpus.model import Document

TABLES = Path(__file__).parent / "alignment"
#: What is said of a sentence that no change speaks of: it is in both notices.
SAME = "same"
_ALONE = (ChangeKind.ONLY_LEFT.value, ChangeKind.ONLY_RIGHT.value)


@dataclass(frozen=True)
class Judged:
    """One sentence of a notice, held by hand against the whole of the other."""

    left: str
    right: str
    is_left: bool
    label: str
    start: int
    quote: str
    was: str
    truth: str
    places: frozenset[str]
    is_doubtful: bool


@dataclass(frozen=True)
class Verdict:
    """What is said of a sentence, and the clause of the other notice that is quoted with it; empty for none."""

    kind: str
    place: str = ""


def load_judged(name: str, folder: Path = TABLES) -> tuple[Judged, ...]:
    """Read a list of judged sentences.

    Args:
        name: first or second.
        folder: where the tables lie.
    """
    notices = tomllib.loads((folder / "notices.toml").read_text(encoding="utf-8"))
    lines = (folder / "sentences" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(
        Judged(
            left=notices[row["left"]],
            right=notices[row["right"]],
            is_left=row["side"] == "left",
            label=row["label"],
            start=row["start"],
            quote=row["quote"],
            was=row["claim"],
            truth=row["truth"],
            places=frozenset(row.get("at", ())),
            is_doubtful="note" in row,
        )
        for row in map(json.loads, lines)
    )


def verdicts(judged: Iterable[Judged], documents: Mapping[str, Document]) -> list[Verdict]:
    """What the comparison says of each sentence now."""
    told: dict[tuple[str, str], Sequence[Change]] = {}
    found = []
    for one in judged:
        pair = (one.left, one.right)
        if pair not in told:
            told[pair] = changes(Comparer(documents[one.left], documents[one.right]))
        found.append(_verdict(one, told[pair]))
    return found


def _verdict(one: Judged, found: Iterable[Change]) -> Verdict:
    for change in found:
        label, spans, other = (
            (change.left, change.left_spans, change.right)
            if one.is_left
            else (change.right, change.right_spans, change.left)
        )
        is_own = change.of_left is None or change.of_left == one.is_left
        if is_own and label == one.label and any(span.start == one.start for span in spans):
            return Verdict(change.kind.value, "" if change.kind.value in _ALONE else other)
    return Verdict(SAME)


@dataclass
class Sentences:
    """Of judged sentences: what is said to be in one notice alone, what is so, and what is quoted."""

    said: int = 0
    right: int = 0
    alone: int = 0
    quoted: int = 0
    placed: int = 0

    def add(self, one: Judged, verdict: Verdict) -> None:
        """Count one sentence."""
        is_said, is_alone = verdict.kind in _ALONE, one.truth == "none"
        self.said += is_said
        self.alone += is_alone
        self.right += is_said and is_alone
        if verdict.place and not is_alone:
            self.quoted += 1
            self.placed += verdict.place in one.places

    def line(self, name: str) -> str:
        """The counts as one line."""
        return (
            f"{name:30} said {self.said:3}, of these right {self.right:3}, wrong {self.said - self.right:3};"
            f" in one notice alone {self.alone:3}, not said {self.alone - self.right:3};"
            f" quoted {self.quoted:3}, the right clause {self.placed:3}"
        )


def sentence_lines(documents: Mapping[str, Document]) -> list[str]:
    """Both lists, as it was when they were drawn and as it is; all sentences, and those that are not doubtful."""
    lines = []
    for name in ("first", "second"):
        judged = load_judged(name)
        now = verdicts(judged, documents)
        for title, some in (("when drawn", [Verdict(one.was) for one in judged]), ("now", now)):
            counts, sure = Sentences(), Sentences()
            for one, verdict in zip(judged, some, strict=True):
                counts.add(one, verdict)
                if not one.is_doubtful:
                    sure.add(one, verdict)
            lines += [counts.line(f"{name}, {title}"), sure.line(f"{name}, {title}, sure ones")]
    return lines
