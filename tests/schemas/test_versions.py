"""Versions of the tables' columns."""

from __future__ import annotations

from schemas.dictionary import columns_fingerprint
from schemas.versions import COLUMNS_FINGERPRINT, SCHEMA_VERSION, VERSIONS, notes_since


def test_columns_change_only_with_a_note() -> None:
    assert columns_fingerprint() == COLUMNS_FINGERPRINT, "say in schemas/versions.py what changed, then `make docs`"


def test_a_reader_of_an_older_snapshot_is_told_all_that_changed() -> None:
    assert notes_since(SCHEMA_VERSION) == []
    assert len(notes_since("1")) == sum(len(version.notes) for version in VERSIONS[1:])
    assert notes_since("0")[0] == "version 1: First layout."
