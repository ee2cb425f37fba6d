"""Nights over changing data for the proofs: a small register that grows, shrinks and is renamed by seed.

Run as a module it is the child process that a proof kills: `python -m tests.proofs.nights LAKE DROP [STEP]`.
"""

from __future__ import annotations

import csv
import hashlib
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final, TypeVar
from unittest.mock import patch

from flows.night import Gate, NightReport, new_night
from flows.nightly import run_night
from flows.runner import DirectRunner
from flows.sources.declaration import SOURCES_FOLDER
from schemas.lake import Lake, Snapshot

T = TypeVar("T")

SOURCE: Final = "krx_listed"
STEPS: Final = (
    "collect",
    "is_unchanged",
    "validate",
    "resolve",
    "describe",
    "list_texts",
    "encode",
    "embed",
    "index",
    "check_gates",
    "commit",
    "publish",
    "collect_garbage",
)
_FIRST_DAY: Final = date(2026, 5, 1)
_BUNDLED: Final = SOURCES_FOLDER / SOURCE / "data" / "krx_listed_202604.csv"
REPOSITORY: Final = Path(__file__).parents[2]


class DyingRunner(DirectRunner):
    """Kills its own process, as the kernel would, at the start of one step."""

    def __init__(self, step: str | None) -> None:
        super().__init__()
        self._last = step

    def _timed(self, name: str, work: Callable[[], T]) -> T:
        if name == self._last:
            os.kill(os.getpid(), signal.SIGKILL)
        return super()._timed(name, work)


def edition(number: int) -> list[list[str]]:
    """Rows of the register's `number`-th edition: some firms come, go, change products or name, by seed."""
    with _BUNDLED.open(encoding="utf-8", newline="") as file:
        header, *rows = list(csv.reader(file))
    chance = random.Random(number)
    keep = [row for row in rows if not _leaves(row[2], number)]
    for row in chance.sample(keep, 25):
        row[header.index("주요제품")] = f"{row[header.index('주요제품')]}, 시험품목 {number}"
    for row in chance.sample(keep, 3):
        row[0] = f"{row[0]}{number}"
    return [header, *keep]


def _leaves(code: str, number: int) -> bool:
    """Is a firm out of the register in that edition? About one in a hundred, another hundredth each time."""
    return hashlib.sha256(code.encode()).digest()[0] % 100 == number % 100


def deliver(drop: Path, number: int) -> None:
    """Put an edition where an operator would; the one before is taken away.

    Three of four are of the same day as the one before: most statements stay as they are, in every column.
    """
    folder = drop / SOURCE
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    day = _FIRST_DAY + timedelta(days=number // 4)
    with (folder / f"krx_{day:%Y%m%d}.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(edition(number))


def night(lake: Path, step: str | None = None) -> NightReport:
    """One night in this process."""
    return run_night(new_night(str(lake), [SOURCE], ["embedded"]), DyingRunner(step))


def calm_night(lake: Path) -> NightReport:
    """A night that only gives tables to compare with; the gates, half of a night's seconds, change none of them."""

    def check_gates(*_: object) -> list[Gate]:
        return []

    with patch("flows.nightly.check_gates", check_gates):
        return night(lake)


def start_night(lake: Path, drop: Path, step: str | None = None) -> subprocess.Popen[bytes]:
    """One night in a process of its own, which dies at the start of `step`."""
    command = [sys.executable, "-m", "tests.proofs.nights", str(lake), str(drop), *([step] if step else [])]
    return subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def table_hashes(lake: Path) -> dict[str, str]:
    """Hashes of the committed snapshot's tables, but for those that hold the names of snapshots."""
    tables = Snapshot.current(Lake(str(lake))).manifest.tables
    return {name: entry.sha256 for name, entry in tables.items() if name not in ("redirects", f"quarantine/{SOURCE}")}


def index_hashes(lake: Path) -> dict[str, str]:
    """Hashes of the files of the committed snapshot's index."""
    folder = lake / Snapshot.current(Lake(str(lake))).index_folder("embedded")
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def differing(lake: Path, other: Path) -> list[str]:
    """Names of the tables in which two lakes differ."""
    return sorted(name for name, _ in set(table_hashes(lake).items()) ^ set(table_hashes(other).items()))


def main(arguments: Sequence[str]) -> Any:
    lake, drop, *step = arguments
    os.environ["CAPLAKE_DROP"] = drop
    return night(Path(lake), step[0] if step else None)


if __name__ == "__main__":
    main(sys.argv[1:])
