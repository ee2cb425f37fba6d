"""Coverage of the registered suppliers, for the page /data/coverage and the command line."""

from __future__ import annotations

import polars as pl

from schemas.lake import Snapshot
from transforms import names
from transforms.coverage import Coverage, coverage

REGISTERS = ("smart_factory_suppliers",)
_TABLES = {
    "firms": ["firm_id", "status"],
    "identifiers": ["firm_id", "scheme"],
    "capabilities": ["firm_id", "weight_class", "source", "tier"],
    "links": ["firm_id", "record_key", "tier"],
    "open_pairs": ["left", "right"],
}


def registered_coverage(snapshot: Snapshot) -> Coverage:
    """Coverage of the firms in the register of smart-factory suppliers."""
    sources = [name for name in snapshot.manifest.tables if name.startswith("sources/")]
    parts = []
    for name in sources:
        table = snapshot.scan(name)
        placed = "region_code" in table.collect_schema()
        region = pl.col("region_code") if placed else pl.lit(None, pl.String)
        keys = table.select("record_key", match_key=names.match_key(pl.col("name")), region_code=region)
        parts.append(keys.collect())
    tables = {name: snapshot.table(name, columns) for name, columns in _TABLES.items()}
    return coverage(snapshot.name, REGISTERS, tables, pl.concat(parts))
