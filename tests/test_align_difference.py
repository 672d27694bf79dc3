"""Differences of two texts by words, and of two clauses by rules; figures and modal words judged where sure."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.align.changes import Change, ChangeKind, changes
from app.align.compare import Comparer, Comparers
from app.align.difference import difference
from app.align.figures import notes_of
from app.align.many import counterparts, mentions
from app.align.model import EntryKind, NoteKind, PieceKind, Relation
from app.align.standing import nearest
from corpus.model import Corpus, Document
from corpus.parse import parse_file
from tests.made_notice import PIECES
from tests.test_align import GAOPING, LINFEN, SHANXI, ZEZHOU, ZEZHOU_2023

PLACES = ("晋城市", "泽州县", "高平市", "泽州", "高平", "晋城")
_texts = st.lists(
    st.sampled_from([*PIECES, *PLACES, "县", "市", "我县", "各级", "。", "每周", "a b", "\0"]), max_size=12
)


@given(_texts, _texts, st.booleans())
def test_both_texts_are_given_back_to_the_last_character(left: list[str], right: list[str], ignore: bool) -> None:
    one, other = "".join(left), "".join(right)
    pieces = difference(one, other, PLACES, ignore)
    assert "".join(piece.left for piece in pieces) == one
    assert "".join(piece.right for piece in pieces) == other
    for piece in pieces:
        if piece.kind is PieceKind.EQUAL:
            assert piece.left == piece.right != ""
        if piece.kind is PieceKind.LEFT:
            assert (bool(piece.left), piece.right) == (True, "")
        if piece.kind is PieceKind.RIGHT:
            assert (piece.left, bool(piece.right)) == ("", True)


@given(_texts)
def test_a_text_does_not_differ_from_itself(words: list[str]) -> None:
    text = "".join(words)
    assert {piece.kind for piece in difference(text, text, PLACES)} <= {PieceKind.EQUAL}


def shown(left: str, right: str, **options: bool) -> list[tuple[str, str, str]]:
    return [(piece.kind.value, piece.left, piece.right) for piece in difference(left, right, PLACES, **options)]


def test_names_are_quiet_and_words_are_whole() -> None:
    assert shown("泽州县各乡镇要开展检查。", "高平市各县（市、区）要组织检查。") == [
        ("quiet", "泽州县各乡镇", "高平市各县（市、区）"), ("equal", "要", "要"), ("left", "开展", ""),
        ("right", "", "组织"), ("equal", "检查。", "检查。"),
    ]  # fmt: skip
    assert ("left", "泽州县", "") in shown("泽州县的矿山", "高平市的矿山", ignore_names=False)
    assert shown("全县安全，", "全市安全。") == [
        ("quiet", "全县", "全市"), ("equal", "安全", "安全"), ("quiet", "，", "。")
    ]  # fmt: skip
    assert "城市" in "".join(left for kind, left, _ in shown("城市燃气", "城镇燃气") if kind == "left")


def test_long_clauses_take_no_time() -> None:
    one, other = "各部门要定期检查、" * 140, "各单位要随时检查，" * 140
    start = time.process_time()
    difference(one, other)
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    ("left", "right", "kind"),
    [
        ("主要负责人每月至少检查1次。", "主要负责人每周至少检查1次。", NoteKind.STRICTER),
        ("主要负责人每周至少检查2次。", "主要负责人每周至少检查1次。", NoteKind.LOOSER),
        ("主要负责人每周检查1次。", "主要负责人每月检查4次。", NoteKind.LOOSER),
        ("单班入井人数不得超过500人。", "单班入井人数不得超过300人。", NoteKind.STRICTER),
        ("救援队伍不少于20人。", "救援队伍不少于10人。", NoteKind.LOOSER),
        ("隐患应在15日内整改完毕。", "隐患应在10日内整改完毕。", NoteKind.STRICTER),
        ("企业应当按规定配备安全员。", "企业必须按规定配备安全员。", NoteKind.STRICTER),
        ("必须立即报告险情。", "要立即报告险情。", NoteKind.LOOSER),
        ("未经培训不得上岗。", "未经培训一律不得上岗。", NoteKind.STRICTER),
        # Nothing is said where it is not sure: a condition, another measure, another period that is no number.
        ("对停用超过3年的尾矿库闭库。", "对停用超过2年的尾矿库闭库。", NoteKind.DIFFERENT),
        ("再建成150座智能化煤矿。", "再建成21座智能化煤矿。", NoteKind.DIFFERENT),
        ("年底前完成整改。", "6月底前完成整改。", NoteKind.DIFFERENT),
        ("领导干部每月至少深入一线检查1次。", "领导干部定期深入一线检查。", NoteKind.DIFFERENT),
        ("会议每月至多召开1次。", "会议每月至多召开2次。", NoteKind.DIFFERENT),
    ],
)
def test_stricter_and_looser_only_where_sure(left: str, right: str, kind: NoteKind) -> None:
    notes = notes_of([left], [right], difference(left, right))
    assert [note.kind for note in notes] == [kind]
    assert notes[0].left in left
    assert notes[0].right in right


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("主要负责人每月至少检查1次。", "主要负责人每月至少检查一次。"),
        ("企业要定期检查。", "企业要经常自查。"),
        ("严禁烟火。", "不得动火。"),
        ("监管部门要挂牌督办。", "监管部门挂牌督办。"),
    ],
)
def test_nothing_is_said_of_the_same_figure_or_of_words_alone(left: str, right: str) -> None:
    assert not [n for n in notes_of([left], [right], difference(left, right)) if n.kind is not NoteKind.DIFFERENT]
    assert not [n for n in notes_of([left], [right], difference(left, right)) if n.left and n.right]


@pytest.fixture(scope="module")
def years(documents: dict[str, Document]) -> Comparer:
    return Comparer(documents[ZEZHOU_2023], documents[ZEZHOU])


def test_what_the_county_changed_within_a_year(years: Comparer) -> None:
    found = changes(years)
    noted = {(one.left, note.left, note.right) for one in found for note in one.notes}
    assert {
        ("二、（二）", "每月至少深入一线调研指导1次", "定期"),
        ("四、（十）", "不得超过500人", ""),
        ("二、（二）", "", "至少研究推动10项"),
        ("七、（二十九）", "不少于20人", ""),
    } <= noted
    texts = {kind: [one.left_text or one.right_text for one in found if one.kind is kind] for kind in ChangeKind}
    assert "严禁违规加层加盖。" in texts[ChangeKind.ONLY_RIGHT]
    assert "加强燃气企业经营许可动态考核。" in texts[ChangeKind.ONLY_LEFT]
    moved = next(one for one in found if one.left_text.startswith("县、镇政府及安委会每月至少召开一次会议"))
    assert (moved.kind, moved.right) == (ChangeKind.MOVED, "一、（二）")
    told = [(one.left, one.left_text, one.right, one.right_text) for one in found if one.kind is ChangeKind.MOVED]
    assert len(told) == len(set(told))


def clause_changes(years: Comparer, left: str) -> list[Change]:
    return [one for one in changes(years) if one.subject[0] == left]


def marked(change: Change, kind: PieceKind) -> str:
    """The words of one side that are marked as its own, joined."""
    return "|".join(piece.left or piece.right for piece in change.pieces if piece.kind is kind)


@pytest.mark.parametrize(
    ("clause", "old", "new"),
    [
        ("四、（十七）", "深化液化石油气安全整治", "深化液化石油气安全整治"),
        ("四、（十七）", "管网", "继续实施燃气老旧管网改造"),
        ("四、（十八）", "人员密集场所、高层建筑", "人员密集场所、高层建筑"),
        ("四、（十八）", "文博单位", "文博单位"),
        ("四、（十）", "严厉打击非法盗采、超层越界", "超层越界、非法盗采"),
        ("五、（二十二）水旱灾害", "健全临灾“关、停”机制", "落实临灾“关、停”机制"),
    ],
)
def test_what_is_carried_over_is_neither_new_nor_dropped(years: Comparer, clause: str, old: str, new: str) -> None:
    found = clause_changes(years, clause)
    plain = (ChangeKind.ONLY_LEFT, ChangeKind.ONLY_RIGHT)
    assert not [one for one in found if one.kind in plain and (old in one.left_text or new in one.right_text)]
    assert [one for one in found if old in one.left_text and one.right_text]
    assert [one for one in found if new in one.right_text and one.left_text]


def test_words_that_both_have_are_not_marked(years: Comparer) -> None:
    gas, fire, coal = (clause_changes(years, label) for label in ("四、（十七）", "四、（十八）", "四、（十）"))
    altered = next(one for one in gas if "液化石油气" in one.left_text)
    for word in ("管网", "改造", "深化液化石油气安全整治"):
        assert word not in marked(altered, PieceKind.LEFT)
    pipes = next(one for one in gas if "老旧管网改造" in one.right_text and one.of_left is False)
    assert "管网改造" not in marked(pipes, PieceKind.RIGHT)
    assert "管网更新改造" in pipes.left_text
    crowds = next(one for one in fire if "人员密集场所" in one.left_text)
    assert crowds.kind is ChangeKind.ALTERED
    digging = next(one for one in coal if "非法盗采" in one.left_text)
    for one, words in ((crowds, ("人员密集场所", "高层建筑", "文博单位")), (digging, ("超层越界", "非法盗采"))):
        for word in words:
            assert word not in marked(one, PieceKind.LEFT)
            assert word not in marked(one, PieceKind.RIGHT)


_RULES = """河北省人民政府文件
冀政发〔{year}〕12号
河北省人民政府关于做好{year}年安全生产工作的通知
各市人民政府：
一、总体要求
（一）锅炉。{boilers}
（二）渡口渡船。{ferries}
（三）烟花爆竹零售网点与居民楼保持安全距离，夜间派人看守。
河北省人民政府
{year}年1月3日
"""


def made(year: int, boilers: str, ferries: str) -> Document:
    return parse_file(_RULES.format(year=year, boilers=boilers, ferries=ferries), "made.txt")[0][0]


def test_phrases_of_made_notices() -> None:
    """A phrase in another order, one in another clause, and a rule of which nothing is found."""
    old = made(
        2024,
        "锅炉每季度由使用单位检验1次，检验报告保存三年备查。严查私自改装水位报警器、超压运行、无证司炉。",
        "渡口渡船开航前清点乘客，大风大雾时停止摆渡。",
    )
    new = made(
        2025,
        "锅炉每季度由使用单位检验1次，检验报告保存三年备查。重点整治无证司炉、违规拼接烟道、私自改装水位报警器等问题。",
        "渡口渡船开航前清点乘客，大风大雾时停止摆渡。救生衣按载客定额配足。",
    )
    found = changes(Comparer(old, new))
    assert [one.kind for one in found] == [ChangeKind.ALTERED, ChangeKind.ONLY_RIGHT]
    assert "私自改装水位报警器" not in marked(found[0], PieceKind.LEFT) + marked(found[0], PieceKind.RIGHT)
    assert "违规拼接烟道" in marked(found[0], PieceKind.RIGHT)
    assert found[1].right_text == "救生衣按载客定额配足。"


def test_a_rule_that_is_the_same_in_both_is_no_change(years: Comparer) -> None:
    pair = years.compare("七、（二十八）", "六、（二十八）")
    same = [entry for entry in pair.entries if entry.kind is EntryKind.SAME]
    assert pair.right is not None
    assert [pair.right.text[one.start : one.end] for entry in same for one in entry.right] == [
        "年内至少组织开展一次多部门、跨行业、多类型救援队伍参加的综合性实战化演练。"
    ]
    assert [entry.kind for entry in pair.entries].count(EntryKind.CHANGED) == 2


def test_all_words_of_both_clauses_are_in_the_entries(documents: dict[str, Document]) -> None:
    for left, right in ((ZEZHOU_2023, ZEZHOU), (SHANXI, LINFEN)):
        for pair in Comparer(documents[left], documents[right]).comparisons:
            for side, unit in (("left", pair.left), ("right", pair.right)):
                for entry in pair.entries:
                    spans = getattr(entry, side)
                    joined = "".join(getattr(piece, side) for piece in entry.pieces)
                    assert joined == "".join(unit.text[one.start : one.end] for one in spans if unit)


def test_the_city_makes_a_rule_of_the_province_stricter(documents: dict[str, Document]) -> None:
    pair = Comparer(documents[SHANXI], documents[LINFEN]).compare("一、（四）", "四、（四）")
    assert [(note.kind, note.left, note.right) for note in pair.notes] == [(NoteKind.STRICTER, "不得", "一律不得")]


def test_an_unknown_label_is_an_error(years: Comparer) -> None:
    with pytest.raises(KeyError):
        years.compare("九、（九）", None)


def test_pairs_of_notices_are_kept_and_bounded(documents: dict[str, Document]) -> None:
    comparers = Comparers(most=1)
    first = comparers.of(documents[ZEZHOU], documents[SHANXI])
    assert comparers.of(documents[ZEZHOU], documents[SHANXI]) is first
    comparers.of(documents[SHANXI], documents[ZEZHOU])
    assert comparers.of(documents[ZEZHOU], documents[SHANXI]) is not first


def test_one_subject_in_five_notices(corpus: Corpus, documents: dict[str, Document]) -> None:
    near = nearest(documents[ZEZHOU], corpus.documents, 8)
    facing = {one.document.notice: one for one in counterparts(near, "三、（十七）", Comparers())}
    labels = {
        notice: [one.unit.label for one in place.clauses if one.relation is not Relation.PART]
        for notice, place in facing.items()
    }
    assert labels == {
        ZEZHOU: ["三、（十七）"], ZEZHOU_2023: ["四、（十七）"], SHANXI: ["三、（十六）"], GAOPING: ["三、（十七）"],
        LINFEN: ["二、（一）9."],
    }  # fmt: skip
    only = {
        notice: [one.unit.text[span.start : span.end] for one in place.clauses[:1] for span in one.only]
        for notice, place in facing.items()
    }
    assert only[GAOPING] == ["大力推进餐饮等行业生产经营单位依法安装使用可燃气体报警装置。"]
    assert only[SHANXI] == []
    assert "加强燃气企业经营许可动态考核。" in only[ZEZHOU_2023]
    for notice, held in ((ZEZHOU_2023, "深化液化石油气安全整治"), (LINFEN, "气瓶、燃气具及配件市场治理整顿")):
        clause = facing[notice].clauses[0]
        assert held in clause.unit.text
        assert held not in "".join(only[notice])
        spans = [(one.start, one.end) for one in clause.only]
        assert spans == sorted(spans)
    assert counterparts(near, "九、（九）", Comparers()) == ()
    drills = {one.document.notice: one for one in counterparts(near, "六、（二十八）", Comparers())}[LINFEN].clauses[0]
    alone = [drills.unit.text[span.start : span.end] for span in drills.only]
    assert "依法督促企业按照规定组织开展应急演练" in drills.unit.text  # 泽州 has 督促企业定期开展应急疏散演练
    assert not [part for part in alone if "督促企业" in part]
    assert "提升一线员工自救互救能力。" in alone


def test_a_word_in_five_notices(corpus: Corpus, documents: dict[str, Document]) -> None:
    facing = mentions(nearest(documents[ZEZHOU], corpus.documents, 8), "燃气")
    assert all("燃气" in one.unit.text for place in facing for one in place.clauses)
    assert {place.document.notice: place.clauses[0].unit.label for place in facing}[ZEZHOU] == "三、（十七）"
    assert [place.clauses for place in mentions((documents[ZEZHOU],), "核电站")] == [()]
