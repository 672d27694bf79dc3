"""The five bundled files against counts, documents and clauses that were written down by hand."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from itertools import pairwise
from typing import Any

import pytest
from opencc import OpenCC

from corpus.model import Corpus, Document, SentenceKind, Unit, UnitKind
from tests.conftest import DATA

ZEZHOU, ZEZHOU_2023, GAOPING, SHANXI, LINFEN = (
    "泽政发〔2024〕1号", "泽政发〔2023〕1号", "高政发〔2024〕1号", "晋政发〔2024〕1号", "临政发〔2024〕1号",
)  # fmt: skip
REPLIES = ("临政函〔2024〕11号", "临政函〔2024〕12号", "临政函〔2024〕13号", "临政函〔2024〕14号")
KINDS = ["森林草原火灾", "水旱灾害", "地质灾害", "地震灾害", "气象灾害"]
GOLDEN = [json.loads(line) for line in (DATA / "golden_clauses.jsonl").read_text(encoding="utf-8").splitlines()]
DOCUMENTS = json.loads((DATA / "golden_documents.json").read_text(encoding="utf-8"))
FIELDS = ("title", "issuer", "region", "level", "date", "year", "addressees", "copies", "printed", "chapters")


def clause(documents: dict[str, Document], notice: str, *path: str) -> Unit:
    """The clause (or lead) under the given labels."""
    return next(unit for unit in documents[notice].units if unit.path == path)


def own(unit: Unit) -> list[str]:
    """The responsible units that the unit's own brackets name."""
    names = [name for one in unit.responsibilities if one.inherited_from is None for name in one.units]
    return list(dict.fromkeys(names))


def test_nine_documents_in_order(corpus: Corpus) -> None:
    assert [one.notice for one in corpus.documents] == [ZEZHOU, ZEZHOU_2023, GAOPING, SHANXI, LINFEN, *REPLIES]
    assert corpus.findings == ()


@pytest.mark.parametrize(
    ("notice", "clauses", "units"),
    [(ZEZHOU, 32, 36), (ZEZHOU_2023, 33, 37), (GAOPING, 32, 36), (SHANXI, 31, 35), (LINFEN, 39, 39)],
)
def test_counts(documents: dict[str, Document], notice: str, clauses: int, units: int) -> None:
    found = documents[notice].clauses
    assert len(found) == units
    numbered = {tuple(label for label in unit.path if label not in KINDS or notice == LINFEN) for unit in found}
    assert len(numbered) == clauses


@pytest.mark.parametrize("notice", REPLIES[:3])
def test_unnumbered_reply_is_one_body(documents: dict[str, Document], notice: str) -> None:
    assert [unit.label for unit in documents[notice].clauses] == ["正文"]


def test_numbered_reply(documents: dict[str, Document]) -> None:
    assert [unit.label for unit in documents[REPLIES[3]].clauses] == ["一、", "二、", "三、", "四、", "五、"]
    assert [unit.heading for unit in documents[REPLIES[3]].clauses] == [""] * 5


def test_disaster_kinds_are_units_of_their_own(documents: dict[str, Document]) -> None:
    for notice, number in ((ZEZHOU, "二十二"), (ZEZHOU_2023, "二十二"), (GAOPING, "二十二"), (SHANXI, "二十一")):
        kinds = [unit for unit in documents[notice].clauses if f"（{number}）" in unit.path]
        assert sorted(unit.path[-1] for unit in kinds) == sorted(KINDS)
        for unit in kinds:
            assert unit.heading == unit.path[-1]
            assert unit.text.startswith(f"{unit.heading}：")
            assert unit.label == "".join(unit.path)
            assert len(unit.ancestors) == 2
            assert bool(own(unit)) is (notice != ZEZHOU_2023)


def numeral(label: str) -> int | None:
    """The number of a label, read without the parser: 十七 is 17; None for a named kind."""
    core = re.sub(r"[^\d一二三四五六七八九十]", "", label)
    if core.isdigit():
        return int(core)
    if label.strip("（）、") != core:
        return None
    tens, _, ones = core.rpartition("十")
    digits = " 一二三四五六七八九"
    return (10 * (digits.index(tens) if tens else 1) if "十" in core else 0) + (digits.index(ones) if ones else 0)


