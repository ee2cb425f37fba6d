"""Every source lands its rows from its own file; what a register does to its columns is handled by rule and told."""

from __future__ import annotations

import json
import statistics
from pathlib import Path

import polars as pl
import pytest

from flows.fetch.delivery import kept_delivery, read_file
from flows.night import NightError, new_night
from flows.nightly import run_night
from flows.runner import DirectRunner
from flows.sources import SourceError, load_source, load_sources
from flows.sources.checking import dry_run, source_status
from flows.sources.declaration import Source, source_names
from schemas.lake import Lake, Snapshot
from schemas.records import RECORD_COLUMNS
from tests.caplake.test_cli import caplake
from tests.conftest import run_here
from tests.flows.samples import SMALL, drop_samples

OWN = "own_list"
HEADER = "번호,기업명,사업자등록번호,주소,주요제품,담당자"
ROWS = (
    "1,(주)가나정밀,999-81-00015,경기도 화성시 가상로 1,머신비전 검사장비,홍길동",
    "2,다라로봇 주식회사,999-81-00029,대구광역시 북구 가상로 2,협동로봇 그리퍼,홍길동",
    "3,마바소프트,,부산광역시 사상구 가상로 3,MES,홍길동",
)


@pytest.fixture
def drop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CAPLAKE_DROP", str(tmp_path / "drop"))
    return tmp_path / "drop"


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of sources of one's own."""
    monkeypatch.setenv("CAPLAKE_SOURCES", str(tmp_path / "sources"))
    return tmp_path / "sources"


def deliver(drop: Path, *lines: str, source: str = OWN) -> None:
    (drop / source).mkdir(parents=True, exist_ok=True)
    (drop / source / "list_20261101.csv").write_text("\n".join(lines), encoding="utf-8")


def declare(own: Path, name: str, **changed: object) -> None:
    """A source like `own_list`; JSON is YAML too."""
    declared = load_source(OWN).model_dump(mode="json", exclude={"name"}, exclude_defaults=True)
    (own / name).mkdir(parents=True, exist_ok=True)
    text = json.dumps({**declared, **changed}, ensure_ascii=False)
    (own / name / "source.yaml").write_text(text, encoding="utf-8")


def night(lake: Path, *sources: str) -> Snapshot:
    run_night(new_night(str(lake), list(sources), ["embedded"], accepted=SMALL), DirectRunner())
    return Snapshot.current(Lake(str(lake)))


def test_the_field_has_its_registers() -> None:
    assert len(source_names()) >= 17


def test_a_source_is_a_page_of_yaml() -> None:
    sizes = {name: _hand_written(load_source(name).folder) for name in source_names()}
    assert statistics.median(sizes.values()) <= 60
    assert sum((load_source(name).folder / "parse.py").exists() for name in sizes) <= 3


def _hand_written(folder: Path) -> int:
    return sum(len(path.read_text(encoding="utf-8").splitlines()) for path in folder.iterdir() if path.is_file())


@pytest.mark.parametrize("name", source_names())
def test_every_register_lands_its_rows_from_its_file(name: str, drop: Path) -> None:
    source = load_source(name)
    drop_samples(drop, names=[name])
    found = dry_run(name)
    assert found.valid.height >= 2
    assert found.lost <= 1
    assert set(found.valid.columns) <= set(RECORD_COLUMNS)
    assert found.valid["record_key"].str.starts_with(f"{name}:").all()
    assert found.valid["record_key"].is_unique().all()
    for statement in source.statements:
        texts = found.valid.get_column(statement.column, default=pl.Series())
        assert texts.drop_nulls().len() or statement.column in source.optional
    assert not set(source.personal) & set(found.valid.columns)
    assert [remark for remark in found.remarks if "not known" in remark] == []


def test_columns_may_stand_anywhere(drop: Path) -> None:
    deliver(drop, HEADER, *ROWS)
    straight = dry_run(OWN).valid
    cells = [line.split(",") for line in (HEADER, *ROWS)]
    deliver(drop, *(",".join(reversed(line)) for line in cells))
    assert dry_run(OWN).valid.equals(straight)


def test_a_column_nobody_named_is_left_out_and_told(drop: Path, tmp_path: Path) -> None:
    deliver(drop, f"{HEADER},평점", *(f"{row},5" for row in ROWS))
    snapshot = night(tmp_path / "lake", OWN)
    assert snapshot.manifest.sources[OWN].notes[0] == "columns not known and left out: 평점"
    assert "평점" in caplake("sources", "check", OWN)
    assert "평점" in caplake("sources", "status", "--lake", str(tmp_path / "lake"))


def test_a_column_nobody_named_fails_a_source_that_says_so(drop: Path, own: Path) -> None:
    declare(own, OWN, checks={"unknown": "fail"})
    deliver(drop, f"{HEADER},평점", *(f"{row},5" for row in ROWS))
    with pytest.raises(SourceError, match=r"평점.*under columns, dropped or personal"):
        dry_run(OWN)


