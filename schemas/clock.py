"""The only source of the time of day in the program. A linter rule refuses every other one (docs/decisions/0010).

What is measured (durations, waits) takes `time.monotonic` and `time.perf_counter`, which no calendar touches. Code
imports the module, `from schemas import clock`, and calls `clock.now()`, so that one replaced function moves every
date of a process.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

SEOUL: Final = ZoneInfo("Asia/Seoul")
"""The registers' time zone: a certificate ends, a quota is renewed and a month begins by its calendar."""


def now() -> datetime:
    """The present moment in UTC, aware of its zone."""
    return datetime.now(UTC)


def today() -> date:
    """The present calendar day in Seoul."""
    return day_in_seoul(now())


def day_in_seoul(moment: datetime) -> date:
    """The calendar day in Seoul of a moment that is aware of its zone."""
    return moment.astimezone(SEOUL).date()


def seconds() -> float:
    """The present moment as seconds since 1970 in UTC, for deadlines that several processes share."""
    return now().timestamp()


def is_ahead(deadline: float, longest: float) -> bool:
    """Whether a shared deadline, in seconds since 1970, is still to come.

    One that lies more than twice the `longest` term ahead, in seconds, was set by a clock that ran wrong: it counts as
    past, so that nobody waits for years.
    """
    return seconds() < deadline <= seconds() + 2 * longest
