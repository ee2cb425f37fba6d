"""What a night takes from the committed snapshot: the rows of firms to which nothing happened since."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from flows.fetch import kept_delivery
from flows.night import Night, code_version
from flows.steps.collect import fingerprint
from schemas.gold import GOLD_TABLES, sort_key
from schemas.lake import LakeError, Snapshot
from schemas.lake.writer import SnapshotWriter


@dataclass(frozen=True)
class IncrementalBuild:
    """The snapshot that rows are taken from, and the firms (a column `firm_id`) whose rows are made anew: all of them
    where there is no such snapshot.
    """

    before: Snapshot | None
    touched: pl.DataFrame

    def write(self, writer: SnapshotWriter, name: str, fresh: pl.DataFrame) -> None:
        """Write a table about firms, each row made of the records of one firm: `fresh` are the rows of the touched."""
        schema = GOLD_TABLES[name]
        if self.before is None:
            writer.write(name, fresh, schema)
            return
        made = schema.cast(fresh.select(schema.column_names())).sort(sort_key(name), nulls_last=True)
        held = self.before.table(name)
        is_touched = held["firm_id"].is_in(self.touched["firm_id"].implode())
        if held.filter(is_touched).equals(made):
            writer.put(name, self.before.content(name))
        else:
            writer.write(name, held.filter(~is_touched).merge_sorted(made, key=sort_key(name)[0]), schema)


def incremental_build(
    night: Night, writer: SnapshotWriter, sources: list[str], links: pl.DataFrame
) -> IncrementalBuild:
    """Compare this night's source tables and `links` (record_key, firm_id) with the committed snapshot's."""
    before = night.previous()
    if before is None or not _made_alike(night, before, sources):
        return IncrementalBuild(None, links.select("firm_id").unique())
    now, then = links.select("record_key", "firm_id"), before.table("links", ["record_key", "firm_id"])
    moved = now.join(then, on="record_key", how="full", suffix="_before").filter(
        pl.col("firm_id").ne_missing(pl.col("firm_id_before"))
    )
    changed = [key for name in sources for key in _changed_records(before, writer, f"sources/{name}")]
    changed_firms = now.filter(pl.col("record_key").is_in(changed))["firm_id"]
    touched = pl.concat([moved["firm_id"], moved["firm_id_before"], changed_firms]).drop_nulls().unique()
    return IncrementalBuild(before, touched.to_frame())


def _made_alike(night: Night, before: Snapshot, sources: list[str]) -> bool:
    """Would the committed snapshot be made in the same way today: by the same code, of the same sources as they are
    declared now?
    """
    entries = before.manifest.sources
    if before.manifest.code_version != code_version() or entries.keys() != set(sources):
        return False
    try:
        return all(
            fingerprint(kept_delivery(night.lake, entry.receipt), night.lake) == entry.fingerprint
            for entry in entries.values()
        )
    except LakeError:  # a receipt was lost: nobody can tell
        return False


def _changed_records(before: Snapshot, writer: SnapshotWriter, name: str) -> list[str]:
    """Keys of a source's records that are not the same in both snapshots, or in one of them only."""
    if writer.entry(name) == before.manifest.tables[name]:
        return []
    rows = pl.concat([before.table(name), writer.table(name)], how="diagonal")
    return rows.filter(rows.is_unique())["record_key"].unique().to_list()
