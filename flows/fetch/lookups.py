"""Answers about one item each, gathered over the nights: what is not known yet first, then what is oldest.

A day's or a month's quota ends the night's asking, not the night: the delivery is all that is known by then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flows.fetch.answers import QuotaSpent
from flows.fetch.client import Client
from flows.fetch.delivery import ReceivedFile
from flows.fetch.listing import Listing, fetch_listing
from flows.fetch.partial import Partial
from flows.fetch.services import Service
from flows.sources.declaration import Call


@dataclass(frozen=True)
class Item:
    """What a request is about: `key` is asked for, `columns` becomes columns of the answer's rows."""

    key: str
    columns: dict[str, str]


@dataclass(frozen=True)
class Gathered:
    """`names` of all files of the delivery; `stopped` says why not every wanted item was asked about."""

    names: list[str]
    stopped: str | None


def gather(
    client: Client, partial: Partial, service: Service, call: Call, items: Sequence[Item], today: date, most: int
) -> Gathered:
    """Ask about at most `most` items and take over the other answers."""
    known = _known(partial)
    wanted = _in_order(items, known, today - timedelta(days=call.refresh_days))[:most]
    stopped: str | None = None if len(wanted) == len(items) - _fresh(items, known, today, call) else "the night's share"
    asked: set[str] = set()
    for item in wanted:
        prefix = f"{item.key}-"
        params = {**call.params, call.as_param: item.key}
        listing = Listing(service, call, call.path, params, prefix, today, {**item.columns, "asked": item.key})
        try:
            fetch_listing(client, partial, listing)
        except QuotaSpent as error:
            stopped = str(error)
            break
        asked.add(item.key)
    for key, files in known.items():
        if key not in asked:
            for file in files:
                partial.take_over(file.name)
    names = sorted(name for name in partial.finished if _key(name) in {*asked, *known})
    return Gathered(names, stopped)


def _known(partial: Partial) -> dict[str, list[ReceivedFile]]:
    found: dict[str, list[ReceivedFile]] = {}
    for file in partial.before.values():
        if "asked" in file.asked:
            found.setdefault(file.asked["asked"], []).append(file)
    return found


def _key(name: str) -> str:
    return name.rpartition("-p")[0]


def _in_order(items: Sequence[Item], known: dict[str, list[ReceivedFile]], stale: date) -> list[Item]:
    """New items in the order given, then stale ones, oldest first."""
    fresh = [item for item in items if item.key not in known]
    old = [item for item in items if item.key in known and known[item.key][0].as_of <= stale]
    return fresh + sorted(old, key=lambda item: (known[item.key][0].as_of, item.key))


def _fresh(items: Sequence[Item], known: dict[str, list[ReceivedFile]], today: date, call: Call) -> int:
    limit = today - timedelta(days=call.refresh_days)
    return sum(1 for item in items if item.key in known and known[item.key][0].as_of > limit)
