"""Numbers of statements and firms in an index that is renewed by difference.

Rows are positions in the tables of a snapshot, and a new firm moves all rows after it; what did not change keeps its
number in the index. A whole build numbers by row, what comes later is numbered after that.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
import polars as pl

from schemas.lake import Lake, LakeError
from search.engines.base import Candidates, Difference, Engine, Floats, Rows
from search.query import LexicalQuery


@dataclass(frozen=True)
class Numbering:
    """The number of each statement row, and of each firm row up to the last firm that has a statement.

    Of the statements with one text `first` marks one, which stands for the text in the index's graph of vectors.
    """

    statements: Rows
    firms: Rows
    first: npt.NDArray[np.bool_]

    @classmethod
    def by_row(cls, vector_of: Rows, firms: int) -> Self:
        """`vector_of` are the vectors of the statement rows, each that of a text."""
        statements = np.arange(len(vector_of), dtype=np.int32)
        return cls(statements, np.arange(firms, dtype=np.int32), _first(vector_of, np.zeros(len(vector_of), np.bool_)))

    @property
    def digest(self) -> str:
        """What tells it from any other."""
        return hashlib.sha256(self.statements.tobytes() + b"|" + self.firms.tobytes()).hexdigest()[:16]

    def renewed(self, difference: Difference, vector_of: Rows) -> Self:
        """Of the new rows; what is not the same gets a number of its own, and what stood for a text goes on to."""
        staying = np.flatnonzero(difference.statements >= 0)
        stood = np.zeros(len(vector_of), np.bool_)
        stood[staying] = self.first[difference.statements[staying]]
        return type(self)(
            _carried(self.statements, difference.statements),
            _carried(self.firms, difference.firms),
            _first(vector_of, stood),
        )

    def changed(self, difference: Difference, before: Self) -> Rows:
        """Rows of the statements that the index does not have as they are to be: new ones, and those that now stand for
        their text where another did.
        """
        staying = np.flatnonzero(difference.statements >= 0)
        promoted = staying[self.first[staying] & ~before.first[difference.statements[staying]]]
        return np.union1d(difference.fresh, promoted).astype(np.int32)

    def fits(self, other: Numbering) -> bool:
        """Are as many statements and firms numbered?"""
        return (len(self.statements), len(self.firms)) == (len(other.statements), len(other.firms))

    @classmethod
    def read(cls, lake: Lake, folder: str) -> Self | None:
        """None where none is kept, or where it is not whole."""
        try:
            statements, firms = (lake.read_table(f"{folder}/{name}.parquet") for name in ("statements", "firms"))
        except LakeError:
            return None
        if "first" not in statements.columns:
            return None
        return cls(*(column.to_numpy() for column in (statements["number"], firms["number"], statements["first"])))

    def write(self, lake: Lake, folder: str) -> None:
        statements = pl.DataFrame({"number": self.statements, "first": self.first})
        for name, table in (("statements", statements), ("firms", pl.DataFrame({"number": self.firms}))):
            lake.write_table(f"{folder}/{name}.parquet", table)


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


def _first(vector_of: Rows, stood: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Who stood for its text, and of the texts for which nobody did the first statement."""
    found = stood.copy()
    texts, rows = np.unique(vector_of, return_index=True)
    found[rows[~np.isin(texts, vector_of[stood])]] = True
    return found


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
