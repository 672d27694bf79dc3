"""Words that sound like a misspelt one (同音字): 演炼 for 演练, looked up in the texts themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cached_property

from corpus.hanzi import is_han, pinyin_of
from index.lexical import word_count

#: The first of the characters that stand for sounds: Unicode's private use, which no notice has.
_FIRST_SOUND = 0xE000
_MOST_FOUND = 1000


class Sounds:
    """A text by its sounds, one character for each of its characters."""

    def __init__(self, text: str) -> None:
        """Take the text; it is read by sound when the first word is looked up."""
        self._text = text

    @cached_property
    def _sounds(self) -> Mapping[str, str]:
        """Each Chinese character of the text with its sound, without tone."""
        return {char: pinyin_of(char)[0] for char in set(self._text) if is_han(char)}

    @cached_property
    def _signs(self) -> Mapping[str, str]:
        """Each sound with the one character that stands for it."""
        return {sound: chr(_FIRST_SOUND + at) for at, sound in enumerate(sorted(set(self._sounds.values())))}

    @cached_property
    def _sounded(self) -> str:
        return self._text.translate({ord(char): self._signs[sound] for char, sound in self._sounds.items()})

    def like(self, word: str) -> str:
        """Find what the text has that sounds like a word.

        Args:
            word: a word that the text has not; one that is in the dictionary is no slip.

        Returns:
            The likest by how often it stands there; empty when nothing sounds like it.
        """
        if len(word) < 2 or word_count(word) or not all(is_han(char) for char in word):
            return ""
        signs = [self._signs.get(pinyin_of(char)[0], "") for char in word]
        if not all(signs):
            return ""
        found: Counter[str] = Counter()
        sought, at = "".join(signs), -1
        while (at := self._sounded.find(sought, at + 1)) >= 0 and found.total() < _MOST_FOUND:
            found[self._text[at : at + len(word)]] += 1
        return found.most_common(1)[0][0] if found else ""
