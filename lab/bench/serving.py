"""`caplake serve` as a process of its own, as buyers meet it: how soon it answers, and what each kind of page takes."""

from __future__ import annotations

import http.client
import os
import socket
import statistics
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self
from urllib.parse import quote

import numpy as np
import psutil

from lab.bench.bundled import NEEDS
from lab.bench.measure import CAPLAKE
from schemas.lake import Lake, Snapshot
from search.http.security import RATE_VARIABLE

PATIENCE_SECONDS: Final = 60
_ASKED: Final = 20
_DESCRIPTION: Final = (
    "반도체와 디스플레이 공장에 들어가는 검사 장비를 만드는 회사입니다. 카메라와 조명으로 표면 결함을 찾고 "
    "치수를 재며, 자동차 부품과 이차전지 공장에도 공급합니다. 공장은 경기도 화성시에 있습니다."
)


@dataclass(frozen=True)
class Served:
    """Seconds from the start of `caplake serve` to its first answer, and of the first description of a firm;
    milliseconds of a firm's page, suggestions and a look-up by number, medians; most bytes resident in all this.
    """

    first_answer: float
    first_description: float
    firm_page: float
    suggestion: float
    number: float
    peak: int

    @classmethod
    def of(cls, lake: str) -> Self:
        snapshot = Snapshot.current(Lake(lake))
        firms = snapshot.table("firms", ["firm_id", "name"])
        identifiers = snapshot.table("identifiers", ["scheme", "value"])
        numbers = identifiers.filter(identifiers["scheme"] == "business_no")["value"]
        some = firms[np.linspace(0, firms.height - 1, _ASKED, dtype=np.int64)]
        began = time.perf_counter()
        with serving(lake, "embedded") as server:
            get(server.port, f"/search?q={quote(NEEDS[0])}")
            first_answer = time.perf_counter() - began
            asked = [f"/api/v1/search?q={number}" for number in numbers[:: max(len(numbers) // _ASKED, 1)][:_ASKED]]
            return cls(
                first_answer=first_answer,
                firm_page=_median(server, [f"/firm/{firm_id}" for firm_id in some["firm_id"]]),
                suggestion=_median(server, [f"/api/v1/suggest?q={quote(name[:2])}" for name in some["name"]]),
                number=_median(server, asked),
                first_description=_seconds(server, f"/search?q={quote(_DESCRIPTION)}"),
                peak=_peak(server.process.pid),
            )


@dataclass(frozen=True)
class Server:
    port: int
    process: psutil.Process


@contextmanager
def serving(lake: str, engine: str, env: Mapping[str, str] | None = None) -> Iterator[Server]:
    """`caplake serve` on a free port, without a limit of requests, until left."""
    with closing(socket.create_server(("127.0.0.1", 0))) as held:
        port = int(held.getsockname()[1])
    started = subprocess.Popen(
        [CAPLAKE, "serve", "--lake", lake, "--engine", engine, "--port", str(port)],
        env={**os.environ, **(env or {}), RATE_VARIABLE: "0"},
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait_for(port, started)
        yield Server(port, psutil.Process(started.pid))
    finally:
        started.terminate()
        started.wait(timeout=30)


def get(port: int, address: str) -> None:
    """Raises OSError where the answer is no success."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)) as connection:
        connection.request("GET", address, headers={"Accept-Language": "ko"})
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise ConnectionError(f"{address} was answered with {answer.status}")


def _median(server: Server, addresses: Sequence[str]) -> float:
    """Milliseconds; what the first of its kind prepares is left out by it."""
    return statistics.median(_seconds(server, address) for address in addresses) * 1_000


def _seconds(server: Server, address: str) -> float:
    began = time.perf_counter()
    get(server.port, address)
    return time.perf_counter() - began


def _peak(pid: int) -> int:
    told = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return int(told["VmHWM"].split()[0]) * 1024


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Until the server answers, snapshot and indexes opened. Raises RuntimeError when it ends or takes too long."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            get(port, "/api/v1/fields")
            return
        except OSError:
            pass
        time.sleep(0.05)
    raise RuntimeError("`caplake serve` did not answer; run it by hand over this lake to see why.")
