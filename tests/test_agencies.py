"""Names of offices: which are the same one, at which level, and which are only a class."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.agencies import _rows, canonical, everyday_name, only_unit, read_office
from corpus.model import Document


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("县住建局", "县住房和城乡建设管理局"),
        ("市发改局", "市发展和改革局"),
        ("省发展改革委", "省发改委"),
        ("省住建厅", "省住房和城乡建设厅"),
        ("市市场监管局", "市市场监督管理局"),
        ("县审批服务管理局", "县行政审批服务管理局"),
        ("市工信局（商务局）", "市工业和信息化局"),
        ("各乡镇人民政府（街道办事处）", "乡镇人民政府"),
        ("各乡镇（街道）", "各乡镇人民政府"),
        ("各市、县人民政府", "市、县人民政府"),
        ("县安委办", "县安委会办公室"),
        ("市公安局交警大队", "市公安交警大队"),
        ("县住建部门", "县住建局"),
        ("市直有关部门", "市有关部门"),
        ("市安委会各成员单位", "市安委会成员单位"),
        ("国家矿山安监局山西局", "国家矿山安全监察局山西局"),
        ("县卫健委", "县卫生健康委员会"),
    ],
)
def test_names_of_one_office(one: str, other: str) -> None:
    assert canonical(one) == canonical(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("市发改局", "省发展改革委"),
        ("县应急局", "市应急局"),
        ("县水务局", "县水利局"),
        ("县公安局", "县公安交警大队"),
        ("国家矿山安监局山西局", "国家矿山安监局山西局执法十处"),
        ("市消防救援支队", "市消防救援大队"),
        ("各县人民政府", "市人民政府"),
        ("县安委会", "县安委办"),
        ("市安委会成员单位", "市安委会有关成员单位"),
        ("市大数据中心", "市大数据局"),
    ],
)
def test_names_of_two_offices(one: str, other: str) -> None:
    assert canonical(one) != canonical(other)


@pytest.mark.parametrize(
    ("name", "level", "body"),
    [
        ("市场监管局", "", "市场监督管理局"),
        ("市市监局", "市", "市场监督管理局"),
        ("市市政管理局", "市", "市政管理局"),
        ("县区政府", "", "县区政府"),
        ("各县（市、区）人民政府", "", "县（市、区）人民政府"),
        ("市委组织部", "市", "委组织部"),
        ("区卫健局", "区", "卫生健康局"),
        ("县级负有安全监管职责的部门", "县", "负有安全监管职责的部门"),
        ("高平公路管理段", "", "高平公路管理段"),
        ("", "", ""),
    ],
)
def test_level_and_body(name: str, level: str, body: str) -> None:
    office = read_office(name)
    assert (office.level, office.body) == (level, body)


def test_the_place_tells_whose_office_it_is() -> None:
    assert canonical("泽州县应急管理局", "泽州县") == canonical("县应急局", "泽州县") == "县应急管理局"
    assert canonical("晋城市生态环境局高平分局", "高平市") == "晋城市生态环境局高平分局"
    assert canonical("负有安全监管职责的部门", "泽州县") == canonical("县级负有安全监管职责的部门", "泽州县")
    assert canonical("泽州县", "泽州县") == "泽州县"


def test_a_class_of_offices_is_none_of_them() -> None:
    classes = (
        "县有关部门",
        "负有安全监管职责的部门",
        "市安委会成员单位",
        "各行业主管部门",
        "各安全生产专业委员会及其办公室",
    )
    assert all(read_office(name).is_group for name in classes)
    assert not any(read_office(name).is_group for name in ("县住建部门", "各乡镇人民政府", "市委组织部", "县安委办"))
    assert read_office("市工信局（商务局）").housed == ("商务局",)
    assert read_office("各县（市、区）人民政府").housed == ()


def test_other_names() -> None:
    assert everyday_name("县住房和城乡建设管理局") == "县住建局"
    assert everyday_name("市住建局") == "市住房和城乡建设局"
    assert everyday_name("省应急厅") == "省应急管理厅"
    assert everyday_name("县自然资源局") == ""  # 国土局 was its name before
    assert everyday_name("县有关部门") == ""


def test_the_table_agrees_with_itself() -> None:
    """Each other name stands once, and every full name is read as itself."""
    shorts = [short for short, _ in _rows()]
    assert sorted(shorts) == sorted(set(shorts))
    assert all(canonical(full) == full for _, full in _rows())


@given(st.sampled_from(["县", "市", "省", "区"]), st.sampled_from([short for short, _ in _rows()]))
def test_a_level_goes_through(level: str, short: str) -> None:
    full = dict(_rows())[short]
    assert canonical(level + short) == canonical(level + full) == canonical(canonical(level + short))


@given(st.text(alphabet="各省市县区级直、（）局厅委办部门安全生产应急住建和成员单位", max_size=14))
def test_any_name_can_be_read_again(name: str) -> None:
    """A canonical name is no other office's: read again it is itself, and never empty for a name that is not."""
    once = canonical(name)
    assert bool(once) == bool(name) or set(name) <= set("各（）、级直")


def test_every_bracket_of_the_corpus_is_read(documents: dict[str, Document]) -> None:
    """In one notice no two canonical names differ only by a way of writing that the table knows."""
    written = {
        document.notice: {name for unit in document.units for name in unit.responsible}
        for document in documents.values()
    }
    sizes = {
        notice: (len(names), len({canonical(name, documents[notice].region) for name in names}))
        for notice, names in written.items()
        if names
    }
    assert sizes == {
        "泽政发〔2024〕1号": (30, 28), "高政发〔2024〕1号": (33, 31), "晋政发〔2024〕1号": (34, 32),
        "临政发〔2024〕1号": (36, 35),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("bracket", "unit"),
    [
        ("（县应急管理局负责）", "县应急管理局"),
        ("（县应急管理局负责。）", "县应急管理局"),
        ("（县安委办负责。以下均需各乡镇人民政府负责，不再一一列出）", "县安委办"),
        ("（县应急管理局等部门负责）", ""),
        ("（县应急管理局等部门（单位）负责）", ""),
        ("（县应急管理局分工负责）", ""),
        ("（县应急管理局、县公安局负责）", ""),
        ("（县应急管理局牵头）", ""),
        ("（县应急管理局牵头，县公安局负责）", ""),
        ("（县应急管理局督促企业落实）", ""),
        ("（县应急管理局负责并督促企业落实）", ""),
        ("（各乡镇人民政府负责）", ""),
        ("（负有安全监管职责的部门负责）", ""),
        ("", ""),
    ],
)
def test_a_unit_that_answers_alone(bracket: str, unit: str) -> None:
    assert only_unit(bracket) == unit
