"""Places: addresses to codes, places in sentences, every generation of names and codes."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.reference import load_regions
from transforms import regions

ROWS = load_regions()
DISTRICTS = [row for row in ROWS if len(row.code) == 5 and row.code != "36110"]
PROVINCES = {row.code: row for row in ROWS if len(row.code) == 2}


def code(address: str) -> str | None:
    return pl.DataFrame({"a": [address]}).select(c=regions.region_code(pl.col("a"))).item()


def found(text: str) -> list[tuple[str, str]]:
    return [(place.code, text[place.start : place.end]) for place in regions.find_regions(text)]


def test_seventeen_provinces_and_their_districts() -> None:
    assert len(PROVINCES) == 17
    assert len({row.code for row in ROWS}) == len(ROWS)
    assert all(row.code[:2] in PROVINCES for row in ROWS)


@given(
    st.sampled_from(DISTRICTS),
    st.sampled_from([" ", "  "]),
    st.sampled_from([" 가상로 12", "", " 가상동 1-2 (가상빌딩)"]),
)
def test_every_district_under_every_name_of_its_province(row: object, gap: str, rest: str) -> None:
    province = PROVINCES[row.code[:2]]  # type: ignore[attr-defined]
    for name in (province.name, province.short, *(a for a in province.aliases if not a.isascii())):
        assert code(f"{name}{gap}{row.name}{rest}") == row.code  # type: ignore[attr-defined]


@given(st.sampled_from(ROWS))
def test_codes_present_and_former(row: object) -> None:
    assert code(row.code) == row.code  # type: ignore[attr-defined]
    assert regions.is_region_code(row.code)  # type: ignore[attr-defined]
    for former in row.former_codes:  # type: ignore[attr-defined]
        assert code(former) == row.code  # type: ignore[attr-defined]
        assert not regions.is_region_code(former)


@given(st.text(max_size=60))
def test_any_text_has_a_code_or_none(text: str) -> None:
    assert (value := code(text)) is None or regions.is_region_code(value)
    for place in regions.find_regions(text):
        assert 0 <= place.start < place.end <= len(text)
        assert regions.is_region_code(place.code)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("경기도 성남시 분당구 가상로 1 (가상동)", "41135"),
        ("서울특별시강남구 테헤란로 1", "11680"),
        ("경기 성남", "41130"),
        ("경기", "41"),
        ("(13494) 경기도 성남시 분당구", "41135"),
        ("우 06123 서울 강남구", "11680"),
        ("대한민국 부산시 강서구", "26440"),
        ("성남시", "41130"),
        ("천안시동남구", "44131"),
        ("경남 창원시마산합포구", "48125"),
        ("마산시 합포구", "48120"),
        ("창원 성산구", "48123"),
        ("경상북도 군위군", "27720"),
        ("대구 군위군", "27720"),
        ("강원도 원주시", "51130"),
        ("전라북도 군산시", "52130"),
        ("충청남도 연기군 전의면", "36110"),
        ("광주시 초월읍", "41610"),
        ("광주시 북구", "29170"),
        ("광주", "29"),
        ("경기도 광주시", "41610"),
        ("경기도 포천군", "41650"),
        ("화성시 동탄구", "41597"),
        ("경기 화성시 동탄대로", "41590"),
        ("인천 서해구", "28260"),
        ("인천 제물포구", "28125"),
        ("부천시 원미구", "41192"),
        ("전남광주통합특별시 목포시", "46110"),
        ("전남광주통합특별시 광산구", "29200"),
        ("세종특별자치시 조치원읍", "36110"),
        ("123 Teheran-ro, Gangnam-gu, Seoul", "11680"),
        ("Bundang-gu, Seongnam-si, Gyeonggi-do", "41135"),
        ("Pusan", "26"),
        ("인천공항로 12", None),
        ("서울대학교", None),
        ("홍콩", None),
        ("고성군", None),
        ("중구", None),
        ("", None),
        ("전남광주통합특별시", None),
        ("일본 도쿄", None),
    ],
)
def test_addresses(address: str, expected: str | None) -> None:
    assert code(address) == expected


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("부울경에 있는 업체", ["26", "31", "48"]),
        ("수도권 머신비전", ["11", "28", "41"]),
        ("충청권", ["30", "36", "43", "44"]),
        ("호남지역 업체", ["29", "46", "52"]),
        ("영남 쪽", ["26", "27", "31", "47", "48"]),
        ("대구에 있는 로봇", ["27"]),
        ("경남 창원 쪽", ["48120"]),
        ("창원공장에서", ["48120"]),
        ("서울 강남구와 인천", ["11680", "28"]),
        ("광주·전남", ["29", "46"]),
        ("near Ulsan or Busan", ["31", "26"]),
        ("a firm in Gyeonggi-do", ["41"]),
        ("Changwon", ["48120"]),
        ("42", ["51"]),
        ("화성 탐사", []),
        ("하중 검사", []),
        ("부산물 처리", []),
        ("서울대학교", []),
        ("장수 부품", []),
        ("동해 물과", []),
        ("이천 개", []),
        ("in use", []),
    ],
)
def test_places_in_sentences(text: str, codes: list[str]) -> None:
    assert [place for place, _ in found(text)] == codes


def test_places_say_where_they_stand() -> None:
    assert found("저희는 경남 창원시에서 일합니다") == [("48120", "경남 창원시")]


def test_names_of_a_region() -> None:
    assert regions.short_region("41135", "ko") == "경기 성남시 분당구"
    assert regions.short_region("41135", "en") == "Bundang-gu, Seongnam-si, Gyeonggi"
    assert regions.short_region(None, "ko") is None
    assert regions.short_region("99", "ko") is None
    frame = pl.DataFrame({"c": ["41135", "36110", "11", None]}).select(n=regions.region_name(pl.col("c"), "ko"))
    assert frame["n"].to_list() == ["경기도 성남시 분당구", "세종특별자치시", "서울특별시", None]


def test_a_public_address_says_no_more_than_the_district() -> None:
    frame = pl.DataFrame({"a": ["경기 성남시 분당구 가상로 1, 101동 1001호", "어디인지 모름"]}).select(
        p=regions.public_address(pl.col("a"))
    )
    assert frame["p"].to_list() == ["경기도 성남시 분당구", None]


def test_a_city_covers_its_districts() -> None:
    frame = pl.DataFrame({"c": ["41135", "41130", "11680", "27200", "11"]}).select(c=regions.city_code(pl.col("c")))
    assert frame["c"].to_list() == ["41130", "41130", "11680", "27200", "11"]
    assert regions.covered_codes("41590") == ["41590", "41591", "41593", "41595", "41597"]
    assert regions.covered_codes("27200") == ["27200"]
