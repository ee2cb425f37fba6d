"""Versions of the tables' columns, and what changed with each: a reader of an older snapshot is told.

How to change a column: change its declaration, add to the notes of the newest version (or begin the next one, once a
release has carried it), put the new fingerprint there and run `make docs`. A test fails until that is done.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

import dataframely as dy

from schemas.gold import GOLD_TABLES
from schemas.records import QUARANTINE_COLUMNS, RECORD_COLUMNS


@dataclass(frozen=True)
class Version:
    number: str
    day: str
    notes: tuple[str, ...]


VERSIONS: Final = (
    Version("1", "2026-11-22", ("First layout.",)),
    Version(
        "2",
        "2026-11-25",
        (
            "New tables: open_pairs (questions to people) and history (merges and splits of firm ids).",
            "New columns: attributes.rule (why the value was chosen), links.linked_to (the record it hangs on), "
            "firms.is_institution.",
            "certifications.number is the certificate's number where the source has one, else its kind.",
            "New canonical columns of sources: about, specialty, served_industries, completed_projects, orderer, "
            "amount, certificate_no.",
            "New file dictionary.json in every snapshot; `dictionary` in manifest.json names it.",
        ),
    ),
)
"""Oldest first; the last one is what this code writes."""

SCHEMA_VERSION: Final = VERSIONS[-1].number
COLUMNS_FINGERPRINT: Final = "bc35580ff41a"
"""Of the columns as the newest version's notes describe them; see `columns_fingerprint`."""


def notes_since(version: str) -> list[str]:
    """What changed after a version, oldest first; empty for the newest one."""
    return [f"version {v.number}: {note}" for v in VERSIONS if int(v.number) > int(version) for note in v.notes]


def columns_fingerprint() -> str:
    """Of name, type, nullability and key of every declared column."""
    told = [
        (table, name, str(column.dtype), str(column.nullable), str(column.primary_key))
        for table, columns in _declared().items()
        for name, column in columns.items()
    ]
    return hashlib.sha256("\n".join("|".join(row) for row in told).encode()).hexdigest()[:12]


def _declared() -> dict[str, dict[str, dy.Column]]:
    tables = {name: schema.columns() for name, schema in GOLD_TABLES.items()}
    return {**tables, "sources": RECORD_COLUMNS, "quarantine": QUARANTINE_COLUMNS}
