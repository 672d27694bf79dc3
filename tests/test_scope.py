"""Scope: which notices may answer; a filter that matches nothing returns nothing, and neighbours never answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.model import Inquiry, Status
from app.service import Service
from corpus.load import bundled_folder, load_corpus
from corpus.regions import all_regions, chain, find_region
from retrieval.model import AskedKind, Reading, Tier
from retrieval.scope import decide_scope

DOCUMENTS = load_corpus([bundled_folder()]).documents
BY_NOTICE = {document.notice: document for document in DOCUMENTS}
HELD = ("泽州县", "高平市", "山西省", "临汾市")
ZEZHOU, OLDER_ZEZHOU = "泽政发〔2024〕1号", "泽政发〔2023〕1号"
GAOPING, SHANXI, LINFEN = "高政发〔2024〕1号", "晋政发〔2024〕1号", "临政发〔2024〕1号"
REPLIES = tuple(f"临政函〔2024〕{number}号" for number in (11, 12, 13, 14))

NAMES = sorted({region.name for region in all_regions()})


def reading(*places: str, years: tuple[int, ...] = (), relative: str = "") -> Reading:
    """A reading that names places and years and nothing else."""
    return Reading(question="", text="", kind=AskedKind.GENERAL, places=places, years=years, relative_place=relative)


NOTHING = [
    ("太原的燃气检查频次要求", None, None, "太原市"),
    ("太原市燃气归谁管", None, None, "太原市"),
    ("陕西榆林的煤矿有什么要求", None, None, "榆林市"),
    ("晋城市的燃气检查", None, None, "晋城市"),
    ("北京的饭店用煤气罐行不行", None, None, "北京市"),
    ("2019年的燃气要求", None, None, "2019"),
    ("泽州2019年的燃气要求", None, None, "2019"),
    ("泽州2025年的燃气要求", None, None, "2025"),
    ("高平2023年的燃气要求", None, None, "2023"),
    ("2023年的燃气要求", "高平市", None, "2023"),
    ("燃气要求", "高平市", 2023, "2023"),
    ("燃气要求", "临汾市", 2023, "2023"),
    ("太原的燃气检查频次要求", "泽州县", 2024, "太原市"),
]


@pytest.mark.parametrize(("question", "region", "year", "named"), NOTHING)
def test_nothing_outside_the_corpus(
    question: str, region: str | None, year: int | None, named: str, service: Service
) -> None:
    """Another place or year gives no passage at all, and the refusal names it."""
    inquiry = Inquiry(question=question, region=region, year=year)
    found = service.find(inquiry)
    assert found.hits == ()
    assert found.scope.tiers == {}
    assert named in found.scope.refusal
    answer = service.ask(inquiry)
    assert answer.status is Status.OUT_OF_SCOPE
    assert answer.citations == ()
    assert named in answer.text


def test_province_is_offered_below_it(service: Service) -> None:
    """For another city of a province whose notice is held the refusal offers the province; elsewhere it does not."""
    assert "选择山西省" in service.find(Inquiry(question="太原的燃气检查")).scope.refusal
    assert "山西省再问" not in service.find(Inquiry(question="榆林的煤矿检查")).scope.refusal


@pytest.mark.parametrize("county", ["洪洞县", "尧都区", "襄汾县", "侯马市"])
def test_county_under_a_covered_city(county: str, service: Service) -> None:
    """A county without a notice of its own is answered from its city's, and that is said."""
    found = service.find(Inquiry(question=f"{county}的燃气归谁管"))
    assert found.scope.regions == ("临汾市",)
    assert county in found.scope.why
    assert "临汾市" in found.scope.why
    assert found.scope.tiers == {
        LINFEN: Tier.OWN, SHANXI: Tier.ABOVE, **dict.fromkeys(REPLIES, Tier.OWN)
    }  # fmt: skip


TIERS = [
    ("泽州县", None, {ZEZHOU: Tier.OWN, SHANXI: Tier.ABOVE, OLDER_ZEZHOU: Tier.OLDER}),
    ("泽州县", 2024, {ZEZHOU: Tier.OWN, SHANXI: Tier.ABOVE}),
    ("泽州县", 2023, {OLDER_ZEZHOU: Tier.OWN}),
    ("高平市", None, {GAOPING: Tier.OWN, SHANXI: Tier.ABOVE}),
    ("山西省", None, {SHANXI: Tier.OWN}),
    ("临汾市", None, {LINFEN: Tier.OWN, SHANXI: Tier.ABOVE, **dict.fromkeys(REPLIES, Tier.OWN)}),
]


@pytest.mark.parametrize(("region", "year", "tiers"), TIERS)
def test_tiers(region: str, year: int | None, tiers: dict[str, Tier], service: Service) -> None:
    """The place's own notices come first, then those above it, then older years; all hits are of these."""
    found = service.find(Inquiry(question="燃气归谁管", region=region, year=year), k=100)
    assert found.scope.tiers == tiers
    assert found.hits
    assert {hit.notice for hit in found.hits} <= set(tiers)
    assert all(hit.tier is tiers[hit.notice] for hit in found.hits)


def test_no_place_asks_the_newest_of_all(service: Service) -> None:
    """Without place and year every place's newest notices are asked; older years stand back."""
    scope = service.find(Inquiry(question="燃气归谁管")).scope
    newest = {ZEZHOU, GAOPING, SHANXI, LINFEN, *REPLIES}
    assert {notice for notice, tier in scope.tiers.items() if tier is Tier.OWN} == newest
    assert {notice for notice, tier in scope.tiers.items() if tier is Tier.OLDER} == {OLDER_ZEZHOU}
    assert set(scope.regions) == set(HELD)
    assert not scope.place_given


