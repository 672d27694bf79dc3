"""Cut a long sentence down to the part that answers, verbatim."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from retrieval.model import Concept

_LONG = 150
_LONGEST_CLAUSE = 1500


def trim(sentence: str, concepts: Sequence[Concept], keep: Sequence[str] = ()) -> str:
    """Return the sentence, or the run of its parts (between ；) that holds what is asked.

    Args:
        sentence: a whole sentence.
        concepts: what the question speaks of.
        keep: words that the part must hold, when the sentence has them (the words of a fact).

    Returns:
        A contiguous part of the sentence.
    """
    if len(sentence) <= _LONG or "；" not in sentence:
        return sentence
    bounds = [0, *(at + 1 for at, char in enumerate(sentence) if char == "；"), len(sentence)]
    parts = [sentence[start:end] for start, end in pairwise(bounds) if end > start]
    wanted = [at for at, part in enumerate(parts) if any(word in part for word in keep)]
    if not wanted:
        said = [any(one.met_by(part) for one in concepts) for part in parts]
        wanted = [at for at, named in enumerate(said) if named] or list(range(len(parts)))
    return "".join(parts[min(wanted) : max(wanted) + 1]).removesuffix("；")


def shorten(text: str) -> str:
    """A clause whole, or its first sentences when it is longer than any clause should be.

    Args:
        text: the clause.
    """
    if len(text) <= _LONGEST_CLAUSE:
        return text
    cut = text.rfind("。", 0, _LONGEST_CLAUSE)
    return text[: cut + 1] if cut > 0 else text[:_LONGEST_CLAUSE]
