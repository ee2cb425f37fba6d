"""Proof: fifty nights over changing data, with searches beside them. `python -m tests.proofs.soak --nights 50`.

Nothing may grow beyond what is kept (files, indexes, memory), ids stay, and the change tables add up to the
differences between the first and the last snapshot.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import psutil

from schemas.lake import Lake, Snapshot
from tests.proofs.nights import deliver, night
from tests.proofs.proved import Proved, tell
from tests.proofs.readers import Reader
from transforms.changes import MEMBERS

KEEP = 3

_FILES_A_NIGHT = 3
"""What is kept of every night for good: the attempt, the report (of a hundred nights), ids given to new firms."""

_MEMORY = 1.25
"""Memory may end at so many times what it was at half."""


@dataclass
class Soak:
    """What was measured: bytes of memory after each night, files of the lake after each night, problems."""

    memory: list[int] = field(default_factory=list)
    files: list[int] = field(default_factory=list)
    reads: int = 0
    changes: int = 0
    problems: list[str] = field(default_factory=list)


@dataclass
class Content:
    """Values of every firm by column, as text, and the members of the other compared tables: firm, table, value."""

    firms: dict[str, dict[str, str | None]] = field(default_factory=dict)
    members: set[tuple[str, str, str]] = field(default_factory=set)


def soak(folder: Path, nights: int) -> Soak:
    """Run nights over one lake, each on a new edition."""
    lake, drop, found = folder / "lake", folder / "drop", Soak()
    os.environ["CAPLAKE_DROP"] = str(drop)
    deliver(drop, 0)
    night(lake)
    content = _content(lake)
    ids = _ids(lake)
    with Reader(Lake(str(lake))) as reader:
        for number in range(1, nights + 1):
            deliver(drop, number)
            night(lake)
            before, content = content, _content(lake)
            changes = Snapshot.current(Lake(str(lake))).table("changes")
            found.changes += changes.height
            if wrong := unexplained(before, changes, content):
                found.problems.append(f"night {number}: changes do not add up to the snapshot: {wrong[:3]}")
            moved = {key for key, firm in _ids(lake).items() if ids.setdefault(key, firm) != firm}
            if moved:
                found.problems.append(f"night {number}: records changed their firm id: {sorted(moved)[:3]}")
            found.memory.append(psutil.Process().memory_info().rss)
            found.files.append(sum(1 for path in lake.rglob("*") if path.is_file() and "raw" not in path.parts))
    found.problems += _grown(Lake(str(lake)), found)
    found.reads = reader.reads
    found.problems += reader.problems
    return found


def _grown(lake: Lake, found: Soak) -> list[str]:
    """What grew beyond what is kept."""
    problems = [
        f"{len(kept)} {what} are kept instead of {KEEP}"
        for what, kept in (("snapshots", lake.snapshots()), ("indexes", lake.names("index/embedded")))
        if len(kept) > KEEP
    ]
    half = len(found.files) // 2
    later = len(found.files) - half - 1
    if found.files[-1] > found.files[half] + _FILES_A_NIGHT * later:
        problems.append(f"files grew from {found.files[half]} to {found.files[-1]} in {later} nights")
    # A few nights still fill caches of the process.
    if later >= KEEP * 3 and found.memory[-1] > found.memory[half] * _MEMORY:
        problems.append(f"memory grew from {found.memory[half] >> 20} to {found.memory[-1] >> 20} MB")
    return problems


def _content(lake: Path) -> Content:
    """All that the change tables speak of, as it stands in the committed snapshot."""
    snapshot, content = Snapshot.current(Lake(str(lake))), Content()
    firms = snapshot.table("firms")
    texts = [
        pl.col(name).list.join(" ") if isinstance(kind, pl.List) else pl.col(name).cast(pl.String)
        for name, kind in firms.schema.items()
    ]
    content.firms = {row.pop("firm_id"): row for row in firms.select(texts).iter_rows(named=True)}
    for table, columns in MEMBERS.items():
        for firm, *values in snapshot.table(table, ["firm_id", *columns]).iter_rows():
            content.members.add((firm, table, " ".join(str(value) for value in values if value is not None)))
    return content


def _ids(lake: Path) -> dict[str, str]:
    return dict(Snapshot.current(Lake(str(lake))).table("links", ["record_key", "firm_id"]).iter_rows())


def unexplained(before: Content, changes: pl.DataFrame, now: Content) -> list[str]:
    """Values that stand otherwise in `now` than `before` with the changes of one night; of a new firm only the name
    is told."""
    firms = {firm: dict(values) for firm, values in before.firms.items()}
    members = set(before.members)
    for row in changes.iter_rows(named=True):
        firm, value = row["firm_id"], row["new"] if row["change"] == "added" else row["old"]
        if row["table"] != "firms":
            (members.add if row["change"] == "added" else members.discard)((firm, row["table"], value))
        elif row["change"] == "added":
            firms[firm] = {"name": value}
        elif row["change"] == "removed":
            firms.pop(firm, None)
        else:
            firms[firm][row["column"]] = row["new"]
    wrong = [f"firm {firm}" for firm in firms.keys() ^ now.firms.keys()]
    wrong += [
        f"{column} of {firm}"
        for firm in firms.keys() & now.firms.keys()
        for column, value in firms[firm].items()
        if value != now.firms[firm][column]
    ]
    return sorted(wrong) + [f"{table} of {firm}: {value}" for firm, table, value in sorted(members ^ now.members)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nights", type=int, default=50)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = soak(Path(folder), arguments.nights)
    half = len(found.memory) // 2
    figures = {
        "nights": len(found.memory),
        "searches and reads beside them": found.reads,
        "values that changed, all told": found.changes,
        "memory at half, MB": found.memory[half] >> 20,
        "memory at the end, MB": found.memory[-1] >> 20,
        "files of the lake at half": found.files[half],
        "files of the lake at the end": found.files[-1],
    }
    tell(Proved(figures, found.problems))


if __name__ == "__main__":
    main()
