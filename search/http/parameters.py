"""The parameters of a search, the same in the API and in a page's address, so that every state can be shared."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import Query
from pydantic import StringConstraints

from search.http.problems import ProblemError
from search.parameters import band_names, chosen_roles, field_ids, region_codes
from search.query import Band, Filters, Roles
from search.service import LONGEST_NEED
from search.snapshot.intervals import AGE, STAFF, checked_intervals

_FLAGS: Final = (
    "registered_supplier",
    "designated",
    "has_patent",
    "include_closed",
    "include_foreign",
    "include_institutions",
)
_LISTS: Final = ("region", "field", "certification", "source", "experience", "age", "staff")
_OF_THE_NEED: Final = ("band", "role", "drop")
_NUMBERS: Final = ("min_years", "max_years", "min_employees", "max_employees")
SEARCH_FILTERS: Final = (*_LISTS, *_NUMBERS, *_FLAGS)
"""Names of the filters that an address can hold."""
_MOST_VALUES: Final = 20
_MOST_CHARACTERS: Final = 60

Value = Annotated[str, StringConstraints(max_length=_MOST_CHARACTERS)]
Count = Annotated[int | None, Query(ge=0, le=1_000_000)]


def _values(description: str, *examples: str) -> Any:
    return Query(max_length=_MOST_VALUES, description=description, examples=[list(examples)])


def _flag(description: str) -> Any:
    return Query(description=description)


RoleValues = Annotated[
    Sequence[Value],
    _values("Roles of concepts that the need names, as <from>-<to>:<want, hurts, have or not_wanted>.", "0-4:want"),
]


@dataclass(frozen=True)
class SearchParameters:
    """A search as an address holds it. `q` is the need in the buyer's words; `drop` names filters read from it
    that are left out, `role` the roles chosen for what the need names, and `band` the bands of firms that are listed.
    """

    q: Annotated[
        str,
        Query(
            max_length=LONGEST_NEED,
            description="The need in your own words, Korean or English.",
            examples=["포장지 날짜가 흐리게 찍혀 나가요, 대구 근처 업체로"],
        ),
    ] = ""
    region: Annotated[list[Value], _values("Names or codes of 2 or 5 digits.", "대구")] = ()  # type: ignore[assignment]
    field: Annotated[list[Value], _values("Ids of /api/v1/fields.", "digital_twin")] = ()  # type: ignore[assignment]
    certification: Annotated[list[Value], _values("Valid today.", "venture")] = ()  # type: ignore[assignment]
    source: Annotated[list[Value], _values("Has a record there.", "krx_listed")] = ()  # type: ignore[assignment]
    experience: Annotated[
        list[Value], _values("Industries that a capability statement of the firm names.", "battery")
    ] = ()  # type: ignore[assignment]
    age: Annotated[list[Value], _values(f"Years since establishment: {', '.join(AGE)}.", "7_to_20")] = ()  # type: ignore[assignment]
    staff: Annotated[list[Value], _values(f"Employees: {', '.join(STAFF)}.", "10_to_50")] = ()  # type: ignore[assignment]
    registered_supplier: Annotated[bool, _flag("In the register of smart-factory suppliers.")] = False
    designated: Annotated[bool, _flag("Designated specialists; no list of them is public yet.")] = False
    has_patent: bool = False
    include_closed: Annotated[bool, _flag("Closed and suspended firms too.")] = False
    include_foreign: bool = False
    include_institutions: bool = False
    min_years: Count = None
    max_years: Count = None
    min_employees: Count = None
    max_employees: Count = None
    band: Annotated[list[Value], _values("What the evidence says of the need: states, field or name.", "states")] = ()  # type: ignore[assignment]
    role: RoleValues = ()
    drop: Annotated[list[Value], _values("Names of filters read from the sentence that are left out.", "region")] = ()  # type: ignore[assignment]

    @property
    def filters(self) -> Filters:
        """Raises ProblemError 422 for a region, field or band that is not known."""
        try:
            return Filters(
                region=region_codes(self.region),
                field=field_ids(self.field),
                certification=tuple(self.certification),
                source=tuple(self.source),
                experience=tuple(self.experience),
                age=checked_intervals(tuple(self.age), AGE),
                staff=checked_intervals(tuple(self.staff), STAFF),
                **{name: getattr(self, name) for name in (*_FLAGS, *_NUMBERS)},
            )
        except ValueError as error:
            raise ProblemError(422, str(error)) from None

    @property
    def roles(self) -> Roles:
        """Raises ProblemError 422 for a role of another form than `<from>-<to>:<role>`."""
        try:
            return chosen_roles(self.role)
        except ValueError as error:
            raise ProblemError(422, str(error)) from None

    @property
    def bands(self) -> tuple[Band, ...]:
        """Raises ProblemError 422 for a band that is not known."""
        try:
            return band_names(self.band)
        except ValueError as error:
            raise ProblemError(422, str(error)) from None

    def turned(self, start: int, end: int, role: str | None) -> SearchParameters:
        """This search with a role for the concept named at a place; None takes back the one chosen before."""
        others = [value for value in self.role if not value.startswith(f"{start}-{end}:")]
        return replace(self, role=[*others, f"{start}-{end}:{role}"] if role else others)

    def pairs(self) -> list[tuple[str, str]]:
        """Name and value of all that is set, in a fixed order."""
        found = [("q", self.q)] if self.q else []
        found += [(name, value) for name in (*_LISTS, *_OF_THE_NEED) for value in getattr(self, name)]
        found += [(name, str(getattr(self, name))) for name in _NUMBERS if getattr(self, name) is not None]
        return [*found, *((flag, "true") for flag in _FLAGS if getattr(self, flag))]

    def address(self, *, add: tuple[str, str] | None = None, remove: tuple[str, str] | None = None, **more: Any) -> str:
        """Query string of this search with a pair added or removed, and more parameters behind."""
        pairs = [pair for pair in self.pairs() if pair != remove]
        if add and add not in pairs:
            pairs.append(add)
        return urlencode([*pairs, *((name, str(value)) for name, value in more.items() if value not in (None, ""))])


def encode_cursor(snapshot: str, offset: int) -> str:
    return base64.urlsafe_b64encode(json.dumps([snapshot, offset]).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, snapshot: str) -> int:
    """Offset of a cursor. Raises ProblemError 422 for one that is none, 409 for one of another snapshot."""
    try:
        of_snapshot, offset = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        place = int(offset)
    except (ValueError, TypeError, binascii.Error):
        raise ProblemError(422, "That is no cursor. Take `next` of the page before.") from None
    if of_snapshot != snapshot:
        raise ProblemError(409, "The data were renewed since that page. Start again without a cursor.")
    return max(0, min(place, 10_000))
