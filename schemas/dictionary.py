"""The data dictionary, out of the declared schemas: one source for pages, files and the lake itself."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import dataframely as dy

from schemas.gold import GOLD_TABLES, sort_key
from schemas.records import QUARANTINE_COLUMNS, RECORD_COLUMNS, record_schema
from schemas.tables import Quarantine, table_note

NOT_PERSONAL = "none"


def data_dictionary(sources: Mapping[str, Sequence[str]] | None = None) -> list[dict[str, Any]]:
    """Every table with its grain, key, order, licence and warnings, and every column with type, unit, meaning in both
    languages, source, example, meaning of null and what of it may be personal.

    `sources` are the sources to describe one by one, each with its columns; without them one entry describes all.
    """
    tables: dict[str, type[dy.Schema]] = dict(GOLD_TABLES)
    if sources is None:
        tables["sources/<source>"] = record_schema(RECORD_COLUMNS)
    else:
        tables |= {f"sources/{name}": record_schema(columns) for name, columns in sources.items()}
    tables["quarantine/<source>"] = Quarantine
    return [table_entry(name, schema) for name, schema in tables.items()]


def table_entry(name: str, schema: type[dy.Schema]) -> dict[str, Any]:
    """One table's entry."""
    note = table_note(name)
    key = list(schema.primary_key())
    return {
        "table": name,
        "en": note.en,
        "ko": note.ko,
        "grain": note.grain,
        "grain_ko": note.grain_ko,
        "key": key,
        "order": sort_key(name) if name in GOLD_TABLES else key,
        "made_from": note.made_from,
        "licence": note.licence,
        "warnings": [{"en": en, "ko": ko} for en, ko in note.warnings],
        "columns": [_column_entry(*item, note.made_from) for item in schema.columns().items()],
    }


def _column_entry(name: str, column: dy.Column, made_from: str) -> dict[str, Any]:
    notes = dict(column.metadata or {})
    origin = notes.pop("origin", "")
    return {
        "name": name,
        "type": str(column.dtype),
        "nullable": column.nullable,
        "key": column.primary_key,
        **notes,
        "source": origin or made_from,
        "personal": notes.get("personal") or NOT_PERSONAL,
    }


def columns_fingerprint() -> str:
    """Of name, type, nullability and key of every declared column."""
    declared = [
        (table, name, str(column.dtype), str(column.nullable), str(column.primary_key))
        for table, columns in _declared().items()
        for name, column in columns.items()
    ]
    return hashlib.sha256("\n".join("|".join(row) for row in declared).encode()).hexdigest()[:12]


def _declared() -> dict[str, dict[str, dy.Column]]:
    tables = {name: schema.columns() for name, schema in GOLD_TABLES.items()}
    return {**tables, "sources": RECORD_COLUMNS, "quarantine": QUARANTINE_COLUMNS}
