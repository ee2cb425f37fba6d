"""Proof: whatever a service does, a night ends with the right table or not at all. `python -m tests.proofs.transports`.

The lake before has registers from small files. Every run lets one night fetch all of them from the replay server,
which fails as its seed says, and compares the tables with those of a night in which nothing failed; a night that
gave up must have left the old snapshot live. The next night, undisturbed, must end like the calm one.
Everything that a run writes, logs or raises is searched for the key, in every encoding.
"""

from __future__ import annotations

import argparse
import csv
import logging
import os
import shutil
import tempfile
import traceback
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Final
from unittest.mock import patch
from urllib.parse import quote, quote_plus

import polars as pl

from flows.fetch.attempts import attempts
from flows.night import NightError, new_night
from flows.nightly import run_night
from flows.runner import DirectRunner
from flows.sources.declaration import SOURCES_FOLDER
from schemas import clock
from schemas.lake import Lake, Snapshot
from tests.proofs.proved import Proved, tell
from tests.replay.faults import Faults, seeded
from tests.replay.server import KEY, Replay, replaying

_ROWS: Final = 40
_PAGE: Final = 15
_SETTINGS: Final = {
    "CAPLAKE_RETRY_SECONDS": "0.005",
    "CAPLAKE_ANSWER_SECONDS": "0.3",
    "CAPLAKE_READ_SECONDS": "5",
}
_BUNDLED: Final = {
    "dart": ("dart_company_202503.csv",),
    "kipris_applicants": ("kipris_companies_202411.csv", "kipris_applicants_202411.csv"),
    "kipris_patents": ("kipris_patents_202501.csv",),
    "krx_listed": ("krx_listed_202604.csv",),
    "smart_factory_suppliers": ("suppliers_20250910.csv",),
    "venture": ("venture_new_202603.csv", "venture_short_202603.csv"),
}
_FROM_SAMPLES: Final = ("fsc_outline", "innobiz", "kicox_factories", "koneps_suppliers", "ntis_projects")
_SMALL: Final = [f"rows of {name}" for name in (*_BUNDLED, *_FROM_SAMPLES, "nts_status")]
"""Registers of forty rows are smaller than the real ones, on purpose."""


@dataclass
class Outcome:
    """Of all runs: how they ended, the faults that happened by kind, and everything that went wrong."""

    right: int = 0
    refused: int = 0
    stopped: int = 0
    requests: int = 0
    happened: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    @property
    def runs(self) -> int:
        return self.right + self.refused + self.stopped


@dataclass(frozen=True)
class Night:
    """How one night ended: `problem` is what it raised, with its traceback; `logged` all that was logged."""

    problem: str
    logged: str


def run_seeds(folder: Path, seeds: Sequence[int]) -> Outcome:
    """One run a seed."""
    outcome = Outcome()
    with _settings(folder):
        before, calm = folder / "before", folder / "calm"
        _night_from_files(before)
        shutil.copytree(before, calm)
        with replaying(most=_ROWS, cap=_PAGE) as server:
            ended = _night(calm, server)
            asked = Counter(request.partition(" ")[0] for request in server.requests)
            _night(calm, server)  # what asks about the lake's rows has all of them now
        outcome.problems += [f"calm: {ended.problem}"] if ended.problem else []
        expected = _sources(calm)
        first = _sources_after_one(before, folder / "once")
        for seed in seeds:
            disturbed = folder / "disturbed"
            shutil.copytree(before, disturbed)
            _run(seeded(seed, asked), disturbed, first, expected, outcome, f"seed {seed}")
            shutil.rmtree(disturbed)
    return outcome


def _sources_after_one(before: Path, lake: Path) -> dict[str, pl.DataFrame]:
    """Tables after one undisturbed night over HTTP."""
    shutil.copytree(before, lake)
    with replaying(most=_ROWS, cap=_PAGE) as server:
        _night(lake, server)
    return _sources(lake)


def _run(
    faults: Faults,
    lake: Path,
    first: dict[str, pl.DataFrame],
    expected: dict[str, pl.DataFrame],
    outcome: Outcome,
    what: str,
) -> None:
    """The disturbed night and, where it did not bring the right tables, undisturbed ones: one after a refusal, two
    after a spent quota, since what asks about the lake's rows is then a night behind."""
    live, old = Lake(str(lake)).current(), _sources(lake)
    with replaying(faults, most=_ROWS, cap=_PAGE) as server:
        night = _night(lake, server)
        outcome.requests += len(server.requests)
    for happened in faults.happened:
        kind = happened.rpartition(" ")[2]
        outcome.happened[kind] = outcome.happened.get(kind, 0) + 1
    committed, stopped = Lake(str(lake)).current() != live, _stopped(lake, first)
    problems = _secrets(lake, night)
    if not committed:
        outcome.refused += 1
        problems += [] if night.problem else ["it neither committed nor said why"]
        problems += [f"{name}: the old snapshot changed" for name in _differing(old, _sources(lake))]
    else:
        outcome.stopped += bool(stopped)
        outcome.right += not stopped
        wrong = set(_differing(first, _sources(lake)))
        problems += [f"{name}: not the rows of the register" for name in sorted(wrong - stopped)]
        problems += _strange_rows(stopped & wrong, lake, old, first)
    if stopped or not committed:
        with replaying(most=_ROWS, cap=_PAGE) as server:
            for _ in range(2 if committed else 1):
                ended = _night(lake, server)
                problems += [f"the next night failed: {ended.problem}"] if ended.problem else []
        right = expected if committed else first
        problems += [f"{name}: the next night did not mend it" for name in _differing(right, _sources(lake))]
    outcome.problems += [f"{what} ({', '.join(faults.happened)}): {problem}" for problem in problems]


