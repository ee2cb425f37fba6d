"""Selling a technology, using it and making its parts."""

from __future__ import annotations

import polars as pl

from transforms.roles import with_roles


def test_the_source_comes_first_then_the_text_then_the_kind() -> None:
    frame = pl.DataFrame(
        {
            "kind": ["product", "product", "patent", "product", "patent"],
            "role": ["sells", "unknown", "unknown", "unknown", "unknown"],
            "offer": ["uses", "uses", "makes_object", "", ""],
        }
    )
    assert with_roles(frame)["role"].to_list() == ["sells", "uses", "makes_object", "sells", "unknown"]
