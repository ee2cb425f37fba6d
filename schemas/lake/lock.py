"""One night at a time: a lock with an expiry, taken over when its holder is gone."""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from schemas.lake.layout import Lake, LakeError

EXPIRY_SECONDS: Final = 2 * 60 * 60
_PATH: Final = "lock.json"


@contextmanager
def locked(lake: Lake) -> Iterator[None]:
    """Hold the lake's lock. Raises LakeError when another night holds it."""
    _take(lake)
    try:
        yield
    finally:
        lake.remove(_PATH)


def _take(lake: Lake) -> None:
    mine = {"pid": os.getpid(), "host": socket.gethostname(), "until": time.time() + EXPIRY_SECONDS}
    if lake.exists(_PATH):
        holder = lake.read_json(_PATH)
        if _alive(holder):
            raise LakeError(
                f"another run (process {holder['pid']} on {holder['host']}) holds the lake {lake.url}. "
                f"Wait for it, or remove {_PATH} there if that process is gone."
            )
    if (root := lake.local_root) is None:
        lake.write_json(_PATH, mine)
        return
    root.mkdir(parents=True, exist_ok=True)
    (root / _PATH).unlink(missing_ok=True)
    try:
        with (root / _PATH).open("x") as file:
            json.dump(mine, file)
    except FileExistsError:
        raise LakeError(f"another run has just taken the lake {lake.url}. Wait for it.") from None


def _alive(holder: dict[str, object]) -> bool:
    if float(str(holder["until"])) < time.time():
        return False
    if holder["host"] != socket.gethostname():
        return True
    try:
        os.kill(int(str(holder["pid"])), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
