"""The manifest of a snapshot: what is in it and what it was made from."""

from __future__ import annotations

from datetime import date
from typing import Final

from pydantic import BaseModel, ConfigDict

SCHEMA_VERSION: Final = "1"


class Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TableEntry(Entry):
    """`bytes` is the file's size, `sha256` of its bytes."""

    rows: int
    bytes: int
    sha256: str


class SourceAbout(Entry):
    """What a reader of the lake must be told of a source: names, publisher, licence, where to look."""

    title_ko: str
    title_en: str
    publisher: str
    licence: str
    landing_page: str


class SourceEntry(Entry):
    """What one source brought: where it came from and how many rows went where.

    `fingerprint` covers the raw bytes, the source's declaration and the code that reads them: equal means nothing to
    do. `notes` tell of columns that nobody named, or that were not there.
    """

    about: SourceAbout
    as_of: date | None
    receipt: str
    transport: str
    fingerprint: str
    read: int
    valid: int
    quarantined: int
    new: int = 0
    changed: int = 0
    gone: int = 0
    notes: list[str] = []


class Manifest(Entry):
    """`inputs` covers every input of the night: equal to the last one means an empty night. `accepted` names the
    broken gates that an operator accepted.
    """

    snapshot: str
    schema_version: str = SCHEMA_VERSION
    code_version: str
    model: str
    inputs: str
    previous: str | None
    engines: list[str]
    tables: dict[str, TableEntry]
    sources: dict[str, SourceEntry]
    accepted: list[str] = []
