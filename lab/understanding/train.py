"""Train the model of needs: `python -m lab.understanding.train [--out FILE]`.

Reads `schemas/knowledge/`; the result is the same on every run. Needs scipy (the `models` extra). Prints
figures by cross-validation in which a sentence is judged by a model that saw none of its problem type.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import scipy.linalg
import scipy.optimize
import scipy.sparse

from lab.understanding.examples import Examples, Problem, load_problems, make_examples, make_names
from schemas.vocabulary import load_vocabulary
from search.understand.model import (
    MODEL_FILE,
    NOT_A_NEED,
    Model,
    Sentences,
    Weights,
    answer_features,
    sigmoid,
    unit,
)
from transforms.concepts import default_matcher

SEED: Final = 20_261_125
FOLDS: Final = 5
RIDGE: Final = 1.0
KERNELS: Final = frozenset({"meaning", "letters", "concepts"})
PROJECTED: Final = 160
NEEDS_TYPED: Final = 0.8
"""Share of needs among what is typed in, by assumption: refusing a need is worse than answering none."""
_FEWEST: Final = 2
_FIRST_SHARPNESS: Final = 10.0

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Fitted:
    """Weights before calibration, with the names of the features."""

    names: tuple[str, ...]
    weights: Weights


def fit(examples: Examples, kernels: frozenset[str] = KERNELS) -> Fitted:
    """Kernel ridge regression to the targets with those kernels; the ridge of a row is divided by its weight."""
    meant, spelt, conceived = (np.float32(name in kernels) for name in ("meaning", "letters", "concepts"))
    projection = _projection(examples.vectors[: examples.sentences])
    points = examples.vectors @ projection
    names, letters, idf = _letters(examples.features)
    evidence = unit(examples.evidence)
    kernel = meant * _gaussians(points) + spelt * (letters @ letters.T).toarray() + conceived * (evidence @ evidence.T)
    kernel[np.diag_indices_from(kernel)] += RIDGE / examples.weights
    bias = np.average(examples.targets, axis=0, weights=examples.weights).astype(np.float32)
    factor = scipy.linalg.cho_factor(kernel, overwrite_a=True, check_finite=False)
    dual = scipy.linalg.cho_solve(factor, examples.targets - bias, check_finite=False).astype(np.float32)
    return Fitted(
        names,
        Weights(
            projection,
            points.astype(np.float32),
            meant * dual,
            idf,
            np.asarray(spelt * (letters.T @ dual), np.float32),
            np.asarray(conceived * (evidence.T @ dual), np.float32),
            bias,
            np.array(_FIRST_SHARPNESS, np.float32),
            np.zeros(4, np.float32),
        ),
    )


def scores(fitted: Fitted, examples: Examples, rows: Rows) -> Floats:
    """Scores of problem sentences, shape (rows, classes)."""
    w = fitted.weights
    points = examples.vectors[rows] @ w.projection
    letters = _vectorised([examples.features[i] for i in rows], {n: i for i, n in enumerate(fitted.names)}, w.idf)
    kernel = _gaussians(points, w.vectors)
    return np.asarray(w.bias + kernel @ w.dual + letters @ w.letters + unit(examples.evidence[rows]) @ w.evidence)


def cross_validated(problems: Sequence[Problem], examples: Examples, folds: int = FOLDS) -> Floats:
    """Scores of every sentence by a model that saw no sentence of its problem type."""
    return _by_models_of_folds(problems, examples, None, folds)[0]


def _by_models_of_folds(
    problems: Sequence[Problem], examples: Examples, others: Examples | None, folds: int
) -> tuple[Floats, Floats]:
    """Scores of every sentence by the model that left out its problem type, and the models' mean for `others`."""
    fold = problem_folds(problems, folds)
    out = np.zeros((len(problems), examples.targets.shape[1]), np.float32)
    of_others = np.zeros((others.sentences if others else 0, out.shape[1]), np.float32)
    for held_out in range(folds):
        rows = np.flatnonzero(fold == held_out)
        fitted = fit(examples.rows(np.flatnonzero(fold != held_out)))
        out[rows] = scores(fitted, examples, rows)
        if others:
            of_others += scores(fitted, others, np.arange(others.sentences)) / folds
    return out, of_others


def problem_folds(problems: Sequence[Problem], folds: int) -> Rows:
    """A fold a sentence; all of a problem type are in one."""
    types = sorted({problem.group for problem in problems})
    drawn = np.random.default_rng(SEED).permutation(len(types)) % folds
    fold_of = dict(zip(types, drawn.tolist(), strict=True))
    return np.array([fold_of[problem.group] for problem in problems])


