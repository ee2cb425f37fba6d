"""What a search found: all firms ranked, and those of them that answer the need."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from search.columns import Mask, SnapshotColumns
from search.engines.base import Floats, Rows
from search.explain import Explainer
from search.filters import Filters
from search.rank import Scores, ordered
from search.sought import Sought
from search.understand import Understood


@dataclass(frozen=True)
class Ranking:
    """All firms that count as hits, best first, and those that only resemble the need."""

    columns: SnapshotColumns
    firm_scores: Floats
    scores: Scores
    mask: Mask
    resembling: Mask
    aim: Sought

    @cached_property
    def hits(self) -> Rows:
        """Firm rows, best first."""
        return self.best(self.mask)

    @cached_property
    def related(self) -> Rows:
        """Firm rows, best first."""
        return self.best(self.resembling)

    def best(self, among: Mask, first: int | None = None) -> Rows:
        """Rows of the firms among `among`, or the first so many, best first."""
        return ordered(self.columns, self.firm_scores, np.flatnonzero(among).astype(np.int32), first)


@dataclass(frozen=True)
class Selection:
    """The firms that answer a need. `leads` are those found by name or number, with which of the two."""

    understood: Understood
    applied: Filters
    ranking: Ranking
    leads: dict[int, str]
    refused: bool
    explainer: Explainer

    @property
    def order(self) -> list[int]:
        """Firm rows, best first; none where the need was refused."""
        if self.refused:
            return []
        return [*self.leads, *(row for row in self.ranking.hits.tolist() if row not in self.leads)]

    def places(self, start: int, stop: int) -> list[int]:
        """`order[start:stop]`, without ordering what comes after."""
        if self.refused:
            return []
        hits = self.ranking.best(self.ranking.mask, stop).tolist()
        return [*self.leads, *(row for row in hits if row not in self.leads)][start:stop]
