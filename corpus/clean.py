"""From the file as received to clean characters, each with its place in that file.

Every clean character comes from exactly one received character; what is left out is noise: pinyin in brackets,
white space, control and zero-width characters. So joining the received characters at the kept places, folded
one for one, gives the clean text (a property test holds this).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from corpus.hanzi import is_han, readings, simplify

_PINYIN_GROUP = re.compile(r"\s{0,3}[(（]\s*([A-Za-züÜāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ:']{1,8})\s*[)）]")
_HALF_TO_FULL = str.maketrans(",:;!?()<>", "，：；！？（）〈〉")
_OPENING, _CLOSING = "（(［[〔【", "）)］]〕】"
_BRACKETS = str.maketrans(_OPENING + _CLOSING, "（" * len(_OPENING) + "）" * len(_CLOSING))
_YEAR_BRACKETS = re.compile(
    rf"(?<=[\u4e00-\u9fff])([{re.escape(_OPENING)}])\d{{4}}([{re.escape(_CLOSING)}])(?=第?\d{{1,5}}号)"
)
_INVISIBLE = {"\ufeff", "\u200b", "\u200c", "\u200d", "\u2060", "\u00ad"}


@dataclass(frozen=True, slots=True)
class Text:
    """Clean characters with the place of each in the received file; slices and joins keep the places."""

    chars: str
    places: tuple[int, ...]

    def __post_init__(self) -> None:
        if len(self.chars) != len(self.places):
            raise ValueError(f"{len(self.chars)} characters but {len(self.places)} places")

    def __len__(self) -> int:
        return len(self.chars)

    def slice(self, start: int, end: int | None = None) -> Text:
        """Return the part from start to end, counted in clean characters."""
        return Text(self.chars[start:end], self.places[start:end])

    def runs(self) -> tuple[tuple[int, int], ...]:
        """Return the kept places as spans (start, end) of the received file, in order."""
        runs: list[list[int]] = []
        for place in self.places:
            if runs and runs[-1][1] == place:
                runs[-1][1] = place + 1
            else:
                runs.append([place, place + 1])
        return tuple((start, end) for start, end in runs)

    @property
    def span(self) -> tuple[int, int]:
        """The received span from the first to the last kept character; (0, 0) when empty."""
        return (self.places[0], self.places[-1] + 1) if self.places else (0, 0)


def join(parts: Iterable[Text]) -> Text:
    """Put lines together as one paragraph: white space goes, except between two Latin words."""
    chars = ""
    places: list[int] = []
    for part in parts:
        if chars and part.chars and _is_latin(chars[-1]) and _is_latin(part.chars[0]):
            # The received file has a line break (or trailing space) right after the last kept character.
            chars += " "
            places.append(places[-1] + 1)
        chars += part.chars
        places.extend(part.places)
    return close_up(Text(chars, tuple(places)))


def close_up(text: Text) -> Text:
    """Take out white space, leaving one space where letters or digits would run together."""
    keep = [index for index, char in enumerate(text.chars) if not char.isspace() or _separates(text.chars, index)]
    chars = "".join(" " if text.chars[index].isspace() else text.chars[index] for index in keep)
    return fold_brackets(Text(chars, tuple(text.places[index] for index in keep)))


def _separates(chars: str, index: int) -> bool:
    """Tell whether the white space at index is the first of a gap between two ASCII letters or digits."""
    if index == 0 or not _is_latin(chars[index - 1]):
        return False
    while index < len(chars) and chars[index].isspace():
        index += 1
    return index < len(chars) and _is_latin(chars[index])


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalnum()


def fold_brackets(text: Text) -> Text:
    """Make all brackets （…）, but those of the year in a 文号 〔…〕."""
    chars = list(text.chars.translate(_BRACKETS))
    for match in _YEAR_BRACKETS.finditer(text.chars):
        chars[match.start(1)], chars[match.start(2)] = "〔", "〕"
    return Text("".join(chars), text.places)


def clean_lines(received: str) -> list[Text]:
    """Clean a received file and cut it into its non-empty lines.

    Args:
        received: the decoded file; places count its characters.

    Returns:
        Lines without outer white space; spaces inside a line are kept until lines are joined.
    """
    kept = list(_kept_places(received))
    simple = simplify("".join(received[place] for place in kept))
    chars = "".join(_fold(simple, index) for index in range(len(simple)))
    lines: list[Text] = []
    start = 0
    for end in [*(index for index, char in enumerate(chars) if char == "\n"), len(chars)]:
        line = _strip(Text(chars[start:end], tuple(kept[start:end])))
        if line.chars:
            lines.append(line)
        start = end + 1
    return lines


def clean_text(received: str) -> str:
    """Clean a short text (a question, a quote) the way notices are cleaned."""
    return join(clean_lines(received)).chars


def _strip(line: Text) -> Text:
    start = len(line.chars) - len(line.chars.lstrip())
    return line.slice(start, len(line.chars.rstrip()))


def _kept_places(received: str) -> Iterator[int]:
    """Give the places of the characters that are not noise; line breaks are kept as separators."""
    noise = _pinyin_noise(received)
    for place, char in enumerate(received):
        if place in noise or char in _INVISIBLE:
            continue
        if char in "\n\t " or char.isspace() or not unicodedata.category(char).startswith("C"):
            yield place


def _pinyin_noise(received: str) -> set[int]:
    """Find bracketed pinyin that is a reading of the character before it: 安(an), 安（ān）, 生(sheng)(sheng)."""
    noise: set[int] = set()
    end_of_group, owner = -1, ""
    for match in _PINYIN_GROUP.finditer(received):
        start = match.start()
        if start != end_of_group:
            owner = received[start - 1] if start else ""
        if is_han(owner) and _bare(match[1]) in readings(owner):
            noise.update(range(start, match.end()))
            end_of_group = match.end()
    return noise


def _bare(syllable: str) -> str:
    """Strip tone marks from a syllable and write ü as v, as pypinyin does."""
    decomposed = unicodedata.normalize("NFD", syllable.lower().replace("u:", "v"))
    marked_u = decomposed.replace("u\u0308", "v")
    return "".join(char for char in marked_u if not unicodedata.combining(char))


def _fold(chars: str, index: int) -> str:
    """Fold one character: full-width letters and digits to ASCII, half-width punctuation to full width."""
    char = chars[index]
    if char in "\r\u2028\u2029\x0b\x0c\x85":
        return "\n"
    if char.isspace() and char != "\n":
        return " "
    if "！" <= char <= "～":
        ascii_char = chr(ord(char) - 0xFEE0)
        char = ascii_char if ascii_char.isalnum() or ascii_char in "%.+-/" else char
    if char in ",:" and _between_digits(chars, index):
        return char
    return char.translate(_HALF_TO_FULL)


def _between_digits(chars: str, index: int) -> bool:
    return 0 < index < len(chars) - 1 and chars[index - 1].isdigit() and chars[index + 1].isdigit()
