"""Bands of an answer: what a firm's evidence says of the need. The rule is documented in docs/ranking.md.

* `states`: a capability statement names what is wanted (its concept or a narrower one), or has all of the typed words.
* `field`: a capability statement is in the same field, or names something wider, and states other work.
* `name`: only the firm's name or the line of its industry speaks for it.
* `silent`: a registered supplier that publishes nothing; such firms are counted and never ranked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from schemas.vocabulary import Vocabulary
from search.engines.base import Rows
from search.query import RANKED, Band, Need
from search.snapshot.columns import Mask, Postings, SnapshotColumns

Levels = npt.NDArray[np.int8]
"""Per row 3 for `states`, 2 for `field`, 1 for `name`, 0 for none."""

LEVEL: Final[Mapping[Band, int]] = {"states": 3, "field": 2, "name": 1, "silent": 0}


def checked_bands(values: Sequence[str]) -> tuple[Band, ...]:
    """Bands that hits may have, in their order. Raises ValueError naming the bands there are."""
    if unknown := [value for value in values if value not in RANKED]:
        raise ValueError(f"no band {unknown[0]!r}; there are: {', '.join(RANKED)}")
    return tuple(band for band in RANKED if band in values)


@dataclass(frozen=True)
class Wanted:
    """What a statement must name to state the need: concepts with all that are narrower, and per part the same.

    `wider` are concepts above these, `fields` those that are meant, `refused` concepts that are not wanted.
    """

    concepts: frozenset[str]
    parts: tuple[frozenset[str], ...]
    wider: frozenset[str]
    fields: frozenset[str]
    refused: frozenset[str]

    @classmethod
    def of(cls, need: Need, vocabulary: Vocabulary) -> Wanted:
        """Of a need; where no supplier answers it, only what it names. A method beside a task is not what is wanted."""
        narrower = vocabulary.narrower
        named = _most_specific([c for c in need.named if c not in vocabulary.methods] or need.named, narrower)
        # An object is never inferred to be wanted: of a leak in the compressed air no compressor is the cure.
        roots = named or [c for c in need.inferred if c not in vocabulary.things]
        concepts = closure(roots, narrower)
        wider = {parent for root in roots for parent in vocabulary.concept[root].broader}
        wider = (wider | {c.id for c in need.concepts if c.score >= 1.0}) - concepts
        fields = set(need.meant) if need.answerable else set()
        return cls(
            frozenset(concepts),
            tuple(frozenset(closure(part.concepts, narrower)) for part in need.parts),
            frozenset(wider),
            frozenset(fields),
            frozenset(need.excluded) - concepts,
        )


@dataclass(frozen=True)
class Banded:
    """Firms and statements by band: `statements` and `firms` are levels by row; `parts` has for each part of the need a
    mask of the firms that state it.
    """

    statements: Levels
    firms: Levels
    parts: tuple[Mask, ...]

    def mask(self, band: Band) -> Mask:
        return np.asarray(self.firms == LEVEL[band])

    def of(self, row: int) -> Band:
        """The band of a firm's row; a firm of none is shown as the weakest that is ranked."""
        return next((band for band in RANKED if LEVEL[band] == self.firms[row]), "name")

    def stated_parts(self, row: int) -> list[int]:
        return [number for number, mask in enumerate(self.parts) if mask[row]]


def banded(columns: SnapshotColumns, wanted: Wanted, all_words: Rows, some_words: Rows) -> Banded:
    """Levels of all statements and firms. `all_words` are rows of firms with all typed words in one statement, and
    `some_words` those with enough of them.
    """
    levels = np.zeros(len(columns.firm_of), np.int8)
    stated = columns.is_stated
    _raise(levels, _rows(columns.fields, wanted.fields), LEVEL["field"])
    _raise(levels, _rows(columns.concepts, wanted.wider), LEVEL["field"])
    _raise(levels, _rows(columns.concepts, wanted.concepts), LEVEL["states"])
    levels[~stated & (levels > 0)] = LEVEL["name"]
    refused = _rows(columns.concepts, wanted.refused)
    levels[refused[levels[refused] < LEVEL["states"]]] = 0
    firms = np.zeros(columns.size, np.int8)
    np.maximum.at(firms, columns.firm_of, levels)
    has_statement = columns.mask(columns.firm_of[stated])
    words_only = columns.mask(some_words) & ~columns.mask(columns.firm_of[refused])
    firms[words_only & (firms == 0)] = LEVEL["name"]
    firms[words_only & has_statement & (firms < LEVEL["field"])] = LEVEL["field"]
    firms[columns.mask(all_words) & has_statement] = LEVEL["states"]
    parts = tuple(np.logical_or.reduce([columns.stating(c) for c in sorted(part)]) for part in wanted.parts)
    return Banded(levels, firms, parts)


def _raise(levels: Levels, rows: Rows, level: int) -> None:
    levels[rows] = np.maximum(levels[rows], level)


def _rows(postings: Postings, names: Iterable[str]) -> Rows:
    return np.concatenate([np.empty(0, np.int32), *(postings.of(name) for name in sorted(names))])


def _most_specific(concepts: Sequence[str], narrower: Mapping[str, Sequence[str]]) -> list[str]:
    """Without those of which another one is a kind (`AOI 비전검사` asks for AOI)."""
    return [c for c in concepts if not (closure([c], narrower) - {c}) & set(concepts)]


def closure(roots: Sequence[str], narrower: Mapping[str, Sequence[str]]) -> set[str]:
    """The concepts with everything that is a kind of them."""
    found: set[str] = set()
    left = list(roots)
    while left:
        concept = left.pop()
        if concept not in found:
            found.add(concept)
            left += narrower.get(concept, ())
    return found
