"""Selling a technology and using it."""

from __future__ import annotations

import polars as pl
import pytest

from transforms.concepts import default_matcher
from transforms.roles import is_used, with_roles


@pytest.mark.parametrize(
    ("text", "used"),
    [
        ("산업용 로봇을 이용한 자동차 부품", True),
        ("머신비전을 활용한 김치 포장", True),
        ("빅데이터 기반 화장품", True),
        ("parts made with industrial robots", True),
        ("MES 도입 기업", True),
        ("산업용 로봇 도입 완료", True),
        ("AI 기반 머신비전 검사장비", False),
        ("산업용 로봇", False),
        ("클라우드 기반 MES", False),
        ("machine vision inspection using deep learning", False),
        ("자동차 부품", False),
        ("딥러닝을 이용한 머신비전 검사기", False),
    ],
)
def test_means_and_ends(text: str, used: bool) -> None:
    assert is_used(text, default_matcher().mentions(text)) is used


def test_what_the_source_says_comes_first() -> None:
    texts = ["산업용 로봇을 이용한 자동차 부품"] * 3 + ["산업용 로봇"]
    frame = pl.DataFrame(
        {
            "text": texts,
            "kind": ["product", "product", "patent", "product"],
            "role": ["sells", "unknown", "unknown", "unknown"],
        }
    ).with_columns(concepts=pl.lit(["industrial_robot"]))
    assert with_roles(frame)["role"].to_list() == ["sells", "uses", "uses", "sells"]
