"""Two files of one register: corporations, and the applicant numbers given to them."""

from __future__ import annotations

import polars as pl


def join(editions: dict[str, pl.DataFrame]) -> pl.DataFrame:
    numbers = editions["applicants"].select("applicant_no", company_seq="app_seq").sort("applicant_no")
    first = numbers.unique("company_seq", keep="first", maintain_order=True)
    return editions["companies"].join(first, on="company_seq", how="left", maintain_order="left")
