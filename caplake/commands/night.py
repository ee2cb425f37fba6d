"""`caplake run`: the night, in this process."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from caplake.options import DEFAULT_LAKE, JsonOption, LakeOption, print_json


class EngineSet(StrEnum):
    embedded = "embedded"
    opensearch = "opensearch"
    both = "both"


def run(
    source: Annotated[list[str] | None, typer.Option(help="Only these sources; repeat for several.")] = None,
    engine: Annotated[EngineSet, typer.Option(help="Which indexes to build.")] = EngineSet.embedded,
    lake: LakeOption = DEFAULT_LAKE,
    keep: Annotated[int, typer.Option(min=1, help="Snapshots to keep.")] = 3,
    accept: Annotated[
        list[str] | None, typer.Option(help="Name of a gate that may be broken this once; it is recorded.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Run the night here: take the registers, check, link, describe, index, and commit a new snapshot."""
    from flows.night import ENGINES, new_night
    from flows.nightly import run_night
    from flows.runner import DirectRunner

    console = Console(stderr=True)
    with console.status("starting") as status:

        def on_step(step: str, seconds: float | None) -> None:
            if seconds is None:
                status.update(step.replace("_", " "))
            elif not as_json:
                console.print(f"  {step.replace('_', ' '):<18}{seconds:6.1f} s", highlight=False)

        night = new_night(lake, source or [], ENGINES[engine.value], keep, accept or [])
        report = run_night(night, DirectRunner(on_step))
    if as_json:
        print_json(report.as_dict())
    elif report.unchanged:
        console.print(f"nothing changed since snapshot {night.lake.current()}; no new tables")
    else:
        table = Table("source", "as of", "read", "valid", "quarantined", "new", "changed", "gone", box=None)
        for name, e in report.sources.items():
            counts = (e.read, e.valid, e.quarantined, e.new, e.changed, e.gone)
            table.add_row(name, str(e.as_of), *(f"{n:,}" for n in counts))
        console.print(table)
        console.print(f"committed snapshot {report.snapshot}")
    for warning in report.warnings:
        console.print(f"warning: {warning}", highlight=False)
