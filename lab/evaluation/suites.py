"""The suites that need nothing but a lake, by name, and what is told of a run of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from lab.evaluation import crosslingual, lookups, negatives, product_lines, ranking, robustness
from lab.evaluation.judgments import JUDGMENTS_FILE, read_judgments
from lab.evaluation.needs import load_needs
from lab.evaluation.systems import Baselines, nori_of, product
from search.engines.base import EngineError
from search.service import SearchService

Suite = Callable[[SearchService], dict[str, Any]]
Figures = dict[str, dict[str, float]]
"""By `suite: what`, a value with the ends of its interval."""


def _needs(service: SearchService) -> dict[str, Any]:
    """Judged needs beside the baselines; those of OpenSearch where it has an index of the snapshot."""
    try:
        nori = nori_of(service)
    except EngineError:
        nori = None
    judged = read_judgments(JUDGMENTS_FILE, service.columns)
    return ranking.measure(load_needs(), judged, product(service), Baselines(service, nori))


def _cross_lingual(service: SearchService) -> dict[str, Any]:
    systems = {"product": product(service), "dense": Baselines(service).meaning}
    return crosslingual.measure(crosslingual.load_twins(), systems, service.understand)


SUITES: Final[Mapping[str, Suite]] = {
    "lookups": lookups.measure,
    "product-lines": product_lines.measure,
    "negatives": lambda service: negatives.measure(service, load_needs(), negatives.load_negatives()),
    "cross-lingual": _cross_lingual,
    "robustness": lambda service: robustness.measure(load_needs(), product(service)),
    "needs": _needs,
}


def figures(results: Mapping[str, Any]) -> Figures:
    """All intervals in nested results, each under the path to it."""
    return dict(_intervals(results, ""))


def _intervals(results: Mapping[str, Any], path: str) -> Iterator[tuple[str, dict[str, float]]]:
    for name, found in results.items():
        if not isinstance(found, Mapping):
            continue
        here = f"{path}: {name}" if path else name
        if {"value", "low", "high"} <= found.keys():
            yield here, {key: round(float(found[key]), 4) for key in ("value", "low", "high")}
        else:
            yield from _intervals(found, here)


def fallen(now: Figures, before: Figures, tolerance: float) -> list[str]:
    """Figures of a run that are lower than those accepted by more than `tolerance`, or that are no longer there.

    Of `needs refused` less is better.
    """
    worse = []
    for name, accepted in before.items():
        if name not in now:
            worse.append(f"{name}: not measured")
            continue
        change = now[name]["value"] - accepted["value"]
        if (-change if name.endswith("needs refused") else change) < -tolerance:
            worse.append(f"{name}: {now[name]['value']:.3f}, accepted was {accepted['value']:.3f}")
    return worse
