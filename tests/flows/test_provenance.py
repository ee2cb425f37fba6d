"""Who says what about a firm: statuses, designations, certificates and values, each with its source and date."""

from __future__ import annotations

import json
import shutil
from datetime import date
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner

from caplake.cli import app
from flows.sources.declaration import SOURCES_FOLDER
from schemas.lake import Lake, Snapshot
from search.query import Filters
from search.snapshot.columns import SnapshotColumns
from search.snapshot.passing import firm_mask
from tests.conftest import run_here

SOURCES = ["innobiz", "nts_status", "own_list", "specialist_designations"]
NEED = "머신비전 검사장비"


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A lake of the samples in the layout of four registers: invented firms, one of them closed."""
    folder = tmp_path_factory.mktemp("provenance")
    for source in SOURCES:
        shutil.copytree(SOURCES_FOLDER / source / "sample", folder / "drop" / source)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CAPLAKE_DROP", str(folder / "drop"))
        run_here(folder / "lake", SOURCES)
    return str(folder / "lake")


def table(lake: str, name: str) -> pl.DataFrame:
    return Snapshot.current(Lake(lake)).table(name)


def firm_of(lake: str, record_key: str) -> str:
    links = table(lake, "links")
    return str(links.filter(pl.col("record_key") == record_key)["firm_id"].item())


def test_a_closed_firm_has_its_date_and_is_out_of_results(lake: str) -> None:
    firm = firm_of(lake, "innobiz:9998100029")
    row = table(lake, "firms").filter(pl.col("firm_id") == firm).row(0, named=True)
    assert (row["status"], row["status_date"]) == ("closed", date(2026, 1, 31))
    assert firm in table(lake, "capabilities").filter(pl.col("text").str.contains("머신비전"))["firm_id"].to_list()
    assert firm not in _hits(lake, NEED)
    assert firm in _hits(lake, f"{NEED}, 폐업한 회사도 포함해서")
    trading = table(lake, "firms").filter(pl.col("status") == "active")["firm_id"].to_list()
    assert firm_of(lake, "innobiz:9998100015") in trading


def test_what_the_office_does_not_know_is_unknown(lake: str) -> None:
    told = dict(table(lake, "firms").select("firm_id", "status").iter_rows())
    assert told[firm_of(lake, "own_list:4")] == "unknown"


def test_designation_is_what_its_register_says_and_nothing_else(lake: str) -> None:
    designations = table(lake, "designations")
    assert designations.height > 0
    assert set(designations["source"]) == {"specialist_designations"}
    designated = set(table(lake, "firms").filter("is_designated")["firm_id"])
    assert designated == set(designations["firm_id"])
    assert not table(lake, "firms")["is_registered_supplier"].any()
    assert designations["valid_to"].null_count() == 0


def test_certificates_have_their_validity(lake: str) -> None:
    certificates = table(lake, "certifications").filter(pl.col("source") == "innobiz")
    assert set(certificates["scheme"]) == {"innobiz"}
    assert certificates.select("valid_from", "valid_to").row(0) == (date(2024, 3, 1), date(2027, 2, 28))


def test_one_business_number_makes_one_firm_of_four_registers(lake: str) -> None:
    firm = firm_of(lake, "own_list:1")
    records = table(lake, "links").filter(pl.col("firm_id") == firm)
    assert set(records["record_key"].str.split(":").list.first()) == set(SOURCES)
    assert set(records.filter(pl.col("linked_to").is_not_null())["rule"]) <= {"business_no", "about"}


def test_every_value_says_who_and_when_and_one_is_chosen_by_a_rule(lake: str) -> None:
    attributes = table(lake, "attributes")
    assert attributes["as_of"].null_count() == 0
    assert set(attributes["basis"]) == {"register", "self_declared"}
    chosen = attributes.filter("is_chosen")
    assert chosen.height == chosen.select("firm_id", "attribute").n_unique()
    assert chosen["rule"].null_count() == 0
    names = attributes.filter(
        (pl.col("firm_id") == firm_of(lake, "own_list:1")) & (pl.col("attribute") == "region_code")
    )
    winner = names.filter("is_chosen").row(0, named=True)
    assert len(winner["value"]) == 5
    assert winner["source"] != "innobiz"  # it gives the province alone


def test_filters_know_closed_firms(lake: str) -> None:
    columns = SnapshotColumns(Snapshot.current(Lake(lake)))
    closed = columns.firms["status"].is_in(["closed", "suspended"]).to_numpy()
    assert closed.sum() == 1
    assert not (firm_mask(columns, Filters(), date(2026, 11, 26)) & closed).any()
    assert (firm_mask(columns, Filters(include_closed=True), date(2026, 11, 26)) & closed).any()


def _hits(lake: str, need: str) -> list[str]:
    result = CliRunner().invoke(app, ["search", need, "--lake", lake, "--json"])
    assert result.exit_code == 0, result.output
    answer: dict[str, Any] = json.loads(result.output)
    return [hit["firm_id"] for hit in answer["hits"] + answer["related"]]
