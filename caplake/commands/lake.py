"""`caplake lake ...` and `caplake sql`: the lake for operators and analysts."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Final

import polars as pl
import typer

from caplake.commands.night import EngineSet
from caplake.options import DEFAULT_LAKE, JsonOption, LakeOption, print_json
from schemas.lake import Lake, LakeError, Snapshot
from schemas.lake.reader import committed_snapshots

app = typer.Typer(
    no_args_is_help=True, help="Look after the lake: verify, list, rollback, gc, dictionary, changes, export."
)

SnapshotOption = Annotated[str, typer.Option(help="A snapshot, or the beginning of its name.")]
OutOption = Annotated[Path | None, typer.Option(help="Write to this .csv, .parquet or .xlsx file.")]

_MOST_SHOWN: Final = 50


@app.command("list")
def list_snapshots(lake: LakeOption = DEFAULT_LAKE, as_json: JsonOption = False) -> None:
    """Snapshots, oldest first, and which one readers get."""
    there = Lake(lake)
    current = there.current()
    rows = []
    for name in there.snapshots():
        if there.exists(f"snapshots/{name}/manifest.json"):
            manifest = Snapshot(there, name).manifest
            rows.append(
                {
                    "snapshot": name,
                    "current": name == current,
                    "firms": manifest.tables["firms"].rows,
                    "model": manifest.model,
                    "schema_version": manifest.schema_version,
                }
            )
    if as_json:
        print_json(rows)
        return
    for row in rows:
        print(f"{'*' if row['current'] else ' '} {row['snapshot']}  {row['firms']:,} firms")


@app.command()
def verify(lake: LakeOption = DEFAULT_LAKE, as_json: JsonOption = False) -> None:
    """Check every table of the current snapshot against its manifest, and every index against its tables."""
    from flows.recovery import problems_of

    snapshot = Snapshot.current(Lake(lake))
    problems = problems_of(snapshot)
    if as_json:
        print_json({"snapshot": snapshot.name, "problems": problems})
    elif not problems:
        tables, engines = len(snapshot.manifest.tables), len(snapshot.manifest.engines)
        print(f"snapshot {snapshot.name}: {tables} tables and {engines} index as they should be")
    if problems:
        raise LakeError("; ".join(problems) + ". `caplake lake rollback` goes back to the snapshot before.")


@app.command()
def rollback(
    to: Annotated[str | None, typer.Option(help="Snapshot to go back to; the one before by default.")] = None,
    lake: LakeOption = DEFAULT_LAKE,
) -> None:
    """Make an earlier snapshot the one that readers get, on every engine."""
    from flows.recovery import roll_back

    before, now = roll_back(Lake(lake), to)
    print(f"current snapshot is {now} (was {before})")


@app.command()
def gc(
    keep: Annotated[int, typer.Option(min=1, help="Snapshots to keep.")] = 3, lake: LakeOption = DEFAULT_LAKE
) -> None:
    """Remove snapshots beyond the newest ones and leftovers of runs that never committed."""
    from flows.recovery import clean_up

    gone = clean_up(Lake(lake), keep)
    print(f"removed {len(gone)} snapshots" + (": " + ", ".join(gone) if gone else ""))


@app.command()
def backfill(
    receipt: Annotated[
        list[str] | None, typer.Option(help="SOURCE=TIME of the kept delivery to take (a folder of raw/SOURCE/).")
    ] = None,
    engine: Annotated[EngineSet, typer.Option(help="Which indexes to build.")] = EngineSet.embedded,
    keep: Annotated[int, typer.Option(min=1, help="Snapshots to keep.")] = 3,
    accept: Annotated[
        list[str] | None, typer.Option(help="Name of a gate that may be broken this once; it is recorded.")
    ] = None,
    lake: LakeOption = DEFAULT_LAKE,
    as_json: JsonOption = False,
) -> None:
    """A night that asks nobody: kept deliveries are read anew, of the named sources those of the times given."""
    from flows.night import ENGINES, NightError
    from flows.nightly import run_night
    from flows.recovery import backfill_night
    from flows.runner import DirectRunner

    pairs = [entry.partition("=")[::2] for entry in receipt or []]
    if wrong := [source for source, received in pairs if not received]:
        raise NightError(f"--receipt takes SOURCE=TIME, not {wrong[0]!r}.")
    night = backfill_night(lake, dict(pairs), ENGINES[engine.value], keep, accept or [])
    report = run_night(night, DirectRunner())
    if as_json:
        print_json(report.as_dict())
    else:
        print(f"nothing changed since {night.before}" if report.unchanged else f"committed snapshot {report.snapshot}")


@app.command()
def dictionary(
    as_json: JsonOption = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print docs/dictionary.md.")] = False,
) -> None:
    """Every table and column: grain, type, meaning, source, example, licence."""
    from caplake.documents import dictionary_markdown
    from schemas.dictionary import data_dictionary

    entries = data_dictionary()
    if as_json:
        print_json(entries)
        return
    if markdown:
        print(dictionary_markdown(), end="")
        return
    for table in entries:
        print(f"\n{table['table']}  (one row: {table['grain']})")
        for column in table["columns"]:
            print(f"  {column['name']:<24}{column['type']:<14}{column['en']} / {column['ko']}")


@app.command()
def export(
    out: Annotated[Path, typer.Argument(help="A .duckdb or .xlsx file, or a folder for CSV.")],
    lake: LakeOption = DEFAULT_LAKE,
    snapshot: SnapshotOption = "current",
) -> None:
    """The gold tables as one DuckDB file or a folder of CSV files; those that people read in sheets as XLSX.

    Each comes with the licences of its sources and the dictionary of its columns.
    """
    from caplake.exporting import export_tables

    export_tables(_snapshot(lake, snapshot), out)
    print(f"wrote {out}")


@app.command()
def changes(
    before: Annotated[str, typer.Argument(help="A snapshot, or the beginning of its name.")],
    now: Annotated[str, typer.Argument(help="Another one; by default the one that readers get.")] = "current",
    lake: LakeOption = DEFAULT_LAKE,
    out: OutOption = None,
    as_json: JsonOption = False,
) -> None:
    """What changed between any two snapshots, firm by firm, and in the meaning of the columns."""
    from flows.takedown import hidden_firms
    from transforms.changes import COMPARED, changes_table

    there = Lake(lake)
    pair = [Snapshot.named(there, name) for name in (before, now)]
    hidden = hidden_firms(there)
    tables = [name for name in COMPARED if all(snapshot.has(name) for snapshot in pair)]
    then, later = (
        {name: snapshot.table(name).filter(~pl.col("firm_id").is_in(hidden)) for name in tables} for snapshot in pair
    )
    frame = changes_table(then, later, pair[1].table("redirects") if pair[1].has("redirects") else None)
    _tell_versions(pair[0])
    _put(frame.sort("table", "change", "firm_id", "column", "old", "new"), pair[1], out, as_json)


def sql(
    query: Annotated[str, typer.Argument(help="A SELECT over the tables by their names.")],
    lake: LakeOption = DEFAULT_LAKE,
    snapshot: SnapshotOption = "current",
    panel: Annotated[
        bool, typer.Option("--panel", help="All kept snapshots at once; every table has the column `snapshot`.")
    ] = False,
    out: OutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask the lake in SQL, read-only; every table goes by its name (`firms`, `source_venture` ...)."""
    from caplake.querying import query_tables

    newest = _snapshot(lake, snapshot)
    asked = [Snapshot(newest.lake, name) for name in committed_snapshots(newest.lake)] if panel else [newest]
    _tell_versions(asked[-1])
    _put(query_tables(asked, query, panel=panel), newest, out, as_json)


def _snapshot(lake: str, name: str) -> Snapshot:
    return Snapshot.named(Lake(lake), name)


def _tell_versions(snapshot: Snapshot) -> None:
    """Tell a reader of an older snapshot, beside the answer, what changed in the columns since."""
    for note in snapshot.schema_notes:
        print(f"columns of {snapshot.name} are older: {note}", file=sys.stderr)


def _put(frame: pl.DataFrame, snapshot: Snapshot, out: Path | None, as_json: bool) -> None:
    from caplake.exporting import write_result

    if out is not None:
        write_result(frame, snapshot, out)
        print(f"wrote {frame.height:,} rows to {out}")
    elif as_json:
        print_json(frame.to_dicts())
    else:
        with pl.Config(tbl_rows=_MOST_SHOWN, tbl_cols=-1, fmt_str_lengths=60, tbl_hide_dataframe_shape=True):
            print(frame)
        print(f"{frame.height:,} rows" + (f", {_MOST_SHOWN} shown" if frame.height > _MOST_SHOWN else ""))
