"""Verdicts on answers: kept as lines that only grow, and handed on as cases in which a wrong answer is no gold."""

from __future__ import annotations

import errno
import json
import os
import stat
import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.feedback import store as store_file
from app.feedback.cases import FeedbackCase, cases_of, write_cases
from app.feedback.model import LONGEST_COMMENT, Feedback, Verdict, feedback_on
from app.feedback.store import FeedbackStore
from app.model import Answer, Inquiry, Role, Status, Turn
from app.service import Service
from app.web.exports import feedback_downloads
from corpus.errors import FeedbackError
from eval.cases import check_cases, load_cases
from eval.run import run_cases
from tests.test_cli import assert_one_chinese_line, here

NOW = datetime(2026, 11, 22, 14, 5, tzinfo=UTC)
ALL = frozenset(Verdict)
ASKED = Inquiry(question="企业主要负责人多久排查一次隐患？", region="泽州县", year=2024, role=Role.ENTERPRISE)


@pytest.fixture(scope="module")
def answer(service: Service) -> Answer:
    made = service.ask(ASKED)
    assert made.status is Status.ANSWERED
    return made


def said(
    answer: Answer, verdict: Verdict, comment: str = "", page: str = "甲", inquiry: Inquiry = ASKED, minutes: int = 0
) -> Feedback:
    return feedback_on(inquiry, answer, verdict, comment, NOW + timedelta(minutes=minutes), page=page, index="f1")


def one_case(kept: Sequence[Feedback], verdicts: frozenset[Verdict] = ALL) -> FeedbackCase:
    (case,) = cases_of(kept, verdicts)
    return case


def test_a_verdict_holds_what_is_needed_to_ask_again(answer: Answer) -> None:
    history = (Turn(role="user", content="泽州县煤矿"), Turn(role="assistant", content="……"))
    inquiry = ASKED.model_copy(update={"history": history, "place_set": True})
    kept = said(answer, Verdict.WRONG, "  不\x00对\r\n应为\u202e九人 ", inquiry=inquiry)
    assert kept.comment == "不对\n应为九人"
    assert (kept.question, kept.region, kept.year, kept.role) == (ASKED.question, "泽州县", 2024, Role.ENTERPRISE)
    assert (kept.history, kept.corrected) == (history, ("地区：泽州县",))
    assert (kept.status, kept.text, kept.index, kept.time) == (answer.status, answer.text, "f1", NOW)
    assert [(one.n, one.notice, one.label, one.quote) for one in kept.citations] == [
        (one.n, one.notice, one.label, one.quote) for one in answer.citations
    ]
    assert "甲" not in kept.exchange
    assert len(said(answer, Verdict.WRONG, "长" * 3000).comment) == LONGEST_COMMENT


def test_the_store_only_grows_and_is_its_owners_alone(tmp_path: Path, answer: Answer) -> None:
    store = FeedbackStore(tmp_path)
    assert store.read().verdicts == ()
    kept = [said(answer, Verdict.USEFUL), said(answer, Verdict.WRONG, "一\n二\u2028三")]
    for one in kept:
        store.add(one)
    assert store.path == tmp_path / "feedback" / "feedback.jsonl"
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(store.path.parent.stat().st_mode) == 0o700
    assert list(store.read().verdicts) == kept
    assert len(store.path.read_bytes().split(b"\n")) == 3
    assert json.loads(store.path.read_text(encoding="utf-8").split("\n")[0])["verdict"] == "有用"


