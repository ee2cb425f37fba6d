"""Measuring processes and calls: seconds, processor seconds, memory; and the machine they ran on."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from schemas import clock

CAPLAKE: Final = str(Path(sys.executable).with_name("caplake"))
_NEAR: Final = 1e-4
_PACKAGES: Final = ("polars", "duckdb", "model2vec", "prefect")


@dataclass(frozen=True)
class Run:
    """One process: seconds on the clock, seconds of processor time, most memory resident in bytes."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int


def run_process(command: Sequence[str], env: Mapping[str, str] | None = None) -> Run:
    """Run a command to its end. Raises RuntimeError with the last that it said when it fails."""
    with tempfile.TemporaryFile() as said:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=said, env={**os.environ, **(env or {})})
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        if code := os.waitstatus_to_exitcode(status):
            said.seek(0)
            last = said.read().decode(errors="replace").strip().rpartition("\n")[2]
            raise RuntimeError(f"{' '.join(command)} ended with {code}: {last}")
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def percentiles(call: Callable[[int], object], count: int, warm: int = 10) -> dict[str, float]:
    """Milliseconds of `call(i)`: p50, p95, p99 over `count` calls after `warm` unmeasured ones."""
    for number in range(warm):
        call(number)
    taken = []
    for number in range(count):
        started = time.perf_counter()
        call(number)
        taken.append((time.perf_counter() - started) * 1_000)
    return {name: float(np.percentile(taken, share)) for name, share in (("p50", 50), ("p95", 95), ("p99", 99))}


def share_as_near(similarities: npt.NDArray[np.float32], found: npt.NDArray[np.float32], depth: int) -> float:
    """Recall at a depth: of that many found, the share that is as near as the last of the nearest, given the
    similarities of all and of those found. Texts that stand many times tie, and any of them will do.
    """
    depth = min(depth, len(similarities))
    least = np.partition(similarities, len(similarities) - depth)[len(similarities) - depth]
    return float((found >= least - _NEAR).sum() / depth)


def machine() -> str:
    """One line: date, processor, cores, memory, versions."""
    processor = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.processor(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    packages = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    return (
        f"{clock.now():%Y-%m-%d}, {processor}, {os.cpu_count()} cores, {memory:.0f} GiB, "
        f"Python {platform.python_version()}, {packages}"
    )
