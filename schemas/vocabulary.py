"""The knowledge base, loaded and checked: taxonomy, concepts and the words that stand for them."""

from __future__ import annotations

import hashlib
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import BaseModel, ConfigDict, Field

KNOWLEDGE_FOLDER: Final = Path(__file__).parent / "knowledge"

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Known(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Bilingual(Known):
    ko: str
    en: str

    def in_language(self, language: str) -> str:
        return self.en if language == "en" else self.ko


class BilingualLists(Known):
    ko: list[str] = Field(default_factory=list)
    en: list[str] = Field(default_factory=list)

    @property
    def all(self) -> list[str]:
        return [*self.ko, *self.en]


class Area(Known):
    id: str
    ko: str
    en: str


class FieldEntry(Known):
    """A technology field; `strategic` ones are the seven of the 2024-10 plan."""

    id: str
    area: str
    strategic: bool
    ko: str
    en: str
    short_ko: str
    short_en: str
    definition: Bilingual
    solves: BilingualLists
    question: Bilingual

    def short(self, language: str) -> str:
        return self.short_en if language == "en" else self.short_ko


class Concept(Known):
    """A capability with every surface form that stands for it.

    A `weak` one says nothing of what a firm sells; a `general` one says its field and not which technology (로봇,
    자동화설비). `sold_in` are the fields of a statement that offers it, by
    default the main one; it is empty where no field's definition holds it. One that `needs_factory` counts only in a
    statement that speaks of factories, one that stands `alone` only where no Korean words before it say what for.
    """

    id: str
    ko: list[str] = Field(default_factory=list)
    en: list[str] = Field(default_factory=list)
    abbr: list[str] = Field(default_factory=list)
    fields: list[str]
    broader: list[str] = Field(default_factory=list)
    confusable: list[str] = Field(default_factory=list)
    ksic: list[str] = Field(default_factory=list)
    ipc: list[str] = Field(default_factory=list)
    definition: Bilingual
    solves: Bilingual
    weak: bool = False
    general: bool = False
    sold_in: list[str] | None = None
    needs_factory: bool = False
    alone: bool = False

    def name(self, language: str) -> str:
        ko, en = (self.ko or self.abbr or self.en), (self.en or self.abbr or self.ko)
        return en[0] if language == "en" else ko[0]


class Sense(Known):
    concept: str
    context_ko: list[str] = Field(default_factory=list)
    context_en: list[str] = Field(default_factory=list)


class AmbiguousForm(Known):
    """A form that stands for a concept only beside one of the context words of that sense.

    A sense without context words is meant wherever no other sense's words are; the empty concept is a
    sense that is no capability.
    """

    form: str
    senses: list[Sense]
    note: str = ""


class Equipment(Known):
    """Machines of a concept that are called by the goods that they make or the step that they do."""

    concept: str
    of: list[str] = Field(default_factory=list)
    heads: list[str]
    without: list[str] = Field(default_factory=list)


class StatementWords(Known):
    """Words by which it is read whether a statement offers the technology that it names."""

    fillers: list[str]
    parts: list[list[str]]
    machines: list[str]
    equipment: list[Equipment]
    elsewhere: dict[str, list[str]]
    factory: list[str]
    factory_machines: list[str]
    other_data: list[str]
    means: list[str]
    empty: list[str]


class IndustryLine(Known):
    """Names of industries in registers, most firms of which sell in the fields."""

    names: list[str]
    fields: list[str]


class IpcEntry(Known):
    code: str
    ko: str
    en: str
    fields: list[str] = Field(default_factory=list)
    concepts: list[str] = Field(default_factory=list)


class Industry(Known):
    id: str
    ko: list[str]
    en: list[str]
    ksic: list[str] = Field(default_factory=list)


class Vocabulary(Known):
    """Everything under `schemas/knowledge/` but the problem sentences, which only training reads."""

    version: str
    areas: list[Area]
    fields: list[FieldEntry]
    concepts: list[Concept]
    ambiguous: list[AmbiguousForm]
    spelling: list[list[str]]
    ipc: list[IpcEntry]
    constraints: dict[str, Any]
    industries: list[Industry]
    things: list[str]
    methods: list[str]
    statements: StatementWords
    industry_lines: list[IndustryLine]
    fingerprint: str

    @cached_property
    def field(self) -> dict[str, FieldEntry]:
        return {entry.id: entry for entry in self.fields}

    @cached_property
    def concept(self) -> dict[str, Concept]:
        return {entry.id: entry for entry in self.concepts}

    @cached_property
    def narrower(self) -> dict[str, list[str]]:
        """The concepts directly below each concept that has any."""
        found: dict[str, list[str]] = {}
        for entry in self.concepts:
            for parent in entry.broader:
                found.setdefault(parent, []).append(entry.id)
        return found

    def beside(self, concept: str) -> set[str]:
        """Concepts near one: those of the same wider concept, the wider ones themselves, and those confused with it."""
        entry = self.concept[concept]
        siblings = {other.id for other in self.concepts if set(other.broader) & set(entry.broader)}
        return (siblings | set(entry.broader) | set(entry.confusable)) - {concept}


def _read(name: str) -> Any:
    return yaml.load((KNOWLEDGE_FOLDER / name).read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506


@cache
def load_vocabulary() -> Vocabulary:
    """The knowledge base of this version of the code.

    Raises pydantic's ValidationError, naming file content and rule, when an entry is wrong.
    """
    taxonomy = _read("taxonomy.yaml")
    files = sorted(KNOWLEDGE_FOLDER.glob("*.yaml")) + sorted(KNOWLEDGE_FOLDER.glob("concepts/*.yaml"))
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()
    return Vocabulary(
        version=str(taxonomy["version"]),
        areas=taxonomy["areas"],
        fields=taxonomy["fields"],
        concepts=[
            entry
            for path in sorted(KNOWLEDGE_FOLDER.glob("concepts/*.yaml"))
            for entry in _read(f"concepts/{path.name}")
        ],
        ambiguous=_read("ambiguous.yaml"),
        spelling=_read("spelling.yaml"),
        ipc=_read("ipc.yaml"),
        constraints=_read("constraints.yaml"),
        industries=_read("industries.yaml"),
        things=_read("things.yaml")["things"],
        methods=_read("things.yaml")["methods"],
        statements=_read("statements.yaml"),
        industry_lines=_read("industry_lines.yaml"),
        fingerprint=digest[:16],
    )
