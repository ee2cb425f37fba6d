"""Industrial complexes and regions of speech lead to their cities."""

from __future__ import annotations

import pytest

from schemas.reference import load_industrial_complexes
from transforms.regions import find_regions, is_region_code


@pytest.mark.parametrize(
    ("text", "codes", "words"),
    [
        ("시화공단 업체", {"41390", "41270"}, "시화공단"),
        ("반월공단 MES", {"41270"}, "반월공단"),
        ("인천 남동공단 도금", {"28200"}, "인천 남동공단"),
        ("경남 창원국가산단 PLC", {"48120"}, "경남 창원국가산단"),
        ("울산 온산국가산업단지에서", {"31710"}, "울산 온산국가산업단지"),
        ("robots in the Banwol industrial complex", {"41270"}, "the Banwol industrial complex"),
        ("a vendor in Noksan", {"26440"}, "Noksan"),
        ("서남권 업체", {"29", "46"}, "서남권"),
    ],
)
def test_a_complex_gives_its_cities(text: str, codes: set[str], words: str) -> None:
    places = find_regions(text)
    assert {place.code for place in places} == codes
    assert {text[place.start : place.end] for place in places} == {words}


@pytest.mark.parametrize(
    "text", ["첨단 산업단지", "시화전 안내", "염색 공정", "성서 인쇄", "a daebul statue", "문래 업체"]
)
def test_a_word_without_a_complex_is_no_place(text: str) -> None:
    assert find_regions(text) == []


def test_every_complex_lies_in_known_regions() -> None:
    assert all(is_region_code(code) for row in load_industrial_complexes() for code in row.regions)
