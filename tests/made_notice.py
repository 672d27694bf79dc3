"""Notices made up by hypothesis, and the noise of copying, scanning and page breaks put into them.

Each clean character is written as one received character, with noise before or after it, and its place is noted:
the parser must give back the clean characters at those places.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from functools import cache

from hypothesis import strategies as st
from opencc import OpenCC
from pypinyin import Style, pinyin

_TO_SIMPLE, _TO_TRADITIONAL = OpenCC("t2s"), OpenCC("s2t")
#: No line of a file as received is cut shorter than this in mid-paragraph.
_SHORTEST_LINE = 6
_DIGITS = " 一二三四五六七八九"
#: Characters of made-up words: frequent ones, no numerals and none of 第章条项.
POOL = "安全生产责任落实检查隐患排治理企业应急管消防燃气矿山交通建筑危险化学品监督培训演练救援风火灾水害地质气象"
PIECES = [
    "各乡镇人民政府", "企业主要负责人", "县应急管理局", "负有安全监管职责的部门", "要认真开展", "严禁", "必须落实",
    "每月至少1次", "120万吨/年及以上", "20%以上", "2024年底前", "“三管三必须”", "“双随机、一公开”",
    "《安全生产法》", "（含街道办事处）", "（见第（三）项）", "按照第（二）项要求", "GDP", "重大事故隐患", "、", "，",
    "；", "和防灾减灾救灾", "动态清零", "C级", "24小时值班", "1.5米", "二、三级医院",
]  # fmt: skip
CHARGED = ["县应急管理局负责", "县住建局牵头，县水务局、县公安局等部门分工负责", "负有安全监管职责的部门督促企业落实"]
KINDS = ["森林草原火灾", "水旱灾害", "地质灾害", "地震灾害", "气象灾害"]


@dataclass(frozen=True)
class Part:
    """A numbered part as it should be parsed: its label, heading, own text, and the parts below it."""

    label: str
    heading: str
    text: str
    kinds: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Notice:
    """A clean notice."""

    docno: str
    title: str
    addressee: str
    preamble: str
    chapters: tuple[Part, ...]
    issuer: str = "泽州县人民政府"
    date: str = "2024年4月11日"


def numeral(number: int) -> str:
    """Write 1 to 99 as 一 to 九十九."""
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else _DIGITS[tens] + "十") + (_DIGITS[ones] if ones else "")


_words = st.text(alphabet=POOL, min_size=2, max_size=12)


@st.composite
def sentences(draw: st.DrawFn) -> str:
    """One to four sentences of words, numbers, quotes, brackets and references to other clauses."""
    made = ""
    for _ in range(draw(st.integers(1, 4))):
        pieces = draw(st.lists(st.one_of(_words, st.sampled_from(PIECES)), min_size=1, max_size=8))
        body = "".join(pieces).lstrip("、，；")
        made += draw(_words) + body.rstrip("、，；") + draw(st.sampled_from(["。", "。", "。", "！"]))
    return made


@st.composite
def _clause(draw: st.DrawFn, label: str) -> Part:
    heading = draw(_words) if draw(st.booleans()) else ""
    text = (f"{heading}。" if heading else "") + (draw(_words) + "，" if not heading else "") + draw(sentences())
    if draw(st.booleans()):
        text += f"（{draw(st.sampled_from(CHARGED))}）"
    return Part(label, heading, text)


@st.composite
def _section(draw: st.DrawFn, label: str) -> Part:
    """A clause, a clause with items, or a bare heading over named kinds."""
    form = draw(st.sampled_from(["clause", "clause", "items", "kinds"]))
    if form == "items":
        heading = draw(_words)
        items = [draw(_clause(f"{number}.")) for number in range(1, draw(st.integers(1, 12)) + 1)]
        return Part(label, heading, heading, parts=tuple(items))
    if form == "kinds":
        heading = draw(_words)
        return Part(label, heading, heading, tuple(f"{kind}：{draw(sentences())}" for kind in KINDS[:2]))
    return draw(_clause(label))


@st.composite
def notices(draw: st.DrawFn) -> Notice:
    """A notice of chapters 一、, clauses （一） numbered through or anew in each chapter, and items 1."""
    through = draw(st.booleans())
    chapters: list[Part] = []
    number = 0
    for index in range(1, draw(st.integers(1, 3)) + 1):
        number = number if through else 0
        parts = []
        for _ in range(draw(st.integers(1, 4))):
            number += 1
            parts.append(draw(_section(f"（{numeral(number)}）")))
        heading = draw(_words) + "，" + draw(_words)
        chapters.append(Part(f"{numeral(index)}、", heading, heading, parts=tuple(parts)))
    return Notice(
        docno=f"泽政发〔2024〕{draw(st.integers(1, 99))}号",
        title=f"关于{draw(_words)}的通知",
        addressee="各乡镇人民政府，县直各有关单位：",
        preamble=draw(sentences()),
        chapters=tuple(chapters),
    )


@dataclass
class Writer:
    """Writes clean text with noise; expected holds each unit's label, text and the places of its characters."""

    chance: random.Random
    traditional: bool
    pinyin: float
    breaks: float
    out: str = ""
    broken: int = 0
    expected: list[tuple[str, str, tuple[int, ...]]] = field(default_factory=list)

    def notice(self, made: Notice) -> str:
        """Write a whole notice and return the received text."""
        for text in ("泽州县人民政府文件", made.docno, made.title, made.addressee):
            self.line(text, breaks=0)
        self.expected.append(("导语", made.preamble, self.line(made.preamble)))
        for chapter in made.chapters:
            self.part(chapter, "")
        self.line(made.issuer, breaks=0)
        self.line(made.date, breaks=0)
        return self.out

    def part(self, part: Part, above: str) -> None:
        """Write a part and those below it, and note what should be parsed."""
        self.write(part.label, breaks=0)
        label = above + part.label
        places = self.line(part.text)
        if not part.parts and not part.kinds:
            self.expected.append((label, part.text, places))
        for text in part.kinds:
            name = text.partition("：")[0]
            head = self.write(name + "：", breaks=0)
            self.expected.append((label + name, text, head + self.line(text[len(name) + 1 :])))
        for child in part.parts:
            self.part(child, label)

    def line(self, text: str, breaks: float | None = None) -> tuple[int, ...]:
        """Write a paragraph and its end."""
        places = self.write(text, breaks)
        self.out += self.chance.choice(["\n", "\n\n", "\r\n", "\n    \n", " \n\u3000\u3000", "\n\x0c\n", "\n- 12 -\n"])
        return places

    def write(self, text: str, breaks: float | None = None) -> tuple[int, ...]:
        """Write clean characters with noise between them; no break where letters or digits would come apart."""
        rate = self.breaks if breaks is None else breaks
        received = self._dress(text)
        places: list[int] = []
        self.broken = 0
        for index, char in enumerate(received):
            places.append(len(self.out))
            self.out += char
            if self.chance.random() < self.pinyin:
                self.out += self._reading(char)
            together = f"{text[index]}{text[index + 1 : index + 2]}"
            if index + 1 < len(text) and not (together.isascii() and "/" not in together):
                self.out += self._gap(rate, index + 1)
        return tuple(places)

    def _gap(self, rate: float, written: int) -> str:
        """Mostly nothing; a break where the line has some characters by now, or a stray space."""
        if written - self.broken >= _SHORTEST_LINE and self.chance.random() < rate:
            self.broken = written
            return self.chance.choice(
                ["\n", "\n\n", " \n", "\r\n", "\n\x0c", "\x0c", "\n\n— 7 —\n\n", "\n\u3000\u3000"]
            )
        return self.chance.choice([" ", "\u3000", "\xa0", "\u2003", "\u200b"]) if self.chance.random() < 0.03 else ""

    def _dress(self, text: str) -> str:
        """Traditional characters, half-width marks and other brackets, one for one."""
        written = _traditional(text) if self.traditional and self.chance.random() < 0.7 else text
        return "".join(self._other_form(char) for char in written)

    def _other_form(self, char: str) -> str:
        forms = {
            "，": "，,",
            "：": "：:",
            "；": "；;",
            "！": "！!",
            "（": "（(［[【",
            "）": "）)］]】",
            "0": "00０",
            "G": "GＧ",
        }
        return self.chance.choice(forms.get(char, char))

    def _reading(self, char: str) -> str:
        """Pinyin in brackets, with or without tone marks, once or more; nothing after other characters."""
        if not "\u4e00" <= char <= "\u9fff":
            return ""
        syllable = self.chance.choice(_readings(char, self.chance.choice([Style.NORMAL, Style.TONE])))
        opening, closing = self.chance.choice([("(", ")"), ("（", "）")])
        return f"{opening}{syllable}{closing}" * self.chance.choice([1, 1, 2, 4])


@cache
def _readings(char: str, style: Style) -> list[str]:
    return list(pinyin(char, style=style, heteronym=True)[0])


@cache
def _traditional(text: str) -> str:
    written: str = _TO_TRADITIONAL.convert(text)
    return written if len(written) == len(text) and _TO_SIMPLE.convert(written) == text else text
