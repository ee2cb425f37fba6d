"""Plain counts over a snapshot for the page that plots them; the query shown is the query that was run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from schemas.lake import Snapshot

_QUERIES: Final = {
    "field": """SELECT field AS label, COUNT(DISTINCT firm_id) AS firms
FROM (SELECT firm_id, UNNEST(fields) AS field FROM capabilities) t
GROUP BY field ORDER BY firms DESC, label""",
    "region": """SELECT SUBSTR(region_code, 1, 2) AS label, COUNT(*) AS firms
FROM firms WHERE region_code IS NOT NULL
GROUP BY label ORDER BY firms DESC, label""",
    "source": """SELECT source AS label, COUNT(DISTINCT firm_id) AS firms
FROM names GROUP BY source ORDER BY firms DESC, label""",
    "year": """SELECT CAST(EXTRACT(YEAR FROM established) AS VARCHAR) AS label, COUNT(*) AS firms
FROM firms WHERE established >= '1990-01-01'
GROUP BY label ORDER BY label""",
}


@dataclass(frozen=True)
class Plot:
    """Bars: a label and a number of firms each, and the SQL they come from."""

    name: str
    query: str
    bars: list[tuple[str, int]]


def plots(snapshot: Snapshot) -> list[Plot]:
    """Every plot of the page, run over the snapshot's own tables."""
    context = pl.SQLContext(
        firms=snapshot.table("firms", ["firm_id", "region_code", "established"]),
        capabilities=snapshot.table("capabilities", ["firm_id", "fields"]),
        names=snapshot.table("names", ["firm_id", "source"]),
    )
    return [
        Plot(name, query, [(str(label), int(firms)) for label, firms in context.execute(query, eager=True).iter_rows()])
        for name, query in _QUERIES.items()
    ]
