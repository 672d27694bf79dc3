"""The search as a llama-index retriever, for those who build with llama-index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from index.nodes import to_node
from index.store import Index
from retrieval.search import Searcher

if TYPE_CHECKING:
    from llama_index.core.retrievers import BaseRetriever


def as_retriever(
    index: Index, searcher: Searcher, region: str | None = None, year: int | None = None, k: int = 10
) -> BaseRetriever:
    """Make a BaseRetriever of a searcher.

    Args:
        index: the open index the searcher searches.
        searcher: the search.
        region: the selected place, or None.
        year: the selected year, or None.
        k: how many nodes to return, at least 1.

    Returns:
        A retriever whose nodes are whole clauses, best first, with the score of the search.
    """
    from llama_index.core.retrievers import BaseRetriever
    from llama_index.core.schema import NodeWithScore, QueryBundle

    class ClauseRetriever(BaseRetriever):
        """Retrieves cited clauses; places and years named in the query are filters, as in every search."""

        def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
            found = searcher.search(query_bundle.query_str, region, year, k)
            nodes = []
            for hit in found.hits:
                unit = index.all_units[hit.unit]
                node = to_node(index.units.passages[hit.unit], unit, index.document_of[unit.notice])
                nodes.append(NodeWithScore(node=node, score=hit.score))
            return nodes

    return ClauseRetriever()
