"""The support check of a free sentence (转述核对): what a model wrote about cited clauses, held against them, word by word.

A sentence is cut at its marks into parts; each part must be held, whole, by one of the cited clauses (of the place or
year it names). What is not seen: a reason or a purpose changed with the clause's own words, and a modifier left out
that no list names (data/polarity.toml, [binding]).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from app.check.claims import Claim, ClaimKind, Statement, read_statement
from app.check.evidence import Asked, is_of, leaders
from app.check.figures import comparisons, figures_of, loose_numerals, unheld
from app.check.grounds import PART, Ground, content_words, denied_kinds, ground_of, made_up, places_of, run_length, scattered
from app.check.polarity import Force, added, forces, left_out, lost_condition, lost_limits, part_at, permits, raised, turned
from app.check.stance import Sense, disagreement, sense_of
from app.model import Citation
from corpus.clean import clean_text
from corpus.model import Document, FactKind
from corpus.responsible import find_brackets
from index.lexical import bigrams

_QUOTED = re.compile("“([^“”]*)”|「([^「」]*)」|《([^《》]*)》|‘([^‘’]*)’")
_SILENT = re.compile(
    "(?:没有|没|未|尚未|并未|均未)(?:作出|作|做出|直接|明确|具体|单独|专门|再|对[^，。]{1,20}?)*"
    "(?:规定|明确|写明|提及|提到|涉及|说明|列明|载明|设定|限定|给出|指定|确定)"
    "|(?:没有|无|未作)[^，。；]{0,24}(?:规定|要求|说明|内容)(?=[，。；]|$)"
)
_INTRODUCES = re.compile("^(?:关于|对于|针对|就|至于|根据|依据|按照|按|与[^，]{2,12}相比)")
_NOTICE = re.compile(r"[\u4e00-\u9fff]{2,8}〔\d{4}〕\d{1,4}号")
_LISTED = re.compile("[、和与及]|以及")
_RANK = re.compile("^[各省市县]+|主要|的")
_LEADS = re.compile("牵头(?:的|单位|部门|者)?(?:则|都|均)?(?:是|为)([^，。；]+)|([^，。；由]+?)(?:是|为|属于|系|作为|担任)牵头")
_AS = re.compile("作为|身为|对于?|如果您?是|若您?是|您是")
_LED = re.compile("(?:负责人|领导)$")
_WHEN = re.compile("[年月周日季](?:初|中|底|末|内)?(?:之|以)?[前后]|(?:上|下)半年|汛期|(?:春|夏|秋|冬)季")
_ORGAN = re.compile("(?:局|厅|队|中心|院|署|委|办|(?<!干)部)$")
#: The issuer of a notice, who is said to say something.
_SPEAKS = re.compile(
    "^(?:办公室)?(?:的|还|也|均|已|决定|于[^，]*)?(?:同意|要求|规定|发布|印发|发文|授权|批复|提出|明确|制发|在)"
)
_ADVISES = re.compile("(?:建议|请|可以?)(?:您)?(?:再|直接|及时)?(?:向|咨询|联系|查阅|查看)[^，。；不必须]{0,16}(?:核实|咨询|确认|了解|原文)?")
_SHARED = re.compile("分工负责|配合|负责")
_SHORTEST_RUN, _RELATED = 3, 0.25
_MANNER = frozenset({"定期", "不定期", "不定时", "实时", "常态化", "24小时"})


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
    text = clean_text(sentence.replace("**", ""))
    grounds = [ground_of(one, documents.get(one.notice)) for one in cited]
    places = {one.region or one.notice for one in documents.values()}
    said = read_statement(text, (), places)
    judge = _Judge(text, said, grounds, asked, places)
    faults = [*judge.names(), *judge.quotes(), *judge.parts(), *judge.decision(), *judge.related()]
    return list(dict.fromkeys(faults))


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
        self._silent = _SILENT.search(text) is not None
        self._speaker: Claim | None = None
        self._used: list[Ground] = []

    def names(self) -> Iterator[str]:
        """Places, years, dates, 文号 and labels are those of a citation, or stand in its clause."""
        known = [(one.rule, one.about) for one in self._grounds]
        for claim in self._claims:
            written = any(claim.text in rule or claim.text in about for rule, about in known)
            if claim.kind in (ClaimKind.PLACE, ClaimKind.YEAR):
                if not written and not any(is_of(claim, one.citation) for one in self._grounds):
                    yield f"“{claim.text}”不是所引条款的地区或年份"
            elif claim.kind is ClaimKind.NOTICE:
                ends = any(claim.text.endswith(one) for known in self._grounds for one in _notices(known))
                if not ends and not written:
                    yield f"文号“{claim.text}”不是所引的文号"
            elif claim.kind in (ClaimKind.LABEL, ClaimKind.DATE) and not written:
                yield f"“{claim.text}”不是所引条款的序号或日期"
        for match in _WHEN.finditer(self._text):
            if not any(match[0] in rule + about + self._asked for rule, about in known):
                yield f"“{match[0]}”不在所引原文中"
        for place in self._places:
            short = place[:-1]
            if len(short) > 1 and short in self._text and not any(short in rule + about for rule, about in known):
                yield f"“{short}”不是所引条款的地区"

    def quotes(self) -> Iterator[str]:
        """Words in quotation marks stand verbatim in a clause, in what is known of it, or in the question."""
        for match in _QUOTED.finditer(self._text):
            words = next(one for one in match.groups() if one is not None).rstrip("，。；")
            if not any(words in one.rule or words in one.about for one in self._grounds) and words not in self._asked:
                yield f"“{words[:20]}”不是所引原文"

    def parts(self) -> Iterator[str]:
        """Each part is held by a citation of each place or year that it names; by any of them where it names none."""
        carried: list[Sequence[Ground]] = []
        for part in PART.finditer(self._text):
            if _ADVISES.fullmatch(part[0]):
                continue
            named = [
                one for one in self._claims
                if one.kind in (ClaimKind.PLACE, ClaimKind.YEAR) and part.start() <= one.start < part.end()
            ]  # fmt: skip
            groups = [[one for one in self._grounds if is_of(claim, one.citation)] for claim in named]
            groups = [group for group in groups if group]
            groups = groups or carried or [list(self._grounds)]
            for group in groups:
                faults = [list(self._part(part, one)) for one in group]
                self._used += [one for one, found in zip(group, faults, strict=True) if not found and self._tells(part, one)]
                yield from min(faults, key=len)
            carried = groups if named and not self._content(part[0]) else []

    def _part(self, part: re.Match[str], ground: Ground) -> Iterator[str]:
        start, end = part.span()
        sources = (ground.rule, ground.about)
        taken: list[tuple[int, int]] = [
            (max(start, one.start), min(end, one.end))
            for one in self._compared if one.start < end and start < one.end
        ]
        judged = frozenset(at for one, two in taken for at in range(one, two)) | self._named_places()
        figures = figures_of(self._text)
        for figure in figures:
            wider = (one for one in figures if one.start <= figure.start and figure.end < one.end)
            if any(not unheld(one, ground.rule, ground.about) for one in wider):
                continue
            if start <= figure.start < end:
                if figure.start not in judged and (fault := unheld(figure, ground.rule, ground.about)):
                    yield fault
                taken.append((figure.start, figure.end))
        for claim in self._claims:
            if start <= claim.start < end and (fault := self._who(claim, ground, part[0])):
                yield fault
        covered = frozenset(at for one, two in taken for at in range(one, two)) | self._named_places()
        for one, two, fault in loose_numerals(self._text[:end], sources, covered):
            if one >= start:
                taken.append((one, two))
                if fault:
                    yield fault
        if leads := _LEADS.search(part[0]):
            named = (leads[1] or leads[2]).split("、")
            if not _SILENT.search(part[0]) and not any(one in leaders(ground.rule) for one in named):
                yield f"“{named[0][:20]}”在所引原文中不是牵头单位"
        yield from self._words(part, ground, taken)
        if _SILENT.search(part[0]):
            yield from self._denied(part[0], ground)
        else:
            yield from turned(self._text, start, end, ground.rule)
            yield from left_out(self._text, start, end, ground.rule)
            yield from added(part[0], sources)
            if words := scattered(part[0], ground, self._asked):
                yield f"“{words[:20]}”是原文对另一件事的规定"
            yield from raised(part[0], ground.rule)
            yield from lost_condition(self._text, ground.rule)
            yield from lost_limits(self._text, ground.rule)
            yield from self._actors(part, ground)

    def _named_places(self) -> frozenset[int]:
        """Where names, dates and 文号 stand, whose numbers are judged with them; those in quotes too."""
        own = (ClaimKind.PLACE, ClaimKind.YEAR, ClaimKind.DATE, ClaimKind.NOTICE, ClaimKind.LABEL)
        spans = [(one.start, one.end) for one in self._claims if one.kind in own]
        spans += [match.span() for match in _QUOTED.finditer(self._text)]
        return frozenset(at for start, end in spans for at in range(start, end))

    def _words(self, part: re.Match[str], ground: Ground, taken: Sequence[tuple[int, int]]) -> Iterator[str]:
        start, end = part.span()
        skips = [(one - start, two - start) for one, two in taken if start <= one < end]
        own = (ClaimKind.PLACE, ClaimKind.YEAR, ClaimKind.DATE, ClaimKind.NOTICE, ClaimKind.LABEL, ClaimKind.DECISION)
        skips += [
            (one.start - start, min(one.end, end) - start)
            for one in self._claims if one.kind in own and start <= one.start < end
        ]  # fmt: skip
        sources = (ground.rule, ground.about, self._asked)
        silent = _SILENT.search(part[0]) or (self._silent and _INTRODUCES.match(part[0]))
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

    def _tells(self, part: re.Match[str], ground: Ground) -> bool:
        """A part says something of a clause's own words."""
        units = [
            one.text for one in self._claims
            if one.fact and one.fact.kind is FactKind.UNIT and part.start() <= one.start and one.end <= part.end()
        ]  # fmt: skip
        return any(word in ground.rule for word in (*self._content(part[0]), *units))

    def _content(self, words: str) -> list[str]:
        return [word for word in content_words(words) if word not in self._places]

    def _who(self, claim: Claim, ground: Ground, part: str) -> str:
        """Units stand in the clause; who is said to lead leads there."""
        if _SILENT.search(part):
            return ""
        if claim.kind is ClaimKind.LEADER:
            named = claim.text in leaders(ground.rule) or f"{claim.text[-4:]}牵头" in ground.rule
            return "" if named else f"“{claim.text}”在所引原文中不是牵头单位"
        if claim.fact is None or claim.fact.kind is not FactKind.UNIT:
            return ""
        if claim.text not in ground.rule and claim.text in ground.about and not _SPEAKS.match(self._text[claim.end :]):
            return f"单位“{claim.text}”不在所引原文中"
        bare = re.search("[省市县区](?![省市县区]).*$", claim.text)
        known = any(name in ground.rule + ground.about for name in (claim.text, bare[0] if bare else claim.text))
        if _ORGAN.search(claim.text) and not known:
            return f"单位“{claim.text}”不在所引原文中"
        leads = claim.text in leaders(ground.rule)
        if leads and "牵头" not in self._text and _SHARED.search(part):
            return f"“{claim.text}”是牵头单位，句子没有写明"
        return ""

    def _actors(self, part: re.Match[str], ground: Ground) -> Iterator[str]:
        """What a unit is said to do right behind its name, no other unit does in the clause."""
        units = [
            one for one in self._claims
            if one.fact and one.fact.kind is FactKind.UNIT and part.start() <= one.start < part.end()
        ]  # fmt: skip
        if not units:
            units = [self._speaker] if self._speaker else []
        self._speaker = units[-1] if units and _AS.match(part[0]) else None
        for nth, claim in enumerate(units):
            stop = units[nth + 1].start if nth + 1 < len(units) else part.end()
            at = max(claim.end, part.start())
            while at < stop and run_length(self._text, at, ground.rule) < _SHORTEST_RUN:
                at += 1
            act = self._text[at : min(stop, at + run_length(self._text, at, ground.rule))] if at < stop else ""
            if len(act) < _SHORTEST_RUN or not content_words(act):
                continue
            doers = [_doers(ground.rule, at) for at in places_of(act, ground.rule)]
            if doers and all(named and not any(_is_alike(one, claim.text) for one in named) for named in doers):
                yield f"“{act[:20]}”在原文中是“{doers[0][0]}”的事，不是“{claim.text}”的"

    def _denied(self, part: str, ground: Ground) -> Iterator[str]:
        """What is said not to be set is not set of the same thing in the clause."""
        kinds = [kind for kind, said in denied_kinds().items() if said.search(part)]
        topic = [word for word in self._content(part) if word in ground.rule]
        topic = topic or [word for word in self._content(self._text) if word in ground.rule]
        for kind in kinds:
            if kind == "lead" and any("一个部门" not in one for one in leaders(ground.rule)):
                yield "所引原文写明了牵头单位，句子却说没有"
            if kind == "unit" and find_brackets(ground.rule):
                yield "所引原文写明了责任单位，句子却说没有"
            for figure in figures_of(ground.rule):
                alike = figure.fact.kind == kind and figure.fact.period not in _MANNER
                if alike and all(set(bigrams(word)) <= figure.around for word in topic):
                    yield f"所引原文规定了“{figure.fact.text[:20]}”，句子却说没有"

    def decision(self) -> Iterator[str]:
        """是, 否, 可以 and the like at the head agree with the clause."""
        for claim in self._claims:
            if claim.kind is not ClaimKind.DECISION or claim.start > 0:
                continue
            sense = sense_of(claim.text, self._asked)
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
            barred = any({Force.FORBID, Force.MUST} & set(forces(one)) for one in region)
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
        kinds = (ClaimKind.PLACE, ClaimKind.YEAR, ClaimKind.NOTICE)
        return len(self._grounds) > 1 and any(
            one.kind in kinds and (is_of(one, ground.citation) or one.text == ground.citation.notice)
            for one in self._claims
        )


