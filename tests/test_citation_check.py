"""The citation check against altered answers: every alteration of a real answer is a fault, no real answer has one."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from app.check.citations import check
from app.check.evidence import asked_in
from app.model import Answer, Citation, Draft, Inquiry, Status
from app.service import Service
from corpus.model import Unit
from index.store import Index
from tests.conftest import DATA

Units = Mapping[tuple[str, str], Sequence[Unit]]
Alter = Callable[[Draft], Draft]

#: Real answers that are altered below: name to (question, region).
ASKED = {
    "燃气": ("我单位燃气检查频次要求?", "泽州县"),
    "负责人": ("主要负责人多久去现场查一次", "泽州县"),
    "自建房": ("自建房转为经营用途要取得什么证明", "泽州县"),
    "加盖": ("自建房能不能加盖", "泽州县"),
    "尾矿库": ("停用的尾矿库怎么办", "山西省"),
    "入井": ("泽州2023年井下一个班最多能下多少人", None),
    "牵头": ("燃气整治谁牵头", "临汾市"),
    "批复": ("临政函〔2024〕14号批的是啥", None),
    "对照": ("泽州和高平的燃气条款有什么区别", None),
    "全条": ("三、（十七）是什么", "泽州县"),
    "没有规定": ("我单位燃气检查频次要求?", "临汾市"),
}


@pytest.fixture(scope="session")
def units(index: Index) -> Units:
    """Units by 文号 and label."""
    found: dict[tuple[str, str], list[Unit]] = {}
    for unit in index.all_units:
        found.setdefault((unit.notice, unit.label), []).append(unit)
    return found


@pytest.fixture(scope="session")
def answers(service: Service) -> dict[str, Answer]:
    """The real answers."""
    return {name: service.ask(Inquiry(question=asked, region=region)) for name, (asked, region) in ASKED.items()}


def draft_of(answer: Answer) -> Draft:
    """The answer as it was before the check."""
    return Draft(status=answer.status, text=answer.text, citations=answer.citations)


def said(old: str, new: str, count: int = -1) -> Alter:
    """Change words of the text alone."""

    def alter(draft: Draft) -> Draft:
        assert old in draft.text, f"{old} is not in {draft.text}"
        return draft.model_copy(update={"text": draft.text.replace(old, new, count)})

    return alter


def cited(**change: Any) -> Alter:
    """Change fields of the last citation; a pair (old, new) changes words of a field."""

    def alter(draft: Draft) -> Draft:
        last = draft.citations[-1]
        update = {name: _changed(last, name, value) for name, value in change.items()}
        return draft.model_copy(update={"citations": (*draft.citations[:-1], last.model_copy(update=update))})

    return alter


def _changed(citation: Citation, name: str, value: Any) -> Any:
    if not isinstance(value, tuple):
        return value
    assert value[0] in getattr(citation, name), f"{value[0]} is not in {getattr(citation, name)}"
    return getattr(citation, name).replace(*value)


def both(old: str, new: str) -> Alter:
    """Change the words of the quote and of the text alike."""
    return lambda draft: cited(quote=(old, new))(said(old, new)(draft))


def throughout(old: str, new: str) -> Alter:
    """Change the words of quote, clause text and text alike."""
    return lambda draft: cited(quote=(old, new), clause_text=(old, new))(said(old, new)(draft))


def source(**change: Any) -> Alter:
    """Change the place in the received file of the last citation."""

    def alter(draft: Draft) -> Draft:
        return cited(source=draft.citations[-1].source.model_copy(update=change))(draft)

    return alter


def citations(change: Callable[[tuple[Citation, ...]], tuple[Citation, ...]]) -> Alter:
    """Change the row of citations."""
    return lambda draft: draft.model_copy(update={"citations": change(draft.citations)})


def numbered(*numbers: int) -> Alter:
    """Renumber the citations without changing the text."""
    return citations(lambda row: tuple(one.model_copy(update={"n": n}) for one, n in zip(row, numbers, strict=True)))


WORDS = [
    ("燃气", "每周至少", "每月至少"),
    ("燃气", "开展1次", "开展3次"),
    ("燃气", "至少2次", "至少1次"),
    ("燃气", "日检日查", "周检周查"),
    ("燃气", "每周至少", "每周至多"),
    ("燃气", "每月带队", "每季度带队"),
    ("燃气", "企业主要负责人", "安全管理人员"),
    ("燃气", "立查立改", "限期整改"),
    ("燃气", "要日检日查", "可以日检日查"),
    ("燃气", "带队检查", "检查"),
    ("自建房", "必须取得", "可以取得"),
    ("自建房", "必须取得", "无需取得"),
    ("自建房", "和房屋安全鉴定", "或者房屋安全鉴定"),
    ("自建房", "经营用途", "居住用途"),
    ("加盖", "严禁", "允许"),
    ("加盖", "严禁", "不得"),
    ("加盖", "违规", ""),
    ("尾矿库", "超过3年", "超过5年"),
    ("尾矿库", "3年", "3个月"),
    ("尾矿库", "必须在年内", "应当在三年内"),
    ("尾矿库", "或者", "并且"),
    ("入井", "不得超过500人", "超过500人"),
    ("入井", "500人", "800人"),
    ("入井", "500人", "500名"),
    ("入井", "20%", "20人"),
    ("入井", "所有煤矿", "整合煤矿"),
    ("牵头", "市城市管理局", "市住建局"),
    ("牵头", "牵头", "配合"),
    ("批复", "较大", "重大"),
    ("全条", "县应急管理局", "市应急管理局"),
    ("对照", "燃气", "蒸汽"),
    ("没有规定", "燃气", "煤气"),
]
ALTERED: list[tuple[str, str, Alter]] = [
    *((name, f"both:{old}>{new}", both(old, new)) for name, old, new in WORDS),
    *((name, f"text:{old}>{new}", said(f"{old}", new)) for name, old, new in WORDS[:12]),
    *((name, f"quote:{old}>{new}", cited(quote=(old, new))) for name, old, new in WORDS[10:22]),
    *((name, f"clause:{old}>{new}", throughout(old, new)) for name, old, new in WORDS[:29]),
    ("入井", "不得 dropped in quote and clause", throughout("不得超过500人", "超过500人")),
    ("燃气", "place of the neighbour", cited(region="高平市")),
    ("燃气", "place above", cited(region="晋城市")),
    ("燃气", "place emptied", cited(region="")),
    ("燃气", "year before", cited(year=2023)),
    ("燃气", "no year", cited(year=None)),
    ("燃气", "文号 of the neighbour", cited(notice="高政发〔2024〕1号")),
    ("燃气", "文号 of the neighbour, with its place", cited(notice="高政发〔2024〕1号", region="高平市")),
    ("燃气", "文号 of the year before", cited(notice="泽政发〔2023〕1号", year=2023)),
    ("燃气", "文号 with another number", cited(notice="泽政发〔2024〕2号")),
    ("燃气", "文号 with a digit more", cited(notice="泽政发〔2024〕11号")),
    ("燃气", "文号 in other brackets", cited(notice="泽政发[2024]1号")),
    ("批复", "文号 of the reply before", cited(notice="临政函〔2024〕13号")),
    ("全条", "（十） for （十七）", cited(label="三、（十）")),
    ("全条", "（十六） for （十七）", cited(label="三、（十六）")),
    ("全条", "label without its chapter", cited(label="（十七）")),
    ("全条", "label of no clause", cited(label="三、（七十）")),
    ("全条", "label emptied", cited(label="")),
    ("燃气", "（十四） for （四）", cited(label="一、（十四）")),
    ("燃气", "another chapter", cited(label="二、（四）")),
    ("批复", "文号 for title", cited(label="文号")),
    ("全条", "another heading", cited(heading="消防领域专项整治")),
    ("全条", "no heading", cited(heading="")),
    ("全条", "another file", source(file="001_c088c58080c171ad.txt")),
    ("全条", "another start", lambda draft: source(start=draft.citations[-1].source.start + 1)(draft)),
    ("全条", "another end", lambda draft: source(end=draft.citations[-1].source.end + 5)(draft)),
    ("燃气", "quote of nothing", cited(quote="")),
    ("燃气", "quote of one character", cited(quote="企")),
    ("燃气", "quote with a space", cited(quote=("主要负责人", "主要 负责人"))),
    ("燃气", "quote in half-width marks", cited(quote=("，", ","))),
    ("燃气", "quote in traditional characters", cited(quote=("企业厂矿", "企業廠礦"))),
    ("燃气", "quote with its middle left out", cited(quote=("每周至少深入现场", ""))),
    ("燃气", "quote of two parts put together", cited(quote="企业厂矿（车间）要日检日查检查下属公司至少2次。")),
    ("燃气", "quote of another clause", cited(quote="严禁违规加层加盖。")),
    ("燃气", "quote of the other citation", lambda draft: cited(quote=draft.citations[0].quote)(draft)),
    ("全条", "clause text emptied", cited(clause_text="")),
    ("全条", "clause text cut off", lambda draft: cited(clause_text=draft.citations[-1].quote[:-3])(draft)),
    ("自建房", "clause text is only the quote", lambda draft: cited(clause_text=draft.citations[-1].quote)(draft)),
    ("燃气", "clause of the other citation", lambda draft: cited(clause_text=draft.citations[0].clause_text)(draft)),
    ("燃气", "numbers shifted", numbered(2, 3)),
    ("燃气", "numbers swapped", numbered(2, 1)),
    ("燃气", "number twice", numbered(1, 1)),
    ("燃气", "number left out", numbered(1, 3)),
    ("燃气", "last citation missing", citations(lambda row: row[:-1])),
    ("燃气", "first citation missing", citations(lambda row: row[1:])),
    ("燃气", "no citation", citations(lambda row: ())),
    ("燃气", "a citation that no mark names", citations(lambda row: (*row, row[0].model_copy(update={"n": 3})))),
    ("燃气", "mark missing", said("[2]", "")),
    ("燃气", "mark of no citation", said("[2]", "[2][7]")),
    ("燃气", "mark changed", said("[2]", "[3]")),
    ("燃气", "mark 0", said("[1]", "[1][0]")),
    ("燃气", "mark 12 for 1 and 2", said("[1]", "[12]")),
    ("燃气", "a number of its own", said("对各类企业", "对所有7类企业")),
    ("燃气", "a percentage of its own", said("对各类企业", "对95%的企业")),
    ("燃气", "a quote of its own", said("对各类企业", "对「每日三次」的企业")),
    ("燃气", "文号 with another number in the text", said("〔2024〕1号", "〔2024〕8号")),
    ("燃气", "文号 of another year in the text", said("〔2024〕", "〔2021〕")),
    ("燃气", "year in the text", said("泽州县2024年", "泽州县2021年")),
    ("对照", "cell of the table", said("。」", "，每天一查。」", 1)),
    ("对照", "cell of the table with a number", said("泽州县2024年", "泽州县2025年", 1)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "alter"), [pytest.param(n, a, id=f"{n}-{w}") for n, w, a in ALTERED])
def test_alterations_are_caught(
    name: str, alter: Alter, answers: dict[str, Answer], units: Units, index: Index
) -> None:
    """An altered answer has at least one fault; each is one Chinese line."""
    answer = answers[name]
    altered = alter(draft_of(answer))
    assert altered != draft_of(answer)
    faults = check(altered, asked_in(answer), units, index.document_of)
    assert faults
    assert all(fault and "\n" not in fault for fault in faults)


def test_enough_alterations() -> None:
    """The list is long, and no alteration stands in it twice."""
    assert len({(name, what) for name, what, _ in ALTERED}) == len(ALTERED) >= 60


@pytest.mark.parametrize("name", list(ASKED))
def test_the_answers_altered_are_sound(name: str, answers: dict[str, Answer], units: Units, index: Index) -> None:
    """The real answers pass, have the status expected, and are unlike each other."""
    answer = answers[name]
    assert check(draft_of(answer), asked_in(answer), units, index.document_of) == []
    assert answer.status is (Status.NOT_STIPULATED if name == "没有规定" else Status.ANSWERED)
    assert answer.citations


def test_all_real_answers_pass(service: Service, units: Units, index: Index) -> None:
    """No answer to any question of the set has a fault or was held back by the check."""
    for line in (DATA / "questions.jsonl").read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        answer = service.ask(Inquiry(question=case["question"], region=case["region"], year=case["year"]))
        assert check(draft_of(answer), asked_in(answer), units, index.document_of) == [], case["id"]
        assert "引用核对" not in answer.text, case["id"]