def test_threads_write_whole_lines(tmp_path: Path, answer: Answer) -> None:
    store = FeedbackStore(tmp_path)

    def add(name: str) -> None:
        for _ in range(25):
            store.add(said(answer, Verdict.USEFUL, page=name))

    threads = [threading.Thread(target=add, args=(str(number),)) for number in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(store.read().verdicts) == 100
    assert store.read().unread == ()


def test_a_torn_line_costs_itself_alone(tmp_path: Path, answer: Answer) -> None:
    store = FeedbackStore(tmp_path)
    store.add(said(answer, Verdict.USEFUL))
    with store.path.open("ab") as file:
        file.write(b'{"time":"2026')
    store.add(said(answer, Verdict.WRONG))
    assert [one.verdict for one in store.read().verdicts] == [Verdict.USEFUL, Verdict.WRONG]
    assert store.read().unread == (2,)


def test_a_full_disk_is_said_and_leaves_nothing_behind(
    tmp_path: Path, answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = FeedbackStore(tmp_path)
    store.add(said(answer, Verdict.USEFUL))
    before = store.path.read_bytes()
    write = os.write
    monkeypatch.setattr(store_file.os, "write", lambda handle, line: write(handle, line[:20]))
    with pytest.raises(FeedbackError, match="磁盘已满") as torn:
        store.add(said(answer, Verdict.WRONG))
    assert_one_chinese_line(str(torn.value))
    assert store.path.read_bytes() == before

    def refuse(handle: int, line: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(store_file.os, "write", refuse)
    with pytest.raises(FeedbackError, match="磁盘已满"):
        store.add(said(answer, Verdict.WRONG))
    monkeypatch.undo()
    monkeypatch.setattr(store_file, "LARGEST", len(before) + 10)
    with pytest.raises(FeedbackError, match="意见没有存下"):
        store.add(said(answer, Verdict.WRONG))
    assert store.path.read_bytes() == before


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path, answer: Answer) -> None:
    (tmp_path / "feedback").write_text("一个文件")
    with pytest.raises(FeedbackError, match="意见没有存下"):
        FeedbackStore(tmp_path).add(said(answer, Verdict.USEFUL))


@given(st.text(max_size=60))
def test_any_comment_comes_back_as_it_was_kept(answer: Answer, comment: str) -> None:
    kept = said(answer, Verdict.WRONG, comment)
    line = kept.model_dump_json()
    assert "\n" not in line
    assert Feedback.model_validate_json(line.encode()) == kept


def test_a_useful_answer_is_a_case_that_its_service_passes(tmp_path: Path, answer: Answer, service: Service) -> None:
    (tmp_path / "cases.jsonl").write_text(write_cases(cases_of([said(answer, Verdict.USEFUL)], ALL)), encoding="utf-8")
    (case,) = load_cases(tmp_path / "cases.jsonl")
    assert (case.answerable, case.status, case.type) == (True, "answered", "feedback")
    assert case.question == "泽州县2024年：企业主要负责人多久排查一次隐患？"
    quotes = {(one.notice, one.quote) for group in case.evidence for one in group}
    assert quotes == {(one.notice, one.quote) for one in answer.citations}
    (row,) = run_cases([case], service)
    assert row.scores.status_right
    assert (row.scores.citation_recall, row.scores.citation_precision) == (1.0, 1.0)


def test_a_useful_refusal_is_a_case_without_evidence(service: Service) -> None:
    inquiry = Inquiry(question="泽州县2024年燃气检查频次要求")
    refused = service.ask(inquiry)
    assert refused.status is Status.NOT_STIPULATED
    case = one_case([said(refused, Verdict.USEFUL, inquiry=inquiry)])
    assert (case.answerable, case.status, case.evidence, case.todo) == (False, Status.NOT_STIPULATED, (), False)
    assert case.question == inquiry.question


@pytest.mark.parametrize("verdict", [Verdict.WRONG, Verdict.MISCITED])
def test_a_wrong_answer_is_no_gold(verdict: Verdict, answer: Answer, tmp_path: Path, service: Service) -> None:
    case = one_case([said(answer, verdict, "应为高平")])
    assert (case.evidence, case.must_include, case.must_not_include, case.status) == ((), (), (), None)
    assert (case.todo, case.verdict, case.comment) == (True, verdict, "应为高平")
    assert case.given is not None
    assert case.given.text == answer.text
    assert cases_of([said(answer, verdict)], frozenset({Verdict.USEFUL})) == ()
    # The project's own check refuses it for as long as nobody has completed it.
    (tmp_path / "todo.jsonl").write_text(write_cases([case]), encoding="utf-8")
    (loaded,) = load_cases(tmp_path / "todo.jsonl")
    faults = check_cases([loaded], list(service.documents.values()))
    assert any("answerable without evidence" in fault for fault in faults)
    assert any("status is missing" in fault for fault in faults)


def test_an_answer_that_somebody_found_wrong_is_no_gold_for_others(answer: Answer) -> None:
    kept = [said(answer, Verdict.USEFUL, "好", page="甲"), said(answer, Verdict.MISCITED, "错", page="乙")]
    for order in (kept, kept[::-1]):
        case = one_case(order)
        assert (case.todo, case.evidence, case.verdict) == (True, (), Verdict.MISCITED)
        assert cases_of(order, frozenset({Verdict.USEFUL})) == ()
        assert len(cases_of(order, frozenset({Verdict.MISCITED}))) == 1
    assert one_case(kept).comment == "好\n错"


def test_who_corrects_himself_is_heard_once(answer: Answer) -> None:
    useful, wrong = said(answer, Verdict.USEFUL, minutes=1), said(answer, Verdict.WRONG)
    assert one_case([wrong, useful]).todo is False
    assert one_case([useful, wrong]).todo is True
    assert len(cases_of([useful, useful, said(answer, Verdict.USEFUL, page="乙")], ALL)) == 1


def test_a_question_whose_reading_was_set_right_is_to_be_completed(answer: Answer) -> None:
    inquiry = ASKED.model_copy(update={"year_set": True})
    case = one_case([said(answer, Verdict.USEFUL, inquiry=inquiry)])
    assert (case.todo, case.evidence, case.corrected) == (True, (), ("年份：2024年",))


def test_the_page_hands_out_useful_and_doubted_apart(tmp_path: Path, answer: Answer) -> None:
    store = FeedbackStore(tmp_path)
    download = feedback_downloads(store)["feedback.jsonl"]
    for given_ in ({}, {"todo": "1"}):
        with pytest.raises(FeedbackError, match="没有用例可导出"):
            download.make(given_)
    other = Inquiry(question="煤矿一班最多多少人下井")
    store.add(said(answer, Verdict.USEFUL))
    store.add(said(answer, Verdict.WRONG, inquiry=other))
    (useful,), (doubted,) = (
        [json.loads(line) for line in download.make(given_).decode().splitlines()] for given_ in ({}, {"todo": "1"})
    )
    assert (useful["typed"], useful["todo"]) == (ASKED.question, False)
    assert (doubted["typed"], doubted["todo"]) == (other.question, True)


def test_command_line(
    tmp_path: Path, answer: Answer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ANWEN_DATA_DIR", str(tmp_path))
    out = tmp_path / "cases.jsonl"
    code, shown, error = here(["feedback", "list"], monkeypatch, capsys)
    assert (code, shown) == (0, "")
    assert_one_chinese_line(error)
    code, shown, error = here(["feedback", "export", "--out", str(out)], monkeypatch, capsys)
    assert (code, shown) == (1, "")
    assert_one_chinese_line(error)
    store = FeedbackStore(tmp_path)
    store.add(said(answer, Verdict.USEFUL))
    store.add(said(answer, Verdict.WRONG, "应为\x1b[31m高平\n甲", inquiry=Inquiry(question="高平呢？")))
    store.path.open("ab").write(b"{}\n")
    code, shown, error = here(["feedback", "list"], monkeypatch, capsys)
    local = NOW.astimezone().strftime("%Y-%m-%d %H:%M")
    assert shown.splitlines() == [
        f"{local}  有用  企业主要负责人多久排查一次隐患？（泽州县2024）",
        f"{local}  有误  高平呢？  意见：应为[31m高平 甲",
    ]
    assert "第 3 行" in error
    code, shown, error = here(["feedback", "list", "--verdict", "有误"], monkeypatch, capsys)
    assert len(shown.splitlines()) == 1
    code, shown, error = here(["feedback", "export", "--out", str(out)], monkeypatch, capsys)
    assert (code, shown) == (0, f"已导出 1 条用例到 {out}\n")
    assert len(load_cases(out)) == 1
    code, shown, error = here(
        ["feedback", "export", "--out", str(out), "--verdict", "有误", "--verdict", "有用"], monkeypatch, capsys
    )
    assert "其中 1 条须人工补全" in error
    assert [case.answerable for case in load_cases(out)] == [True, True]
    code, shown, error = here(["feedback", "export", "--out", str(tmp_path)], monkeypatch, capsys)
    assert code == 1
    assert "无法写入" in error
    assert here(["feedback", "export"], monkeypatch, capsys)[0] == 2
