"""What a need seeks, as the legs of the ranking take it: concepts and fields by strength, and their own words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from schemas.vocabulary import Concept, Vocabulary
from search.query import Need
from transforms.text import tokens

SURE_CONCEPT: Final = 0.15
"""Concepts of at least this score are looked for; what a need names has 1."""

SURE_FIELD: Final = 0.5
_LEAST_FIELD: Final = 0.1
_CONCEPTS: Final = 6
_FORMS: Final = 3


@dataclass(frozen=True)
class Sought:
    """Strengths in (0, 1]. `tokens` are the analysed words of the names of the concepts and of a
    field that is surely meant, with their weights; `names` those names in both languages, for the embedding;
    `context` the factors by which the need's own words count less that name a concept of no likely field.
    """

    concepts: Mapping[str, float]
    fields: Mapping[str, float]
    tokens: Mapping[str, float]
    names: str
    context: Mapping[str, float]

    @classmethod
    def nothing(cls) -> Sought:
        return cls({}, {}, {}, "", {})


def sought(understood: Need, vocabulary: Vocabulary, *, broader: float, named: float, context: float) -> Sought:
    """What to look for; `broader` is the strength of a concept above a sought one, `named` the weight of names,
    `context` that of a concept of no likely field: a dry room whose controls are to be simulated is not sought.

    A need that no supplier answers seeks only what it names.
    """
    least = SURE_CONCEPT if understood.answerable else 1.0
    strong = [c for c in understood.concepts if c.score >= least][:_CONCEPTS]
    top = max((c.score for c in strong), default=1.0)
    shares = {c.id: _share(understood, vocabulary.concept[c.id], context) for c in strong}
    concepts = {c.id: shares[c.id] * c.score / top for c in strong}
    aside = _context(vocabulary, shares)
    for child, strength in list(concepts.items()):
        for parent in vocabulary.concept[child].broader:
            concepts[parent] = max(concepts.get(parent, 0.0), broader * strength)
    likely = [f for f in understood.fields if f.score >= _LEAST_FIELD] if understood.answerable else []
    first = likely[0].score if likely else 1.0
    named_ones = [(_forms(vocabulary, concept), strength) for concept, strength in concepts.items()]
    meant = [vocabulary.field[f.id] for f in likely[:1] if f.score >= SURE_FIELD]
    named_ones += [((field.short_ko, field.short_en), 1.0) for field in meant]
    weights: dict[str, float] = {}
    for forms, strength in named_ones:
        for token in (token for form in forms for token in _tokens(form)):
            weights[token] = max(weights.get(token, 0.0), named * strength)
    names = [vocabulary.concept[c].name(language) for c in concepts for language in ("ko", "en")]
    names += [name for field in meant for name in (field.ko, field.en)]
    return Sought(concepts, {f.id: f.score / first for f in likely}, weights, " ".join(names), aside)


def _share(understood: Need, concept: Concept, context: float) -> float:
    """How far a concept is of what is meant: from `context`, if none of its fields is likely, to 1."""
    if not understood.answerable:
        return 1.0
    score = {f.id: f.score for f in understood.fields}
    likeliest = max((score.get(field, 0.0) for field in concept.fields), default=0.0)
    return context + (1 - context) * likeliest / understood.fields[0].score


def _context(vocabulary: Vocabulary, shares: Mapping[str, float]) -> dict[str, float]:
    """Factors of the words of the concepts; a word of several concepts has the largest."""
    factors: dict[str, float] = {}
    for concept, share in shares.items():
        entry = vocabulary.concept[concept]
        for token in {token for form in (*entry.ko, *entry.en, *entry.abbr) for token in _tokens(form)}:
            factors[token] = max(factors.get(token, 0.0), share)
    return factors


@lru_cache(maxsize=20_000)
def _tokens(form: str) -> tuple[str, ...]:
    return tuple(tokens(form))


def _forms(vocabulary: Vocabulary, concept: str) -> tuple[str, ...]:
    entry = vocabulary.concept[concept]
    return (*entry.ko[:_FORMS], *entry.abbr[:1])