def test_numbering_has_no_gaps(corpus: Corpus) -> None:
    """At each depth numbers run on by one, or begin again at one under a new parent."""
    for document in corpus.documents:
        series: dict[int, list[tuple[tuple[str, ...], int]]] = defaultdict(list)
        for unit in document.clauses:
            for depth, label in enumerate(unit.path):
                number = numeral(label) if label != "正文" else None
                entry = (unit.path[:depth], number or 0)
                if number is not None and (not series[depth] or series[depth][-1] != entry):
                    series[depth].append(entry)
        for depth, entries in series.items():
            assert entries[0][1] == 1, (document.notice, depth)
            for (parent, number), (next_parent, following) in pairwise(entries):
                starts_anew = following == 1 and parent != next_parent
                assert following == number + 1 or starts_anew, (document.notice, next_parent, following)


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda golden: f"{golden['notice']} {golden['label']}")
def test_golden_clause(documents: dict[str, Document], golden: dict[str, Any]) -> None:
    unit = clause(documents, golden["notice"], *golden["path"])
    assert unit.kind is UnitKind.CLAUSE
    assert unit.text == golden["text"]
    assert (unit.label, unit.heading) == (golden["label"], golden["heading"])
    assert own(unit) == golden["responsible"]


@pytest.mark.parametrize("golden", DOCUMENTS, ids=lambda golden: str(golden["notice"]))
def test_golden_document(documents: dict[str, Document], golden: dict[str, Any]) -> None:
    document = documents[golden["notice"]]
    for field in FIELDS:
        found = getattr(document, field)
        expected = "" if golden[field] is None else golden[field]
        assert (list(found) if isinstance(found, tuple) else found) == expected, field
    opening = next(unit for unit in document.units if unit.label in ("导语", "正文"))
    assert opening.text.startswith(golden["preamble_start"])
    assert opening.text.endswith(golden["preamble_end"])
    assert (opening.kind is UnitKind.PREAMBLE) is bool(golden["units"])
    assert len(document.clauses) == (golden["units"] or 1)


@pytest.mark.parametrize(
    ("notice", "origin", "units"),
    [
        (ZEZHOU, "一、（一）", ("各乡镇人民政府",)),
        (GAOPING, "一、（一）", ("乡镇人民政府（街道办事处）",)),
        (SHANXI, "一、（一）", ("市、县人民政府",)),
        (LINFEN, "一、", ("各县（市、区）人民政府", "临汾经济开发区管委会")),
    ],
)
def test_proviso_holds_for_every_later_clause(
    documents: dict[str, Document], notice: str, origin: str, units: tuple[str, ...]
) -> None:
    body = [unit for unit in documents[notice].units if unit.kind in (UnitKind.CLAUSE, UnitKind.LEAD)]
    assert body[0].label == origin
    assert [one.inherited_from for one in body[0].responsibilities] == [None]
    for unit in body[1:]:
        inherited = [one for one in unit.responsibilities if one.inherited_from]
        assert [(one.inherited_from, one.units, one.whole) for one in inherited] == [(origin, units, True)], unit.label
        assert (inherited[0].start, inherited[0].end) == (0, len(unit.text))
        assert unit.responsible[-len(units) :] == units or set(units) <= set(own(unit))


@pytest.mark.parametrize("notice", [ZEZHOU_2023, *REPLIES])
def test_no_responsible_units_where_none_are_named(documents: dict[str, Document], notice: str) -> None:
    assert all(unit.responsibilities == () for unit in documents[notice].units)


def test_lead_text_is_kept(documents: dict[str, Document]) -> None:
    leads = [unit for document in documents.values() for unit in document.units if unit.kind is UnitKind.LEAD]
    assert [(unit.notice, unit.label) for unit in leads] == [(LINFEN, "一、")]
    lead = leads[0]
    assert lead.heading == "紧密围绕一条主线，坚决树牢安全底线思维"
    assert lead.text.startswith("紧密围绕一条主线，坚决树牢安全底线思维各级各部门、各单位要紧紧围绕学习贯彻")
    assert [sentence.kind for sentence in lead.sentences] == [
        SentenceKind.HEADING, SentenceKind.BODY, SentenceKind.RESPONSIBLE,
    ]  # fmt: skip
    assert own(lead) == ["市安委会各成员单位", "各县（市、区）人民政府", "临汾经济开发区管委会"]


