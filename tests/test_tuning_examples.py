"""Training examples: what is alike, what is a fair wrong answer, and pairs that give no eval question away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.model import Document
from eval.cases import load_cases, normalise, own_cases
from index.embed import Vectors
from index.tuning.examples import (
    Pair,
    candidates_of,
    grams,
    group_alike,
    hard_negatives,
    held_back,
    load_articles,
    load_pairs,
    load_statutes,
    overlap,
)
from index.tuning.train import make_examples, statute_examples
from tests.conftest import DATA

PAIRS = Path(__file__).parent.parent / "index" / "tuning" / "pairs"
_NEAR = 0.3
_ALIKE = 0.6


class GramEncoder:
    """A SentenceTransformer whose vectors count character bigrams: texts are near that share words."""

    def encode_query(self, texts: Sequence[str], batch_size: int) -> Vectors:
        rows = np.zeros((len(texts), 4096), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for one in grams(text):
                row[(ord(one[0]) * 31 + ord(one[1])) % 4096] = 1
        unit: Vectors = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1)
        return unit

    encode_document = encode_query


@pytest.fixture(scope="module")
def pairs() -> list[Pair]:
    """The committed pairs."""
    return load_pairs(PAIRS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", set()),
        ("燃", set()),
        ("燃气，安全。", {"燃气", "气安", "安全"}),
        ("1 次/周", {"1次", "次周"}),
        ("啊啊啊", {"啊啊"}),
    ],
)
def test_grams(text: str, expected: set[str]) -> None:
    assert grams(text) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("", "", 0.0),
        ("燃气", "", 0.0),
        ("燃气", "燃气", 1.0),
        ("燃气安全", "燃气检查", 0.2),
        ("燃气安", "燃气安全检", 0.5),
    ],
)
def test_overlap(one: str, other: str, expected: float) -> None:
    assert overlap(grams(one), grams(other)) == overlap(grams(other), grams(one)) == pytest.approx(expected)


def test_texts_alike_share_a_number_by_way_of_others() -> None:
    """a is like b and b like c, but a is not like c; d is of its own; texts without letters are like nothing."""
    a, b, c = "甲乙丙丁戊己庚辛", "甲乙丙丁戊己庚辛壬癸子", "甲乙丙丁戊己庚辛壬癸子丑寅卯"
    assert overlap(grams(a), grams(b)) >= _ALIKE <= overlap(grams(b), grams(c))
    assert overlap(grams(a), grams(c)) < _ALIKE
    for texts in ([a, "燃气企业每周检查", b, c], [a, "燃气企业每周检查", c, b], [c, "燃气企业每周检查", b, a]):
        first, other, *rest = group_alike(texts)
        assert rest == [first, first]
        assert other != first
    assert len(set(group_alike([a, c]))) == 2
    assert len(set(group_alike(["", "。", "", "字"]))) == 4


@given(st.lists(st.text("甲乙丙", max_size=7), max_size=12))
def test_groups_are_the_chains_of_overlaps(texts: list[str]) -> None:
    """Against components found by the definition, one pair at a time."""
    held = [grams(text) for text in texts]
    component = list(range(len(texts)))
    for _ in texts:
        for at, one in enumerate(held):
            for to, other in enumerate(held):
                if overlap(one, other) >= _ALIKE:
                    component[at] = component[to] = min(component[at], component[to])
    numbers = group_alike(texts)
    assert len(numbers) == len(texts)
    assert len(set(numbers)) == len(set(component)) == len(set(zip(numbers, component, strict=True)))


@pytest.mark.parametrize(
    ("take", "skip", "expected"),
    [
        (1, 0, [[1], [3]]),
        (2, 0, [[1, 0], [3, 2]]),
        (1, 1, [[0], [2]]),
        (9, 0, [[1, 0], [3, 2, 1, 0]]),
        (1, 2, [[], [1]]),
    ],
)
def test_hard_negatives(take: int, skip: int, expected: list[list[int]]) -> None:
    similarities = np.array([[0.1, 0.5, 0.9, 0.8], [0.1, 0.2, 0.3, 0.4]], dtype=np.float32)
    assert hard_negatives(similarities, [[2, 3], []], take, skip) == expected


def test_a_fifth_of_the_articles_is_held_back() -> None:
    """By their numbers alone, so that every run and every reader finds the same."""
    assert [label for label in map(str, range(1, 61)) if held_back(label)] == [
        "6",
        "12",
        "29",
        "31",
        "37",
        "40",
        "44",
        "48",
        "51",
        "53",
    ]
    assert sum(held_back(str(label)) for label in range(50_000)) == pytest.approx(10_000, rel=0.03)
    assert sum(held_back(str(label), 2) for label in range(50_000)) == pytest.approx(25_000, rel=0.03)


def test_every_pair_is_sound(pairs: list[Pair], documents: dict[str, Document]) -> None:
    texts = {(unit.notice, unit.label): unit.text for one in documents.values() for unit in one.units}
    faults = []
    for pair in pairs:
        sound = bool(pair.topic) and pair.question == pair.question.strip() and 3 <= len(pair.question) <= 60
        if pair.notice:
            sound &= pair.sentence in texts[pair.notice, pair.label]
        else:
            sound &= not pair.label and len(pair.sentence) >= 10
        faults += [] if sound else [pair]
    assert not faults
    assert len(pairs) >= 3000
    assert {pair.notice for pair in pairs} == {"", *documents}
    assert 500 <= sum(not pair.notice for pair in pairs) <= len(pairs) // 3


def test_no_question_stands_twice(pairs: list[Pair]) -> None:
    counts = Counter(normalise(pair.question) for pair in pairs)
    assert [question for question, count in counts.items() if count > 1] == []


def nearest(questions: Sequence[str], known: Sequence[str]) -> list[tuple[float, str, str]]:
    """For each question the known one that shares most of its bigrams: the share, the question, the known one."""
    held = [grams(normalise(text)) for text in known]
    by_gram: dict[str, list[int]] = {}
    for at, some in enumerate(held):
        for gram in some:
            by_gram.setdefault(gram, []).append(at)
    found = []
    for question in questions:
        mine = grams(normalise(question))
        common = Counter(at for gram in mine for at in by_gram.get(gram, ()))
        shares = ((count / (len(mine) + len(held[at]) - count), known[at]) for at, count in common.items())
        share, other = max(shares, default=(0.0, ""))
        found.append((share, question, other))
    return found


def test_no_pair_asks_what_an_eval_case_asks(pairs: list[Pair]) -> None:
    cases = [*own_cases(), *load_cases(DATA / "questions.jsonl")]
    asked = sorted({case.question for case in cases})
    asked += sorted({turn.content for case in cases for turn in case.history if turn.role == "user"})
    assert len(asked) > 550
    near = [one for one in nearest([pair.question for pair in pairs], asked) if one[0] >= _NEAR]
    assert near == []


def test_a_paraphrase_of_a_case_would_be_seen() -> None:
    """The measure finds the case that a question was made from, and gives its exact overlap."""
    cases = [case.question for case in own_cases()]
    copied = [one[:-1] + "呢" for one in cases if len(grams(normalise(one))) >= 8]
    found = nearest(copied, cases)
    assert len(found) > 300
    assert min(share for share, _, _ in found) >= _NEAR
    for share, question, other in found[:20]:
        assert share == pytest.approx(overlap(grams(normalise(question)), grams(normalise(other))))


def test_candidates_are_the_sentences_of_the_notices(documents: dict[str, Document]) -> None:
    one = documents["泽政发〔2024〕1号"]
    found = candidates_of([one])
    texts = {unit.label: unit.text for unit in one.units}
    assert len(found) > 150
    assert all(pair.sentence in texts[pair.label] and len(pair.sentence) >= 8 for pair in found)
    assert {(pair.question, pair.notice) for pair in found} == {("", one.notice)}


@pytest.mark.parametrize("skip", [0, 3])
def test_negatives_are_near_but_wrong(pairs: list[Pair], documents: dict[str, Document], skip: int) -> None:
    """Of the same notice, of another clause, saying something else; for general pairs another general sentence."""
    chosen = [pair for pair in pairs if not pair.notice][::3] + [pair for pair in pairs if pair.notice][::9]
    made = make_examples(chosen, list(documents.values()), GramEncoder(), skip)
    heads = {(unit.notice, unit.label): unit.heading for one in documents.values() for unit in one.units}
    known: dict[str, list[Pair]] = {}
    for other in [*candidates_of(documents.values()), *(pair for pair in chosen if not pair.notice)]:
        head = heads.get((other.notice, other.label), "")
        headed = other.sentence if not head or other.sentence.startswith(head) else f"{head}：{other.sentence}"
        known.setdefault(headed, []).append(other)
    assert [one.question for one in made] == [pair.question for pair in chosen]
    for pair, one in zip(chosen, made, strict=True):
        head = heads.get((pair.notice, pair.label), "")
        assert one.positive in (pair.sentence, f"{head}：{pair.sentence}")
        assert one.positive.startswith(head)
        wrong = [other for other in known[one.negative] if other.notice == pair.notice]
        assert any(not pair.notice or other.label != pair.label for other in wrong), (pair, one.negative)
        assert overlap(grams(wrong[0].sentence), grams(pair.sentence)) < _ALIKE
        assert pair.sentence not in wrong[0].sentence
        assert not one.groups & one.against
    right = {one.positive: one.groups for one in made}
    assert all(one.groups == right[one.positive] for one in made)
    assert all(one.against == right[one.negative] for one in made if one.negative in right)
    if skip == 0:
        encoder = GramEncoder()
        asked, said, against = (
            encoder.encode_query(texts, 1)
            for texts in ([one.question for one in made], [one.negative for one in made], list(known))
        )
        near = np.sum(asked * said, axis=1).mean()
        assert near > 3 * (asked @ against.T).mean(), "the negatives must be the near ones"


def test_a_sentence_inside_another_is_no_negative_of_it() -> None:
    """Neither way round, however much longer the one is."""
    short, other = "每班检查瓦斯浓度。", "商场每月检查消防设施。"
    long = f"矿长应当组织通风、机电、地测、防治水等专业人员排查隐患，{short}"
    pairs = [Pair(question=f"多久检查瓦斯浓度{at}", sentence=one) for at, one in enumerate((short, long, other))]
    assert overlap(grams(short), grams(long)) < _ALIKE
    assert [one.negative for one in make_examples(pairs, [], GramEncoder(), 0)] == [other, other, short]


def statutes(folder: Path) -> Path:
    """STARD's two files in little: question b has two gold articles."""
    articles = {3: "煤矿应当每日检查瓦斯浓度", 5: "煤矿应当每班检查顶板", 7: "商场应当每月检查消防设施", 9: "学" * 500}
    lines = [f'{{"id": {number}, "text": "{text}"}}' for number, text in articles.items()]
    (folder / "corpus.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (folder / "queries.jsonl").write_text(
        '{"question": "瓦斯浓度多久检查", "gold": [3]}\n{"question": "煤矿检查什么", "gold": [3, 5]}\n'
        '{"question": "商场消防多久检查", "gold": [7]}',
        encoding="utf-8",
    )
    return folder


def test_statutes_are_read(tmp_path: Path) -> None:
    found = load_statutes(statutes(tmp_path))
    assert [(pair.question[:2], pair.label) for pair in found] == [
        ("瓦斯", "3"), ("煤矿", "3"), ("煤矿", "5"), ("商场", "7"),
    ]  # fmt: skip
    assert load_articles(tmp_path)["9"] == "学" * 400
    assert load_articles(tmp_path, 3)["3"] == "煤矿应"
    assert {pair.notice for pair in found} == {""}


def test_statute_negatives_are_gold_of_other_questions(tmp_path: Path) -> None:
    found = load_statutes(statutes(tmp_path))
    made: list[Any] = statute_examples(found, GramEncoder(), 0)
    gas, roof, shop = (pair.sentence for pair in (found[0], found[2], found[3]))
    assert [(one.positive, one.negative) for one in made] == [(gas, roof), (gas, shop), (roof, shop), (shop, roof)]
    first, both, again, third = made
    assert both.groups == again.groups == first.groups | first.against
    assert third.groups == both.against
    assert third.against < both.groups
    assert len(both.groups) == 2
