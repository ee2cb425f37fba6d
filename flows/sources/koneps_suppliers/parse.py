"""Suppliers with the products they supply; contracts, one row a contractor."""

from __future__ import annotations

import polars as pl

# The reference names the column in Korean only (세부품명); both spellings of the service's other operations are taken.
_PRODUCT_NAMES = ("dtilPrdctClsfcNoNm", "prdctClsfcNoNm")
_PARTY = r"\[([^\]]*)\]"


def join(editions: dict[str, pl.DataFrame]) -> pl.DataFrame:
    suppliers = editions["suppliers"].with_columns(grain=pl.lit("suppliers"))
    if "products" in editions:
        named = [name for name in _PRODUCT_NAMES if name in editions["products"].columns]
        if not named:
            raise pl.exceptions.ColumnNotFoundError(_PRODUCT_NAMES[0])
        supplied = editions["products"].select("bizno", product=pl.coalesce(named)).drop_nulls().unique()
        products = supplied.sort("bizno", "product").group_by("bizno").agg(products=pl.col("product").str.join(", "))
        suppliers = suppliers.join(products, on="bizno", how="left", maintain_order="left")
    if "contracts" not in editions:
        return suppliers
    # Parties stand in one cell: [1^main^alone^name^representative^country^share^..^business number][2^...]
    parties = editions["contracts"].with_columns(party=pl.col("corpList").str.extract_all(_PARTY)).explode("party")
    cells = pl.col("party").str.strip_chars("[]").str.split("^")
    contracts = parties.select(
        "_line",
        "_file",
        "as_of",
        "cntrctNm",
        "untyCntrctNo",
        "cntrctInsttNm",
        "totCntrctAmt",
        dated="cntrctCnclsDate",
        corpNm=cells.list.get(3, null_on_oob=True),
        bizno=cells.list.last(),
        grain=pl.lit("contracts"),
    )
    return pl.concat([suppliers, contracts], how="diagonal")
