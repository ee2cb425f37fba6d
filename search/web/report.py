"""The report of a snapshot as one file: what it was made from, what changed, and the plots of the page."""

from __future__ import annotations

import polars as pl

from search.coverage import registered_coverage
from search.explore import plots
from search.service import SearchService
from search.web.names import Names
from search.web.render import render_alone


def static_report(service: SearchService, language: str) -> bytes:
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
        coverage=registered_coverage(snapshot),
        plots=plots(snapshot),
    ).encode()
