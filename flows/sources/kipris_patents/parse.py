"""Several applicants stand in one cell; persons among them are placeholders and are left out."""

from __future__ import annotations

import polars as pl


def join(editions: dict[str, pl.DataFrame]) -> pl.DataFrame:
    corporate = pl.col("Applicant").str.split("|").list.eval(pl.element().filter(pl.element() != "개인출원인"))
    return editions["patents"].with_columns(Applicant=corporate.list.first())
