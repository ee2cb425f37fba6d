"""Whether a statement's firm sells the technology it names, uses it or makes its parts, where the text says so."""

from __future__ import annotations

from typing import Final

import polars as pl

_OFFERS: Final = ("product", "procurement", "specialty")
"""Kinds of statements that list what a firm offers."""


def with_roles(statements: pl.DataFrame) -> pl.DataFrame:
    """Set `role` of the statements whose source leaves it `unknown`: what the text says (`offer`), else `sells` for
    the kinds that list what a firm offers.

    `statements` has kind, role and offer, which is empty where the text does not say.
    """
    by_kind = pl.when(pl.col("kind").is_in(_OFFERS)).then(pl.lit("sells")).otherwise(pl.lit("unknown"))
    by_text = pl.when(pl.col("offer") != "").then("offer").otherwise(by_kind)
    return statements.with_columns(role=pl.when(pl.col("role") != "unknown").then("role").otherwise(by_text))
