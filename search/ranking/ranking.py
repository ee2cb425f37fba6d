"""The outcome of ranking: all firms scored, and which of them answer the need."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from search.engines.base import Floats, Rows
from search.ranking.rank import Scores, ordered
from search.ranking.sought import Sought
from search.snapshot.columns import Mask, SnapshotColumns


@dataclass(frozen=True)
class Ranking:
    """Scores of all firms, shape (firms,), and two masks over them: hits, and firms that only resemble the need.

    `sought` is what the statements were scored by.
    """

    columns: SnapshotColumns
    firm_scores: Floats
    scores: Scores
    mask: Mask
    resembling: Mask
    sought: Sought

    @cached_property
    def hits(self) -> Rows:
        """Rows of the hits, best first."""
        return self.best(self.mask)

    @cached_property
    def related(self) -> Rows:
        """Rows of the firms that resemble the need, best first."""
        return self.best(self.resembling)

    def best(self, among: Mask, first: int | None = None) -> Rows:
        """Rows of the firms in the mask `among`, best first, at most `first` of them."""
        return ordered(self.columns, self.firm_scores, np.flatnonzero(among).astype(np.int32), first)
