"""Tune the embedding model to how people ask; run by maintainers, `make train`. Nothing of it runs in the program.

In-batch negatives with one hard negative each (Henderson et al. 2017; sentence-transformers'
MultipleNegativesRankingLoss), and weights averaged with the untuned ones (Wortsman et al. 2022, Robust fine-tuning of
zero-shot models).
"""

from __future__ import annotations

import argparse
import random
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from corpus.load import bundled_folder, load_corpus
from corpus.model import Document
from index.tuning.examples import (
    PAIRS,
    Example,
    Pair,
    candidates_of,
    group_alike,
    hard_negatives,
    held_back,
    load_pairs,
    load_statutes,
)

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_HERE = Path(__file__).parent


class Recipe(BaseModel):
    """index/tuning/train.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    seed: int
    epochs: float = Field(gt=0)
    batch: int = Field(ge=2)
    learning_rate: float
    warmup: float
    scale: float
    frozen_layers: int
    longest: int
    negatives_skip: int
    blend: float = Field(ge=0, le=1)


def make_examples(pairs: Sequence[Pair], documents: Sequence[Document], model: Any, skip: int) -> list[Example]:
    """Put the heading before each sentence, as the index does, and find each question a near but wrong sentence.

    The wrong one is of the same notice, or for a general pair another general sentence, never one that says the same.
    """
    heads = {(unit.notice, unit.label): unit.heading for one in documents for unit in one.units}
    everything = [*candidates_of(documents), *(pair for pair in pairs if not pair.notice)]
    numbers = group_alike([pair.sentence for pair in [*pairs, *everything]])
    mine, theirs = numbers[: len(pairs)], numbers[len(pairs) :]
    questions = model.encode_query([pair.question for pair in pairs], batch_size=64)
    passages = model.encode_document([_passage(one, heads) for one in everything], batch_size=64)
    barred = [
        [
            at
            for at, other in enumerate(everything)
            if other.notice != pair.notice
            or (pair.notice and other.label == pair.label)
            or theirs[at] == group
            or other.sentence in pair.sentence
            or pair.sentence in other.sentence
        ]
        for pair, group in zip(pairs, mine, strict=True)
    ]
    chosen = hard_negatives(np.asarray(questions @ passages.T), barred, 1, skip)
    return [
        Example(
            question=pair.question,
            positive=_passage(pair, heads),
            negative=_passage(everything[wrong[0]], heads),
            groups=frozenset({group}),
            against=frozenset({theirs[wrong[0]]}),
        )
        for pair, group, wrong in zip(pairs, mine, chosen, strict=True)
    ]


def _passage(pair: Pair, heads: dict[tuple[str, str], str]) -> str:
    head = heads.get((pair.notice, pair.label), "")
    return f"{head}：{pair.sentence}" if head and not pair.sentence.startswith(head) else pair.sentence


def statute_examples(pairs: Sequence[Pair], model: Any, skip: int) -> list[Example]:
    """The same for statutes, whose wrong answers are other gold articles."""
    texts = list(dict.fromkeys(pair.sentence for pair in pairs))
    at = {text: number for number, text in enumerate(texts)}
    own: dict[str, list[int]] = {}
    for pair in pairs:
        own.setdefault(pair.question, []).append(at[pair.sentence])
    questions = model.encode_query([pair.question for pair in pairs], batch_size=64)
    similarities = np.asarray(questions @ model.encode_document(texts, batch_size=32).T)
    chosen = hard_negatives(similarities, [own[pair.question] for pair in pairs], 1, skip)
    return [
        Example(
            question=pair.question,
            positive=pair.sentence,
            negative=texts[wrong[0]],
            groups=frozenset(own[pair.question]),
            against=frozenset({wrong[0]}),
        )
        for pair, wrong in zip(pairs, chosen, strict=True)
    ]


def batches(examples: Sequence[Example], size: int, seed: int) -> Iterator[list[int]]:
    """Shuffle, and fill batches in which no passage is a right answer to another's question."""
    left = list(range(len(examples)))
    random.Random(seed).shuffle(left)
    while left:
        chosen: list[int] = []
        right: set[int] = set()
        wrong: set[int] = set()
        rest: list[int] = []
        for at in left:
            one = examples[at]
            clash = one.groups & (right | wrong) or one.against & right
            if clash or len(chosen) == size:
                rest.append(at)
            else:
                chosen.append(at)
                right |= one.groups
                wrong |= one.against
        if len(chosen) < size // 2:
            return
        yield chosen
        left = rest


