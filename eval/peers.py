"""What a user would put together instead, as baselines: on the same corpus, with the same embedding.

llama-index's default (VectorStoreIndex over SentenceSplitter), a recursive splitter of 500 characters with 50 of
overlap and FAISS, BM25 over jieba words, and the reciprocal rank fusion of the last two (Cormack et al. 2009).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from app.service import Service
from corpus.decode import decode
from corpus.errors import AnwenError
from corpus.load import list_files
from corpus.model import Document
from eval.metrics import DEPTHS, group_ranks, ndcg, recall_at, reciprocal_rank
from eval.model import Case, Retrieved
from eval.run import find_passages
from index.embed import Embedder
from index.lexical import LexicalStore, words
from index.vectors import VectorStore

_CHUNK, _OVERLAP = 500, 50
_FUSED, _RRF = 50, 60
_COLUMNS = (*(f"recall@{k}" for k in DEPTHS), "mrr", "ndcg@10")

Search = Callable[[str, int], list[Retrieved]]
Retrieve = Callable[[Case, int], list[Retrieved]]
Texts = Mapping[str, str]


def received_texts(folders: Sequence[Path]) -> Texts:
    """The files as received, by file name: what a user would feed."""
    return {path.name: decode(path.read_bytes()) for path in (one.path for one in list_files(folders))}


def cleaned_texts(documents: Mapping[str, Document]) -> Texts:
    """The same files after our own cleaning, titles and headings in place: what no peer does by itself."""
    texts: dict[str, list[str]] = {}
    for document in documents.values():
        texts.setdefault(document.file, []).append("\n".join(unit.text for unit in document.units))
    return {file: "\n\n".join(parts) for file, parts in texts.items()}


def by_file(case: Case, documents: Mapping[str, Document]) -> Case:
    """The case with its evidence named by file: a peer's chunk knows its file, and no 文号."""
    return case.model_copy(
        update={
            "evidence": tuple(
                tuple(
                    quote.model_copy(update={"notice": documents[quote.notice].file})
                    for quote in group
                    if quote.notice in documents
                )
                for group in case.evidence
            )
        }
    )


def asking(search: Search) -> Retrieve:
    """Ask a peer a case: it has no rules for follow-ups, so earlier questions are put in front."""

    def retrieve(case: Case, k: int) -> list[Retrieved]:
        return search("\n".join(case.asked), k)

    return retrieve


def llama_default(texts: Texts, embedder: Embedder) -> Search:
    """llama-index as its first tutorial has it: SentenceSplitter with its own defaults, vectors in memory, top k."""
    from llama_index.core import Document as LlamaDocument
    from llama_index.core import VectorStoreIndex
    from llama_index.core.base.embeddings.base import BaseEmbedding
    from llama_index.core.node_parser import SentenceSplitter

    class Same(BaseEmbedding):
        """Our embedding behind llama-index's interface."""

        def _get_query_embedding(self, query: str) -> list[float]:
            return [float(one) for one in embedder.encode_query(query)]

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_query_embedding(query)

        def _get_text_embedding(self, text: str) -> list[float]:
            return self._get_text_embeddings([text])[0]

        def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
            return [[float(one) for one in row] for batch in embedder.encode_passages(texts) for row in batch]

    documents = [LlamaDocument(text=text, metadata={"file": file}) for file, text in texts.items()]
    same = Same(model_name=embedder.name, embed_batch_size=32)
    index = VectorStoreIndex.from_documents(documents, embed_model=same, transformations=[SentenceSplitter()])

    def search(question: str, k: int) -> list[Retrieved]:
        found = index.as_retriever(similarity_top_k=k).retrieve(question)
        return [Retrieved(notice=one.node.metadata["file"], label="", text=one.node.get_content()) for one in found]

    return search


def split(texts: Texts) -> list[Retrieved]:
    """Cut texts by a recursive splitter, at paragraphs, else sentences, else words."""
    from semantic_text_splitter import TextSplitter

    splitter = TextSplitter(_CHUNK, overlap=_OVERLAP)
    return [
        Retrieved(notice=file, label="", text=chunk) for file, text in texts.items() for chunk in splitter.chunks(text)
    ]


def dense(chunks: Sequence[Retrieved], embedder: Embedder) -> Search:
    """FAISS over the embeddings of the chunks."""
    vectors = np.vstack(list(embedder.encode_passages([chunk.text for chunk in chunks])))
    store = VectorStore.build(vectors)

    def search(question: str, k: int) -> list[Retrieved]:
        rows, _ = store.search(embedder.encode_query(question), k)
        return [chunks[int(row)] for row in rows]

    return search


