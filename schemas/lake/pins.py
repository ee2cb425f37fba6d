"""Pins: the snapshots that long-lived readers answer from, so that no cleaning up takes them away.

A reader writes `pins/<snapshot>.<reader>.json` with a time until which it holds, and writes it anew while it is asked.
A pin that nobody renews lapses by itself, so a reader that died holds nothing for long. A reader that may not write the
lake goes without: for it the newest snapshots are kept.
"""

from __future__ import annotations

from typing import Final

from schemas import clock
from schemas.lake.layout import Lake

PIN_SECONDS: Final = 600.0
LONGEST_SECONDS: Final = 24 * 60 * 60.0
"""The longest that a pin is trusted to hold without being renewed."""


def pin(lake: Lake, snapshot: str, reader: str, seconds: float = PIN_SECONDS) -> bool:
    """Hold a snapshot for `reader`; False where the lake may not be written."""
    try:
        lake.write_json(f"pins/{snapshot}.{reader}.json", {"until": clock.seconds() + seconds})
    except OSError:
        return False
    return True


def pinned(lake: Lake) -> set[str]:
    """Snapshots that somebody holds now; lapsed pins are removed. For the holder of the lock."""
    held = set()
    for name in lake.names("pins"):
        path = f"pins/{name}"
        if not name.endswith(".json"):
            continue
        if clock.is_ahead(float(lake.read_json(path)["until"]), LONGEST_SECONDS):
            held.add(name.partition(".")[0])
        else:
            lake.remove(path)
    return held
