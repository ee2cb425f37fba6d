"""Resolve: which records are one firm, and what is known of it from whom."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import polars as pl

from flows.night import Night
from flows.review import decisions
from flows.sources import Source, load_source
from flows.sources.renaming import current_keys
from flows.steps.incremental import incremental_build
from flows.takedown import hidden_clusters, hidden_firms
from schemas.gold import GOLD_TABLES
from schemas.lake.ledger import append_ledger, read_ledger
from schemas.lake.writer import SnapshotWriter
from schemas.records import RECORD_COLUMNS, record_schema
from transforms import firms
from transforms.linking import LinkedRecords, assign_firm_ids, id_history
from transforms.linking.identity import LEDGER_SCHEMA
from transforms.linking.subjects import link_with_subjects


def resolve(night: Night, sources: list[str]) -> None:
    """Write links, redirects and the tables of what is known about firms, but for firms itself."""
    writer = SnapshotWriter(night.lake, night.snapshot)
    declared = [load_source(name) for name in sources]
    rows = all_records(writer, sources)
    links = _link(night, writer, declared, rows)
    settled = incremental_build(night, writer, sources, links)
    rows = _by_firm(rows, links.join(settled.touched, on="firm_id", how="semi"))
    for name, table in _about_firms(rows, declared):
        settled.write(writer, name, table)


def _link(night: Night, writer: SnapshotWriter, declared: list[Source], rows: pl.DataFrame) -> pl.DataFrame:
    """Write which record is whose; returns record_key and firm_id of those that are shown."""
    registers = [source.name for source in declared if source.registers_suppliers]
    linked = link_with_subjects(rows.with_columns(is_supplier=pl.col("source").is_in(registers)), decisions(night.lake))
    ledger = current_keys(read_ledger(night.lake, "firm_ids", LEDGER_SCHEMA), "record_key", "birth_key")
    identities = assign_firm_ids(linked.records.select("record_key", "cluster"), ledger, night.snapshot)
    append_ledger(night.lake, "firm_ids", night.snapshot, identities.ledger)
    links = linked.records.join(identities.assigned, on="record_key")
    hidden = _hidden(night, rows, links)
    if not hidden.is_empty():
        _withdraw(writer, declared, hidden)
        links = links.join(hidden, on="record_key", how="anti", maintain_order="left")
    gone = hidden["firm_id"].unique().implode()
    history = id_history(pl.concat([ledger, identities.ledger]))
    tables = {
        "links": links,
        "open_pairs": _open_pairs(linked, hidden),
        "redirects": _with_since(night, identities.redirects.filter(~pl.col("firm_id").is_in(gone))),
        "history": history.filter(~pl.col("firm_id").is_in(gone) & ~pl.col("other_firm_id").is_in(gone)),
    }
    for name, table in tables.items():
        writer.write(name, table, GOLD_TABLES[name])
    return links.select("record_key", "firm_id")


def _about_firms(rows: pl.DataFrame, declared: list[Source]) -> Iterator[tuple[str, pl.DataFrame]]:
    """The tables that tell of each firm what its own records say, by name; one at a time, since they are large."""
    yield "identifiers", firms.identifiers_table(rows)
    yield "names", firms.names_table(rows)
    yield "attributes", firms.attributes_table(rows, {source.name: source.authority for source in declared})
    yield "certifications", firms.certifications_table(rows, _schemes(declared))
    yield "designations", firms.designations_table(rows)
    yield "statuses", firms.statuses_table(rows)
    yield "patents", firms.patents_table(rows)


def all_records(writer: SnapshotWriter, sources: list[str], columns: Collection[str] | None = None) -> pl.DataFrame:
    """Rows of every source in one wide table with the column `source`; of all columns, or of those that are asked for
    and that any source has.
    """
    parts = []
    for name in sources:
        asked = [c for c in writer.columns(f"sources/{name}") if columns is None or c in columns]
        parts.append(writer.table(f"sources/{name}", asked).with_columns(source=pl.lit(name)))
    return pl.concat(parts, how="diagonal")


def _by_firm(rows: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """The linked rows with their `firm_id`, firm by firm as every table about firms is: what is nearly in order is
    sorted in a third of the time.
    """
    order = links.select("firm_id", "record_key").sort("firm_id", "record_key")
    return order.join(rows, on="record_key", maintain_order="left")


def _hidden(night: Night, rows: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """record_key and firm_id of the records of firms that are taken down."""
    if not hidden_firms(night.lake):
        return links.select("record_key", "firm_id").clear()
    rows = rows.join(links.select("record_key", "firm_id", "cluster"), on="record_key")
    clusters = hidden_clusters(rows, night.lake)
    return rows.filter(pl.col("cluster").is_in(clusters.implode())).select("record_key", "firm_id")


def _withdraw(writer: SnapshotWriter, declared: list[Source], hidden: pl.DataFrame) -> None:
    """Write the sources' tables of this snapshot anew without the hidden records."""
    for name in (source.name for source in declared):
        table = writer.table(f"sources/{name}")
        kept = table.join(hidden, on="record_key", how="anti", maintain_order="left")
        if kept.height < table.height:
            schema = record_schema([column for column in table.columns if column in RECORD_COLUMNS])
            writer.write(f"sources/{name}", kept, schema)


def _open_pairs(linked: LinkedRecords, hidden: pl.DataFrame) -> pl.DataFrame:
    shown = linked.open_pairs
    for side in ("left", "right"):
        shown = shown.join(hidden, left_on=side, right_on="record_key", how="anti")
    return shown


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