def _sampler(sets: dict[str, list[Example]], seed: int) -> Any:
    """The class that gives the trainer the batches of batches(), anew in every epoch."""
    from sentence_transformers.base.sampler import DefaultBatchSampler

    example_of = {(one.question, one.positive): one for examples in sets.values() for one in examples}

    class Apart(DefaultBatchSampler):
        """The batches of batches(), anew in every epoch."""

        def _made(self) -> list[list[int]]:
            rows: Any = self.sampler
            examples = [example_of[row["question"], row["positive"]] for row in rows]
            return list(batches(examples, self.batch_size, seed + self.epoch))

        def __iter__(self) -> Iterator[list[int]]:
            yield from self._made()

        def __len__(self) -> int:
            return len(self._made())

    return Apart


def tune(model: SentenceTransformer, sets: dict[str, list[Example]], recipe: Recipe, out: Path) -> None:
    """Train the model in place.

    Args:
        model: the untuned model.
        sets: examples by source; a batch is of one source.
        recipe: see train.toml.
        out: a folder for what the trainer writes.
    """
    from datasets import Dataset, DatasetDict
    from sentence_transformers import SentenceTransformerTrainer, SentenceTransformerTrainingArguments
    from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss

    still(model[0].auto_model, recipe.frozen_layers)
    model.max_seq_length = recipe.longest
    data = DatasetDict(
        {
            name: Dataset.from_list([one.model_dump(include={"question", "positive", "negative"}) for one in examples])
            for name, examples in sets.items()
        }
    )
    arguments = SentenceTransformerTrainingArguments(
        output_dir=str(out), num_train_epochs=recipe.epochs, per_device_train_batch_size=recipe.batch,
        learning_rate=recipe.learning_rate, warmup_steps=recipe.warmup, seed=recipe.seed, save_strategy="no",
        report_to=[], logging_steps=20, batch_sampler=_sampler(sets, recipe.seed), dataloader_drop_last=False,
        prompts={"question": "query: ", "positive": "passage: ", "negative": "passage: "},
    )  # fmt: skip
    loss = MultipleNegativesRankingLoss(model, scale=recipe.scale)
    SentenceTransformerTrainer(model=model, args=arguments, train_dataset=data, loss=loss).train()
    model.max_seq_length = 512


def still(encoder: Any, layers: int) -> None:
    """Leave the embeddings and the lowest layers as they are: what few pairs would only spoil; and drop nothing out.

    Dropout costs a third of the time on a CPU, and two epochs do not overfit.

    Args:
        encoder: a transformers BertModel.
        layers: how many, from below.
    """
    import torch

    for module in encoder.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    for part in (encoder.embeddings, *encoder.encoder.layer[:layers]):
        part.requires_grad_(False)


def blend(model: SentenceTransformer, base: SentenceTransformer, share: float) -> None:
    """Average the weights with those of the untuned model, in place.

    Args:
        model: the tuned one.
        base: the untuned one.
        share: of the tuned weights, 0 to 1.
    """
    before = base.state_dict()
    mixed = {name: share * value + (1 - share) * before[name] for name, value in model.state_dict().items()}
    model.load_state_dict(mixed)


def main() -> None:
    """Tune a directory made by index.tuning.convert, and write the shipped one."""
    from sentence_transformers import SentenceTransformer

    from index.tuning.convert import shrink

    parser = argparse.ArgumentParser()
    parser.add_argument("base", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--statutes", type=Path, help="folder of STARD; left out, only the project's own pairs")
    parser.add_argument("--without", default="", help="文号 left out of training, to test on it")
    parser.add_argument("--recipe", type=Path, default=_HERE / "train.toml")
    chosen = parser.parse_args()
    recipe = Recipe(**tomllib.loads(chosen.recipe.read_text(encoding="utf-8")))
    model, base = (SentenceTransformer(str(chosen.base), device="cpu") for _ in range(2))
    documents = [one for one in load_corpus([bundled_folder()]).documents if one.notice != chosen.without]
    pairs = [one for one in load_pairs(PAIRS) if one.notice != chosen.without]
    sets = {"notices": make_examples(pairs, documents, base, recipe.negatives_skip)}
    if chosen.statutes:
        statutes = load_statutes(chosen.statutes)
        barred = {one.question for one in statutes if held_back(one.label)}
        kept = [one for one in statutes if one.question not in barred]
        sets["statutes"] = statute_examples(kept, base, recipe.negatives_skip)
    tune(model, sets, recipe, chosen.out.with_name(chosen.out.name + "-log"))
    model.save(str(chosen.out.with_name(chosen.out.name + "-raw")), create_model_card=False)
    blend(model, base, recipe.blend)
    shrink(model, chosen.out)


if __name__ == "__main__":
    main()
