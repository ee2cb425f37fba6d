"""The load benchmark asks a real server and tells failed answers."""

from __future__ import annotations

import pytest

from lab.bench.load import measured
from lab.bench.serving import Served, serving


@pytest.mark.slow
def test_a_server_under_load_answers_everything_and_what_fails_is_counted(small_lake: str) -> None:
    with serving(small_lake, "embedded") as server:
        run = measured(server, "/api/v1/search", 0.5, 2, warm=2)
        nowhere = measured(server, "/nowhere", 0.1, 1, warm=1)
    assert run.errors == 0
    assert run.server_cpu > 0
    assert run.memory[0] > 0
    assert nowhere.errors == len(nowhere.milliseconds) > 0


@pytest.mark.slow
def test_what_a_server_takes_is_told_for_every_kind_of_page(small_lake: str) -> None:
    served = Served.of(small_lake)
    assert 0 < served.first_description < served.first_answer < 60
    assert min(served.firm_page, served.suggestion, served.number) > 0
    assert 2**27 < served.peak < 2**32
