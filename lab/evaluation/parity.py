"""Do both engines give the same answers? `python -m lab.evaluation.parity --lake ./lake`.

Both indexes of the committed snapshot are asked the same mixed needs, with and without filters: sentences of the
knowledge base, statements of the lake, names of concepts and of firms. Exit code 1 when the first ten firms overlap by
less than 0.95, or when a number of hits or a facet count differs anywhere.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final

import numpy as np
import yaml

from schemas.lake import Lake, LakeError, Snapshot
from schemas.vocabulary import KNOWLEDGE_FOLDER
from search.answer.facets import facets
from search.engines.base import EngineError
from search.query import Filters
from search.ranking.ranking import Ranking
from search.service import SearchService

ENGINES: Final = ("embedded", "opensearch")
LEAST_OVERLAP: Final = 0.95
_DEPTH: Final = 10
_WARM_UP: Final = 20


@dataclass(frozen=True)
class Question:
    need: str
    filters: Filters


@dataclass(frozen=True)
class Parity:
    """`overlap` is of the first ten firms shown, over needs that have any; times are of ranking, warm."""

    questions: int
    answered: int
    overlap: float
    worst: float
    equal_totals: int
    equal_facets: int
    milliseconds: dict[str, dict[str, float]]

    @property
    def holds(self) -> bool:
        equal = self.equal_totals == self.equal_facets == self.questions
        return self.answered > 0 and self.overlap >= LEAST_OVERLAP and equal


def questions(service: SearchService, size: int, seed: int = 1) -> list[Question]:
    """Mixed needs over the lake of a service, the same for the same seed."""
    dice = random.Random(seed)  # noqa: S311
    statements = service.columns.statements["text"].unique(maintain_order=True).to_list()
    pools = [
        _sentences(),
        [str(text)[:200] for text in statements],
        [name for c in service.vocabulary.concepts for name in (c.name("ko"), c.name("en"))],
        [str(name) for name in service.columns.firms["name"]],
    ]
    needs = [need for pool in pools for need in dice.sample(pool, min(size, len(pool)))]
    needs = [need for need in needs if any(character.isalnum() for character in need)]
    choices = _filters(service)
    mixed = dice.sample(needs, min(size, len(needs)))
    return [Question(need, dice.choice(choices)) for need in mixed]


def _filters(service: SearchService) -> list[Filters]:
    """None for a third of the needs; else a province, a field, a certification, or some of them at once."""
    provinces = [str(number) for number in np.unique(service.columns.province_number) if number >= 0]
    fields = sorted(service.columns.fields.ids)
    schemes = sorted(service.columns.certified)
    some = [
        *(Filters(region=(code,)) for code in provinces),
        *(Filters(field=(field,)) for field in fields),
        *(Filters(certification=(scheme,)) for scheme in schemes),
        *(Filters(region=(code,), field=(field,)) for code, field in zip(provinces, fields, strict=False)),
        Filters(registered_supplier=True),
        Filters(has_patent=True),
    ]
    return [*some, *([Filters()] * (len(some) // 2))]


def compare(services: Sequence[SearchService], asked: Sequence[Question]) -> Parity:
    """Ask every service every question. The services must stand on one snapshot."""
    for question in asked[:_WARM_UP]:
        for service in services:
            _ranked(service, question)
    overlaps: list[float] = []
    totals = counts = 0
    seconds: dict[str, list[float]] = {service.engine_name: [] for service in services}
    for question in asked:
        rankings = []
        for service in services:
            started = time.perf_counter()
            rankings.append(_ranked(service, question))
            seconds[service.engine_name].append(time.perf_counter() - started)
        one, other = (set(_shown(ranking)) for ranking in rankings)
        if one or other:
            overlaps.append(len(one & other) / max(len(one), len(other)))
        first, second = (facets(services[0].columns, ranking.mask, services[0].today()) for ranking in rankings)
        totals += rankings[0].mask.sum() == rankings[1].mask.sum()
        counts += first == second
    return Parity(
        questions=len(asked),
        answered=len(overlaps),
        overlap=round(float(np.mean(overlaps)), 4) if overlaps else 0.0,
        worst=min(overlaps, default=0.0),
        equal_totals=int(totals),
        equal_facets=counts,
        milliseconds={name: _percentiles(times) for name, times in seconds.items()},
    )


def _ranked(service: SearchService, question: Question) -> Ranking:
    understood = service.understand(question.need)
    applied = understood.filters.merged(question.filters)
    return service.rank(understood, applied)


def _shown(ranking: Ranking) -> list[int]:
    """Rows of the first ten firms of an answer: hits, then those that only resemble the need."""
    return [int(row) for row in np.concatenate([ranking.hits[:_DEPTH], ranking.related[:_DEPTH]])[:_DEPTH]]


def _percentiles(times: Sequence[float]) -> dict[str, float]:
    return {f"p{at}": round(float(np.percentile(times, at)) * 1000, 1) for at in (50, 95)}


def _sentences() -> list[str]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    files = sorted((KNOWLEDGE_FOLDER / "problems").glob("*.yaml"))
    return [str(entry["t"]) for path in files for entry in yaml.load(path.read_text(encoding="utf-8"), Loader=loader)]  # noqa: S506


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m lab.evaluation.parity", description=__doc__)
    parser.add_argument("--lake", default="./lake", help="lake with both indexes (default: %(default)s)")
    parser.add_argument("--queries", type=int, default=200, help="number of needs (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="for programs")
    options = parser.parse_args(arguments)
    try:
        snapshot = Snapshot.current(Lake(options.lake))
        services = [SearchService(snapshot, engine) for engine in ENGINES]
        found = compare(services, questions(services[0], options.queries, options.seed))
    except (EngineError, LakeError) as error:
        print(error, file=sys.stderr)
        return 1
    print(json.dumps({**asdict(found), "holds": found.holds}) if options.json else _in_words(found, snapshot.name))
    return 0 if found.holds else 1


def _in_words(found: Parity, snapshot: str) -> str:
    lines = [
        f"{found.questions} needs on snapshot {snapshot}, {found.answered} of them answered",
        f"overlap of the first {_DEPTH}: mean {found.overlap:.3f} (at least {LEAST_OVERLAP}), worst {found.worst:.2f}",
        f"equal totals: {found.equal_totals}, equal facets: {found.equal_facets} (both must be {found.questions})",
        *(f"ranking with {name}: p50 {at['p50']} ms, p95 {at['p95']} ms" for name, at in found.milliseconds.items()),
        "parity holds" if found.holds else "PARITY IS BROKEN",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
