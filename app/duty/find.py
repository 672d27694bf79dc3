"""Find an office by a name that people use: 应急局, 泽州县应急局, 消防队, 住建部门, 街道办."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.duty.model import Duties, NoticeDuties, OfficeDuties
from corpus.agencies import Office, everyday_name, read_office, short_names

_SHORTEST = 2
_FORM = re.compile("(局|厅|委|办|队)")
#: The office that a branch belongs to: 生态环境局 of 生态环境局泽州分局.
_HEAD = re.compile("[^、]{2,}?局(?=.+[局处队所站]$)")


def find_office(duties: NoticeDuties, name: str) -> OfficeDuties | None:
    """Find an office of a notice.

    Args:
        duties: the notice's offices.
        name: as people write it; a level that it names (县, 市, 省) must be the office's own.

    Returns:
        The office with that canonical name; else the only one for the same thing; None when none is, or several are.
    """
    asked = read_office(name, duties.region)
    if exact := duties.office(asked.name):
        return exact
    offices = [(one, _read(one, duties.region)) for one in duties.everyone]
    offices = [(one, office) for one, office in offices if asked.level in ("", office.level)]
    for is_near in (_is_same, _is_housed, _is_alike, _begins_alike):
        near = [one for one, office in offices if is_near(office, asked)]
        if near:
            return near[0] if len(near) == 1 else None
    return None


def find_offices(notices: Sequence[NoticeDuties], name: str) -> list[tuple[NoticeDuties, OfficeDuties]]:
    """Find an office in each notice that has it; a 厅 stands for a 局 only where no notice has the 局.

    Args:
        notices: the notices.
        name: as people write it.
    """
    found = [(one, office) for one in notices if (office := find_office(one, name))]
    alike = [pair for pair in found if not (name.endswith("局") and pair[1].key.endswith("厅"))]
    return alike or found


def _read(office: OfficeDuties, place: str) -> Office:
    """The office with all names that any writing of it has in brackets."""
    written = [read_office(name, place) for name in (office.name, *office.aliases)]
    return written[0].model_copy(update={"housed": tuple(name for one in written for name in one.housed)})


def _is_same(office: Office, asked: Office) -> bool:
    return office.body == asked.body


def _is_housed(office: Office, asked: Office) -> bool:
    """商务局 in 工信局（商务局）, 街道办事处 in 乡镇人民政府（街道办事处）."""
    return asked.body in office.housed


def _is_alike(office: Office, asked: Office) -> bool:
    """发改委 and 发改局, 消防队 and 消防救援支队: one form or another of the same thing."""
    return office.stem == asked.stem and not office.is_group


def _begins_alike(office: Office, asked: Office) -> bool:
    """自然资源局 and 规划和自然资源局, 生态环境局 and 生态环境局泽州分局."""
    stem = asked.stem
    if len(stem) < _SHORTEST or not _FORM.search(asked.body) or office.is_group or stem == asked.body:
        return False
    return office.stem.endswith(f"和{stem}") or office.body.startswith(asked.body)


class OfficeNames:
    """The names that offices go by in questions, for finding one in a text."""

    def __init__(self, duties: Duties) -> None:
        """Collect the names of all offices, those of the notices and those of everyday use."""
        names = {
            name for one in duties.notices for office in one.everyone for name in names_of(office, one.region)
        }  # fmt: skip
        longest = sorted((re.escape(name) for name in names if len(name) >= _SHORTEST), key=len, reverse=True)
        self._pattern = re.compile(f"(?:国家|[省市县区](?:级|直)?)?(?:{'|'.join(longest)})") if longest else None

    def find(self, text: str) -> list[tuple[int, int]]:
        """Where names of offices stand in a text, in order."""
        return [match.span() for match in self._pattern.finditer(text)] if self._pattern else []


def names_of(office: OfficeDuties, place: str) -> Sequence[str]:
    """Find an office's names, with and without the level, those of the office it is a branch of, and 住建部门."""
    read = _read(office, place)
    heads = [match[0] for match in [_HEAD.match(read.body)] if match and not read.is_group]
    bodies = [read.body, *read.housed, *heads]
    names = [office.name, *office.aliases, everyday_name(office.name, place), *bodies, *short_names(bodies)]
    if not read.is_group and read.stem != read.body:
        names.append(f"{read.stem}局")
    bare = {name.removeprefix("各").removeprefix(read.level) for name in names} | {
        name.removeprefix("各") for name in names
    }
    return [*bare, *(f"{name[:-1]}部门" for name in bare if name.endswith(("局", "厅")))]
