"""`caplake resolve` on any table, and `caplake review` of pairs that a person decides."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from caplake.options import DEFAULT_LAKE, LakeOption

app = typer.Typer(no_args_is_help=True, help="Pairs of records that a person decides: export, import.")


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
