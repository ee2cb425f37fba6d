"""What was understood of a need."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from search.engines.base import LexicalQuery
from search.filters import Filters


@dataclass(frozen=True)
class Scored:
    id: str
    score: float


@dataclass(frozen=True)
class Reason:
    """Why something was understood: `kind` is word, similar_problem or rule; [start, end) is its place
    in the need, where it has one.
    """

    kind: str
    target: str
    text: str
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True)
class Understood:
    """A need as the search takes it.

    `fields` are all 18 with probabilities, best first; `concepts` those sought, best first, 1.0 where the
    need names them; `answer_score` is the probability that a technology supplier answers this at all.
    `lexical` are the words to look for; `industry` is who asks, never what is sought.
    """

    text: str
    language: str
    fields: tuple[Scored, ...]
    concepts: tuple[Scored, ...]
    filters: Filters
    excluded: tuple[str, ...]
    industry: str | None
    answerable: bool
    answer_score: float
    lexical: LexicalQuery
    reasons: tuple[Reason, ...] = field(default=())
    identifiers: tuple[tuple[str, str], ...] = field(default=())

    def as_dict(self) -> dict[str, Any]:
        """The documented JSON of `caplake understand`, without the id of the line."""
        return {
            "fields": [{"id": f.id, "score": round(f.score, 4)} for f in self.fields],
            "concepts": [{"id": c.id, "score": round(c.score, 4)} for c in self.concepts],
            "filters": self.filters.as_dict(),
            "excluded": list(self.excluded),
            "industry": self.industry,
            "answerable": self.answerable,
            "answer_score": round(self.answer_score, 4),
            "reasons": [
                {"kind": r.kind, "target": r.target, "text": r.text, "start": r.start, "end": r.end}
                for r in self.reasons
            ],
        }
