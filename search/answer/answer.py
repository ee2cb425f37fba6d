"""What a search answers, in the shape that the command line, the API and the pages share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any

from search.answer.facets import Facet
from search.answer.reasons import Reason
from search.query import Band, Filters, Need


@dataclass(frozen=True)
class Evidence:
    """A quoted statement; `highlights` are [from, to) places in `text` that met the need."""

    text: str
    highlights: tuple[tuple[int, int], ...]
    kind: str
    source: str
    record_key: str
    as_of: date | None
    tier: str

    def as_dict(self) -> dict[str, Any]:
        return {
            "text": self.text,
            "highlights": [list(place) for place in self.highlights],
            "kind": self.kind,
            "source": self.source,
            "record_key": self.record_key,
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "tier": self.tier,
        }


@dataclass(frozen=True)
class Hit:
    """A firm with the reasons it is there, what of the constraints is met, assumed or unknown, and a question.

    `band` says what its evidence says of the need, `parts` which of the needs' parts it states, by their number from 0.
    """

    rank: int
    firm_id: str
    name: str
    region: str | None
    score: float
    fields: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    reasons: tuple[Reason, ...]
    met: tuple[str, ...]
    assumed: tuple[str, ...]
    unknown: tuple[str, ...]
    question: str
    band: Band = "field"
    parts: tuple[int, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return {
            "rank": self.rank,
            "firm_id": self.firm_id,
            "name": self.name,
            "region": self.region,
            "score": round(self.score, 4),
            "fields": list(self.fields),
            "evidence": [item.as_dict() for item in self.evidence],
            "reasons": [reason.as_dict() for reason in self.reasons],
            "met": list(self.met),
            "assumed": list(self.assumed),
            "unknown": list(self.unknown),
            "question": self.question,
            "band": self.band,
            "parts": list(self.parts),
        }


@dataclass(frozen=True)
class Relaxation:
    """What dropping one filter would give: firms of any band, and those that state what is needed."""

    filter: str
    total: int
    states: int = 0


@dataclass(frozen=True)
class Answer:
    """The answer to a need. `applied` are the filters that were held to; `related` are firms that only resemble the
    need and are never counted as hits. `totals` counts firms by band, whichever bands are listed; `closest` are
    concepts near what is wanted that some firm states, given where `nobody_states`: something is sought that no firm
    states. Of a need with several parts, `part_totals` counts firms that state each, `all_parts` those that state all.
    """

    query: str
    snapshot: str
    understood: Need
    applied: Filters
    total: int
    no_good_match: bool
    hits: tuple[Hit, ...]
    related: tuple[Hit, ...] = ()
    facets: dict[str, Facet] = field(default_factory=dict)
    registered_without_evidence: int = 0
    relaxations: tuple[Relaxation, ...] = ()
    totals: dict[Band, int] = field(default_factory=dict)
    closest: tuple[str, ...] = ()
    nobody_states: bool = False
    part_totals: tuple[int, ...] = ()
    all_parts: int = 0

    def as_dict(self) -> dict[str, Any]:
        return {
            "query": self.query,
            "snapshot": self.snapshot,
            "understood": self.understood.as_dict(),
            "filters": self.applied.as_dict(),
            "total": self.total,
            "no_good_match": self.no_good_match,
            "hits": [hit.as_dict() for hit in self.hits],
            "related": [hit.as_dict() for hit in self.related],
            "facets": self.facets,
            "registered_without_evidence": self.registered_without_evidence,
            "totals": dict(self.totals),
            "parts": [part.text for part in self.understood.parts],
            "part_totals": list(self.part_totals),
            "all_parts": self.all_parts,
            "nobody_states": self.nobody_states,
            "closest": list(self.closest),
            "relaxations": [{"filter": r.filter, "total": r.total, "states": r.states} for r in self.relaxations],
        }


def grouped(hits: Sequence[Hit]) -> list[tuple[str, list[Hit]]]:
    """Hits under the heading that each belongs to: its band, or `found` for a firm looked up by its name or number."""
    return [(heading, list(group)) for heading, group in groupby(hits, _heading)]


def _heading(hit: Hit) -> str:
    return "found" if any(reason.kind == "name" for reason in hit.reasons) else hit.band
