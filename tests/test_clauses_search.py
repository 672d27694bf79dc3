"""Full-text search: folding, words and quotes, order, spans, everyday words, and what is said of no hit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.clauses.catalogue import Catalogue, Filters
from app.clauses.search import Finder, Found, Widened, fold
from app.clauses.snippet import marked, snippet
from app.web.views.clauses import Browsing, hits_html
from corpus.model import Corpus

ANY = Filters()


@pytest.fixture(scope="module")
def catalogue(corpus: Corpus) -> Catalogue:
    return Catalogue(corpus.documents)


@pytest.fixture(scope="module")
def finder(catalogue: Catalogue) -> Finder:
    return Finder(catalogue, {"气坛子": ("液化石油气",), "煤气": ("燃气",), "工地": ("建筑工地", "建设工程施工")})


def named(catalogue: Catalogue, found: Found) -> list[str]:
    entries = (catalogue.entries[hit.number] for hit in found.hits)
    return [f"{one.document.region[:2]}{one.document.year} {one.unit.label}" for one in entries]


def words(catalogue: Catalogue, found: Found) -> set[str]:
    """The marked words of all hits."""
    texts = {hit.number: catalogue.entries[hit.number].unit.text for hit in found.hits}
    return {texts[hit.number][start:end] for hit in found.hits for start, end in hit.spans}


def test_all_clauses_with_a_word_heading_first(catalogue: Catalogue, corpus: Corpus, finder: Finder) -> None:
    found = finder.search("燃气", ANY)
    expected = {
        (unit.notice, unit.label) for document in corpus.documents for unit in document.units if "燃气" in unit.text
    }
    assert {
        (catalogue.entries[one.number].unit.notice, catalogue.entries[one.number].unit.label) for one in found.hits
    } == expected
    headings = ["燃气" in catalogue.entries[one.number].unit.heading for one in found.hits]
    assert headings == sorted(headings, reverse=True)
    assert sum(headings) == 5
    assert words(catalogue, found) == {"燃气"}
    assert found.counts == (("燃气", len(expected)),)


def test_words_are_joined_by_and(catalogue: Catalogue, finder: Finder) -> None:
    found = finder.search("隐患　双报告", ANY)
    texts = [catalogue.entries[hit.number].unit.text for hit in found.hits]
    assert len(texts) == 5
    assert all("隐患" in text and "双报告" in text for text in texts)


@pytest.mark.parametrize(
    "typed", ["ai反“三违”", "ＡＩ反「三违」", 'AI反"三違"', "液化石油氣 鋼瓶", "危大工程", "“危大工程”"]
)
def test_width_case_and_characters_do_not_matter(finder: Finder, typed: str) -> None:
    assert finder.search(typed, ANY).hits


def test_quotes_are_exact(catalogue: Catalogue, finder: Finder) -> None:
    assert finder.search("燃气检查", ANY).divided == (Widened(word="燃气检查", meant=("燃气", "检查")),)
    exact = finder.search("“燃气检查”", ANY)
    assert (exact.hits, exact.unknown, exact.divided) == ((), ("燃气检查",), ())
    assert words(catalogue, finder.search("“每月至少召开一次会议”", ANY)) == {"每月至少召开一次会议"}


def test_place_year_and_number_are_known_too(catalogue: Catalogue, finder: Finder) -> None:
    assert named(catalogue, finder.search("泽州 2023 燃气", ANY))[0] == "泽州2023 四、（十七）"
    assert named(catalogue, finder.search("高政发(2024)1号 三、（十七）", ANY)) == ["高平2024 三、（十七）"]


def test_everyday_words(catalogue: Catalogue, finder: Finder) -> None:
    found = finder.search("气坛子", ANY)
    assert found.widened == (Widened(word="气坛子", meant=("液化石油气",)),)
    assert words(catalogue, found) == {"液化石油气"}
    coal = finder.search("煤气", ANY)
    assert words(catalogue, coal) == {"煤气"}
    assert coal.also == (Widened(word="煤气", meant=("燃气",)),)


@pytest.mark.parametrize(
    ("typed", "meant"), [("演炼", "演练"), ("隐换排茶", "隐患排查"), ("疏散演炼", "疏散演练"), ("煤旷", "煤矿")]
)
def test_a_misspelt_word_is_found_by_its_sound(catalogue: Catalogue, finder: Finder, typed: str, meant: str) -> None:
    found = finder.search(typed, ANY)
    assert found.hits
    assert meant in words(catalogue, found)
    assert [one.meant for one in found.respelt] == [(meant,)]
    assert f"没有“{found.respelt[0].word}”，按同音的“{meant}”查找。" in hits_html(catalogue, found, Browsing(), typed)


def test_what_the_dictionary_knows_is_no_slip(finder: Finder) -> None:
    assert finder.search("燃气", ANY).respelt == ()
    assert finder.search("起居", ANY).unknown == ("起居",)
    assert finder.search("“演炼”", ANY).unknown == ("演炼",)
    assert finder.search("森林放火", ANY).respelt == (), "not a part of a word"


def test_no_hit_says_why(finder: Finder) -> None:
    assert finder.search("区块链", ANY).unknown == ("区块链",)
    apart = finder.search("震情 尾矿库", ANY)
    assert apart.hits == ()
    assert all(count > 0 for _, count in apart.counts)
    outside = finder.search("尾矿库", Filters(region="泽州县", year=2023))
    assert (outside.hits, outside.outside > 0) == ((), True)


def test_query_is_bounded(finder: Finder) -> None:
    assert finder.search("燃" * 500, ANY).cut
    assert finder.search("燃气 煤矿 消防 学校 医院 公路 铁路 水库 农机", ANY).cut
    for blank in ("", "  ", "“”", "\"'", "\x00"):
        assert finder.search(blank, ANY).hits == ()


def test_filters_apply(catalogue: Catalogue, finder: Finder) -> None:
    found = finder.search("检查", Filters(region="高平市", industry="燃气"))
    assert set(named(catalogue, found)) <= {"高平2024 三、（十七）"}


@given(st.text())
def test_fold_keeps_places(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(st.text(alphabet='燃气“”"『』 　检查abＡ（）1.\\[*'))
def test_any_query_is_taken(finder: Finder, catalogue: Catalogue, query: str) -> None:
    for hit in finder.search(query, ANY).hits:
        ends = [place for span in hit.spans for place in span]
        assert ends == sorted(ends)
        assert not ends or ends[-1] <= len(catalogue.entries[hit.number].unit.text)


@given(
    text=st.text(max_size=300), places=st.lists(st.integers(0, 300), max_size=8, unique=True),
    width=st.integers(60, 120), skip=st.integers(0, 20),
)  # fmt: skip
def test_snippet_is_a_part_of_the_text(text: str, places: list[int], width: int, skip: int) -> None:
    bounds = sorted(place for place in places if place <= len(text))
    spans = list(zip(bounds[::2], bounds[1::2], strict=False))
    assert "".join(piece for piece, _ in marked(text, spans)) == text
    skip = min(skip, len(text))
    cut = snippet(text, spans, width, skip)
    shown = "".join(piece for piece, _ in cut.pieces)
    assert shown in text[skip:]
    assert len(shown) <= width
    assert not any(end > skip for _, end in spans) or not shown or any(is_marked for _, is_marked in cut.pieces)


def test_snippet_begins_near_the_first_word() -> None:
    text = "标题。" + "一" * 80 + "，前面的话里有燃气二字，后面还有。" + "二" * 80
    at = text.index("燃气")
    cut = snippet(text, [(at, at + 2)], 40, skip=3)
    assert cut.pieces[:3] == (("前面的话里有", False), ("燃气", True), ("二字，后面还有。" + "二" * 24, False))
    assert (cut.opens, cut.closes) == (False, False)
    assert snippet(text, [], 10, skip=3).pieces == (("一" * 10, False),)
