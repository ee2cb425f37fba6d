"""Proof: what breaks around a night costs no answer. `python -m tests.proofs.faults`.

Every fault is put in, the night is run and must fail with a clear report or succeed, the lake must still answer as
before, and the next run without the fault must end like one that was never disturbed.
"""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from schemas.lake import Lake, LakeError, Snapshot
from schemas.lake.lock import locked
from tests.proofs.nights import deliver, differing, night
from tests.proofs.readers import Reader

Fault = Callable[[Path], AbstractContextManager[object]]


@contextmanager
def failing_write(number: int, code: int) -> Iterator[list[str]]:
    """The `number`-th write of the lake fails with an error of the system; yields the paths written."""
    written: list[str] = []
    whole = Lake.write_bytes

    def write(lake: Lake, path: str, content: bytes) -> None:
        written.append(path)
        if len(written) == number:
            raise OSError(code, os.strerror(code), path)
        whole(lake, path, content)

    Lake.write_bytes = write  # type: ignore[method-assign]
    try:
        yield written
    finally:
        Lake.write_bytes = whole  # type: ignore[method-assign]


def disk_full_at(number: int) -> Fault:
    return lambda _lake: failing_write(number, errno.ENOSPC)


def read_only(_lake: Path) -> AbstractContextManager[object]:
    return failing_write(1, errno.EROFS)


@contextmanager
def clock_back(_lake: Path) -> Iterator[None]:
    """The clock stands a year before the committed snapshot."""
    import flows.night

    right = flows.night.timestamp
    flows.night.timestamp = lambda moment=None: right(moment) if moment else "2020-01-01T000000Z"
    try:
        yield
    finally:
        flows.night.timestamp = right


@contextmanager
def two_at_once(lake: Path) -> Iterator[None]:
    """Another night holds the lake."""
    with locked(Lake(str(lake))):
        yield


@contextmanager
def damaged_table(lake: Path) -> Iterator[None]:
    """A table of the committed snapshot is cut off; put right afterwards, as from a backup."""
    path = lake / Snapshot.current(Lake(str(lake))).folder / "capabilities.parquet"
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    try:
        yield
    finally:
        path.write_bytes(whole)


def all_faults() -> dict[str, Fault]:
    """Every fault by name; writes fail one after another until a night has no more of them."""
    full = {f"disk full at write {number}": disk_full_at(number) for number in range(1, 41)}
    return {
        **full,
        "read-only lake": read_only,
        "clock jumps back": clock_back,
        "two nights at once": two_at_once,
        "damaged table": damaged_table,
    }


def run_faults(folder: Path, faults: dict[str, Fault]) -> list[str]:
    """Names of what went wrong; empty when every fault was survived."""
    disturbed, calm, drop = folder / "disturbed", folder / "calm", folder / "drop"
    os.environ["CAPLAKE_DROP"] = str(drop)
    deliver(drop, 0)
    for lake in (disturbed, calm):
        night(lake)
    problems: list[str] = []
    for number, (name, fault) in enumerate(faults.items(), 1):
        deliver(drop, number)
        before = Lake(str(disturbed)).current()
        committed = False
        with fault(disturbed), contextlib.suppress(LakeError, OSError):
            committed = night(disturbed).committed
        if not committed and Lake(str(disturbed)).current() not in (before, _newest(disturbed)):
            problems.append(f"{name}: current.json moved without a commit")
        reader = Reader(Lake(str(disturbed)))
        reader.read_once()
        problems += [f"{name}: {problem}" for problem in reader.problems]
        night(disturbed)
        night(calm)
        if differ := differing(disturbed, calm):
            problems.append(f"{name}: the next run does not end as an undisturbed one: {differ}")
    return problems


def _newest(lake: Path) -> str:
    """A write that fails after the commit leaves a good, committed snapshot: the newest one."""
    return Lake(str(lake)).snapshots()[-1]


def main() -> None:
    faults = all_faults()
    with tempfile.TemporaryDirectory() as folder:
        problems = run_faults(Path(folder), faults)
    print(f"{len(faults)} faults; " + ("\n".join(problems) or "none lost anything, none gave a wrong answer"))
    raise SystemExit(bool(problems))


if __name__ == "__main__":
    main()
