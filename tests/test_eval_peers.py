"""The baselines: what they are fed, and how they cut and search it."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from corpus.load import bundled_folder
from corpus.model import Document
from eval.cases import normalise
from eval.model import Retrieved
from eval.peers import (
    Search,
    all_peers,
    bm25,
    cleaned_texts,
    dense,
    fused,
    llama_default,
    received_texts,
    split,
)
from index.embed import Embedder
from tests.indexing import HashEmbedder
from tests.peer_files import FILES, passage

ZEZHOU, LINFEN, REPLY = "泽政发〔2024〕1号", "临政发〔2024〕1号", "临政函〔2024〕11号"
GAS, MINES, SCHOOL, HOUSE = (
    "餐饮场所使用燃气要安装泄漏报警装置。",
    "煤矿每班入井作业人数不得超过规定。",
    "中小学每年组织一次地震应急演练。",
    "自建房转为经营用途的，必须取得房屋安全鉴定合格证明。",
)


def test_texts_as_received() -> None:
    """The five bundled files by name, decoded and otherwise as they came, noise and all; the manifest is none."""
    texts = received_texts([bundled_folder()])
    assert list(texts) == FILES
    assert [len(text) for text in texts.values()] == [9820, 8500, 10478, 25255, 13499]
    assert texts[FILES[3]].startswith("晉政發〔2024〕1號\n各市、縣人民(min)政府,省人民(min)政府各委(wei)、辦(ban)")
    assert "安(an)全(quan)" in texts[FILES[3]]


def test_texts_cleaned(documents: dict[str, Document]) -> None:
    """The same five, without noise, in simplified characters; every unit of every document, the replies in one file."""
    texts = cleaned_texts(documents)
    assert list(texts) == FILES
    for text in texts.values():
        assert not any(noise in text for noise in ("(an)", "(quan)", "(min)", "晉", "辦", "號"))
    for document in documents.values():
        held = texts[document.file]
        assert all(unit.text in held for unit in document.units)
    parts = texts[FILES[4]].split("\n\n")
    assert len(parts) == 5
    assert [LINFEN in parts[0], REPLY in parts[1]] == [True, True]


def test_cleaned_says_a_title_once(documents: dict[str, Document]) -> None:
    """A title that stands in the file stands once in its text, and nothing empty stands for one that does not."""
    texts = cleaned_texts(documents)
    title = documents[ZEZHOU].title
    assert title == "泽州县人民政府关于做好2024年安全生产工作的通知"
    assert texts[FILES[0]].count(title) == 1
    assert not texts[FILES[3]].startswith("\n")


def assert_covered(text: str, chunks: Sequence[str]) -> None:
    """Chunks follow each other through the text, and nothing but white space lies between them."""
    start = end = 0
    for chunk in chunks:
        at = text.find(chunk, start)
        assert at >= 0
        assert text[end:at].strip() == ""
        start, end = at + 1, at + len(chunk)
    assert text[end:].strip() == ""


def test_split_of_the_corpus(documents: dict[str, Document]) -> None:
    """No chunk is longer than 500 characters, none is empty, each knows its file, and nothing is lost."""
    for texts in (received_texts([bundled_folder()]), cleaned_texts(documents)):
        chunks = split(texts)
        assert max(len(chunk.text) for chunk in chunks) == 500
        assert all(chunk.text.strip() and chunk.label == "" for chunk in chunks)
        assert list(dict.fromkeys(chunk.notice for chunk in chunks)) == FILES
        for file, text in texts.items():
            assert_covered(text, [chunk.text for chunk in chunks if chunk.notice == file])


def test_split_overlaps() -> None:
    """A run without any place to cut is cut at 500 characters, each piece beginning 50 before the end of the last."""
    run = "".join(chr(0x4E00 + at) for at in range(1200))
    assert split({"a": run, "b": "短"}) == [
        passage(run[:500], "a"), passage(run[450:950], "a"), passage(run[900:], "a"), passage("短", "b"),
    ]  # fmt: skip


@given(st.lists(st.text("甲乙丙丁。；，\n ", min_size=1, max_size=160), max_size=12))
def test_split_loses_nothing(lines: list[str]) -> None:
    """Whatever the text, its lines are numbered here so that a chunk has one place: short chunks, all covered."""
    text = "".join(f"〔{number}〕{line}" for number, line in enumerate(lines))
    chunks = [chunk.text for chunk in split({"a": text})]
    assert all(len(chunk) <= 500 for chunk in chunks)
    assert {mark for mark in range(len(lines)) if any(f"〔{mark}〕" in chunk for chunk in chunks)} == set(
        range(len(lines))
    )
    assert all(chunk in text for chunk in chunks)
    assert sum(len(chunk) for chunk in chunks) >= len("".join(text.split()))


def test_bm25() -> None:
    """Passages that share words with the question, best first, at most k; none where no word is shared."""
    chunks = [passage(SCHOOL), passage(GAS), passage("燃气管道、燃气阀门要检查。", "b.txt"), passage(MINES)]
    search = bm25(chunks)
    assert search("燃气", 10) == [chunks[2], chunks[1]]
    assert search("燃气", 1) == [chunks[2]]
    assert search("煤矿入井", 10) == [chunks[3]]
    assert search("量子力学", 10) == []


def test_dense(embedder: Embedder) -> None:
    """The nearest in meaning first, without a word in common; k of them, or all there are."""
    chunks = [passage(GAS), passage(MINES), passage(SCHOOL), passage(HOUSE, "b.txt")]
    search = dense(chunks, embedder)
    for question, nearest in (
        ("饭店煤气漏了怎么发现", GAS), ("矿井下一个班能下去几个人", MINES), ("学生多久练一回防震", SCHOOL),
        ("自家楼改成旅馆要什么手续", HOUSE),
    ):  # fmt: skip
        found = search(question, 10)
        assert found[0].text == nearest, question
        assert sorted(one.text for one in found) == sorted(one.text for one in chunks)
        assert search(question, 2) == found[:2]


def fixed(*passages: Retrieved, asked: list[int] | None = None) -> Search:
    """A search that always finds these, and keeps how many were wanted."""

    def search(question: str, k: int) -> list[Retrieved]:
        if asked is not None:
            asked.append(k)
        return list(passages[:k])

    return search


def test_fused() -> None:
    """By hand, 1/(60+rank) summed: d 1/62+1/61 = .0325, a 1/61 = .0164, b 1/63+... only in one list = .0159."""
    a, b, c, d = (passage(name) for name in "abcd")
    asked: list[int] = []
    search = fused([fixed(a, d, b, asked=asked), fixed(d, c, asked=asked)])
    assert search("问", 10) == [d, a, c, b]
    assert search("问", 2) == [d, a]
    assert asked == [50, 50, 50, 50]
    assert fused([fixed(), fixed(a)])("问", 3) == [a]
    assert fused([])("问", 3) == []


def test_fused_weighs_agreement() -> None:
    """At rank 50 of both lists (2/110 = .0182) comes before at rank 1 of one (1/61 = .0164); beyond 50 none counts."""
    one = [passage(f"x{at}") for at in range(49)]
    other = [passage(f"y{at}") for at in range(49)]
    both, late = passage("both"), passage("late")
    search = fused([fixed(*one, both, late), fixed(*other, both, late)])
    assert search("问", 3) == [both, one[0], other[0]]
    assert late not in search("问", 200)
    assert len(search("问", 200)) == 99


def test_the_same_words_of_two_files_are_two() -> None:
    """A passage is its words and its file."""
    mine, theirs = passage("甲"), passage("甲", "b.txt")
    assert fused([fixed(mine, theirs), fixed(theirs)])("问", 5) == [theirs, mine]


def test_llama_default(embedder: Embedder) -> None:
    """llama-index's own index with our embedding, offline: the nearest file's passage first, whole when short."""
    search = llama_default({"gas.txt": GAS, "mines.txt": MINES}, embedder)
    assert search("饭店煤气漏了怎么发现", 1) == [passage(GAS, "gas.txt")]
    assert search("矿井下一个班能下去几个人", 5) == [passage(MINES, "mines.txt"), passage(GAS, "gas.txt")]


def test_all_peers() -> None:
    """Four, by name; the last is the fusion of the second and the third."""
    peers = dict(all_peers({"gas.txt": GAS, "mines.txt": MINES, "school.txt": SCHOOL}, HashEmbedder()))
    assert list(peers) == [
        "llama-index 默认（SentenceSplitter，top-k）", "递归切分 500/50 + FAISS", "BM25（jieba 分词）",
        "上两者融合（RRF）",
    ]  # fmt: skip
    _, near, lexical, both = peers.values()
    assert lexical("煤矿", 5) == [passage(MINES, "mines.txt")]
    assert len(near("煤矿", 5)) == 3
    assert both("煤矿", 5) == fused([near, lexical])("煤矿", 5)


def test_peers_are_held_to_the_same_words() -> None:
    """Noise in a file as received does not count against a peer: quotes are compared normalised."""
    (chunk,) = split({"a": "安(an)全(quan)生(sheng)產責任"})
    assert normalise(chunk.text) == "安全生产责任"
