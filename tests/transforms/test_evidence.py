"""Evidence beside names and places: registry offices, trades, what registers share, characters and numbers in names."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from schemas.reference import load_hanja, load_registry_offices
from transforms import identifiers, names, regions, sounds, trades
from transforms.linking import link
from transforms.linking.cluster import weighed_pairs
from transforms.linking.prepare import prepared

RARE = "블랙야크아이앤씨"
BUSAN_OFFICE, SEOUL_OFFICE = "1801110001234", "1101110001234"
BUSAN = "부산광역시 사하구 다대로 1066"


def table(rows: list[dict[str, Any]]) -> pl.DataFrame:
    columns: dict[str, type[pl.DataType]] = {
        **dict.fromkeys(("record_key", "name", "address", "corporate_no", "homepage", "products"), pl.String),
        "is_supplier": pl.Boolean,
        "established": pl.Date,
    }
    frame = pl.DataFrame([{name: row.get(name) for name in columns} for row in rows], schema=columns)
    source = pl.col("record_key").str.split(":").list.first()
    return frame.with_columns(source=source, region_code=regions.region_code(pl.col("address")))


def weighed(*rows: dict[str, Any]) -> dict[str, Any]:
    """Rule and score of the one pair that is worth something."""
    return weighed_pairs(prepared(table(list(rows)))).row(0, named=True)


def test_offices_lie_where_most_they_registered_are() -> None:
    offices = load_registry_offices()
    assert (offices["1101"], offices["1801"], offices["1201"], offices["1348"]) == ("11", "26", "28", "41")
    assert all(len(office) == 4 and len(province) == 2 for office, province in offices.items())
    assert pl.select(identifiers.registry_office(pl.lit(BUSAN_OFFICE))).item() == "1801"


def test_a_rare_name_registered_where_the_firm_is_probably_is_the_firm() -> None:
    pair = weighed(
        {"record_key": "a:1", "name": RARE, "address": BUSAN},
        {"record_key": "b:1", "name": f"(주){RARE}", "corporate_no": BUSAN_OFFICE},
    )
    assert pair["rule"] == "name+registry_office"
    assert pair["tier"] == "probable"


@pytest.mark.parametrize(
    ("name", "number"),
    [(RARE, SEOUL_OFFICE), ("한성테크", BUSAN_OFFICE), (RARE, "9999110001234")],
)
def test_registered_elsewhere_or_a_common_name_joins_nobody(name: str, number: str) -> None:
    rows = [
        {"record_key": "a:1", "name": name, "address": BUSAN},
        {"record_key": "b:1", "name": name, "corporate_no": number},
    ]
    assert link(table(rows)).records["cluster"].n_unique() == 2


def test_the_office_is_no_place_of_a_record_that_has_one() -> None:
    rows = table([{"record_key": "a:1", "name": RARE, "address": BUSAN, "corporate_no": SEOUL_OFFICE}])
    assert prepared(rows).select("province", "seat").row(0) == ("26", "26")


def test_the_office_alone_is_never_sure() -> None:
    rows = [{"record_key": f"a:{n}", "name": f"{RARE}{chr(0xAC00 + 28 * n)}람", "address": BUSAN} for n in range(60)]
    other = [{**row, "record_key": f"b:{n}", "corporate_no": f"180111{n:07d}"} for n, row in enumerate(rows)]
    pairs = weighed_pairs(prepared(table(rows + [{**row, "address": None} for row in other])))
    found = pairs.filter(pl.col("rule") == "name+registry_office")
    assert found.height == 60
    assert set(found["tier"]) == {"probable"}


@pytest.mark.parametrize(
    ("products", "industry", "told"),
    [
        ("MES, 스마트공장 솔루션", None, True),
        ("AI 협업", None, True),
        (None, "응용 소프트웨어 개발 및 공급업", True),
        ("냉동식품", "기타 식료품 제조업", False),
        ("AIR FILTER", None, False),
        (None, None, None),
    ],
)
def test_products_that_are_technology(products: str | None, industry: str | None, told: bool | None) -> None:
    frame = pl.DataFrame({"p": [products], "i": [industry]}, schema={"p": pl.String, "i": pl.String})
    assert frame.select(trades.is_technical("p", "i")).item() is told


def test_the_trade_of_a_registered_supplier_speaks_for_and_against() -> None:
    supplier = {"record_key": "a:1", "name": RARE, "address": BUSAN, "is_supplier": True}
    venture = {"record_key": "b:1", "name": RARE, "address": "부산"}
    silent = weighed(supplier, venture)
    fits = weighed(supplier, {**venture, "products": "공장 자동화 소프트웨어"})
    not_theirs = weighed(supplier, {**venture, "products": "조미김"})
    assert (silent["rule"], fits["rule"], not_theirs["rule"]) == (
        "name+province",
        "name+province+trade",
        "name+province",
    )
    assert fits["score"] > silent["score"] > not_theirs["score"]


def test_a_trade_is_no_evidence_between_two_records_of_suppliers_or_of_none() -> None:
    pair = [
        {"record_key": "a:1", "name": RARE, "address": BUSAN, "products": "로봇 자동화"},
        {"record_key": "b:1", "name": RARE, "address": "부산"},
    ]
    assert weighed(*pair)["rule"] == "name+province"
    assert weighed(*({**row, "is_supplier": True} for row in pair))["rule"] == "name+province"


def registers(shared: int, only: int) -> list[dict[str, Any]]:
    """Two registers of which the second has `shared` firms of the first and each has `only` of its own."""
    syllables = [chr(0xAC00 + 28 * n) for n in range(shared + 2 * only)]
    firms = [{"name": f"{a}온{b}람", "address": BUSAN} for a, b in zip(syllables, reversed(syllables), strict=True)]
    first = [{**firm, "record_key": f"a:{n}"} for n, firm in enumerate(firms[: shared + only])]
    second = [{**firm, "record_key": f"b:{n}"} for n, firm in enumerate(firms[:shared] + firms[shared + only :])]
    return first + second


def test_registers_that_share_most_firms_make_a_name_worth_more() -> None:
    scores = []
    for shared in (40, 10):
        pairs = weighed_pairs(prepared(table(registers(shared, 50 - shared))))
        assert pairs.filter(pl.col("score") > 0.5).height == shared
        scores.append(float(pairs["score"].to_numpy().max()))
    assert scores[0] > scores[1]


def test_a_register_that_lists_firms_once_means_two_by_two_equal_entries() -> None:
    rows = registers(60, 10)
    twice = {**rows[0], "record_key": "a:twice", "established": date(2001, 1, 1)}
    linked = link(table([*rows, twice]))
    labels = dict(linked.records.select("record_key", "cluster").iter_rows())
    assert labels["a:0"] != labels["a:twice"]
    assert {"a:0", "a:twice"} <= set(linked.open_pairs["left"]) | set(linked.open_pairs["right"])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("三星電子(株)", "삼성전자"),
        ("株式會社 大韓電線", "(주)대한전선"),
        ("李氏商會", "이씨상회"),
        ("利川電子", "이천전자"),
    ],
)
def test_chinese_characters_are_read_in_korean(one: str, other: str) -> None:
    keys = pl.DataFrame({"name": [one, other]}).select(sounds.spoken_key(names.bare_name(pl.col("name"))))
    assert keys["name"].n_unique() == 1


def test_a_character_has_one_reading_of_one_syllable() -> None:
    assert all(len(reading) == 1 and "가" <= reading <= "힣" for reading in load_hanja().values())


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("21세기", "이십일세기"),
        ("3m", "쓰리m"),
        ("1001", "천일"),
        ("2080", "이천팔십"),
        ("007", "공공칠"),
        ("가나", None),
    ],
)
def test_numbers_are_read(name: str, read: str | None) -> None:
    assert pl.select(sounds.spoken_numbers(pl.lit(name))).item() == read


def test_a_name_with_its_number_spelled_out_is_found() -> None:
    shared = {"address": BUSAN, "homepage": "onefirm.co.kr"}
    rows = [{"record_key": "a:1", "name": "한국3M", **shared}, {"record_key": "b:1", "name": "한국쓰리엠", **shared}]
    linked = link(table(rows)).records
    assert linked["cluster"].n_unique() == 1
    assert set(linked["strongest_rule"]) == {"second_name+address+homepage"}
