"""The documents that the API answers with, as OpenAPI describes them."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import BaseModel, Field


class EvidenceModel(BaseModel):
    """A quoted statement. `highlights` are [from, to) places in `text`; `tier` says how sure it belongs to the firm."""

    text: str
    highlights: list[list[int]]
    kind: str
    source: str
    record_key: str
    as_of: date | None
    tier: str


class HitModel(BaseModel):
    rank: int
    firm_id: str
    name: str
    region: str | None
    score: float
    fields: list[str]
    evidence: list[EvidenceModel]
    reasons: list[str]
    met: list[str] = Field(description="Constraints that the firm is known to meet.")
    assumed: list[str] = Field(description="What was taken for granted.")
    unknown: list[str] = Field(description="What the registers do not tell.")
    question: str = Field(description="One question worth asking this firm.")


class RelaxationModel(BaseModel):
    filter: str
    total: int


class AnswerModel(BaseModel):
    """Ranked firms with reasons. `next` is the cursor of the next page, null on the last one."""

    query: str
    snapshot: str
    understood: dict[str, Any]
    filters: dict[str, Any]
    total: int
    no_good_match: bool
    hits: list[HitModel]
    related: list[HitModel]
    facets: dict[str, dict[str, int]]
    registered_without_evidence: int
    relaxations: list[RelaxationModel]
    next: str | None


class UnderstoodModel(BaseModel):
    """What a need was taken to mean, with the reasons."""

    snapshot: str
    understood: dict[str, Any]


class FieldModel(BaseModel):
    id: str
    area: str
    strategic: bool
    ko: str
    en: str
    definition: dict[str, str]


class FieldsModel(BaseModel):
    fields: list[FieldModel]


class ProfileModel(BaseModel):
    """All that may be shown of a firm; each list holds rows of the gold table of that name."""

    snapshot: str
    firm: dict[str, Any]
    names: list[dict[str, Any]]
    identifiers: list[dict[str, Any]]
    attributes: list[dict[str, Any]]
    statuses: list[dict[str, Any]]
    certifications: list[dict[str, Any]]
    designations: list[dict[str, Any]]
    capabilities: list[dict[str, Any]]
    patents: list[dict[str, Any]]
    records: list[dict[str, Any]]
    changes: list[dict[str, Any]]
    similar: list[dict[str, Any]]


class ComparisonModel(BaseModel):
    snapshot: str
    firms: list[ProfileModel]


class SuggestionModel(BaseModel):
    kind: str = Field(description="firm, field or concept")
    id: str
    text: str


class SuggestionsModel(BaseModel):
    suggestions: list[SuggestionModel]


class ChangesModel(BaseModel):
    """Changes between the snapshot before and the present one."""

    snapshot: str
    previous: str | None
    changes: list[dict[str, Any]]
    next: str | None
