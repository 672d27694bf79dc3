"""The HTML of 条款, value by value, and that no field of a notice or of the search brings markup."""

from __future__ import annotations

import re

import pytest

from app.clauses.catalogue import Catalogue, Filters
from app.clauses.received import received
from app.clauses.search import Finder, Found
from app.web.safe import clause_link
from app.web.views.clause import clause_html, guide_html, unknown_html
from app.web.views.clauses import TOP, Browsing, hits_html, tree_html
from app.web.views.received import received_html
from corpus.model import Corpus, Document, Level, Source, Unit, UnitKind
from tests.test_render import OWN_TAGS, PAYLOADS, Markup
from tests.test_spans import received as file_text

Z24 = "泽政发〔2024〕1号"
TAGS = OWN_TAGS | {"button", "h3", "nav", "ol"}
LINKS = ("#/clauses/", "#/compare/%", "/export/received.txt?notice=%")
ATTRIBUTES = {
    "class", "href", "title", "type", "role", "tabindex", "start", "disabled", "aria-label", "aria-expanded",
    "aria-current", "data-aw", "data-value", "data-aw-focus", "data-aw-at", "data-aw-copy", "data-aw-ask",
    "data-aw-name", "download",
}  # fmt: skip


@pytest.fixture(scope="module")
def catalogue(corpus: Corpus) -> Catalogue:
    return Catalogue(corpus.documents)


@pytest.fixture(scope="module")
def finder(catalogue: Catalogue) -> Finder:
    return Finder(catalogue, {"煤气": ("燃气",)})


def found(catalogue: Catalogue, finder: Finder, query: str, filters: Filters | None = None, page: int = 1) -> str:
    return hits_html(catalogue, finder.search(query, filters or Filters()), Browsing(page=page), query)


def test_tree_writes_only_what_is_open(catalogue: Catalogue) -> None:
    closed = tree_html(catalogue, Browsing())
    assert re.findall(r'data-value="([^"]*)" aria-expanded="(\w+)"', closed) == [
        (str(index), "false") for index in range(9)
    ]
    assert "<a " not in closed
    opened = tree_html(catalogue, Browsing(opened=frozenset({"0", "0.3"}), touched="0.3"))
    assert 'data-value="0.3" aria-expanded="true" data-aw-at>' in opened
    link = clause_link(Z24, "三、（十七）")
    assert f'<li><a href="{link}"><b>（十七）</b> 燃气领域专项整治</a></li>' in opened
    entry = catalogue.find(Z24, "三、（十七）")
    assert entry is not None
    chosen = tree_html(catalogue, Browsing(opened=frozenset({"0", "0.3"}), chosen=entry.number))
    assert f'<a href="{link}" aria-current="true">' in chosen


def test_long_branch_is_shown_in_parts(catalogue: Catalogue, corpus: Corpus) -> None:
    document = corpus.documents[0]
    many = Catalogue([document.model_copy(update={"notice": f"号{index}"}) for index in range(120)])
    html = tree_html(many, Browsing())
    assert html.count('data-aw="open"') == 50
    assert 'data-aw="more" data-value="">再显示 50 项（还有 70 项）</button>' in html
    assert tree_html(many, Browsing(lengths={"": 100})).count('data-aw="open"') == 100
    assert tree_html(Catalogue(()), Browsing()).count("还没有收录任何通知") == 1


def test_head_of_the_list_takes_the_focus_when_asked(catalogue: Catalogue) -> None:
    assert '<h2 tabindex="-1" data-aw-at="top">条款</h2>' in tree_html(catalogue, Browsing(touched=TOP))


def test_hits_fifty_a_page(catalogue: Catalogue, finder: Finder) -> None:
    total = len(finder.search("安全", Filters()).hits)
    first = found(catalogue, finder, "安全")
    assert first.count("aw-hit-text") == 50
    assert f"本页 1–50，共 {total} 条" in first
    last = found(catalogue, finder, "安全", page=10**6)
    start = (total - 1) // 50 * 50
    assert last.count("aw-hit-text") == total - start
    assert f'<ol class="aw-hits" start="{start + 1}">' in last
    assert found(catalogue, finder, "安全", page=-3) == first


def test_hit_marks_heading_and_snippet(catalogue: Catalogue, finder: Finder) -> None:
    html = found(catalogue, finder, "燃气", Filters(region="高平市", industry="燃气"))
    assert "<b>三、（十七）</b> <mark>燃气</mark></span>" in html
    assert '<span class="aw-hit-text">强化城镇<mark>燃气</mark>企业运行安全。' in html
    assert re.search(r"找到 <b>1</b> 条（另有 \d+ 条不合筛选条件）", html)


def test_no_hit_says_what_to_do(catalogue: Catalogue, finder: Finder) -> None:
    assert "所收通知中没有“区块链”。" in found(catalogue, finder, "区块链")
    assert re.search(
        "没有一条同时含有这些词（“震情”\\d+ 条、“尾矿库”\\d+ 条）", found(catalogue, finder, "震情 尾矿库")
    )
    assert "符合筛选条件的没有；条件以外有" in found(catalogue, finder, "尾矿库", Filters(region="泽州县", year=2023))
    assert "没有符合这些筛选条件的条款" in hits_html(catalogue, Found(), Browsing(), "")
    offered = found(catalogue, finder, "煤气 检查")
    assert 'data-aw="words" data-value="燃气 检查">查“燃气 检查”</button>' in offered
    assert 'data-aw-ask="煤气 检查">' in offered


