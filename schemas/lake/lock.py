"""One night at a time: a lock with an expiry, taken over when its holder is gone.

The lock keeps two runs from wasting each other's work. Correctness does not rest on it: a run whose lock was taken
over cannot commit, since `Lake.commit` holds only after the snapshot that the run began from.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from schemas import clock
from schemas.lake.layout import Lake, LakeError

EXPIRY_SECONDS: Final = 2 * 60 * 60
_PATH: Final = "lock.json"


@contextmanager
def locked(lake: Lake) -> Iterator[None]:
    """Hold the lake's lock. Raises LakeError when another run holds it."""
    mine = _take(lake)
    try:
        yield
    finally:
        if lake.exists(_PATH) and lake.read_bytes(_PATH) == mine:
            lake.remove(_PATH)


def holder(lake: Lake) -> str | None:
    """Who holds the lock, and whether it is still there, in words; None where nobody does."""
    if not lake.exists(_PATH):
        return None
    holder = lake.read_json(_PATH)
    who = f"process {holder['pid']} on {holder['host']}"
    return f"{who} is at work" if _alive(holder) else f"{who} is gone; the next run takes over"


def _take(lake: Lake) -> bytes:
    version = lake.version(_PATH)
    if version is not None and _alive(holder := lake.read_json(_PATH)):
        raise LakeError(
            f"another run (process {holder['pid']} on {holder['host']}) holds the lake {lake.url}. "
            f"Wait for it, or remove {_PATH} there if that process is gone."
        )
    mine = json.dumps(
        {"pid": os.getpid(), "host": socket.gethostname(), "until": clock.seconds() + EXPIRY_SECONDS}
    ).encode()
    lake.replace_bytes(_PATH, mine, version)
    return mine


def _alive(holder: dict[str, Any]) -> bool:
    """Is the holder's time not up and, where it ran on this host, its process still there?"""
    if not clock.is_ahead(float(holder["until"]), EXPIRY_SECONDS):
        return False
    if holder["host"] != socket.gethostname():
        return True
    try:
        os.kill(int(holder["pid"]), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
