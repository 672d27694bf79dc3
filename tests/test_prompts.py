"""Prompt files: what is declared is used, values are put in once, and no example can be taken for a rule."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import prompts
from corpus.errors import PromptError
from corpus.facts import read_facts
from corpus.model import Corpus
from prompts.load import load_prompt, parse_prompt
from retrieval.model import AskedKind

FOLDER = Path(prompts.__file__).parent
NAMES = sorted(path.stem for path in FOLDER.glob("*.md"))
each_prompt = pytest.mark.parametrize("name", NAMES)

HEAD = '+++\npurpose = "试"\nplaceholders = ["question", "scope"]\n+++\n'


def test_the_four_prompts_are_here() -> None:
    """One file a prompt."""
    assert NAMES == ["answer", "condense", "queries", "repair"]


@each_prompt
def test_shipped_prompts_are_as_declared(name: str) -> None:
    """A shipped prompt loads, says what it is for in one line, is read once, and uses what it declares."""
    prompt = load_prompt(name)
    assert prompt is load_prompt(name)
    assert prompt.purpose
    assert "\n" not in prompt.purpose
    assert set(re.findall(r"\{(\w+)\}", prompt.template)) == set(prompt.placeholders)
    assert "{" not in prompt.system + "".join(str(one) for one in prompt.phrases if isinstance(one, str))


@pytest.mark.parametrize(
    ("name", "placeholders"),
    [
        ("answer", {"passages", "note", "question", "scope", "wanted"}),
        ("condense", {"history", "question"}),
        ("queries", {"question"}),
        ("repair", {"struck"}),
    ],
)
def test_placeholders(name: str, placeholders: set[str]) -> None:
    """What the program fills in."""
    assert set(load_prompt(name).placeholders) == placeholders


def test_every_kind_of_question_has_its_wording() -> None:
    """The answer prompt says for each kind what is wanted, and says it differently."""
    wanted = [load_prompt("answer").phrase("wanted", kind.value) for kind in AskedKind]
    assert len(set(wanted)) == len(AskedKind)


def test_nothing_is_read_at_import() -> None:
    """Importing the loader reads no prompt."""
    code = "from prompts.load import load_prompt; print(load_prompt.cache_info().currsize)"
    done = subprocess.run([sys.executable, "-c", code], cwd=FOLDER.parent, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "0", done.stderr


@each_prompt
def test_no_number_to_copy(name: str) -> None:
    """A prompt states no figure but in marks, and no frequency, deadline or quantity that a model could repeat."""
    prompt = load_prompt(name)
    said = f"{prompt.system}\n{prompt.template}"
    assert not re.search(r"[0-9０-９]", re.sub(r"\[[12]\]", "", said))
    example = prompt.system.partition("写法示例")[2]
    assert [fact for line in example.splitlines() for fact in read_facts(line) if fact.number is not None] == []


@each_prompt
def test_no_example_from_a_notice(name: str, corpus: Corpus) -> None:
    """No example shares six characters with a notice, so that what is copied from it is seen at once."""
    example = load_prompt(name).system.partition("写法示例")[2]
    held = "".join(unit.text for document in corpus.documents for unit in document.units)
    assert "阅览室" not in held
    lines = re.findall(r"[\u4e00-\u9fff]{6,}", example.partition("\n")[2])
    assert [line[at : at + 6] for line in lines for at in range(len(line) - 5) if line[at : at + 6] in held] == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "文件头不完整"),
        ("{question}", "文件头不完整"),
        ('+++\npurpose = "试"\nplaceholders = []', "文件头不完整"),
        ('前言\n+++\npurpose = "试"\nplaceholders = []\n+++\n文', "文件头不完整"),
        (f"{HEAD}a\n+++\nb\n+++\n{{question}}{{scope}}", "文件头不完整"),
        ("+++\npurpose = 试\n+++\n文", "文件头读不懂"),
        ("+++\nplaceholders = []\n+++\n文", "文件头读不懂"),
        ('+++\npurpose = ""\nplaceholders = []\n+++\n文', "文件头读不懂"),
        ('+++\npurpose = "试"\nplaceholder = []\n+++\n文', "文件头读不懂"),
        ('+++\npurpose = "试"\nplaceholders = []\n+++\n \n', "没有正文"),
        (f"{HEAD}{{question}}", r"声明了占位符 \{scope\}"),
        (f"{HEAD}规则 {{scope}}\n+++\n{{question}}", r"声明了占位符 \{scope\}"),
        (f"{HEAD}{{question}}{{scope}}{{place}}", r"未声明的占位符 \{place\}"),
        (f"{HEAD}{{question}}{{scope}}{{", r"“\{”不是可用的占位符"),
        (f"{HEAD}{{question}}{{scope}}}}", r"“\}”不是可用的占位符"),
        (f"{HEAD}{{question}}{{scope}}{{Year}}", r"“\{Year\}”不是可用的占位符"),
        (f"{HEAD}{{question}}{{scope}}{{ scope }}", r"“\{ scope \}”不是可用的占位符"),
        (f"{HEAD}规则 {{question}}\n+++\n{{question}}{{scope}}", r"“\{question\}”不是可用的占位符"),
        ('+++\npurpose = "试"\nplaceholders = ["a", "a"]\n+++\n{a}', r"\{a\} 声明了两次"),
    ],
)
def test_faults_are_named(text: str, fault: str) -> None:
    """Each fault of a file is told in one Chinese line with the file's name and a remedy."""
    with pytest.raises(PromptError, match=fault) as caught:
        parse_prompt("made", text)
    line = str(caught.value)
    assert line.startswith("提示词 made.md")
    assert re.search("；.*[请应]|；文件应", line)
    assert "\n" not in line


