"""The trained model of needs, as it predicts: plain numpy, no training code.

A kernel machine over labelled sentences. How like a need is to a sentence is the sum of three kernels:
* meaning: a Gaussian of the distance of their sentence vectors;
* letters: the cosine of their weighted words, syllables and letters, which stands typos and missing blanks;
* concepts: the cosine of the fields of the concepts they name.
The last two are linear, so they are kept as weights of features; only the first needs the sentences.

Made by `python -m lab.understanding.train`, described in model_card.md, shipped as model.npz.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from schemas.vocabulary import Vocabulary

MODEL_FILE: Final = Path(__file__).parent / "model.npz"
NOT_A_NEED: Final = "none"
NEIGHBOURS: Final = 20
_VOTE_POWER: Final = 4.0

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Prediction:
    """`fields`: probability of each field given that a supplier answers; `answerable`: that one does.

    `concepts`: how strongly like sentences speak for a concept, in [0, 1]; `similar`: rows of the labelled
    sentences that are most alike, best first, with their kernel of meaning.
    """

    fields: dict[str, float]
    answerable: float
    concepts: dict[str, float]
    similar: tuple[tuple[int, float], ...]


@dataclass(frozen=True)
class Sentences:
    """The labelled sentences: text, rows of their classes and of their concepts."""

    texts: tuple[str, ...]
    classes: tuple[tuple[int, ...], ...]
    concepts: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Weights:
    """`projection` (512, d) and `vectors` (sentences, d) of the meaning kernel, `dual` (sentences, classes);
    `idf` (features,) and `letters` (features, classes); `evidence` (fields, classes); `bias` (classes,);
    `sharpness` makes scores logits; `answer` (4,) makes them the odds of being answerable.
    """

    projection: Floats
    vectors: Floats
    dual: Floats
    idf: Floats
    letters: Floats
    evidence: Floats
    bias: Floats
    sharpness: Floats
    answer: Floats


@dataclass(frozen=True)
class Model:
    """Everything a prediction needs. Immutable, so safe to share between threads."""

    classes: tuple[str, ...]
    concept_ids: tuple[str, ...]
    names: tuple[str, ...]
    weights: Weights
    sentences: Sentences

    def predict(self, vector: Floats, found: Sequence[str], evidence: Floats, named_share: float) -> Prediction:
        """What a need means: its sentence vector (512,), its features, its concept evidence (fields,), and
        how much of its words names concepts.
        """
        kernel = gaussian(vector @ self.weights.projection, self.weights.vectors, self._squares)
        scores = self._scores(kernel, found, evidence)
        logits = float(self.weights.sharpness) * scores
        fields = softmax(logits[:-1])
        similar = self._similar(kernel)
        return Prediction(
            dict(zip(self.classes[:-1], fields.tolist(), strict=True)),
            float(sigmoid(answer_features(logits, np.float32(named_share)) @ self.weights.answer)),
            self._concepts(similar),
            tuple(similar),
        )

    def _scores(self, kernel: Floats, found: Sequence[str], evidence: Floats) -> Floats:
        w = self.weights
        rows = np.array(sorted({self._row_of[f] for f in found if f in self._row_of}), np.int64)
        idf = w.idf[rows]
        cosine = idf / max(float(np.sqrt(idf @ idf)), 1e-9)
        return np.asarray(w.bias + kernel @ w.dual + cosine @ w.letters[rows] + unit(evidence) @ w.evidence)

    @cached_property
    def _row_of(self) -> dict[str, int]:
        return {name: row for row, name in enumerate(self.names)}

    @cached_property
    def _squares(self) -> Floats:
        return np.asarray(np.einsum("ij,ij->i", self.weights.vectors, self.weights.vectors))

    def _similar(self, kernel: Floats) -> list[tuple[int, float]]:
        """Rows of buyers' sentences, not of definitions, that are most alike; ties in file order."""
        among = kernel[: len(self.sentences.texts)]
        best = np.argpartition(-among, NEIGHBOURS)[:NEIGHBOURS] if len(among) > NEIGHBOURS else np.arange(len(among))
        return [(int(i), float(among[i])) for i in best[np.lexsort((best, -among[best]))]]

    def _concepts(self, similar: Sequence[tuple[int, float]]) -> dict[str, float]:
        votes: dict[int, float] = {}
        for row, likeness in similar:
            for concept in self.sentences.concepts[row]:
                votes[concept] = votes.get(concept, 0.0) + likeness**_VOTE_POWER
        total = sum(likeness**_VOTE_POWER for _, likeness in similar) or 1.0
        return {self.concept_ids[c]: v / total for c, v in votes.items()}

    @classmethod
    def load(cls, path: Path = MODEL_FILE) -> Model:
        """Raises FileNotFoundError naming the command that makes the model."""
        if not path.is_file():
            raise FileNotFoundError(f"{path} is missing: make it with `python -m lab.understanding.train`")
        with np.load(path, allow_pickle=False) as stored:
            header: dict[str, Any] = json.loads(bytes(stored["header"]))
            weights = Weights(**{name: _wide(stored, name) for name in Weights.__dataclass_fields__})
        sentences = Sentences(tuple(header["texts"]), _ragged(header["labels"]), _ragged(header["concepts"]))
        names = tuple(header["names"].split("\n"))
        return cls(tuple(header["classes"]), tuple(header["concept_ids"]), names, weights, sentences)

    def save(self, path: Path) -> None:
        """The same model is always the same bytes."""
        s = self.sentences
        header = {
            "classes": self.classes,
            "concept_ids": self.concept_ids,
            "names": "\n".join(self.names),
            "texts": s.texts,
            "labels": s.classes,
            "concepts": s.concepts,
        }
        arrays: dict[str, Any] = {}
        for name in Weights.__dataclass_fields__:
            arrays |= _narrow(name, getattr(self.weights, name))
        arrays["header"] = np.frombuffer(json.dumps(header, ensure_ascii=False).encode(), np.uint8)
        with path.open("wb") as file:
            np.savez_compressed(file, **arrays)


