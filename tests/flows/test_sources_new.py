"""`caplake sources new` on files as people really have them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from flows.sources import SourceError
from flows.sources.checking import dry_run
from flows.sources.declaration import SOURCES_FOLDER, load_source
from flows.sources.scaffold import guessed_columns, scaffold

HEADER = ["업체명", "사업자등록번호", "소재지(본사)", "주생산품", "대표자", "연락처"]
ROWS = [
    ["가나정밀(주)", "999-81-00015", "경기도 성남시 분당구 가상로 1", "머신비전 검사장비", "홍길동", "031-000-0000"],
    ["다라로봇 주식회사", "999-81-00029", "대구광역시 북구 가상로 2", "협동로봇 그리퍼", "홍길동", "053-000-0000"],
    ["마바소프트", "999-81-00034", "부산광역시 사상구 가상로 3", "MES", "홍길동", "051-000-0000"],
]
FRAME = pl.DataFrame(ROWS, schema=HEADER, orient="row")


def delimited(mark: str, encoding: str) -> Callable[[Path], None]:
    return lambda path: path.write_text("\n".join(mark.join(r) for r in [HEADER, *ROWS]), encoding=encoding)  # type: ignore[func-returns-value]


def titled_sheet(path: Path) -> None:
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("목록")
    sheet.write(0, 0, "2026년 우수기업 현황")
    sheet.write(1, 0, "(단위: 개사)")
    for place, row in enumerate([HEADER, *ROWS], 3):
        sheet.write_row(place, 0, row)
    book.close()


def envelope(path: Path) -> None:
    rows = [dict(zip(HEADER, row, strict=True)) for row in ROWS]
    document = {"resultCode": "00", "totalCount": 3, "data": {"list": rows}}
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")


def page_named_sheet(path: Path) -> None:
    cells = ["".join(f"<td>{cell}</td>" for cell in row) for row in [HEADER, *ROWS]]
    table = "".join(f"<tr>{row}</tr>" for row in cells)
    path.write_bytes(f"<html><meta charset='euc-kr'><body><table>{table}</table></body></html>".encode("euc-kr"))


FILES: dict[str, Callable[[Path], None]] = {
    "utf16_20261101.tsv": delimited("\t", "utf-16"),
    "semicolons_20261101.csv": delimited(";", "cp949"),
    "mark_20261101.csv": delimited(",", "utf-8-sig"),
    "titled_20261101.xlsx": titled_sheet,
    "envelope_20261101.json": envelope,
    "kind_20261101.xls": page_named_sheet,
    "table_20261101.parquet": lambda path: FRAME.write_parquet(path),
}


@pytest.fixture(autouse=True)
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CAPLAKE_SOURCES", str(tmp_path / "sources"))
    monkeypatch.setenv("CAPLAKE_DROP", "")
    return tmp_path / "sources"


@pytest.mark.parametrize("file", list(FILES))
def test_any_file_of_a_register_becomes_a_source(file: str, tmp_path: Path) -> None:
    FILES[file](tmp_path / file)
    folder, _ = scaffold("list_of_mine", tmp_path / file)
    source = load_source("list_of_mine")
    assert folder == source.folder
    assert source.columns == {
        "name": ["업체명"],
        "business_no": ["사업자등록번호"],
        "address": ["소재지(본사)"],
        "products": ["주생산품"],
    }
    assert (source.key, source.personal, str(source.editions[0].as_of)) == (
        ["business_no"],
        ["대표자", "연락처"],
        "2026-11-01",
    )
    assert len((folder / "source.yaml").read_text(encoding="utf-8").splitlines()) <= 12
    found = dry_run("list_of_mine")
    assert found.valid["business_no"].to_list() == ["9998100015", "9998100029", "9998100034"]
    assert found.remarks == []


def test_an_english_list_of_another_country(tmp_path: Path) -> None:
    rows = [
        "id,Company Name,Country,City,Website,Contact Person,E-mail,Capabilities",
        "1,Alpha GmbH,Germany,Munich,alpha.example,A,a@x.example,machine vision",
        "2,Beta Oy,Finland,Oulu,beta.example,B,b@x.example,robots",
        "3,Gamma,Ruritania,Strelsau,gamma.example,C,c@x.example,presses",
    ]
    (tmp_path / "firms.csv").write_text("\n".join(rows), encoding="utf-8")
    _, notes = scaffold("abroad", tmp_path / "firms.csv")
    assert "countries without a code, give them one: Ruritania" in notes
    source = load_source("abroad")
    assert source.personal == ["Contact Person", "E-mail"]
    assert dry_run("abroad").valid.select("name", "country").rows()[:2] == [("Alpha GmbH", "DE"), ("Beta Oy", "FI")]


def test_personal_columns_are_known_by_their_values_too(tmp_path: Path) -> None:
    text = "상호,비고1,비고2,지역\n가나,02-000-0000,홍**,서울\n다라,010-0000-0000,김○○,부산\n"
    (tmp_path / "firms.csv").write_text(text, encoding="utf-8")
    scaffold("noted", tmp_path / "firms.csv")
    assert load_source("noted").personal == ["비고1", "비고2"]


def test_a_name_column_without_a_heading_that_says_so_can_be_named(tmp_path: Path) -> None:
    (tmp_path / "firms.csv").write_text("회원사,지역\n가나,서울\n다라,부산\n", encoding="utf-8")
    with pytest.raises(SourceError, match=r"Say it with --name-column; there are: 회원사, 지역"):
        scaffold("members", tmp_path / "firms.csv")
    scaffold("members", tmp_path / "firms.csv", "회원사")
    assert dry_run("members").valid["name"].to_list() == ["가나", "다라"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("<!DOCTYPE html><html><body>차단되었습니다</body></html>", "web page or an error document"),
        ("업체명,주소\n", "a header and no rows"),
        ("업체명,주소,주소\n가나,서울,서울\n", "names 주소 more than once"),
    ],
)
def test_what_is_no_register_makes_no_folder(text: str, said: str, own: Path, tmp_path: Path) -> None:
    (tmp_path / "firms.csv").write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match=said):
        scaffold("nothing", tmp_path / "firms.csv")
    assert not (own / "nothing").exists()


@pytest.mark.parametrize("name", ["Venture", "1st", "../x", "venture"])
def test_a_name_must_be_free_and_plain(name: str, tmp_path: Path) -> None:
    (tmp_path / "firms.csv").write_text("상호\n가나\n", encoding="utf-8")
    with pytest.raises(SourceError, match=r"cannot be a source name|is there already"):
        scaffold(name, tmp_path / "firms.csv")
    with pytest.raises(SourceError, match="there is no file"):
        scaffold("fresh", tmp_path / "none.csv")


def test_without_a_folder_of_ones_own_a_source_goes_beside_the_shipped_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    from flows.sources.declaration import source_folder

    monkeypatch.delenv("CAPLAKE_SOURCES")
    assert source_folder("fresh") == SOURCES_FOLDER / "fresh"


def test_headings_are_recognised_in_both_languages() -> None:
    assert guessed_columns(["Company_Name", "VAT ID", "city", "전화번호"]) == {
        "name": "Company_Name",
        "business_no": "VAT ID",
        "address": "city",
    }
