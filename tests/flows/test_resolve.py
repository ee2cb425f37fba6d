"""`caplake resolve` on any table, and linking as it was promised."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from caplake.cli import app
from flows.sources import SourceError
from flows.standalone import resolve_file, resolve_records
from lab.linking.evaluate import measure, registers
from lab.linking.generated import generated_records

ROWS = [
    ("n3", "(주)블랙야크아이앤씨", "서울특별시 서초구 바우뫼로 201", "www.blackyakinc.com", "20130808", ""),
    ("n1", "블랙야크 아이앤씨", "서울", "http://blackyakinc.com/", "", ""),
    ("n2", "한성테크", "경기도 화성시", "", "", ""),
    ("n4", "", "경기도", "", "", ""),
    ("n5", "가나전자(주)", "대구", "", "2001.02.03", "124-81-00998"),
    ("n6", "다라산업", "부산", "", "", "1248100998"),
]


def written(folder: Path, rows: list[tuple[str, ...]] = ROWS, encoding: str = "utf-8") -> Path:
    path = folder / "records.csv"
    header = "record_id,name,address,homepage,established,business_no"
    lines = [header, *(",".join(f'"{cell}"' if "," in cell else cell for cell in row) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding=encoding)
    return path


def test_the_command_writes_the_documented_columns(tmp_path: Path) -> None:
    out = tmp_path / "links.csv"
    result = CliRunner().invoke(app, ["resolve", str(written(tmp_path)), "--out", str(out)])
    assert result.exit_code == 0, result.output
    links = pl.read_csv(out, infer_schema=False)
    assert links.columns == ["record_id", "firm_same", "firm_probable", "rule", "score"]
    assert links["record_id"].to_list() == [row[0] for row in ROWS]
    rows = {row["record_id"]: row for row in links.to_dicts()}
    assert rows["n3"]["firm_same"] == rows["n1"]["firm_same"] == "n1"
    assert rows["n3"]["rule"] == "name+province+homepage"
    assert rows["n5"]["firm_same"] == rows["n6"]["firm_same"] == "n5"
    assert rows["n5"]["rule"] == "business_no"
    assert (rows["n2"]["firm_same"], rows["n2"]["rule"], rows["n2"]["score"]) == ("n2", None, None)


def test_files_in_the_encoding_of_korean_offices(tmp_path: Path) -> None:
    plain = resolve_file(written(tmp_path))
    assert resolve_file(written(tmp_path, encoding="cp949")).equals(plain)
    assert resolve_file(written(tmp_path, encoding="utf-8-sig")).equals(plain)


STRANGE = """record_id,기업명,소재지,누리집,사업자등록번호,비고
a1,(주)가온로보틱스,경기도 화성시 동탄대로 1,www.gaonrobotics.co.kr,,x
a2,"GAON ROBOTICS Co., Ltd.",,http://gaonrobotics.co.kr/en,,
a3,三星電子(株),경기도 수원시,,124-81-00998,
a4,삼성전자 주식회사,,,1248100998.0,
a5,엘에스일렉트릭(구 엘에스산전),경기 안양시 동안구 엘에스로 127,www.ls-electric.com,,
a6,엘에스산전(주),-,ls-electric.com,,y
a7,가온,,,,
"""


def test_a_strange_table_of_other_heads_places_and_languages(tmp_path: Path) -> None:
    path, out = tmp_path / "strange.csv", tmp_path / "links.csv"
    path.write_text(STRANGE, encoding="utf-8")
    result = CliRunner().invoke(app, ["resolve", str(path), "--out", str(out)])
    assert result.exit_code == 0, result.output
    rows = {row["record_id"]: row for row in pl.read_csv(out).to_dicts()}
    assert {key: row["firm_probable"] for key, row in rows.items()} == {
        **dict.fromkeys(("a1", "a2"), "a1"),
        **dict.fromkeys(("a3", "a4"), "a3"),
        **dict.fromkeys(("a5", "a6"), "a5"),
        "a7": "a7",
    }
    assert (rows["a2"]["rule"], rows["a4"]["rule"], rows["a6"]["rule"]) == (
        "spelling+homepage",
        "business_no",
        "second_name+homepage",
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("record_id,title\n1,가나\n", "lacks the column name"),
        ("record_id,name\n1,가나\n1,다라\n", "stands more than once"),
        ("record_id,name\n,가나\n2,다라\n", "no record_id"),
        ("", "empty"),
        ("<html><body>busy</body></html>", "web page"),
    ],
)
def test_what_is_no_table_of_records(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "records.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match=problem):
        resolve_file(path)
    result = CliRunner().invoke(app, ["resolve", str(path), "--out", str(tmp_path / "links.csv")])
    assert result.exit_code != 0
    assert not (tmp_path / "links.csv").exists()


def test_only_names_join_nobody() -> None:
    raw = pl.DataFrame({"record_id": ["1", "2"], "name": ["(주)블랙야크아이앤씨", "블랙야크아이앤씨"]})
    assert resolve_records(raw)["firm_probable"].to_list() == ["1", "2"]


def test_ten_shuffled_reruns_give_the_same_bytes() -> None:
    tables = registers()
    raw = generated_records(3_000, [tables["dart"], tables["venture"]], seed=5).drop("truth")
    first = resolve_records(raw).sort("record_id").write_csv()
    assert pl.read_csv(first.encode(), infer_schema=False)["firm_same"].n_unique() < raw.height
    for seed in range(10):
        shuffled = raw.sample(fraction=1.0, shuffle=True, seed=seed)
        assert resolve_records(shuffled).sort("record_id").write_csv() == first


def test_tiers_keep_their_promise_on_hidden_identifiers() -> None:
    measured = measure()
    for title in ("listed (KRX x DART by stock code)", "corrupted copies of DART"):
        same, both = measured[title]["same"], measured[title]["same + probable"]
        assert same["precision"]["value"] >= 0.998, title
        assert same["recall"]["value"] >= 0.85, title
        assert both["precision"]["value"] >= 0.985, title
        assert both["recall"]["value"] >= 0.93, title
    for title in ("named (DART x KIPRIS by business number)", "named, listed today (KRX x KIPRIS by business number)"):
        both = measured[title]["same + probable"]["precision"]
        assert both["of"] > 30, title
        assert both["value"] >= 0.97, title
