"""Compare two runs: which measures moved, and which cases flipped."""

from __future__ import annotations

from pydantic import Field

from corpus.model import Frozen
from eval.model import Summary


class Flip(Frozen):
    """A case whose correctness changed, or whose cause of failing did."""

    id: str
    before: str = Field(description="chief cause of failing in the old run; empty when it was correct")
    after: str = Field(description="the same in the new run")


class Moved(Frozen):
    """A measure in both runs."""

    name: str
    before: float
    after: float


class Comparison(Frozen):
    """What changed from an old run to a new one, over the cases that both have."""

    common: int = Field(description="cases in both runs")
    only_before: tuple[str, ...] = Field(description="ids of the old run alone")
    only_after: tuple[str, ...] = Field(description="ids of the new run alone")
    moved: tuple[Moved, ...] = Field(description="every measure that both have; of all cases of each run")
    fixed: tuple[Flip, ...] = Field(description="wrong before, correct after")
    broken: tuple[Flip, ...] = Field(description="correct before, wrong after")
    shifted: tuple[Flip, ...] = Field(description="wrong in both, for another cause")


def compare(before: Summary, after: Summary) -> Comparison:
    """Compare two summaries case by case.

    Args:
        before: the old run.
        after: the new run.
    """
    flips = [
        Flip(id=name, before=old.cause, after=after.outcomes[name].cause)
        for name, old in before.outcomes.items()
        if name in after.outcomes and old.cause != after.outcomes[name].cause
    ]
    return Comparison(
        common=len(before.outcomes.keys() & after.outcomes.keys()),
        only_before=tuple(name for name in before.outcomes if name not in after.outcomes),
        only_after=tuple(name for name in after.outcomes if name not in before.outcomes),
        moved=tuple(
            Moved(name=name, before=before.measures[name]["value"], after=measure["value"])
            for name, measure in after.measures.items()
            if name in before.measures
        ),
        fixed=tuple(one for one in flips if not one.after),
        broken=tuple(one for one in flips if not one.before),
        shifted=tuple(one for one in flips if one.before and one.after),
    )


def as_lines(comparison: Comparison) -> list[str]:
    """Write a comparison as lines of text in Chinese, measures first, then the flipped cases."""
    lines = [f"共同用例 {comparison.common} 个"]
    lines += [f"只在旧结果中：{'、'.join(comparison.only_before)}"] if comparison.only_before else []
    lines += [f"只在新结果中：{'、'.join(comparison.only_after)}"] if comparison.only_after else []
    lines += [
        f"{one.name}\t{one.before:.4f} → {one.after:.4f}（{one.after - one.before:+.4f}）" for one in comparison.moved
    ]
    lines.append(f"变好 {len(comparison.fixed)} 个")
    lines += [f"+ {one.id}（原：{one.before}）" for one in comparison.fixed]
    lines.append(f"变差 {len(comparison.broken)} 个")
    lines += [f"- {one.id}（现：{one.after}）" for one in comparison.broken]
    lines.append(f"仍错而原因改变 {len(comparison.shifted)} 个")
    lines += [f"~ {one.id}（{one.before} → {one.after}）" for one in comparison.shifted]
    return lines
