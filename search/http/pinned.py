"""The snapshot that requests are answered from: pinned by each, renewed when a night commits."""

from __future__ import annotations

import secrets
import threading
import time
from typing import Final

from schemas.lake import Lake, LakeError, Snapshot
from schemas.lake.pins import PIN_SECONDS, pin
from search.service import SearchService

_LOOK_EVERY_SECONDS: Final = 1.0
_PIN_EVERY_SECONDS: Final = PIN_SECONDS / 10


class PinnedService:
    """Hands every request the service of the committed snapshot.

    `current.json` is looked at once a second. A new snapshot is opened and warmed beside the old one, which
    goes on answering until the new one is ready; a request keeps the one it was given. The snapshot is held by a
    pin, since tables are loaded when they are first asked for; the old one's pin lapses by itself, long after the
    last request that was given it. After a rest so long that the pin may have lapsed, requests wait for a new look.
    """

    def __init__(self, lake_url: str, engine: str = "embedded") -> None:
        self.lake = Lake(lake_url)
        self.engine = engine
        self._reader = secrets.token_hex(8)
        self._service: SearchService | None = None
        self._looked = 0.0
        self._pinned = 0.0
        self._renewing = threading.Lock()

    def get(self) -> SearchService:
        """Raises LakeError in a lake without a committed snapshot, EngineError without an index."""
        if self._service is None or self._may_have_lapsed():
            with self._renewing:
                if self._service is None or self._may_have_lapsed():
                    self._service = self._opened()
        elif time.monotonic() - self._looked > _LOOK_EVERY_SECONDS:
            self._renew()
        return self._service

    def _may_have_lapsed(self) -> bool:
        return time.monotonic() - self._pinned > PIN_SECONDS - _PIN_EVERY_SECONDS

    def _renew(self) -> None:
        if not self._renewing.acquire(blocking=False):
            return
        try:
            self._looked = time.monotonic()
            assert self._service is not None
            if self.lake.current() != self._service.snapshot.name:
                self._service = self._opened()
            elif self._looked - self._pinned > _PIN_EVERY_SECONDS:
                self._pin(self._service.snapshot.name)
        finally:
            self._renewing.release()

    def _opened(self) -> SearchService:
        """The service of the committed snapshot; the one at hand where that has not changed."""
        name = self._held_name()
        if self._service is not None and self._service.snapshot.name == name:
            return self._service
        service = SearchService(Snapshot(self.lake, name), self.engine)
        service.warm_up()
        threading.Thread(target=service.warm_up_more, daemon=True).start()
        self._looked = time.monotonic()
        return service

    def _held_name(self) -> str:
        """Pin the committed snapshot; it must still be the committed one afterwards, or it may be gone already."""
        while (name := self.lake.current()) is not None:
            self._pin(name)
            if self.lake.current() == name:
                return name
        raise LakeError(f"the lake at {self.lake.url} is empty. Run `caplake run --lake {self.lake.url}` to fill it.")

    def _pin(self, name: str) -> None:
        pin(self.lake, name, self._reader)
        self._pinned = time.monotonic()
