"""Plain counts over a snapshot for the page that plots them; the query shown is the query that was run."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

import polars as pl

from schemas.lake import Snapshot

_QUERIES: Final = {
    "field": """SELECT field AS label, COUNT(DISTINCT firm_id) AS firms
FROM (SELECT firm_id, UNNEST(fields) AS field FROM capabilities) t WHERE field IS NOT NULL
GROUP BY field ORDER BY firms DESC, label""",
    "region": """SELECT SUBSTR(region_code, 1, 2) AS label, COUNT(*) AS firms
FROM firms WHERE region_code IS NOT NULL
GROUP BY label ORDER BY firms DESC, label""",
    "certification": """SELECT scheme AS label, COUNT(DISTINCT firm_id) AS firms
FROM certifications GROUP BY scheme ORDER BY firms DESC, label""",
    "source": """SELECT source AS label, COUNT(DISTINCT firm_id) AS firms
FROM names GROUP BY source ORDER BY firms DESC, label""",
    "year": """SELECT CAST(EXTRACT(YEAR FROM established) AS VARCHAR) AS label, COUNT(*) AS firms
FROM firms WHERE established >= '1990-01-01'
GROUP BY label ORDER BY label""",
}
_TABLES: Final = ("firms", "capabilities", "certifications", "names")
MEDIA_TYPES: Final = {"csv": "text/csv; charset=utf-8", "json": "application/json", "svg": "image/svg+xml"}
"""Media type of each format that a plot can be taken in."""
_ROW: Final = 22
_LABELS: Final = 200
_BARS: Final = 400


@dataclass(frozen=True)
class Plot:
    """Bars: a label and a number of firms each, and the SQL they come from."""

    name: str
    query: str
    bars: list[tuple[str, int]]


def plots(snapshot: Snapshot) -> list[Plot]:
    """Every plot of the page, run over the snapshot's own tables."""
    context = pl.SQLContext({name: snapshot.scan(name) for name in _TABLES})
    answers = snapshot.collected([context.execute(query) for query in _QUERIES.values()])
    return [
        Plot(name, query, [(str(label), int(firms)) for label, firms in answer.iter_rows()])
        for (name, query), answer in zip(_QUERIES.items(), answers, strict=True)
    ]


def plot_file(plot: Plot, form: str, labels: Mapping[str, str], snapshot: str) -> bytes:
    """A plot in a format of MEDIA_TYPES, with `labels` for readers, the snapshot and the query."""
    if form == "json":
        bars = [{"label": label, "name": labels[label], "firms": firms} for label, firms in plot.bars]
        document = {"plot": plot.name, "snapshot": snapshot, "query": plot.query, "bars": bars}
        return json.dumps(document, ensure_ascii=False, indent=1).encode()
    return _csv(plot, labels, snapshot) if form == "csv" else _svg(plot, labels, snapshot)


def _csv(plot: Plot, labels: Mapping[str, str], snapshot: str) -> bytes:
    """Snapshot and query are columns, so that a table that is passed on still says where it is from."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["label", "name", "firms", "snapshot", "query"])
    writer.writerows([label, labels[label], firms, snapshot, plot.query] for label, firms in plot.bars)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _svg(plot: Plot, labels: Mapping[str, str], snapshot: str) -> bytes:
    most = max((firms for _, firms in plot.bars), default=1)
    height = _ROW * (len(plot.bars) + 1)
    rows = "".join(
        f'<text x="{_LABELS - 8}" y="{_ROW * n + 15}" text-anchor="end">{escape(labels[label])}</text>'
        f'<rect x="{_LABELS}" y="{_ROW * n + 3}" width="{_BARS * firms / most:.1f}" height="{_ROW - 6}" '
        f'fill="#0b5c7a"/>'
        f'<text x="{_LABELS + _BARS * firms / most + 6:.1f}" y="{_ROW * n + 15}">{firms:,}</text>'
        for n, (label, firms) in enumerate(plot.bars)
    )
    note = f'<text x="8" y="{height - 6}" font-size="11">caplake {escape(snapshot)}</text>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_LABELS + _BARS + 80}" height="{height}" '
        f'font-family="sans-serif" font-size="13"><desc>{escape(plot.query)}</desc>'
        f'<rect width="100%" height="100%" fill="#fff"/>{rows}{note}</svg>'
    ).encode()
