"""The baselines measured: all alike, our own search beside them, in one table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import pytest

from app.model import Inquiry
from app.service import Service
from corpus.errors import QuestionError
from corpus.load import bundled_folder
from corpus.model import Document
from eval.cases import own_cases
from eval.model import Case, Quote, Retrieved
from eval.peers import (
    asking,
    bm25,
    by_file,
    cleaned_texts,
    compare_with_peers,
    measure,
    ours,
    split,
)
from tests.indexing import HashEmbedder
from tests.peer_files import FILES, passage

ZEZHOU, GAOPING, LINFEN, REPLY = "泽政发〔2024〕1号", "高政发〔2024〕1号", "临政发〔2024〕1号", "临政函〔2024〕11号"


def case(*groups: Sequence[tuple[str, str]], **values: object) -> Case:
    """A case whose evidence are these groups of (文号, quote)."""
    evidence = [[{"notice": notice, "quote": quote} for notice, quote in group] for group in groups]
    return Case.model_validate({"id": "1", "question": "问", "answerable": True, "evidence": evidence} | values)


def test_by_file(documents: dict[str, Document]) -> None:
    """Evidence is named by its file; two documents of one file become one, and all else stays."""
    made = case([(ZEZHOU, "甲"), (LINFEN, "乙")], [(REPLY, "丙")], type="list", needs=["place"])
    named = by_file(made, documents)
    assert named.evidence == (
        (Quote(notice=FILES[0], quote="甲"), Quote(notice=FILES[4], quote="乙")),
        (Quote(notice=FILES[4], quote="丙"),),
    )
    assert named.model_copy(update={"evidence": made.evidence}) == made
    assert by_file(case(), documents) == case()


def test_evidence_of_a_notice_that_is_not_there(documents: dict[str, Document]) -> None:
    """A case file from outside is scored as it is: evidence in no notice of the corpus is never found."""
    strange = case([("某政发〔2020〕9号", "甲")])
    means = measure(lambda case, k: [passage("甲", "某政发〔2020〕9号.txt")], [strange], documents)
    assert (means["recall@10"], means["mrr"], means["cases"]) == (0.0, 0.0, 1.0)


def test_asking_puts_earlier_questions_in_front() -> None:
    """A follow-up is searched with what the asker said before, not with what was answered."""
    asked: list[tuple[str, int]] = []

    def search(question: str, k: int) -> list[Retrieved]:
        asked.append((question, k))
        return [passage(question)]

    turns = [("user", "泽州燃气"), ("assistant", "每月"), ("user", "多久")]
    history = [{"role": role, "content": content} for role, content in turns]
    assert asking(search)(case(question="那高平呢", history=history), 7) == [passage("泽州燃气\n多久\n那高平呢")]
    assert asking(search)(case(question="谁管"), 3) == [passage("谁管")]
    assert asked == [("泽州燃气\n多久\n那高平呢", 7), ("谁管", 3)]


def test_measure(documents: dict[str, Document]) -> None:
    """Three cases by hand: found at rank 1; at rank 4; one group of two at rank 2. Those without evidence are none."""
    found = {
        "first": [passage("甲一", FILES[0]), passage("四个字的", FILES[0])],
        "fourth": [passage("乙", FILES[0]), *[passage("无", FILES[2])] * 2, passage("乙", FILES[2]), passage("五", "x"),
                   passage("第六段不算", "x")],
        "half": [passage("无", FILES[4]), passage("丙", FILES[4])],
    }  # fmt: skip
    asked: list[tuple[str, int]] = []

    def retrieve(case: Case, k: int) -> list[Retrieved]:
        asked.append((case.id, k))
        return found[case.id]

    cases = [
        case([(ZEZHOU, "甲")], id="first"),
        case([(ZEZHOU, "甲")], id="refuse", answerable=False),
        case([(GAOPING, "乙")], id="fourth"),
        case(id="free"),
        case([(REPLY, "丙")], [(ZEZHOU, "丙")], id="half"),
    ]
    assert measure(retrieve, cases, documents) == pytest.approx(
        {
            "recall@1": 1 / 3, "recall@3": 1 / 3, "recall@5": 2 / 3, "recall@10": 2 / 3,
            "mrr": (1 + 0.25 + 0.5) / 3,
            "ndcg@10": (1 + 0.430677 + 0.630930 / 2) / 3,  # 1/log2(5), 1/log2(3)
            "characters": (6 + 5 + 2) / 3,
            "cases": 3.0,
        },
        abs=1e-6,
    )  # fmt: skip
    assert asked == [("first", 10), ("fourth", 10), ("half", 10)]
    assert measure(retrieve, [cases[1], cases[3]], documents) == {"cases": 0.0}


FOLLOW_UP = {
    "question": "那高平呢？",
    "history": [
        {"role": "user", "content": "泽州县我单位燃气检查频次要求？"}, {"role": "assistant", "content": "日检日查。"},
    ],
}  # fmt: skip


def test_ours(service: Service) -> None:
    """The program's own hits in order, named by file; the conversation counts; none where it cannot be asked."""
    retrieve = ours(service)
    for values in ({"question": "泽州县我单位燃气检查频次要求？"}, FOLLOW_UP):
        made = case(**values)
        hits = service.find(Inquiry(question=made.question, history=made.history), 4).hits
        found = retrieve(made, 4)
        assert len(found) == 4
        assert [(one.label, one.text) for one in found] == [(hit.label, hit.text) for hit in hits]
        assert [one.notice for one in found] == [service.documents[hit.notice].file for hit in hits]
    assert {one.notice for one in retrieve(case(**FOLLOW_UP), 10)} == {FILES[2], FILES[3]}
    with pytest.raises(QuestionError):
        service.find(Inquiry(question="  "))
    assert retrieve(case(question="  "), 4) == []