@pytest.mark.parametrize(
    ("notice", "path", "bound"),
    [
        (ZEZHOU, ("一、", "（三）"), [
            ("从严落实部门监管责任。动态完善", "督查检查", "县级负有安全监管职责的部门", 1),
            ("集中审批部门颁发", "做好监管工作", "县审批服务管理局", 1),
            ("坚持实施安全生产挂牌责任制", "坚持实施安全生产挂牌责任制", "县级负有安全监管职责的部门", 1),
            ("坚持实行重点行业领域", "全覆盖派驻。", "县住房和城乡建设管理局", 6),
        ]),
        (GAOPING, ("一、", "（三）"), [
            ("强化部门监管责任落实。动态完善", "督查检查", "负有安全监管职责的部门", 1),
            ("集中审批部门颁发", "做好监管工作", "市审批服务管理局", 1),
            ("坚持实施安全生产挂牌责任制", "坚持实施安全生产挂牌责任制", "负有安全监管职责的部门", 1),
            ("坚持实行重点行业领域", "全覆盖派驻。", "市住建局", 6),
        ]),
        (LINFEN, ("四、", "（二）"), [
            ("夯实部门监管责任。各级监管部门", "深入开展执法检查。", "负有安全监管职责的部门", 1),
            ("要健全完善企业信息推送机制", "做好监管工作。", "市行政审批服务管理局", 1),
            ("坚持实行重点行业领域", "全覆盖派驻。", "市住建局", 6),
        ]),
    ],
)  # fmt: skip
def test_what_brackets_in_mid_clause_bind(
    documents: dict[str, Document], notice: str, path: tuple[str, ...], bound: list[tuple[str, str, str, int]]
) -> None:
    unit = clause(documents, notice, *path)
    brackets = [one for one in unit.responsibilities if one.inherited_from is None]
    assert len(brackets) == len(bound)
    for one, (start, end, first, count) in zip(brackets, bound, strict=True):
        text = unit.text[one.start : one.end]
        assert (text[: len(start)], text[-len(end) :]) == (start, end)
        assert (one.units[0], len(one.units), one.whole) == (first, count, False)
        assert unit.text[one.end :].startswith(one.text)


def test_leading_units(documents: dict[str, Document]) -> None:
    fire = clause(documents, ZEZHOU, "四、", "（二十二）", "森林草原火灾").responsibilities[0]
    assert (fire.lead, fire.role) == (("县林业局",), "分工负责")
    gas = clause(documents, LINFEN, "二、", "（一）", "9.").responsibilities[0]
    assert gas.lead == ("市城市管理局",)
    assert clause(documents, SHANXI, "三、", "（十）").responsibilities[0].lead == ()


def test_original_typo_stays(documents: dict[str, Document]) -> None:
    assert "夯实安全基层基础，促进应急管理水整体提升" in documents[GAOPING].chapters
    assert clause(documents, GAOPING, "五、", "（二十三）").ancestors == ("夯实安全基层基础，促进应急管理水整体提升",)


def test_variant_characters_are_mended(documents: dict[str, Document]) -> None:
    texts = "".join(unit.text for document in documents.values() for unit in document.units)
    assert "渉" not in texts
    assert clause(documents, LINFEN, "二、", "（一）", "5.").text.count("粉尘涉爆") == 2
    assert "着眼不伤害自己" in clause(documents, SHANXI, "一、", "（四）").text


def test_no_noise_is_left(corpus: Corpus) -> None:
    simplified = OpenCC("t2s")
    for document in corpus.documents:
        for unit in document.units:
            where = (unit.notice, unit.label)
            assert set(re.findall("[A-Za-z]+", unit.text)) <= {"GDP", "PDT", "AI", "S", "C", "D"}, where
            assert not re.search(r"[,:;!?()\[\]［］【】<>\s]", unit.text), where
            assert {char for char in unit.text if simplified.convert(char) != char} == set(), where
            assert re.findall("〔[^〕]*〕", unit.text) == re.findall(r"〔20\d\d〕(?=\d)", unit.text), where
            assert unit.text.count("〔") == unit.text.count("〕"), where
            for opening, closing in ("（）", "“”", "《》"):
                assert unit.text.count(opening) == unit.text.count(closing), where
