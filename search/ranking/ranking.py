"""The outcome of ranking: all firms scored, and which of them answer the need."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from search.engines.base import Floats, Rows
from search.ranking.bands import Banded, Levels
from search.ranking.rank import Scores, ordered
from search.ranking.sought import Sought
from search.snapshot.columns import Mask, SnapshotColumns


@dataclass(frozen=True)
class Ranking:
    """Scores of all firms, shape (firms,), and two masks over them: hits, and firms that only resemble the need.

    `sought` is what the statements were scored by, `banded` the band of each firm; None for a description, whose hits
    are alike as wholes.
    """

    columns: SnapshotColumns
    firm_scores: Floats
    scores: Scores
    mask: Mask
    resembling: Mask
    sought: Sought
    banded: Banded | None = None

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
        rows = np.flatnonzero(among).astype(np.int32)
        return ordered(self.columns, self.firm_scores, rows, first, self._precedence)

    @cached_property
    def _precedence(self) -> Levels | None:
        """What orders firms before their scores: the band, then how many parts of the need they state."""
        if self.banded is None:
            return None
        stated = np.sum(self.banded.parts, axis=0, dtype=np.int8) if self.banded.parts else np.int8(0)
        return (self.banded.firms * np.int8(16) + stated).astype(np.int8)
