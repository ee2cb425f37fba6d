"""Understanding a need: the words it uses, the sentences it resembles and the constraints it states."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import Final, Self

from schemas.vocabulary import Vocabulary, load_vocabulary
from search.query import Reason, Scored, Understood
from search.understand.constraints import ConstraintReader, Stated, finder
from search.understand.encoder import SentenceEncoder, default_encoder
from search.understand.features import features
from search.understand.industry import IndustryFinder
from search.understand.model import NOT_A_NEED, Model, Prediction, concept_evidence, named_fields
from search.understand.negation import is_negated, negated, negated_place
from search.understand.question import separating_question
from search.understand.wording import lexical_query, named_share, only_names
from transforms.concepts import ConceptMatcher, Mention, default_matcher
from transforms.identifiers import find_identifiers
from transforms.text import is_korean

ANSWERABLE: Final = 0.5
NAMED: Final = 0.9
"""Least probability that a supplier answers somebody who types the name of a technology and no more."""
_CONCEPTS_SHOWN: Final = 8
_LEAST_CONCEPT: Final = 0.12
_SENTENCES_SHOWN: Final = 3
_FIELDS_SUPPORTED: Final = 3
_LIKE_ENOUGH: Final = 0.25
_NARROWER_THAT_MAKE_A_FIELD: Final = 0.3

Span = tuple[int, int]

_ENDING: Final = re.compile(r"[가-힣]{0,4}(?![가-힣])")
"""What a Korean word goes on with behind a constraint: `벤처기업|이면서`."""


class Understander:
    """Understands needs by one vocabulary. Safe to share between threads.

    Making one is quick; its model and encoder begin to load in the background.
    """

    def __init__(self, vocabulary: Vocabulary, matcher: ConceptMatcher, encoder: SentenceEncoder | None = None) -> None:
        self._encoder = encoder or default_encoder()
        self._vocabulary = vocabulary
        self._matcher = matcher
        self._constraints = ConstraintReader(vocabulary.constraints)
        self._declinable = finder(vocabulary.constraints.get("declined", ()))
        self._industries = IndustryFinder(vocabulary.industries)
        self._position = {field.id: i for i, field in enumerate(vocabulary.fields)}

    @classmethod
    def default(cls) -> Self:
        """With the knowledge base of this version of the code."""
        default_encoder()
        return cls(load_vocabulary(), default_matcher())

    @cached_property
    def _model(self) -> Model:
        return Model.load()

    def understand(self, text: str) -> Understood:
        """What a need means. Never raises for a text, however odd."""
        language = "ko" if is_korean(text) else "en"
        stated = self._constraints.read(text)
        mentions = [m for m in self._matcher.mentions(text, capitals_matter=False) if not stated.covers(m.start, m.end)]
        unwanted = negated(text, mentions)
        named = [m for m in mentions if m not in unwanted]
        declined = self._declined(text, mentions)
        no = [negated_place(text, m.start, m.end) or (m.start, m.end) for m in (*unwanted, *declined)]
        hidden = [*stated.places, *no]
        excluded = tuple(dict.fromkeys([*self._excluded(unwanted, named), *(m.concept for m in declined)]))
        looked_up = find_identifiers(text)
        predicted = self._predict(_blanked(text, hidden), named)
        fields = _ranked(predicted.fields, excluded)
        industries = self._industries.find(text)
        return Understood(
            text=text,
            language=language,
            fields=fields,
            concepts=self._concepts(named, predicted, excluded),
            filters=stated.filters,
            excluded=excluded,
            industry=self._industries.of_asker(text, industries),
            answerable=predicted.answerable >= ANSWERABLE,
            answer_score=predicted.answerable,
            lexical=lexical_query(
                text,
                self._forms(named),
                hidden,
                [(i.start, i.end) for i in industries if not _in(i.start, i.end, named)],
            ),
            reasons=self._reasons(text, named, [*unwanted, *declined], stated, predicted, fields),
            identifiers=looked_up,
            question=None if looked_up else separating_question(self._vocabulary, fields, text, language),
        )

    def _predict(self, bare: str, named: Sequence[Mention]) -> Prediction:
        evidence = concept_evidence(named_fields([m.concept for m in named], self._vocabulary), self._position)
        places = [(m.start, m.end) for m in named]
        vector = self._encoder.encode([bare])[0]
        predicted = self._model.predict(vector, features(bare), evidence, named_share(bare, places))
        return replace(predicted, answerable=max(predicted.answerable, NAMED * only_names(bare, places)))

    def _concepts(self, named: Sequence[Mention], predicted: Prediction, excluded: Sequence[str]) -> tuple[Scored, ...]:
        """Named concepts, then those that like sentences were about."""
        scores = (
            {c: s for c, s in predicted.concepts.items() if s >= _LEAST_CONCEPT}
            if predicted.answerable >= ANSWERABLE
            else {}
        )
        scores |= {m.concept: 1.0 for m in named}
        kept = [Scored(c, s) for c, s in scores.items() if c not in excluded]
        ordered = sorted(kept, key=lambda s: (-s.score, s.id))
        return tuple(ordered[: max(_CONCEPTS_SHOWN, sum(s.score == 1.0 for s in ordered))])

    def _declined(self, text: str, mentions: Sequence[Mention]) -> list[Mention]:
        """Words of no concept that are named as not wanted; their `concept` is a concept's or a field's id."""
        return [
            Mention(start, end, name, text[start:end])
            for name, start, end in self._declinable.find(text)
            if not _in(start, end, mentions) and is_negated(text, start, end)
        ]

    def _excluded(self, unwanted: Sequence[Mention], named: Sequence[Mention]) -> tuple[str, ...]:
        """Concepts not wanted, and the field of one that stands for most of its field (`MES 말고`)."""
        wanted = {m.concept for m in named}
        concepts = [c for c in dict.fromkeys(m.concept for m in unwanted) if c not in wanted]
        wanted_fields = {self._vocabulary.concept[c].fields[0] for c in wanted}
        fields = [
            f
            for c in concepts
            for f in self._vocabulary.concept[c].fields[:1]
            if c in self._heads.get(f, ()) and f not in wanted_fields
        ]
        return tuple(dict.fromkeys([*concepts, *fields]))

    @cached_property
    def _heads(self) -> dict[str, set[str]]:
        """Per field the concepts that stand for it: those of its name, and those most of its concepts are kinds of."""
        heads: dict[str, set[str]] = {}
        for field in self._vocabulary.fields:
            own = [c for c in self._vocabulary.concepts if c.fields[:1] == [field.id]]
            names = {field.id, field.short_ko, *_parts(field.short_en), *_parts(field.ko), *_parts(field.en)}
            for concept in own:
                kinds = sum(concept.id in c.broader for c in own)
                forms = {concept.id, *concept.ko, *(f.lower() for f in (*concept.en, *concept.abbr))}
                if forms & names or kinds >= _NARROWER_THAT_MAKE_A_FIELD * len(own):
                    heads.setdefault(field.id, set()).add(concept.id)
        return heads

    def _forms(self, named: Sequence[Mention]) -> dict[Span, list[str]]:
        forms: dict[Span, list[str]] = {}
        for mention in named:
            concept = self._vocabulary.concept[mention.concept]
            forms.setdefault((mention.start, mention.end), []).extend([*concept.ko, *concept.en, *concept.abbr])
        return forms

    def _reasons(
        self,
        text: str,
        named: Sequence[Mention],
        unwanted: Sequence[Mention],
        stated: Stated,
        predicted: Prediction,
        fields: Sequence[Scored],
    ) -> tuple[Reason, ...]:
        """Words, rules, and those of the like sentences that speak for what was understood."""
        words = [Reason("word", m.concept, text[m.start : m.end], m.start, m.end) for m in named]
        negations = [Reason("rule", f"excluded:{m.concept}", text[m.start : m.end], m.start, m.end) for m in unwanted]
        sentences = self._model.sentences
        supported = {f.id for f in fields[:_FIELDS_SUPPORTED]} if predicted.answerable >= ANSWERABLE else {NOT_A_NEED}
        alike = [
            Reason("similar_problem", self._model.classes[sentences.classes[row][0]], sentences.texts[row])
            for row, likeness in predicted.similar
            if likeness >= _LIKE_ENOUGH and self._model.classes[sentences.classes[row][0]] in supported
        ]
        return (*words, *stated.reasons, *negations, *alike[:_SENTENCES_SHOWN])


def _ranked(probabilities: dict[str, float], excluded: Sequence[str]) -> tuple[Scored, ...]:
    """All fields, likeliest first; one that is not wanted has no score."""
    left = {f: 0.0 if f in excluded else p for f, p in probabilities.items()}
    total = sum(left.values()) or 1.0
    return tuple(sorted((Scored(f, p / total) for f, p in left.items()), key=lambda s: (-s.score, s.id)))


def _blanked(text: str, places: Sequence[Span]) -> str:
    """The text with a blank for each place and the ending that clings to it: what is left says what is sought."""
    hidden = {i for start, end in places for i in range(start, _with_ending(text, end))}
    return "".join(" " if i in hidden else character for i, character in enumerate(text))


def _with_ending(text: str, end: int) -> int:
    ending = _ENDING.match(text, end)
    return ending.end() if ending else end


def _in(start: int, end: int, mentions: Sequence[Mention]) -> bool:
    return any(start < m.end and m.start < end for m in mentions)


def _parts(name: str) -> list[str]:
    """`Identification systems / machine vision` by its parts, lower case, with and without a plural s."""
    parts = [part.strip().lower() for part in name.replace("(", "/").replace(")", "").split("/")]
    return [*parts, *(part.removesuffix("s") for part in parts)]
