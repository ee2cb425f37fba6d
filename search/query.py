"""What was understood of a need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Final

_LEAST_MEANT: Final = 0.2
_SHARE_OF_BEST: Final = 0.45


@dataclass(frozen=True)
class TermGroup:
    """One word of the need: met when all tokens of any one alternative are in the statement."""

    alternatives: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class LexicalQuery:
    """`weights` are the analysed tokens to score by, with their boosts; `groups` and `minimum` say when a
    statement matches the words: at least `minimum` of the groups are met. `background` are words of who asks,
    which are not asked for.
    """

    weights: dict[str, float] = field(default_factory=dict)
    groups: tuple[TermGroup, ...] = ()
    minimum: int = 1
    background: tuple[TermGroup, ...] = ()

    @property
    def literal(self) -> LexicalQuery:
        """The same need taken word by word: only what has all of them matches."""
        groups = self.groups + self.background
        return replace(self, groups=groups, minimum=len(groups))

    def also(self, weights: Mapping[str, float]) -> LexicalQuery:
        """With more tokens to score by; one that is there already keeps the larger boost. What matches stays."""
        merged = {
            token: max(weights.get(token, 0.0), self.weights.get(token, 0.0)) for token in {**self.weights, **weights}
        }
        return replace(self, weights=merged)

    def times(self, factors: Mapping[str, float]) -> LexicalQuery:
        """With the boosts of some tokens multiplied. What matches stays."""
        return replace(self, weights={token: boost * factors.get(token, 1.0) for token, boost in self.weights.items()})


@dataclass(frozen=True)
class Filters:
    """Every constraint a search can have; unset means none.

    `region` and `not_region` (where the head office is, or is not) and `service_area` (where the firm must
    come) hold codes of 2 or 5 digits, `field` field ids, `certification` schemes, `size` and
    `smart_factory_level` ids of `schemas/knowledge/constraints.yaml`. Years are those of the firm, money is
    won, `diagnosis_level` and `deadline` are the buyer's words. `age` and `staff` hold bands of `search.snapshot.bands`
    and `experience` ids of industries that a statement of the firm must name; firms of which it is not known are out.
    """

    region: tuple[str, ...] = ()
    not_region: tuple[str, ...] = ()
    service_area: tuple[str, ...] = ()
    field: tuple[str, ...] = ()
    certification: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    age: tuple[str, ...] = ()
    staff: tuple[str, ...] = ()
    experience: tuple[str, ...] = ()
    designated: bool = False
    registered_supplier: bool = False
    has_patent: bool = False
    include_closed: bool = False
    include_foreign: bool = False
    include_institutions: bool = False
    size: str | None = None
    min_years: int | None = None
    max_years: int | None = None
    min_employees: int | None = None
    max_employees: int | None = None
    smart_factory_level: str | None = None
    diagnosis_level: str | None = None
    budget_krw: int | None = None
    deadline: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Only the constraints that are set, for JSON and the page."""
        return {
            f.name: list(value) if isinstance(value := getattr(self, f.name), tuple) else value
            for f in fields(self)
            if getattr(self, f.name) != f.default
        }

    def without(self, *names: str) -> Filters:
        """Raises ValueError for a name that is no filter."""
        defaults: dict[str, Any] = {f.name: f.default for f in fields(self)}
        if unknown := sorted(set(names) - set(defaults)):
            raise ValueError(f"no filter {', '.join(unknown)}; there are: {', '.join(defaults)}")
        return replace(self, **{name: defaults[name] for name in names})

    def merged(self, other: Filters) -> Filters:
        """`other`'s constraints win where it has them."""
        return replace(
            self,
            **{f.name: getattr(other, f.name) for f in fields(self) if getattr(other, f.name) != f.default},
        )


QUESTIONS: Final = (
    "service_area",
    "size",
    "min_years",
    "max_years",
    "min_employees",
    "max_employees",
    "smart_factory_level",
    "diagnosis_level",
    "budget_krw",
    "deadline",
)
"""Constraints the lake cannot decide for every firm. A firm known to break one is out; one of which nothing
is known stays, and the answer says that it has to be asked."""


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
