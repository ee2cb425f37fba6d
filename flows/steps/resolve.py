"""Resolve: which records are one firm, and what is known of it from whom."""

from __future__ import annotations

import polars as pl

from flows.night import Night
from flows.review import decisions
from flows.sources import Source, load_source
from schemas.gold import GOLD_TABLES
from schemas.lake.ledger import append_ledger, read_ledger
from schemas.lake.writer import SnapshotWriter
from transforms import firms
from transforms.linking import assign_firm_ids, link
from transforms.linking.identity import LEDGER_SCHEMA


def resolve(night: Night, sources: list[str]) -> None:
    """Write links, redirects and the tables of what is known about firms, but for firms itself."""
    writer = SnapshotWriter(night.lake, night.snapshot)
    declared = [load_source(name) for name in sources]
    rows = all_records(writer, sources)
    linked = link(rows, decisions(night.lake))
    identities = assign_firm_ids(
        linked.records.select("record_key", "cluster"),
        read_ledger(night.lake, "firm_ids", LEDGER_SCHEMA),
        night.snapshot,
    )
    append_ledger(night.lake, "firm_ids", night.snapshot, identities.ledger)
    links = linked.records.join(identities.assigned, on="record_key")
    rows = rows.join(identities.assigned, on="record_key")
    tables = {
        "links": links,
        "redirects": _with_since(night, identities.redirects),
        "identifiers": firms.identifiers_table(rows),
        "names": firms.names_table(rows),
        "attributes": firms.attributes_table(rows, {s.name: s.authority for s in declared}),
        "certifications": firms.certifications_table(rows, _schemes(declared)),
        "designations": firms.designations_table(rows),
        "statuses": firms.statuses_table(rows),
        "patents": firms.patents_table(rows),
    }
    for name, table in tables.items():
        writer.write(name, table, GOLD_TABLES[name])


def all_records(writer: SnapshotWriter, sources: list[str]) -> pl.DataFrame:
    """Rows of every source in one wide table with the column `source`."""
    return pl.concat(
        [writer.table(f"sources/{name}").with_columns(source=pl.lit(name)) for name in sources], how="diagonal"
    )


def _schemes(declared: list[Source]) -> dict[str, str]:
    return {source.name: source.certification for source in declared if source.certification}


def _with_since(night: Night, redirects: pl.DataFrame) -> pl.DataFrame:
    """A redirect keeps the snapshot in which it began."""
    previous = night.previous()
    if previous is None or not previous.has("redirects"):
        return redirects.with_columns(since=pl.lit(night.snapshot))
    before = previous.table("redirects")
    return redirects.join(before, on=["old_firm_id", "firm_id"], how="left").with_columns(
        pl.col("since").fill_null(night.snapshot)
    )
