"""A search process by itself: `python -m lab.bench.searching LAKE` starts, searches, and tells what that took.

A process of its own, because what a benchmark holds in memory is not what a search holds.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from typing import Final, Self

import numpy as np
import psutil

from lab.bench.bundled import NEEDS, filtered_search
from lab.bench.measure import percentiles, share_as_near
from lab.evaluation.product_lines import places, product_lines
from lab.evaluation.systems import product
from schemas import clock
from schemas.lake import Lake
from search.service import SearchService

_SEARCHES: Final = 200
_TEXTS: Final = 30
_DEPTH: Final = 100
_ITEMS: Final = 200
_FIRST: Final = 10
_SEED: Final = 20_261_126
_PART: Final = 100_000


@dataclass(frozen=True)
class Searched:
    """Seconds from the start of the process to the first answer; milliseconds of warm searches with filter, facets and
    reasons, by the clock and of the processor; bytes resident after them, and those of these that are no pages of
    files; share found of the 100 statements whose vectors are nearest; share of product lines whose firm is among the
    first ten for half of their words.
    """

    first_answer: float
    p50: float
    p95: float
    p99: float
    cpu: float
    resident: int
    own: int
    recall: float
    product_lines: float

    @classmethod
    def of(cls, lake: str) -> Self:
        """Measured in a new process."""
        command = [sys.executable, "-m", "lab.bench.searching", lake]
        told = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
        return cls(**json.loads(told))


def measure(lake: Lake) -> Searched:
    process = psutil.Process()
    service = SearchService.current(lake)
    filtered = filtered_search(service)
    filtered(0)
    first = clock.seconds() - process.create_time()
    percentiles(filtered, 1)
    spent = time.process_time()
    taken = percentiles(filtered, _SEARCHES, warm=0)
    cpu = (time.process_time() - spent) / _SEARCHES * 1_000
    memory = process.memory_full_info()
    lines = places(product_lines(service, _ITEMS, _SEED), product(service), _FIRST)
    return Searched(
        first,
        **taken,
        cpu=cpu,
        resident=memory.rss,
        own=memory.uss,
        recall=recall(service),
        product_lines=float((lines < _FIRST).mean()),
    )


def recall(service: SearchService) -> float:
    """Of the nearest statements to the needs and to some statements; one that is as near as the last of them counts."""
    snapshot = service.snapshot
    folder = snapshot.lake.local_root
    if folder is None:
        raise ValueError("the index must lie in a local folder to be read here")
    index = folder / snapshot.index_folder("embedded")
    vectors, vector_of = (np.load(index / f"{name}.npy", mmap_mode="r") for name in ("vectors", "vector_of"))
    texts = snapshot.table("capabilities", ["text"])["text"]
    some = texts[np.linspace(0, len(texts) - 1, _TEXTS, dtype=np.int64)]
    asked = service.embedder.encode_queries([*NEEDS, *some])
    similar = np.concatenate([vectors[at : at + _PART] @ asked.T for at in range(0, len(vectors), _PART)])
    scores = [service.engine.dense(vector, _DEPTH).scores for vector in asked]
    return float(np.mean([share_as_near(similar[:, n][vector_of], own, _DEPTH) for n, own in enumerate(scores)]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lake")
    print(json.dumps(asdict(measure(Lake(parser.parse_args().lake)))))


if __name__ == "__main__":
    main()
