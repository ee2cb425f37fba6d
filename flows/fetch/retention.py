"""How long raw bytes are kept: those of every kept snapshot always, of others the newest few."""

from __future__ import annotations

import os
from typing import Final

from flows.fetch.delivery import kept_delivery
from schemas.lake import Lake, Snapshot

KEEP_VARIABLE: Final = "CAPLAKE_RAW_KEEP"
_KEPT: Final = 30


def prune_raw(lake: Lake) -> list[str]:
    """Remove deliveries beyond the newest $CAPLAKE_RAW_KEEP (30; 0 keeps all) of each source; returns their folders.

    A delivery stays while a snapshot was made from it, or a later delivery refers to files in it. Unfinished ones
    stay too: the next attempt goes on with them or removes them.
    """
    most = int(os.environ.get(KEEP_VARIABLE, _KEPT))
    if most < 1:
        return []
    gone = []
    for source in lake.names("raw"):
        folders = [f"raw/{source}/{name}" for name in lake.names(f"raw/{source}")]
        whole = [folder for folder in folders if lake.exists(f"{folder}/receipt.json")]
        if len(whole) <= most:
            continue
        kept = {*whole[-most:], *_used(lake, source)}
        for folder in list(kept):
            if lake.exists(f"{folder}/receipt.json"):
                kept |= {file.folder for file in kept_delivery(lake, folder).files if file.folder}
        for folder in whole:
            if folder not in kept:
                lake.remove(folder)
                gone.append(folder)
    return gone


def _used(lake: Lake, source: str) -> set[str]:
    """Deliveries that kept snapshots were made from."""
    manifests = [Snapshot(lake, n).manifest for n in lake.snapshots() if lake.exists(f"snapshots/{n}/manifest.json")]
    return {manifest.sources[source].receipt for manifest in manifests if source in manifest.sources}
