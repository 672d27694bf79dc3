"""Training, as far as it needs no training: the recipe, the batches, what is frozen, and how weights are averaged."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

import index.tuning.train
from index.tuning.examples import Example
from index.tuning.train import Recipe, batches, blend, still
from tests.made_model import save_tiny_model

RECIPE = tomllib.loads(Path(index.tuning.train.__file__).with_name("train.toml").read_text(encoding="utf-8"))


def made(*numbers: tuple[set[int], set[int]]) -> list[Example]:
    """Examples of which only what they say matters: numbers of the right passage, and of the wrong one."""
    return [
        Example(question=f"问{at}", positive="对", negative="错", groups=frozenset(right), against=frozenset(wrong))
        for at, (right, wrong) in enumerate(numbers)
    ]


@st.composite
def examples(draw: st.DrawFn) -> list[Example]:
    """Up to 60 examples over few passages, so that they often clash; no example's wrong passage is a right one."""
    right = draw(st.lists(st.sets(st.integers(0, 9), min_size=1, max_size=2), max_size=60))
    wrong = [draw(st.sampled_from([one for one in range(13) if one not in own])) for own in right]
    return made(*((own, {other}) for own, other in zip(right, wrong, strict=True)))


@given(examples(), st.integers(1, 12), st.integers(0, 3))
def test_batches_hold_no_right_answer_of_another(some: list[Example], size: int, seed: int) -> None:
    """Each example at most once, at least half a batch each, and no passage that is right for another's question."""
    found = list(batches(some, size, seed))
    used = [at for batch in found for at in batch]
    assert len(used) == len(set(used))
    assert all(max(1, size // 2) <= len(batch) <= size for batch in found)
    for batch in found:
        for at in batch:
            others = [some[other] for other in batch if other != at]
            assert not any(some[at].groups & (other.groups | other.against) for other in others)
    assert found == list(batches(some, size, seed))


@pytest.mark.parametrize(("size", "sizes"), [(1, [1] * 70), (2, [2] * 35), (32, [32, 32]), (12, [12] * 5 + [10])])
def test_examples_that_do_not_clash_fill_every_batch(size: int, sizes: list[int]) -> None:
    """What is left over and less than half a batch is left out."""
    some = made(*(({at}, {100 + at}) for at in range(70)))
    assert [len(batch) for batch in batches(some, size, 1)] == sizes


def test_examples_that_all_clash_are_batches_of_one_or_none() -> None:
    alike = made(*[({1}, {2})] * 5)
    assert sorted(batches(alike, 2, 1)) == [[0], [1], [2], [3], [4]]
    assert list(batches(alike, 4, 1)) == []
    assert [len(batch) for batch in batches(made(({1}, {2}), ({2}, {3}), ({5}, {6})), 3, 1)] == [2, 1]
    assert list(batches([], 4, 1)) == []


def test_the_seed_decides_the_order() -> None:
    some = made(*(({at}, {100 + at}) for at in range(64)))
    orders = {seed: list(batches(some, 8, seed)) for seed in (1, 2)}
    assert orders[1] != orders[2]
    assert sorted(at for batch in orders[1] for at in batch) == list(range(64))
    assert list(batches(some, 64, 1)) != [list(range(64))], "they are shuffled"


def test_the_recipe_is_the_committed_file() -> None:
    recipe = Recipe(**RECIPE)
    assert recipe.model_dump() == RECIPE
    assert 0 < recipe.blend < 1
    assert 0 < recipe.frozen_layers < 12


@pytest.mark.parametrize("change", [{"blend": 1.01}, {"blend": -0.1}, {"batch": 1}, {"epochs": 0}, {"lerning": 1}])
def test_a_recipe_that_cannot_be_is_refused(change: dict[str, float]) -> None:
    with pytest.raises(ValidationError, match=next(iter(change))):
        Recipe(**{**RECIPE, **change})
    with pytest.raises(ValidationError, match="seed"):
        Recipe(**{name: value for name, value in RECIPE.items() if name != "seed"})


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two models of other weights."""
    one, other = (save_tiny_model(tmp_path_factory.mktemp("模型"), seed) for seed in (1, 2))
    return one, other


def loaded(folder: Path) -> Any:
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(folder), device="cpu")


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_weights_are_averaged(folders: tuple[Path, Path], share: float) -> None:
    import torch

    tuned, base, before = loaded(folders[0]), loaded(folders[1]), loaded(folders[0])
    blend(tuned, base, share)
    mine, theirs, other = (model.state_dict() for model in (tuned, before, base))
    assert list(mine) == list(theirs)
    for name, value in mine.items():
        torch.testing.assert_close(value, share * theirs[name] + (1 - share) * other[name])
    words = next(name for name in mine if name.endswith("word_embeddings.weight"))
    assert not torch.equal(theirs[words], other[words])
    like = {0.0: base, 1.0: before}.get(share)
    if like is not None:
        assert tuned.encode_query("燃气检查") == pytest.approx(like.encode_query("燃气检查"), abs=1e-6)
    assert all(torch.equal(value, loaded(folders[1]).state_dict()[name]) for name, value in other.items())


@pytest.mark.parametrize("layers", [0, 1, 2])
def test_the_lowest_layers_are_frozen_and_nothing_is_dropped_out(folders: tuple[Path, Path], layers: int) -> None:
    import torch

    model = loaded(folders[0])
    model.train()
    features = model.preprocess(["燃气安全检查"])
    dropped = [model(dict(features))["sentence_embedding"] for _ in range(2)]
    assert not torch.equal(*dropped), "the model of the test must drop something out"
    still(model[0].auto_model, layers)
    same = [model(dict(features))["sentence_embedding"] for _ in range(2)]
    assert torch.equal(*same)
    frozen = {name for name, weights in model.named_parameters() if not weights.requires_grad}
    below = ["embeddings.", *(f"encoder.layer.{at}." for at in range(layers))]
    expected = {name for name, _ in model.named_parameters() if any(part in name for part in below)}
    assert frozen == expected
    assert frozen
