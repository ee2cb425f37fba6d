"""Reading one pinned snapshot."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from schemas.lake.layout import Lake, LakeError
from schemas.lake.manifest import Manifest
from schemas.versions import SCHEMA_VERSION, notes_since


@dataclass(frozen=True)
class Snapshot:
    """One pinned snapshot: every read of a request goes through the same one.

    With `checked` a table is compared with the manifest before it is read, where its rows are copied into other tables:
    a file can rot in its values and still be read.
    """

    lake: Lake
    name: str
    checked: bool = False

    @classmethod
    def current(cls, lake: Lake) -> Snapshot:
        """Raises LakeError in a lake that has no committed snapshot."""
        name = lake.current()
        if name is None:
            raise LakeError(f"the lake at {lake.url} is empty. Run `caplake run --lake {lake.url}` to fill it.")
        return cls(lake, name)

    @classmethod
    def of(cls, lake: Lake, manifest: Manifest) -> Snapshot:
        """The snapshot of a manifest that is not written yet: what a night looks at before it commits."""
        snapshot = cls(lake, manifest.snapshot)
        vars(snapshot)["manifest"] = manifest
        return snapshot

    @classmethod
    def named(cls, lake: Lake, name: str) -> Snapshot:
        """The snapshot of this name, or of the one name that begins so; `current` is the one that readers get.

        Raises LakeError when none or several fit.
        """
        if name == "current":
            return cls.current(lake)
        kept = [there for there in lake.snapshots() if lake.exists(f"snapshots/{there}/manifest.json")]
        fitting = [there for there in kept if there.startswith(name)]
        if len(fitting) != 1:
            found = "fits several" if fitting else "is not kept"
            raise LakeError(f"snapshot {name!r} {found}; there are: {', '.join(kept) or 'none'}.")
        return cls(lake, fitting[0])

    @property
    def folder(self) -> str:
        return f"snapshots/{self.name}"

    @cached_property
    def manifest(self) -> Manifest:
        """Raises LakeError where a newer version of the code wrote the snapshot."""
        document = self.lake.read_json(f"{self.folder}/manifest.json")
        written = str(document.get("schema_version", SCHEMA_VERSION))
        if int(written) > int(SCHEMA_VERSION):
            raise LakeError(
                f"snapshot {self.name} has columns of version {written}, this caplake knows up to {SCHEMA_VERSION}. "
                "Install the newer version, or open the Parquet files directly."
            )
        return Manifest.model_validate(document)

    @property
    def schema_notes(self) -> list[str]:
        """What changed in the columns since this snapshot was written; empty for one of this version."""
        return notes_since(self.manifest.schema_version)

    def has(self, table: str) -> bool:
        return table in self.manifest.tables

    def table(self, name: str, columns: list[str] | None = None) -> pl.DataFrame:
        """A gold table, `sources/<source>` or `quarantine/<source>`."""
        path = f"{self.folder}/{name}.parquet"
        if self.checked:
            self._compare(name, self.lake.size_and_sha256(path)[1])
        return self.lake.read_table(path, columns)

    def scan(self, name: str) -> pl.LazyFrame:
        """A table of which a few rows are wanted at a time: of a large one the row groups without them are not read."""
        return self.lake.scan_table(f"{self.folder}/{name}.parquet")

    def columns(self, name: str) -> list[str]:
        """Columns of a table as this snapshot has it. Raises LakeError where it is lost or damaged."""
        return self.collected([self.scan(name).head(0)])[0].columns

    def collected(self, asked: Sequence[pl.LazyFrame]) -> list[pl.DataFrame]:
        """What is asked of scanned tables, at once. Raises LakeError where one of them is lost or damaged."""
        try:
            return pl.collect_all(asked)
        except (pl.exceptions.ComputeError, OSError) as error:
            raise LakeError(
                f"a table of {self.folder} in {self.lake.url} cannot be read ({str(error).splitlines()[0]}). "
                "`caplake lake verify` names all that are damaged."
            ) from None

    def content(self, name: str) -> bytes:
        """A table's file. Raises LakeError where it is not what the manifest says."""
        content = self.lake.read_bytes(f"{self.folder}/{name}.parquet")
        self._compare(name, hashlib.sha256(content).hexdigest())
        return content

    def _compare(self, name: str, sha256: str) -> None:
        if sha256 != self.manifest.tables[name].sha256:
            raise LakeError(
                f"{self.folder}/{name}.parquet in {self.lake.url} is damaged: it is not what its manifest says. "
                "`caplake lake verify` names all that is, `caplake lake rollback` goes back to the snapshot before."
            )

    def index_folder(self, engine: str) -> str:
        return f"index/{engine}/{self.name}"


def committed_snapshots(lake: Lake) -> list[str]:
    """The current snapshot and those it follows, newest first, as far back as they are kept."""
    chain: list[str] = []
    name = lake.current()
    while name is not None and lake.exists(f"snapshots/{name}/manifest.json"):
        chain.append(name)
        name = Snapshot(lake, name).manifest.previous
    return chain
