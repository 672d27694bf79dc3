"""Case files are read as they are, and the project's own cases are sound against the corpus."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import QuestionError
from corpus.model import Corpus, Document
from eval.cases import check_cases, load_cases, longest_shared, normalise, own_cases
from eval.model import Case

ZEZHOU, OLDER_ZEZHOU = "泽政发〔2024〕1号", "泽政发〔2023〕1号"
GOOD: dict[str, Any] = {"id": "a", "type": "list", "question": "问什么", "answerable": False}
#: Sound against the corpus: what test_faults spoils, one thing at a time.
SOUND: dict[str, Any] = {
    "id": "a", "question": "老板多久下一回车间", "answerable": True, "status": "answered", "split": "dev",
    "evidence": [[{"notice": ZEZHOU, "quote": "每周至少深入现场开展1次"}]], "must_include": [["1次"]],
}  # fmt: skip


def written(folder: Path, *lines: str) -> Path:
    """A case file of these lines."""
    path = folder / "made.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def dumped(**values: Any) -> str:
    """A good case with some keys other."""
    return json.dumps(GOOD | values, ensure_ascii=False)


@pytest.mark.parametrize(
    ("line", "where"),
    [
        ("{不是 JSON", "内容"),
        ("[1, 2]", "内容"),
        (json.dumps({"id": "b", "question": "问"}), "answerable"),
        (dumped(question=3), "question"),
        (dumped(evidence=[[{"notice": ZEZHOU}]]), "evidence.0.0.quote"),
        (dumped(evidence=[[{"notice": ZEZHOU, "quote": ""}]]), "evidence.0.0.quote"),
        (dumped(must_include=["一", "二"]), "must_include.0"),
        (dumped(history=[{"role": "system", "content": "你好"}]), "history.0.role"),
    ],
)
def test_a_bad_line_is_named(line: str, where: str, tmp_path: Path) -> None:
    """One line in Chinese: the file, the line (empty ones counted), the key."""
    path = written(tmp_path, dumped(), "", line)
    with pytest.raises(QuestionError) as error:
        load_cases(path)
    said = str(error.value)
    assert "made.jsonl" in said
    assert "第 3 行" in said
    assert where in said
    assert "\n" not in said


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00\xd8", b"", b"\n \n"])
def test_a_file_without_cases_is_named(content: bytes | None, tmp_path: Path) -> None:
    """A file that is missing, is not UTF-8, or is empty."""
    path = tmp_path / "made.jsonl"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(QuestionError, match=r"made\.jsonl"):
        load_cases(path)


def test_a_file_from_outside(tmp_path: Path) -> None:
    """Unknown keys are ignored wherever they stand, and keys of our own when they hold something else."""
    turn = {"role": "user", "content": "泽州呢", "time": 3}
    quote = {"notice": ZEZHOU, "quote": "甲", "page": 4}
    path = written(
        tmp_path,
        dumped(author="某", history=[turn], evidence=[[quote]]),
        dumped(status="draft", needs="place", split=1, asker={"name": "某"}),
        dumped(history=None, evidence=None, must_include=None, must_not_include=None, split="test"),
        "\t",
        dumped(question="行\u2028分\u0085隔\u000b符"),
    )
    first, second, third, fourth = load_cases(path)
    assert [turn.content for turn in first.history] == ["泽州呢"]
    assert first.evidence[0][0].quote == "甲"
    assert (second.status, second.needs, second.split, second.asker) == (None, (), "", "")
    assert (third.history, third.evidence, third.must_include, third.split) == ((), (), (), "test")
    assert "分" in fourth.question


def test_byte_order_mark_and_line_ends(tmp_path: Path) -> None:
    """As a Windows editor saves it."""
    path = tmp_path / "made.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + dumped().encode() + b"\r\n" + dumped(id="b").encode() + b"\r\n")
    assert [case.id for case in load_cases(path)] == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("每 周\n至少 1 次", "每周至少1次"),
        ("責任單位(縣住建局)", "责任单位（县住建局）"),
        ("安(an)全(quan)生产", "安全生产"),
        ("泽政发〔2024〕1号", "泽政发〔2024〕1号"),
        ("", ""),
    ],
)
def test_normalise(text: str, expected: str) -> None:
    """Simplified, full-width, no white space, no noise."""
    assert normalise(text) == expected


@pytest.mark.parametrize(
    ("question", "quote", "expected"),
    [
        ("燃气多久查一次", "每月检查一次管线", "查一次"),
        ("毫不相干", "每月检查一次", ""),
        ("每月 檢查一次嗎", "企业应当每月检查一次。", "每月检查一次"),
        ("《安全生产责任保险实施办法》管谁", "落实《安全生产责任保险实施办法》", ""),
        ("“一线三排”是啥意思", "推行“一线三排”工作机制", ""),
        ("甲乙“丙”丁戊", "甲乙丙丁戊", "甲乙"),
        ("开头相同后面不同甲", "开头相同，后面不同甲", "后面不同甲"),
        ("", "每月", ""),
        ("每月", "", ""),
    ],
)
def test_longest_shared(question: str, quote: str, expected: str) -> None:
    """The longest run in both, not across a quoted term or a name."""
    assert longest_shared(question, quote) == expected


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({}, ""),
        ({"status": "not_stipulated"}, "answerable is True but status is not_stipulated"),
        ({"status": None}, "status is missing"),
        ({"evidence": []}, "answerable without evidence"),
        ({"split": "train"}, "neither dev nor test"),
        ({"needs": ["region"]}, "neither place nor year"),
        ({"evidence": [[{"notice": "某政发〔2024〕9号", "quote": "每周1次"}]]}, "no notice"),
        ({"evidence": [[{"notice": ZEZHOU, "quote": "这句话谁也没说过，1次"}]]}, "stands in 0 units"),
        ({"evidence": [[{"notice": ZEZHOU, "quote": "安全生产"}]], "must_include": []}, "units of"),
        ({"question": "是每周至少深入现场开展1次吗"}, "shares “每周至少深入现场开展1次”"),
        ({"history": [{"role": "user", "content": "每周至少深入现场开展1次？"}]}, "shares “"),
        ({"history": [{"role": "assistant", "content": "每周至少深入现场开展1次。"}]}, ""),
        ({"must_include": [["两次", "三次"]]}, "must_include"),
    ],
)
def test_faults(change: dict[str, Any], fault: str, documents: dict[str, Document]) -> None:
    """Each way for a case of our own to be unsound is named."""
    faults = check_cases([Case.model_validate(SOUND | change)], list(documents.values()))
    if not fault:
        assert faults == []
    else:
        assert any(line.startswith("a: ") and fault in line for line in faults), faults


def test_twice_the_same_id(documents: dict[str, Document]) -> None:
    """Ids are unique."""
    case = Case.model_validate(SOUND)
    assert check_cases([case, case], list(documents.values())) == ["a: id stands twice"]


@pytest.fixture(scope="module")
def own() -> tuple[Case, ...]:
    """The project's own cases."""
    return own_cases()