def test_clause_in_its_place(catalogue: Catalogue) -> None:
    entry = catalogue.find(Z24, "三、（十七）")
    assert entry is not None
    text = entry.unit.text
    at = text.index("深化液化石油气安全整治")
    html = clause_html(catalogue, entry, [(at, at + 11)], (at, at + 11), file_text(entry.unit.source.file))
    crumbs = re.findall("<li>([^<]*)</li>", html.partition("</nav>")[0])
    assert crumbs == [
        f"{Z24} 泽州县人民政府关于做好2024年安全生产工作的通知", "三、 深入开展治本攻坚，紧盯重点行业领域专项整治",
        "（十七）",
    ]  # fmt: skip
    assert "<h3>三、（十七） 燃气领域专项整治</h3>" in html
    assert f"{text[:at]}<mark>深化液化石油气安全整治</mark>{text[at + 11 :]}</p>" in html
    assert (
        f'href="{clause_link(Z24, "三、（十六）")}" title="三、（十六） 经营性自建房领域专项整治">‹ 上一条</a>' in html
    )
    assert f'data-aw-copy="{clause_link(Z24, "三、（十七）", at, at + 11)}"' in html
    assert 'data-aw-ask="泽州县2024年对“燃气领域专项整治”有什么要求？"' in html
    for row in ("成文日期</dt><dd>2024年4月11日", "行业</dt><dd>燃气", f"文号</dt><dd>{Z24}", "地区</dt><dd>泽州县"):
        assert f"<dt>{row}</dd>" in html
    assert "<h3>本章各条（10）</h3>" in html
    assert '<li aria-current="true"><b>三、（十七） 燃气领域专项整治（本条）</b></li>' in html


def test_clause_without_its_file(catalogue: Catalogue) -> None:
    entry = catalogue.entries[4]
    assert "原件不在通知文件夹中" in clause_html(catalogue, entry, (), None, None)
    assert "原件已经改动" in clause_html(catalogue, entry, (), None, "别的内容")


def test_received_text_shows_noise_and_context(catalogue: Catalogue) -> None:
    unit = next(
        entry.unit for entry in catalogue.entries if entry.document.region == "山西省" and "燃气" in entry.unit.heading
    )
    shown = received(unit, file_text(unit.source.file), (0, 2))
    assert shown is not None
    html = received_html(shown)
    assert '<mark>燃</mark><mark><span class="aw-noise">(ran)(ran)</span></mark><mark>氣</mark>' in html
    assert html.count('<span class="aw-around">') == 2
    assert "黄底" in html
    plain = received(unit, file_text(unit.source.file))
    assert plain is not None
    assert "黄底" not in received_html(plain)


def hostile(payload: str) -> Catalogue:
    """A notice with a payload in every field."""
    text = f"题{payload}。文{payload}。"
    unit = Unit(
        kind=UnitKind.CLAUSE, notice=f"号{payload}", path=(f"章{payload}", f"条{payload}"),
        label=f"章{payload}条{payload}", heading=f"题{payload}", ancestors=(f"首{payload}",), text=text,
        runs=((0, len(text)),), source=Source(file=f"{payload}.txt", start=0, end=len(text)),
    )  # fmt: skip
    other = unit.model_copy(update={"path": (f"章{payload}", "二"), "label": "二"})
    document = Document(
        notice=unit.notice, title=f"名{payload}", region=f"地{payload}", level=Level.UNKNOWN, date=payload, year=2024,
        units=(unit, other), file=unit.source.file,
    )  # fmt: skip
    return Catalogue([document])


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_field_brings_markup(payload: str) -> None:
    catalogue = hostile(payload)
    entry = catalogue.entries[0]
    finder = Finder(catalogue, {payload: (f"文{payload}",)})
    query = f"题{payload} “文{payload}”"
    opened = Browsing(opened=frozenset({"0", "0.0"}))
    text = entry.unit.text
    pages = {
        "tree": tree_html(catalogue, opened),
        "hits": hits_html(catalogue, finder.search(query, Filters()), opened, query),
        "also": hits_html(catalogue, finder.search(payload, Filters()), opened, payload),
        "none": hits_html(catalogue, finder.search(f"无{payload}“无”", Filters()), opened, f"无{payload}“无”"),
        "clause": clause_html(catalogue, entry, [(0, 3)], (0, 3), text),
        "unknown": unknown_html(payload, payload),
        "guide": guide_html(),
    }
    for name, html in pages.items():
        markup = Markup(html)
        assert markup.tags <= TAGS, name
        assert markup.attributes <= ATTRIBUTES, name
        assert all(link.startswith(LINKS) for link in markup.links), name
    assert f"首{payload}" in Markup(pages["tree"]).text
    assert f"文{payload}" in Markup(pages["hits"]).text
    for part in (f"号{payload}", f"题{payload}", f"名{payload}", f"地{payload}", f"{payload}.txt"):
        assert part in Markup(pages["clause"]).text
