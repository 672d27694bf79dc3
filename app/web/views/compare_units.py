"""The responsible units of two clauses beside each other (责任单位), whatever their levels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.align.compare import Comparer
from app.align.model import Comparison
from app.align.terms import kindred
from app.web.safe import escaped
from app.web.views.compare_words import Words
from corpus.agencies import read_office
from corpus.model import Document, Unit


def units_html(comparer: Comparer, words: Words, pair: Comparison) -> str:
    """Compare units by what they are for: 省应急厅 and 县应急局 answer to each other, as do 林草局 and 林业局."""
    both = ((comparer.left, pair.left), (comparer.right, pair.right))
    offices = [_named(document, unit) for document, unit in both]
    blanket = [_blanket(unit) for _, unit in both]
    lines = _lines(offices, words) if any(offices) else []
    for name, found in zip(words.names, blanket, strict=True):
        lines += [f"{name}另按{label}的总体规定，还有{'、'.join(units)}" for label, units in found.items()]
    return f'<p class="aw-units"><b>责任单位</b>　{escaped("；".join(lines))}</p>' if lines else ""


def _lines(offices: Sequence[Mapping[str, str]], words: Words) -> list[str]:
    lines = []
    for side, name in enumerate(words.names):
        if not offices[side]:
            lines.append(f"{name}未写责任单位")
            continue
        alone = [unit for stem, unit in offices[side].items() if stem not in offices[1 - side]]
        if alone:
            lines.append(f"{f'只在{name}' if offices[1 - side] else name}：{'、'.join(alone)}")
    pairs = [(name, offices[1][stem]) for stem, name in offices[0].items() if stem in offices[1]]
    same = [one for one, other in pairs if one == other]
    if same:
        lines.append(f"两份都有：{'、'.join(same)}")
    answering = [f"{one} ↔ {other}" for one, other in pairs if one != other]
    if answering:
        lines.append(f"对应单位：{'、'.join(answering)}")
    return lines


def _named(document: Document, unit: Unit | None) -> dict[str, str]:
    """The units that the clause itself names, by what they are for."""
    names = [name for one in (unit.responsibilities if unit else ()) if not one.inherited_from for name in one.units]
    return {kindred(read_office(name, document.region).stem): name for name in names}


def _blanket(unit: Unit | None) -> dict[str, tuple[str, ...]]:
    """The units that a proviso of another clause adds, by that clause, less those that the clause itself names."""
    rows = unit.responsibilities if unit else ()
    own = {name for one in rows if not one.inherited_from for name in one.units}
    return {
        one.inherited_from: tuple(name for name in one.units if name not in own)
        for one in rows
        if one.inherited_from and not own.issuperset(one.units)
    }
