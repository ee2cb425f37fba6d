"""Reading a need: what it names and in which role, the constraints it states, and what its sentences resemble."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Final, Self

import numpy as np

from schemas.vocabulary import Vocabulary, load_vocabulary
from search.query import Need, Part, Roles, Scored, SimilarSentence, Span
from search.understand.constraints import ConstraintReader, finder
from search.understand.cues import cue_reader
from search.understand.encoder import SentenceEncoder, default_encoder
from search.understand.features import features
from search.understand.industry import IndustryFinder, NamedIndustry
from search.understand.model import NOT_A_NEED, Model, Prediction, concept_evidence, default_model, named_fields
from search.understand.parts import parts_of
from search.understand.question import separating_question
from search.understand.roles import Reading, RoleReader
from search.understand.spelling import Corrected, Speller
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
_ROLE_CUES: Final = ("want", "not_wanted", "have", "hurts", "unread")

Place = tuple[int, int]

_ENDING: Final = re.compile(r"[가-힣]{0,4}(?![가-힣])")
"""What a Korean word goes on with behind a constraint: `벤처기업|이면서`."""


class Understander:
    """Reads needs by one vocabulary. Safe to share between threads.

    Making one is quick; its model and encoder begin to load in the background.
    """

    def __init__(self, vocabulary: Vocabulary, matcher: ConceptMatcher, encoder: SentenceEncoder | None = None) -> None:
        self._encoder = encoder or default_encoder()
        self._vocabulary = vocabulary
        self._matcher = matcher
        self._constraints = ConstraintReader(vocabulary.constraints)
        self._declinable = finder(vocabulary.constraints.get("declined", ()))
        self._industries = IndustryFinder(vocabulary.industries)
        self._roles = RoleReader(cue_reader(*_ROLE_CUES), vocabulary.things)
        self._speller = Speller(form for c in vocabulary.concepts for form in (*c.en, *c.abbr))
        self._position = {field.id: i for i, field in enumerate(vocabulary.fields)}

    @classmethod
    def default(cls) -> Self:
        """With the knowledge base of this version of the code."""
        default_encoder()
        return cls(load_vocabulary(), default_matcher())

    @cached_property
    def _model(self) -> Model:
        return default_model()

    def understand(self, text: str, roles: Roles | None = None) -> Need:
        """What a need means, with `roles` for the concepts named at these places instead of those of the cues.

        Never raises for a text, however odd. Raises ValueError for a role at a place where no concept is named.
        """
        language = "ko" if is_korean(text) else "en"
        stated = self._constraints.read(text)
        corrected = self._speller.correct(text)
        readings = self._read_roles(text, corrected, stated.places, roles or {})
        named = [r.mention for r in readings if r.role == "want" and r.mention.concept in self._vocabulary.concept]
        excluded = self._excluded([r.mention for r in readings if r.role == "not_wanted"], named)
        hidden = [*stated.places, *((r.start, r.end) for r in readings if r.role in ("not_wanted", "have"))]
        parts = parts_of(text, named, self._vocabulary)
        predicted = self._predict(text, hidden, named, parts)
        fields = _ranked(predicted.fields, excluded)
        industries = self._industries.find(text)
        asker = self._industries.of_asker(text, industries)
        looked_up = find_identifiers(text)
        lexical = lexical_query(
            text,
            self._forms(named),
            [*hidden, *((r.mention.start, r.mention.end) for r in readings if r.clashes)],
            [(i.start, i.end) for i in industries if not _in(i.start, i.end, named)],
        )
        unsure = any(r.clashes for r in readings)
        return Need(
            text=text,
            language=language,
            fields=fields,
            concepts=self._concepts(named, predicted, readings),
            filters=stated.filters,
            excluded=excluded,
            industry=asker,
            answerable=predicted.answerable >= ANSWERABLE,
            answer_score=predicted.answerable,
            lexical=lexical,
            spans=_spans(text, readings, stated.spans, industries, asker),
            similar=self._similar(predicted, fields),
            parts=parts,
            soft=stated.soft,
            corrections=corrected.corrections,
            identifiers=looked_up,
            question=None
            if looked_up
            else separating_question(self._vocabulary, fields, text, language, although_sure=unsure),
        )

    def _read_roles(self, text: str, corrected: Corrected, covered: Sequence[Place], roles: Roles) -> list[Reading]:
        """Mentions of concepts with their roles, and words of no concept where they are declined or there already."""
        found = map(corrected.as_typed, self._matcher.mentions(corrected.text, capitals_matter=False))
        mentions = [m for m in found if not _overlaps(m.start, m.end, covered)]
        declinable = [
            Mention(start, end, name, text[start:end])
            for name, start, end in self._declinable.find(text)
            if not _in(start, end, mentions)
        ]
        read = self._roles.read(text, mentions, roles)
        others = self._roles.read(text, declinable, roles)
        _check_places(roles, [*read, *others])
        others = [r for r in others if r.role in ("not_wanted", "have")]
        return sorted([*read, *others], key=lambda r: (r.mention.start, r.mention.end))

    def _predict(
        self, text: str, hidden: Sequence[Place], named: Sequence[Mention], parts: Sequence[Part]
    ) -> Prediction:
        """Of a need with several parts each is predicted with the others blanked out, and the means are taken."""
        if not parts:
            return self._predict_one(_blanked(text, hidden), named)
        found = []
        for part in parts:
            others = [(p.start, p.end) for p in parts if p is not part]
            own = [m for m in named if part.start <= m.start and m.end <= part.end]
            found.append(self._predict_one(_blanked(text, [*hidden, *others]), own))
        best = max(found, key=lambda p: p.answerable)
        return replace(
            best,
            fields={f: float(np.mean([p.fields[f] for p in found])) for f in best.fields},
            concepts={c: max(p.concepts.get(c, 0.0) for p in found) for p in found for c in p.concepts},
        )

    def _predict_one(self, bare: str, named: Sequence[Mention]) -> Prediction:
        evidence = concept_evidence(named_fields([m.concept for m in named], self._vocabulary), self._position)
        places = [(m.start, m.end) for m in named]
        vector = self._encoder.encode([bare])[0]
        predicted = self._model.predict(vector, features(bare), evidence, named_share(bare, places))
        return replace(predicted, answerable=max(predicted.answerable, NAMED * only_names(bare, places)))

    def _concepts(
        self, named: Sequence[Mention], predicted: Prediction, readings: Sequence[Reading]
    ) -> tuple[Scored, ...]:
        """Concepts named as wanted, then those of like sentences; never what the text names in another role."""
        scores = (
            {c: s for c, s in predicted.concepts.items() if s >= _LEAST_CONCEPT}
            if predicted.answerable >= ANSWERABLE
            else {}
        )
        scores |= {m.concept: 1.0 for m in named}
        other = {r.mention.concept for r in readings} - {m.concept for m in named}
        kept = [Scored(c, s) for c, s in scores.items() if c not in other]
        ordered = sorted(kept, key=lambda s: (-s.score, s.id))
        return tuple(ordered[: max(_CONCEPTS_SHOWN, sum(s.score == 1.0 for s in ordered))])

    def _excluded(self, unwanted: Sequence[Mention], named: Sequence[Mention]) -> tuple[str, ...]:
        """Concepts not wanted, and the field of one that stands for most of its field (`MES 말고`)."""
        wanted = {m.concept for m in named}
        concepts = [c for c in dict.fromkeys(m.concept for m in unwanted) if c not in wanted]
        wanted_fields = {self._vocabulary.concept[c].fields[0] for c in wanted}
        fields = [
            f
            for c in concepts
            if c in self._vocabulary.concept
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

    def _forms(self, named: Sequence[Mention]) -> dict[Place, list[str]]:
        forms: dict[Place, list[str]] = {}
        for mention in named:
            concept = self._vocabulary.concept[mention.concept]
            forms.setdefault((mention.start, mention.end), []).extend([*concept.ko, *concept.en, *concept.abbr])
        return forms

    def _similar(self, predicted: Prediction, fields: Sequence[Scored]) -> tuple[SimilarSentence, ...]:
        """Training sentences like the need, of its first fields; of no field where no supplier answers."""
        sentences = self._model.sentences
        supported = {f.id for f in fields[:_FIELDS_SUPPORTED]} if predicted.answerable >= ANSWERABLE else {NOT_A_NEED}
        alike = [
            SimilarSentence(sentences.texts[row], self._model.classes[sentences.classes[row][0]])
            for row, likeness in predicted.similar
            if likeness >= _LIKE_ENOUGH and self._model.classes[sentences.classes[row][0]] in supported
        ]
        return tuple(alike[:_SENTENCES_SHOWN])


def _check_places(roles: Roles, readings: Sequence[Reading]) -> None:
    named = {(r.mention.start, r.mention.end) for r in readings}
    if strangers := sorted(set(roles) - named):
        places = ", ".join(f"{start}-{end}" for start, end in sorted(named)) or "none"
        start, end = strangers[0]
        raise ValueError(f"no concept is named at {start}-{end}; places that have a role: {places}")


def _spans(
    text: str,
    readings: Sequence[Reading],
    stated: Sequence[Span],
    industries: Sequence[NamedIndustry],
    asker: str | None,
) -> tuple[Span, ...]:
    """Every recognised span in the order of the text, and amounts that nothing could read."""
    concepts = [
        Span(m.start, m.end, text[m.start : m.end], "unread" if r.clashes else r.role, "concept", m.concept, r.because)
        for r in readings
        for m in [r.mention]
    ]
    own = [
        Span(i.start, i.end, text[i.start : i.end], "about_asker", "industry", i.id)
        for i in industries
        if i.id == asker
    ]
    known = [*stated, *concepts, *own]
    unread = [
        Span(match.start(), match.end(), match.group(), "unread", "amount", "")
        for match in _AMOUNT.finditer(text)
        if not any(match.start() < s.end and s.start < match.end() for s in known)
    ]
    return tuple(sorted([*known, *unread], key=lambda span: (span.start, span.end, span.id)))


_AMOUNT: Final = re.compile(r"\d[\d,.]*\s*(?:[가-힣]{1,3}|[A-Za-z%°/]{1,6})?")


def _ranked(probabilities: dict[str, float], excluded: Sequence[str]) -> tuple[Scored, ...]:
    """All fields, likeliest first; one that is not wanted has no score."""
    left = {f: 0.0 if f in excluded else p for f, p in probabilities.items()}
    total = sum(left.values()) or 1.0
    return tuple(sorted((Scored(f, p / total) for f, p in left.items()), key=lambda s: (-s.score, s.id)))


def _blanked(text: str, places: Iterable[Place]) -> str:
    """The text with a blank for each place and the ending that clings to it: what is left says what is sought."""
    hidden = {i for start, end in places for i in range(start, _with_ending(text, end))}
    return "".join(" " if i in hidden else character for i, character in enumerate(text))


def _with_ending(text: str, end: int) -> int:
    ending = _ENDING.match(text, end)
    return ending.end() if ending else end


def _in(start: int, end: int, mentions: Sequence[Mention]) -> bool:
    return any(start < m.end and m.start < end for m in mentions)


def _overlaps(start: int, end: int, places: Iterable[Place]) -> bool:
    return any(start < b and a < end for a, b in places)


def _parts(name: str) -> list[str]:
    """`Identification systems / machine vision` by its parts, lower case, with and without a plural s."""
    parts = [part.strip().lower() for part in name.replace("(", "/").replace(")", "").split("/")]
    return [*parts, *(part.removesuffix("s") for part in parts)]
