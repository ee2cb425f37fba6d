"""Until when certificates and designations hold: today, and on the date of the register's edition that shows them.

An edition grows old on its own: three years after it was published every certificate of three years in it has ended,
renewed or not. What has ended since the edition is therefore shown with the date on which it was known to hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from schemas.lake import Snapshot
from schemas.lake.manifest import SourceEntry
from search.snapshot.columns import SnapshotColumns
from search.snapshot.passing import certified
from search.web.texts import Texts


def validity(t: Texts, held: Mapping[str, Any], sources: Mapping[str, SourceEntry], today: date) -> str:
    """A row of `certifications` or `designations` in words; empty where its register gives no end."""
    end: date | None = held["valid_to"]
    if end is None:
        return ""
    if end >= today:
        return t("valid_until", date=end)
    entry = sources.get(held["source"])
    if entry is None or entry.as_of is None or entry.as_of > end:
        return t("expired", date=end)
    return t("expired_since_edition", date=end, edition=entry.as_of)


def lapse(columns: SnapshotColumns, scheme: str, today: date) -> tuple[date, int, int] | None:
    """The date of the newest edition that certifies by a scheme, and how many firms hold it then and today.

    None where there is no register of the scheme, or as many firms hold it today.
    """
    edition = _editions(columns.snapshot).get(scheme)
    if edition is None:
        return None
    then, now = (int(certified(columns, scheme, day).sum()) for day in (edition, today))
    return (edition, then, now) if now < then else None


@lru_cache(maxsize=8)
def _editions(snapshot: Snapshot) -> dict[str, date]:
    """Per scheme the newest date that a register of it speaks for."""
    held = snapshot.table("certifications", ["scheme", "source"]).unique().sort("scheme", "source").rows()
    sources, found = snapshot.manifest.sources, dict[str, date]()
    for scheme, source in held:
        if source in sources and (day := sources[source].as_of) is not None:
            found[scheme] = max(day, found.get(scheme, day))
    return found
