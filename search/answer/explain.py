"""Why a firm is there: quoted evidence with highlights, reasons, and what of the constraints is known."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import numpy as np

from schemas.vocabulary import Vocabulary
from search.answer.answer import Evidence, Hit
from search.answer.messages import say
from search.answer.reasons import Reason, ReasonWriter
from search.query import Filters, Need
from search.ranking.bands import LEVEL, closure
from search.ranking.ranking import Ranking
from search.snapshot.columns import SnapshotColumns
from search.snapshot.passing import open_questions
from transforms import regions
from transforms.concepts import ConceptMatcher

_QUOTES: Final = 3

Place = tuple[int, int]
"""From and to, in characters of a text."""


@dataclass(frozen=True)
class Explainer:
    """Makes hits out of ranked firm rows for one answered need, in one language."""

    columns: SnapshotColumns
    vocabulary: Vocabulary
    matcher: ConceptMatcher = field(repr=False)
    need: Need
    filters: Filters
    ranking: Ranking
    language: str

    def hit(self, rank: int, row: int, score: float, found_by: str | None = None) -> Hit:
        """The hit of a firm row; `found_by` says how a look-up found it: identifier, name, spelling or near_name."""
        firm = self.columns.firms.row(row, named=True)
        banded = self.ranking.banded
        reasons: list[Reason] = [Reason("name", None, say(f"reason.{found_by}", self.language))] if found_by else []
        evidence = []
        for statement in self._best_statements(row):
            quoted, why = self._quoted(statement)
            evidence.append(quoted)
            reasons += [reason for reason in why if reason.text not in {other.text for other in reasons}]
        met, unknown = self._constraints(firm, row)
        return Hit(
            rank=rank,
            firm_id=firm["firm_id"],
            name=firm["name"],
            region=regions.short_region(firm["region_code"], self.language),
            score=score,
            fields=tuple(firm["fields"]),
            evidence=tuple(evidence),
            reasons=tuple(_without_weaker(reasons)),
            met=tuple(met),
            assumed=tuple(self._assumed(evidence)),
            unknown=tuple(unknown),
            question=self._question(),
            band=banded.of(row) if banded else "field",
            parts=tuple(banded.stated_parts(row)) if banded else (),
        )

    def _best_statements(self, row: int) -> list[dict[str, Any]]:
        """Statements that put the firm into its band come first, then those of the highest score.

        Statements of what is not wanted are quoted where there is nothing else to quote.
        """
        rows = self.columns.statements_of(np.array([row], np.int32))
        total = self.ranking.scores.of(self.ranking.scores.total, rows)
        level = self.ranking.banded.statements[rows] if self.ranking.banded else np.zeros(len(rows), np.int8)
        best = np.lexsort((-total, -level))
        states = level.max(initial=0) == LEVEL["states"]
        matched = rows[best[(level[best] > 0) | ((total[best] > 0) & (not states))]]
        chosen = matched[:_QUOTES] if len(matched) else rows[best[:1]]
        return [self.columns.statements.row(int(r), named=True) for r in chosen]

    def _quoted(self, statement: dict[str, Any]) -> tuple[Evidence, list[Reason]]:
        text = statement["text"]
        typed, named = self._writer.typed(text), self._writer.named(text, statement["concepts"])
        reasons = self._writer.reasons(text, typed, named) or [
            self._writer.resembles(statement["fields"], statement["kind"])
        ]
        places = [item.statement for item in typed] + [(m.start, m.end) for m in named]
        evidence = Evidence(
            text=text,
            highlights=tuple(_merged(places)),
            kind=statement["kind"],
            source=statement["source"],
            record_key=statement["record_key"],
            as_of=statement["as_of"],
            tier=statement["tier"],
        )
        return evidence, reasons

    @cached_property
    def _writer(self) -> ReasonWriter:
        return ReasonWriter(self.need, self.vocabulary, self.matcher, self._stating, self.language)

    @cached_property
    def _stating(self) -> dict[str, str]:
        """Concepts whose mention is a reason, each by the concept of the need that it is or is a kind of."""
        roots = [c.id for c in self.need.concepts if c.id in self.ranking.sought.concepts]
        return {kind: root for root in reversed(roots) for kind in closure([root], self.vocabulary.narrower)}

    def _assumed(self, evidence: list[Evidence]) -> list[str]:
        assumed = [say("assumed.tier", self.language)] if any(e.tier != "same" for e in evidence) else []
        if self.need.text and not self.need.of_role("want") and self.ranking.sought.concepts:
            assumed.append(say("assumed.inferred", self.language))
        return assumed

    def _constraints(self, firm: dict[str, Any], row: int) -> tuple[list[str], list[str]]:
        """What is known to be met, checked against the firm, and what the lake leaves open."""
        language, met, unknown = self.language, [], []
        if any(self.columns.firms_in(code)[row] for code in self.filters.region):
            met.append(say("met.region", language, region=regions.short_region(firm["region_code"], language)))
            unknown.append(say("unknown.region", language))
        known = self.columns.certified.keys()
        met += [
            say("met.certification", language, scheme=scheme)
            for scheme in self.filters.certification
            if scheme in known and row in self.columns.certified[scheme][0]
        ]
        if firm["is_registered_supplier"]:
            met.append(say("met.supplier", language))
        if firm["status"] == "active":
            met.append(say("met.active", language, date=firm["status_date"]))
        elif firm["status"] == "unknown":
            unknown.append(say("unknown.status", language))
        asked = open_questions(self.filters, firm, known)
        unknown += list(dict.fromkeys(say(f"unknown.{name}", language) for name in asked))
        return met, unknown

    def _question(self) -> str:
        if self.need.fields and self.need.answerable:
            return self.vocabulary.field[self.need.fields[0].id].question.in_language(self.language)
        return say("question.general", self.language)


def _without_weaker(reasons: list[Reason]) -> list[Reason]:
    """Likeness is told only where nothing better is."""
    better = [reason for reason in reasons if reason.kind != "resembles" or reason.need]
    return better or reasons


def _merged(places: list[Place]) -> list[Place]:
    merged: list[Place] = []
    for start, end in sorted(places):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
