"""The list of the tab 条款: the tree of notices, chapters and clauses, or the clauses found, fifty a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import Field

from app.clauses.catalogue import Catalogue, Entry
from app.clauses.search import Found, Hit, Widened
from app.clauses.snippet import snippet
from app.clauses.tree import Node
from app.web.safe import clause_link, escaped
from app.web.views.clause import place_and_year
from corpus.model import Frozen

PAGE = 50
#: Said to have been touched, it brings the head of the list into sight.
TOP = "top"
_WIDTH = 96
_NO_NOTICES = "还没有收录任何通知；请把通知的 .txt 文本放入通知文件夹，再重新启动安问。"


def _button(name: str, act: str, value: str, disabled: bool = False) -> str:
    off = " disabled" if disabled else ""
    return f'<button type="button" class="aw-btn" data-aw="{act}" data-value="{escaped(value)}"{off}>{name}</button>'


_RESET = _button("清除条件", "reset", "")


class Browsing(Frozen):
    """How a visitor's list stands."""

    opened: frozenset[str] = Field(default=frozenset(), description="keys of the nodes that are open")
    lengths: Mapping[str, int] = Field(default={}, description="how many children of a node are shown, if not fifty")
    page: int = Field(default=1, description="page of the clauses found")
    chosen: int | None = Field(default=None, description="number of the entry being read")
    quote: tuple[int, int] | None = Field(default=None, description="characters that its address names")
    touched: str = Field(default="", description="key of the node that was just clicked; it gets the focus back")


def tree_html(catalogue: Catalogue, browsing: Browsing) -> str:
    """Write the tree; what is closed is not written."""
    if not catalogue.roots:
        return _listed(f'<p class="aw-empty">{_NO_NOTICES}</p>', browsing)
    clauses = sum(root.clauses for root in catalogue.roots)
    head = f'<p class="aw-small">{len(catalogue.roots)} 份文件，{clauses} 条。点文号展开。</p>'
    return _listed(head + _nodes(catalogue, catalogue.roots, "", browsing), browsing)


def hits_html(catalogue: Catalogue, found: Found, browsing: Browsing, query: str) -> str:
    """Write the clauses found, and how the words were taken."""
    notes = _notes(found, query)
    if not found.hits:
        return _listed(f'<div class="aw-found" role="status">{notes}{_nothing(found, query)}</div>', browsing)
    pages = (len(found.hits) + PAGE - 1) // PAGE
    page = min(max(browsing.page, 1), pages)
    first = (page - 1) * PAGE
    shown = found.hits[first : first + PAGE]
    items = "".join(_hit(catalogue.entries[hit.number], hit, browsing) for hit in shown)
    outside = f"（另有 {found.outside} 条不合筛选条件）" if found.outside else ""
    head = f"<p>找到 <b>{len(found.hits)}</b> 条{outside}</p>{_RESET}"
    turning = _pages(page, pages, first, len(shown), len(found.hits))
    return _listed(
        f'<div class="aw-found" role="status"><div class="aw-bar">{head}</div>{notes}</div>'
        f'<ol class="aw-hits" start="{first + 1}">{items}</ol>{turning}',
        browsing,
    )


def _listed(inner: str, browsing: Browsing) -> str:
    focus = ' tabindex="-1" data-aw-at="top"' if browsing.touched == TOP else ""
    return f'<div class="aw-browse"><h2{focus}>条款</h2>{inner}</div>'


def _nodes(catalogue: Catalogue, nodes: Sequence[Node], above: str, browsing: Browsing) -> str:
    length = max(PAGE, browsing.lengths.get(above, 0), _chosen_at(nodes, browsing) + 1)
    items = "".join(_node(catalogue, node, browsing) for node in nodes[:length])
    left = len(nodes) - length
    if left > 0:
        name = f"再显示 {min(left, PAGE)} 项（还有 {left} 项）"
        items += f"<li>{_button(name, 'more', above)}</li>"
    return f'<ul class="aw-tree">{items}</ul>'


def _chosen_at(nodes: Sequence[Node], browsing: Browsing) -> int:
    """Place of the clause being read among nodes, so that it is not left out; -1 when it is not there."""
    if browsing.chosen is None:
        return -1
    return next((at for at, node in enumerate(nodes) if node.entry == browsing.chosen), -1)


def _node(catalogue: Catalogue, node: Node, browsing: Browsing) -> str:
    name = f"<b>{escaped(node.label)}</b> {escaped(node.heading)}"
    if node.entry is not None:
        unit = catalogue.entries[node.entry].unit
        current = ' aria-current="true"' if node.entry == browsing.chosen else ""
        return f'<li><a href="{clause_link(unit.notice, unit.label)}"{current}>{name}</a></li>'
    opened = node.key in browsing.opened
    count = f'<span class="aw-count">{node.clauses} 条</span>' if node.clauses else ""
    state = f'aria-expanded="{"true" if opened else "false"}"{" data-aw-at" if node.key == browsing.touched else ""}'
    inner = f"<span>{name}</span>{_where(catalogue, node)}{count}"
    button = f'<button type="button" data-aw="open" data-value="{node.key}" {state}>{inner}</button>'
    return f"<li>{button}{_nodes(catalogue, node.nodes, node.key, browsing) if opened else ''}</li>"


