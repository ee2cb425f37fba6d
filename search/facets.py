"""Facet counts over all hits: exact, equal on every engine, and what choosing the value gives."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

import numpy as np

from search.bands import AGE, STAFF, age_masks, staff_masks
from search.columns import Mask, SnapshotColumns
from search.filters import certified

Facet = dict[str, int]
Masks = dict[str, Mask]


def facets(columns: SnapshotColumns, hits: Mask, today: date, provinces: Sequence[str] = ()) -> dict[str, Facet]:
    """Firms among the hits per value of each facet, largest first; bands of age and staff in their own order.

    `city` counts cities and districts of the provinces named, by 5-digit code.
    """
    rows = np.flatnonzero(hits)
    found = {"region": _counted(columns.province[rows])}
    if provinces:
        places = columns.region_code[rows]
        found["city"] = _counted(places[np.isin(columns.province[rows], provinces) & (np.char.str_len(places) == 5)])
    for name, masks in _masks(columns, today).items():
        counts = {value: int(np.count_nonzero(mask[rows])) for value, mask in masks.items()}
        found[name] = {v: n for v, n in counts.items() if n} if name in ("age", "staff") else _ordered(counts)
    return found


@lru_cache(maxsize=4)
def _masks(columns: SnapshotColumns, today: date) -> dict[str, Masks]:
    """The firms of every value, once a snapshot and day."""
    ages, staff = age_masks(columns, today), staff_masks(columns)
    return {
        "field": columns.selling,
        "certification": {scheme: certified(columns, scheme, today) for scheme in columns.certified},
        "source": columns.sources,
        "age": {band: ages[band] for band in AGE},
        "staff": {band: staff[band] for band in STAFF},
        "experience": columns.industries,
        "registered_supplier": {"true": columns.flag("is_registered_supplier")},
        "has_patent": {"true": columns.has_patents},
    }


def _counted(values: np.ndarray) -> Facet:
    names, counts = np.unique(values[values != ""], return_counts=True)
    return _ordered({str(name): int(count) for name, count in zip(names, counts, strict=True)})


def _ordered(counts: Facet) -> Facet:
    return dict(sorted(((n, c) for n, c in counts.items() if c), key=lambda item: (-item[1], item[0])))
