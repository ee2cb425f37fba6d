"""Proof: what breaks around a night costs no answer. `python -m tests.proofs.faults [--count N] [--seed 1]`.

Every fault is put in, the night is run and must fail with a clear report or succeed, and the lake must still answer as
before. After up to `--in-a-row` such nights one without a fault must end like one that was never disturbed.
"""

from __future__ import annotations

import argparse
import errno
import json
import os
import random
import resource
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Final
from unittest.mock import patch

from flows.night import NightError
from schemas import clock
from schemas.gold import GOLD_TABLES
from schemas.lake import Lake, LakeError
from schemas.lake.lock import locked
from search.engines.embedded.inverted import InvertedIndex
from search.engines.embedded.store import EmbeddedStore
from tests.clock import clock_at
from tests.proofs.damage import Fault, cut, cut_delivery, cut_drop, damaged_cache, damaged_index, damaged_table, rotten
from tests.proofs.nights import SOURCE, calm_night, deliver, differing, index_hashes, night, start_night
from tests.proofs.proved import Proved, tell
from tests.proofs.readers import Reader

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
    """Of all faults: nights that failed with a report, nights that ended well all the same, good nights after them,
    and what went wrong."""

    done: int = 0
    failed: int = 0
    committed: int = 0
    healed: int = 0
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

    def build(store: EmbeddedStore, snapshot: str, *_: object) -> None:
        aside = store.folder / f".{snapshot}.tmp" / "words"
        aside.mkdir(parents=True)
        (aside / "keys.npy").write_bytes(b"{")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(aside))

    with patch.object(EmbeddedStore, "build", build):
        yield


@contextmanager
def clock_back(_lake: Path) -> Iterator[None]:
    """The clock stands years before the committed snapshot."""
    with _clock_at("2020-01-01T000000Z"):
        yield


@contextmanager
def clock_ahead(_lake: Path) -> Iterator[None]:
    """The clock stands years ahead, and is put right for the next night."""
    with _clock_at("2040-01-01T000000Z"):
        yield


@contextmanager
def _clock_at(name: str) -> Iterator[None]:
    with clock_at(name):
        yield


@contextmanager
def lake_held(lake: Path) -> Iterator[None]:
    """Another night holds the lake."""
    with locked(Lake(str(lake))):
        yield


@contextmanager
def started_twice(lake: Path) -> Iterator[None]:
    """Two processes start a night at once, and a third comes after them."""
    drop = Path(os.environ["CAPLAKE_DROP"])
    both = [start_night(lake, drop) for _ in range(2)]
    told = [night.communicate(timeout=300)[1].decode() for night in both]
    refused = [text.strip().splitlines()[-1] for night, text in zip(both, told, strict=True) if night.returncode]
    if len(refused) == len(both) or not all("another run" in text for text in refused):
        raise RuntimeError(f"of two nights at once these failed: {refused}")
    yield


def small_files(most: int) -> Fault:
    """The system lets no file grow above so many bytes, whoever writes it."""

    @contextmanager
    def fault(_lake: Path) -> Iterator[None]:
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    return fault


def lock_of(host: str, seconds: float) -> Fault:
    """A lock was left by a process of another host, which runs out in so many seconds."""

    @contextmanager
    def fault(lake: Path) -> Iterator[None]:
        holder = {"pid": 1, "host": host, "until": clock.seconds() + seconds}
        (lake / "lock.json").write_text(json.dumps(holder), encoding="utf-8")
        try:
            yield
        finally:
            (lake / "lock.json").unlink(missing_ok=True)

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
    tables = {
        f"table {name} {what}": damaged_table(name, damage)
        for name in (*GOLD_TABLES, f"sources/{SOURCE}")
        for what, damage in (("cut off", cut(0.5)), ("with wrong bytes", rotten))
    }
    deliveries = {f"delivery cut to {tenths}/10": cut_delivery(tenths / 10) for tenths in range(10)}
    dropped = {f"file cut to {tenths}/10 on its way": cut_drop(tenths / 10) for tenths in (0, 1, 3, 5, 7)}
    files = {f"no file above {2**power:,} bytes": small_files(2**power) for power in range(8, 24, 2)}
    return {
        **writes,
        **torn,
        **lasting,
        **tables,
        **deliveries,
        **dropped,
        **files,
        "tags cut off": damaged_cache(cut(0.5)),
        "tags with wrong bytes": damaged_cache(rotten),
        "index cut off": damaged_index(cut(0.5)),
        **{
            f"index with wrong bytes in its {part.name}": damaged_index(rotten, part.name)
            for part in fields(InvertedIndex)
        },
        "read-only lake": read_only,
        "disk full in the index": index_not_written,
        "clock jumps back": clock_back,
        "clock stands years ahead": clock_ahead,
        "lake held by another night": lake_held,
        "two nights at once": started_twice,
        "lock of another host": lock_of("elsewhere", 3600),
        "lock of another host, run out": lock_of("elsewhere", -1),
    }