def bm25(chunks: Sequence[Retrieved]) -> Search:
    """BM25 over the jieba words of the chunks."""
    store = LexicalStore.build([chunk.text for chunk in chunks], words)

    def search(question: str, k: int) -> list[Retrieved]:
        scores = store.scores(words(question))
        return [chunks[int(row)] for row in np.argsort(-scores, kind="stable")[:k] if scores[row] > 0]

    return search


def fused(searches: Sequence[Search]) -> Search:
    """Reciprocal rank fusion of several searches."""

    def search(question: str, k: int) -> list[Retrieved]:
        scores: dict[Retrieved, float] = {}
        for one in searches:
            for rank, passage in enumerate(dict.fromkeys(one(question, _FUSED)), start=1):
                scores[passage] = scores.get(passage, 0.0) + 1 / (_RRF + rank)
        return sorted(scores, key=lambda passage: -scores[passage])[:k]

    return search


def all_peers(texts: Texts, embedder: Embedder) -> Iterator[tuple[str, Search]]:
    """Each baseline with its name, built one after the other.

    Args:
        texts: files by name.
        embedder: the embedding of our own index.
    """
    yield "llama-index 默认（SentenceSplitter，top-k）", llama_default(texts, embedder)
    chunks = split(texts)
    near, lexical = dense(chunks, embedder), bm25(chunks)
    yield "递归切分 500/50 + FAISS", near
    yield "BM25（jieba 分词）", lexical
    yield "上两者融合（RRF）", fused([near, lexical])


def measure(retrieve: Retrieve, cases: Sequence[Case], documents: Mapping[str, Document]) -> dict[str, float]:
    """Score a retrieval over the answerable cases with evidence, by the metrics of our own retrieval.

    Args:
        retrieve: gives passages whose notice is the name of their file.
        cases: the cases; those with nothing to retrieve are passed over.
        documents: by 文号.

    Returns:
        recall@k, mrr, ndcg@10; characters, the mean length of the first five passages together; cases, how many.
    """
    columns: dict[str, list[float]] = {}
    for case in (by_file(one, documents) for one in cases if one.findable):
        passages = retrieve(case, DEPTHS[-1])
        ranks = group_ranks(case.evidence, passages)
        row = {f"recall@{k}": float(recall_at(ranks, k)) for k in DEPTHS}
        row |= {"mrr": reciprocal_rank(ranks), "ndcg@10": ndcg(ranks)}
        row["characters"] = float(sum(len(passage.text) for passage in passages[:5]))
        for name, value in row.items():
            columns.setdefault(name, []).append(value)
    means = {name: sum(values) / len(values) for name, values in columns.items()}
    return means | {"cases": float(len(columns.get("mrr", ())))}


def compare_with_peers(
    cases: Sequence[Case], service: Service, folders: Sequence[Path], embedder: Embedder, say: Callable[[str], None]
) -> Iterator[str]:
    """Measure all baselines and our own search over the same cases; the lines of a Markdown table for each split.

    Args:
        cases: the cases; one table for each split that they name, or one for all.
        service: the program, for its own search.
        folders: of the notices.
        embedder: the embedding of the program's index.
        say: takes one Chinese line on what is being measured.
    """
    splits = sorted({case.split for case in cases}, reverse=True)
    ways = [("安问", ours(service))]
    for kind, texts in (("原文件", received_texts(folders)), ("先经安问清洗", cleaned_texts(service.documents))):
        say(f"正在为各种常见做法建立索引（{kind}）")
        ways += [(f"{name}，{kind}", asking(search)) for name, search in all_peers(texts, embedder)]
    for split in splits:
        mine = [case for case in cases if case.split == split]
        yield f"{split or '全部'}（{sum(case.findable for case in mine)} 例）："
        yield ""
        yield "| 做法 | " + " | ".join(_COLUMNS) + " | 前五段字数 |"
        yield "|---" * (len(_COLUMNS) + 2) + "|"
        for name, retrieve in ways if any(case.findable for case in mine) else ():
            means = measure(retrieve, mine, service.documents)
            values = [f"{means[one]:.3f}" for one in _COLUMNS]
            yield f"| {name} | {' | '.join(values)} | {means['characters']:.0f} |"
        yield ""


def ours(service: Service) -> Retrieve:
    """The program's own search, its passages named by file like those of the peers."""

    def retrieve(case: Case, k: int) -> list[Retrieved]:
        try:
            passages = find_passages(service, case, k)
        except AnwenError:
            return []
        return [one.model_copy(update={"notice": service.documents[one.notice].file}) for one in passages]

    return retrieve
