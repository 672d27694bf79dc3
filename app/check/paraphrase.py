"""The support check of a free sentence (转述核对): what a model wrote about cited clauses is held against them.

A sentence is cut at its marks into parts; each part must be held, whole, by one of the cited clauses (of the place or
year it names). What is not seen: a reason or a purpose changed with the clause's own words, a noun behind a verb put in
for another of the clause (瞒报隐患), and who reports to whom where both stand on either side.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from app.check.actors import dealt_out, is_unit, swapped, wrong_units
from app.check.acts import kept
from app.check.claims import Claim, ClaimKind, Statement, read_statement
from app.check.denials import SILENT, wrongly_denied
from app.check.evidence import Asked, is_of
from app.check.figures import beyond, comparisons, figures_of, loose_numerals, unheld
from app.check.grounds import PART, Ground, content_words, denied_kinds, ground_of, made_up, scattered
from app.check.names import QUOTED, misnamed, misplaced, misquoted
from app.check.polarity import (
    Force,
    added,
    baseless,
    forces,
    left_out,
    lost_condition,
    lost_limits,
    permits,
    punishes,
    turned,
)
from app.check.stance import Sense, disagreement, sense_of
from app.model import Citation
from corpus.clean import clean_text
from corpus.model import Document

_INTRODUCES = re.compile("^(?:关于|对于|针对|就|至于|根据|依据|按照|按|与[^，]{2,12}相比)")
_ADVISES = re.compile(
    "(?:建议|请|可以?)(?:您)?(?:再|直接|及时)?(?:向|咨询|联系|查阅|查看)[^，。；不必须]{0,16}(?:核实|咨询|确认|了解|原文)?"
)
_AS = re.compile("作为|身为|对于?|如果您?是|若您?是|您是")
#: Said of all citations alike.
_BOTH = re.compile("两者|二者|两地|双方|(?<![县市])都(?!市)|均")
#: Everyday words at the head, by those that app.check.wording.DECISIONS reads.
_HEADS = {"不行": "不能", "不可": "不能", "行": "可以", "要": "需要", "不用": "不需要", "是的": "是", "对的": "对"}
_HEAD = re.compile(f"^(?:{'|'.join(_HEADS)})(?=[，。])")
_RELATED = 0.25
_SHORTEST = 6
_NAMES = (ClaimKind.PLACE, ClaimKind.YEAR, ClaimKind.DATE, ClaimKind.NOTICE, ClaimKind.LABEL)


def unsupported(sentence: str, cited: Sequence[Citation], asked: Asked, documents: Mapping[str, Document]) -> list[str]:
    """Find what a sentence says that its cited clauses do not hold.

    Args:
        sentence: one sentence as a model wrote it, without marks.
        cited: the citations of its marks; the whole clause counts, not the quote.
        asked: the question; words may be taken up from it, but no figure of its own becomes a rule.
        documents: documents by 文号.

    Returns:
        One Chinese line for each fault; empty when the sentence may be shown.
    """
    if not cited:
        return ["这句话没有引用"]
    if len(cited) == 1 and _is_whole_sentence(clean_text(sentence), cited[0].clause_text):
        return []
    text = _HEAD.sub(lambda match: _HEADS[match[0]], clean_text(sentence.replace("**", "")))
    grounds = [ground_of(one, documents.get(one.notice)) for one in cited]
    places = {one.region or one.notice for one in documents.values()}
    said = read_statement(text, (), places)
    judge = _Judge(text, said, grounds, asked, places)
    faults = [
        *misnamed(said.claims, grounds),
        *misplaced(text, grounds, places, asked.question),
        *misquoted(text, grounds, asked.question),
        *judge.parts(),
        *judge.decision(),
        *judge.related(),
    ]
    return list(dict.fromkeys(faults))


def _is_whole_sentence(words: str, clause: str) -> bool:
    """The words are one or more whole sentences of the clause, as they stand."""
    bare = words.rstrip("。；！？")
    ends = [*(match.end() for match in re.finditer("[。；！？]", clause)), len(clause)]
    starts = {0, *ends}
    found = (match.start() for match in re.finditer(re.escape(bare), clause)) if len(bare) >= _SHORTEST else ()
    return any(at in starts and {at + len(bare), at + len(bare) + 1} & set(ends) for at in found)


class _Judge:
    """Holds one sentence against its cited clauses."""

    def __init__(self, text: str, said: Statement, grounds: Sequence[Ground], asked: Asked, places: set[str]) -> None:
        self._text = text
        self._claims = said.claims
        self._grounds = grounds
        self._asked = asked.question
        self._places = places
        rules = "。".join(one.rule for one in grounds)
        self._compared = list(comparisons(text, self._asked, rules))
        self._silent = SILENT.search(text) is not None
        spans = [(one.start, one.end) for one in said.claims if one.kind in _NAMES]
        spans += [match.span() for match in QUOTED.finditer(text)]
        self._named_any = any(one.kind in (ClaimKind.PLACE, ClaimKind.YEAR) for one in said.claims)
        #: Where names and quotes stand, whose numbers are judged with them.
        self._named = frozenset(at for start, end in spans for at in range(start, end))
        self._speaker: Claim | None = None
        self._used: list[Ground] = []

    def parts(self) -> Iterator[str]:
        """Each part is held by a citation of each place or year that it names; by any of them where it names none."""
        carried: list[list[Ground]] = []
        for part in PART.finditer(self._text):
            if _ADVISES.fullmatch(part[0]):
                continue
            claims = [one for one in self._claims if part.start() <= one.start < part.end()]
            named = [one for one in claims if one.kind in (ClaimKind.PLACE, ClaimKind.YEAR)]
            of_each = [[one for one in self._grounds if is_of(claim, one.citation)] for claim in named]
            groups = [group for group in of_each if group] or carried or self._all()
            for group in groups:
                faults = [list(self._part(part, one)) for one in group]
                held = [one for one, found in zip(group, faults, strict=True) if not found]
                self._used += [one for one in held if self._tells(part, claims, one)]
                yield from min(faults, key=len)
            carried = groups if named and not self._content(part[0]) else []
            units = [one for one in claims if is_unit(one)]
            self._speaker = units[-1] if units and _AS.match(part[0]) else None

    def _all(self) -> list[list[Ground]]:
        """Who must hold a part that names no place: any citation; each, when it is said of all (两者都规定)."""
        if len(self._grounds) > 1 and not self._named_any and _BOTH.search(self._text):
            return [[one] for one in self._grounds]
        return [list(self._grounds)]

    def _part(self, part: re.Match[str], ground: Ground) -> Iterator[str]:
        start, end = part.span()
        claims = [one for one in self._claims if start <= one.start < end]
        silent = SILENT.search(part[0]) is not None
        taken: list[tuple[int, int]] = []
        yield from self._figures(part, ground, taken)
        if not silent:
            yield from wrong_units(self._text, part, claims, ground)
        yield from self._words(part, ground, taken, claims)
        if silent:
            content = [word for word in self._content(part[0]) if word in ground.rule]
            topic = content or [word for word in self._content(self._text) if word in ground.rule]
            yield from wrongly_denied(part[0], self._text, topic, ground.rule)
            return
        yield from turned(self._text, start, end, ground.rule)
        if not any(one.kind is ClaimKind.DECISION and one.start == start for one in claims):
            yield from baseless(self._text, start, end, ground.rule)
        yield from left_out(self._text, start, end, ground.rule)
        yield from added(part[0], (ground.rule, ground.about))
        yield from kept(self._text, start, end, (ground.rule, ground.about))
        yield from lost_condition(self._text, ground.rule)
        yield from lost_limits(self._text, ground.rule)
        if words := scattered(part[0], ground, self._asked):
            yield f"“{words[:20]}”是原文对另一件事的规定"
        units = [one for one in claims if is_unit(one)] or [one for one in (self._speaker,) if one]
        yield from swapped(self._text, part, units, ground)
        yield from dealt_out(self._text, part, claims, ground)

    def _figures(self, part: re.Match[str], ground: Ground, taken: list[tuple[int, int]]) -> Iterator[str]:
        """Judge the figures and numerals of a part; where they stand is added to those taken."""
        start, end = part.span()
        taken += [
            (max(start, one.start), min(end, one.end))
            for one in self._compared if one.start < end and start < one.end
        ]  # fmt: skip
        judged = frozenset(at for one, two in taken for at in range(one, two)) | self._named
        figures = figures_of(self._text)
        for figure in figures:
            wider = (one for one in figures if one.start <= figure.start and figure.end < one.end)
            if not start <= figure.start < end or any(not unheld(one, ground.rule, ground.about) for one in wider):
                continue
            if figure.start not in judged and (fault := unheld(figure, ground.rule, ground.about)):
                yield fault
            taken.append((figure.start, figure.end))
        covered = frozenset(at for one, two in taken for at in range(one, two)) | self._named
        for one, two, fault in loose_numerals(self._text[:end], (ground.rule, ground.about), covered):
            if one >= start:
                taken.append((one, two))
                if fault:
                    yield fault

    def _words(
        self, part: re.Match[str], ground: Ground, taken: Sequence[tuple[int, int]], claims: Sequence[Claim]
    ) -> Iterator[str]:
        """Words that stand in no clause, heading or question, nor in the list of plain words."""
        start, end = part.span()
        skips = [(one - start, two - start) for one, two in taken if start <= one < end]
        own = (*_NAMES, ClaimKind.DECISION)
        skips += [(one.start - start, min(one.end, end) - start) for one in claims if one.kind in own]
        sources = (ground.rule, ground.about, self._asked)
        silent = SILENT.search(part[0]) or (self._silent and _INTRODUCES.match(part[0]))
        if silent:
            skips += [match.span() for said in denied_kinds().values() for match in said.finditer(part[0])]
            skips += [
                match.span() for word in content_words(part[0]) if any(char in self._asked for char in word)
                for match in re.finditer(re.escape(word), part[0])
            ]  # fmt: skip
        if words := made_up(part[0], sources, skips):
            yield f"“{words[:20]}”在所引条款中没有依据"
            return
        content = self._content(part[0])
        free = taken or self._silent or _INTRODUCES.match(part[0]) or not content or self._compared
        if not free and not any(word in ground.rule or word in ground.about for word in content):
            yield f"“{part[0][:20]}”只出自问题，所引条款没有说"

    def _tells(self, part: re.Match[str], claims: Sequence[Claim], ground: Ground) -> bool:
        """A part says something of a clause's own words."""
        units = [one.text for one in claims if is_unit(one)]
        return any(word in ground.rule for word in (*self._content(part[0]), *units))

    def _content(self, words: str) -> list[str]:
        return [word for word in content_words(words) if word not in self._places]

    def decision(self) -> Iterator[str]:
        """是, 否, 可以 and the like at the head agree with the clause."""
        for claim in self._claims:
            if claim.kind is not ClaimKind.DECISION or claim.start > 0:
                continue
            sense = sense_of(claim.text, self._asked)
            if sense in (Sense.DUE, Sense.ALLOWED) and not self._compared:
                yield from beyond(self._text, self._asked)
            if sense is Sense.NOT_DUE and self._compared and not any(one.breaks for one in self._compared):
                yield f"“{claim.text}”与原文的限额不符"
                continue
            if any(one.breaks for one in self._compared) and sense in (Sense.ALLOWED, Sense.BARRED):
                if sense is Sense.ALLOWED:
                    yield f"“{claim.text}”与原文的限额不符"
                continue
            words = self._content(self._text[claim.end :]) or self._content(self._asked)
            region = [_nearest_sentence(one.rule, words) for one in self._grounds]
            if sense is Sense.ALLOWED and any(permits(one) for one in region):
                continue
            barred = any({Force.FORBID, Force.MUST} & set(forces(one)) or punishes(one) for one in region)
            if sense is Sense.BARRED and barred:
                continue
            if fault := disagreement(claim.text, self._asked, region, bool(self._compared)):
                yield fault

    def related(self) -> Iterator[str]:
        """Each citation holds something of the sentence."""
        words = self._content(self._text)
        for one in self._grounds:
            held = sum(word in one.rule or word in one.citation.heading for word in words)
            related = self._silent or one in self._used or self._names(one)
            if words and not related and held < len(words) * _RELATED:
                yield f"引用[{one.citation.n}]与句子无关"

    def _names(self, ground: Ground) -> bool:
        """A sentence on several citations names the place, year or 文号 of this one."""
        kinds = (ClaimKind.PLACE, ClaimKind.YEAR, ClaimKind.NOTICE)
        return len(self._grounds) > 1 and any(
            one.kind in kinds and (is_of(one, ground.citation) or one.text == ground.citation.notice)
            for one in self._claims
        )


def _nearest_sentence(rule: str, words: Sequence[str]) -> str:
    """The sentence of a clause that holds most of some words."""
    return max(re.split("[。；]", rule), key=lambda one: sum(word in one for word in words))