def test_a_mistake_in_the_program_is_not_hidden(service: Service) -> None:
    """Only the program's own refusal to take a question counts as finding nothing."""

    class Broken:
        """A service with a mistake in it."""

        documents = service.documents

        def find(self, inquiry: Inquiry, k: int) -> None:
            """Fail."""
            raise KeyError("虫")

    with pytest.raises(KeyError):
        ours(cast("Service", Broken()))(case(), 4)


def test_table(service: Service) -> None:
    """A table for each split, test first: our search, then four peers on the files as received, then on clean ones."""
    picked = [
        next(one for one in own_cases(name) if one.answerable and one.evidence) for name in ("dev", "test", "dev")
    ]
    refused = next(one for one in own_cases("test") if not one.answerable)
    told: list[str] = []
    folder = bundled_folder()
    lines = list(compare_with_peers([*picked, refused], service, [folder], HashEmbedder(), told.append))
    assert told == ["正在为各种常见做法建立索引（原文件）", "正在为各种常见做法建立索引（先经安问清洗）"]
    assert len(lines) == 2 * (4 + 9 + 1)
    assert [lines[0], lines[14]] == ["test（1 例）：", "dev（2 例）："]
    assert lines[2:4] == [
        "| 做法 | recall@1 | recall@3 | recall@5 | recall@10 | mrr | ndcg@10 | 前五段字数 |",
        "|---|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    names = [line.split(" | ")[0].removeprefix("| ") for line in lines[4:13]]
    assert names[0] == "安问"
    assert [name.rpartition("，")[2] for name in names[1:]] == ["原文件"] * 4 + ["先经安问清洗"] * 4
    assert names[3] == "BM25（jieba 分词），原文件"
    columns = ("recall@1", "recall@3", "recall@5", "recall@10", "mrr", "ndcg@10")
    lexical = asking(bm25(split(cleaned_texts(service.documents))))
    for at, mine in ((0, picked[1:2]), (14, [picked[0], picked[2]])):
        for line, way in ((4, ours(service)), (11, lexical)):
            means = measure(way, mine, service.documents)
            cells = " | ".join(f"{means[one]:.3f}" for one in columns)
            assert lines[at + line].endswith(f" | {cells} | {means['characters']:.0f} |")


def test_table_of_a_split_with_nothing_to_retrieve(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no case has evidence there is nothing to measure, and that is told rather than failing."""
    monkeypatch.setattr("eval.peers.all_peers", lambda texts, embedder: iter([]))
    refused = case(answerable=False)
    lines = list(compare_with_peers([refused], service, [bundled_folder()], HashEmbedder(), lambda line: None))
    assert lines[0] == "全部（0 例）："
