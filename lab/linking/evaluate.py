"""Precision and recall of linking, with intervals, on firms whose identity is known from identifiers hidden from it.

    python -m lab.linking.evaluate [--json]

Listed: every KRX record and the DART record of its stock code. Named: DART and KIPRIS corporations by business number;
KIPRIS has names and the office that registered them only, so it counts for precision; once more for the firms that are
listed today (KRX), as DART keeps those that are gone. Corrupted: DART records and changed copies of them, seeded.
All three stand in one table with the records of the other registers around them.
"""

from __future__ import annotations

import argparse
import json
import random
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
import polars as pl

from flows.sources import load_source
from flows.sources.checking import dry_run
from lab.linking.corruptions import Record, corrupted
from transforms import dates, identifiers, names, regions
from transforms.linking import link

_SEED: Final = 20_260_731
_HIDDEN: Final = ("business_no", "corporate_no", "stock_code", "dart_code", "applicant_no")
_COLUMNS: Final = (
    "record_key",
    "source",
    "name",
    "region_code",
    "address",
    "homepage",
    "products",
    "industry",
    "established",
    "registry_office",
    *_HIDDEN,
)
HARD_REST: Final = ("renamed", "english")
"""Changes of a name that leave little or nothing of it."""
TIERS: Final = {"same": "cluster_same", "same + probable": "cluster"}


@dataclass(frozen=True)
class Share:
    """A share with its 95 % Wilson interval."""

    hits: int
    of: int
    value: float
    low: float
    high: float


def share(hits: int, of: int) -> Share:
    if of == 0:
        return Share(0, 0, float("nan"), float("nan"), float("nan"))
    z, p = 1.96, hits / of
    middle, width = p + z * z / (2 * of), z * np.sqrt(p * (1 - p) / of + z * z / (4 * of * of))
    scale = 1 + z * z / of
    return Share(hits, of, p, float(max(0.0, (middle - width) / scale)), float(min(1.0, (middle + width) / scale)))


def registers() -> dict[str, pl.DataFrame]:
    """Checked rows of the bundled registers by source, in canonical columns, identifiers among them."""
    sources = ("krx_listed", "dart", "kipris_applicants", "smart_factory_suppliers", "venture")
    tables = {name: _canonical(dry_run(name).valid.with_columns(source=pl.lit(name))) for name in sources}
    return {
        name: table.with_columns(
            registry_office=identifiers.registry_office(pl.col("corporate_no")),
            is_supplier=pl.lit(load_source(name).registers_suppliers),
        )
        for name, table in tables.items()
    }


def measure(seed: int = _SEED) -> dict[str, Any]:
    """All measurements; the same for the same seed."""
    tables = registers()
    everything = pl.concat(tables.values())
    linked = link(everything.drop(_HIDDEN)).records.join(everything.select("record_key", *_HIDDEN), on="record_key")
    listed = linked.filter(pl.col("record_key").str.contains("^(krx_listed|dart):")).with_columns(truth="stock_code")
    named = linked.filter(pl.col("record_key").str.contains("^(dart|kipris_applicants):")).with_columns(
        truth="business_no"
    )
    numbers = tables["dart"].select("stock_code", numbered="business_no").drop_nulls().unique("stock_code")
    living = (
        linked.filter(pl.col("record_key").str.contains("^(krx_listed|kipris_applicants):"))
        .join(numbers, on="stock_code", how="left")
        .with_columns(truth=pl.coalesce("business_no", "numbered"))
    )
    copies, kinds = corrupted_copies(tables["dart"], seed)
    again = link(pl.concat([everything.drop(_HIDDEN), copies.drop("truth")], how="diagonal")).records
    hard = kinds.filter(pl.col("name_kind").is_in(HARD_REST))
    truth = pl.concat([copies.select("record_key", "truth"), tables["dart"].select("record_key", truth="dart_code")])
    changed = again.join(truth, on="record_key")
    return {
        "records": {"registers": everything.height, "corrupted copies": copies.height},
        "listed (KRX x DART by stock code)": _tiers(listed),
        "named (DART x KIPRIS by business number)": _tiers(named, across=True),
        "named, listed today (KRX x KIPRIS by business number)": _tiers(living, across=True),
        "corrupted copies of DART": _tiers(changed),
        "corrupted copies but for the hard rest": _tiers(changed.join(hard, on="truth", how="anti")),
        "the hard rest (renamed, English only)": _tiers(changed.join(hard, on="truth", how="semi")),
        "corrupted, by change of name": _slices(changed, kinds, "name_kind"),
        "corrupted, by change of place": _slices(changed, kinds, "place_kind"),
        "listed, by rule": _by_rule(listed),
        "corrupted, by rule": _by_rule(changed),
        "listed, not found": _missed(listed, tables),
    }


