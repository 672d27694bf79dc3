"""Passages as llama-index nodes: the seam for those who build with llama-index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus.model import Document, Unit
from index.model import Passage

if TYPE_CHECKING:
    from llama_index.core.schema import TextNode


def to_node(passage: Passage, unit: Unit, document: Document) -> TextNode:
    """Make the TextNode of a passage.

    Args:
        passage: a unit or a sentence.
        unit: the unit it is, or is of.
        document: the document of that unit.

    Returns:
        A node whose text is the passage verbatim, whose metadata name 文号, title, issuer, region, date, path, label,
        heading, responsible units and source, whose content for embedding is the text the index embeds, and whose
        content for a language model is the same after 文号 and label.
    """
    from llama_index.core.schema import TextNode

    metadata = {
        "notice": unit.notice,
        "title": document.title,
        "issuer": document.issuer,
        "region": document.region,
        "level": document.level.value,
        "date": document.date,
        "year": document.year,
        "path": list(unit.path),
        "label": unit.label,
        "heading": unit.heading,
        "responsible": list(unit.responsible),
        "source": unit.source.model_dump(),
        "embedded": passage.embedded,
    }
    # "embedded" holds headings and text: the templates write the values of the metadata that are not excluded.
    hidden = [key for key in metadata if key != "embedded"]
    unsaid = [key for key in hidden if key not in ("notice", "label")]
    return TextNode(
        id_=passage.id,
        text=passage.text,
        metadata=metadata,
        excluded_embed_metadata_keys=hidden,
        excluded_llm_metadata_keys=unsaid,
        metadata_template="{value}",
        text_template="{metadata_str}",
    )
