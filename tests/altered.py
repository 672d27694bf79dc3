"""Answers altered by kinds (对抗改动): each function takes a real answer and yields it with one thing made false."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice, pairwise

from app.model import Citation, Draft, clause_name
from corpus.model import Unit
from corpus.responsible import find_brackets, read_bracket

#: What an alteration may draw on besides the answer: all units, in the index's order.
Alter = Callable[[Draft, Sequence[Unit]], Iterator[Draft]]

QUOTED = re.compile("「[^「」]*」")
NAMED = re.compile(r"[^；（|—「」]+?\[\d+\]")
FORBIDS = re.compile("不得|严禁|禁止|不允许|不准")
PLACES = ("泽州县", "高平市", "山西省", "临汾市")

#: Words and what they are changed into; the first that a text has is changed, one alteration for each pair.
NUMBERS = [
    (r"(?<!\d)\d+", lambda m: str(int(m[0]) + 1)),
    ("[一二三四五六七八](?=[次个名项])", lambda _: "九"),
    (r"百分之[一二三四五六七八九十]+", lambda _: "百分之九十九"),
]
UNITS = [
    ("(?<=[0-9一二两三四五六])次", "人"),
    (r"(?<=\d)人", "户"),
    (r"(?<=\d)年(?!\d)", "个月"),
    ("%", "人"),
    ("万吨", "吨"),
    ("(?<=[0-9])座", "处"),
    ("(?<=[0-9])小时", "分钟"),
    ("(?<=[0-9])个月", "年"),
    ("年底", "月底"),
    ("(?<=[0-9])万", "亿"),
]
COMPARATORS = [
    ("不少于", "不超过"),
    ("不得少于", "不得超过"),
    ("至少", "至多"),
    ("不得超过", "超过"),
    ("不超过", "不少于"),
    ("以上", "以下"),
    ("以内", "以上"),
    ("不低于", "不高于"),
    ("(?<!不)(?<!不得)超过", "不超过"),
    ("年底前", "年底后"),
    ("及以上", "以下"),
]
FREQUENCIES = [
    ("每周", "每月"),
    ("每月", "每季度"),
    ("每季度", "每年"),
    ("每年", "每两年"),
    ("(?<!不)定期", "不定期"),
    ("日检日查", "周检周查"),
    ("常态化", "定期"),
    ("实时", "定时"),
    ("每日", "每周"),
    ("24小时", "12小时"),
    ("不定时", "定时"),
    ("每半年", "每年"),
]
DROPPED = [("不得", ""), ("严禁", ""), ("禁止", ""), ("不准", ""), ("不允许", ""), ("未经", "经"), ("不断", "断")]
ADDED = [
    ("必须", "不必"),
    ("应当", "不应当"),
    ("(?<![主重需])要(?!求|点|素)", "不要"),
    ("开展", "不开展"),
    ("加强", "不加强"),
    ("落实", "不落实"),
]
SWAPPED = [
    ("不得", "可以"),
    ("严禁", "可以"),
    ("禁止", "允许"),
    ("可以", "不得"),
    ("必须", "可以"),
    ("鼓励", "必须"),
    ("应当", "可以"),
    ("方可", "不可"),
]
INVENTED = (
    "企业应当每日自查一次并做好记录。",
    "违反者处五万元以上十万元以下罚款。",
    "具体由县应急管理局牵头落实。",
    "以上要求适用于全部企业。",
    "其他事项按照现行法律法规执行。",
    "没有其他例外情形。",
    "逾期不整改的，一律停产。",
    "依据泽政发〔2024〕9号，应于6月30日前完成。",
)


def _in_quote(rules: Sequence[tuple[str, object]]) -> Alter:
    """Change words of a quote, in the text and in the citation alike."""

    def alter(draft: Draft, units: Sequence[Unit]) -> Iterator[Draft]:
        for citation in draft.citations:
            for pattern, new in rules:
                quote = re.sub(pattern, new, citation.quote, count=1)  # type: ignore[call-overload]
                if quote not in (citation.quote, "") and quote not in citation.clause_text:
                    yield _with_quote(draft, citation, quote)

    return alter


def _in_words(rules: Sequence[tuple[str, object]]) -> Alter:
    """Change words of the program's own lines, never of a quote or of the name of a clause."""

    def alter(draft: Draft, units: Sequence[Unit]) -> Iterator[Draft]:
        for at, line in enumerate(draft.text.splitlines()):
            own = NAMED.sub(_blank, QUOTED.sub(_blank, line))
            for pattern, new in rules:
                for match in islice(re.finditer(pattern, own), 1):
                    changed = match.expand(new) if isinstance(new, str) else new(match)  # type: ignore[operator]
                    if changed != match[0]:
                        yield _with_line(draft, at, line[: match.start()] + changed + line[match.end() :])

    return alter