def test_a_missing_file_is_named() -> None:
    """A prompt that is not there is an error of ours."""
    with pytest.raises(PromptError, match=r"prompts/other\.md 读不到；请"):
        load_prompt("other")


def test_parts() -> None:
    """The rules stand apart from what is filled in, and may be left out."""
    prompt = parse_prompt("made", f"{HEAD}规则\n+++\n问：{{question}}（{{scope}}）\n")
    assert (prompt.system, prompt.template) == ("规则", "问：{question}（{scope}）")
    assert parse_prompt("made", f"{HEAD}{{question}}{{scope}}").system == ""
    assert prompt.fill(question="甲", scope="乙") == "问：甲（乙）"


@given(st.text(), st.text())
def test_values_are_put_in_once(question: str, scope: str) -> None:
    """A value stands in the text as it is, whatever placeholders, braces or backslashes it holds."""
    prompt = parse_prompt("made", f"{HEAD}甲{{question}}乙{{scope}}丙{{question}}")
    assert prompt.fill(question=question, scope=scope) == f"甲{question}乙{scope}丙{question}"


@pytest.mark.parametrize("value", ["{scope}", "{question}", "{", "}}", "{0}", "{passages}", r"\1\g<0>", "%s $x"])
def test_placeholders_in_values_stay_text(value: str) -> None:
    """What looks like a placeholder in a value is text."""
    prompt = parse_prompt("made", f"{HEAD}{{question}}|{{scope}}")
    assert prompt.fill(question=value, scope="s") == f"{value}|s"
    assert prompt.fill(question="q", scope=value) == f"q|{value}"


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"question": "q"}, r"占位符 \{scope\} 没有给值；请"),
        ({}, r"占位符 \{question\} 没有给值；请"),
        ({"question": "q", "scope": "s", "year": "y"}, r"没有占位符 \{year\}；请"),
    ],
)
def test_missing_and_surplus_values(values: dict[str, str], fault: str) -> None:
    """Neither a missing value nor one without a place passes."""
    with pytest.raises(PromptError, match=fault):
        parse_prompt("made", f"{HEAD}{{question}}{{scope}}").fill(**values)


def test_missing_wording_is_named() -> None:
    """A wording that was deleted from the head is told by its name."""
    prompt = parse_prompt(
        "made", '+++\npurpose = "试"\nplaceholders = []\n[phrases]\na = "甲"\n[phrases.b]\nc = "丙"\n+++\n文'
    )
    assert (prompt.phrase("a"), prompt.phrase("b", "c")) == ("甲", "丙")
    for path in (("x",), ("b",), ("b", "x"), ("a", "x")):
        with pytest.raises(PromptError, match=rf"made\.md 的文件头缺少用语 phrases\.{'.'.join(path)}；请补上"):
            prompt.phrase(*path)
