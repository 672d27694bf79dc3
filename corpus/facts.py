"""Facts of one clean sentence, by rule: frequencies, deadlines, quantities, modal words and units."""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.addressees import read_units
from corpus.masks import quoted_mask, title_mask
from corpus.model import Fact, FactKind
from corpus.quantity import read_quantities
from corpus.schedule import read_schedule

#: What may follow 应 and 可 when they are modal: a preposition, an adverb or a verb of duty, but not 应急, 应用, 可燃.
_DUTY_WORDS = (
    "按|依法|依照|依据|在|将|由|与|于|根据|结合|通过|参照|视情|制定|建立|健全|设置|设立|配备|组织|开展|加强|立即|及时|定期|每|明确|"
    "落实|严格|采取|采用|报告|报请|上报|符合|遵守|确保|保证|具备|取得|进行|提供|接受|履行|督促|实行|实施|包括|自行|自收到|经|优先|同时|"
    "如实|主动|积极|全面|持续|编制|停止|撤出|关闭|责令|给予|予以|纳入|执行|会同|参加|委托|聘请|申请|适当|免予|不再"
)
_COUNT = "[一二三四五六七八九十个]"
_FORBID = (
    "一律(?:不得|严禁|禁止)|(?<![来容由见舍巴])不得(?!不|已|了|而知)"
    rf"|(?<!{_COUNT})严禁|(?<!不)禁止(?![和或、类性令区])|不允许|不准(?!确|备)|不许(?!可)|不应当?(?!有|求)|不可以"
)
_OBLIGE = (
    rf"(?<!{_COUNT})必须(?!的)|务必|(?<!理所)应当|(?<![响相供适反对效感叫呼顺答因照不])应(?={_DUTY_WORDS})"
    # 要 is modal unless it belongs to a word: 重要, 主要, 要求, 要点; but 要紧盯 and 要务必 are modal.
    "|(?<![重主需必摘纲概简首次机险只不想索讨如若确是])要"
    "(?![求点素件领害闻道塞旨义员么价目案情因事职是]|紧(?![盯紧密扣抓])|务(?!必))"
)
_ALLOW = (
    rf"方可|方能|才可以?|(?<!人)才能(?!力)|(?<!不)可以|(?<![许认不方才])可(?={_DUTY_WORDS})|(?<!不)鼓励(?![，。、；奖])"
)
_MODAL = re.compile(f"{_FORBID}|{_OBLIGE}|{_ALLOW}")


def read_facts(sentence: str) -> tuple[Fact, ...]:
    """Read the facts of a sentence; nothing is read inside a title 《》.

    Args:
        sentence: one clean sentence: simplified Chinese, full-width marks, no white space.

    Returns:
        Facts sorted by start, then end; for each, sentence[start:end] is its text.
    """
    schedule = tuple(read_schedule(sentence))
    facts = (*schedule, *read_quantities(sentence, schedule), *_read_modals(sentence), *read_units(sentence))
    titled = title_mask(sentence)
    return tuple(sorted((fact for fact in facts if not titled[fact.start]), key=_place))


def _place(fact: Fact) -> tuple[int, int, str]:
    return fact.start, fact.end, fact.kind


def _read_modals(sentence: str) -> Iterator[Fact]:
    """Read the modal words (必须, 不得, 要 …); in quotes they are mentioned, not said (“五个必须”)."""
    quoted = quoted_mask(sentence)
    for match in _MODAL.finditer(sentence):
        if not quoted[match.start()]:
            yield Fact(
                kind=FactKind.MODALITY,
                text=match[0],
                start=match.start(),
                end=match.end(),
                value=match[0].removeprefix("一律"),
            )
