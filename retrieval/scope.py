"""Which notices a question is asked of: its place and the levels above, its year; what lies outside is refused."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from corpus.model import Document, Level
from corpus.regions import chain, find_region
from retrieval.model import AskedKind, Reading, Scope, Tier


def decide_scope(documents: Sequence[Document], reading: Reading, region: str | None, year: int | None) -> Scope:
    """Decide the scope of a question.

    Args:
        documents: the corpus.
        reading: the question as read; a place or year named in it comes before the selected one.
        region: the selected place, or None.
        year: the selected year, or None.

    Returns:
        A scope with the notices of the place (OWN), of the levels above it (ABOVE) and their older years (OLDER); or
        one with a refusal and no notices, when the corpus has nothing for that place or year.
    """
    scope = _decided(documents, reading, region, year)
    return scope.model_copy(update={"outdated": _outdated(documents, scope)})


def _outdated(documents: Sequence[Document], scope: Scope) -> tuple[str, ...]:
    """The notices in scope whose place has a newer year that is not in scope."""
    current = {one.region for one in _newest(documents) if one.notice in scope.tiers}
    return tuple(
        one.notice for one in documents if one.notice in scope.tiers and one.year and one.region not in current
    )


def _decided(documents: Sequence[Document], reading: Reading, region: str | None, year: int | None) -> Scope:
    if reading.missing_notices:
        held = "、".join(one.notice for one in documents)
        return Scope(refusal=f"资料中没有{'、'.join(reading.missing_notices)}（现有：{held}）", place_given=True)
    if reading.notices:
        named = [one for one in documents if one.notice in reading.notices]
        return _scope(named, [], [], f"问句指明了文号{'、'.join(reading.notices)}", place_given=True)
    years = reading.years or ((year,) if year else ())
    places = _asked_places(documents, reading, region)
    if not places:
        return _anywhere(documents, years)
    own: list[Document] = []
    notes: list[str] = []
    for place in places:
        covering, note = _covering(documents, place)
        if not covering and (reading.kind is AskedKind.COMPARISON or not _any_held(documents, places)):
            return Scope(refusal=note, place_given=True)
        own.extend(one for one in covering if one not in own)
        notes.extend([note] if note else [])
    places = [place for place in places if _covering(documents, place)[0]]
    above = _above(documents, places, own) if len(places) == 1 else []
    if reading.clause is not None:
        above = []
    scope = _by_year(own, above, years, "、".join(places), notes)
    return scope.model_copy(update={"note": "；".join(notes)})


def _asked_places(documents: Sequence[Document], reading: Reading, region: str | None) -> list[str]:
    """The places named, else 省里/市里/县里 taken from the selected place, else the selected place."""
    if reading.places and not reading.relative_place:
        return list(reading.places)
    if reading.relative_place:
        if reading.places:
            region = reading.places[0]
        base = find_region(region) if region else None
        if base is not None:
            named = [one.name for one in chain(base) if one.name.endswith(reading.relative_place)]
            return list(dict.fromkeys([*reading.places, *(named[:1] or [base.name])]))
        levels = dict.fromkeys(
            one.region for one in documents if one.level.value == reading.relative_place and one.region
        )
        return list(levels) if len(levels) == 1 else []
    return [region] if region else []


def _covering(documents: Sequence[Document], place: str) -> tuple[list[Document], str]:
    """The notices of a place: its own, else those of the city above it; none for a place not in the corpus."""
    own = [one for one in documents if one.region == place]
    if own:
        return own, ""
    region = find_region(place)
    held = "、".join(dict.fromkeys(one.region for one in documents if one.region))
    if region is None:
        return [], f"资料中没有{place}的通知（现有：{held}），不能用其他地方的规定回答"
    for upper in chain(region)[1:]:
        if upper.level is Level.CITY and (covering := [one for one in documents if one.region == upper.name]):
            return covering, f"资料中没有{place}本级的通知，以下依据其上级{upper.name}的通知"
    provinces = [one.name for one in chain(region)[1:] if one.level is Level.PROVINCE]
    hint = next(
        (f"；如需{name}的要求，请选择{name}再问" for name in provinces if any(d.region == name for d in documents)), ""
    )
    return [], f"资料中没有{place}的通知（现有：{held}），不能用其他地方的规定回答{hint}"


def _any_held(documents: Sequence[Document], places: Sequence[str]) -> bool:
    """A place beside one of the corpus (翻过山就是河南) only tells where the asker is."""
    return any(document.region in places for document in documents)


def _above(documents: Sequence[Document], places: Sequence[str], own: Sequence[Document]) -> list[Document]:
    """The notices of the levels above a place."""
    region = find_region(places[0])
    if region is None:
        return []
    uppers = {one.name for one in chain(region)[1:]}
    return [one for one in documents if one.region in uppers and one not in own]


def _anywhere(documents: Sequence[Document], years: Iterable[int]) -> Scope:
    """No place named: the newest notices of every place, or those of the year asked for."""
    wanted = tuple(years)
    if wanted:
        chosen = [one for one in documents if one.year in wanted]
        if not chosen:
            return Scope(refusal=_no_year(wanted, documents, ""))
        return _scope(chosen, [], [], f"未指定地区，查{_join_years(wanted)}年的全部通知")
    newest = _newest(documents)
    kept = {one.notice for one in newest}
    older = [one for one in documents if one.notice not in kept]
    return _scope(newest, [], older, "未指定地区和年份，查各地最新的通知")


def _by_year(own: list[Document], above: list[Document], years: Sequence[int], place: str, notes: list[str]) -> Scope:
    why = "；".join([f"查{place}的通知", *notes])
    if years:
        kept = [one for one in own if one.year in years]
        if not kept:
            return Scope(refusal=_no_year(years, own, place), place_given=True)
        upper = [one for one in above if one.year in years]
        return _scope(kept, upper, [], f"{why}，{_join_years(years)}年", place_given=True)
    newest, newest_above = _newest(own), _newest(above)
    kept_notices = {one.notice for one in (*newest, *newest_above)}
    older = [one for one in (*own, *above) if one.notice not in kept_notices]
    return _scope(newest, newest_above, older, f"{why}，最新年份", place_given=True)


def _newest(documents: Sequence[Document]) -> list[Document]:
    latest: dict[str, int] = {}
    for one in documents:
        latest[one.region] = max(latest.get(one.region, 0), one.year or 0)
    return [one for one in documents if (one.year or 0) == latest[one.region]]


def _join_years(years: Iterable[int]) -> str:
    return "、".join(str(year) for year in years)


def _no_year(years: Sequence[int], documents: Sequence[Document], place: str) -> str:
    held = _join_years(sorted({one.year for one in documents if one.year}, reverse=True))
    return f"资料中没有{place}{_join_years(years)}年的通知（现有{held}年），不能用其他年份的规定回答"


def _scope(
    own: Sequence[Document], above: Sequence[Document], older: Sequence[Document], why: str, place_given: bool = False
) -> Scope:
    tiers = {one.notice: Tier.OLDER for one in older} | {one.notice: Tier.ABOVE for one in above}
    tiers |= {one.notice: Tier.OWN for one in own}
    return Scope(
        tiers=tiers,
        regions=tuple(dict.fromkeys(one.region for one in own if one.region)),
        years=tuple(sorted({one.year for one in own if one.year}, reverse=True)),
        why=why,
        place_given=place_given,
    )
