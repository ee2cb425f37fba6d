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
    plain: bool = False
    """Written later, in plain words, by other writers than the rest."""

    @property
    def group(self) -> tuple[str, str]:
        """Sentences about one problem, in either language: left out together in cross-validation."""
        return (self.fields[0] if self.fields else "", self.problem_type)


def load_problems(folder: Path = KNOWLEDGE_FOLDER / "problems") -> list[Problem]:
    """Every problem sentence, in file order, plain ones last."""
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
            _is_plain(path),
        )
        for path in sorted(folder.glob("*.yaml"), key=lambda path: (_is_plain(path), path.name))
        for row in yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506
    ]


def _is_plain(path: Path) -> bool:
    return path.name.startswith("plain_")


@dataclass(frozen=True)
class Examples:
    """Rows to learn from: `texts` with their `features`, `evidence` (rows, fields), `targets` (rows, classes) that
    sum to one, `weights` and `named_share` (rows,).
    """

    texts: list[str]
    features: list[list[str]]
    evidence: Floats
    targets: Floats
    weights: Floats
    named_share: Floats

    def rows(self, chosen: npt.NDArray[np.int64]) -> Examples:
        """Those rows, in that order."""
        return Examples(
            [self.texts[i] for i in chosen],
            [self.features[i] for i in chosen],
            self.evidence[chosen],
            self.targets[chosen],
            self.weights[chosen],
            self.named_share[chosen],
        )


def make_examples(problems: Sequence[Problem], vocabulary: Vocabulary, matcher: ConceptMatcher) -> Examples:
    """The problems, then the definitions, then the names of concepts, as numbers."""
    known = [*_definitions(vocabulary), *_names(vocabulary)]
    labelled = [*((p.text, p.fields) for p in problems), *known]
    texts = [text for text, _ in labelled]
    position = {field.id: i for i, field in enumerate(vocabulary.fields)}
    mentions = [matcher.mentions(text, capitals_matter=False) for text in texts]
    evidence = [named_fields([m.concept for m in found], vocabulary) for found in mentions]
    shares = [named_share(t, [(m.start, m.end) for m in found]) for t, found in zip(texts, mentions, strict=True)]
    return Examples(
        texts=texts,
        features=[features(text) for text in texts],
        evidence=np.stack([concept_evidence(fields, position) for fields in evidence]),
        targets=np.stack([_target([position[f] for f in fields], len(position)) for _, fields in labelled]),
        weights=np.array([1.0] * len(problems) + [_DEFINITION_WEIGHT] * len(known), np.float32),
        named_share=np.array(shares, np.float32),
    )


def _names(vocabulary: Vocabulary) -> list[tuple[str, tuple[str, ...]]]:
    """The first name of each concept in each script, as somebody types it into a search box, with its field."""
    return [
        (forms[0], (concept.fields[0],))
        for concept in vocabulary.concepts
        for forms in (concept.ko, concept.en, concept.abbr)
        if forms
    ]


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
