"""Coverage of the registered suppliers, for the page /data/coverage and the command line."""

from __future__ import annotations

import polars as pl

from schemas.lake import Snapshot
from transforms import names
from transforms.coverage import Coverage, coverage

REGISTERS = ("smart_factory_suppliers",)
_TABLES = ("firms", "identifiers", "capabilities", "links", "open_pairs")


def registered_coverage(snapshot: Snapshot) -> Coverage:
    """Coverage of the firms in the register of smart-factory suppliers."""
    sources = [name for name in snapshot.manifest.tables if name.startswith("sources/")]
    parts = []
    for name in sources:
        table = snapshot.table(name)
        region = pl.col("region_code") if "region_code" in table.columns else pl.lit(None, pl.String)
        parts.append(table.select("record_key", match_key=names.match_key(pl.col("name")), region_code=region))
    return coverage(snapshot.name, REGISTERS, {name: snapshot.table(name) for name in _TABLES}, pl.concat(parts))
