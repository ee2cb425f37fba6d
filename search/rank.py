"""Ranking: three legs score statements, statements score firms. The rule is documented in docs/ranking.md.

Legs are normalised here, never by an engine, so that every engine ranks the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from search.columns import Mask, SnapshotColumns
from search.engines.base import Candidates, Floats, Rows


@dataclass(frozen=True)
class Weights:
    """Share of each leg in a statement's score, and how further statements of a firm add up.

    `field_only` is what a statement in a sought field counts beside one with the concept, `broader` one with a
    wider concept, `context` one with a concept of a field that is not meant; `named` weighs the words of the sought
    concepts' names, `sense` their share of the embedding.

    Chosen on the development needs by `python -m search.evaluation.tune` (docs/evaluation.md).
    """

    words: float = 0.25
    meaning: float = 0.35
    concepts: float = 0.40
    further: float = 0.5
    field_only: float = 0.4
    broader: float = 0.7
    context: float = 0.2
    named: float = 1.0
    sense: float = 0.5


DEFAULT_WEIGHTS: Final = Weights()
_STATEMENTS_THAT_COUNT: Final = 4


@dataclass(frozen=True)
class Scores:
    """Per statement row (all of them): the legs in [0, 1] and their weighted sum."""

    words: Floats
    meaning: Floats
    concepts: Floats
    total: Floats


def score_statements(
    columns: SnapshotColumns,
    lexical: Candidates,
    dense: Candidates,
    concepts: Mapping[str, float],
    fields: Mapping[str, float],
    weights: Weights = DEFAULT_WEIGHTS,
) -> Scores:
    """Score every statement; `concepts` and `fields` are what is sought, each with a score in [0, 1]."""
    words = _spread(lexical, columns.statements.height, floor=0.0)
    meaning = _spread(dense, columns.statements.height, floor=None)
    tagged = concept_leg(columns, concepts, fields, weights)
    total = weights.words * words + weights.meaning * meaning + weights.concepts * tagged
    return Scores(words, meaning, tagged, (total * columns.statement_weight).astype(np.float32))


def concept_leg(
    columns: SnapshotColumns, concepts: Mapping[str, float], fields: Mapping[str, float], weights: Weights
) -> Floats:
    """Best sought concept of each statement, or its field's score at a lower weight."""
    leg = np.zeros(columns.statements.height, np.float32)
    for postings, sought, factor in ((columns.fields, fields, weights.field_only), (columns.concepts, concepts, 1.0)):
        for name, score in sought.items():
            rows = postings.of(name)
            leg[rows] = np.maximum(leg[rows], factor * score)
    return leg


def score_firms(columns: SnapshotColumns, statement_scores: Floats, weights: Weights = DEFAULT_WEIGHTS) -> Floats:
    """A firm's score: its best statement, plus each further one at a falling share (saturation).

    The n-th best of a firm counts `further ** n`, up to four, so that 500 patents cannot flood a page.
    """
    rows = np.flatnonzero(statement_scores > 0)
    order = rows[np.lexsort((rows, -statement_scores[rows], columns.firm_of[rows]))]
    firms = columns.firm_of[order]
    starts = np.flatnonzero(np.r_[True, firms[1:] != firms[:-1]]) if len(firms) else np.empty(0, np.int64)
    place = np.arange(len(order)) - np.repeat(starts, np.diff(np.r_[starts, len(order)]))
    counted = place < _STATEMENTS_THAT_COUNT
    shares = (weights.further ** place[counted]).astype(np.float32) * statement_scores[order[counted]]
    found = np.zeros(columns.size, np.float32)
    np.add.at(found, firms[counted], shares)
    return found / np.float32(sum(weights.further**n for n in range(_STATEMENTS_THAT_COUNT)))


def ordered(columns: SnapshotColumns, scores: Floats, among: Mask) -> Rows:
    """Rows of the firms among `among` by score; ties by completeness of the record, then by firm id."""
    rows = np.flatnonzero(among)
    complete = columns.statement_count[rows]
    return rows[np.lexsort((rows, -complete, -scores[rows]))].astype(np.int32)


def _spread(found: Candidates, size: int, floor: float | None) -> Floats:
    """Candidates' scores scaled to [0, 1] and laid out by statement row; `floor` None takes the lowest score."""
    leg = np.zeros(size, np.float32)
    if not len(found.rows):
        return leg
    low = float(found.scores.min()) if floor is None else floor
    span = float(found.scores.max()) - low
    leg[found.rows] = (found.scores - low) / span if span > 0 else 1.0
    return leg
