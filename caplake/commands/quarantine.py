"""`caplake quarantine`: what was refused, and bringing it in after a fix."""

from __future__ import annotations

from typing import Annotated

import polars as pl
import typer

from caplake.commands.night import EngineSet
from caplake.options import DEFAULT_LAKE, JsonOption, LakeOption, print_json
from schemas.lake import Lake, LakeError, Snapshot

app = typer.Typer(no_args_is_help=True, help="Refused rows and values: list, show, replay.")


@app.command("list")
def list_refused(lake: LakeOption = DEFAULT_LAKE, as_json: JsonOption = False) -> None:
    """Per source and rule, how much was refused."""
    rows = [
        {"source": source, "rule": rule, "rows": part.height, "row_kept": bool(part["row_kept"].all())}
        for source, table in _tables(lake)
        for (rule,), part in sorted(table.group_by("rule"), key=lambda item: str(item[0]))
    ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        print(f"{row['source']:<26}{row['rule']:<36}{row['rows']:>7,} {'values' if row['row_kept'] else 'rows'}")
    if not rows:
        print("nothing was refused")


@app.command()
def show(source: str, lake: LakeOption = DEFAULT_LAKE, as_json: JsonOption = False) -> None:
    """Every refusal of a source: file, line, rule, column, value."""
    found = dict(_tables(lake))
    if source not in found:
        raise LakeError(f"no quarantine of {source!r}; there are: {', '.join(found) or 'none'}")
    if as_json:
        print_json(found[source].to_dicts())
        return
    with pl.Config(tbl_rows=-1, fmt_str_lengths=60, tbl_hide_dataframe_shape=True):
        print(found[source].select("file", "line", "rule", "column", "value", "row_kept"))


@app.command()
def replay(
    source: str,
    dry: Annotated[bool, typer.Option("--dry", help="Only say what it would bring.")] = False,
    engine: Annotated[EngineSet, typer.Option(help="Which indexes to build.")] = EngineSet.embedded,
    accept: Annotated[list[str] | None, typer.Option(help="Name of a gate that may be broken this once.")] = None,
    lake: LakeOption = DEFAULT_LAKE,
) -> None:
    """Read a source's kept bytes again after its declaration was mended, and bring in what it takes. Asks nobody."""
    from flows.night import ENGINES
    from flows.nightly import run_night
    from flows.recovery import backfill_night
    from flows.runner import DirectRunner
    from flows.sources.checking import reading

    result, before = reading(Lake(lake), source)
    print(f"{source}: {result.valid.height:,} valid (was {before.valid:,}), {result.lost:,} refused", end=" ")
    print(f"(was {before.quarantined:,})")
    if dry:
        return
    report = run_night(backfill_night(lake, {}, ENGINES[engine.value], accepted=accept or []), DirectRunner())
    if report.committed:
        print(f"committed snapshot {report.snapshot}")
    else:
        print(f"nothing changed; mend {source}/source.yaml (`caplake quarantine show {source}` lists what is refused)")


def _tables(lake: str) -> list[tuple[str, pl.DataFrame]]:
    snapshot = Snapshot.current(Lake(lake))
    names = [name for name in snapshot.manifest.tables if name.startswith("quarantine/")]
    return [
        (name.removeprefix("quarantine/"), table) for name in sorted(names) if (table := snapshot.table(name)).height
    ]
