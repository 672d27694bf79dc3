"""Scores of made answers over the real corpus: each wrong in one way or in several, and what is named first."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.model import Answer, Citation, Status
from corpus.model import Document, Source, Unit
from eval.model import Case, Cause, Quote, Retrieved, Scores
from eval.scores import score

ZEZHOU, OLDER_ZEZHOU, GAOPING = "泽政发〔2024〕1号", "泽政发〔2023〕1号", "高政发〔2024〕1号"
CHECKS, FUNDS = "企业厂矿（车间）要日检日查、立查立改", "足额提取使用安全生产费用"
CASE = Case(
    id="made",
    type="frequency",
    question="泽州的厂子多久自查一回",
    answerable=True,
    status="answered",
    evidence=((Quote(notice=ZEZHOU, quote=CHECKS),),),
    must_include=(("日检日查", "每天"),),
    must_not_include=("每月两次",),
    needs=("place", "year"),
)
TWO = CASE.model_copy(update={"evidence": (*CASE.evidence, (Quote(notice=ZEZHOU, quote=FUNDS),))})
FREE = CASE.model_copy(update={"evidence": ()})
REFUSE = CASE.model_copy(update={"answerable": False, "status": "not_stipulated", "must_include": ()})
EITHER = REFUSE.model_copy(update={"status": None})
RIGHT, VAGUE, BOTH, WRONG = "每天：日检日查。[1]", "要经常查。[1]", "每天，或每月两次。[1]", "每月两次。[1]"
HIT = Retrieved(notice=ZEZHOU, label="一、（四）", text=f"{CHECKS}。")
FAR = [HIT.model_copy(update={"text": "无"})] * 10 + [HIT]
Cite = Callable[..., Citation]
Scored = Callable[[Case, Answer | None, Sequence[Retrieved]], Scores]
Units = dict[tuple[str, str], list[Unit]]


@pytest.fixture(scope="module")
def units(documents: dict[str, Document]) -> Units:
    """Units by 文号 and label."""
    held: Units = {}
    for unit in (unit for document in documents.values() for unit in document.units):
        held.setdefault((unit.notice, unit.label), []).append(unit)
    return held


@pytest.fixture(scope="module")
def cite(units: Units, documents: dict[str, Document]) -> Cite:
    """Makes a citation of the clause that holds a quote."""

    def make(held: str, notice: str = ZEZHOU, **values: Any) -> Citation:
        unit = next(one for (of, _), found in units.items() for one in found if of == notice and held in one.text)
        document = documents[notice]
        made: dict[str, Any] = {
            "n": 1, "notice": notice, "label": unit.label, "heading": unit.heading, "quote": held,
            "clause_text": unit.text, "region": document.region, "year": document.year,
            "source": Source(file=document.file, start=0, end=1),
        }  # fmt: skip
        return Citation(**(made | values))

    return make


@pytest.fixture(scope="module")
def scored(units: Units, documents: dict[str, Document]) -> Scored:
    """Scores an answer over the real corpus."""
    return lambda case, answer, hits: score(case, answer, hits, units, documents)


def made(*citations: Citation, status: str = "answered", text: str = RIGHT) -> Answer:
    """An answer."""
    return Answer(question="问", status=Status(status), text=text, citations=citations)


def test_a_right_answer(cite: Cite, scored: Scored) -> None:
    """Every score by hand: the evidence at rank 2, cited once among two quotes."""
    hits = [HIT.model_copy(update={"text": "无"}), HIT]
    scores = scored(CASE, made(cite(CHECKS), cite(FUNDS)), hits)
    assert scores == Scores(
        recall={1: False, 3: True, 5: True, 10: True},
        reciprocal_rank=0.5,
        ndcg=1 / math.log2(3),
        citation_precision=0.5,
        citation_recall=1.0,
        citation_valid=True,
        status_right=True,
        included=True,
        excluded=True,
        inside=True,
        correct=True,
        characters=len(RIGHT),
        faults=(),
    )


@pytest.mark.parametrize(
    ("case", "quotes", "values", "hits", "faults"),
    [
        # One thing wrong.
        (CASE, [CHECKS], {"status": "not_stipulated"}, [HIT], [Cause.FALSE_REFUSAL]),
        (CASE, [CHECKS], {"status": "out_of_scope"}, [HIT], [Cause.FALSE_REFUSAL]),
        (CASE, [FUNDS], {}, [HIT], [Cause.NOT_CITED]),
        (CASE, [], {}, [HIT], [Cause.NOT_CITED]),
        (CASE, [FUNDS], {}, [], [Cause.NOT_RETRIEVED]),
        (CASE, [FUNDS], {}, FAR, [Cause.NOT_RETRIEVED]),
        (CASE, [FUNDS], {}, FAR[1:], [Cause.NOT_CITED]),
        (TWO, [CHECKS], {}, [HIT], [Cause.NOT_RETRIEVED]),
        (CASE, [CHECKS], {"text": VAGUE}, [HIT], [Cause.MISSING]),
        (CASE, [CHECKS], {"text": BOTH}, [HIT], [Cause.UNWANTED]),
        (CASE, [CHECKS, (CHECKS, GAOPING)], {}, [HIT], [Cause.OUTSIDE]),
        (CASE, [CHECKS, ("日检日查", OLDER_ZEZHOU)], {}, [HIT], [Cause.OUTSIDE]),
        (REFUSE, [], {}, [HIT], [Cause.FALSE_ANSWER]),
        (EITHER, [], {}, [HIT], [Cause.FALSE_ANSWER]),
        (REFUSE, [], {"status": "out_of_scope"}, [HIT], [Cause.OTHER_REFUSAL]),
        # Several: the status first, then the place, then the evidence, then the words.
        (CASE, [], {"status": "not_stipulated", "text": VAGUE}, [],
         [Cause.FALSE_REFUSAL, Cause.NOT_RETRIEVED, Cause.MISSING]),
        (CASE, [(CHECKS, GAOPING)], {"text": WRONG}, [],
         [Cause.OUTSIDE, Cause.NOT_RETRIEVED, Cause.MISSING, Cause.UNWANTED]),
        (CASE, [(CHECKS, GAOPING)], {"text": WRONG}, [HIT],
         [Cause.OUTSIDE, Cause.NOT_CITED, Cause.MISSING, Cause.UNWANTED]),
        (CASE, [(CHECKS, GAOPING)], {"text": WRONG, "status": "out_of_scope"}, [HIT],
         [Cause.FALSE_REFUSAL, Cause.NOT_CITED, Cause.MISSING, Cause.UNWANTED]),
        (REFUSE, [(CHECKS, GAOPING)], {"text": WRONG}, [],
         [Cause.FALSE_ANSWER, Cause.OUTSIDE, Cause.UNWANTED]),
        (REFUSE, [], {"text": WRONG, "status": "out_of_scope"}, [], [Cause.OTHER_REFUSAL, Cause.UNWANTED]),
        # None.
        (REFUSE, [CHECKS], {"status": "not_stipulated"}, [HIT], []),
        (REFUSE, [], {"status": "not_stipulated"}, [], []),
        (EITHER, [], {"status": "out_of_scope"}, [], []),
        (TWO, [CHECKS, FUNDS], {}, [], []),
        (FREE, [], {}, [], []),
    ],
)  # fmt: skip
def test_each_way_to_be_wrong(
    case: Case,
    quotes: list[Any],
    values: dict[str, str],
    hits: list[Retrieved],
    faults: list[Cause],
    cite: Cite,
    scored: Scored,
) -> None:
    """Everything that is wrong is named, the chief cause first; correct is having no fault; the flags follow."""
    citations = [cite(*one) if isinstance(one, tuple) else cite(one) for one in quotes]
    scores = scored(case, made(*citations, **values), hits)
    assert list(scores.faults) == faults
    assert scores.correct == (not faults)
    assert scores.status_right == (not {Cause.FALSE_ANSWER, Cause.FALSE_REFUSAL, Cause.OTHER_REFUSAL} & set(faults))
    assert (scores.inside, scores.included, scores.excluded) == (
        Cause.OUTSIDE not in faults,
        Cause.MISSING not in faults,
        Cause.UNWANTED not in faults,
    )


@given(
    case=st.sampled_from([CASE, TWO, FREE, REFUSE, EITHER]),
    quotes=st.lists(st.sampled_from([(CHECKS, ZEZHOU), (FUNDS, ZEZHOU), (CHECKS, GAOPING)]), max_size=3),
    status=st.sampled_from(list(Status)),
    text=st.sampled_from([RIGHT, VAGUE, BOTH, WRONG]),
    hits=st.sampled_from([[], [HIT], FAR]),
)
def test_causes_come_in_their_order(
    case: Case,
    quotes: list[tuple[str, str]],
    status: Status,
    text: str,
    hits: list[Retrieved],
    cite: Cite,
    scored: Scored,
) -> None:
    """Whatever is wrong with an answer, causes stand in the order of Cause, each once, at most one for its status."""
    scores = scored(case, made(*(cite(*one) for one in quotes), status=status.value, text=text), hits)
    order = list(Cause)
    places = [order.index(one) for one in scores.faults]
    assert places == sorted(set(places))
    assert len({Cause.FALSE_ANSWER, Cause.FALSE_REFUSAL, Cause.OTHER_REFUSAL} & set(scores.faults)) <= 1
    assert len({Cause.NOT_CITED, Cause.NOT_RETRIEVED} & set(scores.faults)) <= 1
    assert Cause.ERROR not in scores.faults


@pytest.mark.parametrize(
    ("values", "valid"),
    [({}, True), ({"quote": f"{CHECKS}嘛"}, False), ({"label": "九、"}, False), ({"quote": ""}, False)],
)
def test_invalid_citation_is_told(values: dict[str, str], valid: bool, cite: Cite, scored: Scored) -> None:
    """Words that the clause does not have, or a clause that is not there, beside a good citation."""
    assert scored(CASE, made(cite(CHECKS), cite(CHECKS, **values)), [HIT]).citation_valid is valid


def test_unanswerable_has_no_shares(scored: Scored) -> None:
    """Retrieval and citations are not scored where no answer is wanted, nor where no evidence is given."""
    for case, answer in ((REFUSE, made(status="not_stipulated")), (FREE, made())):
        scores = scored(case, answer, [HIT])
        assert scores.correct
        assert (scores.recall, scores.reciprocal_rank, scores.ndcg) == (None, None, None)
        assert scores.citation_precision is scores.citation_recall is None


def test_no_answer_is_wrong(scored: Scored) -> None:
    """A case that the program failed at is wrong, answerable or not, and nothing else is said of it."""
    for case in (CASE, REFUSE):
        scores = scored(case, None, [HIT])
        assert (scores.correct, scores.status_right, scores.included) == (False, False, False)
        assert (scores.excluded, scores.inside, scores.citation_valid) == (True, True, True)
        assert (scores.faults, scores.characters) == ((Cause.ERROR,), 0)
    assert scored(CASE, None, [HIT]).recall == {1: True, 3: True, 5: True, 10: True}
    assert scored(CASE, None, [HIT]).citation_recall == 0.0