def _stopped(lake: Path, names: Mapping[str, object]) -> set[str]:
    """Sources whose day's quota was spent; what asks about the lake's rows depends on none of them that night."""
    found = {name: next(attempts(Lake(str(lake)), name), None) for name in names}
    return {
        name
        for name, attempt in found.items()
        if attempt and (attempt.outcome == "stopped" or (attempt.note and "stopped: " in attempt.note))
    }


def _strange_rows(
    names: set[str], lake: Path, old: dict[str, pl.DataFrame], right: dict[str, pl.DataFrame]
) -> list[str]:
    """Where the quota ended the asking, every row must be one of the register, or still one of the snapshot before."""
    problems = []
    for name, table in _sources(lake).items():
        if name in names:
            known = pl.concat([right[name], old[name]] if name in old else [right[name]], how="diagonal")
            shared = [column for column in table.columns if column in known.columns]
            strange = table.join(known, on=shared, how="anti", nulls_equal=True).height
            problems += [f"{name}: {strange} rows that the register never had"] if strange else []
            problems += [f"{name}: a record stands twice"] if table["record_key"].is_duplicated().any() else []
    return problems


def _sources(lake: Path) -> dict[str, pl.DataFrame]:
    snapshot = Snapshot.current(Lake(str(lake)))
    names = [name for name in snapshot.manifest.tables if name.startswith("sources/")]
    return {name.removeprefix("sources/"): snapshot.table(name) for name in names}


def _differing(one: Mapping[str, pl.DataFrame], other: Mapping[str, pl.DataFrame]) -> list[str]:
    return sorted(
        name for name in {*one, *other} if name not in one or name not in other or not one[name].equals(other[name])
    )


def _night(lake: Path, server: Replay) -> Night:
    """One night over HTTP, with everything logged at the finest level."""
    stream = StringIO()
    handler, root = logging.StreamHandler(stream), logging.getLogger()
    level, problem = root.level, ""
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    before = {name: os.environ.get(name) for name in server.environment}
    os.environ.update(server.environment)
    try:
        run_night(new_night(str(lake), [], ["embedded"], accepted=_SMALL), DirectRunner())
    except NightError:
        problem = traceback.format_exc()
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
    return Night(problem, stream.getvalue())


def _secrets(lake: Path, night: Night) -> list[str]:
    """Where the key stands, in any encoding."""
    forms = {KEY, quote(KEY, safe=""), quote_plus(KEY), quote(quote(KEY, safe=""), safe=""), KEY.replace("+", " ")}
    texts = {"its log": night.logged.encode(), "what it raised": night.problem.encode()}
    texts |= {str(path.relative_to(lake)): path.read_bytes() for path in lake.rglob("*") if path.is_file()}
    return [f"the key stands in {name}" for name, text in texts.items() if any(form.encode() in text for form in forms)]


def _night_from_files(lake: Path) -> None:
    drop = lake.parent / "drop"
    for name in _FROM_SAMPLES:
        shutil.copytree(SOURCES_FOLDER / name / "sample", drop / name)
    for name, files in _BUNDLED.items():
        (drop / name).mkdir(parents=True)
        for file in files:
            _first_rows(SOURCES_FOLDER / name / "data" / file, drop / name / file.replace("kipris_", ""))
    run_night(new_night(str(lake), [], ["embedded"], accepted=_SMALL), DirectRunner())


def _first_rows(whole: Path, part: Path) -> None:
    content = whole.read_bytes()
    encoding = "cp949" if "suppliers" in whole.name else "utf-8"
    rows = list(csv.reader(StringIO(content.decode(encoding), newline="")))[: _ROWS // 2]
    with part.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


@contextmanager
def _settings(folder: Path) -> Iterator[None]:
    """Quick retries, files from `folder`, and one day for all nights."""
    given = {**_SETTINGS, "CAPLAKE_DROP": str(folder / "drop")}
    before = {name: os.environ.get(name) for name in given}
    today = clock.today()
    os.environ.update(given)
    try:
        with patch("schemas.clock.today", lambda: today):
            yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1, help="the first one")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        outcome = run_seeds(Path(folder), range(arguments.seed, arguments.seed + arguments.count))
    figures = {
        "nights that services disturbed": outcome.runs,
        "requests": outcome.requests,
        "faults that happened": sum(outcome.happened.values()),
        "of these kinds": len(outcome.happened),
        "nights with the right tables": outcome.right,
        "nights that a spent quota ended early": outcome.stopped,
        "nights that said why and left the old snapshot live": outcome.refused,
    }
    tell(Proved(figures, outcome.problems))


if __name__ == "__main__":
    main()
