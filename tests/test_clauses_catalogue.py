"""The catalogue: every unit once in the tree, counts, chapters, neighbours, filters."""

from __future__ import annotations

import pytest

from app.clauses.catalogue import GENERAL, Catalogue, Filters
from app.clauses.tree import Node
from corpus.model import Corpus, UnitKind

Z24, Z23, LF = "泽政发〔2024〕1号", "泽政发〔2023〕1号", "临政发〔2024〕1号"


@pytest.fixture(scope="module")
def catalogue(corpus: Corpus) -> Catalogue:
    return Catalogue(corpus.documents)


def drawn(node: Node, depth: int = 0) -> list[str]:
    """A node and its inner nodes as lines."""
    inner = [line for child in node.nodes if child.nodes for line in drawn(child, depth + 1)]
    return [f"{'  ' * depth}{node.label}{node.heading} {node.clauses}", *inner]


def test_tree_holds_every_unit_once_and_in_order(catalogue: Catalogue, corpus: Corpus) -> None:
    units = [unit for document in corpus.documents for unit in document.units]
    assert [number for root in catalogue.roots for number in root.leaves()] == list(range(len(units)))
    assert [entry.unit for entry in catalogue.entries] == units
    assert [root.clauses for root in catalogue.roots] == [len(document.clauses) for document in corpus.documents]


def test_tree_of_a_notice_with_sections(catalogue: Catalogue) -> None:
    root = next(root for root in catalogue.roots if root.label == LF)
    assert drawn(root) == [
        "临政发〔2024〕1号关于做好2024年安全生产工作的通知 39",
        "  通知首部 0",
        "  一、紧密围绕一条主线，坚决树牢安全底线思维 3",
        "  二、扎实抓好两个重点，坚决消除安全风险隐患 17",
        "    （一）深入开展治本攻坚专项整治 11",
        "    （二）推动风险隐患全过程治理 6",
        "  三、精准聚焦三个关键，持续增强防范应对能力 15",
        "    （一）夯实基层基础本质安全 5",
        "    （二）加强防灾减灾救灾工作 7",
        "    （三）提升应急救援工作水平 3",
        "  四、着力压实四个责任，坚决强化主动担当作为 4",
        "  通知尾部 0",
    ]
    chapter = root.nodes[1]
    assert [(node.label, node.heading) for node in chapter.nodes] == [
        ("章首", ""), ("（一）", "强化理论学习"), ("（二）", "集中教育培训"), ("（三）", "以学促干抓落实"),
    ]  # fmt: skip


def test_nodes_by_key(catalogue: Catalogue) -> None:
    assert catalogue.node("0") is catalogue.roots[0]
    assert catalogue.node("0.1.0") is catalogue.roots[0].nodes[1].nodes[0]
    for key in ("", "x", "-1", "0.99", "9999999999999", "0.1.0.0", "0..1", "²"):
        assert catalogue.node(key) is None


def test_where_a_clause_stands(catalogue: Catalogue) -> None:
    entry = catalogue.find(Z24, "三、（十七）")
    assert entry is not None
    assert [node.label for node in catalogue.above(entry)] == [Z24, "三、"]
    before, after = catalogue.beside(entry)
    assert before is not None
    assert after is not None
    assert (before.unit.label, after.unit.label) == ("三、（十六）", "三、（十八）")
    labels = [one.unit.label for one in catalogue.chapter(entry)]
    assert (labels[0], labels[-1], len(labels)) == ("三、（十）", "三、（十九）", 10)
    assert catalogue.find(Z24, "三、（九十九）") is None


def test_neighbours_end_with_the_notice(catalogue: Catalogue, corpus: Corpus) -> None:
    firsts = [catalogue.find(document.notice, document.units[0].label) for document in corpus.documents]
    lasts = [catalogue.find(document.notice, document.units[-1].label) for document in corpus.documents]
    assert all(catalogue.beside(entry)[0] is None for entry in firsts if entry)
    assert all(catalogue.beside(entry)[1] is None for entry in lasts if entry)


def labels(catalogue: Catalogue, filters: Filters) -> list[str]:
    return [f"{one.document.region} {one.document.year} {one.unit.label}" for one in catalogue.admitted(filters)]


def test_filters(catalogue: Catalogue, corpus: Corpus) -> None:
    assert labels(catalogue, Filters(industry="燃气")) == [
        "泽州县 2024 三、（十七）", "泽州县 2023 四、（十七）", "高平市 2024 三、（十七）", "山西省 2024 三、（十六）",
        "临汾市 2024 二、（一）9.",
    ]  # fmt: skip
    assert labels(catalogue, Filters(region="泽州县", year=2023, industry="煤矿")) == ["泽州县 2023 四、（十）"]
    assert labels(catalogue, Filters(region="泽州县", notice=LF)) == []
    assert len(labels(catalogue, Filters())) == sum(len(document.units) for document in corpus.documents)
    general = {one.unit.label for one in catalogue.admitted(Filters(notice=Z24, industry=GENERAL))}
    assert {"一、（一）", "一、（四）", "五、（二十三）"} <= general
    assert not general & {"三、（十七）", "标题", "导语"}


def test_filter_by_office_joins_its_names(catalogue: Catalogue) -> None:
    housing = next(name for name in catalogue.choices.offices if "住房和城乡建设" in name and name.startswith("县"))
    found = list(catalogue.admitted(Filters(region="泽州县", office=housing)))
    assert "三、（十七）" in {one.unit.label for one in found}
    assert all(one.document.notice == Z24 for one in found)
    assert all(one.unit.kind in (UnitKind.CLAUSE, UnitKind.LEAD) for one in found)


def test_choices(catalogue: Catalogue) -> None:
    choices = catalogue.choices
    assert choices.regions == ("泽州县", "高平市", "山西省", "临汾市")
    assert choices.years == (2024, 2023)
    assert (choices.industries[0], choices.industries[-1]) == ("煤矿", GENERAL)
    assert len(choices.notices) == 9
