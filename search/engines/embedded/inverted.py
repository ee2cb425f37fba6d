"""The words of an embedded index: in which statements a token stands, and how often.

An index is renewed from the one before: postings of statements that stayed are moved to their new rows, only new
statements are analysed. It is then the same, byte by byte, as one made whole.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from search.engines.arrays import open_arrays, save_arrays
from search.engines.base import BM25_B, BM25_K1, EngineError, Floats, Rows

Keys = npt.NDArray[np.uint64]

_COUNT_BITS: Final = 8
_ROW_BITS: Final = 32
_MOST_TOKENS: Final = 1 << (64 - _ROW_BITS - _COUNT_BITS)
"""Distinct tokens that fit beside row and count into a number of 64 bits, by which postings are sorted."""

_EXACT_LENGTH: Final = 24


@dataclass(frozen=True)
class InvertedIndex:
    """Postings token by token, in row order.

    `keys` are the sorted hashes of the tokens and `starts` (one longer) where the postings of each begin in `rows`,
    `counts` and `shares`, which are BM25's part of the count in a statement of that length, in [0, k1 + 1); `peaks` are
    the largest share of each token, `lengths` the tokens of each statement.
    """

    keys: Keys
    starts: npt.NDArray[np.int64]
    rows: Rows
    counts: npt.NDArray[np.uint8]
    shares: Floats
    peaks: Floats
    lengths: Rows

    @classmethod
    def of(cls, analysed: Sequence[Sequence[str]]) -> Self:
        """Of the tokens of statements, in row order."""
        nothing = cls._sorted(np.empty(0, np.uint64), np.empty(0, np.uint64), np.empty(0, np.int32))
        return nothing.renewed(np.empty(0, np.int32), np.arange(len(analysed), dtype=np.int32), analysed)

    def renewed(self, moved: Rows, fresh: Rows, analysed: Iterable[Sequence[str]]) -> Self:
        """The index after statements came and went.

        `moved` gives each statement's row in the new index, -1 where it is gone; `fresh` are the rows of the new
        statements and `analysed` their tokens. Raises EngineError for more distinct tokens than it can hold.
        """
        staying = moved >= 0
        lengths = np.empty(int(staying.sum()) + len(fresh), np.int32)
        lengths[moved[staying]] = self.lengths[staying]
        new_keys, new_tokens, lengths[fresh] = _numbered(analysed)
        keys = np.union1d(self.keys, new_keys)
        if len(keys) > _MOST_TOKENS:
            raise EngineError(f"{len(keys)} distinct tokens are too many for the embedded engine; use opensearch.")
        rows = moved[self.rows]
        tokens = np.repeat(np.searchsorted(keys, self.keys), np.diff(self.starts))
        old = _packed(tokens, rows, self.counts)[rows >= 0]
        new = _counted(np.searchsorted(keys, new_keys)[new_tokens], np.repeat(fresh, lengths[fresh]))
        packed = np.concatenate([old, new])
        packed.sort(kind="stable")
        return self._sorted(keys, packed, lengths)

    @classmethod
    def _sorted(cls, keys: Keys, packed: npt.NDArray[np.uint64], lengths: Rows) -> Self:
        tokens = packed >> np.uint64(_ROW_BITS + _COUNT_BITS)
        starts = np.flatnonzero(np.diff(tokens, prepend=np.uint64(len(keys))))
        rows = (packed >> np.uint64(_COUNT_BITS)).astype(np.uint32).astype(np.int32)
        counts = packed.astype(np.uint8)
        shares = _shares(counts, _norms(lengths)[rows])
        peaks = np.maximum.reduceat(shares, starts) if len(starts) else np.empty(0, np.float32)
        return cls(keys[tokens[starts]], np.append(starts, len(rows)), rows, counts, shares, peaks, lengths)

    def posting(self, token: str) -> int | None:
        """Position of a token, None where no statement has it."""
        key = _key(token)
        position = int(self.keys.searchsorted(key))
        return position if position < len(self.keys) and self.keys[position] == key else None

    def span(self, position: int) -> slice:
        """Where the postings of a token lie."""
        return slice(int(self.starts[position]), int(self.starts[position + 1]))

    def save(self, folder: Path) -> None:
        save_arrays(self, folder)

    @classmethod
    def open(cls, folder: Path) -> Self:
        return open_arrays(cls, folder)


def _norms(lengths: Rows) -> Floats:
    """BM25's k1 (1 - b + b length / average) of every statement, its length rounded down as Lucene keeps it: exact to
    40, beyond by four bits.
    """
    over = np.maximum(lengths - _EXACT_LENGTH, 0)
    shift = np.maximum(np.frexp(over)[1] - 4, 0)
    kept = np.where(lengths < _EXACT_LENGTH, lengths, _EXACT_LENGTH + (over >> shift << shift))
    average = max(float(lengths.mean()), 1.0) if len(lengths) else 1.0
    return (BM25_K1 * (1 - BM25_B + BM25_B * kept / average)).astype(np.float32)


def _shares(counts: npt.NDArray[np.uint8], norms: Floats) -> Floats:
    often = counts.astype(np.float32)
    shares: Floats = np.float32(BM25_K1 + 1) * often / (often + norms)
    return shares


def _numbered(analysed: Iterable[Sequence[str]]) -> tuple[Keys, Rows, Rows]:
    """The distinct tokens' keys, every token as its position among them, and the tokens of each statement."""
    numbers: dict[str, int] = {}
    tokens, lengths = array("i"), array("i")
    for statement in analysed:
        tokens.extend([numbers.setdefault(token, len(numbers)) for token in statement])
        lengths.append(len(statement))
    keys = np.array([_key(token) for token in numbers], np.uint64)
    return keys, np.array(tokens, np.int32), np.array(lengths, np.int32)


def _counted(tokens: npt.NDArray[np.int64], rows: Rows) -> npt.NDArray[np.uint64]:
    """Postings of tokens as they stand in statements, each with how often."""
    placed = _packed(tokens, rows, np.zeros(len(rows), np.uint8))
    placed.sort()
    first = np.flatnonzero(np.diff(placed, prepend=~np.uint64(0)))
    often = np.diff(np.append(first, len(placed)))
    return placed[first] + np.minimum(often, (1 << _COUNT_BITS) - 1).astype(np.uint64)


def _packed(tokens: npt.NDArray[np.int64], rows: Rows, counts: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint64]:
    """Token, row and count in one number each, so that sorting is by token, then by row."""
    packed = tokens.astype(np.uint64) << np.uint64(_ROW_BITS)
    packed |= rows.astype(np.uint32)
    packed <<= np.uint64(_COUNT_BITS)
    packed |= counts
    return packed


def _key(token: str) -> np.uint64:
    return np.uint64(int.from_bytes(hashlib.blake2b(token.encode(), digest_size=8).digest(), "little"))
