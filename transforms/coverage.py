"""How much reaches the firms of a register: identifiers, status, evidence, from which source and tier, and why not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import polars as pl

_NUMBERS: Final = ("business_no", "corporate_no", "dart_code", "stock_code", "applicant_no")

REASONS: Final = (
    "evidence",
    "one of several open pairs waits for a person",
    "no other source has a firm of this name",
    "another source has the name, without a place to compare",
    "another source has the name, in another place only",
    "linked, but no source says what it can do",
)
"""Why a firm has evidence or not, in the order in which they are tried; every firm has exactly one."""


@dataclass(frozen=True)
class Coverage:
    """Counts of registered suppliers. `by_source`: with evidence from a source and tier (a firm may count in several).
    `reasons`: every supplier in exactly one.
    """

    snapshot: str
    suppliers: int
    identifiers: Mapping[str, int]
    statuses: Mapping[str, int]
    evidence: Mapping[str, int]
    by_source: Mapping[str, int]
    tiers: Mapping[str, int]
    reasons: Mapping[str, int]

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def parts(self) -> list[tuple[str, Mapping[str, int]]]:
        """Titled parts for a page or a terminal."""
        return [
            ("identifiers", self.identifiers),
            ("status", self.statuses),
            ("evidence", self.evidence),
            ("evidence by source and link", self.by_source),
            ("links to other sources", self.tiers),
            ("why", self.reasons),
        ]


def coverage(
    snapshot: str, register: Sequence[str], tables: Mapping[str, pl.DataFrame], keys: pl.DataFrame
) -> Coverage:
    """Coverage of the firms with a record in one of the `register` sources.

    `tables`: firms, identifiers, capabilities, links, open_pairs of a snapshot. `keys`: record_key, match_key and
    region_code (null where unknown) of every source record.
    """
    links = tables["links"].with_columns(source=pl.col("record_key").str.split(":").list.first())
    own = links.filter(pl.col("source").is_in(list(register)))
    firms = own["firm_id"].unique().sort()
    mine = pl.col("firm_id").is_in(firms.implode())
    numbers = tables["identifiers"].filter(mine & pl.col("scheme").is_in(_NUMBERS))
    evidence = tables["capabilities"].filter(mine)
    elsewhere = links.filter(mine & ~pl.col("source").is_in(list(register)))
    return Coverage(
        snapshot=snapshot,
        suppliers=len(firms),
        identifiers={"any": numbers["firm_id"].n_unique(), **_counted(numbers, "scheme")},
        statuses=_counted(tables["firms"].filter(mine), "status"),
        evidence={"any": evidence["firm_id"].n_unique(), **_counted(evidence, "weight_class")},
        by_source=_counted(evidence.with_columns(way=pl.format("{}, {}", "source", "tier")), "way"),
        tiers=_counted(elsewhere.with_columns(way=pl.format("{}, {}", "source", "tier")), "way"),
        reasons=_reasons(own, firms, evidence, elsewhere, tables["open_pairs"], keys, register),
    )


def _counted(rows: pl.DataFrame, by: str) -> dict[str, int]:
    counts = rows.group_by(by).agg(firms=pl.col("firm_id").n_unique()).sort("firms", by, descending=[True, False])
    return {str(name): int(count) for name, count in counts.iter_rows()}


def _reasons(
    own: pl.DataFrame,
    firms: pl.Series,
    evidence: pl.DataFrame,
    elsewhere: pl.DataFrame,
    pairs: pl.DataFrame,
    keys: pl.DataFrame,
    register: Sequence[str],
) -> dict[str, int]:
    names = (
        own.select("firm_id", "record_key").join(keys, on="record_key").select("firm_id", "match_key", "region_code")
    )
    others = keys.filter(~pl.col("record_key").str.split(":").list.first().is_in(list(register)))
    met = names.join(others.select("match_key", other_region="region_code"), on="match_key")
    waiting = own.filter(pl.col("record_key").is_in(pl.concat([pairs["left"], pairs["right"]]).unique().implode()))[
        "firm_id"
    ]
    placed = met.filter(pl.col("other_region").is_not_null())["firm_id"]
    sets = {
        REASONS[0]: evidence["firm_id"],
        REASONS[5]: elsewhere["firm_id"],
        REASONS[1]: waiting,
        REASONS[4]: placed,
        REASONS[3]: met["firm_id"],
    }
    left, found = set(firms), {}
    for reason, members in sets.items():
        found[reason] = len(left & set(members))
        left -= set(members)
    found[REASONS[2]] = len(left)
    return {reason: found[reason] for reason in REASONS}