def calibrated(scored: Floats, examples: Examples) -> tuple[Floats, Floats]:
    """Sharpness of the fields' probabilities and weights of the answerable ones, by likelihood.

    `scored` are scores of `examples`, by models that did not see them.
    """
    targets = examples.targets
    needs = targets[:, -1] == 0

    def loss(sharpness: float) -> float:
        logits = sharpness * scored[needs, :-1].astype(np.float64)
        return -float((targets[needs, :-1] * (logits - np.logaddexp.reduce(logits, axis=1)[:, None])).sum())

    best = float(scipy.optimize.minimize_scalar(loss, bounds=(1.0, 60.0), method="bounded").x)
    seen = answer_features(best * scored, examples.named_share).astype(np.float64)

    def answer_loss(weights: npt.NDArray[np.float64]) -> float:
        likely = np.clip(sigmoid(seen @ weights), 1e-9, 1 - 1e-9)
        # What is typed in differs from the training sentences in how many are needs.
        return -float(
            NEEDS_TYPED * np.log(likely[needs]).mean() + (1 - NEEDS_TYPED) * np.log(1 - likely[~needs]).mean()
        ) + 1e-4 * float(weights @ weights)

    answer = scipy.optimize.minimize(answer_loss, np.zeros(seen.shape[1])).x
    return np.array(best, np.float32), answer.astype(np.float32)


def train(problems: Sequence[Problem]) -> tuple[Model, Floats]:
    """The model of all sentences, and the cross-validated scores that calibrated it."""
    vocabulary = load_vocabulary()
    examples = make_examples(problems, vocabulary, default_matcher())
    names = make_names(vocabulary, default_matcher())
    scored, unseen = _by_models_of_folds(problems, examples, names, FOLDS)
    sharpness, answer = calibrated(np.vstack([scored, unseen]), examples.without_definitions().followed_by(names))
    fitted = fit(examples.followed_by(names))
    weights = Weights(**{**fitted.weights.__dict__, "sharpness": sharpness, "answer": answer})
    classes = (*(field.id for field in vocabulary.fields), NOT_A_NEED)
    concepts = tuple(concept.id for concept in vocabulary.concepts)
    place = {name: i for i, name in enumerate(concepts)}
    row = {name: i for i, name in enumerate(classes)}
    sentences = Sentences(
        tuple(p.text for p in problems),
        tuple(tuple(row[f] for f in p.fields) or (row[NOT_A_NEED],) for p in problems),
        tuple(tuple(place[c] for c in p.concepts if c in place) for p in problems),
    )
    return Model(classes, concepts, fitted.names, weights, sentences), scored


def _projection(vectors: Floats) -> Floats:
    """Principal directions, shape (512, PROJECTED), each with a fixed sign."""
    _, _, directions = np.linalg.svd(vectors.T @ vectors)
    kept = directions[:PROJECTED]
    return np.asarray((kept * np.sign(kept[np.arange(len(kept)), np.abs(kept).argmax(axis=1)])[:, None]).T, np.float32)


def _gaussians(points: Floats, others: Floats | None = None) -> Floats:
    """exp(-distance²) of all points to all others, shape (points, others)."""
    others = points if others is None else others
    squared = np.einsum("ij,ij->i", points, points)[:, None] + np.einsum("ij,ij->i", others, others)[None]
    return np.asarray(np.exp(np.minimum(2.0 * (points @ others.T) - squared, 0.0)), np.float32)


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


def ablate(problems: Sequence[Problem]) -> Iterator[str]:
    """What each kernel, and the definitions, are worth: one fold of unseen problem types judged without it."""
    examples = make_examples(problems, load_vocabulary(), default_matcher())
    fold = problem_folds(problems, FOLDS)
    judged, seen = np.flatnonzero(fold == 0), np.flatnonzero(fold != 0)
    everything = examples.rows(seen)
    runs = {
        "all": (everything, KERNELS),
        **{f"without {name}": (everything, KERNELS - {name}) for name in sorted(KERNELS)},
        **{f"only {name}": (everything, frozenset({name})) for name in sorted(KERNELS)},
        "without definitions": (everything.without_definitions(), KERNELS),
    }
    for name, (rows, kernels) in runs.items():
        scored = scores(fit(rows, kernels), examples, judged)
        yield f"| {name} | {' | '.join(_right(problems, judged, scored))} |"


def _right(problems: Sequence[Problem], judged: Rows, scored: Floats) -> Iterator[str]:
    """Per language the share of needs whose first field, and one of whose first three, is labelled."""
    ids = [field.id for field in load_vocabulary().fields]
    ranked = [[ids[i] for i in order] for order in np.argsort(-scored[:, :-1], axis=1)]
    for language in ("ko", "en"):
        chosen = [
            (problems[i].fields, r)
            for i, r in zip(judged.tolist(), ranked, strict=True)
            if problems[i].fields and problems[i].language == language
        ]
        for among in (1, 3):
            yield f"{np.mean([bool(set(r[:among]) & set(fields)) for fields, r in chosen]):.3f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=MODEL_FILE)
    parser.add_argument("--ablate", action="store_true", help="print what each part is worth and stop")
    arguments = parser.parse_args()
    problems = load_problems()
    if arguments.ablate:
        print("| model | ko top-1 | ko top-3 | en top-1 | en top-3 |\n|---|---|---|---|---|")
        for line in ablate(problems):
            print(line, flush=True)
        return
    model, scored = train(problems)
    model.save(arguments.out)
    shares = " ".join(_right(problems, np.arange(len(problems)), scored))
    print(f"problem types unseen, ko top-1 top-3, en top-1 top-3: {shares}")
    size = arguments.out.stat().st_size
    print(f"{len(problems)} sentences, {len(model.names)} features -> {arguments.out} ({size:,} bytes)")


if __name__ == "__main__":
    main()
