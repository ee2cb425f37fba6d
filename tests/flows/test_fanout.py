"""A sample of the fan-out proof, with larger parts than `make proofs` cuts."""

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
