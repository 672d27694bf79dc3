"""Makes sentence-transformers models of a few random weights, which cost no time to load or run."""

from __future__ import annotations

from pathlib import Path

from tests.indexing import GAS


def save_tiny_model(home: Path, seed: int = 1) -> Path:
    """Save a model of two random layers and 32 dimensions, one token a letter of GAS, 128 tokens at most.

    Args:
        home: an empty folder to write into.
        seed: of the weights.

    Returns:
        The model's folder.
    """
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Transformer
    from sentence_transformers.sentence_transformer.modules import Pooling
    from transformers import BertConfig, BertModel, BertTokenizer

    letters = sorted(set(GAS))
    vocabulary = home / "vocab.txt"
    vocabulary.write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters]), encoding="utf-8")
    config = BertConfig(vocab_size=len(letters) + 5, hidden_size=32, num_hidden_layers=2, num_attention_heads=2)
    torch.manual_seed(seed)
    BertModel(config).save_pretrained(home / "bert")
    BertTokenizer(vocab_file=str(vocabulary), model_max_length=128).save_pretrained(home / "bert")
    modules = [Transformer(str(home / "bert")), Pooling(32, "mean")]
    prompts = {"query": "问：", "document": "答："}
    SentenceTransformer(modules=modules, device="cpu", prompts=prompts).save(str(home / "tiny"))
    return home / "tiny"
