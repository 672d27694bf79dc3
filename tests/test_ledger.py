"""The ledger's engine: figures, actors, rows of the real notices and of made sentences, and the choice of rows."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.ledger.choose import KEY_LENGTH, Choice, choose, key_of, leave_out
from app.ledger.duties import split_parts
from app.ledger.figures import read_figures
from app.ledger.join import join_repeats
from app.ledger.model import Requirement, RequirementKind, Side
from app.ledger.read import read_requirements
from app.ledger.wording import shown_must, shown_value, shown_who
from corpus.model import Document, Source, Unit, UnitKind
from corpus.responsible import read_responsibilities
from corpus.sentences import split_sentences
from tests.made_notice import PIECES

ZEZHOU, OLDER = "泽政发〔2024〕1号", "泽政发〔2023〕1号"


def made(text: str, heading: str = "", region: str = "泽州县") -> tuple[Requirement, ...]:
    """Read the rows of one clause of a made notice."""
    unit = Unit(
        kind=UnitKind.CLAUSE, notice="甲政发〔2030〕1号", path=("一、",), label="一、", heading=heading, text=text,
        runs=((0, len(text)),), source=Source(file="a.txt", start=0, end=len(text)), sentences=split_sentences(text),
        responsibilities=read_responsibilities(text),
    )  # fmt: skip
    return read_requirements(
        Document(notice=unit.notice, region=region, year=2030, units=(unit,), file=unit.source.file)
    )


def brief(row: Requirement) -> tuple[str, str, str, str]:
    """What most tests compare: figure, side, actor, duty."""
    return row.value, row.side.value, row.who, row.must


@pytest.fixture(scope="module")
def rows(documents: dict[str, Document]) -> tuple[Requirement, ...]:
    """All rows of the bundled notices."""
    return tuple(row for document in documents.values() for row in read_requirements(document))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("企业主要负责人每周至少深入现场开展1次排查。",
         [("每周至少…1次", "企业", "企业主要负责人", "深入现场开展1次排查")]),
        ("集团公司董事长、总经理每月带队检查至少2次。",
         [("每月…至少2次", "企业", "集团公司董事长、总经理", "带队检查")]),
        ("各县（市、区）应急局每季度开展不少于2次检查。",
         [("每季度…不少于2次", "政府", "各县（市、区）应急局", "开展不少于2次检查")]),
        ("督促各企业每月底前报送台账。", [("每月底前", "双方", "各企业", "报送台账")]),
        ("年内各级政府至少开展一次演练。", [("年内…至少…一次", "政府", "各级政府", "开展一次演练")]),
        ("煤矿企业每旬、每月、每季开展分析。", [("每旬…每月…每季", "企业", "煤矿企业", "开展分析")]),
        ("19个专业委员会每季度召开一次会议。", [("每季度…一次", "政府", "19个专业委员会", "召开一次会议")]),
        ("产能120万吨/年以上的煤矿要年内完成改造。",
         [("120万吨/年以上…年内", "企业", "产能120万吨/年以上的煤矿", "完成改造")]),
        ("对停用超过3年的尾矿库，在年内完成闭库。", [("超过3年…年内", "政府", "", "完成闭库")]),
        ("企业必须按照不低于员工总数2%的比例配备安全员。",
         [("不低于…2%", "企业", "企业", "按照不低于员工总数2%的比例配备安全员")]),
        ("企业要实行每日巡查、每周调度。",
         [("每日", "企业", "企业", "实行每日巡查"), ("每周", "企业", "企业", "调度")]),
        ("县应急局要根据形势，组织专家定期开展研判。", [("定期", "政府", "县应急局", "组织专家定期开展研判")]),
        ("严格24小时值班值守。", [("24小时", "政府", "", "值班值守")]),
        ("接到报告后，有关单位应在1小时内上报。", [("1小时内", "政府", "有关单位", "上报")]),
        ("审批部门颁发许可证后，实时推送信息。", [("实时", "政府", "审批部门", "推送信息")]),
        ("做好“5·12”宣传活动。", [("5·12", "政府", "", "做好“5·12”宣传活动")]),
    ],
)  # fmt: skip
def test_rows_of_a_sentence(text: str, expected: list[tuple[str, str, str, str]]) -> None:
    assert [brief(row) for row in made(text)] == expected


@pytest.mark.parametrize(
    "text",
    [
        "认真落实八条硬措施和七项职责。",
        "做好人流密度的实时监测。",
        "成立常态化督导组。",
        "确定甲镇、乙镇、丙镇3个乡镇为试点。",
        "汛期前开展检查。",
        "汲取“11·16”重大火灾事故教训。",
        "做到五个“不允许”。",
        "一个部门牵头，一批企业达标。",
        "按规定期限报送，落实时限要求。",
        "加强管理。（县应急局每月检查1次，县公安局等部门分工负责）",
    ],
)
def test_what_is_no_row(text: str) -> None:
    assert made(text) == ()


def test_sides_by_bracket_and_by_what_is_counted() -> None:
    urged = "常态化开展反违章活动。（负有安全监管职责的部门督促企业落实）"
    assert made(urged)[0].side is Side.BOTH
    assert made(urged)[0].responsible == ("负有安全监管职责的部门",)
    assert made("常态化开展反违章活动。（县应急局负责）")[0].side is Side.GOVERNMENT
    assert made("矿山安全管理层级压减至三级以内。")[0].side is Side.BOTH
    assert made("明确5个责任人。")[0].side is Side.GOVERNMENT
    assert made("主要负责人每月带班。", heading="落实企业主体责任")[0].side is Side.ENTERPRISE
    assert made("主要负责人每月带班。", heading="落实领导责任")[0].side is Side.GOVERNMENT


def test_a_quote_begins_with_its_actor_or_scope() -> None:
    (row,) = made("县领导干部要投入更大精力，定期深入一线检查；企业要落实责任。")
    assert (row.who, row.quote) == ("县领导干部", "县领导干部要投入更大精力，定期深入一线检查")
    (row,) = made("强化准备，以中小型水库为重点，严格落实5个责任人。")
    assert row.quote == "以中小型水库为重点，严格落实5个责任人"
    (row,) = made("县局要加强检查；督促社会单位常态开展自查，动态纠治违法行为。")
    assert (row.who, row.quote, row.vague) == ("社会单位", "督促社会单位常态开展自查", True)


def test_rows_of_a_real_clause(documents: dict[str, Document]) -> None:
    found = [row for row in read_requirements(documents[ZEZHOU]) if row.label == "一、（四）"]
    assert [brief(row) for row in found] == [
        ("日检日查", "企业", "企业厂矿（车间）", "日检日查"),
        ("每周至少…1次", "企业", "企业主要负责人", "深入现场开展1次安全风险隐患排查"),
        ("每月…至少2次", "企业", "主体集团公司党委书记、董事长、总经理", "带队检查下属公司"),
    ]
    assert {row.kind for row in found} == {RequirementKind.FREQUENCY}
    assert found[0].responsible == ("负有安全监管职责的部门", "各乡镇人民政府")
    assert (found[0].region, found[0].year, found[0].industries) == ("泽州县", 2024, ())
    mines = [row for row in read_requirements(documents[ZEZHOU]) if row.label == "三、（十一）"]
    assert [(row.value, row.kind, row.industries) for row in mines] == [
        ("三级以内", RequirementKind.THRESHOLD, ("煤矿",)),
        ("120万吨/年及以上", RequirementKind.THRESHOLD, ("煤矿",)),
    ]


def test_every_row_is_verbatim(rows: tuple[Requirement, ...], documents: dict[str, Document]) -> None:
    texts = {(unit.notice, unit.label): unit.text for one in documents.values() for unit in one.clauses}
    assert len(rows) > 90
    for row in rows:
        assert texts[row.notice, row.label][row.start : row.end] == row.quote
        assert row.must in row.quote
        assert row.who in row.quote
        assert all(piece in row.quote for piece in row.value.split("…"))


_FIGURES = [
    "每月至少1次", "年底前", "每日", "定期", "3个", "不少于20人", "日检日查", "24小时值班", "5月12日", "“5·12”",
    "为期一年", "立即", "每半年", "、", "，", "；", "企业", "督促企业", "县应急局要", "对", "的煤矿，", "后，", "（",
    "“", "》", "在",
]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from([*PIECES, *_FIGURES]), min_size=1, max_size=14))
def test_any_sentence_is_read_and_quoted(pieces: list[str]) -> None:
    text = "".join(pieces) + "。"
    for row in made(text):
        assert text[row.start : row.end] == row.quote
        assert row.who in row.quote
        assert row.must in row.quote
        at = 0
        for piece in row.value.split("…"):
            at = row.quote.index(piece, at) + len(piece)
    for figure in read_figures(text):
        assert all(left < right for left, right in figure.pieces)


@given(st.text("甲乙，；。（）“”《》", max_size=30))
def test_parts_cover_all_but_the_marks(text: str) -> None:
    parts = split_parts(text)
    covered = "".join(text[start:end] for start, end in parts)
    assert len(covered) >= len(text) - max(len(parts), 1)
    assert [char for char in covered if char in "甲乙"] == [char for char in text if char in "甲乙"]


def test_choice_by_side_counts_both(rows: tuple[Requirement, ...]) -> None:
    for side, other in ((Side.ENTERPRISE, Side.GOVERNMENT), (Side.GOVERNMENT, Side.ENTERPRISE)):
        found = choose(rows, Choice(side=side))
        assert {row.side for row in found} == {side, Side.BOTH}
        assert len(found) + sum(row.side is other for row in rows) == len(rows)


def test_choice_by_place_and_those_above(rows: tuple[Requirement, ...]) -> None:
    both = choose(rows, Choice(region="高平市"))
    assert {row.region for row in both} == {"高平市", "山西省"}
    assert {row.region for row in choose(rows, Choice(region="高平市", with_above=False))} == {"高平市"}
    assert {row.region for row in choose(rows, Choice(region="山西省"))} == {"山西省"}
    assert choose(rows, Choice(region="火星")) == ()


def test_choice_by_year(rows: tuple[Requirement, ...]) -> None:
    latest = choose(rows, Choice(latest=True))
    assert OLDER not in {row.notice for row in latest}
    assert {row.notice for row in choose(rows, Choice(year=2023))} == {OLDER}
    assert len(latest) + len(choose(rows, Choice(year=2023))) == len(rows)


def test_a_foundry_gets_the_general_duties_and_not_the_mines(rows: tuple[Requirement, ...]) -> None:
    found = choose(rows, Choice(side=Side.ENTERPRISE, region="泽州县", latest=True, industry="冶金工贸"))
    assert "日检日查" in {row.value for row in found}
    assert "督促社会单位常态开展火灾风险隐患自查" in {row.quote for row in found}  # fire concerns everybody
    assert not any("煤矿" in row.industries for row in found)
    assert not any("矿山企业主要负责人" in row.must for row in found)  # in a clause to everybody, of mines alone
    mines = choose(rows, Choice(side=Side.ENTERPRISE, region="泽州县", latest=True, industry="煤矿"))
    assert any("矿山企业主要负责人" in row.must for row in mines)
    assert {row.quote for row in found} < {row.quote for row in mines}


def test_choice_by_kind_words_and_count(rows: tuple[Requirement, ...]) -> None:
    assert {row.kind for row in choose(rows, Choice(kind=RequirementKind.DEADLINE))} == {RequirementKind.DEADLINE}
    assert not any(row.vague for row in choose(rows, Choice(countable=True)))
    assert any(row.vague for row in rows)
    drills = choose(rows, Choice(text="演练  企业"))
    assert drills
    assert all("演练" in row.quote + row.heading for row in drills)
    either = choose(rows, Choice(text="演练、督查"))
    assert set(either) == {*choose(rows, Choice(text="演练")), *choose(rows, Choice(text="督查"))} > set(drills)
    assert set(choose(rows, Choice(text="演练，督查 企业"))) == {*drills, *choose(rows, Choice(text="督查 企业"))}
    assert choose(rows, Choice(text="、")) == tuple(rows)
    assert choose(rows, Choice(text="没有这样的词")) == ()


@pytest.mark.parametrize(
    ("text", "value", "must"),
    [
        ("企业主要负责人每周至少深入现场开展1次排查。", "每周至少1次", "深入现场开展1次排查"),
        ("集团公司董事长、总经理每月带队检查至少2次。", "每月至少2次", "带队检查"),
        ("年内各级政府至少开展一次演练。", "年内至少一次", "开展一次演练"),
        ("煤矿企业每旬、每月、每季开展分析。", "每旬、每月、每季", "开展分析"),
        ("对停用超过3年的尾矿库，在年内完成闭库。", "超过3年的尾矿库，在年内", "完成闭库"),
        ("企业必须按照不低于员工总数2%的比例配备安全员。", "不低于员工总数2%", None),
        ("做好“5·12”“7·28”等重点时段宣传活动。", "“5·12”“7·28”", None),
        ("企业厂矿要日检日查、立查立改。", "日检日查", "日检日查、立查立改"),
        ("企业每月底前报送台账。", "每月底前", "报送台账"),
    ],
)
def test_what_is_shown_has_no_dots_and_says_no_other_thing(text: str, value: str, must: str | None) -> None:
    (row,) = made(text)
    assert shown_value(row) == value
    assert must is None or shown_must(row) == must


def test_what_is_shown_is_of_the_notice(rows: tuple[Requirement, ...]) -> None:
    for row in rows:
        assert "…" not in shown_value(row)
        assert shown_must(row) in row.quote
        # Either a run of the quote, or exactly the pieces of the figure.
        assert shown_value(row) in row.quote or shown_value(row) == row.value.replace("…", "")
        at = 0
        for piece in row.value.split("…"):
            at = shown_value(row).index(piece, at) + len(piece)


def test_where_nobody_is_named_the_responsible_units_are_said_as_such(rows: tuple[Requirement, ...]) -> None:
    shown = {(row.label, shown_who(row)) for row in rows if row.notice == "泽政发〔2024〕1号" and not row.who}
    assert ("六、（二十八）", "句中未写；责任单位：县有关部门、各乡镇人民政府") in shown
    assert ("三、（十一）", "句中未写；责任单位：县应急管理局、县能源局、县自然资源局等 4 个单位") in shown
    assert all(shown_who(row) == row.who for row in rows if row.who)


def test_what_a_place_above_repeats_is_one_row_with_both_clauses(rows: tuple[Requirement, ...]) -> None:
    chosen = choose(rows, Choice(side=Side.ENTERPRISE, region="高平市", latest=True, industry="冶金工贸"))
    joined = join_repeats(chosen, "高平市")
    assert sum(len(row.also) for row in joined) == len(chosen) - len(joined)
    assert {row.must for row in joined if row.also} == {
        "开展反“三违”活动", "完善事故隐患自查自改常态化动态清零机制", "开展应急疏散演练",
    }  # fmt: skip
    for row in joined:
        assert [one.region for one in row.bases] == (["高平市", "山西省"] if row.also else [row.region])
        for basis in row.also:
            other = next(one for one in chosen if one.basis == basis)
            assert (other.must, other.value, other.side) == (row.must, row.value, row.side)
    assert join_repeats(chosen, "") == chosen


def test_rows_that_say_another_thing_are_not_joined() -> None:
    own = made("企业主要负责人每月带队开展1次现场检查。", region="泽州县")[0]
    same = made("企业主要负责人每月要带队开展1次现场检查。", region="山西省")[0]
    for changed in (
        {"who": "班组长"}, {"value": "每周…1次"}, {"must": "带队开展检查"}, {"side": Side.BOTH},
        {"industries": ("煤矿",)}, {"quote": "企业主要负责人每月要带队开展2次现场检查"}, {"region": "泽州县"},
        {"quote": "针对停产、停工、检修、拆除等情形，企业主要负责人每月带队开展1次现场检查"},
    ):  # fmt: skip
        assert len(join_repeats([own, same.model_copy(update=changed)], "泽州县")) == 2, changed
    (joined,) = join_repeats([same, own], "泽州县")  # whatever the order of the corpus, the place's own comes first
    assert [one.region for one in joined.bases] == ["泽州县", "山西省"]


def test_rows_ticked_off_are_left_out_by_known_keys(rows: tuple[Requirement, ...]) -> None:
    keys = [key_of(row) for row in rows]
    assert len(set(keys)) == len(rows)
    assert {len(key) for key in keys} == {KEY_LENGTH}
    assert leave_out(rows, keys[3] + "xxxxxx" + keys[7]) == (*rows[:3], *rows[4:7], *rows[8:])
    assert leave_out(rows, "") == leave_out(rows, "坏人<script>" * 9) == rows
