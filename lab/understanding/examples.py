"""What the model of needs learns from: labelled sentences of buyers, and the knowledge base's own words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import yaml

from schemas.vocabulary import KNOWLEDGE_FOLDER, Vocabulary
from search.understand.encoder import default_encoder
from search.understand.features import features
from search.understand.model import concept_evidence, named_fields
from search.understand.wording import named_share
from transforms.concepts import ConceptMatcher

Floats = npt.NDArray[np.float32]

_DEFINITION_WEIGHT: Final = 0.6
"""A definition counts less than a buyer's sentence. Chosen by cross-validation (model_card.md)."""
_FIRST_FIELD: Final = 0.7


@dataclass(frozen=True)
class Problem:
    """A labelled sentence; `fields` empty means that no technology supplier answers it."""

    text: str
    language: str
    fields: tuple[str, ...]
    concepts: tuple[str, ...]
    industry: str
    style: str
    problem_type: str

    @property
    def group(self) -> tuple[str, str]:
        """Sentences about one problem, in either language: left out together in cross-validation."""
        return (self.fields[0] if self.fields else "", self.problem_type)


def load_problems(folder: Path = KNOWLEDGE_FOLDER / "problems") -> list[Problem]:
    """Every problem sentence, in file order."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return [
        Problem(
            row["t"],
            row["l"],
            tuple(row["f"]),
            tuple(row.get("c") or ()),
            row.get("i") or "",
            row.get("s") or "",
            row.get("p") or "",
        )
        for path in sorted(folder.glob("*.yaml"))
        for row in yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506
    ]


@dataclass(frozen=True)
class Examples:
    """Rows to learn from. `vectors` (rows, 512), `evidence` (rows, fields), `targets` (rows, classes) that sum
    to one, `weights` and `named_share` (rows,). The first `sentences` rows are problem sentences.
    """

    vectors: Floats
    features: list[list[str]]
    evidence: Floats
    targets: Floats
    weights: Floats
    named_share: Floats
    sentences: int

    def rows(self, chosen: npt.NDArray[np.int64]) -> Examples:
        """Those problem sentences, with all definitions."""
        kept = np.concatenate([chosen, np.arange(self.sentences, len(self.weights))])
        return Examples(
            self.vectors[kept],
            [self.features[i] for i in kept],
            self.evidence[kept],
            self.targets[kept],
            self.weights[kept],
            self.named_share[kept],
            len(chosen),
        )

    def followed_by(self, other: Examples) -> Examples:
        """These rows and then those of `other`; only the problem sentences of these count as such."""
        return Examples(
            np.vstack([self.vectors, other.vectors]),
            [*self.features, *other.features],
            np.vstack([self.evidence, other.evidence]),
            np.vstack([self.targets, other.targets]),
            np.concatenate([self.weights, other.weights]),
            np.concatenate([self.named_share, other.named_share]),
            self.sentences,
        )

    def without_definitions(self) -> Examples:
        n = self.sentences
        return Examples(
            self.vectors[:n],
            self.features[:n],
            self.evidence[:n],
            self.targets[:n],
            self.weights[:n],
            self.named_share[:n],
            n,
        )


def make_examples(problems: Sequence[Problem], vocabulary: Vocabulary, matcher: ConceptMatcher) -> Examples:
    """The problems and all definitions as numbers."""
    defined = _definitions(vocabulary)
    labelled = [*((p.text, p.fields) for p in problems), *defined]
    weights = np.array([1.0] * len(problems) + [_DEFINITION_WEIGHT] * len(defined), np.float32)
    return _examples(labelled, weights, len(problems), vocabulary, matcher)


def make_names(vocabulary: Vocabulary, matcher: ConceptMatcher) -> Examples:
    """The first name of each concept in each script, as somebody types it into a search box."""
    labelled = [
        (forms[0], (concept.fields[0],))
        for concept in vocabulary.concepts
        for forms in (concept.ko, concept.en, concept.abbr)
        if forms
    ]
    return _examples(
        labelled, np.full(len(labelled), _DEFINITION_WEIGHT, np.float32), len(labelled), vocabulary, matcher
    )


def _examples(
    labelled: Sequence[tuple[str, tuple[str, ...]]],
    weights: Floats,
    sentences: int,
    vocabulary: Vocabulary,
    matcher: ConceptMatcher,
) -> Examples:
    texts = [text for text, _ in labelled]
    position = {field.id: i for i, field in enumerate(vocabulary.fields)}
    mentions = [matcher.mentions(text, capitals_matter=False) for text in texts]
    evidence = [named_fields([m.concept for m in found], vocabulary) for found in mentions]
    shares = [named_share(t, [(m.start, m.end) for m in found]) for t, found in zip(texts, mentions, strict=True)]
    return Examples(
        vectors=default_encoder().encode(texts),
        features=[features(text) for text in texts],
        evidence=np.stack([concept_evidence(fields, position) for fields in evidence]),
        targets=np.stack([_target([position[f] for f in fields], len(position)) for _, fields in labelled]),
        weights=weights,
        named_share=np.array(shares, np.float32),
        sentences=sentences,
    )


def _definitions(vocabulary: Vocabulary) -> list[tuple[str, tuple[str, ...]]]:
    """Sentences that say what fields and concepts are and solve, with their fields."""
    concepts = [
        (text, tuple(concept.fields))
        for concept in vocabulary.concepts
        for text in (concept.definition.ko, concept.definition.en, concept.solves.ko, concept.solves.en)
    ]
    fields = [
        (text, (field.id,))
        for field in vocabulary.fields
        for text in (field.definition.ko, field.definition.en, *field.solves.all)
    ]
    return [(text, fields_of) for text, fields_of in [*concepts, *fields] if text]


def _target(fields: Sequence[int], count: int) -> Floats:
    """Shape (count + 1,): the first field has most of it; the last class is that nobody answers."""
    target = np.zeros(count + 1, np.float32)
    if not fields:
        target[count] = 1.0
    elif len(fields) == 1:
        target[fields[0]] = 1.0
    else:
        target[fields[0]] = _FIRST_FIELD
        target[list(fields[1:])] = (1.0 - _FIRST_FIELD) / (len(fields) - 1)
    return target
