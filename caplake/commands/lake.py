"""`caplake lake ...` and `caplake sql`: the lake for operators and analysts."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated

import typer

from caplake.options import DEFAULT_LAKE, JsonOption, LakeOption, print_json
from schemas.lake import Lake, LakeError, Snapshot

app = typer.Typer(no_args_is_help=True, help="Look after the lake: verify, list, rollback, gc, dictionary, export.")


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
    from search.engines.stores import open_store

    there = Lake(lake)
    snapshot = Snapshot.current(there)
    problems = [
        f"table {name} is not what its manifest says"
        for name, entry in snapshot.manifest.tables.items()
        if hashlib.sha256(there.read_bytes(f"{snapshot.folder}/{name}.parquet")).hexdigest() != entry.sha256
    ]
    rows = snapshot.manifest.tables["capabilities"].rows
    counts = {engine: open_store(engine, there).count(snapshot.name) for engine in snapshot.manifest.engines}
    problems += [
        f"the {engine} index has {count} statements instead of {rows}; `caplake run` builds it anew"
        for engine, count in counts.items()
        if count != rows
    ]
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
def dictionary(as_json: JsonOption = False) -> None:
    """Every table and column: type, meaning, example."""
    from schemas.dictionary import data_dictionary

    entries = data_dictionary()
    if as_json:
        print_json(entries)
        return
    for table in entries:
        print(f"\n{table['table']}  (one row per {', '.join(table['key']) or 'change'})")
        for column in table["columns"]:
            print(f"  {column['name']:<24}{column['type']:<14}{column['en']} / {column['ko']}")


@app.command()
def export(
    out: Annotated[Path, typer.Argument(help="A .duckdb or .xlsx file, or a folder for CSV.")],
    lake: LakeOption = DEFAULT_LAKE,
) -> None:
    """The gold tables as one DuckDB file or a folder of CSV files; those that people read in sheets as XLSX."""
    from caplake.exporting import export_tables

    export_tables(Snapshot.current(Lake(lake)), out)
    print(f"wrote {out}")


def sql(
    query: Annotated[str, typer.Argument(help="A SELECT over the tables by their names.")],
    lake: LakeOption = DEFAULT_LAKE,
    as_json: JsonOption = False,
) -> None:
    """Ask the lake in SQL, read-only; every table goes by its name."""
    from caplake.exporting import query_tables

    frame = query_tables(Snapshot.current(Lake(lake)), query)
    if as_json:
        print_json(frame.to_dicts())
    else:
        print(frame)
