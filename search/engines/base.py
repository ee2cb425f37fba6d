"""What an engine is: it keeps analysed statements and vectors, and returns candidates; nothing else.

Rows are positions: a statement's row is its position in the snapshot's `capabilities` table, a firm's
row its position in `firms`. Filters, facets, fusion and reasons are shared code above the engines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
import numpy.typing as npt
import polars as pl

from search.query import LexicalQuery

Rows = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float32]

BM25_K1 = 1.2
BM25_B = 0.75

_GRAINS = 100_000


class EngineError(Exception):
    """The engine cannot do what was asked; the message names it and says what to do."""


@dataclass(frozen=True)
class Documents:
    """What an index is built from.

    `statements` has, in row order, the readable columns of a statement (`statement_id`, `firm_id`,
    `firm_row`, `name`, `region`, `text`, `kind`, `source`, `as_of`, `concepts`, `fields`); `tokens` its
    analysed tokens; `vectors` are the distinct texts' float32 unit vectors, shape (texts, dimensions), and
    `vector_of` maps a statement's row to its row there.
    """

    statements: pl.DataFrame
    tokens: Sequence[Sequence[str]]
    vectors: Floats
    vector_of: Rows

    def __len__(self) -> int:
        return self.statements.height

    @property
    def firms(self) -> int:
        """One more than the last firm row that has a statement."""
        return _end(self.statements["firm_row"])


@dataclass(frozen=True)
class Difference:
    """What the new documents have in common with those of the snapshot `before`.

    `statements` gives for each new row the old row of the statement that is the same in every column, -1 where there is
    none, and `firms` the same of firm rows; `gone` are the ids of old statements that are not there any more.
    """

    before: str
    statements: Rows
    firms: Rows
    gone: tuple[str, ...]

    @classmethod
    def between(cls, before: str, old: pl.DataFrame, new: pl.DataFrame) -> Self:
        """From two tables as `Documents.statements`."""
        contents = [
            table.select("statement_id", "firm_id", "firm_row", content=table.drop("firm_row").hash_rows())
            .with_row_index("row")
            for table in (old, new)
        ]  # fmt: skip
        met = contents[1].join(contents[0], on=["statement_id", "content"], suffix="_old")
        firms = met.filter(pl.col("firm_id") == pl.col("firm_id_old"))
        gone = old.join(new, on="statement_id", how="anti")["statement_id"]
        return cls(
            before,
            _places(new.height, met["row"], met["row_old"]),
            _places(_end(new["firm_row"]), firms["firm_row"], firms["firm_row_old"]),
            tuple(gone),
        )

    @property
    def fresh(self) -> Rows:
        """Rows of the statements that are new or not the same."""
        return np.flatnonzero(self.statements < 0).astype(np.int32)

    def moved(self, size: int) -> Rows:
        """For each of the `size` old rows its new one, -1 where it is gone."""
        found = np.full(size, -1, np.int32)
        staying = np.flatnonzero(self.statements >= 0)
        found[self.statements[staying]] = staying
        return found


def _places(size: int, new: pl.Series, old: pl.Series) -> Rows:
    """Old rows laid out by new rows, -1 where there is none."""
    found = np.full(size, -1, np.int32)
    found[new.to_numpy()] = old.to_numpy()
    return found


def _end(rows: pl.Series) -> int:
    """One more than the largest row."""
    return int(rows.max()) + 1 if len(rows) else 0  # type: ignore[arg-type]


@dataclass(frozen=True)
class Candidates:
    """Statements with scores, best first; ties in row order. Scores of different engines do not compare."""

    rows: Rows
    scores: Floats

    @classmethod
    def ranked(cls, rows: Rows, scores: Floats) -> Candidates:
        """Best first, ties in row order.

        Scores are rounded to a hundred-thousandth of the best: engines add the parts of a sum in their own
        order, and what differs by that alone must tie, or equal statements would be ordered by chance.
        """
        scores = scores.astype(np.float32)
        grain = np.abs(scores).max(initial=0) / _GRAINS
        if grain > 0:
            scores = (np.round(scores / grain) * grain).astype(np.float32)
        order = np.lexsort((rows, -scores))
        return cls(rows[order].astype(np.int32), scores[order])

    @classmethod
    def none(cls) -> Candidates:
        return cls(np.empty(0, np.int32), np.empty(0, np.float32))


class Engine(Protocol):
    """One opened index. `allowed` are the sorted rows of the firms that may be returned; None is all."""

    def lexical(self, query: LexicalQuery, limit: int, allowed: Rows | None = None) -> Candidates:
        """Best statements by BM25 over `query.weights`."""
        ...

    def dense(self, vector: Floats, limit: int, allowed: Rows | None = None) -> Candidates:
        """Best statements by inner product with a unit vector of shape (dimensions,)."""
        ...

    def matching_firms(self, query: LexicalQuery) -> Rows:
        """Sorted rows of all firms with a statement that matches `query.groups`; exact, never cut off."""
        ...


class IndexStore(Protocol):
    """The indexes of one engine, one a snapshot."""

    @property
    def name(self) -> str: ...

    def build(self, snapshot: str, documents: Documents, difference: Difference | None = None) -> None:
        """Build aside and make complete; an index of that name is replaced, never added to.

        With a `difference`, what is the same is taken over from the index of the snapshot before, where that is whole.
        """
        ...

    def count(self, snapshot: str) -> int:
        """Statements in the index; 0 where there is none."""
        ...

    def snapshots(self) -> list[str]:
        """Snapshots that have an index, oldest first."""
        ...

    def drop(self, snapshot: str) -> None: ...

    def publish(self, snapshot: str) -> None:
        """Move what outsiders follow (an alias) to this snapshot's index."""
        ...

    def open(self, snapshot: str) -> Engine:
        """Raises EngineError when the index is not there or the engine cannot be reached."""
        ...
