"""Which clause of one notice answers to which of another: measured on the hand-made tables, and held to its rules."""

from __future__ import annotations

import time
from itertools import combinations, permutations

import pytest

from app.align.engine import align
from app.align.model import Relation
from app.align.standing import nearest, standing, useful_pairs
from corpus.model import Corpus, Document
from corpus.parse import parse_file
from eval.align_score import DEVELOPMENT, Table, load_tables, score_tables
from eval.align_sentences import Sentences, load_judged, verdicts

ZEZHOU_2023, ZEZHOU, GAOPING = "泽政发〔2023〕1号", "泽政发〔2024〕1号", "高政发〔2024〕1号"
SHANXI, LINFEN = "晋政发〔2024〕1号", "临政发〔2024〕1号"
TABLES = load_tables()

PLAIN = """河北省人民政府文件
冀政发〔{year}〕12号
河北省人民政府关于做好{year}年安全生产工作的通知
各市人民政府：
一、总体要求
（一）锅炉每季度由使用单位检验1次，检验报告保存三年备查。
（二）渡口渡船开航前清点乘客，大风大雾时停止摆渡。
（三）烟花爆竹零售网点与居民楼保持安全距离，夜间派人看守。
河北省人民政府
{year}年1月3日
"""


@pytest.fixture(scope="module")
def held_out() -> list[Table]:
    return [table for table in TABLES if table.name not in DEVELOPMENT]


def test_main_counterparts_on_tables_that_were_not_looked_at(
    held_out: list[Table], documents: dict[str, Document]
) -> None:
    score = score_tables(held_out, documents)
    assert score.main.wanted == 238
    assert score.main.precision >= 0.98
    assert score.main.recall >= 0.98
    assert score.relation.precision >= 0.97  # same against changed against part, on the pairs that were found


def test_four_of_five_part_links_are_right(held_out: list[Table], documents: dict[str, Document]) -> None:
    score = score_tables(held_out, documents)
    assert score.part.wanted == 80
    assert score.part.precision >= 0.77
    assert score.part.recall >= 0.42
    assert score.sure_part.recall >= 0.62
    assert score.null.recall >= 0.75


def test_a_rule_that_the_main_counterpart_has_gives_no_link(documents: dict[str, Document]) -> None:
    """Lists of duties stand in both main counterparts; 每月至少召开一次会议 has moved to the clause on 安委会."""
    pairs = {
        (link.left, link.right)
        for link in align(documents[ZEZHOU], documents[ZEZHOU_2023]).links
        if link.relation is Relation.PART
    }
    assert pairs.isdisjoint(
        {("一、（一）", "二、（三）"), ("一、（三）", "二、（四）"), ("一、（五）", "八、（三十一）")}
    )
    assert {("一、（二）", "二、（二）"), ("四、（二十一）", "五、（二十三）")} <= pairs


@pytest.mark.parametrize(("name", "wrong", "missed"), [("first", 1, 1), ("second", 0, 3)])
def test_what_is_called_new_or_dropped_against_sentences_judged_by_hand(
    documents: dict[str, Document], name: str, wrong: int, missed: int
) -> None:
    judged = load_judged(name)
    sure = Sentences()
    for one, verdict in zip(judged, verdicts(judged, documents), strict=True):
        unit = next(
            unit for unit in documents[one.left if one.is_left else one.right].clauses if unit.label == one.label
        )
        assert unit.text.startswith(one.quote, one.start)
        if not one.is_doubtful:
            sure.add(one, verdict)
    assert sure.said - sure.right <= wrong
    assert sure.alone - sure.right <= missed
    assert sure.quoted - sure.placed <= 1


@pytest.mark.parametrize("table", TABLES, ids=[table.name for table in TABLES])
def test_each_table_alone(table: Table, documents: dict[str, Document]) -> None:
    score = score_tables([table], documents)
    assert min(score.main.precision, score.main.recall) >= 0.93


def test_each_clause_is_somewhere_and_has_one_main_counterpart(documents: dict[str, Document]) -> None:
    for left, right in permutations((ZEZHOU_2023, ZEZHOU, LINFEN), 2):
        found = align(documents[left], documents[right])
        for side, document, alone in (
            ("left", documents[left], found.only_left), ("right", documents[right], found.only_right)
        ):  # fmt: skip
            labels = [unit.label for unit in document.clauses]
            linked = {getattr(link, side) for link in found.links}
            assert linked.isdisjoint(alone)
            assert linked | set(alone) == set(labels)
            assert list(alone) == [label for label in labels if label in set(alone)]
            main = [getattr(link, side) for link in found.main]
            assert len(main) == len(set(main))
        pairs = [(link.left, link.right) for link in found.links]
        assert len(pairs) == len(set(pairs))


