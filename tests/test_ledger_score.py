"""The scorer of the ledger on rows made by hand, and the program's scores on the list it was developed on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.ledger.model import Requirement
from app.ledger.read import read_requirements
from corpus.errors import CorpusError
from corpus.model import Document
from eval.ledger_score import FOLDER, GoldRow, load_gold, measure, meets, pair, report, same_actor, same_value, score

TEXT = "企业每周至少开展1次排查，企业每月召开一次会议"


def gold(value: str, quote: str, **changed: object) -> GoldRow:
    """A row of the list, over TEXT."""
    given = {
        "notice": "甲", "label": "一、", "who": "企业", "side": "企业", "must": "", "kind": "frequency", "value": value,
        "vague": False, "quote": quote, "start": TEXT.index(quote), **changed,
    }  # fmt: skip
    return GoldRow.model_validate(given)


def made(value: str, quote: str, **changed: object) -> Requirement:
    """A row of the program, over TEXT."""
    given = {
        "notice": "甲", "label": "一、", "heading": "", "region": "", "year": None, "who": "企业", "side": "企业",
        "must": "", "kind": "frequency", "value": value, "vague": False, "quote": quote, "start": TEXT.index(quote),
        **changed,
    }  # fmt: skip
    return Requirement.model_validate(given)


WEEKLY = gold("每周至少…1次", "企业每周至少开展1次排查")
MONTHLY = gold("每月…一次", "企业每月召开一次会议")


@pytest.mark.parametrize(
    ("wanted", "given", "same"),
    [
        ("每周至少…1次", "每周至少…1次", True),
        ("每周至少…1次", "每周至少开展一次", True),
        ("每周至少…1次", "每周…1次", False),
        ("每周至少…1次", "每周至少…2次", False),
        ("每周至少…1次", "每月至少…1次", False),
        ("三级以内", "3级以内", True),
        ("三级以内", "三级", False),
        ("“5·12”", "5·12", True),
        ("5个", "5个…3项", False),
        ("定期", "常态化", False),
    ],
)
def test_values(wanted: str, given: str, same: bool) -> None:
    assert same_value(wanted, given) is same


def test_a_row_meets_by_clause_place_and_figure() -> None:
    assert meets(WEEKLY, made("每周至少…1次", "每周至少开展1次排查"))
    assert not meets(WEEKLY, made("每周至少…1次", "每周至少开展1次排查", label="二、"))
    assert not meets(WEEKLY, made("每周至少…1次", "每周至少开展1次排查", notice="乙"))
    assert not meets(WEEKLY, made("每周至少…1次", "企业每月召开一次会议"))  # another place
    assert not meets(WEEKLY, made("每周至少…1次", "1次排查"))  # overlaps, without the words of the figure


def test_actors() -> None:
    assert same_actor("企业主要负责人", "主要负责人")
    assert same_actor("", "")
    assert not same_actor("", "企业")
    assert not same_actor("企业", "")
    assert not same_actor("企业", "县应急局")


def test_each_row_is_met_once_and_as_many_as_can_be() -> None:
    whole = made("每月…一次", TEXT)
    assert pair([MONTHLY], [whole, whole]) == [(0, 0)]
    # The first row of the list fits both of the program's, the second only the first: both are paired.
    either, one = gold("一次", "企业每月召开一次会议"), gold("每月…一次", "企业每月召开一次会议")
    rows = [made("每月…一次", "企业每月召开一次会议"), made("一次", "每月召开一次会议")]
    assert pair([either, one], rows) == [(0, 1), (1, 0)]
    assert not meets(one, rows[1])
    assert pair([], [whole]) == []


def test_score_counts_pairs_and_what_agrees() -> None:
    vague = gold("每月", "企业每月召开一次会议", vague=True)
    rows = [
        made("每周至少…1次", "企业每周至少开展1次排查", side="双方", who=""),
        made("每月…一次", "企业每月召开一次会议", kind="deadline"),
        made("1次", "开展1次排查"),
    ]
    one = score([WEEKLY, MONTHLY, vague], rows)
    assert (one.gold, one.made, one.pairs) == (3, 3, 2)
    assert (one.kind, one.side, one.who) == (1, 1, 1)
    assert (one.precision, one.recall) == (pytest.approx(2 / 3), pytest.approx(2 / 3))
    countable = score([WEEKLY, MONTHLY, vague], rows, with_vague=False)
    assert (countable.gold, countable.made, countable.pairs, countable.recall) == (2, 3, 2, 1.0)
    assert (score([], []).precision, score([], []).recall) == (1.0, 1.0)
    assert report("甲", [WEEKLY], rows[:1])[1] == "  全部：精确率 1.000，召回率 1.000"


def test_list_loads_and_a_wrong_quote_is_told(documents: dict[str, Document], tmp_path: Path) -> None:
    path = FOLDER / "zezhou2024.jsonl"
    document = documents["泽政发〔2024〕1号"]
    rows = load_gold(path, document)
    texts = {unit.label: unit.text for unit in document.units}
    assert len(rows) == 25
    assert all(texts[row.label].startswith(row.quote, row.start) for row in rows)
    first = json.loads(path.read_text(encoding="utf-8").splitlines()[0]) | {"quote": "没有这句"}
    wrong = tmp_path / "wrong.jsonl"
    wrong.write_text(json.dumps(first, ensure_ascii=False), encoding="utf-8")
    with pytest.raises(CorpusError, match="没有“没有这句”"):
        load_gold(wrong, document)


def test_the_ledger_keeps_its_precision_and_recall(documents: dict[str, Document]) -> None:
    for path in sorted(FOLDER.glob("*2024.jsonl")):
        listed = json.loads(path.read_text(encoding="utf-8").splitlines()[0])["notice"]
        every = score(load_gold(path, documents[listed]), read_requirements(documents[listed]))
        assert min(every.precision, every.recall) >= 0.85
        assert min(every.kind, every.side, every.who) >= 0.85 * every.pairs
    assert len(measure(documents)) == 8
