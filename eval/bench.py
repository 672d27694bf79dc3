"""Benchmark: a warm question against its bare embedding, eight users at once, and cold starts; `make bench`."""

from __future__ import annotations

import argparse
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from statistics import median

from pydantic import Field

from app.model import Inquiry
from app.service import Service, open_service
from app.settings import load_settings
from corpus.errors import AnwenError
from corpus.model import Frozen
from eval.metrics import percentile
from index.calibrate import calibration_questions

USERS = 8
_ROUNDS, _STARTS, _LONGEST_START = 3, 3, 120.0
_QUESTION = "我单位燃气检查频次要求？"
_ANWEN = (sys.executable, "-c", "from eval.cli import main; main()")
Clock = Callable[[], float]


class Warm(Frozen):
    """What a question costs beside its embedding, both in milliseconds of the same run."""

    embedding: float = Field(description="median of the bare embedding")
    answer: float = Field(description="median end to end")
    answer_p95: float
    ratio: float = Field(description="median over questions of answer / embedding")


class Crowd(Frozen):
    """What several users at once get."""

    users: int
    per_second: float = Field(description="answers a second, all users together")
    p50: float = Field(description="milliseconds from question to answer")
    p95: float


def measure_warm(service: Service, questions: Sequence[str], clock: Clock = time.perf_counter) -> Warm:
    """Embed and ask each question, one right after the other, several times over; the least of the times counts."""
    service.ask(Inquiry(question=_QUESTION))
    embedding, answer = [], []
    for question in questions:
        rounds = [_timed(service, question, clock) for _ in range(_ROUNDS)]
        embedding.append(min(one[0] for one in rounds))
        answer.append(min(one[1] for one in rounds))
    return Warm(
        embedding=median(embedding), answer=median(answer), answer_p95=percentile(answer, 0.95),
        ratio=median(whole / bare for whole, bare in zip(answer, embedding, strict=True)),
    )  # fmt: skip


def _timed(service: Service, question: str, clock: Clock) -> tuple[float, float]:
    started = clock()
    service.embed(question)
    embedded = clock()
    service.ask(Inquiry(question=question))
    return (embedded - started) * 1000, (clock() - embedded) * 1000


def measure_crowd(service: Service, questions: Sequence[str], users: int = USERS) -> Crowd:
    """Let several users ask all questions at once, each beginning elsewhere and asking the next when answered."""

    def ask_all(user: int) -> list[float]:
        first = user * len(questions) // users
        spent = []
        for question in (*questions[first:], *questions[:first]):
            started = time.perf_counter()
            service.ask(Inquiry(question=question))
            spent.append((time.perf_counter() - started) * 1000)
        return spent

    started = time.perf_counter()
    with ThreadPoolExecutor(users) as pool:
        spent = [one for mine in pool.map(ask_all, range(users)) for one in mine]
    seconds = time.perf_counter() - started
    return Crowd(
        users=users, per_second=len(spent) / seconds, p50=percentile(spent, 0.5), p95=percentile(spent, 0.95)
    )  # fmt: skip


def cold_ask() -> float:
    """Seconds from the start of `anwen ask` to its end, with an index that is there."""
    started = time.perf_counter()
    subprocess.run([*_ANWEN, "ask", _QUESTION], check=True, capture_output=True)
    return time.perf_counter() - started


def cold_page() -> float:
    """Seconds from the start of `anwen serve` to the first page.

    Raises:
        AnwenError: no page came in two minutes.
    """
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    started = time.perf_counter()
    server = subprocess.Popen([*_ANWEN, "serve", "--port", str(port)], stderr=subprocess.DEVNULL)
    try:
        while not _answers(port):
            if time.perf_counter() - started > _LONGEST_START or server.poll() is not None:
                raise AnwenError("网页没有启动；请单独运行 anwen serve 查看原因")
            time.sleep(0.02)
        return time.perf_counter() - started
    finally:
        server.terminate()
        server.wait()


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=_LONGEST_START) as page:
            return bool(page.status == 200)
    except (urllib.error.URLError, ConnectionError):
        return False


def lines(questions: Sequence[str], users: int) -> Iterator[str]:
    """Measure everything; a line each."""
    settings = load_settings()
    for threads in (None, 1):
        settings.embedding.threads = threads
        service = open_service(settings, lambda line: None)
        name = f"embedding.threads = {threads or '默认'}"
        warm = measure_warm(service, questions)
        yield (
            f"{name}：单个问题 {warm.answer:.1f} ms（p95 {warm.answer_p95:.1f}），只算向量 {warm.embedding:.1f} ms，"
            f"比值中位数 {warm.ratio:.2f}"
        )
        crowd = measure_crowd(service, questions, users)
        yield (
            f"{name}：{crowd.users} 人同时，每秒 {crowd.per_second:.1f} 问，"
            f"p50 {crowd.p50:.0f} ms，p95 {crowd.p95:.0f} ms"
        )
    yield f"冷启动 anwen ask：{min(cold_ask() for _ in range(_STARTS)):.1f} 秒（{_STARTS} 次中最快）"
    yield f"冷启动网页：{min(cold_page() for _ in range(_STARTS)):.1f} 秒（{_STARTS} 次中最快）"


def main() -> None:
    """Print the measurements."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=USERS)
    chosen = parser.parse_args()
    for line in lines(calibration_questions(), chosen.users):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
