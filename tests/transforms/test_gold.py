"""Tables about firms: names with their kind, the value that is chosen and why, statements and what a name says."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from transforms.capabilities import StatementKind, capabilities_table, tag
from transforms.firms import attributes_table, identifiers_table, names_table, patents_table


def records(**columns: list[object]) -> pl.DataFrame:
    sources = ["a", "b", "c"][: len(next(iter(columns.values())))]
    base: dict[str, list[object]] = {
        "firm_id": ["F1" for _ in sources],
        "source": [*sources],
        "as_of": [date(2026, 1, 1) for _ in sources],
        "record_key": [f"{source}:1" for source in sources],
    }
    return pl.DataFrame(base | columns)


@pytest.mark.parametrize(
    ("columns", "authority", "chosen", "why"),
    [
        ({"homepage": ["x.kr", None]}, {"a": 1, "b": 2}, "x.kr", "only value"),
        ({"homepage": ["x.kr", "x.kr"]}, {"a": 1, "b": 2}, "x.kr", "all agree"),
        ({"homepage": ["x.kr", "y.kr"]}, {"a": 2, "b": 1}, "y.kr", "authority"),
        (
            {"homepage": ["x.kr", "y.kr"], "as_of": [date(2025, 1, 1), date(2026, 1, 1)]},
            {"a": 1, "b": 1},
            "y.kr",
            "newer",
        ),
        ({"homepage": ["x.kr", "y.kr"]}, {"a": 1, "b": 1}, "x.kr", "first in order"),
        ({"region_code": ["41", "41130"]}, {"a": 1, "b": 2}, "41130", "finer place"),
    ],
)
def test_the_rule_that_chose_a_value(
    columns: dict[str, list[object]], authority: dict[str, int], chosen: str, why: str
) -> None:
    shown = attributes_table(records(**columns), authority).filter("is_chosen")
    assert shown.select("value", "rule").row(0) == (chosen, why)


def test_the_choice_does_not_depend_on_the_order_of_records() -> None:
    rows = records(homepage=["x.kr", "y.kr", "z.kr"])
    one, other = (attributes_table(table, {}).sort(pl.all()) for table in (rows, rows.reverse()))
    assert one.equals(other)


def test_former_second_and_english_names() -> None:
    rows = records(
        name=["엘에스일렉트릭(구 엘에스산전)", "가나(GANA)", "다라(주)"], name_en=["LS ELECTRIC", None, None]
    )
    told = {(row["kind"], row["name"]) for row in names_table(rows).to_dicts()}
    assert {("former", "엘에스산전"), ("second", "GANA"), ("english", "LS ELECTRIC"), ("register", "다라(주)")} <= told


def test_a_failed_check_digit_is_a_flag() -> None:
    rows = records(business_no=["1248100998", "1248100999"], register_no=["7", None])
    told = identifiers_table(rows).sort("scheme", "value").select("scheme", "value", "is_checksum_ok").rows()
    assert told == [("a:number", "7", None), ("business_no", "1248100998", True), ("business_no", "1248100999", False)]


KINDS = [
    StatementKind("a", "name", "firm_name", "hint", "sells"),
    StatementKind("a", "products", "product", "strong", "sells"),
]


def statements(name: str, products: str | None) -> pl.DataFrame:
    rows = records(name=[name], products=[products]).with_columns(
        pl.col("products").cast(pl.String), tier=pl.lit("same")
    )
    return capabilities_table(rows, KINDS, tag)


@pytest.mark.parametrize("name", ["(주)유일로보틱스", "가나로봇", "두성로보텍", "Gana Robot Co., Ltd."])
def test_the_name_of_a_robot_maker_is_a_hint(name: str) -> None:
    said = statements(name, None).row(0, named=True)
    assert (said["text"], said["weight_class"]) == (name, "hint")
    assert "industrial_robot" in said["concepts"]


@pytest.mark.parametrize("name", ["엔에스비전", "넥스트소프트", "가나에이아이", "가나로지스"])
def test_names_that_say_too_little_are_no_evidence(name: str) -> None:
    assert statements(name, None).is_empty()


def test_only_names_are_read_so() -> None:
    said = statements("가나다", "완구 로봇").row(0, named=True)
    assert "industrial_robot" not in said["concepts"]


def test_an_application_that_two_registers_tell_of_counts_once() -> None:
    told = records(application_no=["1020200000001", "1020200000001", None], title=["진단 방법", "진단", None])
    assert patents_table(told).select("application_no", "title", "record_key").rows() == [
        ("1020200000001", "진단 방법", "a:1")
    ]
