"""Passages as llama-index nodes, and the search as a llama-index retriever."""

from __future__ import annotations

import pytest
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import MetadataMode, NodeWithScore, QueryBundle, TextNode

from index.embed import Embedder
from index.nodes import to_node
from index.store import Index
from retrieval.lexicon import load_lexicon
from retrieval.llama import as_retriever
from retrieval.search import Searcher

KEYS = [
    "notice", "title", "issuer", "region", "level", "date", "year", "path", "label", "heading", "responsible",
    "source", "embedded",
]  # fmt: skip
GAS = ("泽政发〔2024〕1号", "三、（十七）")


@pytest.fixture(scope="module")
def searcher(index: Index, embedder: Embedder) -> Searcher:
    return Searcher(index, embedder, load_lexicon(None))


@pytest.fixture(scope="module")
def nodes(index: Index) -> list[TextNode]:
    """The nodes of all passages."""
    passages = (*index.units.passages, *index.sentences.passages)
    return [to_node(one, index.all_units[one.unit], index.document_of[one.notice]) for one in passages]


def notices(found: list[NodeWithScore]) -> set[str]:
    return {str(node.metadata["notice"]) for node in found}


def test_every_node_holds_its_passage_verbatim(index: Index, nodes: list[TextNode]) -> None:
    passages = (*index.units.passages, *index.sentences.passages)
    for passage, node in zip(passages, nodes, strict=True):
        assert list(node.metadata) == KEYS
        assert node.text == node.get_content(MetadataMode.NONE) == passage.text
        assert node.get_content(MetadataMode.EMBED) == passage.embedded == node.metadata["embedded"]
        assert passage.text in node.get_content(MetadataMode.LLM)
        assert node.node_id == passage.id
    assert len({node.node_id for node in nodes}) == len(nodes) == index.manifest.passages


def test_metadata_of_the_gas_clause(nodes: list[TextNode]) -> None:
    node = next(one for one in nodes if (one.metadata["notice"], one.metadata["label"]) == GAS)
    metadata = dict(node.metadata)
    assert metadata.pop("embedded").startswith(
        "泽州县人民政府关于做好2024年安全生产工作的通知\n"
        "深入开展治本攻坚，紧盯重点行业领域专项整治 燃气领域专项整治\n燃气领域专项整治。"
    )
    source = metadata.pop("source")
    assert source["file"].startswith("000")
    assert 0 < source["start"] < source["end"]
    assert metadata == {
        "notice": "泽政发〔2024〕1号",
        "title": "泽州县人民政府关于做好2024年安全生产工作的通知",
        "issuer": "泽州县人民政府",
        "region": "泽州县",
        "level": "县",
        "date": "2024-04-11",
        "year": 2024,
        "path": ["三、", "（十七）"],
        "label": "三、（十七）",
        "heading": "燃气领域专项整治",
        "responsible": metadata["responsible"],
    }
    assert metadata["responsible"][:4] == [
        "县住房和城乡建设管理局", "县工业和信息化局", "县应急管理局", "县市场监督管理局",
    ]  # fmt: skip
    assert node.get_content(MetadataMode.LLM).startswith("泽政发〔2024〕1号\n三、（十七）\n泽州县人民政府关于")


def test_a_node_survives_llama_indexs_own_round_trip(nodes: list[TextNode]) -> None:
    again = TextNode.from_dict(nodes[0].to_dict())
    assert again.metadata == nodes[0].metadata
    assert again.get_content(MetadataMode.EMBED) == nodes[0].get_content(MetadataMode.EMBED)


def test_the_retriever_finds_the_clause_by_place_and_year(index: Index, searcher: Searcher) -> None:
    retriever = as_retriever(index, searcher)
    assert isinstance(retriever, BaseRetriever)
    found = retriever.retrieve("燃气由谁负责 泽州2024")
    assert (found[0].metadata["notice"], found[0].metadata["label"]) == GAS
    scores = [node.get_score() for node in found]
    assert scores == sorted(scores, reverse=True)
    assert len(found) == 10
    again = retriever.retrieve(QueryBundle("燃气由谁负责 泽州2024"))
    assert [node.node_id for node in again] == [node.node_id for node in found]
    hits = searcher.search("燃气由谁负责 泽州2024").hits
    assert [(node.text, node.score) for node in found] == [(hit.text, hit.score) for hit in hits]


def test_the_number_of_nodes_is_the_one_asked_for(index: Index, searcher: Searcher) -> None:
    assert len(as_retriever(index, searcher, k=3).retrieve("燃气由谁负责")) == 3


def test_a_place_selected_keeps_its_own_notices_and_those_above(index: Index, searcher: Searcher) -> None:
    found = as_retriever(index, searcher, region="高平市").retrieve("燃气由谁负责")
    assert notices(found) == {"高政发〔2024〕1号", "晋政发〔2024〕1号"}
    assert found[0].metadata["notice"] == "高政发〔2024〕1号"


def test_a_year_selected_keeps_its_notices(index: Index, searcher: Searcher) -> None:
    assert notices(as_retriever(index, searcher, year=2023).retrieve("燃气由谁负责")) == {"泽政发〔2023〕1号"}


@pytest.mark.parametrize(
    ("region", "year", "question"),
    [
        ("大同市", None, "燃气由谁负责"),
        ("没有的县", None, "燃气由谁负责"),
        (None, 1999, "燃气由谁负责"),
        ("高平市", 2023, "燃气由谁负责"),
        (None, None, "大同市的燃气由谁负责"),
    ],
)
def test_a_filter_that_matches_nothing_returns_nothing(
    index: Index, searcher: Searcher, region: str | None, year: int | None, question: str
) -> None:
    assert as_retriever(index, searcher, region=region, year=year).retrieve(question) == []
