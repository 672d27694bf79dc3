"""Build the index: parse, cut into passages, embed what is new, write, swap."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout
from tqdm import tqdm

from corpus.errors import EmptyCorpusError, IndexStoreError
from corpus.load import list_files, load_corpus
from corpus.model import Corpus
from index.calibrate import similarity_range
from index.embed import Embedder, Vectors, load_embedder, model_identity
from index.fingerprint import FORMAT, fingerprint, program_version
from index.lexical import LexicalStore
from index.model import Manifest, Passage
from index.passages import build_passages
from index.store import (
    Level,
    current_folder,
    damaged_file,
    describe_disk_error,
    has_build,
    open_index,
    read_manifest,
    write_index,
)
from index.vectors import VectorStore

_LOCK_SECONDS = 1800
Say = Callable[[str], None]


def is_current(root: Path, folders: Sequence[Path], model: str) -> bool:
    """Tell whether the index in use is whole, and what a build would give now."""
    return _current(root, fingerprint(list_files(folders), model)) is not None


def _current(root: Path, wanted: str) -> Manifest | None:
    """The manifest of the index in use, if it has the fingerprint and no file of it is damaged."""
    folder, manifest = current_folder(root), read_manifest(root)
    if folder is None or manifest is None or manifest.fingerprint != wanted or damaged_file(folder):
        return None
    return manifest


def ensure_index(
    root: Path,
    folders: Sequence[Path],
    model: str,
    say: Say,
    embedder: Callable[[], Embedder] | None = None,
    rebuild: bool = False,
    threads: int | None = None,
) -> Manifest:
    """Bring the index up to date; nothing is done when it already is, and nothing need be writable then.

    A damaged index is built anew.

    Args:
        root: the folder of all builds.
        folders: the folders of notices.
        model: the setting embedding.model.
        say: takes one Chinese line on what happens.
        embedder: gives the loaded model, when the caller has it; else it is loaded here.
        rebuild: build even when nothing changed, and embed everything anew.
        threads: for a model loaded here, see load_embedder.

    Returns:
        The manifest of the index now in use.

    Raises:
        CorpusError: a folder of notices cannot be read; EmptyCorpusError: none holds a notice.
        IndexStoreError: the index cannot be written; the old one stays in use.
        ModelError: the embedding model cannot be loaded.
    """
    if not rebuild and (current := _current(root, fingerprint(list_files(folders), model))):
        return current
    try:
        root.mkdir(parents=True, exist_ok=True)
        with _build_lock(root, say):
            # Read again: another process may have built while this one waited.
            wanted = fingerprint(list_files(folders), model)
            if not rebuild and (current := _current(root, wanted)):
                return current
            say(_why(root, model, rebuild))
            return _build(
                root, folders, wanted, embedder() if embedder else load_embedder(model, threads), say, not rebuild
            )
    except OSError as error:
        raise IndexStoreError(describe_disk_error(error, root)) from error


@contextmanager
def _build_lock(root: Path, say: Say) -> Iterator[None]:
    lock = FileLock(root / "build.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        say("另一个程序正在建立索引：等它完成")
        try:
            lock.acquire(timeout=_LOCK_SECONDS)
        except Timeout as error:
            raise IndexStoreError("另一个程序正在建立索引，等待超过 30 分钟；请结束它后重试") from error
    try:
        yield
    finally:
        lock.release()


def _why(root: Path, model: str, rebuild: bool) -> str:
    folder, old = current_folder(root), read_manifest(root)
    if rebuild:
        return "按要求重建索引"
    if not has_build(root):
        return "首次运行：正在建立索引（约一两分钟，只需一次）"
    if folder is None or old is None or damaged_file(folder):
        return "现有索引已损坏，或由不相容的程序版本建立：正在重建，全部重算"
    if old.model != (name := model_identity(model)):
        return f"向量模型由“{old.model}”改为“{name}”：正在重建索引，全部重算"
    if old.program != program_version():
        return "程序版本有变化：正在更新索引（未变的部分不重算）"
    return "通知文件有变化：正在更新索引（未变的部分不重算）"


def _build(root: Path, folders: Sequence[Path], wanted: str, embedder: Embedder, say: Say, reuse: bool) -> Manifest:
    started = time.perf_counter()
    corpus = _parse(folders, say)
    passages = build_passages(corpus.documents)
    known = _known_vectors(root, embedder.name) if reuse else {}
    vectors, fresh = _embed(passages, known, embedder)
    levels = [_level(passages, vectors, name) for name in ("unit", "sentence")]
    manifest = Manifest(
        fingerprint=wanted,
        format=FORMAT,
        program=program_version(),
        model=embedder.name,
        dimension=vectors.shape[1],
        similarity=similarity_range(levels[1].vectors.all_vectors(), embedder),
        passages=len(passages),
        units=len(levels[0].passages),
        documents=len(corpus.documents),
        embedded=fresh,
        seconds=round(time.perf_counter() - started, 2),
        built=datetime.now(UTC).isoformat(timespec="seconds"),
        findings=corpus.findings,
    )
    write_index(root, f"{wanted[:16]}-{time.time_ns():x}", manifest, corpus.documents, levels)
    clauses = sum(len(document.clauses) for document in corpus.documents)
    say(f"索引已建立：{len(corpus.documents)} 份文件，{clauses} 条，{len(passages)} 段，用时 {manifest.seconds:.0f} 秒")
    return manifest


def _parse(folders: Sequence[Path], say: Say) -> Corpus:
    corpus = load_corpus(folders)
    for finding in corpus.findings:
        say(f"{'未载入' if finding.severity == 'error' else '提示'} {finding.file}：{finding.message}")
    if not corpus.documents:
        names = "、".join(str(folder) for folder in folders)
        raise EmptyCorpusError(f"“{names}”里没有可读的通知，索引未建立；请放入通知的 .txt 文本后重试")
    return corpus


def _key(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _known_vectors(root: Path, model: str) -> dict[str, Vectors]:
    """The vectors of the index in use, by the hash of the embedded text; none when its model is another one."""
    try:
        index = open_index(root)
    except IndexStoreError:
        return {}
    if index.manifest.model != model:
        return {}
    known: dict[str, Vectors] = {}
    for level in (index.units, index.sentences):
        for passage, vector in zip(level.passages, level.vectors.all_vectors(), strict=True):
            known[_key(passage.embedded)] = vector
    return known


def _embed(passages: Sequence[Passage], known: dict[str, Vectors], embedder: Embedder) -> tuple[Vectors, int]:
    """Embed each distinct text once; notices of one model say much in the same words.

    Returns:
        Vectors of shape (passages, dimension), and how many texts had to be embedded.
    """
    fresh = {key: one.embedded for one in passages if (key := _key(one.embedded)) not in known}
    keys, texts = list(fresh), list(fresh.values())
    done = 0
    with tqdm(total=len(texts), desc="计算向量", unit="段", disable=not texts) as progress:
        for batch in embedder.encode_passages(texts):
            known.update(zip(keys[done : done + len(batch)], batch, strict=True))
            done += len(batch)
            progress.update(len(batch))
    return np.stack([known[_key(one.embedded)] for one in passages]), len(texts)


def _level(passages: Sequence[Passage], vectors: Vectors, name: str) -> Level:
    rows = [row for row, passage in enumerate(passages) if passage.level == name]
    kept = tuple(passages[row] for row in rows)
    lexical = LexicalStore.build([passage.embedded for passage in kept])
    return Level(kept, VectorStore.build(vectors[rows]), lexical)
