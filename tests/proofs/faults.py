"""Proof: what breaks around a night costs no answer. `python -m tests.proofs.faults --count 200 --seed 1`.

Every fault is put in, the night is run and must fail with a clear report or succeed, the lake must still answer as
before, and the next run without the fault must end like one that was never disturbed.
"""

from __future__ import annotations

import argparse
import errno
import json
import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from unittest.mock import patch

from flows.night import NightError
from schemas.gold import GOLD_TABLES
from schemas.lake import Lake, LakeError, Snapshot
from schemas.lake.lock import locked
from search.engines.embedded import EmbeddedStore
from tests.proofs.nights import SOURCE, deliver, differing, night
from tests.proofs.proved import Proved, tell
from tests.proofs.readers import Reader

Fault = Callable[[Path], AbstractContextManager[object]]

TOLD: Final = (LakeError, NightError, OSError, ValueError)
"""What the command line tells in a line; anything else would be a defect."""

WRITES: Final = 32
"""Files that a night of this register writes into the lake, its index apart."""

_ERRORS: Final = {
    "disk full": errno.ENOSPC, "quota spent": errno.EDQUOT, "disk broken": errno.EIO,
    "made read-only": errno.EROFS, "access lost": errno.EACCES,
}  # fmt: skip


@dataclass
class Outcome:
    """Of all faults: nights that failed with a report, nights that committed all the same, and what went wrong."""

    failed: int = 0
    committed: int = 0
    reads: int = 0
    problems: list[str] = field(default_factory=list)


def failing_write(number: int, code: int, *, torn: bool = False, lasting: bool = False) -> Fault:
    """The `number`-th write of the lake fails with an error of the system; torn: when half the bytes are there;
    lasting: and so do all writes after it."""
    whole = Lake.write_bytes

    @contextmanager
    def fault(_lake: Path) -> Iterator[None]:
        writes = 0

        def write(lake: Lake, path: str, content: bytes) -> None:
            nonlocal writes
            writes += 1
            if writes != number and not (lasting and writes > number):
                return whole(lake, path, content)
            if torn and (root := lake.local_root):
                target = root / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.with_name(f".{target.name}.torn.tmp").write_bytes(content[: len(content) // 2])
            raise OSError(code, os.strerror(code), path)

        with patch.object(Lake, "write_bytes", write):
            yield

    return fault


@contextmanager
def read_only(_lake: Path) -> Iterator[None]:
    """Nothing at all can be written."""

    def refused(_lake: Lake, path: str, _content: bytes) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), path)

    with patch.object(Lake, "write_bytes", refused):
        yield


@contextmanager
def index_not_written(lake: Path) -> Iterator[None]:
    """The disk is full when half of the index is there."""

    def build(store: EmbeddedStore, snapshot: str, _documents: object) -> None:
        aside = store.folder / f".{snapshot}.tmp" / "words"
        aside.mkdir(parents=True)
        (aside / "meta.json").write_bytes(b"{")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(aside))

    with patch.object(EmbeddedStore, "build", build):
        yield


@contextmanager
def clock_back(_lake: Path) -> Iterator[None]:
    """The clock stands years before the committed snapshot."""
    import flows.night

    right = flows.night.timestamp
    with patch("flows.night.timestamp", lambda moment=None: right(moment) if moment else "2020-01-01T000000Z"):
        yield


@contextmanager
def two_at_once(lake: Path) -> Iterator[None]:
    """Another night holds the lake."""
    with locked(Lake(str(lake))):
        yield


def lock_of(host: str, seconds: float) -> Fault:
    """A lock was left by a process of another host, which runs out in so many seconds."""

    @contextmanager
    def fault(lake: Path) -> Iterator[None]:
        holder = {"pid": 1, "host": host, "until": time.time() + seconds}
        (lake / "lock.json").write_text(json.dumps(holder), encoding="utf-8")
        try:
            yield
        finally:
            (lake / "lock.json").unlink(missing_ok=True)

    return fault


def damaged_table(name: str, share: float = 0.5) -> Fault:
    """A table of the committed snapshot is cut off; put right afterwards, as from a backup."""

    @contextmanager
    def fault(lake: Path) -> Iterator[None]:
        path = lake / Snapshot.current(Lake(str(lake))).folder / f"{name}.parquet"
        whole = path.read_bytes()
        path.write_bytes(whole[: int(len(whole) * share)])
        try:
            yield
        finally:
            if path.parent.exists():
                path.write_bytes(whole)

    return fault


