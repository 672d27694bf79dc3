"""What a similarity means in one index: models differ in where theirs crowd, and notices in how alike they are."""

from __future__ import annotations

from importlib.resources import files

import numpy as np

from index.embed import Embedder, Vectors
from index.model import SimilarityRange

# The range reaches as far to both sides of the median as the 95th percentile is from it, times this: for the untuned
# multilingual-e5-small that is 0.76 to 0.92, what the weights of the ranking were first fitted with.
_REACH = 3.0
_SAMPLE = 20_000


def calibration_questions() -> tuple[str, ...]:
    """Everyday questions on all subjects of work safety, from a data file."""
    text = files("index").joinpath("data", "calibration.txt").read_text(encoding="utf-8")
    return tuple(line for line in text.splitlines() if line.strip())


def similarity_range(vectors: Vectors, embedder: Embedder) -> SimilarityRange:
    """Measure the similarities of everyday questions to an index's sentences.

    Args:
        vectors: of the sentences, shape (n, dimension), rows of length 1; of many, an even sample is taken.
        embedder: the model they were made with.

    Returns:
        The similarity that counts as nothing in common, and the one that counts as the same; without sentences 0 to 1.
    """
    if not len(vectors):
        return SimilarityRange(low=0.0, high=1.0)
    sample = vectors[:: max(1, len(vectors) // _SAMPLE)]
    questions = embedder.encode_queries(calibration_questions())
    middle, upper = (float(value) for value in np.percentile(questions @ sample.T, (50, 95)))
    reach = max(_REACH * (upper - middle), 1e-3)
    return SimilarityRange(low=middle - reach, high=middle + reach)
