"""Versions of the tables' columns, and what changed with each: the dictionary shows it to readers of older snapshots.

How to change a column: change its declaration, add to the notes of the newest version (or begin the next one, once a
release contains it), put the new fingerprint there and run `make docs`. A test fails until that is done.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


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
            "New canonical column of sources: grain (what a row is about, where a register's rows differ in that).",
            "New file dictionary.json in every snapshot; `dictionary` in manifest.json names it.",
        ),
    ),
)
"""Oldest first; the last one is what this code writes."""

SCHEMA_VERSION: Final = VERSIONS[-1].number
COLUMNS_FINGERPRINT: Final = "e5206eadf5d4"
"""Of the columns as the newest version's notes describe them; see `schemas.dictionary.columns_fingerprint`."""


def notes_since(version: str) -> list[str]:
    """What changed after a version, oldest first; empty for the newest one."""
    return [f"version {v.number}: {note}" for v in VERSIONS if int(v.number) > int(version) for note in v.notes]
