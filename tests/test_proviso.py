"""The proviso by which the levels below answer for every clause (以下均需…负责，不再一一列出)."""

from __future__ import annotations

import pytest

from app.answer.choose import Choice, Verdict
from app.answer.proviso import with_provisos
from app.model import Inquiry, Status
from app.service import Service
from index.store import Index
from retrieval.model import Scope, Tier

ZEZHOU, OLDER_ZEZHOU = "泽政发〔2024〕1号", "泽政发〔2023〕1号"
GAOPING, LINFEN = "高政发〔2024〕1号", "临政发〔2024〕1号"


@pytest.mark.parametrize(
    ("question", "cited"),
    [
        ("泽州的乡镇要不要管燃气", {(ZEZHOU, "三、（十七）"), (ZEZHOU, "一、（一）")}),
        ("高平乡镇要不要管燃气", {(GAOPING, "三、（十七）"), (GAOPING, "一、（一）")}),
        ("临汾各县要不要管燃气", {(LINFEN, "二、（一）9."), (LINFEN, "一、")}),
        ("泽州燃气由谁负责", {(ZEZHOU, "三、（十七）")}),
        ("高平燃气归哪个部门管", {(GAOPING, "三、（十七）")}),
    ],
)
def test_levels_below(question: str, cited: set[tuple[str, str]], service: Service) -> None:
    """Asked of the levels below, the proviso stands beside the clause's own bracket; otherwise it does not."""
    answer = service.ask(Inquiry(question=question))
    assert answer.status is Status.ANSWERED
    assert {(one.notice, one.label) for one in answer.citations} == cited
    assert ("以下均需" in answer.text) is (len(cited) > 1)


def test_a_notice_without_a_proviso(service: Service) -> None:
    """The notice that names no responsible units says nothing of the levels below either."""
    answer = service.ask(Inquiry(question="泽州2023年的乡镇要不要管燃气"))
    assert answer.status is Status.NOT_STIPULATED
    assert {one.notice for one in answer.citations} <= {OLDER_ZEZHOU}
    assert "以下均需" not in answer.text


def test_nothing_found_still_takes_the_place_asked(index: Index) -> None:
    """Where nothing answers, the proviso of the notices of the place does; those above it are not taken."""
    silent = Choice(verdict=Verdict.NOT_STIPULATED)
    scope = Scope(tiers={GAOPING: Tier.OWN, "晋政发〔2024〕1号": Tier.ABOVE})
    choice = with_provisos(silent, scope, index.all_units)
    assert choice.verdict is Verdict.ANSWERED
    assert [(pick.hit.notice, pick.hit.label) for pick in choice.picks] == [(GAOPING, "一、（一）")]
    assert choice.picks[0].quote in index.all_units[choice.picks[0].hit.unit].text
    assert with_provisos(silent, Scope(tiers={OLDER_ZEZHOU: Tier.OWN}), index.all_units) == silent
