"""`caplake resolve` on any table, and `caplake review` of pairs that a person decides."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from caplake.options import DEFAULT_LAKE, JsonOption, LakeOption, print_json

app = typer.Typer(
    no_args_is_help=True,
    help="What a person decides: open pairs (export, import), takedowns; and how far linking reaches.",
)
ReasonOption = Annotated[str, typer.Option(help="Why, for the ledger.")]


def resolve(
    records: Annotated[Path, typer.Argument(help="CSV with record_id, name and what else is known.")],
    out: Annotated[Path, typer.Option(help="CSV of links to write.")],
) -> None:
    """Which records of a table are one firm; needs no lake."""
    from flows.standalone import resolve_file

    links = resolve_file(records)
    aside = out.with_name(f".{out.name}.tmp")
    links.write_csv(aside)
    aside.replace(out)
    same, probable = links["firm_same"].n_unique(), links["firm_probable"].n_unique()
    print(f"{links.height:,} records: {same:,} firms by sure links, {probable:,} by sure and probable ones -> {out}")


@app.command("export")
def export_pairs(out: Annotated[Path, typer.Argument(help="CSV to write.")], lake: LakeOption = DEFAULT_LAKE) -> None:
    """Write open pairs, both records side by side, with an empty column `decision`."""
    from flows.review import open_pairs
    from schemas.lake import Lake, Snapshot

    pairs = open_pairs(Snapshot.current(Lake(lake)))
    pairs.write_csv(out, include_bom=True)
    print(
        f"{pairs.height:,} open pairs -> {out}; fill in `decision` with same or different, then `caplake review import`"
    )


@app.command("import")
def import_decisions(
    decided: Annotated[Path, typer.Argument(help="The CSV with decisions.")], lake: LakeOption = DEFAULT_LAKE
) -> None:
    """Keep the decisions in the ledger; they count from the next run on."""
    from flows.review import keep_decisions
    from schemas.lake import Lake

    count = keep_decisions(Lake(lake), decided)
    print(f"kept {count} decisions; they count from the next `caplake run` on")


@app.command()
def takedown(
    firm_id: Annotated[str, typer.Argument(help="Id of the firm.")],
    reason: ReasonOption,
    lake: LakeOption = DEFAULT_LAKE,
) -> None:
    """Hide a firm from everything public, from the next run on."""
    from flows.takedown import take_down
    from schemas.lake import Lake

    count = take_down(Lake(lake), firm_id, reason)
    print(f"{firm_id}: {count} records are hidden from the next `caplake run` on")


@app.command()
def lift(
    firm_id: Annotated[str, typer.Argument(help="Id of the firm.")],
    reason: ReasonOption,
    lake: LakeOption = DEFAULT_LAKE,
) -> None:
    """Show a firm again that was taken down."""
    from flows.takedown import lift as lift_takedown
    from schemas.lake import Lake

    count = lift_takedown(Lake(lake), firm_id, reason)
    print(f"{firm_id}: {count} records are shown from the next `caplake run` on")


@app.command()
def coverage(lake: LakeOption = DEFAULT_LAKE, as_json: JsonOption = False) -> None:
    """What reaches the registered suppliers: identifiers, status and evidence, from where, and why not."""
    from schemas.lake import Lake, Snapshot
    from search.snapshot.coverage import registered_coverage

    coverage_now = registered_coverage(Snapshot.current(Lake(lake)))
    if as_json:
        print_json(coverage_now.as_dict())
        return
    print(f"{coverage_now.suppliers:,} registered suppliers of {coverage_now.snapshot}")
    for title, part in coverage_now.parts():
        print(title)
        for label, count in part.items():
            print(f"  {label:<44} {count:>6,}  {count / max(coverage_now.suppliers, 1):6.1%}")
