"""Settings of the ranking on the development needs: `python -m lab.evaluation.tune --lake ./lake`.

One line a setting: the shipped one and, one at a time, what lies beside it. Chosen is what ranks the development needs
best among those that keep the first ten when a need is typed otherwise; the test needs are not looked at.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from lab.evaluation import ranking, robustness
from lab.evaluation.judgments import JUDGMENTS_FILE, read_judgments
from lab.evaluation.needs import load_needs
from lab.evaluation.systems import product
from schemas.lake import Lake, Snapshot
from search.ranking.rank import DEFAULT_WEIGHTS, Weights
from search.service import SearchService

_LEGS: Final = ((0.45, 0.25, 0.30), (0.35, 0.25, 0.40), (0.30, 0.30, 0.40), (0.30, 0.20, 0.50), (0.40, 0.15, 0.45))
_BESIDE: Final[Mapping[str, tuple[float, ...]]] = {
    "named": (0.6, 1.5, 2.0),
    "context": (0.1, 0.4, 0.7),
    "field_only": (0.25, 0.6),
    "sense": (0.25, 1.0),
    "further": (0.25, 0.75),
    "broader": (0.4, 1.0),
    "literal": (0.0, 0.2),
}


def settings() -> Iterator[Weights]:
    """The shipped setting first."""
    yield DEFAULT_WEIGHTS
    for words, meaning, concepts in _LEGS:
        yield replace(DEFAULT_WEIGHTS, words=words, meaning=meaning, concepts=concepts)
    for name, values in _BESIDE.items():
        for value in values:
            yield replace(DEFAULT_WEIGHTS, **{name: value})


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m lab.evaluation.tune", description=__doc__)
    parser.add_argument("--lake", default="./lake")
    snapshot = Snapshot.current(Lake(parser.parse_args().lake))
    judged = read_judgments(JUDGMENTS_FILE, SearchService(snapshot).columns)
    needs = [need for need in load_needs() if need.side == "dev" and any(judged.get(need.id, {}).values())]
    for weights in settings():
        rank = product(SearchService(snapshot, weights=weights))
        found = {name: float(of.mean()) for name, of in ranking.per_need(rank, needs, judged).items()}
        kept = {name: of["value"] for name, of in robustness.measure(needs, rank).items()}
        changed = {n: v for n, v in vars(weights).items() if v != getattr(DEFAULT_WEIGHTS, n)} or "as shipped"
        print(changed, *(f"{name} {value:.3f}" for name, value in (found | kept).items()), sep="  ", flush=True)


if __name__ == "__main__":
    main()
