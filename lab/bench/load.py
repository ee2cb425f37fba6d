"""The API under load: full hybrid searches with filters and facets, by both engines, and pages of results.

The server runs as buyers meet it, as a process of its own; the callers are this process, so that their processor
time is told apart. Needs are the sentences of the knowledge base that suppliers can help with, thousands in turn, and
no search is asked twice.
"""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import cycle
from typing import Final
from urllib.parse import urlencode

import numpy as np
import psutil

from lab.bench.bundled import REGIONS
from lab.bench.report import Figure
from lab.bench.serving import PATIENCE_SECONDS, Server, serving
from lab.understanding.examples import load_problems
from schemas.lake import Lake
from search.engines import EngineError
from search.engines.stores import open_store

_FILTERS: Final[tuple[dict[str, list[str]], ...]] = (
    *({"region": list(codes)} for codes in REGIONS),
    {"has_patent": ["true"]},
    {"age": ["7_to_20", "20_up"]},
    {"certification": ["venture"], "region": ["41"]},
)
_ONE_THREAD: Final = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "POLARS_MAX_THREADS", "RAYON_NUM_THREADS"), "1"
) | {"TOKENIZERS_PARALLELISM": "false"}
"""Searches that run beside each other keep the cores busy; threads within one would wait for those of another."""
_WARM_ANSWERS: Final = 200


@dataclass
class Load:
    """What one run came to: milliseconds of each answer, seconds, bytes of memory after warming up and at the end."""

    milliseconds: list[float] = field(default_factory=list)
    errors: int = 0
    seconds: float = 0.0
    server_cpu: float = 0.0
    callers_cpu: float = 0.0
    memory: tuple[int, int] = (0, 0)

    def percentile(self, share: float) -> float:
        return float(np.percentile(self.milliseconds, share))


def load(lake: str, seconds: float, callers: int) -> list[Figure]:
    """The embedded engine's API and pages, and the API with OpenSearch where it has an index of the lake's snapshot."""
    with serving(lake, "embedded", _ONE_THREAD) as server:
        figures = _figures("embedded, API", measured(server, "/api/v1/search", seconds, callers), True)
        page = measured(server, "/search", max(5.0, seconds / 6), 1)
    figures.append(Figure("page of results, one reader at a time", _latency(page), "p95 at most 60 ms on the server"))
    if reason := _no_opensearch(lake):
        return [*figures, Figure("opensearch, API", f"not run: {reason}")]
    with serving(lake, "opensearch", _ONE_THREAD) as server:
        # What the node itself takes is on whichever machine it runs, and not in these.
        return [
            *figures,
            *_figures("opensearch without its node, API", measured(server, "/api/v1/search", seconds, callers), False),
        ]


def measured(server: Server, path: str, seconds: float, callers: int, warm: int = _WARM_ANSWERS) -> Load:
    """Ask as fast as `callers` at a time are answered, after a warm-up."""
    addresses, lock, found = _addresses(path), threading.Lock(), Load()
    _ask(server.port, [next(addresses) for _ in range(warm)], Load(), lock)
    cpu, own, memory = _cpu(server.process), time.process_time(), server.process.memory_info().rss
    began = time.perf_counter()
    threads = [
        threading.Thread(target=_ask, args=(server.port, _until(addresses, began + seconds, lock), found, lock))
        for _ in range(callers)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found.seconds = time.perf_counter() - began
    found.server_cpu, found.callers_cpu = _cpu(server.process) - cpu, time.process_time() - own
    found.memory = (memory, server.process.memory_info().rss)
    if not found.milliseconds:
        raise RuntimeError(f"{path} gave no answer at all; run `caplake serve` and look at its messages.")
    return found


def _figures(what: str, run: Load, promised: bool) -> list[Figure]:
    a_core = len(run.milliseconds) / run.server_cpu
    growth = (run.memory[1] - run.memory[0]) / 2**20
    return [
        Figure(
            f"{what}: hybrid searches with filters and facets a second of one core",
            f"{a_core:.0f} ({len(run.milliseconds) / run.seconds:.0f} a second in all, {run.seconds:.0f} s)",
            "at least 100" if promised else "",
        ),
        Figure(f"{what}: latency", _latency(run), "p95 at most 50 ms" if promised else ""),
        Figure(
            f"{what}: processor time, server and callers",
            f"{run.server_cpu:.1f} s and {run.callers_cpu:.1f} s",
        ),
        Figure(f"{what}: memory", f"{run.memory[1] / 2**20:.0f} MiB, grown by {growth:.0f} MiB", "no growth"),
        Figure(f"{what}: failed answers", str(run.errors), "0"),
    ]


def _latency(run: Load) -> str:
    return ", ".join(f"p{share} {run.percentile(share):.1f} ms" for share in (50, 95, 99))


def _addresses(path: str) -> Iterator[str]:
    """Addresses of searches, every need with another filter than when it came before."""
    filters = cycle(_FILTERS)
    needs = [problem.text for problem in load_problems() if problem.fields]
    order = np.random.default_rng(8).permutation(len(needs))
    while True:
        for number in order:
            yield f"{path}?{urlencode({'q': needs[number], **next(filters)}, doseq=True)}"


def _until(addresses: Iterator[str], end: float, lock: threading.Lock) -> Iterator[str]:
    while time.perf_counter() < end:
        with lock:
            address = next(addresses)
        yield address


def _ask(port: int, addresses: Iterator[str] | list[str], into: Load, lock: threading.Lock) -> None:
    """One caller: asks one after the other over one connection."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)) as connection:
        for address in addresses:
            began = time.perf_counter()
            connection.request("GET", address, headers={"Accept-Language": "ko"})
            answer = connection.getresponse()
            answer.read()
            taken = (time.perf_counter() - began) * 1_000
            with lock:
                into.milliseconds.append(taken)
                into.errors += answer.status != 200


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _no_opensearch(lake: str) -> str | None:
    """Why OpenSearch cannot be asked; None where it can."""
    here = Lake(lake)
    try:
        if open_store("opensearch", here).count(here.current() or ""):
            return None
    except EngineError as error:
        return str(error).splitlines()[0]
    return f"no index of this snapshot; `caplake run --engine both --lake {lake}` makes it"
