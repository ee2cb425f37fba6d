"""All that may be shown of one firm, each value with who says so and since when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final

import numpy as np
import polars as pl

from schemas.lake import Snapshot
from search.embedding import Embedder
from search.engines.base import Engine, Rows
from search.snapshot.columns import SnapshotColumns
from transforms import regions

Row = dict[str, Any]

SHOWN_SCHEMES: Final = (
    "business_no",
    "corporate_no",
    "dart_code",
    "stock_code",
    "applicant_no",
    "smart_factory_suppliers:number",
)
_TABLES: Final = (
    "names",
    "identifiers",
    "attributes",
    "statuses",
    "certifications",
    "designations",
    "patents",
    "links",
    "changes",
)
_SIMILAR: Final = 6
_NEIGHBOURS: Final = 200
_STATEMENTS_ASKED: Final = 20


@dataclass(frozen=True)
class Profile:
    """One firm; every list holds rows of the gold table of that name, without the firm id."""

    firm: Row
    names: list[Row]
    identifiers: list[Row]
    attributes: list[Row]
    statuses: list[Row]
    certifications: list[Row]
    designations: list[Row]
    capabilities: list[Row]
    patents: list[Row]
    records: list[Row]
    changes: list[Row]
    similar: list[Row]

    @property
    def newest(self) -> date | None:
        """The newest date that a value or a statement of the firm is true for."""
        return max((row["as_of"] for row in (*self.attributes, *self.capabilities) if row["as_of"]), default=None)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


class Profiles:
    """Profiles out of one pinned snapshot."""

    def __init__(self, columns: SnapshotColumns, engine: Engine, embedder: Embedder) -> None:
        self._columns = columns
        self._engine = engine
        self._embedder = embedder
        self._snapshot: Snapshot = columns.snapshot

    def current_id(self, firm_id: str) -> str | None:
        """The id itself, the one it was merged into, or None where it was never given."""
        if firm_id in self._columns.row_of:
            return firm_id
        return self._redirects.get(firm_id)

    def get(self, firm_id: str) -> Profile:
        """Raises KeyError for an id that no firm has now."""
        row = self._columns.row_of[firm_id]
        firm = self._columns.firms.row(row, named=True)
        firm["region_en"] = regions.short_region(firm["region_code"], "en")
        told = self._told(firm_id)
        return Profile(
            firm=firm,
            names=told["names"],
            identifiers=[entry for entry in told["identifiers"] if entry["scheme"] in SHOWN_SCHEMES],
            attributes=told["attributes"],
            statuses=told["statuses"],
            certifications=told["certifications"],
            designations=told["designations"],
            capabilities=self._columns.statements[self._statements(row)].to_dicts(),
            patents=told["patents"],
            records=told["links"],
            changes=told["changes"],
            similar=self._similar(row),
        )

    def outlines(self, firm_ids: Sequence[str]) -> list[Row]:
        """Id, name, place and status of firms, in the order given."""
        rows = [self._columns.row_of[firm_id] for firm_id in firm_ids]
        return self._columns.firms[rows].select("firm_id", "name", "region", "region_code", "status").to_dicts()

    @cached_property
    def _redirects(self) -> dict[str, str]:
        return dict(self._snapshot.table("redirects", ["old_firm_id", "firm_id"]).iter_rows())

    @cached_property
    def _tables(self) -> list[pl.LazyFrame]:
        return [self._snapshot.scan(name) for name in _TABLES]

    def _told(self, firm_id: str) -> dict[str, list[Row]]:
        """The firm's rows of each of _TABLES; they lie together, so that little of a large table is read."""
        asked = [table.filter(pl.col("firm_id") == firm_id).drop("firm_id") for table in self._tables]
        found = self._snapshot.collected(asked)
        return {name: table.to_dicts() for name, table in zip(_TABLES, found, strict=True)}

    def _statements(self, row: int) -> Rows:
        return self._columns.statements_of(np.array([row], np.int32))

    def _similar(self, row: int) -> list[Row]:
        """Firms whose statements lie nearest to the mean of this firm's, by embedding."""
        own = self._statements(row)[:_STATEMENTS_ASKED]
        if not len(own):
            return []
        mean = self._embedder.encode_passages(self._columns.statements["text"][own].to_list()).mean(axis=0)
        length = float(np.linalg.norm(mean))
        if not length:
            return []
        near = self._engine.dense((mean / length).astype(np.float32), _NEIGHBOURS)
        firms = dict.fromkeys(int(self._columns.firm_of[statement]) for statement in near.rows)
        firms.pop(row, None)
        return [
            {name: other[name] for name in ("firm_id", "name", "region", "region_code", "fields")}
            for other in (self._columns.firms.row(firm, named=True) for firm in list(firms)[:_SIMILAR])
        ]
