"""Vectors as bytes and as bits: a quarter and a thirty-second of the memory, and scans at the speed of memory.

Vectors are rotated by a fixed random rotation, so that no dimension is much larger than another, and scaled each by
its own largest value. An inner product of two such vectors is that of the bytes times both scales; the fewer of their
signs differ, the larger it is likely to be.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
import simsimd

from search.engines.arrays import array_files, open_arrays, save_arrays
from search.engines.base import Floats, Rows

Signs = npt.NDArray[np.uint64]

_SEED: Final = 1
_LARGEST: Final = 127
_CHUNK: Final = 100_000
"""Vectors scanned by one thread at a time; fewer are not worth a second thread."""

_ROOTS: Final = 53
"""So many times the root of their number are compared as bytes of some thousand vectors: those that signs leave hold
99 of the 100 nearest."""
_MANY: Final = 24_576
_ONE_IN: Final = 64
"""No more than so many, or than one in so many, are enough of a million or two."""

_SAMPLED: Final = 16
"""One of so many vectors tells how many signs those differ in that are near."""

_DEARER: Final = 4
"""So many times dearer is a vector that is picked out than one that is scanned."""

_threads: Final = ThreadPoolExecutor(2, thread_name_prefix="scan")


@dataclass(frozen=True)
class QuantisedVectors:
    """`codes` of shape (vectors, dimensions), `scales` of shape (vectors,), `rotation` of shape (dimensions,) * 2, and
    `signs` of shape (words of 64 dimensions, vectors).
    """

    codes: npt.NDArray[np.int8]
    scales: Floats
    rotation: Floats
    signs: Signs

    @classmethod
    def of(cls, vectors: Floats) -> Self:
        dimensions = vectors.shape[1]
        nothing = cls(
            np.empty((0, dimensions), np.int8),
            np.empty(0, np.float32),
            _rotation(dimensions),
            np.empty((-(-dimensions // 64), 0), np.uint64),
        )
        return nothing.renewed(np.empty(0, np.int32), vectors)

    def renewed(self, moved: Rows, vectors: Floats) -> Self:
        """Of vectors of which some were there: `moved` gives the new position of each old one, -1 if it is gone."""
        count, dimensions = vectors.shape
        codes, scales = np.empty((count, dimensions), np.int8), np.empty(count, np.float32)
        signs = np.empty((len(self.signs), count), np.uint64)
        staying = np.flatnonzero(moved >= 0)
        places = moved[staying]
        codes[places], scales[places], signs[:, places] = (
            self.codes[staying], self.scales[staying], self.signs[:, staying]
        )  # fmt: skip
        missing = np.ones(count, np.bool_)
        missing[places] = False
        fresh = np.flatnonzero(missing)
        for part in _parts(len(fresh)):
            rows = fresh[part]
            turned = _turned(vectors[rows], self.rotation)
            codes[rows], scales[rows] = _quantise(turned)
            signs[:, rows] = _signs(turned)
        return type(self)(codes, scales, self.rotation, signs)

    def save(self, folder: Path) -> None:
        save_arrays(self, folder)

    @classmethod
    def open(cls, folder: Path) -> Self:
        return open_arrays(cls, folder)

    def shortlist(self, vector: Floats, among: Rows | None = None) -> Rows:
        """Sorted positions of the vectors worth comparing with one of shape (dimensions,), out of all or of the sorted
        ones `among`: those whose signs differ least, or all where they are few.
        """
        size = len(self.codes) if among is None else len(among)
        wanted = min(_ROOTS * math.isqrt(size), max(_MANY, size // _ONE_IN))
        if wanted >= size:
            return np.arange(size, dtype=np.int32) if among is None else among
        differing = self._differing(_signs(vector[None] @ self.rotation)[:, 0], among)
        sample = differing[::_SAMPLED]
        last = wanted // _SAMPLED
        near = np.flatnonzero(differing <= np.partition(sample, last)[last]).astype(np.int32)
        return near if among is None else among[near]

    def similarities(self, vector: Floats, rows: Rows | None = None) -> Floats:
        """Inner products of all vectors, or of those in `rows`, with one of shape (dimensions,), within about a
        hundredth of the exact ones.
        """
        codes, scales = _quantise(vector[None] @ self.rotation)
        if rows is not None and len(rows) < len(self.codes):
            products, own = _products(codes, self.codes[rows]), self.scales[rows]
        else:
            products = _scanned(lambda part: _products(codes, self.codes[part]), len(self.codes), np.float32)
            own = self.scales
        return np.asarray(products * own * scales[0], np.float32)

    def _differing(self, signs: Signs, among: Rows | None) -> npt.NDArray[np.uint16]:
        """How many signs of each vector are not those given, of shape (words,)."""
        if among is not None and len(among) * _DEARER < len(self.codes):
            return _hamming(self.signs[:, among], signs)
        found = _scanned(lambda part: _hamming(self.signs[:, part], signs), len(self.codes), np.uint16)
        return found if among is None else found[among]


QUANTISED_FILES: Final = array_files(QuantisedVectors)


def _parts(size: int) -> list[slice]:
    return [slice(start, start + _CHUNK) for start in range(0, size, _CHUNK)]


def _scanned(scan: Callable[[slice], npt.NDArray[Any]], size: int, kind: type[np.generic]) -> npt.NDArray[Any]:
    """What a scan gives for every part, in one; by two threads where there are several."""
    parts = _parts(size)
    found = map(scan, parts) if len(parts) < 2 else _threads.map(scan, parts)
    return np.concatenate([np.empty(0, kind), *found])


def _hamming(many: Signs, one: Signs) -> npt.NDArray[np.uint16]:
    """Of shape (words, vectors) and (words,): differing bits of each vector."""
    found = np.zeros(many.shape[1], np.uint16)
    for words, word in zip(many, one, strict=True):
        found += np.bitwise_count(words ^ word)
    return found


def _products(one: npt.NDArray[np.int8], many: npt.NDArray[np.int8]) -> Floats:
    found = simsimd.cdist(one, np.ascontiguousarray(many), metric="dot", out_dtype="float32")
    return np.asarray(found, np.float32).reshape(-1)


def _turned(vectors: Floats, rotation: Floats) -> Floats:
    # One vector alone is multiplied by another routine, which rounds in another way than that of many.
    turned: Floats = (np.repeat(vectors, 2, axis=0) @ rotation)[::2] if len(vectors) == 1 else vectors @ rotation
    return turned


def _quantise(turned: Floats) -> tuple[npt.NDArray[np.int8], Floats]:
    scales = np.maximum(np.abs(turned).max(axis=1), np.finfo(np.float32).tiny) / _LARGEST
    return np.rint(turned / scales[:, None]).astype(np.int8), scales.astype(np.float32)


def _signs(turned: Floats) -> Signs:
    """Signs of rotated vectors as words of shape (words, vectors)."""
    missing = -turned.shape[1] % 64
    packed = np.packbits(np.pad(turned > 0, ((0, 0), (0, missing))), axis=1)
    return packed.view(np.uint64).T


def _rotation(dimensions: int) -> Floats:
    """A random orthogonal matrix. It is kept with the codes: another machine's algebra may round another way."""
    normal = np.random.default_rng(_SEED).standard_normal((dimensions, dimensions))
    return np.asarray(np.linalg.qr(normal)[0], np.float32)
