"""From the chosen sentences to the answer's text: verbatim quotes by place and year, each with its citation mark."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from app.answer.choose import Choice, Pick, Verdict, binding_of
from app.answer.definition import is_explained
from app.answer.doers import post_not_named, with_doer
from app.answer.mention import told_of, told_of_nothing
from app.answer.proviso import has_proviso
from app.answer.quote import shorten, trim
from app.answer.support import weightiest
from app.answer.verdict import first_words
from app.model import Citation, Draft, Status, clause_name, place_and_year
from corpus.model import Document, Unit, UnitKind
from corpus.ordinals import format_numeral
from retrieval.asked import asks_meaning, wants_full_list
from retrieval.model import AskedKind, Found, Reading, Tier

_MOST_QUOTES = 5
_MOST_CHARACTERS = 400
_WANTED = {
    AskedKind.FREQUENCY: "频次",
    AskedKind.DEADLINE: "期限",
    AskedKind.QUANTITY: "数量或标准",
    AskedKind.RESPONSIBILITY: "责任单位",
    AskedKind.PERMISSION: "可否",
    AskedKind.PROCEDURE: "办理要求",
    AskedKind.DEFINITION: "含义",
    AskedKind.METADATA: "文件信息",
}

_VAGUE = "通知只作了“定期”“常态化”一类的要求，没有规定具体次数。"

_OUTDATED = "（所引较早年份的通知，同一地区已有更新年份）"
_PROVISO = "所引“以下均需”一句，对其后各条都适用。"
_UNEXPLAINED = "通知没有专门解释这个说法，以下是提到它的规定："

# How a reply (批复) speaks to the body it is addressed to.
_YOU = re.compile("你(?:局|单位|厅|委|办|市|县|区|公司|镇|乡)")

UnitAt = Callable[[int], Unit]
DocumentOf = Callable[[str], Document]


class Composer:
    """Writes one answer: numbers its citations and lays out its quotes."""

    def __init__(self, found: Found, unit_at: UnitAt, document_of: DocumentOf, plain: bool = False) -> None:
        """Prepare one answer.

        Args:
            found: the search's result.
            unit_at: gives a unit by its position in the index.
            document_of: gives a document by its 文号.
            plain: leave out every sentence that draws a conclusion from the quotes (是, 否, 差别).
        """
        self._plain = plain
        self._reading: Reading = found.reading
        self._scope = found.scope
        self._unit_at = unit_at
        self._document_of = document_of
        self._citations: list[Citation] = []

    def compose(self, choice: Choice) -> Draft:
        """Write the answer that a choice comes to."""
        if choice.verdict is Verdict.ANSWERED:
            lines = [
                self._scope.note and f"{self._scope.note}。",
                self._tier_note(choice),
                self._unexplained(choice),
                self._first_words(choice),
                *self._general_part(choice),
                self._lead(choice),
                self._other_post(choice),
                *self._bullets(choice.picks),
                *self._you_are(choice.picks),
                *choice.remarks,
                _PROVISO if choice.kind is AskedKind.RESPONSIBILITY and has_proviso(choice.picks) else "",
                _VAGUE if choice.vague else "",
                *_not_set(choice),
                self._ask_place(choice.picks),
            ]
            return self._draft(Status.ANSWERED, lines)
        if choice.verdict is Verdict.SEE_GENERAL:
            return self._draft(Status.ANSWERED, self._general(choice))
        return self._draft(Status.NOT_STIPULATED, self._not_stipulated(choice))

    def _draft(self, status: Status, lines: Sequence[str]) -> Draft:
        notes = ["".join(f"（“{one.typed}”按“{one.meant}”理解）" for one in self._reading.corrections)]
        if status is Status.ANSWERED and any(one.notice in self._scope.outdated for one in self._citations):
            notes.append(_OUTDATED)
        notes += [f"（{self._reading.year_note}）"] if self._reading.year_note else []
        text = "\n\n".join(line for line in (*lines, *notes) if line)
        return Draft(status=status, text=text, citations=tuple(self._citations))

    def _cite(self, pick: Pick, quote: str) -> str:
        """Number a citation and return its mark; the same quote of the same clause keeps its number."""
        return self._cite_unit(self._unit_at(pick.hit.unit), quote)

    def _cite_unit(self, unit: Unit, quote: str) -> str:
        document = self._document_of(unit.notice)
        for citation in self._citations:
            if (citation.notice, citation.label, citation.quote) == (unit.notice, unit.label, quote):
                return f"[{citation.n}]"
        citation = Citation(
            n=len(self._citations) + 1,
            notice=unit.notice,
            label=unit.label,
            heading=unit.heading,
            quote=quote,
            clause_text=unit.text,
            region=document.region,
            year=document.year,
            source=unit.source,
        )
        self._citations.append(citation)
        return f"[{citation.n}]"

    def _unexplained(self, choice: Choice) -> str:
        """That no quote explains the term whose meaning is asked."""
        words = [word for one in self._reading.concepts for word in one.alternatives]
        explained = any(is_explained(self._quote(pick), word) for pick in choice.picks for word in words)
        asked = self._reading.kind is AskedKind.DEFINITION and asks_meaning(self._reading.text)
        return "" if explained or not asked else _UNEXPLAINED

    def _first_words(self, choice: Choice) -> str:
        """是, 否 or the numbers compared, when every quote comes to the same."""
        if self._plain or choice.vague or choice.kind in (AskedKind.RESPONSIBILITY, AskedKind.METADATA):
            return ""
        said = {first_words(self._reading, self._quote(pick)) for pick in choice.picks}
        return said.pop() if len(said) == 1 else ""

    def _you_are(self, picks: Sequence[Pick]) -> list[str]:
        """Who 你局 is, when a quote says it: the body that the document is addressed to (主送)."""
        lines: list[str] = []
        for notice in dict.fromkeys(pick.hit.notice for pick in picks if _YOU.search(self._quote(pick))):
            document = self._document_of(notice)
            unit = next((one for one in document.units if one.kind is UnitKind.ADDRESSEE), None)
            if unit is not None:
                name = clause_name(unit.notice, unit.label, unit.heading)
                lines.append(f"主送：「{unit.text}」——{name}{self._cite_unit(unit, unit.text)}")
        return lines

    def _bullets(self, picks: Sequence[Pick]) -> list[str]:
        """One bullet for each distinct quote: the places that say it, the words, the clauses with their marks."""
        grouped: dict[str, list[Pick]] = {}
        for pick in picks:
            grouped.setdefault(self._quote(pick), []).append(pick)
        bullets: list[str] = []
        used = 0
        for at, (quote, same) in enumerate(grouped.items()):
            over = len(bullets) >= _MOST_QUOTES or used + len(quote) > _MOST_CHARACTERS
            if bullets and over and not self._wants_all():
                bullets.append(f"- 另有 {_count(len(grouped) - at)} 处相关原文未列出；可指明条款或缩小范围再问。")
                break
            used += len(quote)
            places = "、".join(dict.fromkeys(self._place(pick) for pick in same))
            marks = "；".join(f"{self._where(pick)}{self._cite(pick, quote)}" for pick in same)
            bullets.append(f"- **{places}**：{self._lead_unit(same[0], quote)}「{quote}」——{marks}")
        return ["\n".join(bullets)]

    def _wants_all(self) -> bool:
        return wants_full_list(self._reading.text) or not self._scope.place_given or len(self._reading.places) > 1

    def _quote(self, pick: Pick) -> str:
        if self._reading.kind is AskedKind.CLAUSE:
            return shorten(pick.quote)
        return trim(pick.quote, self._reading.concepts, [fact.text for fact in pick.facts])

    def _place(self, pick: Pick) -> str:
        document = self._document_of(pick.hit.notice)
        return place_and_year(document.region, document.notice, document.year)

    def _where(self, pick: Pick) -> str:
        unit = self._unit_at(pick.hit.unit)
        return clause_name(unit.notice, unit.label, unit.heading)

    def _lead_unit(self, pick: Pick, quote: str) -> str:
        """The leading unit, when the quote is a bracket that names one."""
        binding = binding_of(self._unit_at(pick.hit.unit), quote)
        return f"牵头单位为{'、'.join(binding.lead)}。" if binding and binding.lead else ""

    def _lead(self, choice: Choice) -> str:
        """The fact asked for, in the notice's own words, when all quotes agree on it."""
        kind = choice.kind or self._reading.kind
        wanted = _WANTED.get(kind)
        if wanted is None or kind.needed_fact is None or not choice.picks:
            return ""
        said = {tuple(dict.fromkeys(fact.text for fact in pick.facts)) for pick in choice.picks}
        only = next(iter(said))
        places = "、".join(dict.fromkeys(self._place(pick) for pick in choice.picks))
        if len(said) != 1 or len(only) != 1:
            return ""
        return f"{places}规定的{wanted}：{with_doer(choice.picks[0].quote, choice.picks[0].facts[0])}。"

    def _other_post(self, choice: Choice) -> str:
        """That the notices set a frequency for others, and none for the holder of the post asked about."""
        post = post_not_named([pick.quote for pick in choice.picks], self._reading)
        return f"通知没有对“{post}”单独规定{_WANTED[AskedKind.FREQUENCY]}。" if post else ""

    def _tier_note(self, choice: Choice) -> str:
        places = "、".join(self._scope.regions)
        if choice.tier is Tier.ABOVE:
            upper = "、".join(dict.fromkeys(self._document_of(pick.hit.notice).region for pick in choice.picks))
            return f"{places}的通知没有直接规定；以下是上级{upper}的要求："
        if choice.tier is Tier.OLDER:
            held = "、".join(f"{year}年" for year in self._scope.years)
            return f"{held}的通知没有直接规定；以下出自较早年份的通知，是否仍适用请向主管部门核实："
        return ""

    def _ask_place(self, picks: Sequence[Pick]) -> str:
        """Ask for the place when none was named and the places do not say the same."""
        regions = {self._document_of(pick.hit.notice).region for pick in picks}
        if self._scope.place_given or len(regions) < 2 or len({self._quote(pick) for pick in picks}) < 2:
            return ""
        return "各地表述不尽相同；选择或说明所在地区后，只列出适用的规定。"

    def _general(self, choice: Choice) -> list[str]:
        """The subject's clauses do not set it; the rules for every enterprise do."""
        wanted = _WANTED.get(self._reading.kind, "这一点")
        subject = self._subject(choice.nearest)
        nearest = "；".join(f"{self._where(pick)}{self._cite(pick, self._quote(pick))}" for pick in choice.nearest)
        placed = {self._document_of(pick.hit.notice).region for pick in choice.picks}
        silent = [region for region in self._scope.regions if region not in placed]
        closing = f"{'、'.join(silent)}的通知没有对企业规定检查{wanted}。" if silent else ""
        ask = "" if self._scope.place_given else "请选择或说明所在地区，以便只列出适用的规定。"
        return [
            f"{subject}的专门条款未规定检查{wanted}（{nearest}）。" if nearest else "",
            self._other_post(choice),
            f"对各类企业的检查{wanted}，通知有通用规定：",
            *self._bullets(choice.picks),
            f"{closing}{ask}",
        ]

    def _general_part(self, choice: Choice) -> list[str]:
        """The general rules on how often, which one part of a longer question asks, before the rest is answered."""
        if not choice.general:
            return []
        wanted, kind = _WANTED[AskedKind.FREQUENCY], choice.kind or self._reading.kind
        placed = "、".join(dict.fromkeys(self._document_of(pick.hit.notice).region for pick in choice.general))
        return [
            f"对各类企业的检查{wanted}，{placed}的通知有通用规定：",
            *self._bullets(choice.general),
            f"所问的{_WANTED.get(kind, '内容')}：",
        ]

    def _subject(self, picks: Sequence[Pick]) -> str:
        """The weightiest thing the question speaks of, in the words of the clauses found."""
        said = " ".join(f"{pick.hit.heading} {pick.hit.text}" for pick in picks)
        named = [
            (one.weight, next((word for word in one.alternatives if word in said), ""))
            for one in self._reading.concepts
        ]
        top = weightiest(self._reading)
        if top is not None and not top.met_by(said):
            return f"“{top.surface}”"
        word = max((one for one in named if one[1]), default=(0.0, ""))[1]
        return f"“{word}”" if word else "所问事项"

    def _not_stipulated(self, choice: Choice) -> list[str]:
        wanted = _WANTED.get(self._reading.kind, "内容")
        if self._reading.kind is AskedKind.FREQUENCY and self._reading.inspection:
            wanted = "检查频次"
        head = f"通知未规定所问的{wanted}（涉及{self._subject(choice.nearest)}）。"
        if self._reading.clause is not None:
            head = "通知中没有这一条；请核对文号、章和条的序号。"
        if choice.vague:
            head += _VAGUE
        if not choice.nearest and self._reading.clause is None:
            head += told_of_nothing(self._reading, map(self._document_of, self._scope.tiers))
        related = "相关条款："
        if choice.work is not None:
            head, related = told_of(choice.work, [pick.quote for pick in choice.nearest], wanted)
        lines = [head]
        if choice.nearest:
            lines += [related, *self._bullets(choice.nearest[:_MOST_QUOTES])]
        if choice.picks:
            lines += ["对各类企业另有通用规定：", *self._bullets(choice.picks)]
        return [*lines, *_not_set(choice)]


def _not_set(choice: Choice) -> list[str]:
    """What else is asked and not set: by its kind, or in the asker's words."""
    return [
        *(f"通知没有规定所问的{_WANTED[kind]}。" for kind in choice.missing),
        *(f"通知没有写明“{words}”。" for words in choice.unset),
    ]


def _count(number: int) -> str:
    """A small number in Chinese, so that no figure of the program's own stands among the notices' figures."""
    return format_numeral(number) if number < 100 else "许多"
