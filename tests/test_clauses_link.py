"""The link to a clause: what the address bar gets, and that every name comes back whole."""

from __future__ import annotations

from urllib.parse import unquote

from hypothesis import given
from hypothesis import strategies as st

from app.web.safe import clause_link, escaped


def test_link_of_a_clause_and_of_its_words() -> None:
    name = "%E7%94%B2%E3%80%942024%E3%80%951%E5%8F%B7"
    assert clause_link("甲〔2024〕1号", "一、") == f"#/clauses/{name}/%E4%B8%80%E3%80%81"
    assert clause_link("甲〔2024〕1号", "一、", 12, 40) == f"#/clauses/{name}/%E4%B8%80%E3%80%81/12-40"
    assert clause_link("a", "b", 40, 12) == clause_link("a", "b", 0, None) == "#/clauses/a/b"


@given(notice=st.text(min_size=1), label=st.text(min_size=1))
def test_any_name_survives_and_needs_no_escaping(notice: str, label: str) -> None:
    link = clause_link(notice, label, 0, 1)
    assert escaped(link) == link
    assert [unquote(part) for part in link.split("/")[2:]] == [notice, label, "0-1"]
