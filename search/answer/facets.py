"""Facet counts over all hits: exact, equal on every engine, and what choosing the value gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from search.engines.base import Rows
from search.snapshot.columns import Mask, SnapshotColumns
from search.snapshot.intervals import AGE, STAFF, age_masks, staff_masks
from search.snapshot.passing import certified

Facet = dict[str, int]

_BITS: Final = 32
_IN_BANDS: Final = ("age", "staff")


@dataclass(frozen=True)
class Groups:
    """Firms grouped by the values of one facet that they have, which are few combinations: firms are counted by group,
    and groups by value.

    `group_of` gives the group of each firm row, `members` of shape (groups, values) is 1 where a group has a value.
    """

    values: tuple[str, ...]
    group_of: npt.NDArray[np.int32]
    members: npt.NDArray[np.float64]

    @classmethod
    def of(cls, masks: Mapping[str, Mask], size: int) -> Self:
        """Of the firms of every value, out of `size` firms; group 0 has none."""
        some = np.flatnonzero(np.logical_or.reduce([*masks.values(), np.zeros(size, bool)]))
        having = [mask[some] for mask in masks.values()]
        group, first = np.zeros(len(some), np.int64), np.zeros(0, np.int64)
        for start in range(0, len(having), _BITS):
            for bit in having[start : start + _BITS]:
                group = group << 1 | bit
            _, first, group = np.unique(group, return_index=True, return_inverse=True)
        group_of = np.zeros(size, np.int32)
        group_of[some] = group + 1
        members = np.zeros((len(first) + 1, len(having)))
        for value, has in enumerate(having):
            members[1:, value] = has[first]
        return cls(tuple(masks), group_of, members)

    def count(self, rows: Rows) -> Facet:
        """Firms among `rows` by value, also those of none."""
        firms = np.bincount(self.group_of[rows], minlength=len(self.members))
        return dict(zip(self.values, (firms @ self.members).astype(int).tolist(), strict=True))


def facets(columns: SnapshotColumns, hits: Mask, today: date, provinces: Sequence[str] = ()) -> dict[str, Facet]:
    """Firms among the hits per value of each facet, largest first; bands of age and staff in their own order.

    `city` counts cities and districts of the provinces named, by 5-digit code.
    """
    rows = np.flatnonzero(hits).astype(np.int32)
    found = {"region": _ordered(_counted(columns.province_number[rows]))}
    if provinces:
        places = columns.region_number[rows]
        here = np.isin(columns.province_number[rows], [int(code) for code in provinces])
        found["city"] = _ordered(_counted(places[here & (places >= 10_000)]))
    for name, groups in columns.of_day(_groups, today).items():
        counts = groups.count(rows)
        found[name] = {v: n for v, n in counts.items() if n} if name in _IN_BANDS else _ordered(counts)
    return found


def _groups(columns: SnapshotColumns, today: date) -> dict[str, Groups]:
    """The firms of every value of a facet."""
    masks = {
        "field": columns.selling,
        "certification": {scheme: certified(columns, scheme, today) for scheme in columns.certified},
        "source": columns.sources,
        "age": {band: columns.of_day(age_masks, today)[band] for band in AGE},
        "staff": {band: staff_masks(columns)[band] for band in STAFF},
        "experience": columns.industries,
        "registered_supplier": {"true": columns.flag("is_registered_supplier")},
        "has_patent": {"true": columns.has_patents},
    }
    return {name: Groups.of(values, columns.size) for name, values in masks.items()}


def _counted(codes: npt.NDArray[np.int32]) -> Facet:
    """Firms by region code; those of unknown regions are not counted."""
    counts = np.bincount(codes[codes >= 0])
    return {str(number): int(counts[number]) for number in np.flatnonzero(counts)}


def _ordered(counts: Facet) -> Facet:
    return dict(sorted(((n, c) for n, c in counts.items() if c), key=lambda item: (-item[1], item[0])))
