"""What an operator does to a lake between nights: go back, clean up."""

from __future__ import annotations

from flows.night import Night
from flows.steps import collect_garbage
from schemas.lake import Lake, LakeError, Snapshot
from schemas.lake.lock import locked
from search.engines.stores import open_store


def roll_back(lake: Lake, to: str | None = None) -> tuple[str, str]:
    """Make an earlier snapshot, by default the one before, the current one; returns old and new name.

    Raises LakeError when there is none, or when an engine has lost its index of it.
    """
    with locked(lake):
        current = Snapshot.current(lake)
        target = to or current.manifest.previous
        if target is None:
            raise LakeError(f"snapshot {current.name} is the first; there is nothing to go back to.")
        if not lake.exists(f"snapshots/{target}/manifest.json"):
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
