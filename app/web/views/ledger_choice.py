"""The filters of 要求台账 in words, in links of files and in the page's address; what comes from outside is checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from app.ledger.choose import Choice
from app.ledger.model import RequirementKind, Side
from corpus.errors import QuestionError
from corpus.industries import all_industries

LATEST = "latest"
YES = "1"
#: Of the words looked for.
LONGEST_TEXT = 60
SIDES = (Side.ENTERPRISE, Side.GOVERNMENT)
KINDS = {kind.value: kind.shown for kind in RequirementKind}
#: The filters in the order of their components, as links and addresses name them.
NAMES = ("side", "region", "above", "year", "industry", "kind", "text", "countable", "daily")
CHECKED = ("above", "countable", "daily")
#: What a filter is before anybody touches it; the others leave everything in.
_FIRST = {"above": YES, "year": LATEST}
_OFF = "0"
_LONGEST_PART = 40


def written(values: Sequence[object]) -> dict[str, str]:
    """Write the components' values as links do, by the names of NAMES.

    Args:
        values: in the order of NAMES.
    """

    def one(value: object) -> str:
        if isinstance(value, bool):
            return YES if value else ""
        return value if isinstance(value, str) else ""

    return {name: one(value) for name, value in zip(NAMES, values, strict=True)}


def read_choice(given: Mapping[str, str]) -> Choice:
    """Read the filters as a link or the page's components give them.

    Args:
        given: values by the names of NAMES; what is missing leaves everything in.

    Raises:
        QuestionError: a value is none of those that the page offers.
    """
    side, year, kind = (given.get(name, "") for name in ("side", "year", "kind"))
    if side not in ("", *SIDES) or kind not in ("", *KINDS):
        raise QuestionError("筛选条件不对；请回到“要求台账”重新选择，再导出")
    if year not in ("", LATEST) and not (year.isascii() and year.isdigit() and len(year) == 4):
        raise QuestionError("年份不对；请回到“要求台账”重新选择，再导出")
    return Choice(
        side=Side(side) if side else None,
        region=given.get("region", ""),
        with_above=given.get("above", "") == YES,
        latest=year == LATEST,
        year=int(year) if year not in ("", LATEST) else None,
        industry=given.get("industry", ""),
        kind=RequirementKind(kind) if kind else None,
        text=given.get("text", ""),
        countable=given.get("countable", "") == YES,
    )


def say_choice(choice: Choice) -> str:
    """Say the filters in force, for the page and the head of the sheet."""
    region = choice.region + ("（含上级通知）" if choice.with_above else "（不含上级通知）") if choice.region else ""
    industry = f"{choice.industry}（含通用）" if choice.industry else ""
    said = {
        "适用": choice.side.value if choice.side else "",
        "地区": region,
        "年份": "各地最新" if choice.latest else str(choice.year or ""),
        "行业": industry,
        "类别": choice.kind.shown if choice.kind else "",
        "文字": f"“{choice.text}”" if choice.text.strip() else "",
        "只看有具体数字的": "是" if choice.countable else "",
    }
    return "，".join(f"{name} {value}" for name, value in said.items() if value) or "不限"


def to_address(given: Mapping[str, str]) -> str:
    """Write the filters that are not as at first as parts of the page's address (side=企业/region=高平市), encoded.

    Args:
        given: values by the names of NAMES.
    """
    changed = ((name, given.get(name, "")) for name in NAMES if given.get(name, "") != _FIRST.get(name, ""))
    return "/".join(f"{name}={quote(value or _OFF, safe='', errors='replace')}" for name, value in changed)


def from_address(parts: Sequence[str], regions: Sequence[str], years: Sequence[int]) -> tuple[str | bool, ...]:
    """Read the filters from the parts of an address, which anybody may have written; what is unknown is dropped.

    Args:
        parts: decoded parts as to_address writes them.
        regions: places that are offered.
        years: years that are offered.

    Returns:
        Values of the components in the order of NAMES.
    """
    offered = _offered(regions, years)
    given = dict.fromkeys(NAMES, "") | _FIRST
    for part in parts:
        name, _, value = part.partition("=")
        if name == "text":
            given[name] = " ".join(value.split())[:LONGEST_TEXT]
        elif value in offered.get(name, ()):
            given[name] = "" if value == _OFF else str(value)
    return tuple(given[name] == YES if name in CHECKED else given[name] for name in NAMES)


def passed_over(parts: Sequence[str], regions: Sequence[str], years: Sequence[int]) -> tuple[str, ...]:
    """Tell which parts of an address say nothing that is offered, as written and shortened.

    Args:
        parts: decoded parts of an address, which anybody may have written.
        regions: places that are offered.
        years: years that are offered.
    """
    offered = _offered(regions, years)
    pairs = ((part, *part.partition("=")[::2]) for part in parts if part)
    return tuple(
        part[:_LONGEST_PART] for part, name, value in pairs if name != "text" and value not in offered.get(name, ())
    )


def _offered(regions: Sequence[str], years: Sequence[int]) -> Mapping[str, Sequence[str]]:
    """The values of each filter but the words, by its name in an address."""
    return {
        "side": SIDES, "region": regions, "year": (_OFF, LATEST, *map(str, years)), "industry": all_industries(),
        "kind": tuple(KINDS), **dict.fromkeys(CHECKED, (_OFF, YES)),
    }  # fmt: skip
