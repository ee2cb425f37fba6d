"""docs/dictionary.md, out of the declared tables, sources and versions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flows.sources import Source, load_sources
from schemas.dictionary import data_dictionary
from schemas.versions import VERSIONS

_HEAD = """# Data dictionary

Made by `caplake lake dictionary --markdown` from the declared tables (`schemas/`) and sources (`flows/sources/`):
do not edit it, run `make docs`. The same entries are in `dictionary.json` of every snapshot, in the metadata of every
Parquet file (`caplake.dictionary`) and on the page `/data`. How things are named: [naming.md](naming.md). How to query
them: [analysts.md](analysts.md).

Every table about firms has `firm_id`. Codes are strings, dates are dates, times UTC. "null" says what a missing value
means; where it is empty the column is never missing. "personal" says what may point to a person; "-" means nothing.
"""


def dictionary_markdown() -> str:
    """The whole page."""
    tables = data_dictionary()
    lines = [_HEAD, "## Tables", "", "| table | one row is | key | what |", "|---|---|---|---|"]
    lines += [
        f"| [{name}](#{_anchor(name)}) | {t['grain']} | {', '.join(t['key']) or '(whole row)'} | {t['en']} |"
        for t in tables
        for name in [t["table"]]
    ]
    for table in tables:
        lines += ["", *_table(table)]
    lines += ["", "## Sources", ""]
    for source in load_sources():
        lines += [*_source(source), ""]
    lines += ["## Versions of the columns", ""]
    lines += ["`schema_version` in `manifest.json` says with which one a snapshot was written.", ""]
    for version in reversed(VERSIONS):
        lines += [f"* **{version.number}** ({version.day}): " + " ".join(version.notes)]
    return "\n".join(lines) + "\n"


def _table(table: dict[str, Any]) -> Iterator[str]:
    yield from (f"### {table['table']}", "", f"{table['en']} / {table['ko']}.", "")
    yield f"* One row is {table['grain']} / {table['grain_ko']}."
    yield f"* Key: {', '.join(table['key']) or 'none'}. Order of the rows: {', '.join(table['order']) or 'as read'}."
    yield f"* Made from: {table['made_from']}."
    yield f"* Licence: {table['licence']}."
    yield from (f"* Beware: {warning['en']} / {warning['ko']}" for warning in table["warnings"])
    yield from ("", "| column | type | meaning | source | example | null | personal |", "|---|---|---|---|---|---|---|")
    yield from map(_column, table["columns"])


def _column(column: dict[str, Any]) -> str:
    unit = f", {column['unit']}" if column["unit"] and column["unit"] != "date" else ""
    meaning = f"{column['en']} / {column['ko']}"
    if column["values"]:
        meaning += f" ({', '.join(column['values'])})"
    personal = "-" if column["personal"] == "none" else column["personal"]
    name = f"**{column['name']}**" if column["key"] else column["name"]
    cells = (name, column["type"] + unit, meaning, column["source"], column["example"], column["null"], personal)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _source(source: Source) -> Iterator[str]:
    yield from (f"### {source.name}", "", f"{source.title.en} / {source.title.ko}. {source.publisher}.", "")
    yield f"* Licence: {source.licence}. {source.cadence.capitalize()}, <{source.landing_page}>."
    yield f"* Columns: {', '.join(sorted({*source.columns, *source.constants}))}."
    dropped = sorted({*source.personal, *source.dropped})
    if dropped:
        yield f"* Left out at the door (personal or of no use): {', '.join(dropped)}."
    yield from (f"* Beware: {caution.en} / {caution.ko}" for caution in source.cautions)


def _anchor(table: str) -> str:
    return "".join(letter for letter in table if letter.isalnum() or letter in "_-")
