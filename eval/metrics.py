"""The metrics, each a pure function; their definitions stand in eval/README.md."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Mapping, Sequence

from app.model import Answer, Citation
from corpus.model import Document, Unit
from corpus.regions import chain, find_region
from corpus.sentences import split_sentences
from eval.cases import normalise
from eval.model import Case, Quote, Retrieved

DEPTHS = (1, 3, 5, 10)
Group = Sequence[Quote]
#: A year named by its number, or told from another.
_YEAR = re.compile(
    r"(?<!\d)(?:19|20)\d\d(?!\d|[平立]方|[吨人米元个万名户])|(?<![\d了过满近超])\d\d年(?![以之]|的?老)"
    r"|[去今前]年|上一?年|[新旧老]版"
)


def holds(passage: Retrieved, quote: Quote) -> bool:
    """A passage holds evidence when it is of that notice and contains the quote, both normalised."""
    return passage.notice == quote.notice and normalise(quote.quote) in normalise(passage.text)


def group_ranks(groups: Sequence[Group], passages: Sequence[Retrieved]) -> list[int | None]:
    """Rank (from 1) of the first passage that holds any alternative of each group; None when none does."""
    return [
        next((rank for rank, one in enumerate(passages, 1) if any(holds(one, quote) for quote in group)), None)
        for group in groups
    ]


def recall_at(ranks: Sequence[int | None], k: int) -> bool:
    """All groups are held by the first k passages."""
    return all(rank is not None and rank <= k for rank in ranks)


def reciprocal_rank(ranks: Sequence[int | None]) -> float:
    """One over the rank of the first passage that holds any group; 0 when none does."""
    found = [rank for rank in ranks if rank is not None]
    return 1 / min(found) if found else 0.0


def ndcg(ranks: Sequence[int | None], k: int = 10) -> float:
    """Discounted gain of each group at the rank where it is first held, over the best possible.

    Several groups in one passage gain together there, so the best possible is all groups at rank 1.
    """
    if not ranks:
        return 0.0
    gain = sum(1 / math.log2(rank + 1) for rank in ranks if rank is not None and rank <= k)
    return gain / len(ranks)


def is_evidence(citation: Citation, quote: Quote) -> bool:
    """A cited quote is evidence when it contains the evidence, or lies in the evidence or in its sentence."""
    if citation.notice != quote.notice:
        return False
    cited, wanted = normalise(citation.quote), normalise(quote.quote)
    if not cited.strip("。；"):
        return False
    if wanted in cited or cited.strip("。；") in wanted:
        return True
    sentences = (normalise(one.text) for one in split_sentences(citation.clause_text))
    return any(wanted in sentence and cited in sentence for sentence in sentences)


def citation_precision(citations: Sequence[Citation], groups: Sequence[Group]) -> float | None:
    """Share of citations that are evidence; None without citations or without groups."""
    if not citations or not groups:
        return None
    return sum(any(is_evidence(one, quote) for group in groups for quote in group) for one in citations) / len(
        citations
    )


def citation_recall(citations: Sequence[Citation], groups: Sequence[Group]) -> float | None:
    """Share of evidence groups of which some alternative is cited; None without groups."""
    if not groups:
        return None
    return sum(any(is_evidence(one, quote) for one in citations for quote in group) for group in groups) / len(groups)


def citations_valid(citations: Sequence[Citation], units: Mapping[tuple[str, str], Sequence[Unit]]) -> bool:
    """Every citation names an existing clause, and its quote is verbatim in that clause."""
    return all(
        any(one.quote and one.quote in unit.text for unit in units.get((one.notice, one.label), ()))
        for one in citations
    )


def status_right(case: Case, answer: Answer) -> bool:
    """The status the case fixes; else answered exactly when the case is answerable."""
    if case.status is not None:
        return answer.status.value == case.status
    return (answer.status.value == "answered") == case.answerable


def includes(text: str, groups: Sequence[Sequence[str]]) -> bool:
    """Some alternative of every group is in the text."""
    plain = normalise(text)
    return all(any(normalise(word) in plain for word in group) for group in groups)


def excludes(text: str, words: Sequence[str]) -> bool:
    """None of the words is in the text."""
    plain = normalise(text)
    return not any(normalise(word) in plain for word in words)


def stays_inside(case: Case, answer: Answer, documents: Mapping[str, Document]) -> bool:
    """An answered case that needs its place (year) cites only the asked place and the levels above it (that year).

    The asked places are those of the evidence and those that the asker names; the asked years those of the evidence
    and, where the asker names none, the newest year of each place.
    """
    if answer.status.value != "answered" or not case.evidence:
        return True
    asked = "".join(case.asked)
    wanted = [documents[quote.notice] for group in case.evidence for quote in group if quote.notice in documents]
    held = {one.region for one in documents.values()}
    regions = {one.region for one in wanted} | {
        one for one in held if (place := find_region(one)) and place.short in asked
    }
    regions |= {above.name for one in set(regions) if (region := find_region(one)) for above in chain(region)}
    years = {(citation.region, one.year) for one in wanted for citation in answer.citations}
    if not _YEAR.search(asked):
        newest: dict[str, int] = {}
        for one in documents.values():
            newest[one.region] = max(one.year or 0, newest.get(one.region, 0))
        years |= {(region, year or None) for region, year in newest.items()}
    return all(
        ("place" not in case.needs or citation.region in regions)
        and ("year" not in case.needs or (citation.region, citation.year) in years)
        for citation in answer.citations
    )


def abstention(refused: Sequence[bool], should: Sequence[bool]) -> dict[str, float]:
    """Precision, recall and F1 of refusing, with unanswerable cases as the positive class; 0 for nothing over nothing.

    Args:
        refused: one a case: an answer came, and its status is not answered.
        should: one a case: it is not answerable.
    """
    right = sum(one and other for one, other in zip(refused, should, strict=True))
    precision = right / sum(refused) if any(refused) else 0.0
    recall = right / sum(should) if any(should) else 0.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return {"precision": precision, "recall": recall, "f1": f1}


def interval(values: Sequence[float], rounds: int = 1000, seed: int = 20240411) -> tuple[float, float]:
    """Bootstrap 95% interval of the mean (Efron 1979, percentile method), with a fixed seed; (0, 0) without values.

    Args:
        values: one a case.
        rounds: resamples.
        seed: of the random numbers.
    """
    if not values:
        return 0.0, 0.0
    chance = random.Random(seed)
    means = sorted(sum(chance.choices(values, k=len(values))) / len(values) for _ in range(rounds))
    return means[int(0.025 * rounds)], means[int(0.975 * rounds) - 1]


def percentile(values: Sequence[float], share: float) -> float:
    """The least of the values that has a share of them at or below it (nearest rank); 0.0 without values."""
    ordered = sorted(values)
    rank = math.ceil(round(share * len(ordered), 9))  # rounded: 0.07 * 100 is a little more than 7 in binary
    return ordered[min(max(rank, 1), len(ordered)) - 1] if ordered else 0.0
