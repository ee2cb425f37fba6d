"""`caplake sources`: what flows into the lake, and how it stands."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from caplake.options import DEFAULT_LAKE, JsonOption, LakeOption, print_json

app = typer.Typer(no_args_is_help=True, help="Sources: list, new, check, status.")


@app.command("list")
def list_sources(as_json: JsonOption = False) -> None:
    """Every declared source."""
    from flows.sources import load_source
    from flows.sources.declaration import source_names

    declared = [load_source(name) for name in source_names()]
    if as_json:
        print_json(
            [
                {
                    "name": s.name,
                    "title": s.title.model_dump(),
                    "publisher": s.publisher,
                    "licence": s.licence,
                    "enabled": s.enabled,
                }
                for s in declared
            ]
        )
        return
    for source in declared:
        print(f"{source.name:<26}{source.title.ko} / {source.title.en}{'' if source.enabled else '  (off)'}")


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="Name of the source: small letters, digits and _.")],
    file: Annotated[Path, typer.Option("--from", help="A file of the register: CSV, XLSX, JSON, HTML or Parquet.")],
    name_column: Annotated[str | None, typer.Option(help="The column with the firms' names, if none is found.")] = None,
) -> None:
    """Look at a register's file and write a source folder for it, to be read over."""
    from flows.sources.scaffold import scaffold

    folder, notes = scaffold(name, file, name_column)
    for note in notes:
        print(f"  {note}")
    print(f"wrote {folder}/source.yaml. Read it over, then: caplake sources check {name}")


@app.command()
def check(
    name: str, rows: Annotated[int, typer.Option(min=0, help="Sample rows to show.")] = 3, as_json: JsonOption = False
) -> None:
    """Run a source dry: counts, a sample, and what is refused and why. Writes nothing."""
    from flows.sources.checking import dry_run

    result = dry_run(name)
    if as_json:
        print_json(result.as_dict())
        return
    few = ", ".join(result.files[:3]) + (f" and {len(result.files) - 3:,} more" if len(result.files) > 3 else "")
    print(f"{name}: {result.read:,} read, {result.valid.height:,} valid, {result.lost:,} refused ({few})")
    print(f"dropped headers: {', '.join(result.dropped) or 'none'}")
    for remark in result.remarks:
        print(remark)
    for (rule, kept), part in sorted(result.refused.group_by("rule", "row_kept"), key=lambda item: str(item[0])):
        what = "values (row kept)" if kept else "rows"
        print(f"  {rule}: {part.height:,} {what}, e.g. line {part['line'][0]}: {part['value'][0]!r}")
    if rows:
        for number, row in enumerate(result.valid.head(rows).iter_rows(named=True), 1):
            print(f"row {number}: " + "  ".join(f"{key}={value}" for key, value in row.items() if value is not None))


@app.command()
def status(lake: LakeOption = DEFAULT_LAKE, as_json: JsonOption = False) -> None:
    """Per source: live, from a file or bundled; as-of date, rows, refused, new or changed, and the last attempt."""
    from flows.sources.checking import source_status

    rows = source_status(lake)
    if as_json:
        print_json(rows)
        return
    for row in rows:
        counts = f"{row['valid']:>9,} valid {row['quarantined']:>6,} refused {row['changed'] + row['new']:>7,} new"
        print(f"{row['source']:<26}{row['mode']:<9}{row['as_of'] or '-':<12}{counts}" + _tried(row))
        for remark in (*row["remarks"], *([row["say"]] if row["say"] else [])):
            print(f"{'':<26}{remark}")


def _tried(row: dict[str, Any]) -> str:
    tried = row["last_attempt"]
    return f"  {tried['outcome']} {tried['at']}" if tried else ""