def test_own_cases_are_sound(own: tuple[Case, ...], corpus: Corpus) -> None:
    """No fault at all, and nothing is forbidden that the evidence itself says."""
    assert check_cases(own, corpus.documents) == []
    assert all(case.asker for case in own)
    for case in own:
        said = normalise("".join(quote.quote for group in case.evidence for quote in group))
        assert [word for word in case.must_not_include if normalise(word) in said] == [], case.id


def test_own_cases_cover_the_corpus(own: tuple[Case, ...], corpus: Corpus) -> None:
    """At least 400 cases over all nine notices and 150 units; a quarter needs its place or year."""
    assert len(own) >= 400
    wanted = {(quote.notice, normalise(quote.quote)) for case in own for group in case.evidence for quote in group}
    assert {notice for notice, _ in wanted} == {document.notice for document in corpus.documents}
    assert len(corpus.documents) == 9
    units = {
        (unit.notice, unit.label)
        for document in corpus.documents
        for unit in document.units
        if any(notice == unit.notice and quote in normalise(unit.text) for notice, quote in wanted)
    }
    assert len(units) >= 150
    assert sum(bool(case.needs) for case in own) >= len(own) / 4
    assert any("year" in case.needs for case in own)


def test_own_split(own: tuple[Case, ...]) -> None:
    """Dev 60, test 40, within each type as near as whole cases let it be."""
    splits = Counter((case.type, case.split) for case in own)
    for kind, count in Counter(case.type for case in own).items():
        assert splits[kind, "dev"] + splits[kind, "test"] == count
        assert abs(splits[kind, "dev"] - 0.6 * count) <= 1, kind
    dev, test = own_cases("dev"), own_cases("test")
    assert len(dev) + len(test) == len(own)
    assert {case.split for case in test} == {"test"}
    assert abs(len(dev) / len(own) - 0.6) < 0.01
