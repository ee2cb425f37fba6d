"""The manifest of a snapshot: what is in it and what it was made from."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict

from schemas.versions import SCHEMA_VERSION


class Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TableEntry(Entry):
    """`bytes` is the file's size, `sha256` of its bytes."""

    rows: int
    bytes: int
    sha256: str


class DocumentEntry(Entry):
    """A file beside the tables, such as `dictionary.json`; `sha256` of its bytes."""

    bytes: int
    sha256: str


class Caution(Entry):
    """What a reader must know before counting with a source's rows."""

    ko: str
    en: str


class SourceAbout(Entry):
    """What a reader of the lake must know about a source: names, licence, where to look, what to beware of."""

    title_ko: str
    title_en: str
    publisher: str
    licence: str
    landing_page: str
    cautions: list[Caution] = []


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
    broken gates that an operator accepted. `dictionary` names the file beside the tables that explains every column.
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
    dictionary: str | None = None
    documents: dict[str, DocumentEntry] = {}
