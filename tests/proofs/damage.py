"""Faults that damage what lies in a lake, or what is delivered to it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from unittest.mock import patch

from schemas.lake import Lake, Snapshot
from tests.proofs.nights import SOURCE

Fault = Callable[[Path], AbstractContextManager[object]]
Damage = Callable[[bytes], bytes]


def damaged_table(name: str, damage: Damage) -> Fault:
    """A table of the committed snapshot is not as it was written; put right afterwards, as from a backup."""

    @contextmanager
    def fault(lake: Path) -> Iterator[None]:
        path = lake / Snapshot.current(Lake(str(lake))).folder / f"{name}.parquet"
        whole = path.read_bytes()
        path.write_bytes(damage(whole))
        try:
            yield
        finally:
            if path.parent.exists():
                path.write_bytes(whole)

    return fault


def damaged_cache(damage: Damage) -> Fault:
    """The tags that the night before kept are not as it wrote them; nobody puts them right."""

    @contextmanager
    def fault(lake: Path) -> Iterator[None]:
        for path in (lake / "cache" / "tags").iterdir():
            path.write_bytes(damage(path.read_bytes()))
        yield

    return fault


def damaged_index(damage: Damage, files: str = "*") -> Fault:
    """Files of the committed snapshot's index, from which the next is renewed, are not as they were written; put right
    afterwards, as from a backup."""

    @contextmanager
    def fault(lake: Path) -> Iterator[None]:
        folder = lake / Snapshot.current(Lake(str(lake))).index_folder("embedded")
        whole = {path: path.read_bytes() for path in folder.rglob(f"{files}.npy")}
        for path, content in whole.items():
            path.write_bytes(damage(content))
        try:
            yield
        finally:
            for path, content in whole.items():
                if path.parent.exists():
                    path.write_bytes(content)

    return fault


def cut(share: float) -> Damage:
    """Only a part of the bytes is there."""
    return lambda whole: whole[: int(len(whole) * share)]


def rotten(whole: bytes) -> bytes:
    """As many bytes as before, some of those that hold values turned."""
    values = len(whole)
    if whole.endswith(b"PAR1"):
        values -= 8 + int.from_bytes(whole[-8:-4], "little")  # the footer's length stands before the last four bytes
    start = values // 3
    turned = bytes(byte ^ 0xFF for byte in whole[start : start + 16])
    return whole[:start] + turned + whole[start + 16 :]


def cut_delivery(share: float) -> Fault:
    """The disk keeps only a part of the delivery's bytes, and says nothing."""
    whole = Lake.write_bytes

    @contextmanager
    def fault(_lake: Path) -> Iterator[None]:
        def write(lake: Lake, path: str, content: bytes) -> None:
            is_delivery = path.startswith("raw/") and path.endswith(".csv")
            whole(lake, path, cut(share)(content) if is_delivery else content)

        with patch.object(Lake, "write_bytes", write):
            yield

    return fault


def cut_drop(share: float) -> Fault:
    """The file was cut on its way to us; the whole one comes afterwards."""

    @contextmanager
    def fault(_lake: Path) -> Iterator[None]:
        (path,) = (Path(os.environ["CAPLAKE_DROP"]) / SOURCE).iterdir()
        whole = path.read_bytes()
        path.write_bytes(cut(share)(whole))
        try:
            yield
        finally:
            path.write_bytes(whole)

    return fault
