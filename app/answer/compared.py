"""The answer to a comparison (有何不同): both sides' words in a table, then what only one side's clause has."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from app.answer.choose import Choice, Pick, Verdict
from app.answer.compose import Composer
from app.check.whole import unheld
from app.model import Draft, Status, clause_name, place_and_year
from corpus.model import Document, Unit, UnitKind
from index.lexical import words
from retrieval.model import AskedKind, Concept

_WORD_BY_WORD, _TWO = "逐条、逐字的差别见“对照”页。", 2
#: So many sentences of a side are shown, those with most words that the other side has not.
_SHOWN = 3
#: A thing that weighs so much of the question is what it asks of.
_SUBJECT = 0.3
#: Asked for one of these, two clauses are compared whole; for a figure or a unit, only what sets it.
_WHOLE = (AskedKind.GENERAL, AskedKind.LIST, AskedKind.PROCEDURE, AskedKind.PERMISSION, AskedKind.DEFINITION)


class ComparisonComposer(Composer):
    """Writes the answer to a comparison."""

    def compare(self, sides: Sequence[tuple[str, Choice]], documents: Sequence[Document]) -> Draft:
        """Set the answers for several places or years side by side, then what differs.

        Args:
            sides: what each side says, by the name of its place and year.
            documents: the corpus.
        """
        rows = ["| 地区·年份 | 规定（原文） | 出处 |", "| --- | --- | --- |"]
        for name, choice in sides:
            answers = choice.verdict is not Verdict.NOT_STIPULATED or choice.vague
            picks = (choice.picks or choice.nearest)[:2] if answers else choice.nearest[:1]
            rows.extend(self._row(pick, "" if answers else "未规定。相关条款：") for pick in picks)
            if not picks:
                rows.append(f"| {name} | 未规定 | |")
        answered = any(choice.verdict is Verdict.ANSWERED for _, choice in sides)
        lead = "各方规定对照如下：" if answered else "通知未规定所比较的内容。"
        lines = [
            lead,
            "\n".join(rows),
            *self._difference(sides, documents),
            _WORD_BY_WORD if len(sides) == _TWO else "",
        ]
        return self._draft(Status.ANSWERED if answered else Status.NOT_STIPULATED, lines)

    def _difference(self, sides: Sequence[tuple[str, Choice]], documents: Sequence[Document]) -> list[str]:
        """What differs: whole clauses where they are asked of, else the words quoted or their figures."""
        if self._plain or any(choice.verdict is not Verdict.ANSWERED for _, choice in sides):
            return []
        if units := self._whole_clauses(sides):
            return self._of_clauses(sides, units, documents)
        if len({tuple(pick.quote for pick in choice.picks[:2]) for _, choice in sides}) == 1:
            return ["所引的话一致。"]
        facts = [(name, [fact for pick in choice.picks[:1] for fact in pick.facts]) for name, choice in sides]
        if any(len(said) != 1 for _, said in facts) or len({said[0].value for _, said in facts}) == 1:
            return []
        return [f"差别：{'；'.join(f'{name}为{said[0].text}' for name, said in facts)}。"]

    def _whole_clauses(self, sides: Sequence[tuple[str, Choice]]) -> list[Unit]:
        """The clauses of two sides, when what is asked of is their subject and no figure or unit; else none."""
        picks = [choice.picks[0] for _, choice in sides if choice.picks]
        weights = [one.weight for one in self._reading.concepts]
        subjects = [one for one in self._reading.concepts if one.weight >= _SUBJECT * sum(weights)]
        units = [self._unit_at(pick.hit.unit) for pick in picks]
        headed = all(_heads(one, unit.heading) for one in subjects for unit in units)
        whole = self._reading.detail in _WHOLE and all(unit.kind is UnitKind.CLAUSE for unit in units)
        return units if len(units) == len(sides) == _TWO and subjects and headed and whole else []

    def _of_clauses(
        self, sides: Sequence[tuple[str, Choice]], units: Sequence[Unit], documents: Sequence[Document]
    ) -> list[str]:
        """What the clause of one side has and the other side's notices have nowhere, side by side."""
        named = [[one for one in documents if self._name(one) == name] for name, _ in sides]
        lacking = [
            unheld(unit, self._document_of(unit.notice), others)
            for unit, others in zip(units, reversed(named), strict=True)
        ]
        names = [name for name, _ in sides]
        marked = [self._marked(choice.picks[0], unit) for (_, choice), unit in zip(sides, units, strict=True)]
        if not any(lacking):
            return [f"{'与'.join(marked)}的原文一致（标点、地名和机关名称不计）。"]
        lines = [
            f"{mark}里的话，{other}的通知都有（标点、地名和机关名称不计）。"
            for mark, other, mine in zip(marked, reversed(names), lacking, strict=True)
            if not mine
        ]
        both = list(zip(names, reversed(names), units, reversed(units), lacking, strict=True))
        for name, other, unit, beside, mine in both:
            shown = _newest_words(mine, beside.text)
            counted = f"（共{len(mine)}句，列出{len(shown)}句，其余见“对照”）" if len(shown) < len(mine) else ""
            if mine:
                lines.append(f"{name}这一条有、{other}的通知没有这样写的话{counted}：")
                lines.append("\n".join(self._bullet(name, unit, quote) for quote in shown))
        return lines

    def _bullet(self, name: str, unit: Unit, quote: str) -> str:
        where = clause_name(unit.notice, unit.label, unit.heading)
        return f"- **{name}**：「{quote}」——{where}{self._cite_unit(unit, quote)}"

    def _marked(self, pick: Pick, unit: Unit) -> str:
        return f"{clause_name(unit.notice, unit.label, unit.heading)}{self._cite(pick, self._quote(pick))}"

    @staticmethod
    def _name(document: Document) -> str:
        return place_and_year(document.region, document.notice, document.year)

    def _row(self, pick: Pick, before: str) -> str:
        quote = self._quote(pick)
        cell = quote.replace("|", "\\|")
        return f"| {self._place(pick)} | {before}「{cell}」 | {self._where(pick)}{self._cite(pick, quote)} |"


def _heads(concept: Concept, heading: str) -> bool:
    """A heading names a thing, or what kind of thing it is, which its last word tells (燃气 of 城镇燃气)."""
    return any(last in heading for word in concept.alternatives for last in (word, words(word)[-1]) if len(last) > 1)


def _newest_words(rules: Sequence[str], other: str) -> list[str]:
    """The rules with most that another text has not, in the order of the clause."""
    ranked = sorted(rules, key=lambda rule: -_new_in(rule, other))[:_SHOWN]
    return [rule for rule in rules if rule in ranked]


def _new_in(rule: str, other: str) -> int:
    """How many pairs of neighbouring characters of a rule another text has not."""
    return sum("".join(pair) not in other for pair in pairwise(re.sub(r"\W", "", rule)))
