"""Facet counts over all hits: exact, and equal on every engine."""

from __future__ import annotations

from datetime import date

import numpy as np

from search.columns import Mask, SnapshotColumns
from search.filters import certified

Facet = dict[str, int]


def facets(columns: SnapshotColumns, hits: Mask, today: date) -> dict[str, Facet]:
    """Firms among the hits per province, field, certification, source and with patents; largest first."""
    return {
        "region": _counted(columns.province[hits & (columns.province != "")]),
        "field": _per_mask({f: columns.mask(columns.firm_of[columns.fields.of(f)]) for f in columns.fields.ids}, hits),
        "certification": _per_mask({s: certified(columns, s, today) for s in columns.certified}, hits),
        "source": _per_mask(columns.sources, hits),
        "registered_supplier": _per_mask({"true": columns.flag("is_registered_supplier")}, hits),
        "has_patent": _per_mask({"true": columns.has_patents}, hits),
    }


def _counted(values: np.ndarray) -> Facet:
    names, counts = np.unique(values, return_counts=True)
    return _ordered({str(name): int(count) for name, count in zip(names, counts, strict=True)})


def _per_mask(masks: dict[str, Mask], hits: Mask) -> Facet:
    return _ordered({name: int((mask & hits).sum()) for name, mask in masks.items()})


def _ordered(counts: Facet) -> Facet:
    return dict(sorted(((n, c) for n, c in counts.items() if c), key=lambda item: (-item[1], item[0])))
