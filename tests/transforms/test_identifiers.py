"""Identifiers: read, checked, found in text."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms import identifiers

Reader = Callable[[pl.Expr], pl.Expr]


def read(reader: Reader, *texts: str | None) -> list[object]:
    return pl.DataFrame({"t": list(texts)}, schema={"t": pl.String}).select(v=reader(pl.col("t")))["v"].to_list()


def business_number(head: str) -> str:
    """Nine digits and the check digit, worked out digit by digit as the rule is published."""
    weights = (1, 3, 7, 1, 3, 7, 1, 3, 5)
    total = sum(w * int(d) for w, d in zip(weights, head, strict=True)) + int(head[8]) * 5 // 10
    return head + str((10 - total % 10) % 10)


def corporate_number(head: str) -> str:
    total = sum((1, 2)[i % 2] * int(d) for i, d in enumerate(head))
    return head + str((10 - total % 10) % 10)


digits = st.text("0123456789", min_size=13, max_size=13)


@given(digits)
def test_layouts_of_a_business_number_read_alike(text: str) -> None:
    number = text[:10]
    layouts = (
        number,
        f"{number[:3]}-{number[3:5]}-{number[5:]}",
        f" {number} ",
        f"{number}.0",
        f"{number[:3]} {number[3:5]} {number[5:]}",
    )
    values = read(identifiers.business_no, *layouts)
    refused = len(set(number)) == 1 or number in ("1234567890", "0123456789")
    assert values == [None if refused else number] * len(layouts)


@given(digits)
def test_check_digits(text: str) -> None:
    good, other = business_number(text[:9]), corporate_number(text[:12])
    assert read(identifiers.business_no_checksum_ok, good, other[:3], None) == [True, None, None]
    assert read(identifiers.corporate_no_checksum_ok, other, None) == [True, None]
    wrong = good[:9] + str((int(good[9]) + 1) % 10)
    assert read(identifiers.business_no_checksum_ok, wrong) == [False]


def test_published_numbers() -> None:
    assert read(identifiers.business_no_checksum_ok, "1248100998", "2208162517", "1234567890") == [True, True, False]
    assert read(identifiers.corporate_no_checksum_ok, "1301110006246", "1101113892240", "1101110042484") == [True] * 3


@pytest.mark.parametrize(
    "text", ["0000000000", "111-11-11111", "미제공", "", "123456789", "12345678901", "12345-67890x", "-"]
)
def test_no_business_number(text: str) -> None:
    assert read(identifiers.business_no, text) == [None]


def test_a_failed_check_is_kept() -> None:
    assert read(identifiers.business_no, "124-81-00999") == ["1248100999"]
    assert read(identifiers.business_no_checksum_ok, "1248100999") == [False]


def test_float_suffix_of_corporate_numbers() -> None:
    assert read(identifiers.corporate_no, "1101115201431.0", "0.0", "110111-5201431") == [
        "1101115201431",
        None,
        "1101115201431",
    ]


def test_stock_codes() -> None:
    values = read(
        identifiers.stock_code, "5930", "A005930", "0130H0", "KRX:005930", "005930.KS", "0130h0", "123456", "12345678"
    )
    assert values == ["005930", "005930", "0130H0", "005930", "005930", "0130H0", None, None]


def test_dart_codes_get_their_zeros_back() -> None:
    assert read(identifiers.dart_code, "126380", "00126380", "01718407") == ["00126380", "00126380", "01718407"]


def test_kinds_of_holder() -> None:
    kinds = read(identifiers.business_kind, "1048112345", "1040112345", "1048512345", "1048212345", "1049012345")
    assert kinds == ["corporation", "sole_trader", "branch", "non_profit", "sole_trader"]


def test_numbers_in_text() -> None:
    found = identifiers.find_identifiers("사업자 124-81-00998, 법인 130111-0006246, 종목 0130H0 그리고 F5CP419KGDP")
    assert found == (
        ("business_no", "1248100998"),
        ("corporate_no", "1301110006246"),
        ("stock_code", "0130H0"),
        ("firm_id", "F5CP419KGDP"),
    )


@pytest.mark.parametrize(
    "text",
    ["하루 300000개 라벨을 검사", "분당 120000rpm 스핀들", "예산 100000000원", "전화 031-000-0000", "0000000000"],
)
def test_quantities_are_no_identifiers(text: str) -> None:
    assert [
        scheme
        for scheme, _ in identifiers.find_identifiers(text)
        if scheme in ("stock_code", "business_no", "corporate_no")
    ] == []
