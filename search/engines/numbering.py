"""Numbers of statements and firms in an index that is renewed by difference.

Rows are positions in the tables of a snapshot, and a new firm moves all rows after it; what did not change keeps its
number in the index. A whole build numbers by row, what comes later is numbered after that.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Self

import numpy as np
import polars as pl

from schemas.lake import Lake, LakeError
from search.engines.base import Candidates, Difference, Engine, Floats, LexicalQuery, Rows


@dataclass(frozen=True)
class Numbering:
    """The number of each statement row, and of each firm row up to the last firm that has a statement."""

    statements: Rows
    firms: Rows

    @classmethod
    def by_row(cls, statements: int, firms: int) -> Self:
        return cls(np.arange(statements, dtype=np.int32), np.arange(firms, dtype=np.int32))

    @property
    def digest(self) -> str:
        """What tells it from any other."""
        return hashlib.sha256(self.statements.tobytes() + b"|" + self.firms.tobytes()).hexdigest()[:16]

    def renewed(self, difference: Difference) -> Self:
        """Of the new rows; what is not the same gets a number of its own."""
        return type(self)(_carried(self.statements, difference.statements), _carried(self.firms, difference.firms))

    def fits(self, other: Numbering) -> bool:
        """Are as many statements and firms numbered?"""
        return (len(self.statements), len(self.firms)) == (len(other.statements), len(other.firms))

    @classmethod
    def read(cls, lake: Lake, folder: str) -> Self | None:
        """None where none is kept, or where it is not whole."""
        try:
            tables = [lake.read_table(f"{folder}/{name}.parquet") for name in ("statements", "firms")]
        except LakeError:
            return None
        return cls(*(table["number"].to_numpy() for table in tables))

    def write(self, lake: Lake, folder: str) -> None:
        for name, numbers in (("statements", self.statements), ("firms", self.firms)):
            lake.write_table(f"{folder}/{name}.parquet", pl.DataFrame({"number": numbers}))


class NumberedEngine:
    """An engine whose index has numbers where its callers have rows."""

    def __init__(self, engine: Engine, numbering: Numbering) -> None:
        self._engine = engine
        self._number_of_firm = numbering.firms
        self._row_of = _inverted(numbering.statements)
        self._row_of_firm = _inverted(numbering.firms)

    def lexical(self, query: LexicalQuery, limit: int, allowed: Rows | None = None) -> Candidates:
        return self._in_rows(self._engine.lexical(query, limit, self._numbers(allowed)))

    def dense(self, vector: Floats, limit: int, allowed: Rows | None = None) -> Candidates:
        return self._in_rows(self._engine.dense(vector, limit, self._numbers(allowed)))

    def matching_firms(self, query: LexicalQuery) -> Rows:
        return np.sort(self._row_of_firm[self._engine.matching_firms(query)])

    def _numbers(self, allowed: Rows | None) -> Rows | None:
        if allowed is None:
            return None
        return np.sort(self._number_of_firm[allowed[: np.searchsorted(allowed, len(self._number_of_firm))]])

    def _in_rows(self, found: Candidates) -> Candidates:
        return Candidates.ranked(self._row_of[found.rows], found.scores)


def end(numbers: Rows) -> int:
    """One more than the largest number."""
    return int(numbers.max(initial=-1)) + 1


def _carried(numbers: Rows, old_rows: Rows) -> Rows:
    """The number of the old row where there is one, else the next that was never given."""
    found = np.where(old_rows >= 0, numbers[old_rows] if len(numbers) else -1, -1).astype(np.int32)
    new = np.flatnonzero(found < 0)
    found[new] = np.arange(len(new)) + end(numbers)
    return found


def _inverted(numbers: Rows) -> Rows:
    """Row by number, -1 where the number is out of use."""
    rows = np.full(end(numbers), -1, np.int32)
    rows[numbers] = np.arange(len(numbers))
    return rows