def _notices(ground: Ground) -> list[str]:
    return [ground.citation.notice, *_NOTICE.findall(ground.rule), *_NOTICE.findall(ground.about)]


def _doers(rule: str, at: int) -> list[str]:
    """The units named last before a place in the same part of a clause: one, or those of a list."""
    part = part_at(rule, at)
    start = rule.rfind(part, 0, at + len(part))
    facts = [one for one in read_statement(rule[start:at], (), ()).claims if one.fact]
    units = [one for one in facts if one.fact and one.fact.kind is FactKind.UNIT]
    told = re.search("[向对给][^，]*$", rule[start:at])
    units = [one for one in units if told is None or one.end <= told.start()]
    doers: list[str] = []
    for nth, unit in enumerate(reversed(units)):
        if nth and not _LISTED.fullmatch(rule[start + unit.end : start + units[-nth].start]):
            break
        doers.append(unit.text)
    return doers


def _is_alike(one: str, other: str) -> bool:
    one, other = (_RANK.sub("", name.replace("和", "、")) for name in (one, other))
    led = _LED.sub("", other)
    return one in other or other in one or (len(led) > len("集团公司") and led in one)


def _nearest_sentence(rule: str, words: Sequence[str]) -> str:
    """The sentence of a clause that holds most of some words."""
    return max(re.split("[。；]", rule), key=lambda one: sum(word in one for word in words))