def _where(catalogue: Catalogue, node: Node) -> str:
    """Place and year of a notice."""
    first = next(node.leaves(), None) if "." not in node.key else None
    if first is None:
        return ""
    document = catalogue.entries[first].document
    return f'<span class="aw-small">{place_and_year(document.region, document.year)}</span>'


def _hit(entry: Entry, hit: Hit, browsing: Browsing) -> str:
    unit = entry.unit
    skip = len(unit.heading) if unit.heading and unit.text.startswith(unit.heading) else 0
    heading = _marked(unit.heading, [(start, min(end, skip)) for start, end in hit.spans if start < skip])
    skip += len(unit.text[skip:]) - len(unit.text[skip:].lstrip("。：，；"))
    cut = snippet(unit.text, hit.spans, _WIDTH, skip)
    words = "".join(f"<mark>{escaped(text)}</mark>" if is_marked else escaped(text) for text, is_marked in cut.pieces)
    text = f"{'' if cut.opens else '……'}{words}{'' if cut.closes else '……'}"
    current = ' aria-current="true"' if entry.number == browsing.chosen else ""
    where = f"{place_and_year(entry.document.region, entry.document.year)} · {escaped(unit.notice)}"
    return (
        f'<li><a href="{clause_link(unit.notice, unit.label)}"{current}>'
        f'<span class="aw-hit-name"><b>{escaped(unit.label)}</b> {heading}</span>'
        f'<span class="aw-small">{where}</span><span class="aw-hit-text">{text}</span></a></li>'
    )


def _marked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    at, out = 0, ""
    for start, end in spans:
        out += f"{escaped(text[at:start])}<mark>{escaped(text[start:end])}</mark>"
        at = end
    return out + escaped(text[at:])


def _notes(found: Found, query: str) -> str:
    """Say how the words were taken where that is not plain."""
    lines = [f"“{escaped(one.word)}”没有连在一起出现，按{_quoted(one.meant)}分开查找" for one in found.divided]
    lines += [f"没有“{escaped(one.word)}”，按同音的{_quoted(one.meant)}查找" for one in found.respelt]
    lines += [f"“{escaped(one.word)}”是口语，按{_quoted(one.meant)}查找" for one in found.widened]
    lines += ["输入过长，只用了前面的字词"] if found.cut else []
    said = "".join(f'<p class="aw-small">{line}。</p>' for line in lines)
    return said + "".join(_suggestion(one, query) for one in found.also)


def _suggestion(one: Widened, query: str) -> str:
    """Offer the same words with an everyday one put as the notices do."""
    offered = [query.replace(one.word, word) if one.word in query else word for word in one.meant[:3]]
    buttons = "".join(_button(f"查“{escaped(words)}”", "words", words) for words in offered)
    return f'<div class="aw-bar"><p class="aw-small">通知里也可能写作：</p>{buttons}</div>'


def _quoted(words: Sequence[str]) -> str:
    return "".join(f"“{escaped(word)}”" for word in words)


def _nothing(found: Found, query: str) -> str:
    """Say why nothing was found and what to do."""
    if found.unknown:
        said = f"所收通知中没有{_quoted(found.unknown)}。请换短一些的词，或换官方说法（例如“电瓶车”写作“电动自行车”）。"
    elif found.outside:
        said = f"符合筛选条件的没有；条件以外有 {found.outside} 条。请放宽条件。"
    elif len(found.counts) > 1:
        each = "、".join(f"“{escaped(word)}”{count} 条" for word, count in found.counts)
        said = f"没有一条同时含有这些词（{each}）。请去掉一个词再查。"
    elif query.strip():
        said = "没有找到。请换短一些的词，或放宽筛选条件。"
    else:
        said = "没有符合这些筛选条件的条款。请放宽条件。"
    ask = f'<button type="button" class="aw-btn" data-aw-ask="{escaped(query.strip())}">到“问答”里问这句</button>'
    return f'<p class="aw-empty">{said}</p><div class="aw-bar">{_RESET}{ask if query.strip() else ""}</div>'


def _pages(page: int, pages: int, first: int, shown: int, total: int) -> str:
    if pages == 1:
        return ""
    before = _button("上一页", "page", str(page - 1), page == 1)
    after = _button("下一页", "page", str(page + 1), page == pages)
    return (
        f'<nav class="aw-pages" aria-label="翻页">{before}<span>本页 {first + 1}–{first + shown}，共 {total} 条</span>'
        f"{after}</nav>"
    )
