"""Why an answer came out as it did (为什么这样答): the reading of the question, the notices asked, the scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import Field

from corpus.clean import clean_text
from corpus.model import Document, Frozen
from corpus.regions import chain, find_region
from retrieval.model import AskedKind, ClauseNumber, Correction, Found, Hit, Reading, Scope, Tier

KIND_NAMES = {
    AskedKind.METADATA: "文件信息",
    AskedKind.COMPARISON: "对照",
    AskedKind.DEFINITION: "定义",
    AskedKind.LIST: "列举",
    AskedKind.RESPONSIBILITY: "责任单位",
    AskedKind.FREQUENCY: "频次",
    AskedKind.DEADLINE: "期限",
    AskedKind.QUANTITY: "数量或标准",
    AskedKind.PERMISSION: "允许与否",
    AskedKind.PROCEDURE: "办法",
    AskedKind.CLAUSE: "条款",
    AskedKind.GENERAL: "一般",
}
TIER_NAMES = {Tier.OWN: "所问通知", Tier.ABOVE: "上级通知", Tier.OLDER: "较早通知"}
PART_NAMES = {
    "dense_unit": "语义",
    "dense_sentence": "本句语义",
    "lexical_unit": "字面",
    "lexical_sentence": "本句字面",
    "coverage": "概念",
    "direct": "本句概念",
    "fact": "写有所问的数",
}
#: Label of the line that says which question a follow-up was taken for.
MADE_WHOLE = "接上文补全为"
_PASSAGES = 3
_NOTICES = 12


class Line(Frozen):
    """One line of an explanation."""

    label: str = Field(description="what the line tells, e.g. 问的是")
    value: str = Field(description="what was understood, e.g. 频次")


class AskedNotice(Frozen):
    """A notice that the question was put to."""

    notice: str = Field(description="文号")
    tier: str = Field(description="how it stands to the place and year asked for: 所问通知, 上级通知, 较早通知")
    region: str = Field(description="place of the issuer; empty when not known")
    year: int | None = Field(description="the year the notice is for")


class ScorePart(Frozen):
    """One part of a passage's score."""

    name: str = Field(description="e.g. 语义, 字面, 概念")
    value: float = Field(description="0 to 1, the higher the nearer")


class ScoredPassage(Frozen):
    """One of the first passages, with what its score is made of."""

    notice: str = Field(description="文号")
    label: str = Field(description="clause label, e.g. 三、（十七）")
    heading: str = Field(description="the clause's heading")
    tier: str = Field(description="how its notice stands to the question; those above and older count less")
    score: float = Field(description="the score it is ranked by")
    parts: tuple[ScorePart, ...] = Field(description="the score's parts, in the order of ranking")


class Replaced(Frozen):
    """An everyday word that official terms were put for."""

    word: str = Field(description="the asker's word, e.g. 工地")
    terms: tuple[str, ...] = Field(description="what is searched for in its place, e.g. 建筑施工")


class ReadAs(Frozen):
    """How a question was read, part by part, for a form that sets it right (改正理解)."""

    text: str = Field(default="", description="the question, a follow-up made whole, with nothing replaced in it")
    places: tuple[str, ...] = Field(default=(), description="places named or selected")
    years: tuple[int, ...] = Field(default=(), description="years named, else those of the notices asked")
    kind: AskedKind = Field(default=AskedKind.GENERAL, description="what is asked")
    replaced: tuple[Replaced, ...] = Field(default=(), description="words replaced by official terms")
    corrections: tuple[Correction, ...] = Field(default=(), description="misspelt pieces put right")


class Explanation(Frozen):
    """How a question was read, which notices were asked, and why the first passages stand first."""

    reading: tuple[Line, ...] = Field(description="how the question was understood, one thing a line")
    notices: tuple[AskedNotice, ...] = Field(description="the notices asked, those of the place and year first")
    notices_left_out: int = Field(default=0, ge=0, description="notices asked beyond those listed")
    passages: tuple[ScoredPassage, ...] = Field(description="the first passages, best first")
    # For the page alone, whose form they fill: `anwen search --explain --json` has had its keys before.
    read_as: ReadAs = Field(default=ReadAs(), exclude=True, description="the reading, part by part")
    corrected: tuple[Line, ...] = Field(default=(), exclude=True, description="what the asker set right in it")

    def lines(self) -> tuple[Line, ...]:
        """All of it as lines to show, in the order of the stages."""
        scored = (Line(label=f"得分第 {at}", value=_passage_text(one)) for at, one in enumerate(self.passages, start=1))
        return (*self.reading, *_notice_lines(self.notices, self.notices_left_out), *scored)


