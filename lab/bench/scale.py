"""The night and the search at growing sizes, on generated registers: time, memory, disk, and how they grow."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from flows.sources.declaration import source_names
from lab.bench.generate import generate
from lab.bench.measure import CAPLAKE, Run, run_process
from lab.bench.questions import PROMISED, WAYS, questions
from lab.bench.report import Figure
from lab.bench.searching import Searched
from lab.bench.serving import Served
from schemas.lake import Lake, Snapshot
from schemas.lake.reports import read_reports

_CHANGED: Final = 0.01
_WORTH_TELLING: Final = 0.1
_FEWEST_SIZES: Final = 2
ACCEPTED: Final = [part for name in source_names() for part in ("--accept", f"rows of {name}")]
"""Generated registers of ten thousand firms are smaller than the real ones, on purpose."""


@dataclass(frozen=True)
class Size:
    """What was measured at one number of firms: three nights, of two of them the seconds of each step, the bytes of
    snapshot and index, and searches.
    """

    firms: int
    records: int
    statements: int
    full: Run
    unchanged: Run
    changed: Run
    full_steps: dict[str, float]
    changed_steps: dict[str, float]
    snapshot_bytes: int
    index_bytes: int
    questions: list[Figure]
    search: Searched
    served: Served


def measure_size(firms: int, folder: Path) -> Size:
    """Three nights (from nothing, unchanged, one firm in a hundred changed) and warm, filtered searches."""
    lake, drop = folder / "lake", folder / "drop"
    generate(drop, firms)
    there = Lake(str(lake))
    full, full_steps = _night(lake, drop), _steps(there)
    unchanged = _night(lake, drop)
    generate(drop, firms, changed=_CHANGED)
    changed, changed_steps = _night(lake, drop), _steps(there)
    snapshot = Snapshot.current(there)
    tables = snapshot.manifest.tables
    return Size(
        firms=tables["firms"].rows,
        records=tables["links"].rows,
        statements=tables["capabilities"].rows,
        full=full,
        unchanged=unchanged,
        changed=changed,
        full_steps=full_steps,
        changed_steps=changed_steps,
        snapshot_bytes=sum(entry.bytes for entry in tables.values()),
        index_bytes=_bytes(lake / snapshot.index_folder("embedded")),
        questions=questions(str(lake), {name: WAYS[name] for name in PROMISED}),
        search=Searched.of(str(lake)),
        served=Served.of(str(lake)),
    )


def scale(sizes: Sequence[int], work: Path | None = None) -> list[Figure]:
    """Figures at every size, and the exponent of each with the number of statements."""
    found = []
    for firms in sizes:
        folder = Path(tempfile.mkdtemp(dir=work))
        try:
            found.append(measure_size(firms, folder))
        finally:
            shutil.rmtree(folder)
    return [figure for size in found for figure in _figures(size)] + _exponents(found)


def _exponents(found: Sequence[Size]) -> list[Figure]:
    """How figures grow with the number of statements: 1 is in proportion to it."""
    if len(found) < _FEWEST_SIZES:
        return []
    grown: Mapping[str, Sequence[float]] = {
        "full night": [size.full.seconds for size in found],
        "full night, memory": [size.full.peak_bytes for size in found],
        "night with one firm in a hundred changed": [size.changed.seconds for size in found],
        "search, processor": [size.search.cpu for size in found],
        "search, p95": [size.search.p95 for size in found],
    }
    statements = np.log([size.statements for size in found])
    return [
        Figure(f"exponent of the {name}", f"{np.polyfit(statements, np.log(values), 1)[0]:.2f}")
        for name, values in grown.items()
    ]


def _night(lake: Path, drop: Path) -> Run:
    return run_process([CAPLAKE, "run", "--lake", str(lake), *ACCEPTED], {"CAPLAKE_DROP": str(drop)})


def _steps(lake: Lake) -> dict[str, float]:
    """Seconds of each step of the newest night, the longest first."""
    seconds: dict[str, float] = read_reports(lake, 1)[0]["seconds"]
    return dict(sorted(seconds.items(), key=lambda step: -step[1]))


def _figures(size: Size) -> list[Figure]:
    search, served = size.search, size.served
    at = f"{size.firms:,} firms, {size.records:,} records, {size.statements:,} statements"
    return [
        Figure(f"{at}: full night", _run(size.full)),
        Figure("- its steps", _told(size.full_steps)),
        Figure("- nothing changed", _run(size.unchanged)),
        Figure("- one firm in a hundred changed", _run(size.changed)),
        Figure("- its steps", _told(size.changed_steps)),
        Figure(
            "- snapshot and index on disk", f"{size.snapshot_bytes / 2**30:.2f} and {size.index_bytes / 2**30:.2f} GiB"
        ),
        *(Figure(f"- {figure.what}", figure.value, figure.target) for figure in size.questions),
        Figure(
            "- filtered hybrid search",
            f"p50 {search.p50:.1f} ms, p95 {search.p95:.1f} ms, p99 {search.p99:.1f} ms, {search.cpu:.1f} CPU-ms",
        ),
        Figure("- product lines found in the first ten", f"{search.product_lines:.3f}"),
        Figure("- recall@100 of the vector leg", f"{search.recall:.4f}", "at least 0.98"),
        Figure(
            "- resident while searching",
            f"{search.resident / 1e9:.2f} GB, of which pages of files {(search.resident - search.own) / 1e9:.2f} GB",
        ),
        Figure("- start of the process to its first answer", f"{search.first_answer:.1f} s"),
        Figure("- start of `caplake serve` to its first answer", f"{served.first_answer:.1f} s"),
        Figure(
            "- a firm's page, suggestions, a look-up by number",
            f"{served.firm_page:.0f} ms, {served.suggestion:.0f} ms, {served.number:.0f} ms",
        ),
        Figure("- first description of a firm", f"{served.first_description:.1f} s"),
        Figure("- most resident in the server after all these", f"{served.peak / 1e9:.2f} GB"),
    ]


def _run(run: Run) -> str:
    return f"{run.seconds:,.1f} s, {run.cpu_seconds:,.1f} CPU-s, {run.peak_bytes / 2**30:.2f} GiB"


def _told(steps: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {seconds:.1f} s" for name, seconds in steps.items() if seconds >= _WORTH_TELLING)


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
