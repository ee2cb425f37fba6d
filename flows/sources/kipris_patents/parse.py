"""Several applicants stand in one cell; persons among them are left out.

In an edition they are placeholders. In an answer they are not distinguished, so the firm that was asked about counts.
"""

from __future__ import annotations

import polars as pl


def join(editions: dict[str, pl.DataFrame]) -> pl.DataFrame:
    patents = editions["patents"]
    corporate = pl.col("Applicant").str.split("|").list.eval(pl.element().filter(pl.element() != "개인출원인"))
    if "asked_name" not in patents.columns:
        return patents.with_columns(Applicant=corporate.list.first())
    return patents.with_columns(
        Applicant=pl.coalesce("asked_name", corporate.list.first()), _applicant_no=pl.coalesce("asked", "_applicant_no")
    )