def gaussian(point: Floats, vectors: Floats, squares: Floats) -> Floats:
    """exp(-distance²) of a point (d,) to vectors (n, d) whose squared lengths are given."""
    return np.asarray(np.exp(np.minimum(2.0 * (vectors @ point) - squares - point @ point, 0.0)))


def unit(evidence: Floats) -> Floats:
    """Concept evidence at length one, or as it is where it is shorter; shape (fields,) or (rows, fields)."""
    length = np.sqrt((evidence * evidence).sum(axis=-1, keepdims=True))
    return np.asarray(evidence / np.maximum(length, 1.0))


def concept_evidence(fields_of: Sequence[Sequence[str]], position: Mapping[str, int]) -> Floats:
    """Shape (fields,): for each named concept one for its main field and less for its others."""
    found = np.zeros(len(position), np.float32)
    for fields in fields_of:
        for place, field in enumerate(fields):
            found[position[field]] += 1.0 if place == 0 else OTHER_FIELD
    return found


def named_fields(concepts: Sequence[str], vocabulary: Vocabulary) -> list[list[str]]:
    """Fields of each concept, each concept once."""
    return [vocabulary.concept[concept].fields for concept in sorted(set(concepts))]


OTHER_FIELD: Final = 0.4


def answer_features(logits: Floats, named_share: Any) -> Floats:
    """What tells a need from none, shape (4,) or (rows, 4): log odds of any field, the best field's lead over
    none, how much of the words names concepts (someone who types only `PLC` seeks a supplier), and one.
    """
    fields, none = logits[..., :-1], logits[..., -1]
    odds = np.logaddexp.reduce(fields, axis=-1) - none
    return np.stack([odds, fields.max(axis=-1) - none, named_share + 0 * odds, np.ones_like(odds)], axis=-1)


def softmax(logits: Floats) -> Floats:
    exponent = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(exponent / exponent.sum(axis=-1, keepdims=True))


def sigmoid(value: Any) -> Any:
    return 1.0 / (1.0 + np.exp(-np.clip(value, -50, 50)))


_EIGHT_BITS: Final = ("vectors", "letters")


def _narrow(name: str, values: Floats) -> dict[str, npt.NDArray[Any]]:
    """Large matrices as eight bits with a scale a column, all else as float16 or, where small, float32."""
    if name not in _EIGHT_BITS:
        return {name: values.astype(np.float16 if values.size > 1_000 else np.float32)}
    scale = (np.maximum(np.abs(values).max(axis=0), 1e-9) / 127).astype(np.float32)
    return {name: np.rint(values / scale).astype(np.int8), f"{name}_scale": scale}


def _wide(stored: Mapping[str, npt.NDArray[Any]], name: str) -> Floats:
    values = stored[name].astype(np.float32)
    return values * stored[f"{name}_scale"] if name in _EIGHT_BITS else values


def _ragged(lists: Sequence[Sequence[int]]) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(row) for row in lists)


@cache
def default_model() -> Model:
    """The model of this version of the code, read once a process."""
    return Model.load()
