"""Proof: a sick OpenSearch costs no answer. `python -m tests.proofs.opensearch_faults`.

A proxy in front of a real node makes it slow, full, read-only, refusing single statements or gone. Every night under a
fault must commit, or fail with a report in one line that names the address; the snapshot of before must still answer
(asked past the proxy, as by another server), and the next night without the fault must end as an undisturbed one.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

from flows.night import NightReport, new_night
from flows.nightly import run_night
from flows.runner import DirectRunner
from lab.opensearch.local_node import running_node
from schemas.lake import Lake, Snapshot
from search.engines import EngineError
from search.engines.opensearch.client import Connection
from search.engines.opensearch.store import OpenSearchStore
from search.service import SearchService
from tests.proofs.fault_proxy import Fault, Proxy, proxy
from tests.proofs.nights import SOURCE, calm_night, deliver, differing
from tests.proofs.proved import Proved, tell, without_addresses

PREFIX = "proof"
NEED = "반도체 검사 장비"


@dataclass(frozen=True)
class Case:
    """A fault, whether the night is to commit under it, and a part of what it must say where it is not.

    `warns` where the night commits and tells that outsiders were not moved. The fault begins with the step `at`. The
    client waits `patience` seconds for an answer.
    """

    fault: Fault
    commits: bool
    said: str = ""
    warns: bool = False
    at: str = ""
    patience: int = 60


@dataclass
class Outcome:
    """What each fault came to, in a line, and what went wrong."""

    told: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def cases() -> dict[str, Case]:
    """Made anew each time, since a fault counts."""
    return {
        "slow answers": Case(Fault(delay=0.2), commits=True),
        "no answer in time": Case(
            Fault("PUT /proof-", delay=8), commits=False, said="did not answer within", patience=3
        ),
        "429 for a moment": Case(Fault("_bulk", status=429, times=2), commits=True),
        "429 for good": Case(Fault("_bulk", status=429), commits=False, said="overloaded"),
        # The difference fails, the whole index that is built instead does not.
        "one statement refused": Case(Fault("_bulk", spoil=True, times=1), commits=True),
        "statements refused for good": Case(Fault("_bulk", spoil=True), commits=False, said="refused"),
        "read-only": Case(Fault("PUT /proof-", status=403), commits=False, said="is read-only"),
        "gone while loading": Case(Fault(gone=True, after_path="_bulk"), commits=False, said="cannot be reached"),
        "gone before the gates": Case(Fault(gone=True, after_path="_clone"), commits=False, said="cannot be reached"),
        # The page that goes with a commit is made by searching, so a night without its engine stops before it.
        "gone at the commit": Case(Fault(gone=True, armed=False), commits=False, said="cannot be reached", at="commit"),
        "alias cannot move": Case(Fault("_aliases", gone=True), commits=True, warns=True),
    }


def run_cases(folder: Path, node_url: str, wanted: dict[str, Case]) -> Outcome:
    """Every case in turn over one lake, beside a lake that never saw a fault."""
    disturbed, calm, drop = folder / "disturbed", folder / "calm", folder / "drop"
    with proxy(node_url) as between, patch.dict(os.environ, _environment(between, drop)):
        deliver(drop, 0)
        _night(disturbed)
        calm_night(calm)
        outcome = Outcome()
        for number, (name, case) in enumerate(wanted.items(), 1):
            deliver(drop, number)
            outcome.told[name] = _run_case(disturbed, between, case, node_url, outcome, name)
            _night(disturbed)
            calm_night(calm)
            if differ := differing(disturbed, calm):
                outcome.problems.append(f"{name}: the next night does not end as an undisturbed one: {differ}")
            if left := [n for n in _store(node_url).connection.client().indices.get(index="proof-*") if "loading" in n]:
                outcome.problems.append(f"{name}: {left} was left")
            store, there = _store(node_url), Snapshot.current(Lake(str(disturbed)))
            held = list(store.connection.client().indices.get_alias(name=PREFIX))
            if held != [store.index_name(there.name)]:
                outcome.problems.append(f"{name}: outsiders see {held}")
    return outcome


def _run_case(lake: Path, between: Proxy, case: Case, node_url: str, outcome: Outcome, name: str) -> str:
    there = Lake(str(lake))
    before = there.current()
    told, report = "", None
    patience = {"CAPLAKE_OPENSEARCH_SECONDS": str(case.patience)}
    with between.fault(case.fault) as fault, patch.dict(os.environ, patience):
        try:
            report = _night(lake, lambda step, _: setattr(fault, "armed", fault.armed or step == case.at))
        except EngineError as error:
            told = str(error)
    kept = there.read_json(f"reports/{there.names('reports')[-1]}")
    committed = there.current() != before
    wrong = []
    if not fault.hits:
        wrong.append("the fault never struck")
    if committed != case.commits:
        wrong.append(f"committed: {committed}; {told}")
    if told and (
        "\n" in told or case.said not in told or between.url not in told or "EngineError" not in kept["problem"]
    ):
        wrong.append(f"is not told clearly: {told}")
    if case.warns and not (report and report.warnings):
        wrong.append("warns of nothing")
    # Past the proxy: what another server answers, from whatever is committed.
    with patch.dict(os.environ, {"CAPLAKE_OPENSEARCH_URL": node_url}):
        answer = SearchService.current(there, "opensearch").search(NEED, limit=5)
    if not answer.hits or answer.snapshot != there.current():
        wrong.append("the committed snapshot does not answer")
    outcome.problems += [f"{name}: {problem}" for problem in wrong]
    return told or ("committed, " + "; ".join(report.warnings) if report and report.warnings else "committed")


def _night(lake: Path, on_step: Callable[[str, float | None], None] = lambda _step, _seconds: None) -> NightReport:
    return run_night(new_night(str(lake), [SOURCE], ["opensearch"]), DirectRunner(on_step))


def _store(node_url: str) -> OpenSearchStore:
    return OpenSearchStore(Connection(node_url), prefix=PREFIX)


def _environment(between: Proxy, drop: Path) -> dict[str, str]:
    return {
        "CAPLAKE_DROP": str(drop),
        "CAPLAKE_OPENSEARCH_URL": between.url,
        "CAPLAKE_OPENSEARCH_PREFIX": PREFIX,
    }


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    with tempfile.TemporaryDirectory() as folder, running_node() as node:
        outcome = run_cases(Path(folder), node.url, cases())
    tell(Proved({name: without_addresses(told) for name, told in outcome.told.items()}, outcome.problems))


if __name__ == "__main__":
    main()
