"""Runners: the same step functions run directly, or as Prefect tasks."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from flows.night import NightError
from flows.sources import SourceError

T = TypeVar("T")


class Runner(Protocol):
    """Runs steps; `seconds` holds how long each took."""

    seconds: dict[str, float]

    def step(self, function: Callable[..., T], *arguments: Any) -> T: ...

    def each(self, function: Callable[..., T], items: Sequence[Any], *arguments: Any) -> list[T]:
        """`function(*arguments, item)` for every item. All are tried; raises NightError naming those that failed."""
        ...


@dataclass
class DirectRunner:
    """Runs steps in this process; calls `on_step(name, None)` before each step, `on_step(name, seconds)` after it."""

    on_step: Callable[[str, float | None], None] = lambda _step, _seconds: None
    seconds: dict[str, float] = field(default_factory=dict)

    def step(self, function: Callable[..., T], *arguments: Any) -> T:
        return self._timed(function.__name__, lambda: function(*arguments))

    def each(self, function: Callable[..., T], items: Sequence[Any], *arguments: Any) -> list[T]:
        return self._timed(function.__name__, lambda: all_or_nothing(function, items, *arguments))

    def _timed(self, name: str, work: Callable[[], T]) -> T:
        self.on_step(name, None)
        started = time.perf_counter()
        result = work()
        self.seconds[name] = round(self.seconds.get(name, 0.0) + time.perf_counter() - started, 3)
        self.on_step(name, self.seconds[name])
        return result


def all_or_nothing(function: Callable[..., T], items: Sequence[Any], *arguments: Any) -> list[T]:
    """Try every item, so that one report names every source that failed."""
    results, problems = [], []
    for item in items:
        try:
            results.append(function(*arguments, item))
        except SourceError as error:
            problems.append(str(error))
    if problems:
        raise NightError("nothing was committed, the last good snapshot stays in use:\n  " + "\n  ".join(problems))
    return results
