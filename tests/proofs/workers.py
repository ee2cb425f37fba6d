"""Proof: a worker lost while it embeds costs no answer. `python -m tests.proofs.workers`.

A Prefect server runs the flow of flows/fanout.py on a cluster of two worker processes, one night a case. A worker is
killed (SIGKILL) at a chosen point of the part that it embeds; searches go on beside it. The night must end with the
bytes of an undisturbed one, or fail with a report; then the next night, on whole workers, must end so.
"""

from __future__ import annotations

import argparse
import os
import signal
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

import dask
from dask.distributed import WorkerPlugin

from schemas.lake import Lake
from tests.proofs.fanout import dask_workers, prefect_server
from tests.proofs.nights import SOURCE, calm_night, deliver, differing, night
from tests.proofs.proved import Proved, tell
from tests.proofs.readers import Reader

_PART: Final = "00001"
_PART_TEXTS: Final = 8
"""Texts of a part: an edition brings a few dozen new ones."""

_PATIENCE: Final = "30 s"
"""How long the cluster waits for a worker where none is left."""


@dataclass(frozen=True)
class Case:
    """Where in its part a worker dies, how many may, whether new ones come for them, and does the night commit?"""

    point: str
    deaths: int = 1
    replaced: bool = True
    commits: bool = True


CASES: Final = {
    "before its vectors are written": Case("before"),
    "halfway through writing them": Case("halfway"),
    "after writing them, before it tells": Case("after"),
    "and none comes for it": Case("halfway", replaced=False),
    "and every one that takes its part": Case("halfway", deaths=99, commits=False),
    "and the other, and none comes": Case("before", deaths=99, replaced=False, commits=False),
}


@dataclass
class Outcome:
    """What the nights came to by case, workers killed, reads beside them, and what went wrong."""

    told: dict[str, str] = field(default_factory=dict)
    killed: int = 0
    reads: int = 0
    problems: list[str] = field(default_factory=list)


class Death(WorkerPlugin):
    """Kills its worker, as the kernel would, at a point of one part; `record` has a line for each that died."""

    def __init__(self, case: Case, record: Path) -> None:
        self._case = case
        self._record = record

    def setup(self, worker: Any) -> None:
        whole = Lake.write_bytes

        def write(lake: Lake, path: str, content: bytes) -> None:
            if path.endswith(f"/vectors_{_PART}.parquet") and len(deaths(self._record)) < self._case.deaths:
                self._die(whole, lake, path, content)
            whole(lake, path, content)

        # The process is the worker's own, and ends with it.
        Lake.write_bytes = write  # type: ignore[assignment, method-assign]

    def _die(self, whole: Callable[[Lake, str, bytes], None], lake: Lake, path: str, content: bytes) -> None:
        with self._record.open("a", encoding="utf-8") as file:
            file.write(f"{os.getpid()}\n")
        if self._case.point == "halfway":
            Path(lake.full(path)).with_name(".torn.tmp").write_bytes(content[: len(content) // 2])
        if self._case.point == "after":
            whole(lake, path, content)
        os.kill(os.getpid(), signal.SIGKILL)


def deaths(record: Path) -> list[str]:
    return record.read_text(encoding="utf-8").split() if record.exists() else []


def lose_workers(folder: Path, cases: Mapping[str, Case]) -> Outcome:
    """One disturbed night a case over one lake, beside a lake whose nights run here and are never disturbed."""
    spread, calm, drop, outcome = folder / "spread", folder / "calm", folder / "drop", Outcome()
    environment = {"CAPLAKE_DROP": str(drop)}
    with patch.dict(os.environ, environment), prefect_server(folder / "prefect"):
        deliver(drop, 0)
        night(spread)
        calm_night(calm)
        with Reader(Lake(str(spread))) as reader:
            for number, (name, case) in enumerate(cases.items(), 1):
                deliver(drop, number)
                wrong = _lose(spread, case, folder / f"deaths-{number}", outcome, name)
                calm_night(calm)
                if differ := differing(spread, calm):
                    wrong.append(f"{differ} differ from an undisturbed night")
                if left := [path.name for path in spread.rglob(".*.tmp")]:
                    wrong.append(f"left over: {left}")
                outcome.problems += [f"{name}: {problem}" for problem in wrong]
    outcome.reads = reader.reads
    outcome.problems += reader.problems
    return outcome


def _lose(lake: Path, case: Case, record: Path, outcome: Outcome, name: str) -> list[str]:
    """A night in which workers die, and one here where it did not commit; what was wrong."""
    there, wrong = Lake(str(lake)), list[str]()
    before = there.current()
    waiting = {"distributed.scheduler.no-workers-timeout": _PATIENCE}
    with dask.config.set(waiting), dask_workers(2) as client:
        client.register_plugin(Death(case, record))
        if not case.replaced:
            for nanny in client.cluster.workers.values():
                nanny.close_gracefully()  # it lets its worker go and starts none in its place
        try:
            _spread_night(lake)
            outcome.told[name] = "committed the same bytes"
        except Exception as error:
            outcome.told[name] = f"{type(error).__name__}: {error}"
    died = len(deaths(record))
    outcome.killed += died
    committed = there.current() != before
    if not died:
        wrong.append("no worker was killed")
    if committed != case.commits:
        wrong.append(f"committed: {committed}; {outcome.told[name]}")
    if not committed:
        kept = there.read_json(f"reports/{there.names('reports')[-1]}")
        if not kept["problem"] or kept["committed"]:
            wrong.append("the report tells of no problem")
        night(lake)
    return wrong


def _spread_night(lake: Path) -> None:
    with patch("flows.steps.embed.PART_TEXTS", _PART_TEXTS):
        from flows.fanout import dask_runner
        from flows.scheduled import nightly

        nightly.with_options(task_runner=dask_runner())(lake=str(lake), sources=[SOURCE])


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    with tempfile.TemporaryDirectory() as folder:
        outcome = lose_workers(Path(folder), CASES)
    figures: dict[str, int | float | str] = {f"a worker dies {name}": told for name, told in outcome.told.items()}
    figures |= {"workers killed": outcome.killed, "searches and reads beside them": outcome.reads}
    tell(Proved(figures, outcome.problems))


if __name__ == "__main__":
    main()
