"""Brackets of responsible units (责任单位): which they are, whom they name, who leads, and what they bind."""

from __future__ import annotations

import re

from corpus.model import Responsibility

_BODY_SUFFIX = (
    "局|厅|委|办|部|署|院|会|社|站|所|处|段|队|大队|总队|支队|分局|中心|公司|集团|政府|部门|单位|机构|办公室|委员会|"
    "乡镇|街道|专班|企业|办事处|管委会|法院|检察院"
)
_CHARGED = re.compile(r"(?:负责|落实|配合|牵头|办理|实施)(?:。|$)")
_PROVISO = re.compile(r"以下(?:条款|各条)?(?:均|都|全部)(?:需|须|由|应由)?(.{2,60}?)负责")
_LONGEST = 400


def find_brackets(text: str) -> list[tuple[int, int]]:
    """Find the outermost brackets that name responsible units.

    Args:
        text: a unit's clean text; all brackets are （ ）.

    Returns:
        Spans (start, end) in the text, in order.
    """
    return [(start, end) for start, end in _outer_brackets(text) if _is_responsible(text, start, end)]


def _outer_brackets(text: str) -> list[tuple[int, int]]:
    """Pair the brackets, the outermost pairs kept; one that never closes swallows none after it."""
    spans: list[tuple[int, int]] = []
    opened: list[int] = []
    for index, char in enumerate(text):
        if char == "（":
            opened.append(index)
        elif char == "）" and opened:
            start = opened.pop()
            while spans and spans[-1][0] > start:
                spans.pop()
            spans.append((start, index + 1))
    return spans


def _is_responsible(text: str, start: int, end: int) -> bool:
    """It names bodies, says they are in charge (or only names them), and stands where a sentence ends."""
    inner = text[start + 1 : end - 1]
    if not 2 <= len(inner) <= _LONGEST:
        return False
    before, after = text[start - 1 : start], text[end : end + 1]
    at_end = after in ("", "。", "；") or before in "。；"
    if not at_end:
        return False
    names = _split_names(_PROVISO.split(inner)[0])
    named = [name for name in names if re.search(rf"(?:{_BODY_SUFFIX})", name)]
    if _CHARGED.search(inner):
        return bool(named)
    return len(names) > 1 and len(named) == len(names) and before in "。；"


def read_bracket(inner: str) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    """Read the units, the leading units and the role from a bracket's content.

    Args:
        inner: e.g. 市住建局牵头，市公安局、市应急局等部门分工负责.

    Returns:
        (units, lead, role); lead is empty when no one is said to lead.
    """
    own = _PROVISO.split(inner)[0].rstrip("，。以下")
    lead: tuple[str, ...] = ()
    if "牵头" in own:
        front, _, own_rest = own.partition("牵头")
        lead = _names(front)
        own = own_rest.lstrip("，、；,")
    units = tuple(dict.fromkeys((*lead, *_names(own))))
    return units, lead, _role(inner)


def _role(inner: str) -> str:
    own = _PROVISO.split(inner)[0]
    for role in ("督促企业落实", "督促落实", "分工负责", "负责"):
        if role in own:
            return role
    return "牵头" if "牵头" in own else ""


def _names(text: str) -> tuple[str, ...]:
    names = []
    for name in _split_names(text):
        bare = name.rstrip("。；，")
        cut = re.sub(r"(?:按职责)?(?:分工)?(?:负责)?(?:并?督促(?:企业)?)?(?:抓好)?(?:落实)?(?:配合|协助)?$", "", bare)
        cut = re.sub(r"(?<=.)等(?:各?有关)?(?:部门|单位)?(?:（单位）)?$", "", cut)
        if cut and cut not in ("部门", "等部门", "单位"):
            names.append(cut)
    return tuple(names)


def _split_names(text: str) -> list[str]:
    """Split at 、，； and 和 outside brackets; a list under one head noun stays whole (公路、水路…主管部门)."""
    pieces: list[str] = []
    depth, start = 0, 0
    for index, char in enumerate(text):
        depth += (char == "（") - (char == "）")
        is_and = char in "和及" and _and_splits(text, index)
        if depth == 0 and (char in "、，；。" or is_and):
            pieces.append(text[start:index])
            start = index + 1
    pieces.append(text[start:])
    return _join_headless([piece for piece in pieces if piece])


def _and_splits(text: str, index: int) -> bool:
    """和 joins two bodies when one ends right before it (市安委办和市有关部门), not in a name (规划和自然资源局)."""
    return bool(re.search(rf"(?:{_BODY_SUFFIX}|）)$", text[max(0, index - 4) : index])) and not text[
        index + 1 :
    ].startswith(("其", "改革", "自然资源", "体育", "旅游", "信息化", "城乡"))


def _join_headless(pieces: list[str]) -> list[str]:
    """Join pieces that are no bodies with the one after them that is: 各市 + 县人民政府, 公路 + … + 主管部门."""
    joined: list[str] = []
    waiting: list[str] = []
    for piece in pieces:
        bare = re.sub(r"(?:等.{0,6})?(?:分工)?(?:负责)?(?:督促.*)?(?:牵头|配合|协助)?$", "", piece)
        if re.search(rf"(?:{_BODY_SUFFIX}|）)$", bare) or piece is pieces[-1]:
            joined.append("、".join([*waiting, piece]))
            waiting = []
        else:
            waiting.append(piece)
    return joined


def read_responsibilities(text: str) -> tuple[Responsibility, ...]:
    """Read all brackets of responsible units of a unit, each with the part of the text it binds.

    A bracket binds the text since the bracket before it; a single bracket at the end binds the whole unit.
    """
    found: list[Responsibility] = []
    bound_from = 0
    brackets = find_brackets(text)
    for start, end in brackets:
        units, lead, role = read_bracket(text[start + 1 : end - 1])
        is_last = not text[end:].strip("。；")
        found.append(
            Responsibility(
                text=text[start:end], units=units, lead=lead, role=role, start=bound_from, end=start,
                whole=len(brackets) == 1 and is_last,
            )
        )  # fmt: skip
        bound_from = end + 1 if text[end : end + 1] in ("。", "；") else end
    return tuple(found)


def read_proviso(text: str) -> tuple[str, ...]:
    """Return the units that a proviso 以下均需…负责 charges with all later clauses; empty when there is none."""
    match = _PROVISO.search(text)
    return _names(match[1]) if match else ()