def explain(
    found: Found, documents: Mapping[str, Document], typed: str = "", corrected: Sequence[Line] = ()
) -> Explanation:
    """Explain what a search understood and found.

    Args:
        found: what the search returned.
        documents: the corpus by 文号.
        typed: the question as typed, when what was searched may be another one (a follow-up made whole).
        corrected: what the asker set right in the reading.
    """
    order, corrected = list(TIER_NAMES), (*corrected, *_without_effect(found.reading))
    asked = sorted(found.scope.tiers.items(), key=lambda one: order.index(one[1]))
    return Explanation(
        reading=(*_corrected_lines(corrected), *_reading_lines(found.reading, found.scope, typed)),
        notices=tuple(_asked_notice(documents[notice], tier) for notice, tier in asked[:_NOTICES]),
        notices_left_out=max(0, len(asked) - _NOTICES),
        passages=tuple(_scored_passage(hit) for hit in found.hits[:_PASSAGES]),
        read_as=_read_as(found.reading, found.scope),
        corrected=corrected,
    )


def corrected_text(corrected: Sequence[Line]) -> str:
    """What the asker set right, in one line: 地区 高平市；不替换 工地."""
    return "；".join(f"{line.label} {line.value}" for line in corrected)


def _without_effect(reading: Reading) -> tuple[Line, ...]:
    """The words set right that the question has not, neither as typed nor as its spelling was corrected."""
    said = (clean_text(reading.question), *(one.meant for one in reading.corrections))
    words = [one.word for one in reading.override.meant if not any(clean_text(one.word) in text for text in said)]
    named = "".join(f"“{word}”" for word in words)
    return (Line(label="没有用上", value=f"问题中没有{named}"),) if words else ()


def _corrected_lines(corrected: Sequence[Line]) -> tuple[Line, ...]:
    return (Line(label="您的改正", value=corrected_text(corrected)),) if corrected else ()


def _read_as(reading: Reading, scope: Scope) -> ReadAs:
    places = reading.places or (scope.regions if scope.place_given else ())
    return ReadAs(
        text=clean_text(reading.question),
        places=tuple(dict.fromkeys(places)),
        years=reading.years or scope.years,
        kind=reading.kind,
        replaced=_replaced(reading),
        corrections=reading.corrections,
    )


def _asked_notice(document: Document, tier: Tier) -> AskedNotice:
    return AskedNotice(notice=document.notice, tier=TIER_NAMES[tier], region=document.region, year=document.year)


def _scored_passage(hit: Hit) -> ScoredPassage:
    return ScoredPassage(
        notice=hit.notice,
        label=hit.label,
        heading=hit.heading,
        tier=TIER_NAMES[hit.tier],
        score=hit.score,
        parts=tuple(ScorePart(name=PART_NAMES.get(name, name), value=value) for name, value in hit.parts.items()),
    )


def _reading_lines(reading: Reading, scope: Scope, typed: str) -> tuple[Line, ...]:
    """The lines on the question; what it does not hold gets no line, but place, year and kind always do."""
    whole = reading.question if typed and reading.question != typed else ""
    rows = (
        (MADE_WHOLE, whole),
        ("错字改正", "；".join(f"{one.typed} → {one.meant}" for one in reading.corrections)),
        ("地区", _place(reading, scope)),
        ("年份", _years(reading, scope)),
        ("文号", "、".join(reading.notices)),
        ("没有收录的文号", "、".join(reading.missing_notices)),
        ("条款号", _clause(reading.clause) if reading.clause else ""),
        ("问的是", _kind(reading)),
        ("提问人", "企业" if reading.by_enterprise else ""),
        ("查的词", "、".join(one.surface for one in reading.concepts)),
        ("换成公文用语", "；".join(f"{one.word} → {'、'.join(one.terms)}" for one in _replaced(reading))),
        ("通知中没有的词", "、".join(reading.unknown)),
        ("查阅范围", scope.why),
        ("不能回答的原因", scope.refusal),
    )
    return tuple(Line(label=label, value=value) for label, value in rows if value)


