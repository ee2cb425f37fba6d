"""The clock of the process, put where a test wants it. Everything that asks for the time asks `schemas.clock`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final
from unittest.mock import patch

from schemas import clock
from schemas.lake.layout import moment_of


def _until(name: str) -> Callable[[], timedelta]:
    return lambda: moment_of(name) - clock.now()


MOMENTS: Final[Mapping[str, Callable[[], timedelta]]] = {
    # Nothing of this run is older than the run itself, so the clock stands before the newest snapshot.
    "an hour behind": lambda: timedelta(hours=-1),
    "the last second of a year in Seoul": _until("2027-12-31T145959Z"),
    "a leap day": _until("2028-02-29T030000Z"),
    "ten years on": lambda: timedelta(days=3_653),
}
"""Where tests marked `calendar` run beside the present, as what is added to the machine's clock."""


@contextmanager
def clock_at(moment: datetime | str) -> Iterator[None]:
    """The clock stands at a moment, or at the one that a snapshot's name tells."""
    there = moment_of(moment) if isinstance(moment, str) else moment
    with patch("schemas.clock.now", lambda: there):
        yield


@contextmanager
def clock_shifted(by: timedelta) -> Iterator[None]:
    """The clock runs on, ahead or behind by so much."""
    real = clock.now
    with patch("schemas.clock.now", lambda: real() + by):
        yield
