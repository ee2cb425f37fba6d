"""The load benchmark asks a real server and tells failed answers."""

from __future__ import annotations

import pytest

from caplake.bench.load import measured, serving


@pytest.mark.slow
def test_a_server_under_load_answers_everything_and_what_fails_is_counted(small_lake: str) -> None:
    with serving(small_lake, "embedded") as server:
        run = measured(server, "/api/v1/search", 0.5, 2, warm=2)
        nowhere = measured(server, "/nowhere", 0.1, 1, warm=1)
    assert run.errors == 0
    assert run.server_cpu > 0
    assert run.memory[0] > 0
    assert nowhere.errors == len(nowhere.milliseconds) > 0
