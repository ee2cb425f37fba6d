"""Gold tables about the firm itself: every value with who says so, and the one that is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl

from transforms import identifiers, names, regions

ATTRIBUTES: Final = (
    "name",
    "name_en",
    "country",
    "region_code",
    "address",
    "homepage",
    "market",
    "industry",
    "industry_code",
    "employees",
    "established",
    "listed",
)
SELF_DECLARED: Final = ("homepage", "employees", "name_en")
"""What a firm says of itself to a register, which only passes it on."""

SCHEMES: Final = ("register_no", "business_no", "corporate_no", "dart_code", "stock_code", "applicant_no")
_CHECKS: Final = {
    "business_no": identifiers.business_no_checksum_ok,
    "corporate_no": identifiers.corporate_no_checksum_ok,
}


def identifiers_table(records: pl.DataFrame) -> pl.DataFrame:
    """One row per firm, scheme, value and record; `records` are all source rows with `firm_id`."""
    parts = []
    for scheme in (name for name in SCHEMES if name in records.columns):
        rows = records.select("firm_id", "source", "record_key", scheme).drop_nulls(scheme)
        named = pl.concat_str("source", pl.lit(":number")) if scheme == "register_no" else pl.lit(scheme)
        ok = _CHECKS[scheme](pl.col(scheme)) if scheme in _CHECKS else pl.lit(None, pl.Boolean)
        parts.append(
            rows.select("firm_id", "source", "record_key", scheme=named, value=pl.col(scheme), is_checksum_ok=ok)
        )
    return pl.concat(parts)


def names_table(records: pl.DataFrame) -> pl.DataFrame:
    """Every name a firm goes by, with the record that says so.

    Kinds: as the register writes it; its English name; a former name and another second name, both out of brackets.
    """
    base = ("firm_id", "source", "record_key")
    parts = [records.select(*base, "name", kind=pl.lit("register"))]
    beside = records.select(*base, name=names.remarks(pl.col("name")), is_former=names.is_former(pl.col("name")))
    kind = pl.when("is_former").then(pl.lit("former")).otherwise(pl.lit("second"))
    parts.append(beside.drop_nulls("name").filter(pl.col("name").str.len_chars() > 1).select(*base, "name", kind=kind))
    if "name_en" in records.columns:
        english = records.drop_nulls("name_en").select(*base, name="name_en", kind=pl.lit("english"))
        parts.append(english.select(parts[0].columns))
    return pl.concat(parts)


def attributes_table(records: pl.DataFrame, authority: Mapping[str, int]) -> pl.DataFrame:
    """Every attribute value of every record, and which one was chosen.

    The source with the smallest `authority` number counts, then the newest date, then the smallest
    record key: a total order, so that the choice never depends on the order of the rows. Of places, a
    district counts before a province alone.
    """
    present = [name for name in ATTRIBUTES if name in records.columns]
    last = max(authority.values(), default=0) + 1
    ranked = records.select(
        *("firm_id", "source", "record_key", "as_of", *present),
        rank=pl.col("source").replace_strict(dict(authority), default=last, return_dtype=pl.Int64),
    ).sort("firm_id", "rank", "as_of", "record_key", descending=[False, False, True, False], nulls_last=True)
    provenance = ("firm_id", "source", "record_key", "as_of", "rank")
    long = pl.concat(
        ranked.drop_nulls(name).select(*provenance, attribute=pl.lit(name), value=pl.col(name).cast(pl.String))
        for name in present
    )
    vague = (pl.col("attribute") == "region_code") & (pl.col("value").str.len_chars() == 2)
    ordered = long.with_columns(vague=vague).sort("firm_id", "attribute", "vague", maintain_order=True)
    declared = (
        pl.when(pl.col("attribute").is_in(SELF_DECLARED)).then(pl.lit("self_declared")).otherwise(pl.lit("register"))
    )
    return _with_choice(ordered).with_columns(basis=declared)


def _with_choice(ordered: pl.DataFrame) -> pl.DataFrame:
    """Add `is_chosen` and, of the chosen, `rule`: what the first of a firm's values for an attribute has before the
    next different one.

    The rows of a firm and attribute stand together, the best first. Row by row, not group by group: of millions of
    groups most have one row.
    """
    first = pl.any_horizontal(pl.col(name).ne_missing(pl.col(name).shift(1)) for name in ("firm_id", "attribute"))
    rows = ordered.with_columns(is_chosen=first).with_columns(
        group=pl.col("is_chosen").cum_sum(),
        is_alone=pl.col("is_chosen") & pl.col("is_chosen").shift(-1, fill_value=True),
        chosen=pl.when("is_chosen").then("value").forward_fill(),
    )
    rivals = rows.filter(pl.col("value") != pl.col("chosen")).unique("group", keep="first", maintain_order=True)
    rivals = rivals.select("group", *(pl.col(name).alias(f"rival_{name}") for name in ("vague", "rank", "as_of")))
    rows = rows.join(rivals, on="group", how="left", maintain_order="left")
    newer = pl.col("as_of").is_not_null() & (
        pl.col("rival_as_of").is_null() | (pl.col("rival_as_of") < pl.col("as_of"))
    )
    why = (
        pl.when("is_alone")
        .then(pl.lit("only value"))
        .when(pl.col("rival_rank").is_null())
        .then(pl.lit("all agree"))
        .when(pl.col("rival_vague") & ~pl.col("vague"))
        .then(pl.lit("finer place"))
        .when(pl.col("rival_rank") > pl.col("rank"))
        .then(pl.lit("authority"))
        .when(newer)
        .then(pl.lit("newer"))
        .otherwise(pl.lit("first in order"))
    )
    return rows.with_columns(rule=pl.when("is_chosen").then(why))


def firms_table(
    records: pl.DataFrame,
    attributes: pl.DataFrame,
    statuses: pl.DataFrame,
    capabilities: pl.DataFrame,
    designated: Sequence[str],
    registers: Sequence[str],
) -> pl.DataFrame:
    """One row a firm out of the chosen attribute values.

    `registers` are the sources that register suppliers, `designated` the ids of designated firms.
    """
    chosen = attributes.filter("is_chosen").pivot("attribute", index="firm_id", values="value")
    chosen = chosen.with_columns(
        pl.lit(None, pl.String).alias(name) for name in ATTRIBUTES if name not in chosen.columns
    )
    # Names are read before they are grouped: patterns would be made anew for every firm.
    read = records.with_columns(is_institution=names.is_institution_name(pl.col("name")))
    about = read.group_by("firm_id").agg(
        is_corporation=pl.col("is_corporation").any(),
        is_institution=pl.col("is_institution").any(),
        is_registered_supplier=pl.col("source").is_in(registers).any(),
        record_count=pl.len().cast(pl.Int64),
    )
    statements = capabilities.group_by("firm_id").agg(statement_count=pl.len().cast(pl.Int64))
    # Most firms say nothing that has a field.
    in_fields = capabilities.filter(pl.col("fields").list.len() > 0)
    offered = in_fields.group_by("firm_id").agg(pl.col("fields").list.explode().unique().sort())
    latest = (
        statuses.sort("status_date", "source").unique("firm_id", keep="last").select("firm_id", "status", "status_date")
    )
    return (
        chosen.join(about, on="firm_id")
        .join(statements, on="firm_id", how="left")
        .join(offered, on="firm_id", how="left")
        .join(latest, on="firm_id", how="left")
        .with_columns(
            status=pl.col("status").fill_null("unknown"),
            statement_count=pl.col("statement_count").fill_null(0),
            fields=pl.col("fields").fill_null(pl.lit([], pl.List(pl.String))),
            is_designated=pl.col("firm_id").is_in(list(designated)),
            employees=pl.col("employees").cast(pl.Int64),
            established=pl.col("established").str.to_date(),
            region=regions.region_name(pl.col("region_code"), "ko"),
        )
    )


def certifications_table(records: pl.DataFrame, schemes: Mapping[str, str]) -> pl.DataFrame:
    """Certifications with their validity; `schemes` names the scheme that a source certifies."""
    rows = records.filter(pl.col("source").is_in(list(schemes)))
    rows = rows.with_columns(
        pl.lit(None).alias(name)
        for name in ("certificate_no", "certification", "valid_from", "valid_to")
        if name not in rows.columns
    )
    return rows.select(
        "firm_id",
        "source",
        "record_key",
        "valid_from",
        "valid_to",
        scheme=pl.col("source").replace_strict(dict(schemes), return_dtype=pl.String),
        number=pl.coalesce("certificate_no", "certification"),
    )


def statuses_table(records: pl.DataFrame) -> pl.DataFrame:
    base = {
        "firm_id": pl.String,
        "status": pl.String,
        "status_date": pl.Date,
        "source": pl.String,
        "record_key": pl.String,
    }
    if "status" not in records.columns:
        return pl.DataFrame(schema=base)
    return records.drop_nulls("status").select(list(base))


def designations_table(records: pl.DataFrame) -> pl.DataFrame:
    """Designations as their own source says them; empty when no source does."""
    wanted = ["designated_field", "certificate_no", "valid_from", "valid_to"]
    rows = records.with_columns(pl.lit(None).alias(name) for name in wanted if name not in records.columns)
    return rows.drop_nulls("designated_field").select(
        "firm_id", "valid_from", "valid_to", "source", "record_key", field="designated_field", number="certificate_no"
    )


def patents_table(records: pl.DataFrame) -> pl.DataFrame:
    """One row a firm and application; of several records that tell of it the first counts."""
    wanted = ["application_no", "title", "ipc", "filed", "registered", "state"]
    rows = records.with_columns(pl.lit(None).alias(name) for name in wanted if name not in records.columns)
    filed = rows.drop_nulls("application_no").select("firm_id", "source", "record_key", *wanted)
    return filed.unique(["firm_id", "application_no"], keep="first", maintain_order=True)
