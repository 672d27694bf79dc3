"""`anwen clauses` as users and scripts run it: output, findings on stderr, and exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from corpus.load import bundled_folder

KEYS = ["notice", "title", "issuer", "region", "date", "path", "label", "heading", "text", "responsible", "source"]
COUNTS = {
    "泽政发〔2024〕1号": 36,
    "泽政发〔2023〕1号": 37,
    "高政发〔2024〕1号": 36,
    "晋政发〔2024〕1号": 35,
    "临政发〔2024〕1号": 39,
    "临政函〔2024〕11号": 1,
    "临政函〔2024〕12号": 1,
    "临政函〔2024〕13号": 1,
    "临政函〔2024〕14号": 5,
}
FREQUENCY = "每周至少深入现场开展1次"


def anwen(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command line in a folder of its own, with its data there."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ANWEN_")}
    environment |= {
        "ANWEN_DATA_DIR": str(folder / "data"),
        "PYTHONPATH": str(Path(__file__).parent.parent),
        "PYTHONIOENCODING": "ascii",
        "LC_ALL": "C",
    }
    return subprocess.run(
        [sys.executable, "-c", "from app.cli import main; main()", *arguments],
        cwd=folder, env=environment, capture_output=True, encoding="utf-8", timeout=120, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> subprocess.CompletedProcess[str]:
    """`anwen clauses --json`, run once."""
    return anwen(tmp_path_factory.mktemp("cli"), "clauses", "--json")


@pytest.fixture(scope="module")
def rows(listed: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    """Its lines, each read as JSON."""
    return [json.loads(line) for line in listed.stdout.splitlines()]


@cache
def received(name: str) -> str:
    """A bundled file, decoded."""
    return (bundled_folder() / name).read_text(encoding="utf-8")


def test_json_alone(listed: subprocess.CompletedProcess[str], rows: list[dict[str, Any]]) -> None:
    assert (listed.returncode, listed.stderr) == (0, "")
    assert len(rows) == 191
    assert Counter(row["notice"] for row in rows) == COUNTS
    assert {tuple(row) for row in rows} == {tuple(KEYS)}


def test_row_of_the_gas_clause(rows: list[dict[str, Any]]) -> None:
    row = next(row for row in rows if (row["notice"], row["label"]) == ("泽政发〔2024〕1号", "三、（十七）"))
    assert (row["path"], row["heading"]) == (["三、", "（十七）"], "燃气领域专项整治")
    assert (row["issuer"], row["region"], row["date"]) == ("泽州县人民政府", "泽州县", "2024-04-11")
    assert row["title"] == "泽州县人民政府关于做好2024年安全生产工作的通知"
    assert row["text"].startswith("燃气领域专项整治。")
    assert row["responsible"][0] == "县住房和城乡建设管理局"
    assert row["responsible"][-1] == "各乡镇人民政府"


def test_types_and_spans(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        assert row["label"] == "".join(row["path"])
        assert all(isinstance(row[key], str) for key in ("title", "issuer", "region", "date", "heading", "text"))
        assert list(row["source"]) == ["file", "start", "end"]
        text = received(row["source"]["file"])
        span = text[row["source"]["start"] : row["source"]["end"]]
        assert 0 < row["source"]["start"] < row["source"]["end"] <= len(text)
        assert len(span) >= len(row["text"])
        assert span.strip() == span


def test_same_label_twice_in_no_notice(rows: list[dict[str, Any]]) -> None:
    assert len({(row["notice"], row["label"]) for row in rows}) == len(rows)


def test_report(tmp_path: Path) -> None:
    run = anwen(tmp_path, "clauses", "--report")
    assert (run.returncode, run.stderr) == (0, "")
    assert "共 9 份文件，191 个条款单元。" in run.stdout
    for notice in COUNTS:
        assert f"■ {notice}" in run.stdout
    assert "缺少" not in run.stdout
    assert "不成对" not in run.stdout
    assert "发现：无" in run.stdout
    assert "含拉丁字母：GDP" in run.stdout


def test_report_shows_what_is_wrong(tmp_path: Path) -> None:
    folder = tmp_path / "notices"
    folder.mkdir()
    body = "一、检查。每月1次（见附件。\n三、ABC培训，每年1次，全员参加，统一组织，集中实施，严格考核。\n"
    text = f"泽政发〔2024〕7号\n关于安全的通知\n各乡镇：\n{body}泽州县人民政府\n2024年5月6日\n"
    (folder / "gap.txt").write_text(text, encoding="utf-8")
    run = anwen(tmp_path, "clauses", "--report", "--folder", str(folder))
    assert "“三、”之前缺少第2项" in run.stdout
    assert "一、 的（）不成对" in run.stdout
    assert "一、 很短（12 字）" in run.stdout
    assert "三、 含拉丁字母：ABC" in run.stdout


def test_facts(tmp_path: Path) -> None:
    run = anwen(tmp_path, "clauses", "--facts")
    lines = [line for line in run.stdout.splitlines() if FREQUENCY in line]
    assert run.returncode == 0
    assert any(line.startswith("泽政发〔2024〕1号 一、（四） [频次] ≥1次/周 ← ") for line in lines)
    as_json = anwen(tmp_path, "clauses", "--facts", "--json")
    rows = [json.loads(line) for line in as_json.stdout.splitlines()]
    assert len(rows) == len(run.stdout.splitlines())
    row = next(row for row in rows if row["text"] == FREQUENCY)
    assert (row["notice"], row["label"], row["kind"]) == ("泽政发〔2024〕1号", "一、（四）", "频次")
    assert row["value"] == "≥1次/周"
    assert FREQUENCY in row["sentence"]


def test_plain_listing(tmp_path: Path) -> None:
    run = anwen(tmp_path, "clauses")
    assert run.returncode == 0
    assert "  三、（十七）燃气领域专项整治：" in run.stdout


def test_broken_file_is_a_finding(tmp_path: Path) -> None:
    folder = tmp_path / "notices"
    folder.mkdir()
    (folder / "broken.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8)
    run = anwen(tmp_path, "clauses", "--json", "--folder", str(folder))
    assert run.returncode == 0
    assert len(run.stdout.splitlines()) == 191
    assert run.stderr.splitlines() == [
        "未载入 broken.txt：不是文本文件，或编码无法识别（支持 UTF-8、GBK/GB18030、Big5、UTF-16）；请另存为 UTF-8 文本"
    ]


def test_new_file_is_picked_up(tmp_path: Path) -> None:
    folder = tmp_path / "notices"
    folder.mkdir()
    text = "杭政发〔2025〕2号\n关于安全的通知\n各区：\n一、检查，每月1次。\n杭州市人民政府\n2025年5月6日\n"
    (folder / "new.txt").write_text(text, encoding="gb18030")
    run = anwen(tmp_path, "clauses", "--json", "--folder", str(folder))
    rows = [json.loads(line) for line in run.stdout.splitlines()]
    assert (len(rows), run.stderr) == (192, "")
    assert [rows[-1][key] for key in ("notice", "region", "label", "text")] == [
        "杭政发〔2025〕2号", "杭州市", "一、", "检查，每月1次。",
    ]  # fmt: skip


@pytest.mark.parametrize("arguments", [("--json",), ("--report",), ()])
def test_missing_folder(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    missing = tmp_path / "没有"
    run = anwen(tmp_path, "clauses", *arguments, "--folder", str(missing))
    assert (run.returncode, run.stdout) == (1, "")
    assert len(run.stderr.splitlines()) == 1
    assert run.stderr.startswith(f"错误：通知文件夹“{missing}”不存在")


def test_unknown_option(tmp_path: Path) -> None:
    run = anwen(tmp_path, "clauses", "--nosuch")
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.splitlines()[0].startswith("参数不对：")
    assert len(run.stderr.splitlines()) == 1
