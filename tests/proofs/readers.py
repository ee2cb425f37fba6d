"""A reader that asks ten times a second: every answer must be whole, and of one committed snapshot."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass, field

from schemas.lake import Lake, Snapshot
from search.service import SearchService

_PAUSE_SECONDS = 0.1
_NEEDS = ("반도체 검사 장비", "industrial robot")


@dataclass
class Reader:
    """Reads the lake in a thread until it is stopped; `problems` says what was not as the manifest tells."""

    lake: Lake
    reads: int = 0
    problems: list[str] = field(default_factory=list)
    snapshots: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Reader:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(60)

    def _run(self) -> None:
        # Without a pause the reader takes a processor from the night that it watches.
        while not self._stop.wait(_PAUSE_SECONDS):
            try:
                self.read_once()
            except Exception as error:
                self.problems.append(f"{type(error).__name__}: {error}")

    def read_once(self) -> None:
        """One request: pin, read a table, search, and compare both with the manifest."""
        snapshot = Snapshot.current(self.lake)
        content = self.lake.read_bytes(f"{snapshot.folder}/firms.parquet")
        if hashlib.sha256(content).hexdigest() != snapshot.manifest.tables["firms"].sha256:
            self.problems.append(f"{snapshot.name}: firms are not those of the manifest")
        service = SearchService(snapshot)
        answer = service.search(_NEEDS[self.reads % len(_NEEDS)], limit=5)
        if answer.snapshot != snapshot.name:
            self.problems.append(f"{answer.snapshot} answered a request that pinned {snapshot.name}")
        if strangers := [hit.firm_id for hit in answer.hits if hit.firm_id not in service.columns.row_of]:
            self.problems.append(f"{snapshot.name}: firms of another snapshot: {strangers}")
        self.reads += 1
        self.snapshots.add(snapshot.name)
