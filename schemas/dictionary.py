"""The data dictionary, out of the declared schemas."""

from __future__ import annotations

from typing import Any

import dataframely as dy

from schemas.gold import GOLD_TABLES
from schemas.records import RECORD_COLUMNS, record_schema
from schemas.tables import Quarantine


def data_dictionary() -> list[dict[str, Any]]:
    """Every table with its key and every column with type, unit, meaning in both languages and more."""
    tables = {**GOLD_TABLES, "sources/<source>": record_schema(RECORD_COLUMNS), "quarantine/<source>": Quarantine}
    return [
        {
            "table": name,
            "key": list(schema.primary_key()),
            "columns": [_entry(*item) for item in schema.columns().items()],
        }
        for name, schema in tables.items()
    ]


def _entry(name: str, column: dy.Column) -> dict[str, Any]:
    return {"name": name, "type": str(column.dtype), "nullable": column.nullable, **(column.metadata or {})}
