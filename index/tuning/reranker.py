"""Try a cross-encoder over (question, sentence); run by maintainers. Nothing of it runs in the program.

A trial, kept so that its figures can be made again: the encoder of a tuned model with a new head is trained to tell a
right sentence from hard negatives (Nogueira & Cho 2019, Passage Re-ranking with BERT). eval.reranking measures it.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from pathlib import Path

from corpus.load import bundled_folder, load_corpus
from index.tuning.examples import PAIRS, Example, load_pairs
from index.tuning.train import make_examples, still

_SEED = 20240411
_SKIPS = (0, 2)
_FROZEN_LAYERS = 6
LONGEST = 160


def rows_of(rounds: Sequence[Sequence[Example]]) -> list[dict[str, object]]:
    """Make one row for each right sentence and one for each hard negative, shuffled.

    Args:
        rounds: the same examples with other negatives each; the right sentences are taken from the first.
    """
    rows: list[dict[str, object]] = [
        {"question": one.question, "sentence": one.positive, "label": 1.0} for one in rounds[0]
    ]
    rows += [
        {"question": one.question, "sentence": one.negative, "label": 0.0} for examples in rounds for one in examples
    ]
    random.Random(_SEED).shuffle(rows)
    return rows


def main() -> None:
    """Train a cross-encoder from a tuned model."""
    import torch
    from datasets import Dataset
    from sentence_transformers import (
        CrossEncoder,
        CrossEncoderTrainer,
        CrossEncoderTrainingArguments,
        SentenceTransformer,
    )
    from sentence_transformers.cross_encoder.losses import BinaryCrossEntropyLoss

    parser = argparse.ArgumentParser()
    parser.add_argument("base", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--pairs", type=int, default=None, help="how many pairs, drawn at random; all when left out")
    chosen = parser.parse_args()
    base = SentenceTransformer(str(chosen.base), device="cpu")
    documents, pairs = load_corpus([bundled_folder()]).documents, load_pairs(PAIRS)
    if chosen.pairs:
        pairs = random.Random(_SEED).sample(pairs, chosen.pairs)
    rows = rows_of([make_examples(pairs, documents, base, skip) for skip in _SKIPS])
    model = CrossEncoder(str(chosen.base), num_labels=1, device="cpu", max_length=LONGEST)
    still(model.model.bert, _FROZEN_LAYERS)
    arguments = CrossEncoderTrainingArguments(
        output_dir=str(chosen.out.with_name(chosen.out.name + "-log")), num_train_epochs=1, seed=_SEED,
        per_device_train_batch_size=48, learning_rate=1e-4, warmup_steps=0.1, save_strategy="no", report_to=[],
        logging_steps=20,
    )  # fmt: skip
    loss = BinaryCrossEntropyLoss(model, pos_weight=torch.tensor(2.0))
    CrossEncoderTrainer(model=model, args=arguments, train_dataset=Dataset.from_list(rows), loss=loss).train()
    model.save_pretrained(str(chosen.out))


if __name__ == "__main__":
    main()