def test_exchanging_the_notices_changes_no_link(documents: dict[str, Document]) -> None:
    for left, right in combinations((ZEZHOU_2023, GAOPING, LINFEN), 2):
        there, back = align(documents[left], documents[right]), align(documents[right], documents[left])
        assert {(link.left, link.right, link.relation) for link in there.links} == {
            (link.right, link.left, link.relation) for link in back.links
        }
        assert (there.only_left, there.only_right) == (back.only_right, back.only_left)


def test_a_notice_is_the_same_as_itself(documents: dict[str, Document]) -> None:
    found = align(documents[LINFEN], documents[LINFEN])
    assert [(link.left, link.right) for link in found.main] == [
        (unit.label, unit.label) for unit in documents[LINFEN].clauses
    ]
    assert {link.relation for link in found.main} == {Relation.SAME}
    assert {link.score for link in found.main} == {1.0}


def test_order_numbers_and_headings_do_not_decide(documents: dict[str, Document]) -> None:
    """The clauses turned round and without their headings are still found by what they ask."""
    left, right = documents[ZEZHOU], documents[GAOPING]
    bare = [unit.model_copy(update={"heading": ""}) for unit in reversed(right.clauses)]
    found = align(left, right.model_copy(update={"units": tuple(bare)}))
    assert {(link.left, link.right) for link in found.main} >= {
        ("三、（十七）", "三、（十七）"), ("一、（四）", "一、（四）"), ("六、（二十八）", "六、（二十八）"),
    }  # fmt: skip
    assert len(found.main) >= 33


def test_notices_of_another_province_without_headings() -> None:
    old, new = (parse_file(PLAIN.format(year=year), "made.txt")[0][0] for year in (2024, 2025))
    assert len(old.clauses) == 3
    found = align(old, new)
    assert [(link.left, link.right, link.relation) for link in found.links] == [
        (unit.label, unit.label, Relation.SAME) for unit in old.clauses
    ]
    assert standing(old, new).model_dump() == {"kind": "year", "base": "left"}
    assert standing(new, old).model_dump() == {"kind": "year", "base": "right"}


def test_a_reply_has_nothing_to_do_with_a_notice(documents: dict[str, Document]) -> None:
    found = align(documents[ZEZHOU], documents["临政函〔2024〕13号"])
    assert found.links == ()
    assert len(found.only_left) == len(documents[ZEZHOU].clauses)


def test_names_of_levels_are_no_change(documents: dict[str, Document]) -> None:
    """完善监测预警体系 of the province and of the city are the same but for 省级 and 市级."""
    found = align(documents[SHANXI], documents[LINFEN])
    same = {(link.left, link.right) for link in found.main if link.relation is Relation.SAME}
    assert ("四、（二十）", "三、（二）2.") in same


def test_useful_pairs_and_neighbours(corpus: Corpus, documents: dict[str, Document]) -> None:
    pairs = [(left.notice, right.notice) for left, right in useful_pairs(corpus.documents)]
    assert pairs == [
        (ZEZHOU_2023, ZEZHOU), (SHANXI, LINFEN), (SHANXI, ZEZHOU), (SHANXI, GAOPING), (ZEZHOU, GAOPING),
    ]  # fmt: skip
    assert standing(documents[GAOPING], documents[SHANXI]).model_dump() == {"kind": "level", "base": "right"}
    assert standing(documents[GAOPING], documents[ZEZHOU]).base == ""
    assert [one.notice for one in nearest(documents[ZEZHOU], corpus.documents, 3)] == [ZEZHOU, ZEZHOU_2023, SHANXI]
    assert useful_pairs(()) == ()
    assert useful_pairs((documents[ZEZHOU],)) == ()


def test_choosing_pairs_stays_quick_in_a_large_corpus(documents: dict[str, Document]) -> None:
    many = [
        documents[ZEZHOU].model_copy(update={"notice": f"{at}号", "region": region, "year": 2000 + at})
        for at in range(50)
        for region in ("泽州县", "高平市", "山西省")
    ]
    start = time.process_time()
    pairs = useful_pairs(many)
    assert time.process_time() - start < 5
    assert len(pairs) == 10
    assert nearest(many[0], many, 8)[0] is many[0]
