"""Adversarial set (对抗样本): no answer altered by any kind passes the check, and no answer left alone is held back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import Any

import pytest

import app.service
from app.answer.extract import Extractor
from app.check.citations import check
from app.check.evidence import Asked, asked_in
from app.model import Answer, Draft, Inquiry, Status
from app.service import Service
from corpus.model import UnitKind
from index.store import Index
from tests.altered import KINDS

PLACES = (None, "泽州县", "高平市", "山西省", "临汾市")
#: Questions by kind; {} is the subject of a clause, taken from its heading.
TEMPLATES = (
    "{}多久检查一次？", "{}由谁牵头？", "{}有哪些要求？", "{}最多多少人？", "{}什么时候前完成？", "{}能不能不办手续？",
    "{}各地有什么区别？", "什么是{}？", "{}怎么办？", "{}必须培训吗？", "我单位{}检查频次要求",
)  # fmt: skip
#: Questions of the document itself, of clauses by number, of years and of places that have no notice.
OWN = (
    *(
        f"{place}2024年通知{asked}"
        for place in PLACES[1:]
        for asked in ("的文号是什么", "什么时候发的", "主送谁", "第三部分第十七条是什么")
    ),
    "今年安委会多久开一次会",
    "去年煤矿入井人数上限",
    "沁水县森林防火",
    "泽州2023年和2024年煤矿有什么变化",
    "晋城市消防怎么查",
    "2022年煤矿怎么规定",
    "临政函〔2024〕14号批的是啥",
    "安委会多久开一次会",
    "主要负责人多久去现场查一次",
    "停用的尾矿库怎么办",
    "井下一个班最多能下多少人",
    "自建房能不能加盖",
    "没有培训能上岗吗",
    "泽州和高平的燃气条款有什么区别",
    "专职救援队伍不少于多少人",
    "年产90万吨的煤矿要智能化改造吗",
    "从业人员必须培训合格才能上岗吗",
    "森林草原火灾由谁牵头",
    "燃气整治谁牵头",
)
#: How many answers each kind alters, and how many alterations of one answer it makes, to stay quick.
MOST_ANSWERS, MOST_OF_ONE = 40, 3

Asking = tuple[Draft, Asked]


def questions(index: Index) -> Iterator[Inquiry]:
    """Each subject with some of the templates, for two places in turn, then the questions above."""
    headings = (unit.heading for unit in index.all_units if unit.kind is UnitKind.CLAUSE and unit.heading)
    subjects = sorted({re.sub("(?:领域)?专项整治$", "", heading) for heading in headings})
    for nth, subject in enumerate(subjects):
        for kind, template in enumerate(TEMPLATES):
            for turn in range(2 if (nth + kind) % 6 == 0 else 0):
                yield Inquiry(question=template.format(subject), region=PLACES[(nth + kind + turn) % len(PLACES)])
    yield from (Inquiry(question=asked) for asked in OWN)


@pytest.fixture(scope="module")
def checked(service: Service, index: Index) -> Iterator[list[tuple[Draft, Asked, list[str]]]]:
    """Every draft that reached the check, with what it said: as the service itself calls it."""
    seen: list[tuple[Draft, Asked, list[str]]] = []
    embedder = service._searcher._embedder

    def spy(draft: Draft, asked: Asked, *rest: object) -> list[str]:
        found = check(draft, asked, *rest)  # type: ignore[arg-type]
        seen.append((draft, asked, found))
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app.service, "check", spy)
        # A question asked of two places is embedded once.
        patch.setattr(embedder, "encode_query", cache(embedder.encode_query))
        for inquiry in questions(index):
            service.ask(inquiry)
        yield seen


@pytest.fixture(scope="module")
def real(checked: list[tuple[Draft, Asked, list[str]]]) -> list[Asking]:
    """The answers to alter: unlike each other, of all kinds and places."""
    return list({draft.text: (draft, asked) for draft, asked, _ in checked if draft.citations}.values())


def altered(kind: str, real: list[Asking], index: Index) -> Iterator[tuple[Draft, Draft, Asked]]:
    """The first alterations of a kind: (real, altered, what was asked)."""
    answers = 0
    for draft, asked in real:
        made = [one for one in islice(KINDS[kind](draft, index.all_units), MOST_OF_ONE) if one != draft]
        yield from ((draft, one, asked) for one in made)
        answers += bool(made)
        if answers == MOST_ANSWERS:
            return


def test_no_false_alarm(checked: list[tuple[Draft, Asked, list[str]]]) -> None:
    """Not one of hundreds of answers left alone has a fault."""
    assert {asked.question: found for _, asked, found in checked if found} == {}
    assert len(checked) >= 300
    assert sum(draft.status is Status.ANSWERED for draft, _, _ in checked) >= 200
    assert sum(draft.status is Status.NOT_STIPULATED for draft, _, _ in checked) >= 50


@pytest.mark.parametrize("kind", list(KINDS))
def test_altered_answers_are_caught(kind: str, real: list[Asking], service: Service, index: Index) -> None:
    """Every altered answer has a fault, and each fault is one Chinese line."""
    made = 0
    missed = []
    for draft, one, asked in altered(kind, real, index):
        found = check(one, asked, service.units, service.documents)
        made += 1
        if not found:
            missed.append((asked.question, set(one.text.splitlines()) - set(draft.text.splitlines()) or one.citations))
        assert all(fault and "\n" not in fault for fault in found)
    assert missed == []
    assert made >= 5


def test_enough_altered_answers(real: list[Asking], index: Index) -> None:
    """The set holds enough answers of enough kinds."""
    made = [one for kind in KINDS for one in altered(kind, real, index)]
    assert len({draft.text for draft, _, _ in made}) >= 40
    assert len({(one.text, one.citations) for _, one, _ in made}) >= 1000
    assert len(KINDS) >= 20


def test_an_answer_proves_itself(service: Service, real: list[Asking]) -> None:
    """What the answer itself says of question and scope is enough to check it again."""
    for _, asked in real[::30]:
        answer = service.ask(Inquiry(question=asked.question.split(" ")[0]))
        again = Draft(status=answer.status, text=answer.text, citations=answer.citations)
        assert check(again, asked_in(answer), service.units, service.documents) == []
        assert isinstance(answer, Answer)


def test_the_service_fails_closed(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer with a false lead is not shown; one visible line says so."""
    compose = Extractor.draft

    def lie(self: Extractor, *args: Any, **options: Any) -> Draft:
        draft = compose(self, *args, **options)
        return draft.model_copy(update={"text": f"可以。\n\n{draft.text}"})

    monkeypatch.setattr(Extractor, "draft", lie)
    answer = service.ask(Inquiry(question="自建房能不能加盖", region="泽州县"))
    assert answer.status is Status.NOT_STIPULATED
    assert answer.text.startswith("答案没有通过引用核对，已拦截")
    assert "“可以”与所引原文的“严禁”不符" in answer.text
    assert answer.citations == ()