def run_faults(folder: Path, faults: dict[str, Fault], in_a_row: int = 1) -> Outcome:
    """Every fault in turn over one lake, beside a lake that never saw one.

    Up to `in_a_row` nights of one edition fail, each in its own way, before a good one must heal it all. An interrupt
    (Ctrl-C) ends the proof with what was seen so far.
    """
    disturbed, calm, drop = folder / "disturbed", folder / "calm", folder / "drop"
    os.environ["CAPLAKE_DROP"] = str(drop)
    deliver(drop, 0)
    for lake in (disturbed, calm):
        night(lake)
    outcome, edition, open_since = Outcome(), 0, list[str]()
    for number, (name, fault) in enumerate(faults.items(), 1):
        if not open_since:
            edition += 1
            deliver(drop, edition)
        before = Lake(str(disturbed)).current()
        try:
            wrong = _run_fault(disturbed, fault, outcome)
            open_since.append(name)
            moved = Lake(str(disturbed)).current() != before
            if moved or len(open_since) == in_a_row or number == len(faults):
                wrong += [f"{problem}, after {', '.join(open_since)}" for problem in _heal(disturbed, calm)]
                outcome.healed += 1
                open_since.clear()
        except KeyboardInterrupt:
            break
        outcome.done += 1
        outcome.problems += [f"{name}: {problem}" for problem in wrong]
        print(f"{number} of {len(faults)}: {name}: {'; '.join(wrong) or 'held'}", file=sys.stderr, flush=True)
    return outcome


def _heal(lake: Path, calm: Path) -> list[str]:
    """A night without a fault; in what the lake is not as the one that never saw any."""
    calm_night(calm)
    try:
        night(lake)
    except Exception as error:
        return [f"the next run fails: {type(error).__name__}: {error}"]
    wrong = [f"left over: {left}"] if (left := [path.name for path in lake.rglob(".*.tmp")]) else []
    differ = differing(lake, calm) or (["index"] if index_hashes(lake) != index_hashes(calm) else [])
    return [*wrong, f"the next run does not end as an undisturbed one: {differ}"] if differ else wrong


def _run_fault(lake: Path, fault: Fault, outcome: Outcome) -> list[str]:
    """A night under the fault and a reader after it; what was wrong."""
    there, wrong = Lake(str(lake)), list[str]()
    before, committed = there.current(), False
    try:
        with fault(lake):
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
    return wrong + _answers(there, outcome)


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
    parser.add_argument("--in-a-row", type=int, default=4, help="Nights that fail before one heals the lake.")
    arguments = parser.parse_args()
    faults = sample(arguments.count, arguments.seed)
    with tempfile.TemporaryDirectory() as folder:
        outcome = run_faults(Path(folder), faults, arguments.in_a_row)
    figures: dict[str, int | str] = {
        "faults put in": f"{outcome.done} of {len(all_faults())}",
        "nights that failed with a report": outcome.failed,
        "nights that ended well all the same": outcome.committed,
        "good nights after them": outcome.healed,
        "searches and reads after them": outcome.reads,
    }
    tell(Proved(figures, outcome.problems))


if __name__ == "__main__":
    main()
