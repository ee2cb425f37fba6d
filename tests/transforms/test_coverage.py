"""Coverage of a register: every supplier is counted once, under the reason that holds for it."""

from __future__ import annotations

from typing import Any

import polars as pl

from transforms.coverage import REASONS, Coverage, coverage

SUPPLIERS = {
    "told": "venture has its products",
    "waiting": "an open pair",
    "unmatched": "nobody has the name",
    "placeless": "the name without a place",
    "elsewhere": "the name in another place",
    "silent": "linked to a record that says nothing",
}


def covered(**changes: pl.DataFrame) -> Coverage:
    own = [{"record_key": f"sup:{name}", "firm_id": name, "tier": "same"} for name in SUPPLIERS]
    linked = [
        {"record_key": "venture:told", "firm_id": "told", "tier": "probable"},
        {"record_key": "kipris:silent", "firm_id": "silent", "tier": "same"},
        {"record_key": "venture:other", "firm_id": "other", "tier": "same"},
    ]
    tables: dict[str, pl.DataFrame] = {
        "links": pl.DataFrame(own + linked),
        "firms": pl.DataFrame({"firm_id": [*SUPPLIERS, "other"], "status": ["active"] * 5 + ["closed"] * 2}),
        "identifiers": pl.DataFrame(
            {
                "firm_id": ["silent", "silent", "told", "other"],
                "scheme": ["business_no", "corporate_no"] + ["x:number"] * 2,
            }
        ),
        "capabilities": pl.DataFrame(
            {
                "firm_id": ["told", "told", "other"],
                "source": ["venture"] * 3,
                "tier": ["probable", "probable", "same"],
                "weight_class": ["strong", "weak", "strong"],
            }
        ),
        "open_pairs": pl.DataFrame({"left": ["sup:waiting"], "right": ["venture:other"]}),
    } | changes
    keys: list[dict[str, Any]] = [
        {"record_key": f"sup:{name}", "match_key": name, "region_code": "11"} for name in SUPPLIERS
    ]
    keys += [
        {"record_key": "kipris:1", "match_key": "placeless", "region_code": None},
        {"record_key": "venture:2", "match_key": "elsewhere", "region_code": "26"},
    ]
    return coverage("now", ["sup"], tables, pl.DataFrame(keys))


def test_every_supplier_has_one_reason() -> None:
    told = covered()
    assert told.suppliers == len(SUPPLIERS)
    assert list(told.reasons) == list(REASONS)
    assert set(told.reasons.values()) == {1}


def test_identifiers_evidence_status_and_links_are_those_of_suppliers_alone() -> None:
    told = covered()
    assert told.identifiers == {"any": 1, "business_no": 1, "corporate_no": 1}
    assert told.statuses == {"active": 5, "closed": 1}
    assert told.evidence == {"any": 1, "strong": 1, "weak": 1}
    assert told.by_source == {"venture, probable": 1}
    assert told.tiers == {"kipris, same": 1, "venture, probable": 1}


def test_a_lake_without_links_says_so() -> None:
    told = covered(
        capabilities=pl.DataFrame(schema=dict.fromkeys(("firm_id", "source", "tier", "weight_class"), pl.String)),
        open_pairs=pl.DataFrame(schema={"left": pl.String, "right": pl.String}),
    )
    assert told.evidence == {"any": 0}
    assert sum(told.reasons.values()) == told.suppliers
