"""What anyone would try first for the field of a need: the systems that understanding must beat."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from math import log
from pathlib import Path
from typing import Any, Final

import numpy as np
import yaml

from lab.understanding.examples import load_problems
from schemas.vocabulary import Vocabulary
from search.embedding import load_embedder
from transforms.text import folded, tokens

_OF_DRAFT: Final = {
    "ext_robotics": "industrial_robot",
    "ext_sensors": "sensors_actuators",
    "ext_machine_tools_3dp": "smart_equipment",
    "ext_enterprise": "erp",
    "ext_quality_equipment_energy": "quality_maintenance",
    "ext_xr_cloud": "ar_vr",
    "ext_security": "consulting_security",
    "ext_consulting": "consulting_security",
}
"""Fields of the draft that are not ours, by the field of ours that has most of them."""

Ranker = Callable[[str], list[str]]
"""From a text to all field ids, best first."""


def keywords(vocabulary: Vocabulary) -> Ranker:
    """Fields by how many tokens of their names are in the text."""
    names = {f.id: set(tokens(f"{f.ko} {f.en} {f.short_ko} {f.short_en}")) for f in vocabulary.fields}

    def rank(text: str) -> list[str]:
        said = set(tokens(text))
        return sorted(names, key=lambda field: -len(names[field] & said))

    return rank


def nearest(vocabulary: Vocabulary) -> Ranker:
    """Fields by the cosine of the text with their names, definition and what they solve, as one passage."""
    embedder = load_embedder()
    ids = [f.id for f in vocabulary.fields]
    passages = [" ".join((f.ko, f.en, f.definition.ko, f.definition.en, *f.solves.all)) for f in vocabulary.fields]
    vectors = embedder.encode_passages(passages)

    def rank(text: str) -> list[str]:
        order = np.argsort(-(vectors @ embedder.encode_queries([text])[0]), kind="stable")
        return [ids[i] for i in order]

    return rank


def naive_bayes(vocabulary: Vocabulary) -> Ranker:
    """Multinomial naive Bayes on tokens of the labelled sentences that the model of needs is made from."""
    needs = [p for p in load_problems() if p.fields]
    ids = [f.id for f in vocabulary.fields]
    counts = {field: Counter[str]() for field in ids}
    for problem in needs:
        counts[problem.fields[0]].update(tokens(problem.text))
    size = len({token for own in counts.values() for token in own})
    prior = Counter(problem.fields[0] for problem in needs)
    total = {field: sum(own.values()) + size for field, own in counts.items()}

    def rank(text: str) -> list[str]:
        said = tokens(text)
        odds = {f: log(prior[f] + 1) + sum(log((counts[f][t] + 1) / total[f]) for t in said) for f in ids}
        return sorted(ids, key=lambda field: -odds[field])

    return rank


def thesaurus(vocabulary: Vocabulary, file: Path) -> Ranker:
    """Fields by the forms of the draft thesaurus that are in the text, longer ones counting more."""
    draft = yaml.safe_load(file.read_text(encoding="utf-8"))
    known = {f.id for f in vocabulary.fields}
    forms: dict[str, set[str]] = {}
    for section in ("fields", "extension_fields"):
        for name, entry in draft[section].items():
            field = _OF_DRAFT.get(name, name)
            forms.setdefault(field, set()).update(folded(form) for form in _strings(entry) if len(form) > 1)

    def rank(text: str) -> list[str]:
        said = folded(text)
        found = Counter({field: sum(len(f) for f in own if f in said) for field, own in forms.items()})
        return [field for field, _ in found.most_common()] + sorted(known - set(forms))

    return rank


def _strings(entry: Any) -> Iterator[str]:
    """All words of the lists under ko, en, abbr at any depth."""
    if isinstance(entry, dict):
        for key, value in entry.items():
            if key in ("ko", "en", "abbr"):
                yield from ([value] if isinstance(value, str) else [str(v) for v in _flat(value)])
            elif isinstance(value, dict | list):
                yield from _strings(value)
    elif isinstance(entry, list):
        for item in entry:
            yield from _strings(item)


def _flat(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _flat(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _flat(inner)
    elif value is not None:
        yield value
