"""Two ways from what was read to ranked firms: a need seeks statements, a description seeks firms that do the like."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property, lru_cache

import numpy as np

from schemas.vocabulary import Vocabulary
from search.embedding import Embedder
from search.engines.base import Candidates, Engine, Floats, Rows
from search.query import LexicalQuery, Need, TermGroup
from search.ranking.bands import Banded, Wanted, banded
from search.ranking.likeness import Likeness, alike
from search.ranking.rank import Scores, Weights, score_firms, score_statements
from search.ranking.ranking import Ranking
from search.ranking.sought import Sought, sought
from search.snapshot.columns import Mask, SnapshotColumns
from search.snapshot.passing import Passing

_CANDIDATES = 400


class NeedSearch:
    """Ranks firms by their statements for the need of a buyer."""

    def __init__(
        self,
        columns: SnapshotColumns,
        engine: Engine,
        embedder: Callable[[], Embedder],
        vocabulary: Vocabulary,
        weights: Weights,
    ) -> None:
        self._columns = columns
        self._engine = engine
        self._embedder = embedder
        self._vocabulary = vocabulary
        self._weights = weights

    def rank(self, understood: Need, passing: Passing) -> Ranking:
        """All firms that pass the filters: those of a band, band by band, then those that only resemble the need."""
        columns, weights, allowed = self._columns, self._weights, passing.mask
        wanted = self.sought(understood)
        scores = self._statement_scores(understood, wanted, passing.rows)
        firms = columns.firm_of[scores.rows]
        kept = allowed[firms]
        firm_scores = score_firms(firms[kept], scores.total[kept], columns.size, weights)
        literal = self._literally(understood)
        firm_scores[literal] = np.minimum(firm_scores[literal] + weights.literal, 1.0)
        self._prefer(firm_scores, understood.soft)
        bands = self.bands(understood)
        mask = (bands.firms > 0) & allowed
        return Ranking(columns, firm_scores, scores, mask, allowed & ~mask & (firm_scores > 0), wanted, bands)

    def _prefer(self, firm_scores: Floats, soft: Mapping[str, tuple[str, ...]]) -> None:
        """Firms in a preferred place gain within their band, those in a place rather avoided lose as much."""
        for name, sign in (("region", 1), ("not_region", -1)):
            for code in soft.get(name, ()):
                inside = self._columns.firms_in(code)
                firm_scores[inside] = np.clip(firm_scores[inside] + sign * self._weights.wish, 0.0, 1.0)

    def _statement_scores(self, understood: Need, wanted: Sought, rows: Rows | None) -> Scores:
        words = understood.lexical.times(wanted.context).also(wanted.tokens)
        lexical = self._engine.lexical(words, _CANDIDATES, rows)
        vector = self._vector(understood.text, wanted.names)
        dense = self._engine.dense(vector, _CANDIDATES, rows) if vector.any() else Candidates.none()
        return score_statements(self._columns, lexical, dense, wanted.concepts, wanted.fields, self._weights)

    def bands(self, understood: Need) -> Banded:
        """The band of every firm, whatever the filters; a firm of none is no hit."""
        asked = understood.lexical
        return banded(
            self._columns,
            Wanted.of(understood, self._vocabulary),
            self._literally(understood),
            self._matching(asked.groups, asked.minimum),
        )

    def tagged(self, scores: Scores) -> Mask:
        """Firms with a statement in a field or with a concept that is sought: only these are shown as related.

        Likeness of words or meaning alone would show a buyer who is a bakery other bakeries.
        """
        return self._columns.mask(self._columns.firm_of[scores.rows[scores.concepts > 0]])

    def sought(self, understood: Need) -> Sought:
        weights = self._weights
        return sought(
            understood, self._vocabulary, broader=weights.broader, named=weights.named, context=weights.context
        )

    def _literally(self, understood: Need) -> Rows:
        """Firms that state all of several typed words in one statement: whoever types the words of a product line
        looks for that line, however little else the words mean.
        """
        typed = understood.lexical.literal
        return self._matching(typed.groups, typed.minimum) if len(typed.groups) > 1 else np.empty(0, np.int32)

    @cached_property
    def _matching(self) -> Callable[[tuple[TermGroup, ...], int], Rows]:
        """Cached: the same groups of words are asked for as hits, and as the firms that state all of them."""
        return lru_cache(maxsize=4)(
            lambda groups, minimum: self._engine.matching_firms(LexicalQuery(groups=groups, minimum=minimum))
        )

    @cached_property
    def _named(self) -> Callable[[str], Floats]:
        """Vectors of the names that needs are turned towards: few different ones, asked for again and again."""
        return lru_cache(maxsize=4_096)(lambda names: self._embedder().encode_queries([names])[0])

    def _vector(self, text: str, names: str) -> Floats:
        """Unit vector of the need, turned towards the names of what it seeks; zero where the text has no known word."""
        return unit(self._embedder().encode_queries([text])[0] + self._weights.sense * self._named(names))


class DescriptionSearch:
    """Ranks firms as wholes by their likeness to the description of a firm."""

    def __init__(self, columns: SnapshotColumns, engine: Engine, embedder: Callable[[], Embedder], weights: Weights):
        self._columns = columns
        self._engine = engine
        self._embedder = embedder
        self._weights = weights

    @cached_property
    def likeness(self) -> Likeness:
        return Likeness(self._columns)

    def rank(self, understood: Need, passing: Passing) -> Ranking:
        """All firms that pass the filters, those alike enough in meaning as hits."""
        vector = self._vector(understood.text)
        lexical = self._engine.lexical(understood.lexical, _CANDIDATES, passing.rows)
        dense = self._engine.dense(vector, _CANDIDATES, passing.rows) if vector.any() else Candidates.none()
        scores = score_statements(self._columns, lexical, dense, {}, {}, self._weights)
        near = self.likeness.meaning(vector)
        firm_scores, mask = self.likeness.score(lexical, near, understood.places), alike(near) & passing.mask
        resembling = passing.mask & ~mask & (firm_scores > 0)
        return Ranking(self._columns, firm_scores, scores, mask, resembling, Sought.nothing())

    def hits(self, understood: Need) -> Mask:
        """The firms that are alike enough in meaning, whatever the filters."""
        return alike(self.likeness.meaning(self._vector(understood.text)))

    def warm_up(self) -> None:
        """Load the firms as wholes, which takes seconds for a million of them."""
        self.likeness.meaning(np.zeros(self._embedder().dimensions, np.float32))

    def _vector(self, text: str) -> Floats:
        return unit(self._embedder().encode_queries([text])[0])


def unit(vector: Floats) -> Floats:
    """The vector at length 1; a zero vector stays zero."""
    length = float(np.linalg.norm(vector))
    return np.asarray(vector / length if length else vector, np.float32)
