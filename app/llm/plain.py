"""A model's output as harmless text (纯文本): no HTML, no links or pictures, nothing hidden, no tokens of a template.

Nothing is trusted to be well formed. One pass takes away what it knows; what its removals join is found by the next
pass, until a pass changes nothing. A text that still changes after a few passes was made to do so: it loses all the
characters that could mean something.
"""

from __future__ import annotations

import html
import re

from app.llm.marks import canonical
from app.llm.scan import BLANKS, MARK

#: Longest text that comes out.
MOST = 8000
_PASSES = 4
#: Stands for a hidden character until the marks are known, lest its removal make a new one of "[", it and "1]".
_HIDDEN = "\x00"
#: Marks that were there are single private characters while the rest is cleaned.
_FIRST = 0xE000
_PLACES = re.compile(f"[{chr(_FIRST)}-{chr(_FIRST + 99)}]")

_BREAKS = re.compile("\r\n?|[\u2028\u2029]")
_BLANKS = re.compile(f"[{''.join(sorted(BLANKS))}]")
#: Letters and signs that show nothing, beyond those that are not printable.
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\ufffc\U000e0100-\U000e01ef]"
)
#: Wide Latin letters and digits become narrow, angle brackets wide: none that HTML knows can come out.
_WIDTHS = str.maketrans(
    {**{chr(code): chr(code - 0xFEE0) for code in range(0xFF10, 0xFF5B) if chr(code).isalnum()}, "<": "＜", ">": "＞"}
)

_CONTENT = "script|style|think|thinking|iframe|svg|object|noscript|template|textarea|title|xmp"
_THOUGHT = re.compile(r"\A(?:(?!＜think).)*＜/think(?:ing)?\s*＞", re.DOTALL | re.IGNORECASE)
_ELEMENT = re.compile(rf"＜({_CONTENT})\b(?:(?!＜(?:{_CONTENT})\b).)*?(?:＜/\1\s*＞|\Z)", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(
    "＜!--(?:(?!＜!--).)*?--＞|＜[/!?]?[A-Za-z][^＜＞]*＞|＜[|｜][^＜＞|｜\n]{0,60}[|｜]＞|＜[!?][^＜＞]*＞"
    r"|＜[/!]?(?:a|b|i|img|p|div|span|br|script|style|iframe|svg|form|input|link|meta|object|video|audio)\b[^＜＞]*\Z"
    r"|＜[|｜][\w▁-]{0,40}[|｜]?\Z|\[/?INST\]|＜＜/?SYS＞＞",
    re.DOTALL | re.IGNORECASE,
)
_TARGET = r"\(([^()\n]*(?:\([^()\n]*\)[^()\n]*)*)\)"
_LINK = re.compile(rf"!?\[([^\[\]\n]*)\]{_TARGET}")
#: （县住建局） behind a square bracket is no target.
_REMARK = re.compile("[^/:.#?&\\n]*[\u4e00-\u9fff][^/:.#?&\\n]*")
#: What would be a link, a picture or the definition of one in Markdown.
_LINKING = re.compile(r"!(?=\[)|(?<=[\]])\(|(?<=\])\[(?!\d)|(?<=\]):(?=[ \t]*\S)")
_SUBSTITUTES = {"!": "", "(": "（", "[": " [", ":": "："}
_ADDRESS = re.compile(
    r"(?:https?|ftps?|wss?)[ ]?[:：][!-{}~／]*|(?:javascript|vbscript|mailto|blob)\s?[:：][!-{}~]*"
    r"|data[:：][a-z]+/[!-{}~]*|file[:：]/[!-{}~]*|(?<![A-Za-z0-9])www\.[!-{}~]*|//[A-Za-z0-9-]+\.[A-Za-z][!-{}~]*"
    r"|[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}\.[A-Za-z0-9.-]*"
    r"|(?<![A-Za-z0-9-])(?:[A-Za-z0-9-]{1,63}\.){1,6}(?:com|cn|net|org|gov|edu|io|info|top|xyz|cc|me|ru|app|dev|site|vip|online)"
    r"(?![A-Za-z0-9-])(?:[/:?#][!-{}~]*)?",
    re.IGNORECASE,
)
_FENCE = re.compile(r"^[ \t]*(?:`{3,}[^\n`]*|~{3,}[^\n]*)$|`+|~~", re.MULTILINE)
_LINE_HEAD = re.compile(r"^[ \t]*(?:(?:#{1,6}|＞)[ \t]*)+|^[ \t]*[-=_*#]{3,}[ \t]*$", re.MULTILINE)
_RAISED = re.compile("(?<![A-Za-z0-9米⁰¹²³⁴-⁹])[⁰¹²³⁴-⁹]+")
_LOWERED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_MEANING = re.compile(r"[^\w\s。，、；：？！“”（）《》%％]|[_⁰¹²³⁴-⁹" + "\ue000-\uf8ff]")


def plain(text: str) -> str:
    """Make a model's output harmless.

    Args:
        text: what the model has written, all of it or what there is so far.

    Returns:
        Its words, at most MOST characters, with canonical marks; made plain once more, it stays the same. No mark is
        in it that was not in the text.
    """
    text = text[:MOST]
    for _ in range(_PASSES):
        cleaned = _pass(text)[:MOST]
        if cleaned == text:
            return text
        text = cleaned
    return _tidy(_MEANING.sub(" ", text))


def _pass(text: str) -> str:
    text = _BLANKS.sub(" ", _BREAKS.sub("\n", text))
    text = _UNSEEN.sub(_HIDDEN, text)
    if not text.replace("\n", "").isprintable():
        text = "".join(one if one == "\n" or one.isprintable() else _HIDDEN for one in text)
    text = MARK.sub(lambda one: chr(_FIRST + int(one[1])), canonical(text))
    text = html.unescape(text.replace(_HIDDEN, "")).translate(_WIDTHS)
    text = _TAG.sub("", _ELEMENT.sub("", _THOUGHT.sub("", text)))
    text = _ADDRESS.sub("", _FENCE.sub("", _LINK.sub(_words, text)))
    text = _tidy(_LINE_HEAD.sub("", _LINKING.sub(lambda one: _SUBSTITUTES[one[0]], text)))
    return _PLACES.sub(lambda one: f"[{ord(one[0]) - _FIRST}]", _without_new_marks(text))


def _words(link: re.Match[str]) -> str:
    """The words of a link or a picture."""
    is_remark = not link[0].startswith("!") and _REMARK.fullmatch(link[2])
    return f"[{link[1]}]（{link[2]}）" if is_remark else link[1]


def _without_new_marks(text: str) -> str:
    """What looks like a mark now came about by taking something away: it keeps its number, but is no mark."""
    text = _RAISED.sub(lambda one: f"({one[0].translate(_LOWERED)})", text)
    return MARK.sub(r"(\1)", canonical(text))


def _tidy(text: str) -> str:
    return re.sub("\n{3,}", "\n\n", re.sub(" *\n *", "\n", re.sub(" {2,}", " ", text))).strip()
