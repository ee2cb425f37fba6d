"""The firms that answer a need: ranked, counted by band, and not yet explained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from search.answer.explain import Explainer
from search.answer.facets import Facet
from search.query import RANKED, Band, Filters, Need
from search.ranking.ranking import Ranking
from search.snapshot.columns import Mask


@dataclass(frozen=True)
class Selection:
    """The firms that answer a need.

    `looked_up` are rows of firms found by name or number, each with how it was found; they come first. `every_band` is
    the mask of the firms that answer the need in any band; `ranking.mask` and `looked_up` have those of the bands that
    are listed.
    """

    understood: Need
    applied: Filters
    ranking: Ranking
    looked_up: dict[int, str]
    refused: bool
    explainer: Explainer
    every_band: Mask

    @property
    def order(self) -> list[int]:
        """Firm rows, best first; none where the need was refused."""
        if self.refused:
            return []
        return [*self.looked_up, *(row for row in self.ranking.hits.tolist() if row not in self.looked_up)]

    def places(self, start: int, stop: int) -> list[int]:
        """`order[start:stop]`, without ordering what comes after."""
        if self.refused:
            return []
        hits = self.ranking.best(self.ranking.mask, stop).tolist()
        return [*self.looked_up, *(row for row in hits if row not in self.looked_up)][start:stop]

    @cached_property
    def listed(self) -> Mask:
        """The firms that are listed, of the bands asked for."""
        return self.ranking.mask | self.ranking.columns.mask(list(self.looked_up))

    @property
    def seeks(self) -> bool:
        """Whether the need seeks something that a firm could state, and not one firm by its name or whatever there is
        in a field.
        """
        need = self.understood
        wants = bool(need.text) and not need.describes and not self.refused
        return wants and (bool(need.of_role("want")) or not self.looked_up)

    @cached_property
    def totals(self) -> dict[Band, int]:
        """Firms by band, whichever bands are listed. The hits of a description are alike as wholes, which is the band
        `field`; firms found by a look-up alone are of the band `name`.
        """
        totals: dict[Band, int] = dict.fromkeys(RANKED, 0)
        if self.refused:
            return totals
        if self.ranking.banded is None:
            return {**totals, "field": int(self.every_band.sum())}
        totals = {band: int((self.ranking.banded.mask(band) & self.every_band).sum()) for band in RANKED}
        totals["name"] += int(self.every_band.sum()) - sum(totals.values())
        return totals

    @property
    def band_facet(self) -> dict[str, Facet]:
        """The totals as a facet, where something is sought."""
        if not self.seeks:
            return {}
        counts: Facet = {band: self.totals[band] for band in RANKED if self.totals[band]}
        return {"band": counts} if counts else {}

    @cached_property
    def parts(self) -> list[Mask]:
        """Per part of the need the firms that answer it and state that part."""
        parts = self.ranking.banded.parts if self.ranking.banded else ()
        return [np.asarray(part & self.every_band) for part in parts]

    @property
    def all_parts(self) -> int:
        """How many firms state every part; 0 where the need has no parts."""
        return int(np.logical_and.reduce(self.parts).sum()) if self.parts else 0


def listed(ranking: Ranking, bands: Sequence[Band]) -> Mask:
    """The firms of these bands, of all firms; one of no band counts as `name`, as it is shown."""
    if ranking.banded is None:
        return np.full(ranking.columns.size, "field" in bands)
    masks = [ranking.banded.mask(band) for band in bands]
    if "name" in bands:
        masks.append(ranking.banded.mask("silent"))
    return np.asarray(np.logical_or.reduce(masks))
