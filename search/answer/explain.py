"""Why a firm is there: quoted evidence with highlights, reasons, and what of the constraints is known."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final

import numpy as np

from schemas.vocabulary import Vocabulary
from search.answer.answer import Evidence, Hit
from search.answer.messages import say
from search.engines.base import Floats
from search.query import Filters, Need
from search.ranking.rank import Scores
from search.snapshot.columns import SnapshotColumns
from search.snapshot.passing import open_questions
from transforms import regions
from transforms.concepts import ConceptMatcher
from transforms.text import run_tokens, words

_QUOTES: Final = 3

Place = tuple[int, int]
"""From and to, in characters of a text."""


class Explainer:
    """Makes hits out of scored firm rows for one answered need."""

    def __init__(
        self,
        columns: SnapshotColumns,
        vocabulary: Vocabulary,
        matcher: ConceptMatcher,
        understood: Need,
        filters: Filters,
        scores: Scores,
        sought: Collection[str],
        language: str,
    ) -> None:
        self._columns = columns
        self._vocabulary = vocabulary
        self._matcher = matcher
        self._understood = understood
        self._filters = filters
        self._scores = scores
        self._sought = frozenset(sought)
        self._top_field = understood.fields[0].id if understood.fields else None
        self.language = language
        self._tokens = frozenset(understood.lexical.weights)

    def hit(self, rank: int, row: int, score: float, lead: str | None = None) -> Hit:
        """The hit of a firm row; `lead` is a reason that comes first, e.g. of a name look-up."""
        firm = self._columns.firms.row(row, named=True)
        quoted = self._best_statements(row)
        said = [self._met_words(statement["text"]) for statement, _ in quoted]
        evidence = [self._evidence(statement, met) for (statement, _), met in zip(quoted, said, strict=True)]
        met, unknown = self._constraints(firm)
        assumed = [say("assumed.tier", self.language)] if any(e.tier != "same" for e in evidence) else []
        if not self._understood.of_role("want") and self._sought:
            assumed.append(say("assumed.inferred", self.language))
        reasons = [*([lead] if lead else []), *self._reasons(quoted, said)]
        return Hit(
            rank=rank,
            firm_id=firm["firm_id"],
            name=firm["name"],
            region=regions.short_region(firm["region_code"], self.language),
            score=score,
            fields=tuple(firm["fields"]),
            evidence=tuple(evidence),
            reasons=tuple(dict.fromkeys(reasons)),
            met=tuple(met),
            assumed=tuple(assumed),
            unknown=tuple(unknown),
            question=self._question(),
        )

    def _best_statements(self, row: int) -> list[tuple[dict[str, Any], int]]:
        rows = self._columns.statements_of(np.array([row], np.int32))
        total = self._scores.of(self._scores.total, rows)
        best = np.argsort(-total, kind="stable")[:_QUOTES]
        matched = rows[best[total[best] > 0]] if total.any() else rows[best[:1]]
        return [(self._columns.statements.row(int(r), named=True), int(r)) for r in matched]

    def _evidence(self, statement: dict[str, Any], met: Sequence[Place]) -> Evidence:
        return Evidence(
            text=statement["text"],
            highlights=tuple(_merged([*self._named(statement), *met])),
            kind=statement["kind"],
            source=statement["source"],
            record_key=statement["record_key"],
            as_of=statement["as_of"],
            tier=statement["tier"],
        )

    def _named(self, statement: dict[str, Any]) -> list[Place]:
        """Places where a statement names what is sought; only those are looked through that are tagged with it."""
        if self._sought.isdisjoint(statement["concepts"]):
            return []
        return [(m.start, m.end) for m in self._matcher.mentions(statement["text"]) if m.concept in self._sought]

    def _met_words(self, text: str) -> list[Place]:
        """Places of runs of which at least two neighbouring tokens, or the only one, are in the need."""
        places = []
        for run, start, end in words(text):
            tokens = run_tokens(run)
            met = [token in self._tokens for token in tokens]
            if all(met):
                places.append((start, end))
                continue
            first = 0
            while first < len(met):
                last = first
                while last < len(met) and met[last]:
                    last += 1
                if last - first >= 2:
                    places.append((start + first, min(start + last + 1, end)))
                first = max(last, first + 1)
        return places

    def _reasons(self, quoted: Sequence[tuple[dict[str, Any], int]], said: Sequence[Sequence[Place]]) -> list[str]:
        """`said` has of each statement quoted the places of the need's words."""
        found = []
        for (statement, row), met in zip(quoted, said, strict=True):
            shared = [c for c in statement["concepts"] if c in self._sought]
            if shared:
                names = ", ".join(self._vocabulary.concept[c].name(self.language) for c in shared[:3])
                found.append(say("reason.concept", self.language, name=names))
            elif self._top_field in statement["fields"] and self._top_field:
                field = self._vocabulary.field[self._top_field]
                found.append(say("reason.field", self.language, name=field.short(self.language)))
            if met and self._found(self._scores.words, row):
                shown = ", ".join(dict.fromkeys(statement["text"][a:b] for a, b in met[:3]))
                found.append(say("reason.words", self.language, words=shown))
            if not found and self._found(self._scores.meaning, row):
                found.append(say("reason.meaning", self.language))
        return found

    def _found(self, leg: Floats, statement: int) -> bool:
        return bool(self._scores.of(leg, np.array([statement], np.int32))[0] > 0)

    def _constraints(self, firm: dict[str, Any]) -> tuple[list[str], list[str]]:
        language, met, unknown = self.language, [], []
        if self._filters.region:
            met.append(say("met.region", language, region=regions.short_region(firm["region_code"], language)))
            unknown.append(say("unknown.region", language))
        known = self._columns.certified.keys()
        met += [say("met.certification", language, scheme=s) for s in self._filters.certification if s in known]
        if firm["is_registered_supplier"]:
            met.append(say("met.supplier", language))
        if firm["status"] == "active":
            met.append(say("met.active", language, date=firm["status_date"]))
        elif firm["status"] == "unknown":
            unknown.append(say("unknown.status", language))
        asked = open_questions(self._filters, firm, known)
        unknown += list(dict.fromkeys(say(f"unknown.{name}", language) for name in asked))
        return met, unknown

    def _question(self) -> str:
        if self._top_field and self._understood.answerable:
            return self._vocabulary.field[self._top_field].question.in_language(self.language)
        return say("question.general", self.language)


def _merged(places: list[Place]) -> list[Place]:
    merged: list[Place] = []
    for start, end in sorted(places):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
