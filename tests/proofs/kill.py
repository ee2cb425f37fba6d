"""Proof: a night killed at any moment loses nothing. `python -m tests.proofs.kill --count 200 --seed 1`.

Every round delivers a new edition, kills the night (at a random moment, or at the start of a step), then lets the
next run finish and compares its tables with those of a lake that was never disturbed. A reader asks all the time.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from schemas.lake import Lake
from tests.proofs.nights import STEPS, calm_night, deliver, differing, night, start_night
from tests.proofs.proved import Proved, tell
from tests.proofs.readers import Reader


@dataclass(frozen=True)
class Outcome:
    """Of all rounds: kills that hit a running night, reads, and everything that went wrong."""

    rounds: int
    killed: int
    reads: int
    problems: list[str]


def kill_nights(folder: Path, moments: list[float | str]) -> Outcome:
    """Kill one night for every moment: seconds after its start, or the name of a step."""
    disturbed, calm, drop = folder / "disturbed", folder / "calm", folder / "drop"
    os.environ["CAPLAKE_DROP"] = str(drop)
    deliver(drop, 0)
    for lake in (disturbed, calm):
        night(lake)
    problems, killed = [], 0
    with Reader(Lake(str(disturbed))) as reader:
        for number, moment in enumerate(moments, 1):
            deliver(drop, number)
            killed += _kill(disturbed, drop, moment)
            night(disturbed)
            calm_night(calm)
            if differ := differing(disturbed, calm):
                problems.append(f"round {number}, killed at {moment}: {differ} differ from an undisturbed run")
            if left := [path.name for path in disturbed.rglob(".*.tmp")]:
                problems.append(f"round {number}: leftovers {left}")
    return Outcome(len(moments), killed, reader.reads, [*problems, *reader.problems])


def _kill(lake: Path, drop: Path, moment: float | str) -> bool:
    """Was the night still running when it was killed?"""
    if isinstance(moment, str):
        return start_night(lake, drop, moment).wait(120) == -signal.SIGKILL
    child = start_night(lake, drop)
    time.sleep(moment)
    child.kill()
    return child.wait(120) == -signal.SIGKILL


def moments(count: int, seed: int, longest: float) -> list[float | str]:
    """Every step's boundary first, then random moments up to `longest` seconds after the start."""
    chance = random.Random(seed)
    return [*STEPS, *(round(chance.uniform(0.5, longest), 3) for _ in range(count))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--longest", type=float, default=6.0, help="Seconds that an undisturbed night takes here.")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        outcome = kill_nights(Path(folder), moments(arguments.count, arguments.seed, arguments.longest))
    figures = {
        "rounds": outcome.rounds,
        "of these at the start of a named step": len(STEPS),
        "nights killed while running": outcome.killed,
        "searches and reads beside them": outcome.reads,
    }
    tell(Proved(figures, outcome.problems))


if __name__ == "__main__":
    main()
