"""Where things lie in a lake, and the only functions that write there: atomic or absent."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import fsspec
import polars as pl

from schemas import clock

_TIMESTAMP: Final = "%Y-%m-%dT%H%M%SZ"
SNAPSHOT_PATTERN: Final = re.compile(r"^\d{4}-\d{2}-\d{2}T\d{6}Z$")


class LakeError(Exception):
    """The lake is not in the state the caller needs; the message says what to do."""


def timestamp(moment: datetime | None = None) -> str:
    """A moment, by default the present one, as it stands in folder names: UTC, e.g. 2026-11-22T183000Z."""
    return (moment or clock.now()).strftime(_TIMESTAMP)


def moment_of(name: str) -> datetime:
    """The moment that a `timestamp` names. Raises ValueError when the text is none."""
    return datetime.strptime(name, _TIMESTAMP).replace(tzinfo=UTC)


def name_after(newest: str | None) -> str:
    """A name for what is made now and comes after `newest`, a `timestamp`: a second later where the clock is behind it,
    so that names keep their order."""
    if newest is None or clock.now() >= moment_of(newest) + timedelta(seconds=1):
        return timestamp()
    return timestamp(moment_of(newest) + timedelta(seconds=1))


def file_sha256(path: Path) -> str:
    """Hash of a file of this machine, however large."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def plain_parquet(frame: pl.DataFrame) -> bytes:
    """Parquet of a table that is declared nowhere."""
    buffer = BytesIO()
    frame.write_parquet(buffer, compression="zstd")
    return buffer.getvalue()


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

    def upload(self, source: Path, path: str) -> None:
        """Copy a file of this machine into the lake, however large."""
        self._opened[0].put_file(str(source), self.full(path))

    def download(self, path: str, target: Path) -> None:
        """Copy a file of the lake to this machine, however large."""
        target.parent.mkdir(parents=True, exist_ok=True)
        self._opened[0].get_file(self.full(path), str(target))

    def version(self, path: str) -> str | None:
        """What tells this content of a file from any other, for `replace_bytes`; None where there is no file."""
        if not self.exists(path):
            return None
        if self.local_root is None:
            self._opened[0].invalidate_cache()
            return str(self._opened[0].info(self.full(path))["ETag"])
        return hashlib.sha256(self.read_bytes(path)).hexdigest()

    def replace_bytes(self, path: str, content: bytes, expected: str | None) -> None:
        """Write a file only if it is still at the version `expected` (None: not there yet).

        Object storage checks the condition itself; a local folder does it under a lock of the kernel, which
        no crash leaves behind. Raises LakeError when somebody else was faster.
        """
        try:
            if (root := self.local_root) is None:
                condition = {"IfNoneMatch": "*"} if expected is None else {"IfMatch": expected}
                self._opened[0].pipe_file(self.full(path), content, **condition)
                return
            with _guarded(root):
                if self.version(path) != expected:
                    raise FileExistsError
                self.write_bytes(path, content)
        except OSError as error:
            if isinstance(error, FileExistsError) or _somebody_was_faster(error):
                raise LakeError(
                    f"another run has just written {path} in {self.url}. Wait for it and run again."
                ) from None
            raise

    def read_json(self, path: str) -> Any:
        return json.loads(self.read_bytes(path))

    def write_json(self, path: str, document: Any) -> None:
        self.write_bytes(path, _json_bytes(document))

    def read_table(self, path: str, columns: list[str] | None = None) -> pl.DataFrame:
        """A Parquet file; raises LakeError when it is not there or not whole."""
        root = self.local_root
        try:
            if root is not None and (root / path).exists():
                return pl.read_parquet(root / path, columns=columns, glob=False)
            return pl.read_parquet(BytesIO(self.read_bytes(path)), columns=columns)
        except pl.exceptions.ComputeError as error:
            raise LakeError(
                f"{path} in {self.url} is damaged ({str(error).splitlines()[0]}). `caplake lake verify` names all"
                " that is, `caplake lake rollback` goes back to the snapshot before."
            ) from None

    def write_table(self, path: str, frame: pl.DataFrame) -> None:
        """A table that is the lake's own and declared nowhere; one of a snapshot is written by its writer."""
        self.write_bytes(path, plain_parquet(frame))

    def scan_table(self, path: str) -> pl.LazyFrame:
        """A Parquet file of which little is wanted, such as its columns or the number of its rows."""
        root = self.local_root
        return pl.scan_parquet(BytesIO(self.read_bytes(path)) if root is None else root / path, glob=False)

    def size_and_sha256(self, path: str) -> tuple[int, str]:
        """Size and hash of a file, however large. Raises LakeError when it is not there."""
        root = self.local_root
        if root is None or not (root / path).exists():
            content = self.read_bytes(path)
            return len(content), hashlib.sha256(content).hexdigest()
        return (root / path).stat().st_size, file_sha256(root / path)

    def remove(self, path: str) -> None:
        if self.exists(path):
            self._opened[0].rm(self.full(path), recursive=True)

    def remove_leftovers(self) -> None:
        """Remove files that a killed process was writing aside. Only for the holder of the lock."""
        if (root := self.local_root) is not None:
            for aside in root.rglob(".*.tmp"):
                shutil.rmtree(aside) if aside.is_dir() else aside.unlink(missing_ok=True)

    # What lies where.

    def snapshots(self) -> list[str]:
        """Snapshot folders, oldest first, committed or not."""
        return [name for name in self.names("snapshots") if SNAPSHOT_PATTERN.match(name)]

    def current(self) -> str | None:
        """The committed snapshot, or None in an empty lake."""
        if not self.exists("current.json"):
            return None
        return str(self.read_json("current.json")["snapshot"])

    def commit(self, snapshot: str, after: str | None) -> None:
        """Make a snapshot the one that readers pin: the one commit point.

        `after` is the snapshot it follows. Raises LakeError when the snapshot has no manifest, or when another
        run committed meanwhile.
        """
        if not self.exists(f"snapshots/{snapshot}/manifest.json"):
            raise LakeError(f"snapshot {snapshot} has no manifest; choose one of `caplake lake list`.")
        version = self.version("current.json")
        if (now := self.current()) != after:
            raise LakeError(f"another run committed {now} meanwhile; {snapshot} was not committed. Run again.")
        self.replace_bytes("current.json", _json_bytes({"snapshot": snapshot}), version)


def _somebody_was_faster(error: OSError) -> bool:
    """Did object storage refuse the condition of a write? Its code is in the client's error, not in the message."""
    answer = getattr(error.__cause__, "response", None) or {}
    return answer.get("Error", {}).get("Code") in ("PreconditionFailed", "ConditionalRequestConflict", "412", "409")


def _json_bytes(document: Any) -> bytes:
    return (json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


@contextmanager
def _guarded(root: Path) -> Iterator[None]:
    """One process at a time; the kernel lets go of the lock when its holder dies."""
    root.mkdir(parents=True, exist_ok=True)
    with (root / ".guard").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
