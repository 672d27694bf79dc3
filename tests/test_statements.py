"""Statements in the program's own words: what a lead or a closing line may say over given quotes (data/leads.toml)."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from app.check.citations import check
from app.check.claims import ClaimKind, read_statement
from app.check.evidence import Asked, Line, read_lines
from app.check.origin import from_nowhere
from app.check.stance import Sense, sense_of
from app.check.wording import pieces
from app.model import Citation, Draft, Status, clause_name, place_and_year
from app.service import Service
from tests.conftest import DATA

TABLE: dict[str, dict[str, Any]] = tomllib.loads((DATA / "leads.toml").read_text(encoding="utf-8"))
LEADS = TABLE["leads"]
ALTERED = [(name, old, new) for name, lead in LEADS.items() for old, new in lead["altered"]]


def cited(service: Service, names: list[str]) -> tuple[Citation, ...]:
    """The citations of quotes by name, numbered from 1."""
    row = []
    for n, name in enumerate(names, 1):
        notice, label, quote = TABLE["quotes"][name].values()
        unit, document = service.units[(notice, label)][0], service.documents[notice]
        row.append(
            Citation(
                n=n,
                notice=notice,
                label=label,
                heading=unit.heading,
                quote=quote,
                clause_text=unit.text,
                region=document.region,
                year=document.year,
                source=unit.source,
            )
        )
    return tuple(row)


def written(lead: str, row: tuple[Citation, ...], behind: bool = False) -> Draft:
    """An answer: the lead, and a line for each quote."""
    bullets = "\n".join(
        f"- **{place_and_year(one.region, one.notice, one.year)}**：「{one.quote}」"
        f"——{clause_name(one.notice, one.label, one.heading)}[{one.n}]"
        for one in row
    )
    text = f"{bullets}\n\n{lead}" if behind else f"{lead}\n\n{bullets}"
    return Draft(status=Status.ANSWERED, text=text, citations=row)


def faults(service: Service, name: str, lead: str) -> list[str]:
    """What the check says of a lead over the quotes of a case."""
    case = LEADS[name]
    row = cited(service, case["quotes"])
    asked = Asked(question=case["question"], regions=tuple({one.region for one in row}), years=(2024, 2023))
    draft = written(lead, row, behind=case.get("place") == "after")
    return check(draft, asked, service.units, service.documents)


@pytest.mark.parametrize("name", list(LEADS))
def test_sound_leads_pass(name: str, service: Service) -> None:
    """A lead that says what the quotes say has no fault."""
    assert faults(service, name, LEADS[name]["lead"]) == []


@pytest.mark.parametrize(("name", "old", "new"), [pytest.param(*a, id=f"{a[0]}:{a[1]}>{a[2]}") for a in ALTERED])
def test_altered_leads_are_caught(name: str, old: str, new: str, service: Service) -> None:
    """A lead that says something else has a fault."""
    lead = LEADS[name]["lead"]
    assert old in lead
    assert faults(service, name, lead.replace(old, new, 1))


def test_enough_leads() -> None:
    """The set is large, and no alteration stands in it twice."""
    assert len(LEADS) >= 18
    assert len(set(ALTERED)) == len(ALTERED) >= 110


def test_lines_and_the_quotes_behind_them(service: Service) -> None:
    """A marked line is held by its own quotes, a lead by those that follow it, a closing line by those before it."""
    row = cited(service, ["开会泽", "开会高", "学习临"])
    one, two, three = written("", row).text.split("\n")[2:]
    text = "\n\n".join(["甲", "乙", one, "丙", "\n".join([two, three]), "丁"])
    held = {line.text[:1]: [cite.n for cite in line.held_by] for line in read_lines(text, row)}
    assert held == {"甲": [1], "乙": [1], "丙": [2, 3], "丁": [2, 3], "-": [3]}
    assert [line.held_by for line in read_lines("甲\n\n乙", ())] == [(), ()]


def test_table_rows_share_their_table(service: Service) -> None:
    """The head of a table leads it; a row that cites nothing is held by the whole table."""
    row = cited(service, ["座数晋", "座数临"])
    rows = [
        f"| {one.region} | 「{one.quote}」 | {clause_name(one.notice, one.label, one.heading)}[{one.n}] |"
        for one in row
    ]
    text = "\n".join(
        ["对照：", "| 地区·年份 | 规定（原文） | 出处 |", "| --- | --- | --- |", *rows, "| 高平市2024年 | 未规定 | |"]
    )
    lines = read_lines(text, row)
    assert [[one.n for one in line.held_by] for line in lines] == [[1, 2], [1, 2], [1], [2], [1, 2]]


def test_claims_of_a_line() -> None:
    """Places with years, numbers with limits, units and leaders are read; quotes and named clauses are not."""
    line = "- **甲县2024年**：由县应急局牵头，每月至少2次，「不得超过9人。」——甲政发〔2024〕1号 一、（二）标题[3]"
    said = read_statement(line, ["甲政发〔2024〕1号 一、（二）标题"], ["甲县"])
    assert {(one.kind, one.text) for one in said.claims} == {
        (ClaimKind.PLACE, "甲县2024年"),
        (ClaimKind.FACT, "县应急局"),
        (ClaimKind.LEADER, "县应急局"),
        (ClaimKind.FACT, "每月至少2次"),
    }
    assert said.claims[-1].fact is not None
    assert said.claims[-1].fact.value == "≥2次/月"


@pytest.mark.parametrize(
    ("said", "left"), [("共 十 条", "另有 八 条"), ("共10条", "另有8条"), ("共1010条", "另有1008条")]
)
def test_counts_in_digits_and_in_characters(said: str, left: str, service: Service) -> None:
    """A number of items is read however it is written, and so is how many are left out."""
    claims = read_statement(f"甲县的条款，{said}：", [], ["甲县"]).claims
    count = next(one.number for one in claims if one.kind is ClaimKind.COUNT)
    row = cited(service, ["开会泽", "开会高"])
    bullets = "\n".join(written("", row).text.split("\n")[2:])
    lead = read_lines(f"甲县的条款，{said}：\n\n{bullets}\n- {left}未列出，完整清单见“责任清单”。", row)[0]
    assert count in lead.counts
    assert {count - 1, count + 1} & lead.counts == set()


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("严禁违规加层加盖。", ""),
        ("违规加层，加盖。", ""),
        ("违规加层者停产。", "者停产"),
        ("适用于全体企业。", "适用于全体企业"),
        ("“加层”", ""),
        ("“加高”", "加高”"),
    ],
)
def test_words_from_nowhere(text: str, rest: str, service: Service) -> None:
    """Words are of the quote, of the program or of the question; the first others are named."""
    row = cited(service, ["加盖泽"])
    line = Line(text=text, own=row, held_by=row)
    assert from_nowhere(line, read_statement(text, [], []), Asked(question="能盖吗"), []) == rest


@pytest.mark.parametrize(
    ("word", "question", "sense"),
    [
        ("可以", "是否违规", Sense.ALLOWED),
        ("否", "能不能加盖", Sense.BARRED),
        ("是", "能不能加盖", Sense.ALLOWED),
        ("是", "可以不培训吗", Sense.NOT_DUE),
        ("是", "必须培训吗", Sense.DUE),
        ("否", "要不要培训", Sense.NOT_DUE),
        ("是", "是不是禁止加盖", Sense.BARRED),
        ("是", "是不是每月一次", Sense.OPEN),
        ("不必", "随便问问", Sense.NOT_DUE),
    ],
)
def test_sense_of_yes_and_no(word: str, question: str, sense: Sense) -> None:
    """是 and 否 mean what the question makes of them."""
    assert sense_of(word, question) is sense


def test_the_composer_says_nothing_undeclared() -> None:
    """Every Chinese literal that composer and service put into an answer is made of the declared pieces."""
    known = "|".join(re.escape(piece) for piece in pieces())
    undeclared = set()
    for name in ("answer/compose.py", "answer/duties.py", "answer/extract.py", "service.py"):
        tree = ast.parse((Path("app") / name).read_text(encoding="utf-8"))
        documented = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        raised = {id(sub) for node in ast.walk(tree) if _is_no_text(node) for sub in ast.walk(node)}
        for node in ast.walk(tree):
            if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
                continue
            if id(node) not in documented | raised:
                rest = re.sub(known, "", re.sub(r"\{\w*\}", "", node.value))
                undeclared |= {node.value} if re.search("[\u4e00-\u9fff]", rest) else set()
    assert undeclared - {"许多", "（原件不在通知文件夹中，或无法读取）"} == set()


def _is_no_text(node: ast.AST) -> bool:
    """Literals of an error or of a pattern are no part of an answer."""
    is_pattern = isinstance(node, ast.Call) and ast.unparse(node.func) in ("re.compile", "re.search", "re.sub")
    return is_pattern or isinstance(node, ast.Raise)
