"""Memory of problem sentences: what buyers' words mean, learnt from labelled sentences.

A multinomial naive Bayes over analysed tokens and named concepts, one class a field and one for
sentences that no technology supplier answers, and the same over concepts. The counts are made by
`python -m search.understand.train` and shipped in `memory.npz`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from transforms.text import tokens, words

NOT_A_NEED: Final = "none"
MEMORY_FILE: Final = Path(__file__).parent / "memory.npz"
Matrix = npt.NDArray[np.float32]


def features(text: str, concepts: Sequence[str] = ()) -> list[str]:
    """Features of a sentence: its tokens, its whole words and the concepts it names."""
    whole = [f"w:{run}" for run, _, _ in words(text) if len(run) > 2]
    return [*tokens(text), *whole, *(f"c:{concept}" for concept in concepts)]


@dataclass(frozen=True)
class Classifier:
    """Log probabilities: `weights` of shape (features, classes), `priors` of shape (classes,)."""

    classes: tuple[str, ...]
    weights: Matrix
    priors: Matrix
    temperature: float

    def probabilities(self, rows: npt.NDArray[np.int64]) -> Matrix:
        """Shape (classes,), sums to one where there is a class."""
        if not self.classes:
            return np.empty(0, np.float32)
        logits = (self.priors + self.weights[rows].sum(axis=0)) / (
            self.temperature * max(len(rows), 1) ** 0.5
        )
        exponent = np.exp(logits - logits.max())
        return np.asarray(exponent / exponent.sum(), np.float32)


@dataclass(frozen=True)
class Memory:
    vocabulary: tuple[str, ...]
    fields: Classifier
    concepts: Classifier

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {feature: row for row, feature in enumerate(self.vocabulary)}

    def rows(self, found: Sequence[str]) -> npt.NDArray[np.int64]:
        """Rows of the known features, each once."""
        return np.array(sorted({self._rows[f] for f in found if f in self._rows}), np.int64)

    @classmethod
    def load(cls, path: Path = MEMORY_FILE) -> Memory:
        with np.load(path, allow_pickle=False) as stored:
            header = json.loads(str(stored["header"]))
            return cls(
                tuple(header["vocabulary"]),
                *(
                    Classifier(
                        tuple(header[f"{name}_classes"]),
                        stored[f"{name}_weights"].astype(np.float32),
                        stored[f"{name}_priors"].astype(np.float32),
                        float(header[f"{name}_temperature"]),
                    )
                    for name in ("fields", "concepts")
                ),
            )

    def save(self, path: Path) -> None:
        header = {
            "vocabulary": self.vocabulary,
            "fields_classes": self.fields.classes,
            "fields_temperature": self.fields.temperature,
            "concepts_classes": self.concepts.classes,
            "concepts_temperature": self.concepts.temperature,
        }
        np.savez_compressed(
            path,
            header=json.dumps(header, ensure_ascii=False),
            **{
                f"{name}_{part}": getattr(getattr(self, name), part).astype(np.float16)
                for name in ("fields", "concepts")
                for part in ("weights", "priors")
            },
        )


def fit(
    documents: Sequence[Sequence[int]],
    labels: Sequence[Sequence[int]],
    features_count: int,
    classes: Sequence[str],
    *,
    smoothing: float,
    temperature: float,
) -> Classifier:
    """Naive Bayes with additive smoothing over presence counts; a document of several labels counts for each."""
    counts = np.full((features_count, len(classes)), smoothing, np.float64)
    sizes = np.zeros(len(classes))
    for found, named in zip(documents, labels, strict=True):
        for label in named:
            counts[list(found), label] += 1.0 / len(named)
            sizes[label] += 1.0 / len(named)
    likelihood = np.log(counts / counts.sum(axis=0))
    centred = likelihood - likelihood.mean(axis=1, keepdims=True) if classes else likelihood
    priors = np.log((sizes + 1) / (sizes + 1).sum())
    return Classifier(tuple(classes), centred.astype(np.float32), priors.astype(np.float32), temperature)
