"""Proof: one of three OpenSearch nodes dies while indexing and searching. `python -m tests.proofs.cluster`.

The index has three shards with a copy each. The node is killed (SIGKILL) while the next night loads its index;
searches of the committed snapshot go on and give the same hits as before, and the nights end with all statements.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

from flows.night import NightReport, new_night
from flows.nightly import run_night
from flows.runner import DirectRunner
from lab.opensearch.local_node import Node, reachable, start, stop
from schemas.lake import Lake, Snapshot
from search.engines import EngineError
from search.engines.opensearch.store import OpenSearchStore
from search.service import SearchService
from tests.proofs.nights import SOURCE, deliver
from tests.proofs.proved import Proved, tell, without_addresses

_NODES = ("one", "two", "three")
_NEED = "반도체 검사 장비"


@dataclass
class Outcome:
    """Searches while a node died, what the night under way told, statements at the end, what went wrong."""

    searches: int = 0
    told: str = ""
    statements: int = 0
    problems: list[str] = field(default_factory=list)


@contextmanager
def three_nodes(base: Path | None = None) -> Iterator[list[Node]]:
    """A cluster of three on loopback; all are gone at the end."""
    folder = Path(tempfile.mkdtemp(prefix="caplake-cluster-"))
    folder.chmod(0o755)
    ports = _free_ports(len(_NODES))
    seeds = [f"127.0.0.1:{port}" for port in ports]
    home = reachable(base or Path(".opensearch"))

    def started(number: int) -> Node:
        settings = {
            "discovery.type": None, "node.name": _NODES[number], "transport.port": ports[number],
            "discovery.seed_hosts": seeds, "cluster.initial_cluster_manager_nodes": list(_NODES),
        }  # fmt: skip
        return start(home, folder / _NODES[number], say=lambda _: None, settings=settings)

    nodes: list[Node] = []
    try:
        with ThreadPoolExecutor(len(_NODES)) as pool:
            nodes = list(pool.map(started, range(len(_NODES))))
        yield nodes
    finally:
        for node in nodes:
            stop(node)
        shutil.rmtree(folder, ignore_errors=True)


def lose_a_node(folder: Path, nodes: list[Node], victim: int = 2) -> Outcome:
    """One night, then a second during which a node is killed while it loads."""
    lake, drop, outcome = folder / "lake", folder / "drop", Outcome()
    there = Lake(str(lake))
    environment = {
        "CAPLAKE_DROP": str(drop), "CAPLAKE_OPENSEARCH_URL": ",".join(node.url for node in nodes),
        "CAPLAKE_OPENSEARCH_PREFIX": "cluster", "CAPLAKE_OPENSEARCH_SHARDS": "3", "CAPLAKE_OPENSEARCH_REPLICAS": "1",
    }  # fmt: skip
    with patch.dict(os.environ, environment):
        deliver(drop, 0)
        _night(lake)
        store = OpenSearchStore()
        client = store.connection.client()
        client.cluster.health(wait_for_status="green", timeout="60s", request_timeout=90)
        first = Snapshot.current(there)
        service = SearchService(first, "opensearch")
        expected = [hit.firm_id for hit in service.search(_NEED, limit=20).hits]
        over = threading.Event()

        def ask() -> None:
            while not over.is_set():
                try:
                    found = [hit.firm_id for hit in service.search(_NEED, limit=20).hits]
                    if found != expected:
                        outcome.problems.append("a search found other firms than before")
                except EngineError as error:
                    outcome.problems.append(f"a search failed: {error}")
                outcome.searches += 1

        asking, killing = (
            threading.Thread(target=work, daemon=True)
            for work in (ask, lambda: _kill_while_loading(store, nodes[victim]))
        )
        deliver(drop, 1)
        asking.start()
        killing.start()
        try:
            _night(lake)
            outcome.told = "committed all the same"
        except EngineError as error:
            outcome.told = str(error)
            if there.current() != first.name:
                outcome.problems.append("a night that failed moved the commit")
        killing.join(120)
        client.cluster.health(wait_for_status="yellow", timeout="120s", request_timeout=150)
        _night(lake)
        over.set()
        asking.join(120)
        now = Snapshot.current(there)
        outcome.statements = store.count(now.name)
        for snapshot in (first, now):
            if store.count(snapshot.name) != snapshot.manifest.tables["capabilities"].rows:
                outcome.problems.append(f"statements of {snapshot.name} are lost")
        if now.name == first.name:
            outcome.problems.append("the second edition was never committed")
        if any(name.endswith("-loading") for name in client.indices.get(index="cluster-*")):
            outcome.problems.append("a half-loaded index was left")
        if not SearchService.current(there, "opensearch").search(_NEED).hits:
            outcome.problems.append("nothing is found at the end")
    return outcome


def _kill_while_loading(store: OpenSearchStore, node: Node) -> None:
    """Kill the node's process as soon as the first statements are in an index that is being loaded."""
    limit = time.monotonic() + 120
    client = store.connection.client()
    while time.monotonic() < limit:
        stats = client.indices.stats(index="cluster-*", metric="indexing", filter_path="indices.*.primaries")
        loading = [entry for name, entry in stats.get("indices", {}).items() if name.endswith("-loading")]
        if any(entry["primaries"]["indexing"]["index_total"] for entry in loading):
            break
        time.sleep(0.02)
    os.kill(node.pid, signal.SIGKILL)


def _night(lake: Path) -> NightReport:
    return run_night(new_night(str(lake), [SOURCE], ["opensearch"]), DirectRunner())


def _free_ports(count: int) -> list[int]:
    held = [socket.socket() for _ in range(count)]
    try:
        for one in held:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in held]
    finally:
        for one in held:
            one.close()


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    with tempfile.TemporaryDirectory() as folder, three_nodes() as nodes:
        outcome = lose_a_node(Path(folder), nodes)
    figures = {
        "searches while a node died": outcome.searches,
        "the night under way": without_addresses(outcome.told),
        "statements at the end": outcome.statements,
    }
    tell(Proved(figures, outcome.problems))


if __name__ == "__main__":
    main()
