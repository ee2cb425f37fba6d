"""The snapshot that requests are answered from: pinned by each, renewed when a night commits."""

from __future__ import annotations

import threading
import time
from typing import Final

from schemas.lake import Lake, LakeError
from search.service import SearchService

_LOOK_EVERY_SECONDS: Final = 1.0


class PinnedService:
    """Hands every request the service of the committed snapshot.

    `current.json` is looked at once a second. A new snapshot is opened and warmed beside the old one, which
    goes on answering until the new one is ready; a request keeps the one it was given.
    """

    def __init__(self, lake_url: str, engine: str = "embedded") -> None:
        self.lake = Lake(lake_url)
        self.engine = engine
        self._service: SearchService | None = None
        self._looked = 0.0
        self._renewing = threading.Lock()

    def get(self) -> SearchService:
        """Raises LakeError in a lake without a committed snapshot, EngineError without an index."""
        if self._service is None:
            with self._renewing:
                if self._service is None:
                    self._service = self._opened()
        elif time.monotonic() - self._looked > _LOOK_EVERY_SECONDS:
            self._renew()
        return self._service

    def _renew(self) -> None:
        if not self._renewing.acquire(blocking=False):
            return
        try:
            self._looked = time.monotonic()
            assert self._service is not None
            if self.lake.current() != self._service.snapshot.name:
                self._service = self._opened()
        finally:
            self._renewing.release()

    def _opened(self) -> SearchService:
        if self.lake.current() is None:
            raise LakeError(
                f"the lake at {self.lake.url} is empty. Run `caplake run --lake {self.lake.url}` to fill it."
            )
        service = SearchService.current(self.lake, self.engine)
        service.warm_up()
        self._looked = time.monotonic()
        return service