def cut_delivery(share: float) -> Fault:
    """The disk keeps only a part of the delivery's bytes, and says nothing."""
    whole = Lake.write_bytes

    @contextmanager
    def fault(_lake: Path) -> Iterator[None]:
        def write(lake: Lake, path: str, content: bytes) -> None:
            cut = path.startswith("raw/") and path.endswith(".csv")
            whole(lake, path, content[: int(len(content) * share)] if cut else content)

        with patch.object(Lake, "write_bytes", write):
            yield

    return fault


def all_faults() -> dict[str, Fault]:
    """Every fault by name: each write in each way, each table, and what else befalls a lake."""
    writes = {
        f"{what} at write {number}": failing_write(number, code)
        for what, code in _ERRORS.items()
        for number in range(1, WRITES + 1)
    }
    lasting = {
        f"disk full from write {number} on": failing_write(number, errno.ENOSPC, lasting=True)
        for number in range(1, WRITES + 1)
    }
    torn = {
        f"disk full halfway through write {number}": failing_write(number, errno.ENOSPC, torn=True)
        for number in range(1, WRITES + 1)
    }
    tables = {f"table {name} cut off": damaged_table(name) for name in (*GOLD_TABLES, f"sources/{SOURCE}")}
    deliveries = {f"delivery cut to {tenths}/10": cut_delivery(tenths / 10) for tenths in range(10)}
    return {
        **writes,
        **torn,
        **lasting,
        **tables,
        **deliveries,
        "read-only lake": read_only,
        "disk full in the index": index_not_written,
        "clock jumps back": clock_back,
        "two nights at once": two_at_once,
        "lock of another host": lock_of("elsewhere", 3600),
        "lock of another host, run out": lock_of("elsewhere", -1),
    }


def run_faults(folder: Path, faults: dict[str, Fault]) -> Outcome:
    """Every fault in turn over one lake, beside a lake that never saw one."""
    disturbed, calm, drop = folder / "disturbed", folder / "calm", folder / "drop"
    os.environ["CAPLAKE_DROP"] = str(drop)
    deliver(drop, 0)
    for lake in (disturbed, calm):
        night(lake)
    outcome = Outcome()
    for number, (name, fault) in enumerate(faults.items(), 1):
        deliver(drop, number)
        wrong = _run_fault(disturbed, fault, outcome)
        night(calm)
        if differ := differing(disturbed, calm):
            wrong.append(f"the next run does not end as an undisturbed one: {differ}")
        outcome.problems += [f"{name}: {problem}" for problem in wrong]
    return outcome


def _run_fault(lake: Path, fault: Fault, outcome: Outcome) -> list[str]:
    """A night under the fault, a reader after it, and a night without; what was wrong."""
    there, wrong = Lake(str(lake)), list[str]()
    before, committed = there.current(), False
    with fault(lake):
        try:
            committed = night(lake).committed
            outcome.committed += 1
        except TOLD as error:
            outcome.failed += 1
            if not str(error).strip():
                wrong.append(f"{type(error).__name__} tells nothing")
        except Exception as error:
            wrong.append(f"ends with {type(error).__name__}, which nobody can read: {error}")
    # What fails after the commit (the report, the collecting) leaves a good, committed snapshot: the newest one.
    if not committed and there.current() not in (before, there.snapshots()[-1]):
        wrong.append("current.json moved without a commit")
    wrong += _answers(there, outcome)
    night(lake)
    if left := [path.name for path in lake.rglob(".*.tmp")]:
        wrong.append(f"left over: {left}")
    return wrong


def _answers(there: Lake, outcome: Outcome) -> list[str]:
    """One read of the committed snapshot; what was not as its manifest says."""
    reader = Reader(there)
    try:
        reader.read_once()
    except Exception as error:
        return [f"a reader got {type(error).__name__}: {error}"]
    finally:
        outcome.reads += reader.reads
    return reader.problems


def sample(count: int, seed: int) -> dict[str, Fault]:
    """So many of all faults, in an order given by the seed."""
    faults = list(all_faults().items())
    random.Random(seed).shuffle(faults)
    return dict(faults[:count])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=len(all_faults()))
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    faults = sample(arguments.count, arguments.seed)
    with tempfile.TemporaryDirectory() as folder:
        outcome = run_faults(Path(folder), faults)
    figures = {
        "faults put in": len(faults),
        "nights that failed with a report": outcome.failed,
        "nights that committed all the same": outcome.committed,
        "searches and reads after them": outcome.reads,
    }
    tell(Proved(figures, outcome.problems))


if __name__ == "__main__":
    main()