def _blank(match: re.Match[str]) -> str:
    return "\0" * len(match[0])


def _with_line(draft: Draft, at: int, line: str) -> Draft:
    lines = draft.text.splitlines()
    lines[at] = line
    return draft.model_copy(update={"text": "\n".join(lines)})


def _with_text(draft: Draft, text: str) -> Iterator[Draft]:
    if text != draft.text:
        yield draft.model_copy(update={"text": text})


def _with_quote(draft: Draft, citation: Citation, quote: str) -> Draft:
    """The answer with other words as what a citation says, wherever it stands."""
    text = draft.text.replace(f"「{citation.quote}」", f"「{quote}」")
    return _with_citation(draft.model_copy(update={"text": text}), citation, quote=quote)


def _with_citation(draft: Draft, citation: Citation, **change: object) -> Draft:
    row = tuple(one.model_copy(update=change) if one.n == citation.n else one for one in draft.citations)
    return draft.model_copy(update={"citations": row})


def _renamed(draft: Draft, citation: Citation, **change: object) -> Draft:
    """The answer with another 文号, label or heading, in the citation and before its mark."""
    new = citation.model_copy(update=change)
    old_name = clause_name(citation.notice, citation.label, citation.heading)
    new_name = clause_name(new.notice, new.label, new.heading)
    mark = f"[{citation.n}]"
    text = draft.text.replace(old_name + mark, new_name + mark)
    return _with_citation(draft.model_copy(update={"text": text}), citation, **change)


def one_character(draft: Draft, units: Sequence[Unit]) -> Iterator[Draft]:
    """A quote altered by one character: changed, left out, doubled."""
    for citation in draft.citations[:3]:
        at = len(citation.quote) // 2
        head, char, tail = citation.quote[:at], citation.quote[at], citation.quote[at + 1 :]
        for new in ("某", "", char * 2):
            if head + new + tail not in citation.clause_text:
                yield _with_quote(draft, citation, head + new + tail)


def other_clause(draft: Draft, units: Sequence[Unit]) -> Iterator[Draft]:
    """The words of another clause of the same document, or of the next document, under this citation."""
    for citation in draft.citations[:2]:
        others = [one for one in units if one.text != citation.clause_text and len(one.text) > 60]
        near = [one for one in others if one.notice == citation.notice][:1]
        for unit in (*near, *[one for one in others if one.notice != citation.notice][-1:]):
            yield _with_quote(draft, citation, unit.text[5:60])


def other_label(draft: Draft, units: Sequence[Unit]) -> Iterator[Draft]:
    """Another clause of the same document named as the source."""
    for citation in draft.citations:
        other = next(one for one in reversed(units) if one.notice == citation.notice and one.label != citation.label)
        yield _renamed(draft, citation, label=other.label)
        yield _renamed(draft, citation, label=other.label, heading=other.heading)


def other_notice(draft: Draft, units: Sequence[Unit]) -> Iterator[Draft]:
    """An invented 文号, and the 文号 of another document, named as the source."""
    for citation in draft.citations[:3]:
        number = re.sub(r"(\d+)号", lambda match: f"{int(match[1]) + 40}号", citation.notice)
        other = next(one.notice for one in units if one.notice != citation.notice)
        for notice in (number, other):
            yield _renamed(draft, citation, notice=notice)
            yield from _with_text(draft, draft.text.replace(citation.notice, notice, 1))


