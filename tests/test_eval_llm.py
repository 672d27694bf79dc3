"""Cases asked both ways: what a model wrote, what was struck, and the extractive run of the same cases beside it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from app.llm.client import open_model
from app.llm.model import Message, Spent, Struck
from app.model import Mode
from app.service import Service
from app.settings import LlmSettings
from eval.cli import main
from eval.llm import COMPARED, figures, summarise_llm
from eval.model import ByModel, Case, Cause, LlmSummary, Outcome, Row, Summary
from eval.run import first_of_each_type, run_both, write_results
from eval.summary import by_split, summarise
from eval.table import model_table
from tests.llm_models import USAGE, faithful, lying
from tests.llm_server import Script, scripted_server
from tests.reports import CASES, HOSTILE, ROWS, built, cards, described, read

ZEZHOU = "泽政发〔2024〕1号"
CHECKS = "企业厂矿（车间）要日检日查、立查立改"
MADE: tuple[dict[str, Any], ...] = (
    {
        "id": "often", "type": "frequency", "question": "泽州的厂子多久自查一回", "answerable": True, "split": "dev",
        "evidence": [[{"notice": ZEZHOU, "quote": CHECKS}]], "must_include": [["日检日查"]], "needs": ["place", "year"],
    },
    {
        "id": "who", "type": "responsibility", "question": "泽州县2024年燃气安全由哪些部门负责", "answerable": True,
        "split": "test", "evidence": [], "must_include": [["县住建局", "住房和城乡建设"]],
    },
    {"id": "who2", "type": "responsibility", "question": "泽州县消防归谁管", "answerable": True, "split": "test"},
    {
        "id": "poem", "type": "out_of_scope", "question": "写一首关于春天的诗", "answerable": False,
        "status": "out_of_scope", "split": "dev",
    },
)  # fmt: skip
ASKED = tuple(Case.model_validate(MADE[at]) for at in (0, 1, 3))
Both = tuple[list[Row], list[Row]]


def both_ways(service: Service, script: Script) -> Both:
    """The made cases with a scripted model, and without it."""
    with scripted_server(script) as server:
        return run_both(ASKED, service, open_model(LlmSettings(base_url=server.url, model="假模型")))


@pytest.fixture(scope="module")
def honest(service: Service) -> Both:
    """The run with a model that copies."""
    return both_ways(service, faithful)


@pytest.fixture(scope="module")
def false(service: Service) -> Both:
    """The run with a model that alters a number."""
    return both_ways(service, lying)


def test_a_faithful_model_writes(honest: Both) -> None:
    """Its sentence stands over the quotes; who was not to be answered is not put to it; each row says what it did."""
    rows, beside = honest
    assert [row.id for row in rows] == ["often", "who", "poem"]
    assert [row.answer.mode for row in rows if row.answer] == [Mode.LLM, Mode.LLM, Mode.EXTRACTIVE]
    assert [row.scores.correct for row in rows] == [row.scores.correct for row in beside] == [True, True, True]
    assert all(row.scores.citation_valid and row.scores.inside for row in rows)
    assert [one.retrieved for one in rows] == [one.retrieved for one in beside]
    told = [row.llm for row in rows if row.llm]
    assert [(one.model, one.struck, one.repaired, one.fallback) for one in told] == [("假模型", (), False, "")] * 3
    assert [one.sentences for one in told] == [1, 1, 0]
    assert [[(call.prompt_tokens, call.completion_tokens) for call in one.spent] for one in told] == [
        [USAGE],
        [USAGE],
        [],
    ]
    assert [one.first_token_ms is None for one in told] == [False, False, True]
    assert [one.extractive for one in told] == [Outcome(correct=True, recalled=one) for one in (True, None, None)]
    for row, plain in zip(rows[:2], beside, strict=False):
        assert plain.llm is None
        assert row.answer is not None
        assert plain.answer is not None
        assert f"。\n\n依据：\n\n{plain.answer.text}" in row.answer.text


def test_what_is_summed_up_of_a_faithful_model(honest: Both) -> None:
    """Every figure by hand; the measures of the extractive run are those that it has by itself."""
    rows, beside = honest
    summary = summarise(ASKED, rows, "print", beside, 7)
    plain = summarise(ASKED, beside, "print")
    assert (summary.mode, summary.limit, plain.mode, plain.llm) == ("llm", 7, "extractive", None)
    llm = summary.llm
    assert llm is not None
    assert (llm.model, llm.asked, llm.written, llm.dropped, llm.understood) == ("假模型", 2, 2, 0, 0)
    assert llm.struck == {"number": 0, "sentences": 2, "share": 0.0}
    assert (llm.repairs, llm.fallbacks) == ({"asked": 0, "held": 0}, {})
    assert llm.tokens == {"in": 300.0, "out": 20.0, "estimated": False}
    assert 0 < llm.first_token_ms["p50"] <= llm.first_token_ms["p95"]
    assert 0 < llm.seconds["p50"] <= llm.seconds["p95"]
    assert llm.extractive == {name: plain.measures[name] for name in COMPARED}
    assert (llm.better, llm.worse) == ((), ())
    assert [line for line in model_table(summary, llm) if line.startswith("| 回答正确")] == [
        "| 回答正确 | 1.000（3） | 1.000（3） |"
    ]


def test_a_lying_model_is_not_heard(false: Both) -> None:
    """The altered number is struck twice, and the extractive answer stands, with its citations and scores."""
    rows, beside = false
    for row, plain in zip(rows[:2], beside, strict=False):
        assert row.llm is not None
        assert row.answer is not None
        assert plain.answer is not None
        assert row.answer.mode is Mode.EXTRACTIVE
        assert row.answer.citations == plain.answer.citations
        assert row.answer.text == f"{plain.answer.text}\n\n（{row.llm.fallback}，以上为原文摘录。）"
        assert row.llm.repaired
        assert len(row.llm.struck) == row.llm.sentences == 2
        assert all("47" in one.text for one in row.llm.struck)
        assert all("47" in "".join(one.reasons) for one in row.llm.struck)
        assert (row.scores.correct, row.scores.citation_valid) == (plain.scores.correct, True)
    summary = summarise(ASKED, rows, "", beside)
    llm = summary.llm
    assert llm is not None
    assert (summary.mode, llm.asked, llm.written) == ("llm", 2, 0)
    assert llm.struck == {"number": 4, "sentences": 4, "share": 1.0}
    assert llm.repairs == {"asked": 2, "held": 0}
    assert llm.fallbacks == {"模型的答复有几句未通过引用核对": 2}
    assert llm.tokens == {"in": 600.0, "out": 40.0, "estimated": False}
    assert [summary.measures[name]["value"] for name in COMPARED[:4]] == [1.0] * 4
    assert (llm.better, llm.worse) == ((), ())


def test_a_model_that_is_down(service: Service) -> None:
    """No case is dropped: each has its extractive answer, and the reason is counted."""
    with scripted_server("") as server:
        url = server.url
    rows, beside = run_both(ASKED, service, open_model(LlmSettings(base_url=url, model="假模型")))
    assert [row.error for row in rows] == ["", "", ""]
    assert [row.scores.correct for row in rows] == [row.scores.correct for row in beside]
    llm = summarise(ASKED, rows, "", beside).llm
    assert llm is not None
    assert (llm.asked, llm.written, llm.struck["sentences"]) == (2, 0, 0)
    assert llm.fallbacks == {f"连不上大模型接口 {url.removesuffix('/v1')}": 2}
    assert (llm.first_token_ms, llm.tokens) == ({}, {"in": 0.0, "out": 0.0, "estimated": False})


class Broken:
    """A model over which the program stumbles."""

    name, context, limit = "坏模型", 8192, 600

    def stream(self, messages: Sequence[Message], limit: int) -> Iterator[str]:
        """Fail as no endpoint does, over passages."""
        if "<材料 [" in messages[1].content:
            raise KeyError("虫")
        yield "无法回答"

    def spent(self) -> Spent:
        """Nothing."""
        return Spent()


def test_a_mistake_of_the_program_is_counted(service: Service) -> None:
    """A case that fails with the model is a wrong answer in every denominator, and its extractive row is kept."""
    told: list[tuple[int, int]] = []
    rows, beside = run_both(ASKED, service, Broken(), lambda *one: told.append(one))
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert [row.error for row in rows] == ["KeyError: '虫'", "KeyError: '虫'", ""]
    assert [row.scores.faults for row in rows] == [(Cause.ERROR,), (Cause.ERROR,), ()]
    assert [row.error for row in beside] == ["", "", ""]
    summary = summarise(ASKED, rows, "", beside)
    assert (summary.errors, summary.measures["correct"]) == (
        ["often", "who"], summary.measures["correct"] | {"value": 0.3333, "denominator": 3},
    )  # fmt: skip
    assert summary.llm is not None
    assert (summary.llm.model, summary.llm.asked, summary.llm.worse) == ("坏模型", 0, ("often", "who"))


def test_keys_of_an_extractive_run_are_as_ever(honest: Both, tmp_path: Path) -> None:
    """Without a model neither rows nor summaries have a key more; with one they have `llm`, and read back the same."""
    rows, beside = honest
    write_results(tmp_path, beside, summarise(ASKED, beside), by_split(ASKED, beside))
    plain = [json.loads(line) for line in (tmp_path / "results.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {key for row in plain for key in row} == set(Row.model_fields) - {"llm"}
    for name in ("summary", "test", "dev"):
        written = json.loads((tmp_path / f"{name}.json").read_text(encoding="utf-8"))
        assert set(written) == set(Summary.model_fields) - {"llm", "limit"}
    splits = by_split(ASKED, rows, "print", beside, 2)
    write_results(tmp_path, rows, summarise(ASKED, rows, "print", beside, 2), splits)
    lines = (tmp_path / "results.jsonl").read_text(encoding="utf-8").splitlines()
    assert [Row.model_validate_json(line) for line in lines] == [
        row.model_copy(update={"answer": row.answer and row.answer.model_copy(update={"explanation": None})})
        for row in rows
    ]
    assert set(json.loads(lines[0])["llm"]) == set(ByModel.model_fields)
    dev = Summary.model_validate_json((tmp_path / "dev.json").read_text(encoding="utf-8"))
    assert dev == splits["dev"]
    assert dev.llm is not None
    assert (dev.limit, dev.llm.asked, dev.llm.extractive["correct"]["denominator"]) == (2, 1, 2)


@pytest.mark.parametrize(
    ("limit", "kept"), [(1, "often who poem"), (2, "often who who2 poem"), (9, "often who who2 poem"),
                        (None, "often who who2 poem")]
)  # fmt: skip
def test_first_of_each_type(limit: int | None, kept: str) -> None:
    """So many of each type, in the order of the file."""
    assert [one.id for one in first_of_each_type([Case.model_validate(one) for one in MADE], limit)] == kept.split()


Anwen = Callable[..., tuple[object, str, str]]


@pytest.fixture
def anwen(service: Service, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Anwen:
    """The command line in this process, over the tests' own service."""
    monkeypatch.setattr("app.service.open_service", lambda settings, say: service)

    def run(*arguments: object) -> tuple[object, str, str]:
        monkeypatch.setattr(sys, "argv", ["anwen", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            main()
        shown = capsys.readouterr()
        return stop.value.code, shown.out, shown.err

    return run


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The made cases as a file."""
    path = tmp_path / "cases.jsonl"
    path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in MADE), encoding="utf-8")
    return path


def test_the_command(anwen: Anwen, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """--mode llm --limit 1: one case of each type both ways, in all files; JSON alone on stdout, the table beside."""
    with scripted_server(faithful) as server:
        monkeypatch.setenv("ANWEN_LLM__BASE_URL", server.url)
        monkeypatch.setenv("ANWEN_LLM__MODEL", "假模型")
        monkeypatch.setenv("ANWEN_LLM__API_KEY", "sk-Geheim-42")
        code, out, err = anwen("eval", file, "--out", tmp_path / "out", "--mode", "llm", "--limit", "1")
    assert code == 0, err
    shown = json.loads(out)
    assert (shown["cases"], shown["limit"], shown["correct"]) == (3, 1, 1.0)
    assert (shown["llm"]["model"], shown["llm"]["written"], shown["llm"]["extractive"]["correct"]["value"]) == (
        "假模型", 2, 1.0,
    )  # fmt: skip
    assert "| 回答正确 | 1.000（3） | 1.000（3） |" in err.splitlines()
    assert "请模型写：2 问，写成 2 问" in err.splitlines()
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "results.jsonl", "summary.json", "test.json", "dev.json", "report.html",
    }  # fmt: skip
    for path in (tmp_path / "out").iterdir():
        assert "sk-Geheim" not in path.read_text(encoding="utf-8")
    rows = [json.loads(line) for line in (tmp_path / "out" / "results.jsonl").read_text("utf-8").splitlines()]
    assert [(row["id"], row["answer"]["mode"]) for row in rows] == [
        ("often", "llm"), ("who", "llm"), ("poem", "extractive"),
    ]  # fmt: skip
    page = read((tmp_path / "out" / "report.html").read_text(encoding="utf-8"))
    assert "3 个用例 · 模型整理（假模型） · 每类前 1 个" in page.text
    code, out, err = anwen("eval-accept", tmp_path / "out", "--note", "x", "--folder", tmp_path)
    assert (code, out) == (1, "")
    assert "--mode" in err


def test_the_command_without_a_model(anwen: Anwen, file: Path, tmp_path: Path) -> None:
    """By default nothing of a model is in the output; --mode llm without an endpoint says how to set one."""
    file.write_text(json.dumps(MADE[3], ensure_ascii=False), encoding="utf-8")
    code, out, err = anwen("eval", file, "--out", tmp_path / "out")
    assert code == 0, err
    assert {"limit", "llm"} & set(json.loads(out)) == set()
    assert (json.loads(out)["cases"], "模型" in err) == (1, False)
    code, out, err = anwen("eval", file, "--out", tmp_path / "none", "--mode", "llm")
    assert (code, out) == (1, "")
    assert len(err.splitlines()) == 1
    assert "ANWEN_LLM__BASE_URL" in err
    assert not (tmp_path / "none").exists()


def written_row(at: int, **values: Any) -> Row:
    """A row of the made report as a model's."""
    told = {"model": "假模型", "extractive": Outcome(correct=False, recalled=None)}
    return ROWS[at].model_copy(update={"llm": ByModel(**(told | values))})


def test_figures_by_hand() -> None:
    """Means over the cases asked, percentiles by nearest rank, reasons most frequent first, a call that failed."""
    struck = (Struck(text="甲", reasons=("无据",)), Struck(text="乙", reasons=("无据",)))
    call, failed = Spent(prompt_tokens=100, completion_tokens=10, estimated=False), Spent()
    guessed = Spent(prompt_tokens=200, completion_tokens=33)
    rows = [
        written_row(0, spent=[call], sentences=3, first_token_ms=100.0, understood="燃气怎么查"),
        written_row(1, spent=[call, guessed], sentences=5, struck=struck, repaired=True, first_token_ms=300.0,
                    fallback="模型的答复有 2 句未通过引用核对", extractive=Outcome(correct=True, recalled=None)),
        written_row(3, spent=[failed], fallback="大模型接口正忙；请稍后再试", dropped=2),
        written_row(4, spent=[failed], fallback="模型的答复有 1 句未通过引用核对"),
        written_row(5),
    ]  # fmt: skip
    llm = summarise_llm(rows, {"correct": {"value": 0.4}}, {"correct": {"value": 0.2}, "citation_precision": {}})
    assert llm == LlmSummary(
        model="假模型", asked=4, written=0, struck={"number": 2, "sentences": 8, "share": 0.25},
        repairs={"asked": 1, "held": 0}, fallbacks={"模型的答复有几句未通过引用核对": 2, "大模型接口正忙": 1},
        dropped=1, understood=1, first_token_ms={"p50": 100.0, "p95": 300.0},
        tokens={"in": 100.0, "out": 13.2, "estimated": True}, seconds={"p50": 0.01, "p95": 0.01},
        extractive={"correct": {"value": 0.2}}, better=("right", "outside"), worse=("missed",),
    )  # fmt: skip
    assert figures(llm) == [
        ("模型", "假模型"),
        ("请模型写", "4 问，写成 0 问"),
        ("改用原文摘录", "3 问（模型的答复有几句未通过引用核对 2，大模型接口正忙 1）"),
        ("划去", "2 句，共 8 句（25.0%）"),
        ("请模型重写", "1 问，写成 0 问"),
        ("换一种问法", "1 问"),
        ("上下文放不下全部材料", "1 问"),
        ("首字", "中位 100 毫秒，95% 分位 300 毫秒"),
        ("每问用时", "中位 0.0 秒，95% 分位 0.0 秒"),
        ("每问 token", "读入 100，写出 13（部分为估计）"),
        ("比原文摘录变好", "2 问：right、outside"),
        ("比原文摘录变差", "1 问：missed"),
    ]


def test_the_page_of_a_model() -> None:
    """Side by side: without and with the model; each card says what the model did; all of it as text."""
    rows = [
        written_row(0, model=HOSTILE, fallback=HOSTILE, struck=(Struck(text=HOSTILE, reasons=(HOSTILE, "无据")),)),
        ROWS[1],
        *(written_row(at) for at in range(2, 6)),
    ]
    summary = summarise(CASES, rows, "print", ROWS)
    page = built(CASES, rows, {"": summary})
    (panel,) = [one for one in read(page).all("section") if "不用模型与用模型" in one.text]
    assert [cell.text for cell in panel.all("tr")[1].all("td")] == ["回答正确", "33.3%", "6", "33.3%", "6", "+0.0"]
    assert panel.all("dd")[0].text == HOSTILE
    card = cards(page)["right"]
    said = described(card)["模型"]
    assert [one.text for one in said.all("li")] == [f"划去 {HOSTILE} {HOSTILE}；无据"]
    assert said.text.startswith(f"原文摘录：{HOSTILE} 不用模型时答错")
    assert "模型" not in described(cards(page)["missed"])
    assert described(cards(page)["outside"])["模型"].text == "没有请模型写 不用模型时答错"
    assert "用模型" not in read(built()).text
