"""Which sources take part in a night: those that are live, have a file, or were in the last snapshot."""

from __future__ import annotations

from flows.fetch.files import DROP_VARIABLE, has_dropped, has_files
from flows.fetch.live import asks_about_the_lake, is_live
from flows.fetch.services import SERVICES
from flows.sources.declaration import Source
from flows.sources.renaming import entry_of
from schemas.lake import Lake, Snapshot


def delivers(source: Source, lake: Lake) -> bool:
    """Whether there is anything to take tonight; a source that once was in the lake stays there until it is retired.

    One that answers questions about the lake has nothing to be asked while the lake is empty.
    """
    if is_live(source) and not (asks_about_the_lake(source) and lake.current() is None):
        return True
    if has_files(source):
        return True
    return lake.current() is not None and entry_of(source, Snapshot.current(lake).manifest.sources) is not None


def mode(source: Source) -> str:
    """How a source would come tonight: live, file, bundled, off, retired, or waiting for a key or a file."""
    if source.retired:
        return "retired"
    if not source.enabled:
        return "off"
    if is_live(source):
        return "live"
    if has_dropped(source):
        return "file"
    return "bundled" if source.editions else "waiting"


def waiting_for(source: Source) -> str:
    """What an operator can give a source that waits."""
    keys = sorted({SERVICES[call.service].key_variable for call in source.api})
    key = f", or {' and '.join(keys)} to ask its service (.env.example)" if keys else ""
    return f"a file in ${DROP_VARIABLE}/{source.name}/{key}"
