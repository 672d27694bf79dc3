"""Tables for brackets of 责任单位, regions and sentences."""

from __future__ import annotations

import pytest

from corpus.model import Level, SentenceKind
from corpus.regions import chain, find_region, region_of_issuer
from corpus.responsible import find_brackets, read_proviso, read_responsibilities
from corpus.sentences import split_sentences

COUNTY = ("县水务局", "县住建局")


@pytest.mark.parametrize(
    ("text", "units", "lead", "role"),
    [
        ("（县水务局、县住建局等部门分工负责）", COUNTY, (), "分工负责"),
        ("（县水务局牵头，县住建局等部门分工负责）", COUNTY, ("县水务局",), "分工负责"),
        ("（县水务局和县住建局负责）", COUNTY, (), "负责"),
        ("（县水务局及县住建局督促企业落实）", COUNTY, (), "督促企业落实"),
        ("（县水务局、县住建局）", COUNTY, (), ""),
        ("（县水务局、县住建局负责）。", COUNTY, (), "负责"),
        ("（县发展和改革局、市规划和自然资源局负责）", ("县发展和改革局", "市规划和自然资源局"), (), "负责"),
        ("（县工信局（商务局）、县（市、区）政府负责）", ("县工信局（商务局）", "县（市、区）政府"), (), "负责"),
        ("（县安委会及其办公室负责）", ("县安委会及其办公室",), (), "负责"),
        ("（县安委办负责。以下均需各乡镇人民政府负责，不再一一列出）", ("县安委办",), (), "负责"),
        ("如（下图所示。（县水务局、县住建局负责）", COUNTY, (), "负责"),
    ],
)
def test_responsible(text: str, units: tuple[str, ...], lead: tuple[str, ...], role: str) -> None:
    found = read_responsibilities(f"加强巡查。{text}")
    assert [(one.units, one.lead, one.role) for one in found] == [(units, lead, role)]
    assert found[0].whole
    assert found[0].end == f"加强巡查。{text}".rindex(found[0].text)


@pytest.mark.parametrize(
    "text",
    [
        "各单位（含乡镇）要加强巡查。",
        "加强巡查（2024年底前落实）。",
        "（见附件一）加强巡查。",
        "加强巡查（按规定负责）。",
        "县水务局（县住建局负责）要加强巡查。",
        "加强巡查。（县水务局、县住建局负责",
        "加强巡查。县水务局、县住建局负责）",
    ],
)
def test_not_responsible(text: str) -> None:
    assert read_responsibilities(text) == ()


def test_brackets_bind_what_stands_before_them() -> None:
    text = "检查（县水务局负责）。培训。（县住建局负责）演练。"
    assert [(text[one.start : one.end], one.units, one.whole) for one in read_responsibilities(text)] == [
        ("检查", ("县水务局",), False), ("培训。", ("县住建局",), False),
    ]  # fmt: skip


def test_only_outermost_brackets_count() -> None:
    text = "巡查。（县水务局负责（县住建局配合）。县公安局负责）"
    assert find_brackets(text) == [(3, len(text))]
    assert find_brackets("（无" + text) == [(5, len(text) + 2)]


def test_proviso() -> None:
    assert read_proviso("（县安委办负责。以下均需各乡镇和街道办事处负责，不再列出）") == ("各乡镇", "街道办事处")
    assert read_proviso("以下企业均须检查。县安委办负责。") == ()


@pytest.mark.parametrize(
    ("issuer", "places", "level", "short"),
    [
        ("泽州县人民政府", ["泽州县", "晋城市", "山西省"], Level.COUNTY, "泽州"),
        ("山西省晋城市泽州县人民政府", ["泽州县", "晋城市", "山西省"], Level.COUNTY, "泽州"),
        ("临汾市人民政府办公室", ["临汾市", "山西省"], Level.CITY, "临汾"),
        ("山西省应急管理厅", ["山西省"], Level.PROVINCE, "山西"),
        ("长春市朝阳区人民政府", ["朝阳区", "长春市", "吉林省"], Level.COUNTY, "朝阳"),
        ("太原市古县人民政府", ["太原市", "山西省"], Level.CITY, "太原"),
        ("北京市朝阳区人民政府", ["朝阳区", "北京市"], Level.COUNTY, "朝阳"),
        ("古县人民政府", ["古县", "临汾市", "山西省"], Level.COUNTY, "古县"),
        ("吉林省吉林市人民政府", ["吉林市", "吉林省"], Level.CITY, "吉林"),
        ("内蒙古自治区人民政府", ["内蒙古自治区"], Level.PROVINCE, "内蒙古"),
        ("济源市人民政府", ["济源市", "河南省"], Level.COUNTY, "济源"),
    ],
)
def test_regions(issuer: str, places: list[str], level: Level, short: str) -> None:
    region = region_of_issuer(issuer)
    assert region is not None
    assert [one.name for one in chain(region)] == places
    assert (region.level, region.short) == (level, short)


def test_region_names() -> None:
    found = [
        find_region(name, within) for name, within in (("泽州", ""), ("城区", "140500"), ("山西", ""), ("无此", ""))
    ]
    assert [region and region.code for region in found] == ["140525", "140502", "140000", None]
    assert region_of_issuer("市应急管理局") is None


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("检查。培训！演练？完成", ["检查。", "培训！", "演练？", "完成"]),
        ("做到“查。改。报。”再检查。完成。", ["做到“查。改。报。”再检查。", "完成。"]),
        ("检查（见附件。略）。完成。", ["检查（见附件。略）。", "完成。"]),
        ("检查（如下。培训。（县水务局负责）", ["检查（如下。", "培训。", "（县水务局负责）"]),
        ("检查“三违。培训。“双随机”。", ["检查“三违。", "培训。", "“双随机”。"]),
        ("检查。（县水务局负责）。培训。", ["检查。", "（县水务局负责）。", "培训。"]),
        ("检查“违章（县水务局”。县住建局负责）", ["检查“违章", "（县水务局”。县住建局负责）"]),
        ("《甲。乙》的规定。完成。", ["《甲。乙》的规定。", "完成。"]),
        ("", []),
    ],
)
def test_sentences(text: str, sentences: list[str]) -> None:
    assert [one.text for one in split_sentences(text)] == sentences


def test_kinds_of_sentences() -> None:
    text = "强化检查。每月1次。（县水务局负责）"
    assert [one.kind for one in split_sentences(text, heading_length=5)] == [
        SentenceKind.HEADING, SentenceKind.BODY, SentenceKind.RESPONSIBLE,
    ]  # fmt: skip
