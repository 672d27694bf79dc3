"""The benchmarks: their measures against values worked out by hand, and small runs over made and real things."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.model import Inquiry
from app.service import Service
from eval.bench import measure_crowd, measure_warm
from eval.bench_made import made_places, made_terms, make_index, make_vectors
from eval.bench_metrics import measures, ndcg, recall, reciprocal_rank
from eval.bench_scale import Known, questions
from eval.bench_scale import recall as recall_of_store
from eval.bench_stard import (
    Article,
    Question,
    build_index,
    embedded,
    make_documents,
    read_articles,
    read_questions,
    sampled,
    table,
    texts_in_order,
    ways,
)
from index.embed import Embedder
from index.lexical import terms
from index.passages import build_passages
from index.store import Index
from index.tuning.examples import held_back
from index.vectors import VectorStore
from retrieval.fuse import Weights
from retrieval.lexicon import load_lexicon
from retrieval.search import Searcher
from tests.indexing import HashEmbedder

ARTICLES = (
    Article(
        id=1, name="民法典第四百六十五条", text="依法成立的合同，受法律保护。\n依法成立的合同，对当事人具有约束力。"
    ),
    Article(id=2, name="民法典第四百六十六条之一", text="当事人对合同条款的理解有争议的，应当确定其含义。"),
    Article(id=3, name="畜牧法第六十八条", text="畜禽屠宰企业应当建立质量安全管理制度。"),
    Article(id=4, name="某决定", text="撤销三个机构。"),
    Article(id=5, name="畜牧法第一条", text="为了规范畜牧业生产经营行为，制定本法。"),
)
QUESTIONS = (
    Question(id=7, question="屠宰场要不要管质量？", gold=(3,)),
    Question(id=9, question="合同有用吗", gold=(1,)),
)


def test_measures_of_ranked_lists() -> None:
    ranked = [8, 3, 5, 4]
    assert recall(ranked, {3, 4}, 2) == 0.5
    assert recall(ranked, {3, 4}, 4) == 1.0
    assert reciprocal_rank(ranked, {5, 4}) == pytest.approx(1 / 3)
    assert reciprocal_rank(ranked, {9}) == 0.0
    assert reciprocal_rank([*range(10), 99], {99}) == 0.0
    assert ndcg(ranked, {3, 4}) == pytest.approx((0.63093 + 0.43068) / (1 + 0.63093), abs=1e-4)
    assert ndcg([3, 4], {3, 4}) == 1.0
    means = measures([([1], (1,)), ([2], (1,))])
    assert means == {"Recall@5": 0.5, "Recall@10": 0.5, "Recall@100": 0.5, "MRR@10": 0.5, "nDCG@10": 0.5}


@given(st.permutations(range(12)), st.sets(st.integers(0, 11), min_size=1))
def test_a_better_place_never_lowers_a_measure(ranked: list[int], gold: set[int]) -> None:
    at = max(place for place, one in enumerate(ranked) if one in gold)
    better = [ranked[at], *ranked[:at], *ranked[at + 1 :]]
    for measure in (reciprocal_rank, ndcg):
        assert 0 <= measure(better, gold) <= 1
    assert ndcg(better, gold) >= ndcg(ranked, gold) or len(gold) > 1
    assert reciprocal_rank(better, gold) == 1.0


def test_articles_become_documents_of_laws() -> None:
    documents, ids = make_documents(ARTICLES)
    assert [one.notice for one in documents] == ["民法典", "畜牧法", "某决定"]
    assert ids == [1, 2, 3, 5, 4]
    labels = [unit.label for document in documents for unit in document.units]
    assert labels == ["第四百六十五条", "第四百六十六条之一", "第六十八条", "第一条", "全文"]
    first = documents[0].units[0]
    assert [one.text for one in first.sentences] == [
        "依法成立的合同，受法律保护。",
        "依法成立的合同，对当事人具有约束力。",
    ]


def test_a_larger_sample_begins_with_a_smaller_one(tmp_path: Path) -> None:
    for name, rows in (("corpus", ARTICLES), ("queries", QUESTIONS)):
        lines = "\n".join(json.dumps(one.model_dump(), ensure_ascii=False) for one in rows)
        (tmp_path / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    articles, asked = read_articles(tmp_path), read_questions(tmp_path)
    assert (articles, asked) == (list(ARTICLES), list(QUESTIONS))
    samples = [[one.id for one in sampled(articles, asked, count)] for count in (0, 1, 2, None)]
    assert samples[0] == [1, 3]
    assert sorted(samples[3]) == [1, 2, 3, 4, 5]
    assert all(samples[3][: len(sample)] == sample for sample in samples)
    assert [len(sample) for sample in samples] == [2, 3, 4, 5]
    assert [one.held_back for one in asked] == [held_back("3"), held_back("1")]


def test_vectors_are_kept_and_taken_up_again(tmp_path: Path) -> None:
    documents, ids = make_documents(ARTICLES)
    texts = texts_in_order(build_passages(documents), ids, [4, 1, 2, 3, 5])
    assert texts[0] == "某决定\n撤销三个机构。"
    assert texts[1] == "撤销三个机构。"
    embedder = HashEmbedder()
    first = dict(embedded(texts, embedder, tmp_path))
    assert embedder.asked == texts
    again = dict(embedded(texts, embedder, tmp_path))
    assert embedder.asked == texts
    assert all(np.array_equal(first[text], again[text]) for text in texts)
    dict(embedded(texts, HashEmbedder(name="another"), tmp_path))
    assert len(list(tmp_path.iterdir())) == 2


def test_statutes_are_searched_by_the_projects_own_search(tmp_path: Path, embedder: Embedder) -> None:
    documents, ids = make_documents(ARTICLES)
    passages = build_passages(documents)
    vectors = dict(embedded(texts_in_order(passages, ids, ids), embedder, tmp_path))
    searches = ways(build_index(documents, passages, vectors, embedder), ids, embedder, Weights())
    found = {way: {one.id: search(one.question) for one in QUESTIONS} for way, search in searches.items()}
    assert all(answers[7][0] == 3 and answers[9][0] in (1, 2) for answers in found.values()), found
    assert sorted(found["安问"][7]) == [1, 2, 3, 4, 5]
    # 北京 is no place of any law: the scope was given, so nothing is refused.
    assert searches["安问"]("北京的屠宰场要不要管质量？")[0] == 3


def test_questions_held_back_from_training_stand_apart() -> None:
    asked = (Question(id=7, question="甲", gold=(3,)), Question(id=8, question="乙", gold=(3, 6)))
    lines = list(table({"安问": {7: [3, 6], 8: [5, 3]}, "向量": {7: [], 8: [6]}}, asked))
    assert lines[0] == "未参与训练的问题（1 问）："
    assert lines[4:6] == [
        "| 安问 | 0.500 | 0.500 | 0.500 | 0.500 | 0.387 |",
        "| 向量 | 0.500 | 0.500 | 0.500 | 1.000 | 0.613 |",
    ]
    assert lines[7] == "参与过训练的问题（1 问）："
    assert lines[11] == "| 安问 | 1.000 | 1.000 | 1.000 | 1.000 | 1.000 |"
    assert lines[12].startswith("| 向量 | 0.000 |")
    assert next(iter(table({"安问": {7: [3]}}, asked[:1]))) == "参与过训练的问题（1 问）："


def test_made_terms_are_those_of_the_text(index: Index) -> None:
    made, _ = make_index(index, 1500)
    for level in (made.units, made.sentences):
        for passage in level.passages[::97]:
            assert sorted(made_terms(passage.embedded)) == sorted(terms(passage.embedded))


def test_made_places_are_each_named_once() -> None:
    places = made_places()
    assert len(places) == len(set(places)) > 2000
    assert "鼓楼区" in places


def test_made_vectors_lie_near_the_real_ones() -> None:
    base = np.eye(384, dtype=np.float32)[:50]
    made = make_vectors(base, 120, seed=1)
    assert np.linalg.norm(made, axis=1) == pytest.approx(np.ones(120), abs=1e-5)
    cosines = (made * base[np.arange(120) % 50]).sum(axis=1)
    assert cosines.mean() == pytest.approx(1 / (1 + 0.35**2) ** 0.5, abs=0.01)
    assert not np.allclose(made[0], made[50])
    assert np.array_equal(made, make_vectors(base, 120, seed=1))


def test_a_made_corpus_is_searched_within_its_places(index: Index, embedder: Embedder) -> None:
    size = len(index.sentences.passages) * 6 + 10
    made, spent = make_index(index, size)
    assert (len(made.units.passages), len(made.sentences.passages), len(made.documents)) == (size, size, 7)
    assert set(spent) == {"vectors", "lexical"}
    assert len({one.notice for one in made.documents}) == 7
    first, second = made_places()[:2]
    assert [one.region for one in made.documents] == [first] * 5 + [second] * 2
    searcher = Searcher(made, embedder, load_lexicon(None))
    found = searcher.search(f"{second}2021年燃气检查")
    assert {hit.notice for hit in found.hits} == {f"{second}政发〔2021〕1号"}
    assert "燃气" in found.hits[0].text
    assert made.all_units[found.hits[0].unit].text == found.hits[0].text
    assert recall_of_store(made.units, [embedder.encode_query("燃气检查")]) == 1.0


def test_recall_is_that_of_the_ten_nearest(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    def half(store: VectorStore, query: object, k: int) -> tuple[object, object]:
        rows, scores = real(store, query, 2 * k)  # type: ignore[arg-type]
        return rows[::2], scores[::2]

    real = VectorStore.search
    monkeypatch.setattr(VectorStore, "search", half)
    assert recall_of_store(index.sentences, [index.sentences.vectors.all_vectors()[3]]) == 0.5


def test_questions_of_the_scale_are_asked_with_and_without_a_place() -> None:
    asked = questions()
    half = len(asked) // 2
    assert asked[half:] == [f"{made_places()[0]}{one}" for one in asked[:half]]
    known = Known({asked[0]: np.ones(3, dtype=np.float32), asked[1]: np.zeros(3, dtype=np.float32)})
    assert known.encode_query(asked[1]).tolist() == [0, 0, 0]
    assert known.encode_query("别的").tolist() == [1, 1, 1]


def test_a_warm_question_is_held_against_its_embedding(service: Service) -> None:
    ticks: Iterator[float] = iter([0, 0.010, 0.025] * 3 + [1, 1.020, 1.044] * 3)
    warm = measure_warm(service, ["燃气多久检查一次", "谁负责森林防火"], lambda: next(ticks))
    assert (warm.embedding, warm.answer) == (pytest.approx(15), pytest.approx(19.5))
    assert warm.answer_p95 == pytest.approx(24)
    assert warm.ratio == pytest.approx((1.5 + 1.2) / 2)


def test_users_at_once_all_get_their_answers(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    at_once = threading.Barrier(4, timeout=60)

    def ask(_: Service, inquiry: Inquiry) -> None:
        asked.append(inquiry.question)
        at_once.wait()
        time.sleep(0.01)

    monkeypatch.setattr(Service, "ask", ask)
    started = time.perf_counter()
    crowd = measure_crowd(service, ["甲", "乙", "丙", "丁"], users=4)
    seconds = time.perf_counter() - started
    assert sorted(asked) == sorted(["甲", "乙", "丙", "丁"] * 4)
    assert crowd.users == 4
    assert 10 <= crowd.p50 <= crowd.p95
    assert 16 / seconds <= crowd.per_second <= 400
