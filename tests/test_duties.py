"""责任清单: what the brackets charge each office with, how offices are found, and the sheets."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from app.duty.find import OfficeNames, find_office, find_offices
from app.duty.mention import mentions_of
from app.duty.model import Duties, NoticeDuties, OfficeDuties, Part
from app.duty.read import read_duties
from app.export.sheet import write_sheet
from app.web.safe import duties_link
from app.web.views.duties import PAGE, office_html, silent_html, unknown_html
from app.web.views.duty_matrix import COLUMNS, matrix_html, parts_of
from app.web.views.duty_sheet import file_name, matrix_sheet, office_sheet
from corpus.model import Corpus, Document, Source, Unit, UnitKind
from corpus.parse import parse_file
from corpus.sentences import split_sentences
from tests.browser import HOSTILE

ZEZHOU, OLDER, GAOPING, SHANXI, LINFEN = (
    "泽政发〔2024〕1号", "泽政发〔2023〕1号", "高政发〔2024〕1号", "晋政发〔2024〕1号", "临政发〔2024〕1号",
)  # fmt: skip
MADE = """乙县人民政府关于做好工作的通知
乙政发〔2025〕7号
各乡镇人民政府：
现就有关工作通知如下。
一、抓好责任
（一）压实责任。各级要负责。（县安委办、各乡镇人民政府负责。以下均需各乡镇人民政府负责，不再一一列出）
（二）抓好消防。开展检查。（县住建局、县消防大队负责）严查违章。（县应急局牵头，县住房城乡建设局配合）
二、抓好落实
（三）抓好宣传。县公安局要开展宣传。（县有关部门负责）
乙县人民政府
2025年1月2日
"""


@pytest.fixture(scope="module")
def duties(corpus: Corpus) -> Duties:
    """Those of the bundled notices."""
    return read_duties(corpus.documents)


def of(duties: Duties, notice: str) -> NoticeDuties:
    """Those of one notice, which is held."""
    found = duties.of(notice)
    assert found is not None
    return found


def held(duties: NoticeDuties, name: str) -> OfficeDuties:
    """An office, which the notice has."""
    found = find_office(duties, name)
    assert found is not None, name
    return found


def made() -> NoticeDuties:
    """Those of a notice that no code knows."""
    documents, _ = parse_file(MADE, "006.txt")
    return read_duties(documents).notices[0]


@pytest.mark.parametrize(
    ("notice", "name", "counts"),
    [
        (ZEZHOU, "县应急管理局", [1, 0, 2, 18, 0, 2, 0]),
        (ZEZHOU, "县住建局", [0, 1, 0, 6, 0, 0, 0]),
        (ZEZHOU, "县林业局", [0, 1, 0, 1, 0, 0, 0]),
        (ZEZHOU, "县安委办", [0, 0, 4, 0, 1, 0, 0]),
        (ZEZHOU, "各乡镇人民政府", [0, 0, 1, 0, 0, 0, 35]),
        (GAOPING, "市住房和城乡建设局", [0, 1, 0, 7, 0, 0, 0]),
        (GAOPING, "商务局", [0, 0, 0, 5, 0, 1, 0]),
        (GAOPING, "街道办", [0, 0, 1, 0, 0, 0, 35]),
        (SHANXI, "省应急厅", [0, 0, 3, 18, 0, 2, 0]),
        (SHANXI, "省发改委", [0, 0, 2, 1, 0, 0, 0]),
        (LINFEN, "城管局", [0, 1, 0, 5, 0, 0, 0]),
        (LINFEN, "各县（市、区）人民政府", [0, 0, 1, 0, 0, 0, 39]),
        (LINFEN, "负有安全监管职责的部门", [0, 0, 4, 2, 0, 3, 0]),
        (LINFEN, "市安委会有关成员单位", [0, 0, 1, 0, 0, 0, 0]),
    ],
)
def test_how_many_clauses(duties: Duties, notice: str, name: str, counts: list[int]) -> None:
    """Counted by hand in the notices: alone, 牵头, 负责 beside others, 分工负责, only named, 督促落实, 均需负责."""
    office = held(of(duties, notice), name)
    assert [office.count(part) for part in Part] == counts


def test_only_a_bracket_that_names_one_office_makes_it_answer_alone(duties: Duties) -> None:
    alone = {
        (notice.notice, charge.label, charge.bracket)
        for notice in duties.notices
        for office in notice.everyone
        for charge in office.of(Part.SOLE)
    }
    assert alone == {(ZEZHOU, "四、（二十二）地震灾害", "（县应急管理局负责）")}
    office = held(of(duties, ZEZHOU), "县应急局")
    assert office.named[0].part is Part.SOLE, "the weightiest first"
    words = {one.label: (one.part, one.role) for one in office.charges}
    assert words["七、（三十）"] == (Part.JOINT, "负责"), "等部门负责 is not alone"
    assert words["五、（二十四）"] == (Part.URGES, "督促企业落实")


def test_only_a_bracket_that_says_so_makes_a_leader(duties: Duties) -> None:
    for notice in duties.notices:
        for office in notice.everyone:
            for charge in office.charges:
                assert (charge.part is Part.LEADS) == (f"{charge.written}牵头" in charge.bracket)
    first = held(of(duties, ZEZHOU), "县消防救援大队").charges
    assert any(one.bracket.startswith("（县消防救援大队、") and one.part is Part.DIVIDED for one in first)


def test_every_charge_is_verbatim(duties: Duties, documents: dict[str, Document]) -> None:
    for notice in duties.notices:
        texts = {unit.label: unit.text for unit in documents[notice.notice].units}
        for office in notice.everyone:
            for charge in office.charges:
                assert charge.bracket in texts[charge.source or charge.label]
                assert charge.written in charge.bracket or charge.part is Part.PROVISO
                if charge.bound:
                    assert charge.bound == texts[charge.label][charge.start : charge.end]
                    assert f"{charge.bound}{charge.bracket}" in texts[charge.label]


def test_a_bracket_within_a_clause_binds_only_what_stands_before_it(duties: Duties) -> None:
    science = [one for one in held(of(duties, ZEZHOU), "县能源局").charges if one.label == "五、（二十四）"]
    assert [(one.role, len(one.bound)) for one in science] == [("督促企业落实", 28)]
    assert held(of(duties, ZEZHOU), "县民政局").charges[0].bound == ""


def test_a_notice_without_brackets_has_none(duties: Duties) -> None:
    older = of(duties, OLDER)
    assert not older.has_brackets
    assert older.everyone == ()
    page = silent_html(older, duties)
    assert "本通知未写责任单位" in page
    assert duties_link(ZEZHOU) in page


def test_a_new_notice_needs_no_new_code() -> None:
    notice = made()
    counts = {one.name: [one.count(part) for part in Part] for one in notice.everyone}
    assert counts == {
        "各乡镇人民政府": [0, 0, 1, 0, 0, 0, 2], "县住建局": [0, 0, 1, 0, 1, 0, 0],
        "县安委办": [0, 0, 1, 0, 0, 0, 0], "县应急局": [0, 1, 0, 0, 0, 0, 0],
        "县消防大队": [0, 0, 1, 0, 0, 0, 0], "县有关部门": [0, 0, 1, 0, 0, 0, 0],
    }  # fmt: skip
    assert [one.name for one in notice.groups] == ["县有关部门"]
    housing = [(one.part, one.role, one.bound) for one in held(notice, "住建局").charges]
    assert housing == [(Part.JOINT, "负责", "抓好消防。开展检查。"), (Part.SHARES, "配合", "严查违章。")]
    assert find_office(notice, "县公安局") is None, "an actor in a sentence is not charged by a bracket"


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("应急局", ["县应急管理局", "市应急局", "市应急局"]),
        ("县应急局", ["县应急管理局"]),
        ("市应急局", ["市应急局", "市应急局"]),
        ("省应急厅", ["省应急厅"]),
        ("消防队", ["县消防救援大队", "市消防救援大队", "省消防救援总队", "市消防救援支队"]),
        ("自然资源局", ["县自然资源局", "市自然资源局", "市规划和自然资源局"]),
        ("环保局", ["市生态环境局泽州分局"]),
        ("烟草局", []),
        ("局", []),
        ("", []),
    ],
)
def test_offices_are_found_as_people_name_them(duties: Duties, name: str, found: list[str]) -> None:
    assert [office.name for _, office in find_offices(duties.notices, name)] == found


def test_names_of_offices_in_a_text(duties: Duties) -> None:
    names = OfficeNames(duties)
    text = "泽州县住建局和消防队，还有省应急厅、镇政府负责什么"
    assert [text[slice(*span)] for span in names.find(text)] == ["县住建局", "消防队", "省应急厅", "镇政府"]
    assert names.find("企业多久检查一次？") == []
    assert OfficeNames(Duties(notices=())).find("县住建局") == []


@given(st.text(max_size=20))
def test_any_name_may_be_asked_for(name: str) -> None:
    notice = made()
    found = find_office(notice, name)
    assert found is None or found in notice.everyone


def test_the_matrix_shows_each_part_once(duties: Duties) -> None:
    notice = of(duties, ZEZHOU)
    page = matrix_html(notice, 1)
    total = sum(len(parts_of(one)) for one in notice.everyone)
    assert page.count('<span class="aw-sr">') == total
    assert page.count('<span class="aw-sr">牵头</span>') == 2
    assert page.count('<span class="aw-sr">独自负责</span>') == 1
    assert page.count("★") == 2, "the sign, and the legend"
    assert "★ 独自负责，● 牵头，" in page
    assert page.count('scope="row"') == len(notice.everyone)
    assert page.count('scope="col"') == len(notice.clauses) + 1


def test_a_page_of_5000_clauses_stays_small() -> None:
    """The matrix shows so many clauses at a time, the list so many rows, whatever the notice has."""
    notice = made()
    head, office = notice.clauses[0], notice.offices[0]
    clauses = tuple(head.model_copy(update={"label": f"{n}."}) for n in range(5000))
    charges = tuple(office.charges[0].model_copy(update={"label": f"{n}."}) for n in range(5000))
    busy = office.model_copy(update={"charges": charges})
    big = notice.model_copy(update={"clauses": clauses, "offices": (busy,) * 300, "groups": (busy,)})
    page = matrix_html(big, 999_999)
    assert page.count('scope="col"') == COLUMNS + 1
    assert f"本页 {5001 - COLUMNS}–5000，共 5000 条" in page
    assert "另有 200 个单位未列" in page
    listed = office_html(big, busy, 2)
    assert listed.count("<tr>") == PAGE + 1
    assert "本页 51–100，共 5000 条" in listed
    assert len(page) < 600_000


def test_the_list_says_what_is_not_named(duties: Duties) -> None:
    notice = of(duties, ZEZHOU)
    listed = office_html(notice, held(notice, "县住建局"), 1)
    assert "县住房和城乡建设管理局（县住建局）" in listed
    assert "独自负责 <b>0</b> 条，牵头 <b>1</b> 条，分工负责 <b>6</b> 条；" in listed
    assert "本单位如属其中，也应负责" in listed
    group = office_html(notice, held(notice, "县有关部门"), 1)
    assert "哪些单位属于其中" in group
    town = office_html(notice, held(notice, "乡镇"), 1)
    assert "不再一一列出）" in town
    assert "负责（与其他单位） <b>1</b> 条，分工负责 <b>0</b> 条，均需负责 <b>35</b> 条；" in town
    assert "</a> 的“以下均需各乡镇人民政府负责”" in town
    safety = office_html(notice, held(notice, "县应急局"), 1)
    assert (
        "独自负责 <b>1</b> 条，牵头 <b>0</b> 条，负责（与其他单位） <b>2</b> 条，分工负责 <b>18</b> 条，督促" in safety
    )
    assert "“等部门”，没有点名" in safety
    assert "没有点名的一类单位" not in town


def test_nothing_from_outside_is_markup() -> None:
    notice = made()
    office = notice.offices[0]
    charge = office.charges[0].model_copy(
        update=dict.fromkeys(("label", "heading", "role", "written", "bracket", "bound", "source"), HOSTILE)
        | {"others": (HOSTILE,), "start": 0, "end": 3}
    )
    bad = office.model_copy(update={"key": HOSTILE, "name": HOSTILE, "aliases": (HOSTILE,), "charges": (charge,)})
    head = notice.clauses[0].model_copy(update={"label": HOSTILE, "heading": HOSTILE})
    hostile = notice.model_copy(
        update={"notice": HOSTILE, "region": HOSTILE, "clauses": (head,), "offices": (bad,), "groups": (bad,)}
    )
    pages = (office_html(hostile, bad, 1), matrix_html(hostile, 1), unknown_html(HOSTILE),
             silent_html(hostile, Duties(notices=(hostile,))))  # fmt: skip
    for page in pages:
        assert "<script" not in page
        assert "<img" not in page
        assert 'href="javascript' not in page


def test_sentences_that_speak_of_an_office(duties: Duties, documents: dict[str, Document]) -> None:
    notice = of(duties, ZEZHOU)
    said = mentions_of(documents[ZEZHOU].units, held(notice, "乡镇"), notice.region)
    assert [(one.label, one.text[:16]) for one in said][1:3] == [
        ("一、（二）", "县安委会、乡镇政府坚持每月至少召"),
        ("二、（七）", "各乡镇各相关部门要定期分析研判安"),
    ]
    units = {unit.label: unit.text for unit in documents[ZEZHOU].units}
    assert all(units[one.label][one.start : one.end] == one.text and "均需" not in one.text for one in said)
    assert mentions_of(documents[ZEZHOU].units, held(notice, "县林业局"), notice.region) == ()
    html = office_html(notice, held(notice, "乡镇"), 1, said)
    assert f"共 {len(said)} 句；" in html
    assert "县安委会、乡镇政府坚持每月至少召开一次会议" in html
    rows = office_sheet(notice, held(notice, "乡镇"), said).rows
    assert [row[1] for row in rows].count("正文提到") == len(said)
    assert rows[-1][0] == len(rows)


def test_an_office_of_another_level_is_another() -> None:
    notice = made()
    text = "由市应急局开展演练。县应急局每月检查。应急局要值班。"
    unit = Unit(
        kind=UnitKind.CLAUSE, notice="x", path=("一、",), label="一、", heading="", text=text, runs=((0, len(text)),),
        source=Source(file="f", start=0, end=len(text)), sentences=split_sentences(text),
    )  # fmt: skip
    said = mentions_of([unit], held(notice, "县应急局"), notice.region)
    assert [one.text for one in said] == ["县应急局每月检查。", "应急局要值班。"]


def test_sheets(duties: Duties) -> None:
    notice = of(duties, ZEZHOU)
    office = held(notice, "县住建局")
    sheet = load_workbook(io.BytesIO(write_sheet(office_sheet(notice, office)))).active
    assert sheet is not None
    cells = [list(row) for row in sheet.iter_rows(values_only=True)]
    header = next(at for at, row in enumerate(cells) if row[0] == "序号")
    assert cells[0][0] == "县住房和城乡建设管理局责任清单"
    rows = cells[header + 1 :]
    assert len(rows) == len(office.charges) + sum(len(one.charges) for one in notice.groups)
    assert rows[0][1:5] == ["牵头", "牵头", "三、（十六）", "经营性自建房领域专项整治"]
    assert cells[header][5] == "条款内容"
    texts = [str(row[5]) for row in rows]
    assert texts[0].startswith("经营性自建房领域专项整治。")
    whole = {one.label: one.text for one in office.charges}
    assert all(row[5] == whole[str(row[3])] for row in rows if row[3] in whole and "一部分" not in str(row[5]))
    assert texts[1].startswith("（只限本条的一部分）坚持实行重点行业领域分类分级监管")
    assert rows[0][6] == "、".join(office.named[0].others) + "；另：各乡镇人民政府（均需负责）"
    town = office_sheet(notice, held(notice, "乡镇"))
    assert town.rows[0][1] == "负责（与其他单位）"
    assert (town.rows[1][1], town.rows[1][7]) == ("均需负责", "依据一、（一）“以下均需各乡镇人民政府负责”")
    assert file_name(notice, office) == f"责任清单_{ZEZHOU}_县住房和城乡建设管理局.xlsx"
    assert file_name(notice.model_copy(update={"notice": "../a\n" + HOSTILE}), None).count("/") == 0
    assert [row[0] for row in rows] == list(range(1, len(rows) + 1))
    matrix = matrix_sheet(notice)
    assert [one.name for one in matrix.columns][:3] == ["条款", "标题", "各乡镇人民政府"]
    assert len(matrix.rows) == len(notice.clauses)
    assert sum(cell is not None for row in matrix.rows for cell in row[2:]) == sum(
        one.count() for one in notice.everyone
    )