def test_a_renamed_column_fails_and_the_new_header_is_named(drop: Path, tmp_path: Path) -> None:
    deliver(drop, HEADER.replace("기업명", "회원사"), *ROWS)
    with pytest.raises(NightError, match=r"lacks the column name \(expected as 기업명.*New headers there: 회원사"):
        night(tmp_path / "lake", OWN)
    assert Lake(str(tmp_path / "lake")).current() is None


def test_an_optional_column_may_be_gone_and_that_is_told(drop: Path) -> None:
    deliver(drop, "번호,기업명", *(",".join(row.split(",")[:2]) for row in ROWS))
    found = dry_run(OWN)
    assert found.valid.height == 3
    assert any(remark.startswith("optional columns not there: business_no") for remark in found.remarks)


def test_a_column_that_empties_fails_the_next_night(drop: Path, tmp_path: Path) -> None:
    deliver(drop, HEADER, *ROWS)
    night(tmp_path / "lake", OWN)
    deliver(drop, HEADER, *(row.replace("머신비전 검사장비", "").replace("협동로봇 그리퍼", "") for row in ROWS))
    with pytest.raises(NightError, match=r"filled own_list.products is 0.3333, must be at least 0.8"):
        night(tmp_path / "lake", OWN)


def test_an_empty_crawl_fails(drop: Path, tmp_path: Path) -> None:
    deliver(drop, HEADER)
    with pytest.raises(NightError, match="has a header and no rows"):
        night(tmp_path / "lake", OWN)


def test_every_refused_row_is_kept_with_line_rule_column_and_value(drop: Path, tmp_path: Path) -> None:
    bad = ("4,,999-81-00034,부산,센서,홍길동", "5,바사,999,부산,센서,홍길동", "6,사아,부산", "한 글,,,,,", "한 글,,,,,")
    deliver(drop, HEADER, *ROWS, *bad)
    snapshot = night(tmp_path / "lake", OWN)
    refused = snapshot.table(f"quarantine/{OWN}")
    shown = refused.select("line", "rule", "column", "value", "row_kept").sort("line", "rule").rows()
    assert (5, "name|nullability", "name", None, False) in shown
    assert (6, "business_no|unreadable", "business_no", "(masked)", True) in shown
    assert (7, "row|3 cells instead of 6", None, None, False) in shown
    assert {line for line, _, _, _, kept in shown if not kept} == {5, 7, 8, 9}
    entry = snapshot.manifest.sources[OWN]
    assert entry.read == entry.valid + entry.quarantined == 8
    assert set(refused["receipt"]) == {entry.receipt}


def test_what_was_refused_comes_in_after_a_fix(drop: Path, own: Path, tmp_path: Path) -> None:
    declare(own, OWN)
    deliver(drop, f"{HEADER},영문명", *(f"{row},ENGLISH" for row in ROWS), "4,,,부산,센서,홍길동,SAA SENSOR")
    lake = str(tmp_path / "lake")
    before = night(tmp_path / "lake", OWN)
    assert before.table(f"sources/{OWN}").height == 3
    assert "nothing changed" in caplake("quarantine", "replay", OWN, "--lake", lake)
    for file in (drop / OWN).iterdir():
        file.unlink()  # the bytes that the lake keeps are enough
    declare(own, OWN, columns={**load_source(OWN).columns, "name": ["기업명", "영문명"]})
    said = caplake("quarantine", "replay", OWN, "--dry", "--lake", lake)
    assert "4 valid (was 3), 0 refused (was 1)" in said
    assert Snapshot.current(Lake(lake)).name == before.name
    gate = "filled own_list.business_no"
    assert "committed snapshot" in caplake("quarantine", "replay", OWN, "--lake", lake, "--accept", gate)
    assert "SAA SENSOR" in Snapshot.current(Lake(lake)).table("firms")["name"].to_list()
    assert "nothing was refused" in caplake("quarantine", "list", "--lake", lake)


def test_raw_bytes_that_are_not_those_of_the_receipt_are_not_read(drop: Path, tmp_path: Path) -> None:
    deliver(drop, HEADER, *ROWS)
    lake = Lake(str(tmp_path / "lake"))
    entry = night(tmp_path / "lake", OWN).manifest.sources[OWN]
    delivery = kept_delivery(lake, entry.receipt)
    raw = tmp_path / "lake" / entry.receipt / "list_20261101.csv"
    raw.write_bytes(raw.read_bytes().replace(b"MES", b"ERP"))
    with pytest.raises(ValueError, match=r"is not what its receipt says\. Restore it"):
        read_file(lake, delivery, delivery.files[0])
    assert "is not what its receipt says" in caplake("quarantine", "replay", OWN, "--lake", lake.url, code=1)


