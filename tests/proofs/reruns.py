"""The same registers in any order: ten reruns with rows and sources shuffled end with the same ids and the same bytes.

python -m tests.proofs.reruns [--count 10]
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from unittest import mock

from flows.fetch.files import DROP_VARIABLE
from flows.night import Night
from flows.sources import load_source
from flows.steps import collect, describe, resolve, validate
from tests.proofs.proved import Proved, tell

SOURCES: Final = (*("dart", "kipris_applicants", "kipris_patents", "krx_listed", "smart_factory_suppliers", "venture"),)
_SNAPSHOT: Final = "2026-11-26T000000Z"
_ENCODINGS: Final = ("utf-8-sig", "cp949")


def rerun(folder: Path, sources: Sequence[str], seed: int | None) -> dict[str, str]:
    """Hashes of all tables and of the ledger of a first night over the bundled registers in a lake of its own.

    With a seed, the rows of every file and the sources stand in another order.
    """
    order = list(sources)
    chance = random.Random(seed)
    if seed is not None:
        chance.shuffle(order)
    drop = folder / "drop"
    for name in sources:
        _lay_out(drop, name, None if seed is None else chance)
    night = Night(str(folder / "lake"), _SNAPSHOT, tuple(order), ())
    with mock.patch.dict(os.environ, {DROP_VARIABLE: str(drop)}):
        for name in order:
            validate(night, collect(night, name))
    resolve(night, order)
    describe(night, order)
    lake = folder / "lake"
    kept = sorted(lake.glob("snapshots/**/*.parquet")) + sorted(lake.glob("ledger/firm_ids/*.parquet"))
    return {str(path.relative_to(lake)): hashlib.sha256(path.read_bytes()).hexdigest() for path in kept}


def reruns(folder: Path, sources: Sequence[str], count: int) -> Proved:
    """`count` shuffled reruns beside one in the order of the files."""
    first = rerun(folder / "first", sources, None)
    problems = []
    for seed in range(count):
        again = rerun(folder / str(seed), sources, seed)
        differing = sorted(name for name in first.keys() | again.keys() if first.get(name) != again.get(name))
        problems += [f"seed {seed}: {name} differs" for name in differing if "quarantine" not in name]
    tables = len([name for name in first if "quarantine" not in name])
    return Proved({"shuffled reruns": count, "sources": len(sources), "tables and ledgers compared": tables}, problems)


def _lay_out(drop: Path, source: str, chance: random.Random | None) -> None:
    """The bundled editions of a source as an operator would drop them, their rows in another order with `chance`."""
    declared = load_source(source)
    (drop / source).mkdir(parents=True)
    for edition in declared.editions:
        content = (declared.folder / "data" / edition.file).read_bytes()
        if chance is not None:
            content = _shuffled(content, chance)
        stem, suffix = Path(edition.file).stem, Path(edition.file).suffix
        (drop / source / f"{stem}_{edition.as_of:%Y%m%d}{suffix}").write_bytes(content)


def _shuffled(content: bytes, chance: random.Random) -> bytes:
    """A CSV with its records in another order; a record may span lines within quotes."""
    encoding = next(name for name in _ENCODINGS if _reads(content, name))
    head, *lines = content.decode(encoding).splitlines(keepends=True)
    records: list[str] = []
    for line in lines:
        if records and records[-1].count('"') % 2:
            records[-1] += line
        else:
            records.append(line if line.endswith("\n") else line + "\n")
    chance.shuffle(records)
    return (head + "".join(records)).encode(encoding)


def _reads(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=10)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        tell(reruns(Path(scratch), SOURCES, arguments.count))
