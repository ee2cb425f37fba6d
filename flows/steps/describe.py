"""Describe: capability statements, tagged, and the firms they make."""

from __future__ import annotations

from functools import partial

import polars as pl

from flows.night import Night
from flows.sources import load_source
from flows.steps.resolve import all_records
from flows.steps.tags import tags_of
from flows.takedown import hidden_firms
from schemas.gold import GOLD_TABLES
from schemas.lake.writer import SnapshotWriter
from transforms.capabilities import StatementKind, capabilities_table
from transforms.changes import COMPARED, changes_table, compared
from transforms.firms import firms_table


def describe(night: Night, sources: list[str]) -> None:
    """Write capabilities, firms and what changed since the committed snapshot."""
    writer = SnapshotWriter(night.lake, night.snapshot)
    declared = [load_source(name) for name in sources]
    links = writer.table("links", ["record_key", "firm_id", "tier"]).filter(pl.col("tier") != "review")
    kinds = [
        StatementKind(source.name, column.column, column.kind, column.weight, source.role)
        for source in declared
        for column in source.statements
    ]
    needed = {"record_key", "as_of", "name", "is_corporation", "ipc", *(kind.column for kind in kinds)}
    rows = all_records(writer, sources, needed).join(links, on="record_key")
    capabilities = capabilities_table(rows, kinds, partial(tags_of, night.lake))
    firms = firms_table(
        rows,
        writer.table("attributes", ["firm_id", "attribute", "value", "is_chosen"]),
        writer.table("statuses"),
        capabilities,
        writer.table("designations", ["firm_id"])["firm_id"].unique().to_list(),
        [source.name for source in declared if source.registers_suppliers],
    )
    writer.write("capabilities", capabilities, GOLD_TABLES["capabilities"])
    writer.write("firms", firms, GOLD_TABLES["firms"])
    writer.write("changes", _changes(night, writer), GOLD_TABLES["changes"])


def _changes(night: Night, writer: SnapshotWriter) -> pl.DataFrame:
    previous = night.previous()
    if previous is None:
        return changes_table(None, {})
    names = [name for name in COMPARED if previous.has(name)]
    before, now = (
        {name: there.table(name, compared(name, there.columns(name))) for name in names} for there in (previous, writer)
    )
    hidden = pl.col("firm_id").is_in(hidden_firms(night.lake))
    return changes_table(
        {name: table.filter(~hidden) for name, table in before.items()}, now, writer.table("redirects")
    )
