"""The parameters of a search, the same in the API and in a page's address, so that every state can be shared."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Query

from search.api.problems import ProblemError
from search.filters import Filters
from search.parameters import field_ids, region_codes
from search.service import LONGEST_NEED

_FLAGS = ("registered_supplier", "designated", "has_patent", "include_closed", "include_foreign")
_LISTS = ("region", "field", "certification", "source")
_MOST_VALUES = 20

Values = Annotated[list[str], Query(max_length=_MOST_VALUES)]


@dataclass(frozen=True)
class SearchParameters:
    """A search as an address holds it. `q` is the need in the buyer's words; `drop` names filters read from it
    that are left out.
    """

    q: Annotated[
        str,
        Query(
            max_length=LONGEST_NEED,
            description="The need in your own words, Korean or English.",
            examples=["포장지 날짜가 흐리게 찍혀 나가요, 대구 근처 업체로"],
        ),
    ] = ""
    region: Values = ()  # type: ignore[assignment]
    field: Values = ()  # type: ignore[assignment]
    certification: Values = ()  # type: ignore[assignment]
    source: Values = ()  # type: ignore[assignment]
    registered_supplier: bool = False
    designated: bool = False
    has_patent: bool = False
    include_closed: bool = False
    include_foreign: bool = False
    drop: Values = ()  # type: ignore[assignment]

    @property
    def filters(self) -> Filters:
        """Raises ProblemError 422 for a region or field that is not known."""
        try:
            return Filters(
                region=region_codes(self.region),
                field=field_ids(self.field),
                certification=tuple(self.certification),
                source=tuple(self.source),
                **{flag: getattr(self, flag) for flag in _FLAGS},
            )
        except ValueError as error:
            raise ProblemError(422, str(error)) from None

    def pairs(self) -> list[tuple[str, str]]:
        """Name and value of all that is set, in a fixed order."""
        found = [("q", self.q)] if self.q else []
        found += [(name, value) for name in (*_LISTS, "drop") for value in getattr(self, name)]
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
