"""The report of a snapshot as one file: what it was made from, what changed, and the plots of the page."""

from __future__ import annotations

import polars as pl

from search.service import SearchService
from search.web.names import Names
from search.web.plots import plots
from search.web.render import render_alone
from transforms.coverage import Coverage


def static_report(service: SearchService, language: str, coverage: Coverage) -> bytes:
    """HTML that needs neither a server nor another file."""
    snapshot = service.snapshot
    changes = snapshot.table("changes").group_by("change").len("rows").sort("change")
    return render_alone(
        "report.html",
        language,
        names=Names(service, language),
        manifest=snapshot.manifest,
        changes=dict(changes.iter_rows()),
        firms=snapshot.table("firms", ["firm_id"]).select(pl.len()).item(),
        coverage=coverage,
        plots=plots(snapshot),
    ).encode()
