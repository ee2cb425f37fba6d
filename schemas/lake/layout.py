"""Where things lie in a lake, and the only functions that write there: atomic or absent."""

from __future__ import annotations

import json
import os
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import fsspec
import polars as pl

SNAPSHOT_PATTERN: Final = re.compile(r"^\d{4}-\d{2}-\d{2}T\d{6}Z$")


class LakeError(Exception):
    """The lake is not in the state the caller needs; the message says what to do."""


def timestamp(moment: datetime | None = None) -> str:
    """UTC time as it stands in folder names, e.g. 2026-11-22T183000Z."""
    return (moment or datetime.now(UTC)).strftime("%Y-%m-%dT%H%M%SZ")


@dataclass(frozen=True)
class Lake:
    """A lake at a local folder or any fsspec URL (`s3://bucket/prefix`). Paths are relative to it."""

    url: str = "./lake"

    @cached_property
    def _opened(self) -> tuple[Any, str]:
        fs, root = fsspec.core.url_to_fs(self.url)
        return fs, str(root).rstrip("/")

    @property
    def local_root(self) -> Path | None:
        """The folder, when the lake is one; readers that memory-map need it."""
        fs, root = self._opened
        return Path(root) if "file" in getattr(fs, "protocol", ()) else None

    def full(self, path: str) -> str:
        return f"{self._opened[1]}/{path}"

    def exists(self, path: str) -> bool:
        return bool(self._opened[0].exists(self.full(path)))

    def names(self, folder: str) -> list[str]:
        """Names of what lies in a folder, sorted; empty when there is no such folder."""
        fs = self._opened[0]
        fs.invalidate_cache()
        full = self.full(folder)
        if not fs.isdir(full):
            return []
        return sorted(str(item).rstrip("/").rsplit("/", 1)[-1] for item in fs.ls(full, detail=False))

    def read_bytes(self, path: str) -> bytes:
        """Raises LakeError when the file is not there."""
        try:
            return bytes(self._opened[0].cat_file(self.full(path)))
        except FileNotFoundError:
            raise LakeError(f"{self.url} has no {path}. Run `caplake run --lake {self.url}` first.") from None

    def write_bytes(self, path: str, content: bytes) -> None:
        """Write a whole file or nothing: a local file is written aside and renamed."""
        if (root := self.local_root) is None:
            self._opened[0].pipe_file(self.full(path), content)
            return
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")
        try:
            with aside.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            aside.replace(target)
        finally:
            aside.unlink(missing_ok=True)

    def read_json(self, path: str) -> Any:
        return json.loads(self.read_bytes(path))

    def write_json(self, path: str, document: Any) -> None:
        self.write_bytes(path, (json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode())

    def read_table(self, path: str, columns: list[str] | None = None) -> pl.DataFrame:
        """A Parquet file; raises LakeError when it is not there."""
        root = self.local_root
        if root is not None and (root / path).exists():
            return pl.read_parquet(root / path, columns=columns, glob=False)
        return pl.read_parquet(BytesIO(self.read_bytes(path)), columns=columns)

    def remove(self, path: str) -> None:
        if self.exists(path):
            self._opened[0].rm(self.full(path), recursive=True)

    # What lies where.

    def snapshots(self) -> list[str]:
        """Snapshot folders, oldest first, committed or not."""
        return [name for name in self.names("snapshots") if SNAPSHOT_PATTERN.match(name)]

    def current(self) -> str | None:
        """The committed snapshot, or None in an empty lake."""
        if not self.exists("current.json"):
            return None
        return str(self.read_json("current.json")["snapshot"])

    def commit(self, snapshot: str) -> None:
        """Make a snapshot the one that readers pin: the one commit point.

        Raises LakeError when the snapshot has no manifest.
        """
        if not self.exists(f"snapshots/{snapshot}/manifest.json"):
            raise LakeError(f"snapshot {snapshot} has no manifest; choose one of `caplake lake list`.")
        self.write_json("current.json", {"snapshot": snapshot})
