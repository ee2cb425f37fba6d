"""`caplake resolve`: the linking of the night on any table of records."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import polars as pl

from flows.sources import SourceError
from flows.sources.reading import read_table
from transforms import identifiers, names, regions
from transforms.linking import link

_OPTIONAL: Final = ("business_no", "corporate_no", "region", "address", "homepage", "product", "established", "source")


def resolve_file(path: Path) -> pl.DataFrame:
    """Links of a CSV of records: record_id, firm_same, firm_probable, rule, score, in the file's order.

    Raises SourceError when `record_id` or `name` is missing or a record_id repeats.
    """
    raw = read_table(path.read_bytes(), path.name).frame
    missing = [name for name in ("record_id", "name") if name not in raw.columns]
    if missing:
        raise SourceError(f"{path.name} lacks the column {' and '.join(missing)}. Known columns: record_id, name, {', '.join(_OPTIONAL)}.")
    if (twice := raw["record_id"].is_duplicated()).any():
        raise SourceError(f"{path.name}: record_id {raw['record_id'].filter(twice)[0]!r} stands more than once.")
    return resolve_records(raw)


def resolve_records(raw: pl.DataFrame) -> pl.DataFrame:
    """As `resolve_file`, of a table of strings. A firm goes by the smallest record_id of its records."""
    table = raw.with_columns(pl.lit(None, pl.String).alias(name) for name in _OPTIONAL if name not in raw.columns)
    place = pl.coalesce("address", "region")
    records = table.select(
        record_key="record_id",
        source=pl.col("source").fill_null("records"),
        name=names.display_name(pl.col("name").fill_null("")),
        business_no=identifiers.business_no(pl.col("business_no")),
        corporate_no=identifiers.corporate_no(pl.col("corporate_no")),
        region_code=pl.coalesce(regions.region_code(place), regions.region_code(pl.col("region"))),
    )
    linked = link(records).records
    alone = pl.col("rule") == "alone"
    named = linked.with_columns(
        firm_same=pl.col("record_key").min().over("cluster_same"), firm_probable=pl.col("record_key").min().over("cluster"),
        rule=pl.when(~alone).then("rule"), score=pl.when(~alone).then("score"),
    )
    order = raw.select(record_key="record_id")
    return order.join(named, on="record_key", how="left", maintain_order="left").select(
        record_id="record_key", firm_same="firm_same", firm_probable="firm_probable", rule="rule", score="score"
    )
