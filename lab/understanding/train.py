"""The classifier of needs: words by kernel ridge regression, meaning by the encoder, both weighed on held-out types."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import scipy.linalg
import scipy.optimize
import scipy.sparse

from lab.understanding.examples import Examples, Problem
from schemas.vocabulary import Vocabulary
from search.understand.model import answer_features, sigmoid, unit

SEED: Final = 20_261_125
RIDGE: Final = 1.0
NEEDS_TYPED: Final = 0.8
"""Share of needs among what is typed in, by assumption: refusing a need is worse than answering none."""
_FEWEST: Final = 2
_LARGEST_FACTOR: Final = 60.0

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Words:
    """What a need's words say: `names` of the features with `idf` (features,), `letters` (features, classes),
    `evidence` of the named concepts (fields, classes), `bias` (classes,).
    """

    names: tuple[str, ...]
    idf: Floats
    letters: Floats
    evidence: Floats
    bias: Floats

    def scores(self, examples: Examples) -> Floats:
        """Shape (rows, classes)."""
        letters = _vectorised(examples.features, {name: i for i, name in enumerate(self.names)}, self.idf)
        return np.asarray(self.bias + letters @ self.letters + unit(examples.evidence) @ self.evidence)


def fit_words(examples: Examples) -> Words:
    """Kernel ridge regression to the targets; the ridge of a row is divided by its weight."""
    names, letters, idf = _letters(examples.features)
    evidence = unit(examples.evidence)
    kernel = np.asarray((letters @ letters.T).toarray() + evidence @ evidence.T, np.float32)
    kernel[np.diag_indices_from(kernel)] += RIDGE / examples.weights
    bias = np.average(examples.targets, axis=0, weights=examples.weights).astype(np.float32)
    factor = scipy.linalg.cho_factor(kernel, overwrite_a=True, check_finite=False)
    dual = scipy.linalg.cho_solve(factor, examples.targets - bias, check_finite=False).astype(np.float32)
    return Words(names, idf, np.asarray(letters.T @ dual, np.float32), np.asarray(evidence.T @ dual, np.float32), bias)


@dataclass(frozen=True)
class Blend:
    """By what the logits of meaning and the scores of words are multiplied before they are added, and the weights
    (4,) that make the sums the odds of being answerable.
    """

    meaning: float
    words: float
    answer: Floats

    def logits(self, meaning: Floats, words: Floats) -> Floats:
        return np.asarray(self.meaning * meaning + self.words * words, np.float32)


def blended(meaning: Floats, words: Floats, examples: Examples) -> Blend:
    """The likeliest blend for `examples`, which neither of the two has seen."""
    needs = examples.targets[:, -1] == 0
    targets = examples.targets[needs, :-1].astype(np.float64)
    parts = np.stack([meaning[needs, :-1], words[needs, :-1]]).astype(np.float64)

    def loss(factors: npt.NDArray[np.float64]) -> float:
        logits = np.tensordot(factors, parts, 1)
        return -float((targets * (logits - np.logaddexp.reduce(logits, axis=1)[:, None])).sum())

    bounds = [(0.0, _LARGEST_FACTOR)] * 2
    first, second = scipy.optimize.minimize(loss, np.ones(2), bounds=bounds).x
    blend = Blend(float(first), float(second), np.zeros(4, np.float32))
    return Blend(blend.meaning, blend.words, _answer_weights(blend.logits(meaning, words), examples))


def _answer_weights(logits: Floats, examples: Examples) -> Floats:
    """Weights of the answerable probability, by likelihood."""
    needs = examples.targets[:, -1] == 0
    seen = answer_features(logits, examples.named_share).astype(np.float64)

    def loss(weights: npt.NDArray[np.float64]) -> float:
        likely = np.clip(sigmoid(seen @ weights), 1e-9, 1 - 1e-9)
        # What is typed in differs from the training sentences in how many are needs.
        return -float(
            NEEDS_TYPED * np.log(likely[needs]).mean() + (1 - NEEDS_TYPED) * np.log(1 - likely[~needs]).mean()
        ) + 1e-4 * float(weights @ weights)

    return np.asarray(scipy.optimize.minimize(loss, np.zeros(seen.shape[1])).x, np.float32)


def held_out(problems: Sequence[Problem], one_of: int = 4) -> npt.NDArray[np.bool_]:
    """Which sentences are held out: all plain ones, and of the others all of one in so many problem types."""
    types = sorted({problem.group for problem in problems if not problem.plain})
    drawn = np.random.default_rng(SEED).permutation(len(types)) % one_of == 0
    is_out = dict(zip(types, drawn.tolist(), strict=True))
    return np.array([problem.plain or is_out[problem.group] for problem in problems])


def projection(vectors: Floats, width: int) -> Floats:
    """Principal directions, shape (384, width), each with a fixed sign."""
    _, _, directions = np.linalg.svd(vectors.T @ vectors)
    kept = directions[:width]
    return np.asarray((kept * np.sign(kept[np.arange(len(kept)), np.abs(kept).argmax(axis=1)])[:, None]).T, np.float32)


def figures(problems: Sequence[Problem], logits: Floats, answerable: Floats, vocabulary: Vocabulary) -> Iterator[str]:
    """Lines: per language how often the first field, and one of the first three, is labelled; how the answerable
    probability separates needs from sentences that are none.
    """
    ids = [field.id for field in vocabulary.fields]
    for language in ("ko", "en"):
        ranked = [
            (problem.fields, [ids[i] for i in np.argsort(-row[:-1], kind="stable")])
            for problem, row in zip(problems, logits, strict=True)
            if problem.fields and problem.language == language
        ]
        shares = [np.mean([bool(set(order[:n]) & set(labelled)) for labelled, order in ranked]) for n in (1, 3)]
        yield f"{language} top-1 {shares[0]:.3f}, top-3 {shares[1]:.3f} of {len(ranked)} needs"
    needs = np.array([bool(problem.fields) for problem in problems])
    above = answerable[needs][:, None] > answerable[~needs][None]
    yield (
        f"answerable AUC {above.mean():.3f}, needs refused {np.mean(answerable[needs] < 0.5):.3f}, "
        f"none refused {np.mean(answerable[~needs] < 0.5):.3f} of {(~needs).sum()}"
    )


def _letters(documents: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], Any, Floats]:
    """Names of the features seen at least twice, the documents as unit rows, and the features' weights."""
    counts = Counter(feature for document in documents for feature in document)
    names = tuple(sorted(feature for feature, count in counts.items() if count >= _FEWEST))
    idf = np.array([np.log(1 + len(documents) / counts[name]) for name in names], np.float32)
    return names, _vectorised(documents, {name: i for i, name in enumerate(names)}, idf), idf


def _vectorised(documents: Sequence[Sequence[str]], row_of: dict[str, int], idf: Floats) -> Any:
    """Sparse unit rows, shape (documents, features)."""
    found = [sorted(row_of[f] for f in document if f in row_of) for document in documents]
    values = [idf[rows] / max(float(np.sqrt(idf[rows] @ idf[rows])), 1e-9) for rows in found]
    starts = np.concatenate([[0], np.cumsum([len(rows) for rows in found])])
    columns = np.concatenate([np.array(rows, np.int32) for rows in found])
    return scipy.sparse.csr_matrix((np.concatenate(values), columns, starts), shape=(len(found), len(idf)))
