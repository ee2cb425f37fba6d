"""The documents that the API answers with, as OpenAPI describes them."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

_SNAPSHOT = "2026-11-24T183000Z"
_FIRM_ID = "F3K7Q2M9XAB"
_HIT: dict[str, Any] = {
    "rank": 1,
    "firm_id": _FIRM_ID,
    "name": "(주)가나비전",
    "region": "대구 달서구",
    "score": 0.71,
    "fields": ["identification_machine_vision"],
    "evidence": [
        {
            "text": "포장 날짜 인쇄 검사 장비",
            "highlights": [[0, 11]],
            "kind": "product",
            "source": "venture",
            "record_key": "venture:0a1b2c3d4e5f",
            "as_of": "2026-03-31",
            "tier": "same",
        }
    ],
    "reasons": [{"kind": "typed", "need": [0, 2], "text": "입력하신 ‘인쇄’가 문구에 있습니다"}],
    "band": "states",
    "parts": [],
    "met": ["지역: 대구 달서구"],
    "assumed": [],
    "unknown": ["영업 상태"],
    "question": "우리 불량 견본을 보내면 먼저 시험해 줄 수 있나요?",
}


class Told(BaseModel):
    """Answers with a snapshot: the state of the data that they were made from."""

    snapshot: str = Field(description="Snapshot that this answer was made from.", examples=[_SNAPSHOT])


class EvidenceModel(BaseModel):
    """A quoted statement. `highlights` are [from, to) places in `text`; `tier` says how sure it belongs to the firm."""

    text: str
    highlights: list[list[int]]
    kind: str
    source: str
    record_key: str
    as_of: date | None
    tier: str


class ReasonModel(BaseModel):
    kind: Literal["typed", "concept", "translation", "resembles", "name"]
    need: tuple[int, int] | None = Field(description="The place [from, to) in the need that the reason quotes.")
    text: str


class HitModel(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [_HIT]})

    rank: int
    firm_id: str
    name: str
    region: str | None
    score: float
    fields: list[str]
    evidence: list[EvidenceModel]
    reasons: list[ReasonModel]
    met: list[str] = Field(description="Constraints that the firm is known to meet.")
    assumed: list[str] = Field(description="What was taken for granted.")
    unknown: list[str] = Field(description="What the registers do not tell.")
    question: str = Field(description="One question worth asking this firm.")
    band: Literal["states", "field", "name"] = Field(description="What the evidence says of the need.")
    parts: list[int] = Field(description="Which of the need's `parts` the firm states, counted from 0.")


class RelaxationModel(BaseModel):
    """How many firms there are when one filter is dropped, and how many of them state what is needed."""

    filter: str
    total: int
    states: int


class AnswerModel(Told):
    """Ranked firms with reasons. `next` is the cursor of the next page, null on the last one."""

    query: str
    understood: dict[str, Any]
    filters: dict[str, Any] = Field(description="Those read from the sentence and those given, as held to.")
    total: int
    no_good_match: bool
    hits: list[HitModel]
    related: list[HitModel] = Field(description="Firms that only resemble the need; never counted.")
    facets: dict[str, dict[str, int]]
    registered_without_evidence: int = Field(description="See /api/v1/suppliers.")
    relaxations: list[RelaxationModel]
    totals: dict[str, int] = Field(description="Firms by band: states, field, name; silent ones are never ranked.")
    parts: list[str] = Field(description="The things wanted, in the words of the need, where there are several.")
    part_totals: list[int] = Field(description="Firms that state each of `parts`.")
    all_parts: int = Field(description="Firms that state every one of `parts`.")
    nobody_states: bool = Field(description="Something is sought that no firm states: say so before anything else.")
    closest: list[str] = Field(description="Ids of near concepts that some firm states, where none states the need.")
    next: str | None


class UnderstoodModel(Told):
    """What a need was taken to mean, with the reasons."""

    understood: dict[str, Any] = Field(
        examples=[
            {
                "language": "ko",
                "fields": [{"id": "identification_machine_vision", "score": 0.93}],
                "filters": {"region": ["27"]},
                "answerable": True,
                "answer_score": 0.98,
            }
        ]
    )


class FieldModel(BaseModel):
    id: str
    area: str
    strategic: bool
    ko: str
    en: str
    definition: dict[str, str]


class FieldsModel(Told):
    fields: list[FieldModel]


class ProfileModel(Told):
    """All that may be shown of a firm; each list holds rows of the gold table of that name."""

    firm: dict[str, Any] = Field(examples=[{"firm_id": _FIRM_ID, "name": "(주)가나비전", "status": "unknown"}])
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


class ComparisonModel(Told):
    firms: list[ProfileModel]


class SupplierModel(BaseModel):
    firm_id: str = Field(examples=[_FIRM_ID])
    name: str
    region: str | None
    region_code: str | None
    status: str


class SuppliersModel(Told):
    """Registered suppliers of which no capability is published."""

    total: int
    suppliers: list[SupplierModel]
    next: str | None


class SuggestionModel(BaseModel):
    kind: str = Field(description="firm, field or concept")
    id: str
    text: str


class SuggestionsModel(Told):
    suggestions: list[SuggestionModel]


class ExportedModel(BaseModel):
    """A row of an exported file."""

    rank: int
    firm_id: str
    name: str
    band: str | None
    parts: str | None = Field(description="The wanted things that the firm states, where the need has several.")
    region: str | None
    fields: str | None
    evidence: str | None
    reasons: str | None
    source: str | None
    as_of: str | None
    tier: str | None
    publisher: str | None
    licence: str | None
    unknown: str | None


class ChangeModel(BaseModel):
    firm_id: str
    change: str = Field(description="added, removed or changed")
    table: str
    column: str | None
    old: str | None
    new: str | None
    snapshot: str = Field(description="The snapshot that brought it.")


class ChangesModel(Told):
    """Changes since the snapshot asked for, or between the one before and the present one."""

    previous: str | None
    changes: list[ChangeModel]
    next: str | None


class OpsModel(Told):
    """Reports of the newest nights, newest first."""

    nights: list[dict[str, Any]]


class CoverageModel(Told):
    """How many of the registered suppliers have what; `reasons` counts every supplier once."""

    suppliers: int
    identifiers: dict[str, int]
    statuses: dict[str, int]
    evidence: dict[str, int]
    by_source: dict[str, int]
    tiers: dict[str, int]
    reasons: dict[str, int]


class PairModel(BaseModel):
    left: str
    right: str
    left_name: str | None
    right_name: str | None
    rule: str
    score: float
    reason: str = Field(description="weak, ambiguous or exclusive")


class ReviewModel(Told):
    """Pairs of records that are perhaps one firm."""

    total: int
    pairs: list[PairModel]
    next: str | None
