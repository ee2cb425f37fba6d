"""Records that speak of another record go with it; they are no evidence of who a firm is."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from transforms.linking.cluster import LinkedRecords, link


def link_with_subjects(records: pl.DataFrame, decisions: pl.DataFrame) -> LinkedRecords:
    """`link`, with every record that has `about` (the key of another record) in the firm of that one.

    A record about one that is not there is in no firm.
    """
    if "about" not in records.columns or records["about"].null_count() == records.height:
        return link(records, decisions)
    linked = link(records.filter(pl.col("about").is_null()), decisions)
    spoken = records.drop_nulls("about").select("record_key", "about")
    followed = (
        spoken.join(linked.records.rename({"record_key": "about"}), on="about")
        .with_columns(rule=pl.lit("about"), score=pl.lit(1.0))
        .select(linked.records.columns)
    )
    return replace(linked, records=pl.concat([linked.records, followed], how="vertical_relaxed"))
