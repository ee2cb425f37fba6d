"""Proof: the fast tests pass on any day. `python -m tests.proofs.clocks`; needs `faketime` (Debian: faketime).

The clock of the whole process is moved, under every library and not only under `schemas.clock`. All runs share one
lake that was made by the machine's clock, so that a clock an hour behind stands before the newest snapshot.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from schemas import clock
from tests.conftest import run_here
from tests.proofs.fast_part import fast_part
from tests.proofs.proved import Proved, tell

_BEFORE_MIDNIGHT: Final = timedelta(seconds=45)
"""A run that begins so long before a year ends sees both years."""


def moments(now: datetime) -> Mapping[str, datetime]:
    """Ten moments by name, from the present one."""
    seoul = clock.day_in_seoul(now)
    year, next_month = seoul.year + 1, (seoul.replace(day=1) + timedelta(days=32)).replace(day=1)
    leap = next(y for y in range(year, year + 9) if y % 4 == 0 and (y % 100 or y % 400 == 0))
    return {
        "today": now,
        "an hour behind the newest snapshot": now - timedelta(hours=1),
        "tomorrow": now + timedelta(days=1),
        "the first of a month": _midnight_in_seoul(next_month),
        "the end of a year in Seoul": _midnight_in_seoul(date(year, 1, 1)) - _BEFORE_MIDNIGHT,
        "the end of a year in UTC": datetime(year, 1, 1, tzinfo=UTC) - _BEFORE_MIDNIGHT,
        "a leap day": _midnight_in_seoul(date(leap, 2, 29)),
        "a year on": now + timedelta(days=366),
        "three years on": now + timedelta(days=3 * 365 + 1),
        "ten years on": now + timedelta(days=10 * 365 + 3),
    }


def _midnight_in_seoul(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=clock.SEOUL).astimezone(UTC)


def run_at(moment: datetime, lake: Path) -> list[str]:
    """What fails when the fast tests begin at a moment."""
    environment = {
        "CAPLAKE_TEST_LAKE": str(lake),
        "TZ": "UTC",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",  # waits and durations are real
        "NO_FAKE_STAT": "1",  # files were written when they were written
    }
    ended = fast_part(before=["faketime", "-f", f"@{moment:%Y-%m-%d %H:%M:%S}"], environment=environment)
    return ended.problems or ([] if ended.passed else ["no test ran"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10, help="how many of the moments")
    parser.add_argument("--only", help="one of them by name")
    arguments = parser.parse_args()
    if shutil.which("faketime") is None:
        raise SystemExit("faketime is missing: sudo apt-get install -y faketime")
    os.environ.pop("CAPLAKE_DROP", None)
    chosen = dict(list(moments(clock.now()).items())[: arguments.count])
    if arguments.only:
        chosen = {arguments.only: moments(clock.now())[arguments.only]}
    problems: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        lake = Path(folder) / "lake"
        run_here(lake)
        for name, moment in chosen.items():
            problems += [f"{name} ({moment:%Y-%m-%d %H:%M}): {problem}" for problem in run_at(moment, lake)]
    tell(Proved({"moments at which the fast tests ran": len(chosen)}, problems))


if __name__ == "__main__":
    main()
