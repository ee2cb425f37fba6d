"""What each source's attempts came to: kept in the ledger, since no snapshot tells of a night that failed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from pydantic import BaseModel, ConfigDict

from schemas import clock
from schemas.lake import Lake
from schemas.lake.layout import moment_of, name_after, timestamp

_MOST: Final = 1_000


class Attempt(BaseModel):
    """`outcome`: delivered, unchanged, stopped (the last delivery stays in use) or failed; `calls` to its services."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    at: str
    transport: str
    outcome: str
    calls: int = 0
    resumed: bool = False
    note: str | None = None

    @property
    def day(self) -> date:
        """The calendar day in Seoul."""
        return clock.day_in_seoul(moment_of(self.at))


def record_attempt(lake: Lake, source: str, **facts: Any) -> None:
    """Keep an attempt that ends now. Its name comes after all others, its `at` is what the clock says."""
    newest = max(lake.names(f"ledger/attempts/{source}"), default=None)
    name = name_after(newest.removesuffix(".json") if newest else None)
    attempt = Attempt(at=timestamp(), **facts)
    lake.write_json(f"ledger/attempts/{source}/{name}.json", attempt.model_dump(mode="json"))


def attempts(lake: Lake, source: str, most: int = 1) -> Iterator[Attempt]:
    """The newest ones, newest first, each read when it is asked for."""
    for name in reversed(lake.names(f"ledger/attempts/{source}")[-most:]):
        yield Attempt.model_validate(lake.read_json(f"ledger/attempts/{source}/{name}"))


def calls_in_month(lake: Lake, source: str, today: date) -> int:
    """Requests since the first of the month of `today`, by the calendar of Seoul."""
    month = (today.year, today.month)
    return sum(a.calls for a in attempts(lake, source, _MOST) if (a.day.year, a.day.month) == month)


def last_whole_answer(lake: Lake, source: str, transport: str) -> date | None:
    """The day in Seoul on which the source was last had whole over a transport; None where it never was."""
    found = (a for a in attempts(lake, source, _MOST) if a.transport == transport)
    return next((a.day for a in found if a.outcome in ("delivered", "unchanged")), None)