def other_year(draft: Draft, units: Sequence[Unit]) -> Iterator[Draft]:
    """The figure of one year under another: in the line, in the citation, in both, and as a citation of that year."""
    for citation in draft.citations[:3]:
        if citation.year is None:
            continue
        year = 2023 if citation.year == 2024 else 2024
        text = draft.text.replace(f"{citation.year}年", f"{year}年")
        yield from _with_text(draft, text)
        yield _with_citation(draft, citation, year=year)
        yield _with_citation(draft.model_copy(update={"text": text}), citation, year=year)
        notice = citation.notice.replace(str(citation.year), str(year))
        yield _renamed(draft.model_copy(update={"text": text}), citation, year=year, notice=notice)


def other_place(draft: Draft, units: Sequence[Unit]) -> Iterator[Draft]:
    """A neighbour's place: at the head of a line, in the program's words, in the citation."""
    for citation in draft.citations[:3]:
        for place in PLACES:
            if place == citation.region:
                continue
            yield _with_citation(draft, citation, region=place)
            for at, line in enumerate(draft.text.splitlines()):
                own = NAMED.sub(_blank, QUOTED.sub(_blank, line))
                found = own.find(citation.region)
                if found >= 0 and place not in line:
                    changed = line[:found] + place + line[found + len(citation.region) :]
                    yield _with_line(draft, at, changed)


def shifted_marks(draft: Draft, units: Sequence[Unit]) -> Iterator[Draft]:
    """Citation numbers shifted by one, round; two swapped; one repeated; one left out."""
    count = len(draft.citations)
    if count > 1:
        yield from _with_text(draft, re.sub(r"\[(\d+)\]", lambda m: f"[{int(m[1]) % count + 1}]", draft.text))
        yield from _with_text(draft, draft.text.replace("[1]", "[0]").replace("[2]", "[1]").replace("[0]", "[2]"))
        yield from _with_text(draft, draft.text.replace("[2]", "[1]"))
    yield from _with_text(draft, re.sub(r"\[(\d+)\]", lambda m: f"[{int(m[1]) + 1}]", draft.text))
    yield from _with_text(draft, draft.text.replace("[1]", ""))


def other_quote_in_line(draft: Draft, units: Sequence[Unit]) -> Iterator[Draft]:
    """The quotes of two lines, or of two rows of a table, in each other's place."""
    quotes = list(dict.fromkeys(QUOTED.findall(draft.text)))
    for one, other in pairwise(quotes):
        yield from _with_text(draft, draft.text.replace(one, "\0").replace(other, one).replace("\0", other))


def swapped_cells(draft: Draft, units: Sequence[Unit]) -> Iterator[Draft]:
    """Cells of two rows of a table swapped, column by column."""
    lines = draft.text.splitlines()
    rows = [at for at, line in enumerate(lines) if line.startswith("| ") and "---" not in line][1:]
    for first, second in pairwise(rows):
        one, other = lines[first].split(" | "), lines[second].split(" | ")
        for column in range(min(len(one), len(other))):
            if one[column].strip("| ") == other[column].strip("| "):
                continue
            a, b = [*one], [*other]
            a[column], b[column] = other[column], one[column]
            changed = [*lines]
            changed[first], changed[second] = " | ".join(a), " | ".join(b)
            if sorted(changed) != sorted(lines):
                yield draft.model_copy(update={"text": "\n".join(changed)})


def added_sentence(draft: Draft, units: Sequence[Unit]) -> Iterator[Draft]:
    """A sentence that no citation carries: before all, behind all, and behind a quote."""
    for nth, words in enumerate(INVENTED):
        lines = draft.text.splitlines()
        at = nth % 3
        if at == 0:
            yield from _with_text(draft, f"{words}\n\n{draft.text}")
        elif at == 1:
            yield from _with_text(draft, f"{draft.text}\n\n{words}")
        else:
            yield _with_line(draft, len(lines) - 1, lines[-1] + words)


def other_leader(draft: Draft, units: Sequence[Unit]) -> Iterator[Draft]:
    """牵头 given to another unit of the same bracket, of another clause, or to one where the bracket names none."""
    for citation in draft.citations:
        for start, end in find_brackets(citation.quote)[:1]:
            names, lead, _ = read_bracket(citation.quote[start + 1 : end - 1])
            elsewhere = next(
                (
                    name
                    for unit in units
                    if unit.notice == citation.notice
                    for name in unit.responsible
                    if name not in names and name not in citation.quote
                ),
                "县某某局",
            )
            others = [*[name for name in names if name not in lead][:2], elsewhere]
            for name in others:
                for old in lead[:1]:
                    words = QUOTED.sub(_blank, draft.text)
                    at = words.find(old)
                    if at >= 0:
                        yield from _with_text(draft, draft.text[:at] + name + draft.text[at + len(old) :])
                quoted = f"「{citation.quote}」"
                yield from _with_text(draft, draft.text.replace(quoted, f"牵头单位为{name}。{quoted}", 1))
                yield from _with_text(draft, f"由{name}牵头。\n\n{draft.text}" if not lead else draft.text)


