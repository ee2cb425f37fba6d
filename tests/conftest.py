"""Fixtures of all rooms.

`small_lake` is made once a session by the real night from the bundled registers; tests read it and never
write there. A test that needs a lake of its own runs its own night on the few sources it is about.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.night import Night, NightReport, new_night
from flows.nightly import run_night
from flows.runner import DirectRunner
from lab.opensearch.local_node import java_home, reachable, running_node
from lab.opensearch.node_home import assembled_home
from schemas.lake import Lake
from search.engines.base import EngineError
from tests.clock import MOMENTS, clock_shifted


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


def run_here(lake: Path | str, sources: list[str] | None = None, engines: list[str] | None = None) -> NightReport:
    """One night in this process."""
    return run_night(new_night(str(lake), sources or [], engines or ["embedded"]), DirectRunner())


def night_at(lake: Path | str, snapshot: str, sources: tuple[str, ...]) -> Night:
    """The night of a named snapshot, after the one that the lake has."""
    return Night(str(lake), snapshot, sources, ("embedded",), before=Lake(str(lake)).current())


@pytest.fixture(scope="session")
def small_lake(tmp_path_factory: pytest.TempPathFactory, worker_lake: Path | None) -> str:
    """URL of a lake with all bundled registers and the embedded index."""
    folder = worker_lake or tmp_path_factory.mktemp("small") / "lake"
    if not (folder / "current.json").exists():
        run_here(folder)
    return str(folder)


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
