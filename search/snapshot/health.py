"""Whether the lake and its indexes can answer, for `caplake status`, `/healthz` and monitoring."""

from __future__ import annotations

from typing import Any

from schemas.lake import Lake, Snapshot
from search.engines.base import EngineError
from search.engines.stores import open_store


def lake_health(lake_url: str) -> dict[str, Any]:
    """Snapshot, sources and indexes; `ok` is false when a search could not be answered."""
    lake = Lake(lake_url)
    name = lake.current()
    if name is None:
        return {"ok": False, "snapshot": None, "sources": {}, "indexes": {}}
    manifest = Snapshot(lake, name).manifest
    rows = manifest.tables["capabilities"].rows
    indexes = {engine: _index(engine, lake, name, rows) for engine in manifest.engines}
    return {
        "ok": all(index["ok"] for index in indexes.values()),
        "snapshot": name,
        "model": manifest.model,
        "firms": manifest.tables["firms"].rows,
        "statements": rows,
        "sources": {source: entry.model_dump(mode="json") for source, entry in manifest.sources.items()},
        "indexes": indexes,
    }


def _index(engine: str, lake: Lake, snapshot: str, rows: int) -> dict[str, Any]:
    try:
        count = open_store(engine, lake).count(snapshot)
    except EngineError as error:
        return {"ok": False, "statements": 0, "problem": str(error)}
    problem = "" if count == rows else f"{count} statements instead of {rows}; `caplake run` builds it anew"
    return {"ok": count == rows, "statements": count, "problem": problem}
