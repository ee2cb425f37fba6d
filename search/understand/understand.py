"""Understanding a need: the words it uses, the sentences it resembles and the constraints it states."""

from __future__ import annotations

from functools import cached_property
from typing import Final, Self

from schemas.vocabulary import Vocabulary, load_vocabulary
from search.understand.constraints import ConstraintReader
from search.understand.memory import NOT_A_NEED, Memory, features
from search.understand.need import Reason, Scored, Understood
from search.understand.wording import lexical_query
from transforms.concepts import ConceptMatcher, Mention, default_matcher
from transforms.text import is_korean

_ANSWERABLE: Final = 0.5
_CONCEPTS_SHOWN: Final = 8
_LEAST_CONCEPT: Final = 0.05


class Understander:
    """Understands needs by one vocabulary. Reads its model at the first need; safe to share between threads."""

    def __init__(self, vocabulary: Vocabulary, matcher: ConceptMatcher) -> None:
        self._vocabulary = vocabulary
        self._matcher = matcher
        self._constraints = ConstraintReader(vocabulary.constraints)

    @classmethod
    def default(cls) -> Self:
        """With the knowledge base of this version of the code."""
        return cls(load_vocabulary(), default_matcher())

    @cached_property
    def _memory(self) -> Memory:
        return Memory.load()

    def understand(self, text: str) -> Understood:
        """What a need means. Never raises for a text, however odd; an empty one is not answerable."""
        stated = self._constraints.read(text)
        named = [
            m
            for m in self._matcher.mentions(text, capitals_matter=False)
            if not stated.covers(m.start, m.end)
        ]
        bare = stated.without(text)
        rows = self._memory.rows(features(bare, [m.concept for m in named]))
        by_field = dict(
            zip(self._memory.fields.classes, self._memory.fields.probabilities(rows).tolist(), strict=True)
        )
        nothing = by_field.pop(NOT_A_NEED)
        total = sum(by_field.values()) or 1.0
        fields = sorted((Scored(f, p / total) for f, p in by_field.items()), key=lambda s: (-s.score, s.id))
        return Understood(
            text=text,
            language="ko" if is_korean(text) else "en",
            fields=tuple(fields),
            concepts=self._concepts(named, rows),
            filters=stated.filters,
            excluded=(),
            industry=None,
            answerable=1.0 - nothing >= _ANSWERABLE,
            answer_score=1.0 - nothing,
            lexical=lexical_query(text, self._forms(named), stated.places),
            reasons=(
                *(Reason("word", m.concept, text[m.start : m.end], m.start, m.end) for m in named),
                *stated.reasons,
            ),
        )

    def _concepts(self, named: list[Mention], rows: object) -> tuple[Scored, ...]:
        scores = dict(
            zip(
                self._memory.concepts.classes, self._memory.concepts.probabilities(rows).tolist(), strict=True
            )
        )  # type: ignore[arg-type]
        scores |= {m.concept: 1.0 for m in named}
        best = sorted(
            (Scored(c, s) for c, s in scores.items() if s >= _LEAST_CONCEPT), key=lambda s: (-s.score, s.id)
        )
        return tuple(best[: max(_CONCEPTS_SHOWN, len({m.concept for m in named}))])

    def _forms(self, named: list[Mention]) -> dict[tuple[int, int], list[str]]:
        forms: dict[tuple[int, int], list[str]] = {}
        for mention in named:
            concept = self._vocabulary.concept[mention.concept]
            forms.setdefault((mention.start, mention.end), []).extend(
                [*concept.ko, *concept.en, *concept.abbr]
            )
        return forms
