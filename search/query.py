"""The reading of a need: spans with roles, filters, fields, concepts, and the words to look for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Final, Literal, Protocol, get_args

_LEAST_MEANT: Final = 0.2
_SHARE_OF_BEST: Final = 0.45
_SURE_CONCEPT: Final = 0.5
"""Least score at which a concept that the need does not name counts as what is wanted."""


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
    won, `diagnosis_level` and `deadline` are the buyer's words. `age` and `staff` hold intervals
    of `search.snapshot.intervals`, and `experience` ids of industries that a statement of the firm must name; firms of
    which it is not known are out.
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


Band = Literal["states", "field", "name", "silent"]
RANKED: Final[tuple[Band, ...]] = ("states", "field", "name")
BANDS: Final[tuple[Band, ...]] = (*RANKED, "silent")
"""What a firm's evidence says of a need, the strongest first; `silent` firms are counted and never ranked."""

Role = Literal["want", "hurts", "have", "not_wanted", "about_asker", "condition", "unread"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)
CHOOSABLE_ROLES: Final[tuple[Role, ...]] = ("want", "hurts", "have", "not_wanted")
"""Roles that a reader of an answer may give to a concept that the need names."""
CHOSEN: Final = "chosen"
"""`because` of a span whose role was chosen by the reader of an answer."""

Roles = Mapping[tuple[int, int], Role]
"""Roles chosen by a reader, by the place [from, to) in the need; a role holds for all that is named inside it."""


@dataclass(frozen=True)
class Span:
    """A recognised part [start, end) of the need with its role.

    `kind` is concept, field, industry, or the name of a filter; `id` is the concept, field, industry or filter value
    that the text stands for. `because` is the id of the cue or rule that decided the role; it is empty where none did.
    """

    start: int
    end: int
    text: str
    role: Role
    kind: str
    id: str
    because: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {
            "from": self.start,
            "to": self.end,
            "text": self.text,
            "role": self.role,
            "kind": self.kind,
            "id": self.id,
            "because": self.because,
        }


@dataclass(frozen=True)
class Correction:
    """A slip at [start, end) of the need that was read as `text`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class SimilarSentence:
    """A labelled sentence of the training set that resembles the need, and the field it speaks for."""

    text: str
    field: str


@dataclass(frozen=True)
class Part:
    """One of several things wanted: its words in the need, the concepts they name and the fields of these."""

    text: str
    start: int
    end: int
    concepts: tuple[str, ...]
    fields: tuple[str, ...]


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
class Need:
    """A need as the search takes it.

    `fields` are all 18 with probabilities, best first. `concepts` are those sought, best first, 1.0 where the need
    names one as wanted; nothing that is had, refused, failing or handled is among them. `excluded` are ids of
    fields and concepts that are not wanted. `spans` are what was recognised, in the order of the text. `parts` has
    an entry for each of several things wanted, and is empty where there is one. `soft` are wishes that order and do
    not filter. `answer_score` is the probability that a technology supplier answers this at all. `lexical` are the
    words to look for; `industry` is who asks, never what is sought. `question` is there where the reading is
    unsure. `similar` are training sentences that resemble the need. `describes` says that the text is no need but
    says what some firm does; `places` are then the region codes that it names: they count, and filter nothing.
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
    spans: tuple[Span, ...] = field(default=())
    similar: tuple[SimilarSentence, ...] = field(default=())
    parts: tuple[Part, ...] = field(default=())
    soft: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    corrections: tuple[Correction, ...] = ()
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
            "filters": {**self.filters.as_dict(), **({"soft": self.soft_values()} if self.soft else {})},
            "excluded": list(self.excluded),
            "industry": self.industry,
            "answerable": self.answerable,
            "answer_score": round(self.answer_score, 4),
            "identifiers": [{"scheme": scheme, "value": value} for scheme, value in self.identifiers],
            "question": self.question and asdict(self.question),
            "spans": [span.as_dict() for span in self.spans],
            "parts": [asdict(part) for part in self.parts],
            "corrections": [{"from": c.start, "to": c.end, "text": c.text} for c in self.corrections],
            "similar": [asdict(sentence) for sentence in self.similar],
        }

    @property
    def named(self) -> list[str]:
        """Concepts named as wanted, each by the longest name that the text has for it: of `진동센서` not `센서`."""
        spans = [span for span in self.of_role("want") if span.kind == "concept"]
        return list(dict.fromkeys(s.id for s in spans if not any(is_inside(s, other) for other in spans)))

    @property
    def inferred(self) -> list[str]:
        """Concepts that the need does not name and surely means; none where it names what it wants."""
        if self.named or not self.answerable:
            return []
        return [concept.id for concept in self.concepts if concept.score >= _SURE_CONCEPT]

    def soft_values(self) -> dict[str, list[str]]:
        """Wishes that order the hits and filter nothing: `region` is preferred, `not_region` rather avoided."""
        return {name: list(values) for name, values in self.soft.items()}

    def of_role(self, *roles: Role) -> tuple[Span, ...]:
        return tuple(span for span in self.spans if span.role in roles)


class Placed(Protocol):
    """Anything that stands at [start, end) of a text."""

    @property
    def start(self) -> int: ...

    @property
    def end(self) -> int: ...


def is_inside(inner: Placed, outer: Placed) -> bool:
    """Whether one stands inside a longer one."""
    return outer.start <= inner.start and inner.end <= outer.end and outer.end - outer.start > inner.end - inner.start
