"""What an operator does to a lake between nights: check, go back, clean up, read kept deliveries anew."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace

from flows.fetch.delivery import kept_delivery, latest_delivery
from flows.night import Night, NightError, new_night
from flows.sources import SourceError, load_source
from flows.sources.declaration import former_names, source_names
from flows.steps import collect_garbage
from schemas.lake import Lake, LakeError, Snapshot
from schemas.lake.layout import SNAPSHOT_PATTERN
from schemas.lake.lock import locked
from search.engines.stores import open_store


def problems_of(snapshot: Snapshot) -> list[str]:
    """What of a snapshot is not as its manifest says: tables, documents beside them, indexes."""
    manifest, lake = snapshot.manifest, snapshot.lake
    files = {f"{name}.parquet": entry.sha256 for name, entry in manifest.tables.items()}
    files |= {name: entry.sha256 for name, entry in manifest.documents.items()}
    problems = []
    for name, sha256 in files.items():
        path, what = f"{snapshot.folder}/{name}", f"table {name.removesuffix('.parquet')}"
        if not lake.exists(path):
            problems.append(f"{what} is not there")
        elif hashlib.sha256(lake.read_bytes(path)).hexdigest() != sha256:
            problems.append(f"{what} is not what its manifest says")
    rows = manifest.tables["capabilities"].rows
    counts = {engine: open_store(engine, lake).count(snapshot.name) for engine in manifest.engines}
    return problems + [
        f"the {engine} index has {count} statements instead of {rows}; `caplake run` builds it anew"
        for engine, count in counts.items()
        if count != rows
    ]


def roll_back(lake: Lake, to: str | None = None) -> tuple[str, str]:
    """Make an earlier snapshot, by default the one before, the current one; returns old and new name.

    Raises LakeError when there is none, or when an engine has lost its index of it.
    """
    with locked(lake):
        current = Snapshot.current(lake)
        target = to or current.manifest.previous
        if target is None:
            raise LakeError(f"snapshot {current.name} is the first; there is nothing to go back to.")
        if not SNAPSHOT_PATTERN.match(target) or not lake.exists(f"snapshots/{target}/manifest.json"):
            raise LakeError(f"snapshot {target} is not kept; `caplake lake list` names those that are.")
        manifest = Snapshot(lake, target).manifest
        rows = manifest.tables["capabilities"].rows
        stores = [open_store(engine, lake) for engine in manifest.engines]
        for store in stores:
            if store.count(target) != rows:
                raise LakeError(
                    f"the {store.name} index of {target} is not whole; choose another of `caplake lake list`."
                )
        lake.commit(target, after=current.name)
        for store in stores:
            store.publish(target)
        return current.name, target


def clean_up(lake: Lake, keep: int) -> list[str]:
    """Collect what no kept snapshot names; returns the snapshots that were removed."""
    with locked(lake):
        engines = Snapshot.current(lake).manifest.engines
        return collect_garbage(Night(lake.url, "", (), tuple(engines), keep))


def backfill_night(
    lake_url: str,
    receipts: Mapping[str, str],
    engines: list[str],
    keep: int = 3,
    accepted: Iterable[str] = (),
) -> Night:
    """A night that asks nobody: every source is read anew from a delivery that the lake keeps.

    `receipts` names by source the time of the delivery to take, as `raw/<source>/` lists them. Other sources are read
    from the delivery of the committed snapshot; in a lake without one (restored from a backup) from their newest.
    Raises NightError, naming what there is, for a delivery that is not kept.
    """
    lake = Lake(lake_url)
    chosen = {name: _kept(lake, name, received) for name, received in receipts.items()}
    folders = {**_deliveries_in_use(lake), **chosen}
    if not folders:
        raise NightError(f"the lake at {lake_url} keeps no delivery to read; run `caplake run` to fetch some.")
    night = new_night(lake_url, sorted(folders), engines, keep, tuple(accepted))
    return replace(night, sources=tuple(sorted(folders)), resting=(), receipts=folders)


def _deliveries_in_use(lake: Lake) -> dict[str, str]:
    """Raw folder by source: what the committed snapshot was made from, else the newest that is kept."""
    there = set(source_names())
    if lake.current() is not None:
        entries = Snapshot.current(lake).manifest.sources
        now = former_names()
        current = {now.get(name, name): entry.receipt for name, entry in entries.items()}
        found = {name: receipt for name, receipt in current.items() if name in there}
    else:
        latest = {name: latest_delivery(lake, name) for name in there}
        found = {name: delivery.folder for name, delivery in latest.items() if delivery is not None}
    return {name: folder for name, folder in found.items() if not load_source(name).retired}


def _kept(lake: Lake, source: str, received: str) -> str:
    """Raw folder of a delivery. Raises NightError when there is none of that source and time."""
    try:
        load_source(source)
    except SourceError as error:
        raise NightError(str(error)) from None
    there = lake.names(f"raw/{source}")
    if received not in there or not lake.exists(f"raw/{source}/{received}/receipt.json"):
        raise NightError(
            f"the lake keeps no delivery of {source} received at {received!r}; there are: {', '.join(there) or 'none'}."
        )
    return kept_delivery(lake, f"raw/{source}/{received}").folder
