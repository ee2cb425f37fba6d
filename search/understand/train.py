"""Train the memory of problem sentences: `python -m search.understand.train [--out FILE]`.

Reads `schemas/knowledge/problems/*.yaml`; the result is the same on every run.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

from schemas.vocabulary import KNOWLEDGE_FOLDER, load_vocabulary
from search.understand.memory import MEMORY_FILE, NOT_A_NEED, Memory, features, fit
from transforms.concepts import default_matcher

SMOOTHING: Final = 0.3
TEMPERATURE: Final = 1.0
_FEWEST_SENTENCES_OF_A_CONCEPT: Final = 3


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


def train(problems: Sequence[Problem]) -> Memory:
    """Memory of the sentences, with the vocabulary's fields and those concepts that have enough sentences."""
    vocabulary, matcher = load_vocabulary(), default_matcher()
    found = [
        features(p.text, [m.concept for m in matcher.mentions(p.text, capitals_matter=False)])
        for p in problems
    ]
    known = sorted({feature for row in found for feature in row})
    row_of = {feature: row for row, feature in enumerate(known)}
    documents = [sorted({row_of[feature] for feature in row}) for row in found]
    field_classes = [*(field.id for field in vocabulary.fields), NOT_A_NEED]
    concept_counts = Counter(c for p in problems for c in p.concepts if c in vocabulary.concept)
    concept_classes = sorted(c for c, n in concept_counts.items() if n >= _FEWEST_SENTENCES_OF_A_CONCEPT)
    field_labels = [[field_classes.index(f) for f in p.fields] or [len(field_classes) - 1] for p in problems]
    concept_position = {concept: i for i, concept in enumerate(concept_classes)}
    concept_labels = [[concept_position[c] for c in p.concepts if c in concept_position] for p in problems]
    return Memory(
        tuple(known),
        fit(documents, field_labels, len(known), field_classes, smoothing=SMOOTHING, temperature=TEMPERATURE),
        fit(
            documents,
            concept_labels,
            len(known),
            concept_classes,
            smoothing=SMOOTHING,
            temperature=TEMPERATURE,
        ),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=MEMORY_FILE)
    arguments = parser.parse_args()
    problems = load_problems()
    memory = train(problems)
    memory.save(arguments.out)
    print(
        f"{len(problems)} sentences, {len(memory.vocabulary)} features, {len(memory.concepts.classes)} concepts -> {arguments.out}"
    )


if __name__ == "__main__":
    main()
