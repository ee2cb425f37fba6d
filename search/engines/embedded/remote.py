"""The embedded index of a lake on object storage: built here, kept there, opened from a copy on this machine."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from schemas.lake import Lake, LakeError
from schemas.lake.layout import SNAPSHOT_PATTERN
from search.engines.base import Difference, Documents, Engine, EngineError
from search.engines.embedded.store import EmbeddedStore

_WHOLE: Final = "whole.json"
"""Written last: names the build, its files and its statements. An index without it is not there."""


def cache_folder(lake: Lake) -> Path:
    """Where copies of a lake's indexes lie on this machine: `CAPLAKE_CACHE`, or the user's cache."""
    base = os.environ.get("CAPLAKE_CACHE") or str(Path("~/.cache/caplake").expanduser())
    return Path(base) / hashlib.sha256(lake.url.encode()).hexdigest()[:12]


@dataclass(frozen=True)
class RemoteEmbeddedStore:
    """As `EmbeddedStore`, of indexes under `index/embedded/<snapshot>/` of a lake that is no local folder.

    An index is memory-mapped, so a reader fetches it once and keeps it until another build replaces it.
    """

    lake: Lake
    name: str = "embedded"

    @property
    def _here(self) -> EmbeddedStore:
        return EmbeddedStore(cache_folder(self.lake))

    def build(self, snapshot: str, documents: Documents, difference: Difference | None = None) -> None:
        here, there = self._here, _there(snapshot)
        here.build(snapshot, documents, difference)
        folder = here.folder / snapshot
        files = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
        self.lake.remove(there)
        for file in files:
            self.lake.upload(folder / file, f"{there}/{file}")
        told = {"build": secrets.token_hex(8), "files": files, "statements": len(documents)}
        self.lake.write_json(f"{there}/{_WHOLE}", told)
        (folder / _WHOLE).write_bytes(self.lake.read_bytes(f"{there}/{_WHOLE}"))

    def count(self, snapshot: str) -> int:
        return int(self._told(snapshot)["statements"]) if self.lake.exists(f"{_there(snapshot)}/{_WHOLE}") else 0

    def snapshots(self) -> list[str]:
        return [name for name in self.lake.names("index/embedded") if SNAPSHOT_PATTERN.match(name)]

    def drop(self, snapshot: str) -> None:
        self.lake.remove(_there(snapshot))
        self._here.drop(snapshot)

    def publish(self, snapshot: str) -> None:
        """Nothing to move: a reader opens the index of the snapshot it pinned."""

    def open(self, snapshot: str) -> Engine:
        self._fetch(snapshot)
        return self._here.open(snapshot)

    def _fetch(self, snapshot: str) -> None:
        """Bring this machine's copy up to the build that lies there; a copy is complete or not there."""
        there = _there(snapshot)
        try:
            told = self.lake.read_bytes(f"{there}/{_WHOLE}")
        except LakeError:
            raise EngineError(
                f"no embedded index of snapshot {snapshot} in {self.lake.url}. "
                "`caplake run --engine embedded` builds it."
            ) from None
        folder = self._here.folder / snapshot
        if (folder / _WHOLE).exists() and (folder / _WHOLE).read_bytes() == told:
            return
        aside = folder.with_name(f".{snapshot}.{secrets.token_hex(4)}.tmp")
        for file in self._told(snapshot)["files"]:
            self.lake.download(f"{there}/{file}", aside / file)
        (aside / _WHOLE).write_bytes(told)
        shutil.rmtree(folder, ignore_errors=True)
        aside.rename(folder)
        self._forget_others(snapshot)

    def _forget_others(self, snapshot: str) -> None:
        """Drop copies of indexes that the lake has no more."""
        for name in set(self._here.snapshots()) - {snapshot, *self.snapshots()}:
            self._here.drop(name)

    def _told(self, snapshot: str) -> Any:
        return self.lake.read_json(f"{_there(snapshot)}/{_WHOLE}")


def _there(snapshot: str) -> str:
    return f"index/embedded/{snapshot}"
