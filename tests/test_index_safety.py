"""Builds that are killed, fail, meet, or find the disk full or the index damaged: the old index stays usable."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from corpus.errors import IndexStoreError
from index.build import ensure_index, is_current
from index.embed import Embedder, Vectors
from index.store import current_folder, open_index
from tests.indexing import GAS, MINES, MODEL, ROOT, Builder, HashEmbedder, wait_for, write_notices

CHANGED = GAS.replace("每月至少检查1次", "每月至少检查2次")


@pytest.fixture
def builder(tmp_path: Path) -> Builder:
    return Builder(tmp_path)


@pytest.fixture
def signs(tmp_path: Path) -> Path:
    """Where processes tell each other how far they are."""
    folder = tmp_path / "signs"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("moment", ["embed", "write"])
def test_a_killed_build_leaves_the_old_index(builder: Builder, signs: Path, moment: str) -> None:
    before = builder.build()
    write_notices(builder.folder, gas=CHANGED, mines=MINES)
    process = builder.start("killed", moment, signs)
    try:
        wait_for(signs / "here")
    finally:
        process.kill()
        process.wait()
    assert [name.endswith(".partial") for name in builder.folders()].count(True) == (moment == "write")
    assert open_index(builder.root).manifest == before
    write_notices(builder.folder, gas=GAS)
    (builder.folder / "mines.txt").unlink()
    assert is_current(builder.root, [builder.folder], MODEL)
    write_notices(builder.folder, gas=CHANGED)
    after = builder.build()
    assert after.embedded == 2
    assert open_index(builder.root).manifest == after
    assert len(builder.folders()) == 2
    assert not [path for path in builder.root.iterdir() if ".partial" in path.name or "CURRENT." in path.name]


def test_a_failing_model_leaves_the_old_index(builder: Builder) -> None:
    class Failing(HashEmbedder):
        def encode_passages(self, texts: Sequence[str]) -> Iterator[Vectors]:
            yield next(super().encode_passages(texts))
            raise RuntimeError("midway")

    before = builder.build()
    write_notices(builder.folder, gas=CHANGED, mines=MINES)
    with pytest.raises(RuntimeError, match="midway"):
        ensure_index(builder.root, [builder.folder], MODEL, builder.lines.append, Failing)
    assert open_index(builder.root).manifest == before
    assert len(builder.folders()) == 1
    assert builder.build().documents == 2


def test_two_processes_build_once(builder: Builder, signs: Path) -> None:
    first = builder.start("first", "embed", signs)
    second = None
    try:
        wait_for(signs / "here")
        second = builder.start("second", "plain", signs)
        wait_for(signs / "second.log", "另一个程序正在建立索引：等它完成")
        (signs / "go").touch()
        assert (first.wait(60), second.wait(60)) == (0, 0)
    finally:
        for process in filter(None, (first, second)):
            process.kill()
    manifest = open_index(builder.root).manifest
    logs = [(signs / f"{name}.log").read_text(encoding="utf-8").splitlines() for name in ("first", "second")]
    asked = [line[-1].split()[:3] for line in logs]
    assert asked == [[manifest.built, str(manifest.embedded), embedded] for embedded in (str(manifest.embedded), "0")]
    assert sum(line.startswith("索引已建立") for log in logs for line in log) == 1
    assert len(builder.folders()) == 1
    assert is_current(builder.root, [builder.folder], MODEL)


@pytest.mark.parametrize(("size", "dimension"), [(1000, 16), (60_000, 4096)], ids=["documents", "vectors"])
def test_a_full_disk_leaves_the_old_index(builder: Builder, signs: Path, size: int, dimension: int) -> None:
    before = builder.build("another model")
    process = builder.start("full", "limit", signs, str(size), str(dimension))
    assert process.wait(60) == 1
    last = (signs / "full.log").read_text(encoding="utf-8").splitlines()[-1]
    assert last == (
        f"错误：“{builder.root}”所在磁盘空间不足，索引没有写完；原索引未动。请清理磁盘后重新运行 anwen index"
    )
    assert open_index(builder.root).manifest == before
    assert len(builder.folders()) == 1


def test_an_array_cut_short_by_a_full_disk_is_told_as_such(tmp_path: Path) -> None:
    # numpy reports it by an OSError without a number.
    script = (
        "import sys; from pathlib import Path; from tests.indexing import limit_file_size\n"
        "from index.lexical import LexicalStore; from index.store import describe_disk_error\n"
        "store = LexicalStore.build(['燃气安全检查' * 9, '消防安全检查'] * 500)\n"
        "limit_file_size(1000)\n"
        "try: store.save(Path(sys.argv[1]))\n"
        "except OSError as error: print(error.errno, describe_disk_error(error, Path('数据')))\n"
    )
    environment = os.environ | {"PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-c", script, str(tmp_path / "units.bm25")]
    said = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True, timeout=60).stdout
    assert said.decode().startswith("None “数据”所在磁盘空间不足，索引没有写完")


def test_a_full_disk_on_the_command_line(builder: Builder, embedder: Embedder) -> None:
    before = ensure_index(builder.root, [builder.folder], "embedded", builder.lines.append, lambda: embedder)
    command = "from tests.indexing import limit_file_size; limit_file_size(1000); from app.cli import main; main()"
    environment = os.environ | {
        "ANWEN_DATA_DIR": str(builder.root.parent),
        "ANWEN_CORPUS__BUNDLED": "false",
        "HF_HUB_OFFLINE": "1",
    }
    done = subprocess.run(
        [sys.executable, "-c", command, "index", "--rebuild", "--folder", str(builder.folder)],
        cwd=ROOT, env=environment, capture_output=True, check=False, timeout=120,
    )  # fmt: skip
    lines = done.stderr.decode().splitlines()
    assert (done.returncode, done.stdout) == (1, b"")
    assert lines[0] == "按要求重建索引"
    assert lines[-1].startswith(f"错误：“{builder.root}”所在磁盘空间不足")
    assert not [line for line in lines if "Traceback" in line]
    assert open_index(builder.root).manifest == before


def test_a_data_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "文件").touch()
    root = tmp_path / "文件" / "index"
    with pytest.raises(IndexStoreError) as caught:
        ensure_index(root, [write_notices(tmp_path / "in", gas=GAS)], MODEL, lambda _: None, HashEmbedder)
    assert str(caught.value) == (
        f"无法写入“{root}”（Not a directory）；原索引未动。请检查权限，或用 ANWEN_DATA_DIR 另设数据目录"
    )


def build_files(builder: Builder) -> list[Path]:
    folder = current_folder(builder.root)
    assert folder is not None
    return sorted(path for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("damage", ["half", "empty", "bit", "gone"])
def test_a_damaged_file_is_named_and_the_index_built_anew(builder: Builder, damage: str) -> None:
    whole = builder.build()
    names = [path.name for path in build_files(builder)]
    assert {"units.faiss", "sentences.faiss", "documents.jsonl", "passages.jsonl", "manifest.json"} < set(names)
    assert len(names) == 16
    for at in range(len(names)):
        path = build_files(builder)[at]
        content = path.read_bytes()
        if damage == "gone":
            path.unlink()
        else:
            middle = len(content) // 2
            flipped = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
            path.write_bytes({"half": content[:middle], "empty": b"", "bit": flipped}[damage])
        with pytest.raises(IndexStoreError, match=r"损坏或缺失；请运行 anwen index --rebuild 重建") as caught:
            open_index(builder.root)
        assert path.name in str(caught.value) or path.name == "checksums.json"
        assert not is_current(builder.root, [builder.folder], MODEL)
        again = builder.build()
        assert builder.lines[0] == "现有索引已损坏，或由不相容的程序版本建立：正在重建，全部重算", path.name
        assert again.embedded == whole.embedded
        assert open_index(builder.root).manifest == again


@pytest.mark.parametrize("pointer", [b"", b"nowhere\n", b"\xff\xfe\x00", b"a\x00b", b"../.."])
def test_a_damaged_pointer_is_mended(builder: Builder, pointer: bytes) -> None:
    builder.build()
    (builder.root / "CURRENT").write_bytes(pointer)
    with pytest.raises(IndexStoreError, match="anwen index"):
        open_index(builder.root)
    builder.build()
    assert "损坏" in builder.lines[0]
    assert len(open_index(builder.root).documents) == 1
