"""The suite of judged needs: nDCG@10 of the product beside baselines that were tuned on the same needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import product as combinations
from typing import Any, Final

import ir_measures
import numpy as np
from ir_measures import Judged, R, nDCG

from lab.evaluation.needs import JudgedNeed
from lab.evaluation.systems import Baselines, RankFirms, Tunable, Tuning
from schemas.vocabulary import load_vocabulary
from search.evaluate import interval, paired

LEAST_GAIN: Final = 0.10
PEERS: Final = ("BM25, nori", "dense", "RRF, nori and dense")
"""What the gain is told over; the other baselines show where it comes from."""
_DEPTH: Final = 50
_NDCG: Final = nDCG @ 10
_MEASURES: Final = {"nDCG@10": _NDCG, "R@50, grade 2 and more": R(rel=2) @ 50, "judged@10": Judged @ 10}

Judgments = Mapping[str, Mapping[int, int]]
"""Per need the grades of firm rows."""


def measure(needs: Sequence[JudgedNeed], judgments: Judgments, ours: RankFirms, baselines: Baselines) -> dict[str, Any]:
    """Figures of all systems on the `test` needs, the baselines as tuned on the `dev` needs.

    `gain` has per peer the paired difference of nDCG@10 with its interval. Needs without any firm of grade 1 or
    more are left out: no ranking of them is better than another.
    """
    usable = [need for need in needs if any(judgments.get(need.id, {}).values())]
    sides = {side: [need for need in usable if need.side == side] for side in ("dev", "test")}
    tunings = {name: tuned(rank, sides["dev"], judgments) for name, rank in baselines.tunable().items()}
    systems = {"product": ours, **baselines.systems(tunings)}
    values = {name: per_need(rank, sides["test"], judgments) for name, rank in systems.items()}
    return {
        "needs": {side: len(chosen) for side, chosen in sides.items()},
        "without a relevant firm": sorted(need.id for need in needs if need not in usable),
        "systems": {
            name: {metric: interval(found) for metric, found in of_system.items()} for name, of_system in values.items()
        },
        "tuning": {name: vars(tuning) for name, tuning in tunings.items()},
        "gain": {
            name: paired(values["product"]["nDCG@10"], values[name]["nDCG@10"]) for name in PEERS if name in values
        },
        "slices": {name: _slices(sides["test"], of_system["nDCG@10"]) for name, of_system in values.items()},
        "per need": {
            need.id: {name: round(float(of_system["nDCG@10"][i]), 4) for name, of_system in values.items()}
            for i, need in enumerate(sides["test"])
        },
        "dev": {"product": interval(per_need(ours, sides["dev"], judgments)["nDCG@10"])},
    }


def per_need(rank: RankFirms, needs: Sequence[JudgedNeed], judgments: Judgments) -> dict[str, np.ndarray]:
    """Per metric one value a need, in their order."""
    run = [
        ir_measures.ScoredDoc(need.id, str(row), float(_DEPTH - place))
        for need in needs
        for place, row in enumerate(rank(need.text, _DEPTH))
    ]
    judged = [ir_measures.Qrel(need.id, str(row), grade) for need in needs for row, grade in judgments[need.id].items()]
    found: dict[str, dict[str, float]] = {name: {} for name in _MEASURES}
    names = {measure: name for name, measure in _MEASURES.items()}
    for metric in ir_measures.iter_calc(list(_MEASURES.values()), judged, run):
        found[names[metric.measure]][metric.query_id] = metric.value
    return {name: np.array([of.get(need.id, 0.0) for need in needs]) for name, of in found.items()}


def tuned(rank: Tunable, needs: Sequence[JudgedNeed], judgments: Judgments) -> Tuning:
    """The tuning with the best mean nDCG@10; of equals the plainer."""
    return max(
        _grid(rank),
        key=lambda tuning: float(per_need(partial(rank, tuning=tuning), needs, judgments)["nDCG@10"].mean()),
    )


def _grid(rank: Tunable) -> Iterator[Tuning]:
    """Plainest first; what concerns fusions alone is tried for these alone."""
    fuses = isinstance(rank, partial)
    for further, weighed in combinations((0.0, 0.25, 0.5), (False, True)):
        for k, words in combinations((60.0, 20.0), (0.5, 0.3, 0.7)) if fuses else [(60.0, 0.5)]:
            yield Tuning(further, weighed, k, words)


def _slices(needs: Sequence[JudgedNeed], values: np.ndarray) -> dict[str, Any]:
    """Means by language, style and field group, with the number of needs."""
    strategic = {field.id for field in load_vocabulary().fields if field.strategic}
    found: dict[str, list[float]] = {}
    for need, value in zip(needs, values, strict=True):
        group = "strategic fields" if need.field in strategic else "other fields"
        for name in (need.language, need.style, group):
            found.setdefault(name, []).append(float(value))
    return {name: {"value": float(np.mean(of)), "of": len(of)} for name, of in sorted(found.items())}
