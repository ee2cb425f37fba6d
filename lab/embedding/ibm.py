"""IBM model 1: which word of one language translates which of the other, from sentence pairs alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_NULL = ""
"""The empty source word, which takes the target words that translate nothing."""

TokenPair = tuple[Sequence[str], Sequence[str]]


@dataclass(frozen=True)
class Translations:
    """For each source token its targets with probabilities, best first."""

    of: dict[str, list[tuple[str, float]]]


def translation_table(
    pairs: Sequence[TokenPair],
    weights: Sequence[float],
    *,
    rounds: int = 6,
    longest: int = 60,
    keep: int = 6,
    least: float = 0.03,
    least_count: float = 0.5,
) -> Translations:
    """Expectation maximisation over (source, target) token pairs; each token counts once a sentence.

    Sentences of more than `longest` source or twice as many target tokens are left out: they align with
    anything. Of each source token the `keep` best targets with probability `least` or more and an expected
    count of `least_count` or more are kept.
    """
    sources, targets = {_NULL: 0}, dict[str, int]()
    source_of, target_of, place, weight_of = [], [], [], list[float]()
    for (left, right), weight in zip(pairs, weights, strict=True):
        if not left or not right or len(left) > longest or len(right) > 2 * longest:
            continue
        ids = [0, *(sources.setdefault(token, len(sources)) for token in dict.fromkeys(left))]
        for token in dict.fromkeys(right):
            target = targets.setdefault(token, len(targets))
            source_of += ids
            target_of += [target] * len(ids)
            place += [len(weight_of)] * len(ids)
            weight_of.append(weight)
    if not weight_of:
        return Translations({})
    places = np.array(place, np.int64)
    cells, cell_of = np.unique(
        np.array(source_of, np.int64) * len(targets) + np.array(target_of, np.int64), return_inverse=True
    )
    shares = np.array(weight_of)[places]
    cell_source = cells // len(targets)
    probability = np.full(len(cells), 1.0 / len(targets))
    counts = probability
    for _ in range(rounds):
        likelihood = probability[cell_of]
        total = np.bincount(places, likelihood, minlength=len(weight_of))
        counts = np.bincount(cell_of, likelihood / total[places] * shares, minlength=len(cells))
        probability = counts / np.bincount(cell_source, counts, minlength=len(sources))[cell_source]
    good = (cell_source > 0) & (probability >= least) & (counts >= least_count)
    return _best(cells[good], probability[good], list(sources), list(targets), keep)


def _best(
    cells: npt.NDArray[np.int64],
    probability: npt.NDArray[np.float64],
    sources: Sequence[str],
    targets: Sequence[str],
    keep: int,
) -> Translations:
    found: dict[str, list[tuple[str, float]]] = {}
    for place in np.lexsort((cells % len(targets), -probability, cells // len(targets))):
        line = found.setdefault(sources[cells[place] // len(targets)], [])
        if len(line) < keep:
            line.append((targets[cells[place] % len(targets)], float(probability[place])))
    return Translations(found)