def test_a_renamed_source_keeps_its_firms_ids_and_its_delivery(drop: Path, own: Path, tmp_path: Path) -> None:
    declare(own, "press_shops")
    deliver(drop, HEADER, *ROWS, source="press_shops")
    before = night(tmp_path / "lake", "press_shops")
    declare(own, "press_firms", formerly="press_shops")
    (own / "press_shops" / "source.yaml").unlink()
    with pytest.raises(SourceError, match="press_shops is called press_firms now"):
        load_source("press_shops")
    after = night(tmp_path / "lake", "press_firms")
    assert list(after.manifest.sources) == ["press_firms"]
    assert after.table("sources/press_firms")["record_key"].to_list()[0] == "press_firms:1"
    assert ids_of(after) == ids_of(before)
    for file in (drop / "press_shops").iterdir():
        file.unlink()
    deliver(drop, HEADER, ROWS[0].replace("머신비전", "3D 머신비전"), *ROWS[1:], source="press_firms")
    assert ids_of(night(tmp_path / "lake", "press_firms")) == ids_of(before)


def test_a_source_that_is_renamed_without_a_new_file_keeps_its_rows(drop: Path, own: Path, tmp_path: Path) -> None:
    declare(own, "press_shops")
    deliver(drop, HEADER, *ROWS, source="press_shops")
    deliver(drop, HEADER, *ROWS)
    before = night(tmp_path / "lake", "press_shops")
    for file in (drop / "press_shops").iterdir():
        file.unlink()
    declare(own, "press_firms", formerly="press_shops")
    (own / "press_shops" / "source.yaml").unlink()
    after = night(tmp_path / "lake", OWN)  # another source's night: the renamed one rests
    assert after.table("sources/press_firms").height == before.table("sources/press_shops").height


def test_a_name_that_is_in_use_cannot_be_a_former_one(own: Path) -> None:
    declare(own, "press_shops")
    declare(own, "press_firms", formerly="press_shops")
    with pytest.raises(SourceError, match="it was formerly press_shops, but there is a source press_shops"):
        load_source("nowhere")


def test_a_retired_source_leaves_with_the_next_night_and_says_why(drop: Path, own: Path, tmp_path: Path) -> None:
    declare(own, "press_shops")
    deliver(drop, HEADER, *ROWS[:2], source="press_shops")
    deliver(drop, HEADER, ROWS[2])
    both = night(tmp_path / "lake", "press_shops", OWN)
    ids = ids_of(both)
    declare(own, "press_shops", retired="the association closed its list")
    with pytest.raises(SourceError, match="press_shops is retired: the association closed its list"):
        load_sources(["press_shops"])
    after = night(tmp_path / "lake", OWN)
    assert list(after.manifest.sources) == [OWN]
    assert ids_of(after) == {"마바소프트": ids["마바소프트"]}
    status = {row["source"]: row for row in source_status(str(tmp_path / "lake"))}["press_shops"]
    assert (status["mode"], status["say"], status["valid"]) == ("retired", "the association closed its list", 0)
    declare(own, "press_shops")
    assert ids_of(night(tmp_path / "lake", "press_shops")) == ids


def ids_of(snapshot: Snapshot) -> dict[str, str]:
    return dict(snapshot.table("firms", ["name", "firm_id"]).iter_rows())


def test_status_says_how_a_source_stands(drop: Path, tmp_path: Path) -> None:
    deliver(drop, HEADER, *ROWS)
    night(tmp_path / "lake", OWN)
    deliver(drop, HEADER.replace("기업명", "회원사"), *ROWS)
    with pytest.raises(NightError):
        run_here(tmp_path / "lake", [OWN])
    rows = {row["source"]: row for row in source_status(str(tmp_path / "lake"))}
    assert (rows[OWN]["mode"], rows[OWN]["as_of"], rows[OWN]["valid"]) == ("file", "2026-11-01", 3)
    assert rows["dart"]["mode"] == "bundled"
    assert rows["fsc_outline"]["mode"] == "waiting"
    assert "DATA_GO_KR_KEY" in rows["fsc_outline"]["say"]
    assert rows[OWN]["last_attempt"]["outcome"] == "delivered"


def test_a_declaration_that_is_wrong_is_told_by_its_place(own: Path) -> None:
    declare(own, "wrong", cadence="sometimes")
    with pytest.raises(SourceError, match=r"wrong/source.yaml: cadence: Input should be"):
        load_source("wrong")
    (own / "wrong" / "source.yaml").write_text("title: [", encoding="utf-8")
    with pytest.raises(SourceError, match=r"wrong/source.yaml is no YAML"):
        load_source("wrong")
    (own / "wrong" / "source.yaml").write_text("", encoding="utf-8")
    with pytest.raises(SourceError, match="holds no declaration"):
        load_source("wrong")


def test_a_source_of_ones_own_stands_for_the_shipped_one(own: Path) -> None:
    declare(own, "venture", checks={"minimum": 3})
    source: Source = load_source("venture")
    assert source.folder == own / "venture"
    assert source.checks.minimum == 3
    assert pl.Series(source_names()).is_unique().all()