def _upwards(place: str) -> str:
    """A place and those above it: 泽州县 → 晋城市 → 山西省."""
    region = find_region(place)
    return " → ".join(one.name for one in chain(region)) if region else place


def _place(reading: Reading, scope: Scope) -> str:
    named = "；".join(_upwards(place) for place in reading.places)
    meant = "；".join(_upwards(place) for place in scope.regions)
    if reading.override.place_set and not scope.place_given:
        return "不限（您选定）"
    if reading.relative_place:
        level = f"问句说的是“{reading.relative_place}”一级"
        return f"{meant or named or '未定'}（{level}）"
    if named:
        return named
    if reading.notices:
        return f"{meant or '不详'}（由文号得知）"
    return f"{meant}（提问时选定）" if scope.place_given and meant else "问句未写明"


def _years(reading: Reading, scope: Scope) -> str:
    if reading.years:
        named = "、".join(f"{year}年" for year in reading.years)
        return f"{named}（{reading.year_note}）" if reading.year_note else named
    held = "、".join(f"{year}年" for year in scope.years)
    if reading.override.year_set and held:
        return f"{held}（您选定）"
    return f"问句未写明，查{held}" if held else "问句未写明"


def _clause(clause: ClauseNumber) -> str:
    parts = ((clause.chapter, "部分"), (clause.clause, "条"), (clause.item, "点"))
    return "".join(f"第{number}{name}" for number, name in parts if number is not None)


def _kind(reading: Reading) -> str:
    """The kind asked; of a comparison what is compared, and the kinds that its words may ask for as well."""
    compared = reading.detail if reading.kind is AskedKind.COMPARISON else AskedKind.GENERAL
    also = "、".join(KIND_NAMES[one] for one in reading.also if one is not compared)
    notes = [f"比{KIND_NAMES[compared]}"] if compared is not AskedKind.GENERAL else []
    notes += [f"也可能问{also}"] if also else []
    return f"{KIND_NAMES[reading.kind]}（{'；'.join(notes)}）" if notes else KIND_NAMES[reading.kind]


def _replaced(reading: Reading) -> tuple[Replaced, ...]:
    """Each everyday word with its official terms: 老板 → 主要负责人."""
    pairs = ((one.surface, tuple(term for term in one.alternatives if term != one.surface)) for one in reading.concepts)
    return tuple(Replaced(word=word, terms=terms) for word, terms in pairs if terms)


def _notice_lines(notices: Sequence[AskedNotice], left_out: int) -> list[Line]:
    """One line for each way a notice stands to the question: 泽州县2024年 泽政发〔2024〕1号；…"""
    named: dict[str, dict[str, list[str]]] = {}
    for one in notices:
        whose = f"{one.region or '地区不详'}{f'{one.year}年' if one.year else ''}"
        named.setdefault(one.tier, {}).setdefault(whose, []).append(one.notice)
    lines = [
        Line(label=tier, value="；".join(f"{whose} {'、'.join(held)}" for whose, held in places.items()))
        for tier, places in named.items()
    ]
    return [*lines, Line(label="另有通知", value=f"{left_out} 份，未列出")] if left_out else lines


def _passage_text(passage: ScoredPassage) -> str:
    """A passage with its score, and the parts that count for it."""
    heading = "" if passage.label.endswith(passage.heading) else passage.heading
    parts = "，".join(f"{part.name} {part.value:.2f}" for part in passage.parts if part.value)
    stands = "" if passage.tier == TIER_NAMES[Tier.OWN] else f"，{passage.tier}减分"
    return f"{passage.notice} {passage.label}{heading}，{passage.score:.2f}（{parts}{stands}）"
