"""What the tests of the index share: small notices, an embedder of hashes, and builds in processes of their own.

Run as a program (python -m tests.indexing), it is such a process: it builds, and hangs where it is told to.
"""

from __future__ import annotations

import hashlib
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

import index.store
from corpus.errors import AnwenError
from index.build import ensure_index
from index.embed import Vectors
from index.model import Manifest

ROOT = Path(__file__).parent.parent
MODEL = "hash-16"

GAS = """泽州县人民政府关于做好2024年燃气安全工作的通知
泽政发〔2024〕9号
各乡镇人民政府：
一、压实责任
（一）燃气安全。燃气企业每周至少检查1次。严禁违规储存液化气。（县住房和城乡建设管理局负责）
（二）消防安全。商场每月至少检查1次。（县消防救援大队负责）
泽州县人民政府
2024年4月11日
"""
MINES = """高平市人民政府关于做好2024年矿山安全工作的通知
高政发〔2024〕9号
各乡镇人民政府：
一、严格准入
（一）矿山安全。煤矿每日检查1次。（市应急管理局负责）
高平市人民政府
2024年4月12日
"""


class HashEmbedder:
    """An Embedder whose vectors follow from the text alone; it keeps what it was asked to embed."""

    def __init__(self, name: str = MODEL, dimension: int = 16, batch: int = 2) -> None:
        self.name = name
        self.dimension = dimension
        self.asked: list[str] = []
        self._batch = batch

    def encode_query(self, text: str) -> Vectors:
        seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
        vector = np.random.default_rng(seed).normal(size=self.dimension).astype(np.float32)
        return vector / np.linalg.norm(vector)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self.encode_query(text) for text in texts])

    def encode_passages(self, texts: Sequence[str]) -> Iterator[Vectors]:
        for start in range(0, len(texts), self._batch):
            self.asked.extend(texts[start : start + self._batch])
            yield np.stack([self.encode_query(text) for text in texts[start : start + self._batch]])


class WaitingEmbedder(HashEmbedder):
    """Embeds one batch, tells by a file that it has, and goes on when a second file appears."""

    def __init__(self, signs: Path) -> None:
        super().__init__()
        self._signs = signs

    def encode_passages(self, texts: Sequence[str]) -> Iterator[Vectors]:
        for batch in super().encode_passages(texts):
            yield batch
            pause(self._signs)


def pause(signs: Path) -> None:
    """Say "here" with a file, then wait for the file "go"."""
    (signs / "here").touch()
    wait_for(signs / "go")


def wait_for(path: Path, containing: str = "", seconds: float = 60) -> None:
    """Wait until another process has made a file, or has written something into it."""
    deadline = time.monotonic() + seconds
    while not path.exists() or containing not in path.read_text(encoding="utf-8"):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{path} {containing}")
        time.sleep(0.02)


def write_notices(folder: Path, **texts: str) -> Path:
    """Write notices into a folder, one a file."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder


class Builder:
    """Builds one index again and again, and keeps the lines said and what each build embedded."""

    def __init__(self, home: Path) -> None:
        self.root = home / "数据" / "index"
        self.folder = write_notices(home / "通知", gas=GAS)
        self.lines: list[str] = []
        self.embedder = HashEmbedder()

    def build(self, model: str = MODEL, rebuild: bool = False) -> Manifest:
        self.lines.clear()
        self.embedder = HashEmbedder(name=model)
        return ensure_index(self.root, [self.folder], model, self.lines.append, lambda: self.embedder, rebuild)

    def folders(self) -> list[str]:
        """Names of all folders of the root, finished builds or not."""
        return sorted(path.name for path in self.root.iterdir() if path.is_dir())

    def start(self, name: str, mode: str, signs: Path, *more: str) -> subprocess.Popen[bytes]:
        """Start a build in a process of its own; its lines go to the file NAME.log under signs."""
        command = [sys.executable, "-m", "tests.indexing", mode, str(self.root), str(self.folder), str(signs), *more]
        with (signs / f"{name}.log").open("wb") as log:
            return subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=subprocess.DEVNULL)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def limit_file_size(size: int) -> None:
    """Let every write beyond a size fail with an OSError, as on a full disk."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def _main(mode: str, root: Path, folder: Path, signs: Path, more: Sequence[str]) -> int:
    embedder = HashEmbedder()
    if mode == "embed":
        embedder = WaitingEmbedder(signs)
    elif mode == "write":
        index.store._flush = lambda folder: pause(signs)
    elif mode == "limit":
        embedder = HashEmbedder(dimension=int(more[1]))
        limit_file_size(int(more[0]))
    loaded: Callable[[], HashEmbedder] = lambda: embedder  # noqa: E731
    try:
        manifest = ensure_index(root, [folder], MODEL, _say, loaded)
    except AnwenError as error:
        _say(f"错误：{error}")
        return 1
    _say(f"{manifest.built} {manifest.embedded} {len(embedder.asked)} {os.getpid()}")
    return 0


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.exit(_main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), Path(sys.argv[4]), sys.argv[5:]))
