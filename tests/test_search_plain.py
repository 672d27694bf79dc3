"""The search with all its short cuts gives what a search without any gives: the same hits, the same scores."""

from __future__ import annotations

import faiss
import numpy as np
import pytest
from numpy.typing import NDArray

from corpus.model import FactKind
from corpus.regions import find_region
from index.embed import Embedder
from index.lexical import LexicalStore
from index.store import Index, Level
from retrieval.asked import asks_inspection
from retrieval.fuse import coverage
from retrieval.lexicon import load_lexicon
from retrieval.model import Reading, Scope
from retrieval.rank import Signals
from retrieval.search import Searcher, _search_terms

Scores = NDArray[np.float32]
Mask = NDArray[np.bool_]

QUESTIONS = (
    "我单位燃气检查频次要求?", "泽州县的企业多久检查一次安全隐患", "高平市主要负责人每周要查几次",
    "山西省对煤矿有什么要求", "临汾市森林防火谁负责", "老板多久要带队检查", "煤气罐能放地下室吗", "工地塔吊谁来管",
    "民房改民宿消防怎么管", "电瓶车充电", "2023年泽州县的目标", "第十七条是什么", "三、（十七）讲什么",
    "泽政发〔2024〕1号第五条", "临政函〔2024〕12号是什么", "四下降指什么", "今年和去年燃气有什么变化",
    "泽州和高平的危化品规定有何不同", "养老院由哪个部门负责", "尾矿库多少要专家", "烟花爆竹零售点", "汛期值班",
    "北京的规定", "晋城市的通知呢", "长治市煤矿检查几次", "什么时候前完成整改", "学校校车安全", "写一段python代码",
    "抄送哪些单位", "有限空间作业", "临汾2024年第二部分（一）第9点", "粉尘涉爆企业",
)  # fmt: skip


class PlainSearcher(Searcher):
    """Compares every vector, sums every posting by bm25s itself, sorts everything, walks all sentences."""

    def _signals(self, query: Scores, reading: Reading, allowed: Mask, count: int) -> tuple[list[int], Signals]:
        wanted = _search_terms(reading)
        units, sentences = self._index.units, self._index.sentences
        spoken = allowed[self._sentence_unit]
        signals = Signals(
            dense_units=all_similarities(units, query, allowed),
            dense_sentences=all_similarities(sentences, query, spoken),
            lexical_units=np.where(allowed, bm25(units.lexical, wanted), 0),
            lexical_sentences=np.where(spoken, bm25(sentences.lexical, wanted), 0),
        )
        chosen = {int(at) for one in (signals.dense_units, signals.lexical_units) for at in first(one, count)}
        for one in (signals.dense_sentences, signals.lexical_sentences):
            chosen.update(int(at) for at in self._sentence_unit[first(one, count)])
        return sorted(chosen), signals

    def _is_subject(self, place: str, concepts: object) -> bool:
        region = find_region(place)
        short = region.short if region else place
        return len(concepts) > 1 and any(  # type: ignore[arg-type]
            short in passage.text and coverage(concepts, passage.text, "", "")[1] >= 0.6  # type: ignore[arg-type]
            for passage in self._index.sentences.passages
        )


def all_similarities(level: Level, query: Scores, allowed: Mask) -> Scores:
    scores = np.full(len(level.passages), -1, dtype=np.float32)
    selector = faiss.SearchParameters(sel=faiss.IDSelectorBitmap(np.packbits(allowed, bitorder="little")))
    similarities, rows = level.vectors._index.search(query[None, :], int(allowed.sum()), params=selector)
    scores[rows[0]] = similarities[0]
    return scores


def bm25(store: LexicalStore, wanted: list[str]) -> Scores:
    known = [term for term in wanted if term in store._index.vocab_dict]
    scores: Scores = store._index.get_scores(known) if known else np.zeros(len(store), dtype=np.float32)
    return scores


def first(scores: Scores, count: int) -> NDArray[np.int64]:
    order = np.argsort(-scores, kind="stable")[:count]
    return order[scores[order] > 0]


@pytest.fixture(scope="module")
def pair(index: Index, embedder: Embedder) -> tuple[Searcher, Searcher]:
    lexicon = load_lexicon(None)
    return Searcher(index, embedder, lexicon), PlainSearcher(index, embedder, lexicon)


@pytest.mark.parametrize("question", QUESTIONS)
def test_hits_and_scores_are_those_of_a_plain_search(pair: tuple[Searcher, Searcher], question: str) -> None:
    quick, plain = pair
    for region, year in ((None, None), ("泽州县", None), ("山西省", 2024)):
        found, expected = (one.search(question, region, year, k=24) for one in (quick, plain))
        assert found.reading == expected.reading
        assert found.scope == expected.scope
        assert found.hits == expected.hits


def test_most_questions_find_something(pair: tuple[Searcher, Searcher]) -> None:
    assert sum(bool(pair[0].search(question).hits) for question in QUESTIONS) >= 27


@pytest.mark.parametrize("needed", list(FactKind))
def test_general_rules_are_those_of_a_walk_over_all_sentences(
    index: Index, pair: tuple[Searcher, Searcher], needed: FactKind
) -> None:
    scope = pair[0].search("企业多久检查一次").scope
    expected = [
        (passage.unit, passage.text)
        for passage in index.sentences.passages
        if passage.notice in scope.tiers
        and any(fact.kind is needed and fact.number is not None for fact in passage.facts)
        and "企业" in index.all_units[passage.unit].heading
        and "企业" in passage.text
        and asks_inspection(passage.text)
    ]
    assert [(hit.unit, hit.evidence[0].text) for hit in pair[0].general_rules(scope, needed)] == expected
    assert expected or needed is not FactKind.FREQUENCY


def test_general_rules_of_no_notice_are_none(pair: tuple[Searcher, Searcher]) -> None:
    assert pair[0].general_rules(Scope(), FactKind.FREQUENCY) == ()


@pytest.mark.parametrize("piece", ["北京", "晋城", "高平市", "一", "", "煤矿企业", "a、b", "GB"])
def test_rows_holding_a_piece_are_all_among_the_candidates(index: Index, piece: str) -> None:
    level = index.sentences
    rows = [int(row) for row in level.lexical.holding(piece)]
    assert rows == sorted(set(rows))
    assert {row for row, one in enumerate(level.passages) if piece in one.text} <= set(rows)
    if piece in {"北京", "高平市", "煤矿企业"}:
        assert len(rows) < len(level.passages) / 10
