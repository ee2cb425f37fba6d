"""A sample of the proof of reruns: `make proofs` has ten of them over every bundled register."""

from __future__ import annotations

from pathlib import Path

from tests.proofs.reruns import reruns

SOURCES = ["krx_listed", "smart_factory_suppliers"]


def test_rows_and_sources_in_any_order_give_the_same_ids_and_bytes(tmp_path: Path) -> None:
    proved = reruns(tmp_path, SOURCES, 1)
    assert proved.figures["tables and ledgers compared"] > 12
    assert proved.problems == []
