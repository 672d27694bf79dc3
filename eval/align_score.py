"""Score the alignment of notices against the hand-made tables: python -m eval.align_score."""

from __future__ import annotations

import argparse
import json
import sys
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.align.engine import align
from app.align.model import Alignment
from corpus.load import bundled_folder, load_corpus
from corpus.model import Document
from eval.align_sentences import sentence_lines

TABLES = Path(__file__).parent / "alignment"
#: The tables that the engine's rules were read against; of the others only totals were ever looked at.
DEVELOPMENT = ("zezhou2024-zezhou2023", "zezhou2024-linfen2024", "gaoping2024-shanxi2024")

Pair = tuple[str | None, str | None]


@dataclass(frozen=True)
class Table:
    """One hand-made table: its rows as pairs of labels."""

    name: str
    left: str
    right: str
    relations: Mapping[Pair, str | None]
    noted: frozenset[Pair]


@dataclass
class Count:
    """Pairs found and to be found, and how many are right."""

    right: int = 0
    found: int = 0
    wanted: int = 0

    def add(self, found: set[Pair], wanted: set[Pair]) -> None:
        """Count one comparison."""
        self.right += len(found & wanted)
        self.found += len(found)
        self.wanted += len(wanted)

    @property
    def precision(self) -> float:
        """Share of the found that is right; 1 when nothing was found."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Share of the wanted that was found; 1 when nothing was wanted."""
        return self.right / self.wanted if self.wanted else 1.0


@dataclass
class Score:
    """The counts of one table, or of several together."""

    pairs: Count = field(default_factory=Count)
    main: Count = field(default_factory=Count)
    part: Count = field(default_factory=Count)
    null: Count = field(default_factory=Count)
    sure: Count = field(default_factory=Count)
    sure_main: Count = field(default_factory=Count)
    sure_part: Count = field(default_factory=Count)
    relation: Count = field(default_factory=Count)

    def add(self, table: Table, found: Mapping[Pair, str | None]) -> None:
        """Count one alignment against its table."""
        wanted = table.relations
        for name, kinds in (("pairs", {"same", "changed", "part"}), ("main", {"same", "changed"}), ("part", {"part"})):
            rows = [{pair for pair, kind in one.items() if kind in kinds} for one in (found, wanted)]
            getattr(self, name).add(*rows)
            sure = "sure" if name == "pairs" else f"sure_{name}"
            getattr(self, sure).add(*(one - table.noted for one in rows))
        self.null.add(*({pair for pair, kind in one.items() if kind is None} for one in (found, wanted)))
        both = [pair for pair, kind in wanted.items() if kind and found.get(pair)]
        agreed = sum(found[pair] == wanted[pair] for pair in both)
        self.relation.right, self.relation.found = self.relation.right + agreed, self.relation.found + len(both)


def load_tables(folder: Path = TABLES) -> tuple[Table, ...]:
    """Read the hand-made tables, by name."""
    notices = tomllib.loads((folder / "notices.toml").read_text(encoding="utf-8"))
    tables = []
    for path in sorted(folder.glob("*.jsonl")):
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
        left, right = path.stem.split("-")
        tables.append(
            Table(
                name=path.stem,
                left=notices[left],
                right=notices[right],
                relations={(row["left"], row["right"]): row.get("relation") for row in rows},
                noted=frozenset((row["left"], row["right"]) for row in rows if row.get("note")),
            )
        )
    return tuple(tables)


def found_pairs(alignment: Alignment) -> dict[Pair, str | None]:
    """The rows of an alignment, in the form of a table."""
    rows: dict[Pair, str | None] = {(link.left, link.right): link.relation.value for link in alignment.links}
    return (
        rows
        | {(label, None): None for label in alignment.only_left}
        | {(None, label): None for label in alignment.only_right}
    )


def score_tables(tables: Iterable[Table], documents: Mapping[str, Document]) -> Score:
    """Align the notices of the tables, and count."""
    score = Score()
    for table in tables:
        score.add(table, found_pairs(align(documents[table.left], documents[table.right])))
    return score


def faults(table: Table, documents: Mapping[str, Document]) -> list[str]:
    """What is wrong with the alignment of one table's notices, one line each (for the development tables)."""
    found = found_pairs(align(documents[table.left], documents[table.right]))
    lines = []
    for pair in sorted({*found, *table.relations}, key=str):
        ours, theirs = (_kind(rows, pair) for rows in (found, table.relations))
        if ours != theirs:
            lines.append(
                f"{table.name} {pair[0]} | {pair[1]}: {ours}, in the table {theirs}"
                + " (noted)" * (pair in table.noted)
            )
    return lines


def _kind(rows: Mapping[Pair, str | None], pair: Pair) -> str:
    return "no row" if pair not in rows else rows[pair] or "null"


def _line(name: str, score: Score) -> str:
    cells = [
        f"{count.precision:.3f}/{count.recall:.3f}"
        for count in (score.pairs, score.main, score.part, score.null, score.sure, score.sure_main, score.sure_part)
    ]
    return f"{name:24} " + "  ".join(cells) + f"  {score.relation.precision:.3f}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print precision/recall: of each table, or with --totals of the development and the held-out tables only."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--totals", action="store_true", help="only the totals, so that held-out tables stay unread")
    parser.add_argument("--faults", action="store_true", help="the differing rows of the development tables")
    parser.add_argument("--sentences", action="store_true", help="only what is said of single sentences")
    options = parser.parse_args(arguments)
    documents = {one.notice: one for one in load_corpus([bundled_folder()]).documents}
    if options.sentences:
        sys.stdout.write("\n".join(sentence_lines(documents)) + "\n")
        return 0
    tables = load_tables()
    lines = [
        f"{'precision/recall':24} "
        + "".join(
            f"{name:13}" for name in ("all pairs", "main", "part", "null", "sure", "sure main", "sure part", "relation")
        )
    ]
    shown = [] if options.totals else list(tables)
    lines += [_line(table.name, score_tables([table], documents)) for table in shown]
    held = [table for table in tables if table.name not in DEVELOPMENT]
    developed = [table for table in tables if table.name in DEVELOPMENT]
    for name, some in (("development", developed), ("held out", held), ("all", tables)):
        lines.append(_line(name, score_tables(some, documents)))
    if options.faults:
        lines += [line for table in developed for line in faults(table, documents)]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
