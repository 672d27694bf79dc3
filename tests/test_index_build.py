"""Builds: what is embedded, what is kept, and what a user is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from filelock import FileLock

from corpus.errors import CorpusError, IndexStoreError
from corpus.load import list_files
from index.build import ensure_index, is_current
from index.fingerprint import fingerprint
from index.store import current_folder, open_index
from tests.indexing import GAS, MINES, MODEL, Builder, HashEmbedder, write_notices


@pytest.fixture
def builder(tmp_path: Path) -> Builder:
    return Builder(tmp_path)


def labels(builder: Builder) -> set[tuple[str, str]]:
    """文号 and label of every passage of the index in use."""
    index = open_index(builder.root)
    return {(one.notice, one.label) for level in (index.units, index.sentences) for one in level.passages}


def test_first_build_holds_every_passage(builder: Builder) -> None:
    manifest = builder.build()
    index = open_index(builder.root)
    assert index.manifest == manifest
    assert (manifest.documents, manifest.dimension, manifest.model) == (1, 16, MODEL)
    assert manifest.passages == len(index.units.passages) + len(index.sentences.passages)
    assert manifest.embedded == len(builder.embedder.asked) == len(set(builder.embedder.asked))
    assert [one.text for one in index.sentences.passages] == [
        "燃气企业每周至少检查1次。", "严禁违规储存液化气。", "商场每月至少检查1次。",
    ]  # fmt: skip
    for level in (index.units, index.sentences):
        for row, passage in enumerate(level.passages):
            vector = builder.embedder.encode_query(passage.embedded)
            assert level.vectors.all_vectors()[row] == pytest.approx(vector)
            assert index.all_units[passage.unit].label == passage.label
    assert builder.lines[0] == "首次运行：正在建立索引（约一两分钟，只需一次）"
    assert builder.lines[-1].startswith(f"索引已建立：1 份文件，2 条，{manifest.passages} 段")


def test_nothing_is_done_when_nothing_changed(builder: Builder) -> None:
    first = builder.build()

    def refuse() -> HashEmbedder:
        raise AssertionError("the model was asked for")

    assert ensure_index(builder.root, [builder.folder], MODEL, builder.lines.append, refuse) == first
    assert is_current(builder.root, [builder.folder], MODEL)
    assert len(builder.folders()) == 1
    assert builder.build() == first
    assert (builder.lines, builder.embedder.asked) == ([], [])


def test_a_new_file_is_all_that_is_embedded(builder: Builder) -> None:
    before = builder.build()
    write_notices(builder.folder, mines=MINES)
    assert not is_current(builder.root, [builder.folder], MODEL)
    after = builder.build()
    assert builder.lines[0] == "通知文件有变化：正在更新索引（未变的部分不重算）"
    assert (before.documents, after.documents) == (1, 2)
    assert after.embedded == len(builder.embedder.asked)
    assert not [text for text in builder.embedder.asked if "燃气" in text or "商场" in text]
    assert "矿山安全：煤矿每日检查1次。" in builder.embedder.asked
    fresh = Builder(builder.root.parent.parent / "另")
    write_notices(fresh.folder, mines=MINES)
    assert fresh.build().fingerprint == after.fingerprint
    for mine, other in zip(open_index(builder.root).documents, open_index(fresh.root).documents, strict=True):
        assert mine == other


def test_a_changed_clause_is_all_that_is_embedded(builder: Builder) -> None:
    builder.build()
    write_notices(builder.folder, gas=GAS.replace("每月至少检查1次", "每月至少检查2次"))
    manifest = builder.build()
    assert manifest.embedded == 2
    assert builder.embedder.asked == [
        "泽州县人民政府关于做好2024年燃气安全工作的通知\n压实责任 消防安全\n"
        "消防安全。商场每月至少检查2次。（县消防救援大队负责）",
        "消防安全：商场每月至少检查2次。",
    ]
    index = open_index(builder.root)
    row = next(at for at, one in enumerate(index.sentences.passages) if "商场" in one.text)
    expected = builder.embedder.encode_query("消防安全：商场每月至少检查2次。")
    assert index.sentences.vectors.search(expected, 1)[0].tolist() == [row]


def test_a_removed_file_is_dropped(builder: Builder) -> None:
    write_notices(builder.folder, mines=MINES)
    builder.build()
    assert "高政发〔2024〕9号" in {notice for notice, _ in labels(builder)}
    (builder.folder / "mines.txt").unlink()
    assert builder.build().embedded == 0
    assert {notice for notice, _ in labels(builder)} == {"泽政发〔2024〕9号"}


def test_a_renamed_file_costs_no_embedding_and_is_cited_by_its_new_name(builder: Builder) -> None:
    builder.build()
    (builder.folder / "gas.txt").rename(builder.folder / "燃气.txt")
    assert builder.build().embedded == 0
    assert {unit.source.file for unit in open_index(builder.root).all_units} == {"燃气.txt"}


def test_another_model_embeds_everything_and_says_so(builder: Builder) -> None:
    before = builder.build()
    after = builder.build("hash-16-other")
    assert builder.lines[0] == "向量模型由“hash-16”改为“hash-16-other”：正在重建索引，全部重算"
    assert after.model == "hash-16-other"
    assert after.embedded == before.embedded == len(builder.embedder.asked)


def test_another_parser_rebuilds_without_embedding_anew(builder: Builder, monkeypatch: pytest.MonkeyPatch) -> None:
    before = builder.build()
    monkeypatch.setattr("index.fingerprint.code_digest", lambda: "0" * 64)
    after = builder.build()
    assert builder.lines[0] == "程序版本有变化：正在更新索引（未变的部分不重算）"
    assert after.fingerprint != before.fingerprint
    assert after.embedded == 0


def test_a_build_asked_for_embeds_everything(builder: Builder) -> None:
    before = builder.build()
    after = builder.build(rebuild=True)
    assert builder.lines[0] == "按要求重建索引"
    assert after.embedded == before.embedded == len(builder.embedder.asked)
    assert after.fingerprint == before.fingerprint


def test_two_builds_are_kept(builder: Builder) -> None:
    names = []
    for _ in range(4):
        builder.build(rebuild=True)
        folder = current_folder(builder.root)
        assert folder is not None
        names.append(folder.name)
    assert len(set(names)) == 4
    assert builder.folders() == sorted(names[-2:])


def test_the_order_of_folders_decides_between_files_of_one_number(tmp_path: Path) -> None:
    first = write_notices(tmp_path / "a", one=GAS)
    second = write_notices(tmp_path / "b", two=GAS.replace("每周", "每日"))
    there, back = (fingerprint(list_files(folders), MODEL) for folders in ([first, second], [second, first]))
    assert there != back
    assert there == fingerprint(list_files([first, second]), MODEL)


def test_a_current_index_needs_no_lock(builder: Builder) -> None:
    first = builder.build()
    with FileLock(builder.root / "build.lock"):
        assert builder.build() == first
    (builder.root / "build.lock").unlink()
    builder.build()
    assert not (builder.root / "build.lock").exists()


def test_a_notice_without_sentences_is_indexed(builder: Builder) -> None:
    write_notices(builder.folder, gas="一、燃气\n（一）严。\n")
    manifest = builder.build()
    index = open_index(builder.root)
    assert (len(index.sentences.passages), len(index.units.passages)) == (0, manifest.passages)
    assert index.sentences.vectors.search(builder.embedder.encode_query("燃气"), 3)[0].tolist() == []


def test_a_folder_without_notices_leaves_the_old_index(builder: Builder) -> None:
    before = builder.build()
    (builder.folder / "gas.txt").rename(builder.folder / "gas.docx")
    with pytest.raises(CorpusError, match="里没有可读的通知，索引未建立"):
        builder.build()
    assert any(line.startswith("未载入 gas.docx") for line in builder.lines)
    assert open_index(builder.root).manifest == before
    (builder.folder / "gas.docx").unlink()
    with pytest.raises(CorpusError):
        builder.build()
    with pytest.raises(CorpusError, match="不存在"):
        ensure_index(builder.root, [builder.folder / "无"], MODEL, builder.lines.append, HashEmbedder)


def test_no_index_yet_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(IndexStoreError, match="里没有可用的索引；请先运行 anwen index"):
        open_index(tmp_path / "无")
    assert not is_current(tmp_path / "无", [write_notices(tmp_path / "in", gas=GAS)], MODEL)
