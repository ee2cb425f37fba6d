"""A delivery: the exact bytes of a source, and the receipt that says what came when."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from schemas.lake import Lake
from schemas.lake.layout import name_after, timestamp


@dataclass(frozen=True)
class RawFile:
    """One file as fetched, not yet kept."""

    name: str
    content: bytes
    as_of: date
    grain: str | None = None


class ReceivedFile(BaseModel):
    """`folder` is where the bytes lie when an earlier delivery kept them; `rows` is the content hash of an answer's
    rows, since its bytes also hold times and counters. `asked` is what a request was about: every row of the file
    gets these values as columns. `url` has no key.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    sha256: str
    bytes: int
    as_of: date
    grain: str | None
    folder: str | None = None
    rows: str | None = None
    asked: dict[str, str] = Field(default_factory=dict)
    url: str | None = None
    etag: str | None = None
    modified: str | None = None


class Delivery(BaseModel):
    """A kept delivery: `folder` in the lake holds the files and `receipt.json`, which is this document.

    `transport` says where it came from: `bundled`, `file`, or the name of a service.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str
    folder: str
    transport: str
    received_at: str
    files: list[ReceivedFile]

    @property
    def content_hash(self) -> str:
        files = "|".join(f"{f.name}:{f.rows or f.sha256}:{f.as_of}:{f.grain}" for f in self.files)
        return hashlib.sha256(files.encode()).hexdigest()

    @property
    def as_of(self) -> date:
        return max(file.as_of for file in self.files)

    def path(self, file: ReceivedFile) -> str:
        return f"{file.folder or self.folder}/{file.name}"


def read_file(lake: Lake, delivery: Delivery, file: ReceivedFile) -> bytes:
    """Bytes of a kept file. Raises ValueError when they are not those of the receipt."""
    content = lake.read_bytes(delivery.path(file))
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise ValueError(
            f"{delivery.path(file)} is not what its receipt says. Restore it from a backup, or remove its folder from "
            "the lake and run again to take the source anew."
        )
    return content


def latest_delivery(lake: Lake, source: str) -> Delivery | None:
    """The newest complete delivery: one whose receipt, written last, is there."""
    for folder in reversed(lake.names(f"raw/{source}")):
        if lake.exists(f"raw/{source}/{folder}/receipt.json"):
            return kept_delivery(lake, f"raw/{source}/{folder}")
    return None


def kept_delivery(lake: Lake, folder: str) -> Delivery:
    """The delivery in a raw folder. Raises LakeError when its receipt is not there."""
    return Delivery.model_validate(lake.read_json(f"{folder}/receipt.json"))


def fresh_folder(lake: Lake, source: str) -> str:
    """A raw folder that nothing lies in, named to come after every other one of the source."""
    return f"raw/{source}/{name_after(max(lake.names(f'raw/{source}'), default=None))}"


def received(file: RawFile, **facts: str | Mapping[str, str] | None) -> ReceivedFile:
    """The receipt's line of a file."""
    return ReceivedFile(
        name=file.name,
        sha256=hashlib.sha256(file.content).hexdigest(),
        bytes=len(file.content),
        as_of=file.as_of,
        grain=file.grain,
        **facts,
    )


def keep(lake: Lake, source: str, files: list[RawFile], transport: str) -> Delivery:
    """Keep the bytes and write the receipt last; bytes the lake already has are not kept twice.

    What was written is read again before the receipt: a delivery that a broken disk cut would never be taken anew.
    """
    delivery = Delivery(
        source=source,
        folder=fresh_folder(lake, source),
        transport=transport,
        received_at=timestamp(),
        files=[received(file) for file in files],
    )
    known = latest_delivery(lake, source)
    if known is not None and known.content_hash == delivery.content_hash and known.transport == transport:
        return known
    for file in files:
        lake.write_bytes(f"{delivery.folder}/{file.name}", file.content)
    for kept in delivery.files:
        read_file(lake, delivery, kept)
    lake.write_json(f"{delivery.folder}/receipt.json", delivery.model_dump(mode="json"))
    return delivery
