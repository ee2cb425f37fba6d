"""What the machine can do at most, and how far from it the scan of the vectors is."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from lab.bench.report import Figure
from search.engines.embedded.quantised import QuantisedVectors

_VECTORS: Final = 500_000
_DIMENSIONS: Final = 256
_REPEATS: Final = 7
_SEED: Final = 20_261_125
_DISK_BYTES: Final = 512 * 2**20
_BLOCK: Final = 8 * 2**20
_MILLION: Final = 2_132_921
"""Distinct texts of a million generated firms."""


class Took(NamedTuple):
    """Seconds on the clock and of processor time."""

    seconds: float
    cpu_seconds: float


def limits(work: Path | None = None) -> list[Figure]:
    """Bandwidths of memory and disk, the floor that they set to an exhaustive scan, and the scan itself."""
    dice = np.random.default_rng(_SEED)
    vectors = dice.standard_normal((_VECTORS, _DIMENSIONS), np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    codes = QuantisedVectors.of(vectors)
    read, exact, ours = (
        fastest(call) for call in (vectors.sum, lambda: vectors @ vectors[0], lambda: codes.similarities(vectors[0]))
    )
    bandwidth = vectors.nbytes / read.cpu_seconds
    floor = codes.codes.nbytes / bandwidth
    written, again = _disk(work)
    return [
        Figure("memory, read by one core", f"{bandwidth / 1e9:.1f} GB/s"),
        Figure("disk, written and synced", f"{_DISK_BYTES / written / 1e9:.2f} GB/s"),
        Figure("disk, read without cache", f"{_DISK_BYTES / again / 1e9:.2f} GB/s"),
        Figure(f"{_VECTORS:,} vectors as float32, exact", f"{_took(exact)}"),
        Figure("- as bytes, as searched", f"{_took(ours)}, {exact.cpu_seconds / ours.cpu_seconds:.1f} times faster"),
        Figure(
            "- floor: the bytes read once", f"{floor * 1e3:.1f} CPU-ms; ours is {ours.cpu_seconds / floor:.1f} times it"
        ),
        Figure(
            f"computed for {_MILLION:,} vectors",
            f"{ours.cpu_seconds * _MILLION / _VECTORS * 1e3:.0f} CPU-ms, floor {floor * _MILLION / _VECTORS * 1e3:.0f}",
        ),
    ]


def fastest(call: Callable[[], object]) -> Took:
    """The least of several calls, the clock's and the processor's each for itself."""
    taken = []
    for _ in range(_REPEATS):
        wall, processor = time.perf_counter(), time.process_time()
        call()
        taken.append((time.perf_counter() - wall, time.process_time() - processor))
    return Took(*(min(column) for column in zip(*taken, strict=True)))


def _disk(work: Path | None) -> tuple[float, float]:
    """Seconds to write and sync a file and to read it after the system was told to forget it."""
    block = np.random.default_rng(_SEED).bytes(_BLOCK)
    with tempfile.NamedTemporaryFile(dir=work) as file:
        started = time.perf_counter()
        for _ in range(_DISK_BYTES // _BLOCK):
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
        written = time.perf_counter() - started
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        started = time.perf_counter()
        file.seek(0)
        while file.read(_BLOCK):
            pass
        return written, time.perf_counter() - started


def _took(taken: Took) -> str:
    return f"{taken.seconds * 1e3:.1f} ms, {taken.cpu_seconds * 1e3:.1f} CPU-ms"
