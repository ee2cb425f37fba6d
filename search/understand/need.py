"""What was understood of a need."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Final

from search.engines.base import LexicalQuery
from search.filters import Filters

_LEAST_MEANT: Final = 0.2
_SHARE_OF_BEST: Final = 0.45


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
class Option:
    """A field as an answer to a question, in words that a buyer uses."""

    field: str
    text: str


@dataclass(frozen=True)
class Question:
    """What to ask the buyer when several fields are likely."""

    text: str
    options: tuple[Option, ...]


@dataclass(frozen=True)
class Understood:
    """A need as the search takes it.

    `fields` are all 18 with probabilities, best first; `concepts` those sought, best first, 1.0 where the
    need names them; `excluded` are ids of fields and concepts that it says it does not want.
    `answer_score` is the probability that a technology supplier answers this at all. `lexical` are the
    words to look for; `industry` is who asks, never what is sought. `question` is there when unsure.
    `describes` says that the text is no need but says what some firm does; `places` are then the region
    codes that it names: they count, and filter nothing.
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
    question: Question | None = None
    describes: bool = False
    places: tuple[str, ...] = ()

    @property
    def meant(self) -> tuple[str, ...]:
        """The field that is meant, or the several that are about as likely."""
        best = self.fields[0].score if self.fields else 0.0
        return tuple(f.id for f in self.fields if f.score >= max(_LEAST_MEANT, best * _SHARE_OF_BEST))

    def as_dict(self) -> dict[str, Any]:
        """The documented JSON of `caplake understand`, without the id of the line."""
        return {
            "language": self.language,
            "fields": [{"id": f.id, "score": round(f.score, 4)} for f in self.fields],
            "meant": list(self.meant),
            "concepts": [{"id": c.id, "score": round(c.score, 4)} for c in self.concepts],
            "filters": self.filters.as_dict(),
            "excluded": list(self.excluded),
            "industry": self.industry,
            "answerable": self.answerable,
            "answer_score": round(self.answer_score, 4),
            "identifiers": [{"scheme": scheme, "value": value} for scheme, value in self.identifiers],
            "question": self.question and asdict(self.question),
            "reasons": [asdict(reason) for reason in self.reasons],
        }
