"""A delivery in the making: every finished page is kept at once, so that a killed night goes on where it was.

`raw/<source>/<started>/` holds the pages and `journal/`, one note a finished page, written after it. The receipt
comes last and makes it a delivery; until then nothing reads it but the next attempt at the same request.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from flows.fetch.delivery import Delivery, RawFile, ReceivedFile, fresh_folder, latest_delivery, received
from schemas import clock
from schemas.lake import Lake
from schemas.lake.layout import moment_of, timestamp

_RESUMED_WITHIN: Final = timedelta(days=3)


@dataclass
class Partial:
    """Pages of one source's delivery; `before` is the last whole one, whose unchanged pages are not kept again."""

    lake: Lake
    source: str
    folder: str
    transport: str
    before: dict[str, ReceivedFile]
    finished: dict[str, ReceivedFile]

    @property
    def resumed(self) -> bool:
        return bool(self.finished)

    def put(self, file: RawFile, **facts: str | dict[str, str] | None) -> ReceivedFile:
        """Keep a finished page: the bytes first, then the note that makes it count."""
        entry = received(file, **facts)
        self.lake.write_bytes(f"{self.folder}/{file.name}", file.content)
        return self._note(entry)

    def take_over(self, name: str, as_of: date | None = None) -> ReceivedFile:
        """Take an unchanged page from the delivery before; `as_of` is the day on which the service confirmed it."""
        known = self.before[name]
        return self._note(known if as_of is None else known.model_copy(update={"as_of": as_of}))

    def read(self, name: str) -> bytes:
        entry = self.finished[name]
        return self.lake.read_bytes(f"{entry.folder or self.folder}/{entry.name}")

    def forget(self, prefix: str) -> None:
        """Pages of a listing that turned out not to fit together."""
        for name in [name for name in self.finished if name.startswith(prefix)]:
            self.lake.remove(f"{self.folder}/journal/{name}.json")
            del self.finished[name]

    def finish(self, names: list[str]) -> Delivery:
        """Write the receipt over the named pages; content the lake has already becomes no new delivery."""
        known = latest_delivery(self.lake, self.source)
        files = [self.finished[name] for name in names]
        if known is not None and known.transport == self.transport and _content(known.files) == _content(files):
            self.lake.remove(self.folder)
            return known
        delivery = Delivery(
            source=self.source,
            folder=self.folder,
            transport=self.transport,
            received_at=timestamp(),
            files=files,
        )
        self.lake.write_json(f"{self.folder}/receipt.json", delivery.model_dump(mode="json"))
        self.lake.remove(f"{self.folder}/journal")
        self.lake.remove(f"{self.folder}/request.json")
        return delivery

    def _note(self, entry: ReceivedFile) -> ReceivedFile:
        self.lake.write_json(f"{self.folder}/journal/{entry.name}.json", entry.model_dump(mode="json"))
        self.finished[entry.name] = entry
        return entry


def open_partial(lake: Lake, source: str, transport: str, request: str) -> Partial:
    """The unfinished delivery of the same `request` when it is recent, else a new one. Older leftovers are removed."""
    known = latest_delivery(lake, source)
    before = {} if known is None or known.transport != transport else {f.name: _at(known, f) for f in known.files}
    found = None
    for folder in (f"raw/{source}/{name}" for name in lake.names(f"raw/{source}")):
        if lake.exists(f"{folder}/receipt.json"):
            continue
        if found is None and _resumable(lake, folder, request):
            found = folder
        else:
            lake.remove(folder)
    if found is None:
        found = fresh_folder(lake, source)
        lake.write_json(f"{found}/request.json", {"request": request})
    notes = [lake.read_json(f"{found}/journal/{name}") for name in lake.names(f"{found}/journal")]
    finished = {note["name"]: ReceivedFile.model_validate(note) for note in notes}
    return Partial(lake, source, found, transport, before, finished)


def _resumable(lake: Lake, folder: str, request: str) -> bool:
    if not lake.exists(f"{folder}/request.json") or lake.read_json(f"{folder}/request.json")["request"] != request:
        return False
    return clock.now() - moment_of(folder.rsplit("/", 1)[-1]) < _RESUMED_WITHIN


def _at(delivery: Delivery, file: ReceivedFile) -> ReceivedFile:
    return file.model_copy(update={"folder": file.folder or delivery.folder})


def _content(files: list[ReceivedFile]) -> list[tuple[str, str, str | None, date | None]]:
    """What makes a delivery another one. The day counts only where it decides when an item is asked about again."""
    return [(file.name, file.rows or file.sha256, file.grain, file.as_of if file.asked else None) for file in files]
