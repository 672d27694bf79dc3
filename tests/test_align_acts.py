"""What the other notice has in other words is neither new nor dropped; a subject in common is no rule in common."""

from __future__ import annotations

import pytest

from app.align.changes import ChangeKind, changes
from app.align.compare import Comparer
from corpus.model import Document
from tests.test_align import ZEZHOU, ZEZHOU_2023


@pytest.fixture(scope="module")
def years(documents: dict[str, Document]) -> Comparer:
    return Comparer(documents[ZEZHOU_2023], documents[ZEZHOU])


@pytest.mark.parametrize(
    ("side", "words", "label", "quoted"),
    [
        ("new", "“四不放过”的原则", "八、（三十三）", "坚持“四不放过”原则，严格事故调查处理，从严责任追究。"),
        ("new", "深入推进隐患整治", "四、（十六）", "加强经营性自建房安全隐患排查整治"),
        ("new", "督促企业定期开展应急疏散演练", "七、（二十八）", "生产经营单位按规定组织应急演练"),
        ("new", "强化预警和应急响应联动", "五、（二十三）", "健全灾害预警“叫应”和应急响应联动机制"),
        ("new", "应急综合调度指挥平台", "六、（二十五）", "建成泽州县应急指挥平台"),
        ("old", "开展解剖式“安全会诊”", "三、（十二）", "组织开展重点非煤矿山专家安全会诊活动"),
        ("old", "带“病”运行", "三、（十三）", "加强“带病运行”装置安全监管力度"),
    ],
)
def test_what_stands_elsewhere_in_other_words_is_neither_new_nor_dropped(
    years: Comparer, side: str, words: str, label: str, quoted: str
) -> None:
    told = [
        (one.kind, one.left, one.left_text) if side == "new" else (one.kind, one.right, one.right_text)
        for one in changes(years)
        if words in (one.right_text if side == "new" else one.left_text) and one.of_left is not (side == "new")
    ]
    assert told
    assert not {ChangeKind.ONLY_LEFT, ChangeKind.ONLY_RIGHT} & {kind for kind, _, _ in told}
    assert any(place == label and quoted in text for _, place, text in told)


@pytest.mark.parametrize(
    "words",
    [
        "将履行安全生产工作职责情况列入党委",  # another act on a like object: a list of duties
        "矿山安全管理层级压减至三级以内",
        "强化托运、承运、装卸、车辆运行等危险化学品运输安全监管",  # shares with its clause but its subject
        "推进城镇基础设施生命线安全工程建设",  # 基础设施建设 is said of quite another thing
    ],
)
def test_a_subject_in_common_makes_no_rule_less_new(years: Comparer, words: str) -> None:
    assert [one.kind for one in changes(years) if words in one.right_text] == [ChangeKind.ONLY_RIGHT]
