"""Raw bytes become rows with their line numbers, or a refusal that says what to do."""

from __future__ import annotations

import polars as pl
import pytest

from flows.sources import SourceError
from flows.sources.reading import read_table


def test_reads_korean_windows_and_utf8_alike() -> None:
    text = "기업명,주소\n가나테크,서울\n다라소프트,\n"
    tables = [read_table(text.encode(encoding), "a.csv").frame for encoding in ("cp949", "utf-8", "utf-8-sig")]
    assert tables[0].equals(tables[1])
    assert tables[0].equals(tables[2])
    assert tables[0]["주소"].to_list() == ["서울", None]


def test_line_numbers_count_the_lines_of_the_file() -> None:
    table = read_table(b'a,b\n1,"x\ny"\n2,z\n', "a.csv")
    assert table.frame["_line"].to_list() == [2, 4]


def test_rows_with_too_few_or_many_cells_are_malformed_and_the_rest_is_read() -> None:
    table = read_table(b"a,b\n1,2\n3\n4,5,6\n7,8\n", "a.csv")
    assert table.frame["a"].to_list() == ["1", "7"]
    assert [(m.line, m.cells) for m in table.malformed] == [(3, 1), (4, 3)]


def test_a_cell_with_many_bars_does_not_make_them_the_delimiter() -> None:
    lines = ["name,ipc", 'a,"' + "|".join(["G05B"] * 30) + '"', "b,G06T", "c,G06Q"]
    assert read_table("\n".join(lines).encode(), "a.csv").frame["name"].to_list() == ["a", "b", "c"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_is_taken_from_the_header(delimiter: str) -> None:
    table = read_table(f"a{delimiter}b\n1{delimiter}2\n".encode(), "a.csv")
    assert table.frame["b"].to_list() == ["2"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"   \n", "empty"),
        (b"<!DOCTYPE html><html>blocked</html>", "web page"),
        (b"<OpenAPI_ServiceResponse><cmmMsgHeader/></OpenAPI_ServiceResponse>", "error document"),
        (b"a,b\n", "no rows"),
        (b"a,a\n1,2\n", "more than once"),
        (b"a,b\n1,\xff\xfe\xfd\n", "line 2"),
    ],
)
def test_what_is_no_register_is_refused_with_its_reason(content: bytes, said: str) -> None:
    with pytest.raises(SourceError, match=said) as refused:
        read_table(content, "file.csv")
    assert "file.csv" in str(refused.value)


def test_xlsx_and_parquet_give_strings_too(tmp_path) -> None:
    frame = pl.DataFrame({"code": ["00123"], "count": [7]})
    frame.write_excel(tmp_path / "a.xlsx")
    frame.write_parquet(tmp_path / "a.parquet")
    for name in ("a.xlsx", "a.parquet"):
        table = read_table((tmp_path / name).read_bytes(), name).frame
        assert table.select("code", "count").row(0) == ("00123", "7")
        assert table["_line"].to_list() == [2]
