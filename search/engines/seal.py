"""Hashes of an index's files, beside them: files that rotted are not carried on into the next index."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from schemas.lake.layout import file_sha256

_FILE: Final = "sha256.json"


def seal(folder: Path, parts: Sequence[str]) -> None:
    """Keep the hashes of these files, and of all files in those of `parts` that are folders."""
    places = [folder / part for part in parts]
    files = [file for place in places for file in (place.rglob("*") if place.is_dir() else [place])]
    hashes = {str(file.relative_to(folder)): file_sha256(file) for file in files}
    (folder / _FILE).write_text(json.dumps(hashes, indent=1, sort_keys=True), encoding="utf-8")


def is_unbroken(folder: Path) -> bool:
    """Is every sealed file what was written? False where nothing was sealed."""
    try:
        told = json.loads((folder / _FILE).read_bytes())
        return bool(told) and all(file_sha256(folder / name) == sha256 for name, sha256 in told.items())
    except (OSError, ValueError):
        return False