def test_named_place_comes_before_the_selected_one(service: Service) -> None:
    """A place and year in the question win over the selectors."""
    scope = service.find(Inquiry(question="泽州2023年燃气归谁管", region="高平市", year=2024)).scope
    assert scope.tiers == {OLDER_ZEZHOU: Tier.OWN}
    assert (scope.regions, scope.years) == (("泽州县",), (2023,))


def test_two_places_are_both_own(service: Service) -> None:
    """Of two places named neither is above the other, and the province stays out."""
    scope = service.find(Inquiry(question="泽州和高平的燃气有什么区别")).scope
    assert {notice for notice, tier in scope.tiers.items() if tier is Tier.OWN} == {ZEZHOU, GAOPING}
    assert SHANXI not in scope.tiers


@pytest.mark.parametrize(
    ("said", "region", "regions"),
    [
        ("省里", "泽州县", ("山西省",)),
        ("全省", "临汾市", ("山西省",)),
        ("省里", None, ("山西省",)),
        ("市里", "临汾市", ("临汾市",)),
        ("县里", "泽州县", ("泽州县",)),
        ("县里", None, HELD),
    ],
)
def test_relative_place(said: str, region: str | None, regions: tuple[str, ...], service: Service) -> None:
    """省里, 市里 and 县里 are taken from the selected place; with several counties and none selected, all are asked."""
    assert set(service.find(Inquiry(question=f"{said}对燃气怎么要求", region=region)).scope.regions) == set(regions)


def test_relative_city_without_notice(service: Service) -> None:
    """市里 of 泽州县 is 晋城市, which has no notice: nothing is answered, least of all from 临汾市."""
    found = service.find(Inquiry(question="市里对燃气怎么要求", region="泽州县"))
    assert found.hits == ()
    assert "晋城市" in found.scope.refusal


def test_notice_by_number(service: Service) -> None:
    """A 文号 in the question is the whole scope, whatever is selected."""
    found = service.find(Inquiry(question="临政函〔2024〕14号批的是啥", region="泽州县", year=2024))
    assert found.scope.tiers == {"临政函〔2024〕14号": Tier.OWN}
    assert {hit.notice for hit in found.hits} == {"临政函〔2024〕14号"}


def test_clause_number_that_is_not_there(service: Service) -> None:
    """A clause number beyond the notice's last one finds nothing and is answered with no clause."""
    inquiry = Inquiry(question="第九十条是什么", region="泽州县")
    assert service.find(inquiry).hits == ()
    answer = service.ask(inquiry)
    assert answer.status is Status.NOT_STIPULATED
    assert answer.citations == ()


@given(name=st.sampled_from(NAMES), years=st.lists(st.integers(2015, 2030), max_size=2).map(tuple), named=st.booleans())
def test_neighbours_are_never_in_scope(name: str, years: tuple[int, ...], named: bool) -> None:
    """Whatever place of the table and years are asked for: only notices of the place's chain, and of those years."""
    year = years[0] if years and not named else None
    asked = reading(*([name] if named else []), years=years if named else ())
    scope = decide_scope(DOCUMENTS, asked, None if named else name, year)
    region = find_region(name)
    assert region is not None
    over = {one.name for one in chain(region)}
    assert {BY_NOTICE[notice].region for notice in scope.tiers} <= over
    if years:
        assert {BY_NOTICE[notice].year for notice in scope.tiers} <= set(years)
    assert bool(scope.tiers) != bool(scope.refusal)
    assert scope.place_given or scope.refusal


@given(first=st.sampled_from(NAMES), second=st.sampled_from(NAMES), year=st.sampled_from([None, 2019, 2023, 2024]))
def test_two_places_never_reach_a_third(first: str, second: str, year: int | None) -> None:
    """Of two places only their own chains are asked; no level above two that are both in the corpus."""
    scope = decide_scope(DOCUMENTS, reading(first, second), None, year)
    regions = [find_region(name) for name in (first, second)]
    over = {one.name for region in regions if region for one in chain(region)}
    assert {BY_NOTICE[notice].region for notice in scope.tiers} <= over
    if {first, second} <= {document.region for document in DOCUMENTS}:
        assert all(tier is not Tier.ABOVE for tier in scope.tiers.values())


@given(selected=st.sampled_from(NAMES), level=st.sampled_from(["省", "市", "县"]))
def test_relative_places_stay_in_the_chain(selected: str, level: str) -> None:
    """省里, 市里 and 县里 never leave the chain of the selected place."""
    scope = decide_scope(DOCUMENTS, reading(relative=level), selected, None)
    region = find_region(selected)
    assert region is not None
    assert {BY_NOTICE[notice].region for notice in scope.tiers} <= {one.name for one in chain(region)}


@pytest.mark.parametrize("name", [region.name for region in all_regions() if region.code.startswith("14")])
def test_every_place_of_the_province(name: str) -> None:
    """Each place of 山西 one by one: its own notice, else its city's, else nothing."""
    region = find_region(name, within="140000")
    assert region is not None
    scope = decide_scope(DOCUMENTS, reading(name), None, None)
    over = [one.name for one in chain(region)]
    own = [BY_NOTICE[notice].region for notice, tier in scope.tiers.items() if tier is Tier.OWN]
    covered = next((one for one in over if one in HELD and (one == name or one != "山西省")), None)
    assert set(own) == ({covered} if covered else set())