def false_decision(draft: Draft, units: Sequence[Unit]) -> Iterator[Draft]:
    """可以 over quotes that forbid; 不可以 over quotes that forbid nothing."""
    forbids = any(FORBIDS.search(one.quote) for one in draft.citations)
    conditions = any(
        re.search("方可|方能|才能|才可|不[允许应可]|停产|关闭|淘汰|取缔|杜绝|不予|不再|清退|一律停|责令停", one.quote)
        for one in draft.citations
    )
    if draft.citations and all(FORBIDS.search(one.quote) for one in draft.citations):
        for word in ("可以", "能", "允许"):
            yield from _with_text(draft, f"{word}。\n\n{draft.text}")
    if draft.citations and not forbids and not conditions:
        for word in ("不可以", "不允许"):
            yield from _with_text(draft, f"{word}。\n\n{draft.text}")


def stated_in_words(draft: Draft, units: Sequence[Unit]) -> Iterator[Draft]:
    """A lead with the words of a quote that forbids, less what forbids them."""
    for citation in draft.citations:
        for match in re.finditer("(?:不得|严禁|禁止)([^，。；：]{4,})", citation.quote):
            yield from _with_text(draft, f"规定：{match[1]}。\n\n{draft.text}")
            yield from _with_text(draft, f"规定：可以{match[1]}。\n\n{draft.text}")


def unsaid(draft: Draft, units: Sequence[Unit]) -> Iterator[Draft]:
    """What is said not to be set, said to be set; and the notes on the scope, otherwise."""
    for old, new in (
        ("未规定", "已规定"),
        ("没有直接规定", "直接规定了"),
        ("没有规定具体次数", "规定了具体次数"),
        ("没有对企业规定", "对企业规定了"),
        ("上级", "下级"),
        ("较早年份", "最新年份"),
        ("资料中没有", "资料中有"),
        ("不能用", "可以用"),
        ("有通用规定", "有强制规定"),
        ("不在所收", "都在所收"),
        ("是否仍适用", "仍然适用"),
        ("相关条款", "适用条款"),
    ):
        words = QUOTED.sub(_blank, draft.text)
        at = words.find(old)
        if at >= 0:
            yield from _with_text(draft, draft.text[:at] + new + draft.text[at + len(old) :])


KINDS: dict[str, Alter] = {
    "number in a quote": _in_quote(NUMBERS),
    "unit in a quote": _in_quote(UNITS),
    "comparator in a quote": _in_quote(COMPARATORS),
    "frequency in a quote": _in_quote(FREQUENCIES),
    "negation dropped in a quote": _in_quote(DROPPED),
    "negation added in a quote": _in_quote(ADDED),
    "modality swapped in a quote": _in_quote(SWAPPED),
    "one character of a quote": one_character,
    "quote of another clause": other_clause,
    "number in the program's words": _in_words([*NUMBERS, ("(?<=[：。])[^：。]{1,12}(?=。$)", "每日五次")]),
    "unit in the program's words": _in_words(UNITS),
    "comparator in the program's words": _in_words(COMPARATORS),
    "frequency in the program's words": _in_words(FREQUENCIES),
    "negation in the program's words": _in_words([*DROPPED, *ADDED[:2], *SWAPPED]),
    "label of another clause": other_label,
    "文号 of another document": other_notice,
    "year of another notice": other_year,
    "place of a neighbour": other_place,
    "marks shifted": shifted_marks,
    "quotes of two lines swapped": other_quote_in_line,
    "cells of two rows swapped": swapped_cells,
    "sentence without citation": added_sentence,
    "牵头 given to another": other_leader,
    "decision against the quotes": false_decision,
    "words freed of what forbids them": stated_in_words,
    "note or silence turned round": unsaid,
}
