"""Retrieval metrics of a TREC run with bootstrap intervals."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import ir_measures
import numpy as np
import numpy.typing as npt
from ir_measures import RR, R, nDCG

METRICS: Final = {"nDCG@10": nDCG @ 10, "R@10": R @ 10, "R@50": R @ 50, "MRR": RR}
_RESAMPLES: Final = 2_000
_SEED: Final = 20_260_101


def evaluate_run(run: Path, qrels: Path) -> dict[str, Any]:
    """nDCG@10, R@10, R@50 and MRR over the queries of `qrels`, each with a 95 % bootstrap interval.

    A query without a ranking counts as zero. Raises ValueError for a file that is not TREC's.
    """
    try:
        judged = list(ir_measures.read_trec_qrels(str(qrels)))  # type: ignore[no-untyped-call]
        ranked = list(ir_measures.read_trec_run(str(run)))  # type: ignore[no-untyped-call]
    except ValueError as error:
        raise ValueError(
            f"{run} must have lines `id Q0 doc rank score tag`, {qrels} lines `id 0 doc relevance` ({error})"
        ) from None
    if not judged:
        raise ValueError(f"{qrels} judges nothing")
    values: dict[str, list[float]] = {name: [] for name in METRICS}
    names = {measure: name for name, measure in METRICS.items()}
    for metric in ir_measures.iter_calc(list(METRICS.values()), judged, ranked):
        values[names[metric.measure]].append(metric.value)
    return {
        "queries": len(values["MRR"]),
        "metrics": {name: interval(np.array(found)) for name, found in values.items()},
    }


def interval(values: npt.NDArray[np.float64]) -> dict[str, float]:
    """Mean and 95 % percentile bootstrap interval; the same on every call."""
    generator = np.random.default_rng(_SEED)
    means = values[generator.integers(0, len(values), (_RESAMPLES, len(values)))].mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return {"value": float(values.mean()), "low": float(low), "high": float(high)}


def paired(one: npt.NDArray[np.float64], other: npt.NDArray[np.float64]) -> dict[str, float]:
    """Mean of the differences of two systems over the same queries, with its 95 % paired bootstrap interval."""
    return interval(one - other)
