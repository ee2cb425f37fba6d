"""Vectors as bytes: a quarter of the memory, and a scan at the speed of memory.

Vectors are rotated by a fixed random rotation, so that no dimension is much larger than another, and scaled each by
its own largest value. An inner product of two such vectors is that of the bytes times both scales.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
import simsimd

from search.engines.base import Floats

QUANTISED_FILES: Final = ("codes.npy", "scales.npy", "rotation.npy")
_SEED: Final = 1
_LARGEST: Final = 127
_CHUNK: Final = 100_000
"""Vectors scanned by one thread at a time; fewer are not worth a second thread."""

_threads: Final = ThreadPoolExecutor(2, thread_name_prefix="scan")


@dataclass(frozen=True)
class QuantisedVectors:
    """`codes` of shape (vectors, dimensions), `scales` of shape (vectors,), `rotation` of shape (dimensions,) * 2."""

    codes: npt.NDArray[np.int8]
    scales: Floats
    rotation: Floats

    @classmethod
    def of(cls, vectors: Floats) -> Self:
        codes = np.empty(vectors.shape, np.int8)
        scales = np.empty(len(vectors), np.float32)
        rotation = _rotation(vectors.shape[1])
        for start in range(0, len(vectors), _CHUNK):
            part = slice(start, start + _CHUNK)
            codes[part], scales[part] = _quantise(vectors[part], rotation)
        return cls(codes, scales, rotation)

    def save(self, folder: Path) -> None:
        parts: tuple[npt.NDArray[Any], ...] = (self.codes, self.scales, self.rotation)
        for name, part in zip(QUANTISED_FILES, parts, strict=True):
            np.save(folder / name, part)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Memory-mapped; read from disk as it is searched."""
        return cls(*(np.load(folder / name, mmap_mode="r") for name in QUANTISED_FILES))

    def similarities(self, vector: Floats) -> Floats:
        """Inner products with a vector of shape (dimensions,), within about a hundredth of the exact ones."""
        codes, scales = _quantise(vector[None], self.rotation)
        parts = [self.codes[start : start + _CHUNK] for start in range(0, len(self.codes), _CHUNK)]
        products = (
            [_products(codes, part) for part in parts]
            if len(parts) < 2
            else _threads.map(lambda part: _products(codes, part), parts)
        )
        found = np.concatenate([np.empty(0, np.float32), *products])
        return np.asarray(found * self.scales * scales[0], np.float32)


def _products(one: npt.NDArray[np.int8], many: npt.NDArray[np.int8]) -> Floats:
    found = simsimd.cdist(one, np.ascontiguousarray(many), metric="dot", out_dtype="float32")
    return np.asarray(found, np.float32).reshape(-1)


def _quantise(vectors: Floats, rotation: Floats) -> tuple[npt.NDArray[np.int8], Floats]:
    turned = vectors @ rotation
    scales = np.maximum(np.abs(turned).max(axis=1), np.finfo(np.float32).tiny) / _LARGEST
    return np.rint(turned / scales[:, None]).astype(np.int8), scales.astype(np.float32)


def _rotation(dimensions: int) -> Floats:
    """A random orthogonal matrix. It is kept with the codes: another machine's algebra may round another way."""
    normal = np.random.default_rng(_SEED).standard_normal((dimensions, dimensions))
    return np.asarray(np.linalg.qr(normal)[0], np.float32)
