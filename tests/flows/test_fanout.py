"""Samples of the proofs of the fan-out: larger parts than `make proofs` cuts, one worker lost."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("prefect_dask", reason="the extra `dask` is not installed")


@pytest.mark.slow
@pytest.mark.prefect
def test_two_dask_workers_write_the_same_bytes_as_one_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.proofs.fanout import spread_night

    monkeypatch.setenv("CAPLAKE_DROP", "")
    found = spread_night(tmp_path, part_texts=600)
    assert found.problems == []
    assert sum(found.parts) >= 3
    assert found.texts > 1_500


@pytest.mark.slow
@pytest.mark.prefect
def test_a_worker_killed_while_it_embeds_costs_no_answer(tmp_path: Path) -> None:
    from tests.proofs.workers import CASES, lose_workers

    name = "halfway through writing them"
    found = lose_workers(tmp_path, {name: CASES[name]})
    assert found.problems == []
    assert (found.told, found.killed) == ({name: "committed the same bytes"}, 1)
    assert found.reads > 0


def test_a_cluster_of_ours_does_not_wait_for_ever_for_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    import dask

    from flows.fanout import WORKERLESS, dask_runner

    monkeypatch.delenv("CAPLAKE_DASK", raising=False)
    dask_runner()
    assert dask.config.get("distributed.scheduler.no-workers-timeout") == WORKERLESS
