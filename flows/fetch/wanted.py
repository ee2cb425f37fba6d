"""What to ask services about that answer about one item each: taken from the committed snapshot."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from flows.fetch.delivery import kept_delivery
from flows.fetch.lookups import Item
from flows.fetch.statuses import Asked
from flows.sources.declaration import Source, load_source, source_names
from flows.sources.parsing import read_delivery
from flows.sources.reading import read_table
from schemas.lake import Lake, Snapshot
from transforms import records


def companies_of(code_list: bytes) -> list[Item]:
    """Companies of OpenDART's list of codes that are worth asking about, listed ones first, newest change first."""
    table = read_table(code_list, "corpCode.zip").frame
    rows = table.sort(
        pl.col("stock_code").is_null(), pl.col("modify_date"), "corp_code", descending=[False, True, False]
    )
    return [Item(code, {}) for code in rows["corp_code"].drop_nulls()]


def applicants(lake: Lake) -> list[Item]:
    """Applicant numbers of the committed snapshot's firms: registered suppliers first."""
    if lake.current() is None:
        return []
    snapshot = Snapshot.current(lake)
    firms = snapshot.table("firms").select("firm_id", "name", "is_registered_supplier")
    numbers = snapshot.table("identifiers").filter(pl.col("scheme") == "applicant_no")
    rows = (
        numbers.join(firms, on="firm_id")
        .sort("is_registered_supplier", "value", descending=[True, False])
        .unique("value", keep="first", maintain_order=True)
    )
    return [Item(row["value"], {"asked_name": row["name"]}) for row in rows.iter_rows(named=True)]


def business_numbers(lake: Lake) -> list[Asked]:
    """Every business number of the deliveries behind the committed snapshot, with the record it stands in.

    Numbers of sole traders are read from the raw bytes and live in this list alone. A number of several records is
    asked about once, under the smallest record key.
    """
    if lake.current() is None:
        return []
    manifest = Snapshot.current(lake).manifest
    found: dict[str, Asked] = {}
    for name in sorted(set(manifest.sources) & set(source_names())):
        source = load_source(name)
        if "business_no" in source.columns and "about" not in source.columns:
            for asked in _numbers_of(lake, source, manifest.sources[name].receipt):
                known = found.get(asked.number)
                if known is None or asked.about < known.about:
                    found[asked.number] = asked
    return sorted(found.values(), key=lambda asked: asked.about)


def _numbers_of(lake: Lake, source: Source, receipt: str) -> Iterator[Asked]:
    raw, _ = read_delivery(lake, source, kept_delivery(lake, receipt))
    rows, _ = records.canonical(
        raw, source.columns, constants=source.constants, missing=source.missing, values=source.values
    )
    numbers = rows["business_no"]  # before `complete` drops those of sole traders
    whole = records.complete(
        rows,
        key=source.key,
        hash_key=source.hash_key,
        fallback_key=source.fallback_key,
        source=source.name,
        corporations_only=source.corporations_only,
    )
    table = pl.DataFrame(
        {
            "number": numbers,
            "name": whole["name"],
            "about": whole["record_key"],
            "is_corporation": whole["is_corporation"],
        }
    ).drop_nulls(["number", "name", "about"])
    for row in table.sort("about").iter_rows(named=True):
        yield Asked(row["number"], row["about"], row["name"], row["is_corporation"])
