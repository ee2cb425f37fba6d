"""What each source's attempts came to: kept in the ledger, since no snapshot tells of a night that failed."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from schemas.lake import Lake
from schemas.lake.layout import timestamp

_MOST: Final = 1_000
SEOUL: Final = ZoneInfo("Asia/Seoul")


class Attempt(BaseModel):
    """`outcome`: delivered, unchanged, stopped (the last delivery stays in use) or failed; `calls` to its services."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    at: str
    transport: str
    outcome: str
    calls: int = 0
    resumed: bool = False
    note: str | None = None


def record_attempt(lake: Lake, source: str, **told: Any) -> None:
    at = timestamp()
    attempt = Attempt(at=at, **told)
    lake.write_json(f"ledger/attempts/{source}/{at}.json", attempt.model_dump(mode="json"))


def attempts(lake: Lake, source: str, most: int = 1) -> list[Attempt]:
    """The newest ones, newest first."""
    names = lake.names(f"ledger/attempts/{source}")[-most:]
    return [Attempt.model_validate(lake.read_json(f"ledger/attempts/{source}/{name}")) for name in reversed(names)]


def calls_this_month(lake: Lake, source: str) -> int:
    """Requests of this calendar month."""
    month = datetime.now(SEOUL).strftime("%Y-%m")
    return sum(attempt.calls for attempt in attempts(lake, source, _MOST) if attempt.at.startswith(month))
