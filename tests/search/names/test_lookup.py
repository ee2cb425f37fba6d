"""Look-ups know their place: a region and a technology are no firm's name, and what is marked as met was checked."""

from __future__ import annotations

from itertools import product

import pytest

from schemas.lake import Lake
from search.service import SearchService

PLACES = ["서울", "부산", "대구", "인천", "광주", "대전", "울산", "경기", "경남", "창원", "수도권"]
TECHNOLOGIES = ["PLC", "MES", "로봇", "비전검사", "WMS", "센서", "AGV", "ERP", "디지털트윈", "FEMS"]


@pytest.fixture(scope="module")
def service(small_lake: str) -> SearchService:
    return SearchService.current(Lake(small_lake))


@pytest.mark.parametrize("place", PLACES)
def test_a_region_and_a_technology_are_answered_by_firms_there(service: SearchService, place: str) -> None:
    for technology in TECHNOLOGIES:
        text = f"{place} {technology}"
        chosen = service.select(text)
        assert not chosen.looked_up, text
        allowed = service.passing(chosen.applied).mask
        assert chosen.applied.region, text
        assert all(allowed[row] for row in chosen.order[:10]), text


@pytest.mark.parametrize(("technology", "place"), product(["PLC", "MES"], ["창원", "수도권"]))
def test_the_region_that_is_told_as_met_is_that_of_the_firm(
    service: SearchService, technology: str, place: str
) -> None:
    answer = service.search(f"{place} {technology}", limit=20)
    for hit in answer.hits:
        row = service.columns.row_of[hit.firm_id]
        inside = any(service.columns.firms_in(code)[row] for code in answer.applied.region)
        assert inside == any(told.startswith("지역:") for told in hit.met)
        assert hit.region


def test_a_firm_is_still_found_by_its_name_and_its_number(service: SearchService) -> None:
    firm = service.columns.firms.filter(service.columns.firms["name"].str.contains("메탈프린팅")).row(0, named=True)
    assert service.search(firm["name"], limit=1).hits[0].firm_id == firm["firm_id"]
    assert service.search(firm["firm_id"], limit=1).hits[0].firm_id == firm["firm_id"]
