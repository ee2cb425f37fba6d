"""The report of a snapshot as one file."""

from __future__ import annotations

import re

import pytest

from schemas.lake import Lake, Snapshot


@pytest.mark.parametrize(("language", "said"), [("ko", "분야별 기업 수"), ("en", "Firms by field")])
def test_every_snapshot_has_its_report(small_lake: str, language: str, said: str) -> None:
    snapshot = Snapshot.current(Lake(small_lake))
    report = snapshot.lake.read_bytes(f"{snapshot.folder}/report.{language}.html").decode()
    assert said in report
    assert snapshot.name in report
    assert f"{snapshot.manifest.sources['krx_listed'].valid:,}" in report
    assert not re.search(r"(?:src|href)=|url\(|@import", report), "it must need no other file"
    assert f"report.{language}.html" in snapshot.manifest.documents
