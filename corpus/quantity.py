"""Quantities (不得超过500人, 三级以内) in one clean sentence: a number, its measure and how it is limited."""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.masks import cover, quoted_mask, touches
from corpus.model import Fact, FactKind
from corpus.numerals import ARABIC_NUMBER, CHINESE_NUMBER, parse_number, show_number
from corpus.schedule import PREFIX, SUFFIX, SYMBOLS, joined_bound

#: Measures of all kinds; Arabic numbers take any of them. A longer one stands before its own beginning.
_MEASURE = (
    r"(?:(?:[百千]?万|亿)(?=[吨元人次亩千立平套辆户只件条台株]))?(?:"
    "个工作日|工作日|个月|个季度|个百分点|小时|分钟|学时|课时|周年|星期|人次|平方公里|平方千米|平方米|立方米|公里|千米|厘米|毫米|"
    "公斤|千克|毫克|公顷|千瓦时|千瓦|兆瓦|千伏|兆帕|MPa|kV|kW|kg|km|mm|cm|吨|[克升米亩元斤]|摄氏度|度|℃|%|％|‰|"
    r"个|年(?![级度])|周(?![边围])|天|日|秒|人|名|位(?!一体)|次|座|处|支|项|条|级|家|户|栋|幢|层|台|辆|艘|架|套|起|件|种|类|批|份|册|"
    r"场|期(?!间)|轮|所|岁|倍|分(?![之部级类])|口|只|株|万|亿"
    r")(?:/(?:年|月|日|天|周|小时|时|秒|分钟|人|次|班|平方米|立方米))?"
)
#: Measures that a Chinese numeral of two and more counts even when nothing limits it (两个项目, 七项职责).
_COUNTED = re.compile("[个项条名家座支台辆艘套户起天]|个月|周年|小时|个?工作日")
#: The few that 一 counts too; 一个, 一项, 一条 and 一批 are articles rather than counts.
_COUNTED_BY_ONE = re.compile("[名座支家台辆艘]|个月|小时")
_DURATION = re.compile("[年月周天日]|个月|星期|小时|分钟|个?工作日|个季度")
#: What follows a measure in slogans and fixed terms: 六个到位, 五个“不允许”, 三个关键.
_SLOGAN = re.compile(
    "“?(?:到位|必须|确立|维护|一批|统一|不(?!得?[少超低多高大小]|足|满)|严禁|方面|导向|坚持|意识|自信"
    "|(?:重点|关键|责任)(?![\u4e00-\u9fff]))"
)

#: Dates and clock times look like counts: 2024年, 2024—2026年, 4月18日至25日, 8时30分.
_NOT_A_DATE = (
    r"(?!(?:19|20)[0-9]{2}(?:年|[至到~～—-](?:19|20)[0-9]{2}年))"
    r"(?!(?<=月)[^，。]{1,3}日)(?!(?<=日[至到~～—-])[0-9]{1,2}日)(?!(?<=[时点])[0-9]{1,2}分)"
)
_NUMBER = rf"{_NOT_A_DATE}(?:{ARABIC_NUMBER}|{CHINESE_NUMBER})"
_HIGH = rf"[0-9]{{1,12}}(?:\.[0-9]{{1,6}})?(?![0-9])|{CHINESE_NUMBER}"
#: Words may stand between a limit and its number (至少研究推动10项), but no 的, no mark and no second limit.
_FAR = f"(?P<far>至少|最少|最多|至多|超过)(?:(?!的|每|{PREFIX})[\u4e00-\u9fff]){{1,12}}?"
_QUANTITY = re.compile(
    rf"(?:(?P<near>{PREFIX})|(?P<span>为期|最近|过去|(?<![附靠邻接临就])近)|{_FAR})?"
    rf"(?P<amount>百分之(?P<percent>{_NUMBER})"
    rf"|(?:(?P<low>{_NUMBER})(?P<low_measure>{_MEASURE})?[至到~～—-](?P<high>{_HIGH})|(?P<number>{_NUMBER}))"
    rf"(?P<measure>{_MEASURE}))"
    rf"(?:(?:或者?(?P<grade>合格|良好|优秀|优良))?(?:（含）)?(?P<suffix>{SUFFIX}))?"
)


def read_quantities(sentence: str, schedule: tuple[Fact, ...]) -> Iterator[Fact]:
    """Read the quantities.

    Args:
        sentence: one clean sentence.
        schedule: its frequencies and deadlines, whose numbers are not read a second time; but a range within a
            deadline (10个月至1年内) is a quantity too, as the deadline names no one number.
    """
    taken, ranges, quoted = bytearray(len(sentence)), bytearray(len(sentence)), quoted_mask(sentence)
    for fact in schedule:
        is_range = fact.kind is FactKind.DEADLINE and fact.number is None
        cover(ranges if is_range else taken, fact.start, fact.end)
    for match in _QUANTITY.finditer(sentence):
        start, end = match.span()
        if touches(taken, start, end) or (touches(ranges, start, end) and not match["low"]):
            continue
        if _is_counted(match, bool(quoted[start])) and (quantity := _quantity(match)):
            yield quantity


def _is_counted(match: re.Match[str], is_quoted: bool) -> bool:
    """Tell a count from a Chinese numeral in a name: Arabic and limited numbers count, others by the lists above."""
    number, measure = _digits(match), match["measure"]
    if match["percent"] or number[0] in "0123456789":
        return True
    if match["span"]:
        return bool(_DURATION.fullmatch(measure))
    if match["near"] or match["far"] or match["suffix"]:
        return True
    # 百 and 千 alone are figures of speech: 千家万户, 百家争鸣.
    if is_quoted or number in ("百", "千") or _SLOGAN.match(match.string, match.end()):
        return False
    return bool((_COUNTED_BY_ONE if number == "一" else _COUNTED).fullmatch(measure))


def _quantity(match: re.Match[str]) -> Fact | None:
    """Make the fact; None where the characters make no number (三五个)."""
    number = parse_number(_digits(match))
    if number is None:
        return None
    measure = "%" if match["percent"] else match["measure"].replace("％", "%")
    # 超过规定20%以上 exceeds a rule by at least 20%: across other words the limit after the number is its own.
    prefix = match["near"] or (None if match["suffix"] else match["far"])
    bound = joined_bound(prefix, match["suffix"])
    amount = match["amount"] if match["low"] else f"{show_number(number)}{measure}"
    span = match["span"] if match["span"] and match["span"] != "为期" else ""
    grade = f"或{match['grade']}" if match["grade"] else ""
    return Fact(
        kind=FactKind.QUANTITY,
        text=match[0],
        start=match.start(),
        end=match.end(),
        value=f"{SYMBOLS[bound]}{span}{amount}{grade}",
        number=None if match["low"] else number,
        # 10个月至1年 has two measures, so it names none.
        measure=measure if match["low_measure"] in (None, measure) else None,
        bound=bound,
    )


def _digits(match: re.Match[str]) -> str:
    """The characters of the number; of the higher one in a range."""
    return match["percent"] or match["number"] or match["high"]
