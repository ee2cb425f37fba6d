"""Ranking many needs at once, as TREC runs: for evaluation by anyone's tools."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import polars as pl

from search.query import Filters
from search.service import SearchService
from search.snapshot.columns import SnapshotColumns


def run_lines(
    service: SearchService,
    needs: Iterable[dict[str, Any]],
    *,
    limit: int,
    sources: tuple[str, ...],
    docid: str,
    read_filters: bool,
) -> Iterator[str]:
    """Lines `id Q0 doc rank score tag`. Hits come first, related firms follow; scores fall with the rank.

    Raises ValueError for a docid that is neither `firm` nor `record:<source>`.
    """
    ids = doc_ids(service.columns, docid)
    for need in needs:
        understood = service.understand(str(need["text"]))
        applied = (understood.filters if read_filters else Filters()).merged(Filters(source=sources))
        ranking = service.rank(understood, applied)
        leads = [row for row, _ in service.lookup.find(understood, service.passing(applied).mask)]
        rows = list(
            dict.fromkeys([*leads, *np.concatenate([ranking.hits, ranking.related])[: limit + len(leads)].tolist()])
        )
        for rank, row in enumerate(rows[:limit], 1):
            yield f"{need['id']} Q0 {ids[row]} {rank} {limit - rank + 1} caplake-{service.engine_name}"


def doc_ids(columns: SnapshotColumns, docid: str) -> list[str]:
    """Per firm row what the run calls it: its id, or its first record key in a source where it has one."""
    own = columns.firms["firm_id"].to_list()
    if docid == "firm":
        return own
    scheme, _, source = docid.partition(":")
    if scheme != "record" or not source:
        raise ValueError(f"--docid is firm or record:SOURCE, not {docid!r}")
    links = columns.snapshot.table("links", ["record_key", "firm_id"])
    first = (
        links.filter(pl.col("record_key").str.starts_with(f"{source}:"))
        .group_by("firm_id")
        .agg(pl.col("record_key").min())
    )
    keys = dict(first.iter_rows())
    return [keys.get(firm_id, firm_id) for firm_id in own]
