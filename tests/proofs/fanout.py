"""Proof: texts embedded by two Dask workers give the same bytes as one process. `python -m tests.proofs.fanout`.

A Prefect server runs the flow of flows/fanout.py on a cluster of two worker processes.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

from dask.distributed import Client, LocalCluster

from schemas.lake import Lake, Snapshot
from tests.proofs.nights import SOURCE, deliver, differing, night
from tests.proofs.proved import Proved, tell


@dataclass(frozen=True)
class Fanout:
    """Texts, parts that each worker encoded, seconds of both nights, and what went wrong."""

    texts: int
    parts: list[int]
    seconds_here: float
    seconds_spread: float
    problems: list[str] = field(default_factory=list)


def spread_night(folder: Path, part_texts: int) -> Fanout:
    """One night here and one on two workers, over the same edition, cut into parts of so many texts."""
    here, spread, drop = folder / "here", folder / "spread", folder / "drop"
    os.environ["CAPLAKE_DROP"] = str(drop)
    deliver(drop, 0)
    started = time.perf_counter()
    night(here)
    seconds_here = time.perf_counter() - started
    with (
        dask_workers(2) as client,
        prefect_server(folder / "prefect"),
        patch("flows.steps.embed.PART_TEXTS", part_texts),
    ):
        from flows.fanout import dask_runner
        from flows.scheduled import nightly

        started = time.perf_counter()
        report = nightly.with_options(task_runner=dask_runner())(lake=str(spread), sources=[SOURCE])
        seconds_spread = time.perf_counter() - started
        parts = sorted(client.run(_executed).values())
    problems = [f"{name} differs" for name in differing(here, spread)]
    if not report["committed"]:
        problems.append("the spread night committed nothing")
    if len(parts) < 2 or not all(parts):
        problems.append(f"parts were not spread over two workers: {parts}")
    texts = Snapshot.current(Lake(str(spread))).table("embeddings", ["text_hash"]).height
    return Fanout(texts, parts, seconds_here, seconds_spread, problems)


def _executed(dask_worker: object) -> int:
    """Tasks that a worker has run."""
    return int(dask_worker.state.executed_count)  # type: ignore[attr-defined]


@contextmanager
def dask_workers(count: int) -> Iterator[Client]:
    """A cluster of so many processes on loopback, which flows/fanout.py is told to use."""
    with (
        LocalCluster(n_workers=count, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
        Client(cluster) as client,
        patch.dict(os.environ, {"CAPLAKE_DASK": cluster.scheduler_address}),
    ):
        yield client


@contextmanager
def prefect_server(home: Path) -> Iterator[None]:
    """A Prefect server of its own."""
    quiet = {"PREFECT_HOME": str(home), "PREFECT_SERVER_ANALYTICS_ENABLED": "false", "PREFECT_LOGGING_LEVEL": "ERROR"}
    with patch.dict(os.environ, quiet):
        from prefect.testing.utilities import prefect_test_harness

        with prefect_test_harness(server_startup_timeout=180):
            yield


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part-texts", type=int, default=200)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = spread_night(Path(folder), arguments.part_texts)
    figures = {
        "texts": found.texts,
        "parts by worker": " and ".join(map(str, found.parts)),
        "seconds of the night in one process": round(found.seconds_here, 1),
        "seconds of the night on two workers": round(found.seconds_spread, 1),
    }
    tell(Proved(figures, found.problems))


if __name__ == "__main__":
    main()