def corrupted_copies(dart: pl.DataFrame, seed: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """A changed copy of every DART record, as `link` takes it, with `truth`; and which changes were made."""
    chance = random.Random(seed)  # noqa: S311
    rows = (
        dart.sort("record_key")
        .select("dart_code", "name", "address", "homepage", pl.col("established").cast(pl.String))
        .rows()
    )
    originals = [Record(*row[1:]) for row in rows]
    made = [(code, *corrupted(record, chance, originals)) for (code, *_), record in zip(rows, originals, strict=True)]
    frame = pl.DataFrame([{"truth": code, **asdict(record)} for code, record, _, _ in made], infer_schema_length=None)
    frame = frame.select(
        "truth",
        "address",
        "homepage",
        record_key=pl.lit("copies:") + pl.col("truth"),
        source=pl.lit("copies"),
        name=names.display_name(pl.col("name")),
        region_code=regions.region_code(pl.col("address")),
        established=dates.iso_date(pl.col("established")),
        products=pl.lit(None, pl.String),
    )
    kinds = pl.DataFrame(
        [(code, name, place) for code, _, name, place in made],
        schema=["truth", "name_kind", "place_kind"],
        orient="row",
    )
    return frame, kinds


def pairs_of(frame: pl.DataFrame, key: str) -> pl.DataFrame:
    """Pairs of rows (`row` < `row_right`) of equal, known `key`."""
    rows = frame.with_row_index("row").drop_nulls(key).select("row", key)
    return (
        rows.join(rows, on=key, suffix="_right").filter(pl.col("row") < pl.col("row_right")).select("row", "row_right")
    )


def _canonical(table: pl.DataFrame) -> pl.DataFrame:
    absent = [
        pl.lit(None, pl.Date if name == "established" else pl.String).alias(name)
        for name in _COLUMNS
        if name not in table.columns
    ]
    return table.with_columns(absent).select(_COLUMNS)


def _tiers(linked: pl.DataFrame, across: bool = False) -> dict[str, Any]:
    """Precision and recall of both tiers; `across`: precision alone, of the pairs between two registers."""
    frame = linked.drop_nulls("truth")
    true_pairs = pairs_of(frame, "truth").height
    found = {}
    for tier, column in TIERS.items():
        proposed = pairs_of(frame, column)
        if across:
            sources = frame["record_key"].str.split(":").list.first()
            between = sources.gather(proposed["row"]) != sources.gather(proposed["row_right"])
            proposed = proposed.filter(between)
        right = int((frame["truth"].gather(proposed["row"]) == frame["truth"].gather(proposed["row_right"])).sum())
        measured = {"precision": asdict(share(right, proposed.height))}
        if not across:
            measured["recall"] = asdict(share(right, true_pairs))
        found[tier] = measured
    return found


def _slices(linked: pl.DataFrame, kinds: pl.DataFrame, kind: str) -> dict[str, Any]:
    """Recall of each kind of change, and precision of the pairs its copies are in."""
    frame = linked.drop_nulls("truth").join(kinds, on="truth", how="left", maintain_order="left").with_row_index("row")
    copies = frame.filter(pl.col("record_key").str.starts_with("copies:"))
    result: dict[str, Any] = {}
    for (value,), part in copies.sort(kind).group_by(kind, maintain_order=True):
        result[str(value)] = {}
        for tier, column in TIERS.items():
            pairs = part.select("row", "truth", column).join(
                frame.select("row", "truth", column), on=column, suffix="_other"
            )
            pairs = pairs.filter(pl.col("row") != pl.col("row_other"))
            right = pairs.filter(pl.col("truth") == pl.col("truth_other")).height
            result[str(value)][tier] = {
                "precision": asdict(share(right, pairs.height)),
                "recall": asdict(share(right, part.height)),
            }
    return result


def _by_rule(linked: pl.DataFrame) -> dict[str, Any]:
    """Precision of each rule, over the pairs of records that it ties."""
    frame = linked.select("record_key", "truth", "rule", "linked_to", "tier").drop_nulls(["truth", "linked_to"])
    tied = frame.join(linked.select(linked_to="record_key", truth_other="truth"), on="linked_to").drop_nulls(
        "truth_other"
    )
    ends = [pl.min_horizontal("record_key", "linked_to"), pl.max_horizontal("record_key", "linked_to")]
    tied = tied.with_columns(pair=pl.concat_str(ends, separator=" ")).unique("pair", keep="first", maintain_order=True)
    grouped = tied.group_by("tier", "rule").agg(right=(pl.col("truth") == pl.col("truth_other")).sum(), of=pl.len())
    rows = grouped.sort("of", "rule", descending=[True, False]).rows(named=True)
    return {f"{row['tier']}: {row['rule']}": asdict(share(row["right"], row["of"])) for row in rows}


def _missed(linked: pl.DataFrame, tables: dict[str, pl.DataFrame]) -> dict[str, int]:
    """True pairs of listed firms that no tier joins, by how their names differ."""
    frame = linked.drop_nulls("truth").with_row_index("row")
    rows = pairs_of(frame.drop("row"), "truth")
    apart = rows.filter(frame["cluster"].gather(rows["row"]) != frame["cluster"].gather(rows["row_right"]))
    known = pl.concat([tables["krx_listed"], tables["dart"]]).select("record_key", key=names.match_key(pl.col("name")))
    keys = frame.join(known, on="record_key", how="left", maintain_order="left")["key"]
    equal = int((keys.gather(apart["row"]) == keys.gather(apart["row_right"])).sum())
    return {"of one name": equal, "of two names": apart.height - equal, "all": apart.height}


def _line(label: str, measured: dict[str, Any]) -> str:
    parts = [
        f"{m} {s['value']:.4f} [{s['low']:.4f}, {s['high']:.4f}] ({s['hits']}/{s['of']})" for m, s in measured.items()
    ]
    return f"  {label:<18} " + "   ".join(parts)


def report(measured: dict[str, Any]) -> str:
    """The measurements as text."""
    lines = []
    for title, part in measured.items():
        lines.append(title)
        for label, value in part.items():
            if not isinstance(value, dict):
                lines.append(f"  {label:<18} {value}")
            elif "hits" in value:
                lines.append(_line(label, {"precision": value}))
            elif set(value) <= {"precision", "recall"}:
                lines.append(_line(label, value))
            else:
                lines += [_line(f"{label}, {tier}", shares) for tier, shares in value.items()]
    return "\n".join(lines)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seed", type=int, default=_SEED)
    arguments = parser.parse_args()
    figures = measure(arguments.seed)
    print(json.dumps(figures, ensure_ascii=False, indent=1) if arguments.json else report(figures))
