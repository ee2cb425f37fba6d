"""Fixtures of all rooms.

`small_lake` is made once a session by the real night from the bundled registers; tests read it and never
write there. A test that needs a lake of its own runs its own night on the few sources it is about.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest

from flows.night import Night, NightReport, new_night
from flows.nightly import run_night
from flows.runner import DirectRunner
from lab.opensearch.local_node import java_home, reachable, running_node
from lab.opensearch.node_home import assembled_home
from schemas.lake import Lake
from search.engines.base import EngineError
from tests.clock import MOMENTS, clock_shifted

_LONGEST_FIRST: Final = ("opensearch", "prefect", "browser")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test marked `calendar` also runs at four other moments, wherever the clock of the machine stands."""
    if metafunc.definition.get_closest_marker("calendar"):
        metafunc.parametrize("shifted_clock", [None, *MOMENTS], ids=["now", *MOMENTS], indirect=True)


@pytest.fixture(autouse=True)
def shifted_clock(request: pytest.FixtureRequest) -> Iterator[None]:
    """The clock of a test marked `calendar`; of every other the machine's."""
    if (name := getattr(request, "param", None)) is None:
        yield
        return
    with clock_shifted(MOMENTS[name]()):
        yield


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """With several workers (`-n 2 --dist loadgroup`): tests of one service share a worker, and so start it once; others
    go file by file, so that fixtures of a module are made once. What takes longest begins first.
    """
    places = {item: _group(item) for item in items}
    items.sort(key=lambda item: _LONGEST_FIRST.index(places[item]) if places[item] in _LONGEST_FIRST else 99)
    for item in items:
        item.add_marker(pytest.mark.xdist_group(places[item]))


def _group(item: pytest.Item) -> str:
    services = (name for name in ("opensearch", "prefect", "browser") if item.get_closest_marker(name))
    return next(services, item.nodeid.partition("::")[0])


def once_a_run(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """A folder that the first worker which wants it makes, and all others read."""
    base = factory.getbasetemp()
    root = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    folder = root / name
    with (root / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            make(folder)
    return folder


def run_here(lake: Path | str, sources: list[str] | None = None, engines: list[str] | None = None) -> NightReport:
    """One night in this process."""
    return run_night(new_night(str(lake), sources or [], engines or ["embedded"]), DirectRunner())


def night_at(lake: Path | str, snapshot: str, sources: tuple[str, ...]) -> Night:
    """The night of a named snapshot, after the one that the lake has."""
    return Night(str(lake), snapshot, sources, ("embedded",), before=Lake(str(lake)).current())


@pytest.fixture(scope="session")
def small_lake(tmp_path_factory: pytest.TempPathFactory, worker_lake: Path | None) -> str:
    """URL of a lake with all bundled registers and the embedded index."""
    return str(worker_lake or once_a_run(tmp_path_factory, "small_lake", run_here))


@pytest.fixture(scope="session")
def worker_lake() -> Path | None:
    """A lake made beforehand, for quick work on tests: CAPLAKE_TEST_LAKE."""
    made = os.environ.get("CAPLAKE_TEST_LAKE")
    return Path(made) if made else None


@pytest.fixture(scope="session")
def opensearch_url() -> Iterator[str]:
    """A real OpenSearch node on a free port, or the one that CAPLAKE_TEST_OPENSEARCH names."""
    if made := os.environ.get("CAPLAKE_TEST_OPENSEARCH"):
        yield made
        return
    with running_node(node_base()) as node:
        yield node.url


def node_base() -> Path:
    """Where the program of a node lies, assembled; a missing part is told."""
    base = reachable(Path(__file__).resolve().parent.parent / ".opensearch")
    try:
        java_home()
        assembled_home(base, print)
    except EngineError as error:
        missing_part("what an OpenSearch node needs", str(error))
    return base


def missing_part(what: str, remedy: str) -> None:
    """Skip visibly where a system part is missing; on CI it is a failure."""
    message = f"{what} is missing: {remedy}"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)
