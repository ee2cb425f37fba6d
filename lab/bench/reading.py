"""Reading, mapping and checking big registers, each in a process of its own: seconds and memory.

Registers are generated in their real layouts: factories as the yearly file in Korean Windows, ventures as the monthly
list. `python -m lab.bench.reading factories FILE` is the process that is measured.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from lab.bench.banks import draw_names, draw_phrases, load_banks
from lab.bench.measure import run_process
from lab.bench.report import Figure

FACTORIES: Final = 217_048
VENTURES: Final = 1_000_000
_SOURCES: Final = {"factories": "kicox_factories", "ventures": "venture"}
_PROMISED: Final = {"factories": (5.0, 1.0), "ventures": (10.0, 2.0)}
_FACTORY_HEADER: Final = """
시도명 시군구명 관리기관 회사명 공장구분 단지명 설립구분
입주형태 보유구분 등록구분 전화번호 남자종업원 여자종업원 외국인남자종업원
외국인여자종업원 종업원합계 생산품 원자재 공장규모 용도지역 지목
용지면적 제조시설면적 부대시설면적 건축면적 지식산업센터명 대표업종 업종명
업종코드 차수 공장주소 필지수 법인주소 공장주소_지번 공장관리번호
"""


def factories(rows: int = FACTORIES, seed: int = 1) -> bytes:
    """The yearly register of factories: 35 columns, CP949."""
    banks, chance = load_banks(), np.random.default_rng(seed)
    place = chance.integers(0, len(banks.districts), rows)
    address = banks.districts[place] + " 가상로 " + chance.integers(1, 900, rows).astype(str).astype(object)
    people = chance.integers(1, 300, rows).astype(str)
    given = {
        "시도명": banks.provinces[place],
        "관리기관": np.full(rows, "한국산업단지공단"),
        "회사명": draw_names(banks, rows, chance),
        "공장구분": np.full(rows, "일반"),
        "단지명": np.full(rows, "가상국가산업단지"),
        "등록구분": np.full(rows, "등록"),
        "전화번호": np.full(rows, "031-000-0000"),
        "남자종업원": people,
        "종업원합계": people,
        "생산품": draw_phrases(banks, rows, chance),
        "공장규모": np.full(rows, "소기업"),
        "용지면적": np.full(rows, "1,000"),
        "대표업종": np.full(rows, "29299"),
        "업종명": chance.choice(banks.industries, rows),
        "업종코드": np.full(rows, "29299, 27212"),
        "차수": np.full(rows, "10"),
        "공장주소": address,
        "법인주소": address,
        "공장관리번호": (999_990_000_000_000 + np.arange(rows)).astype(str),
    }
    table = pl.DataFrame({name: given.get(name, np.full(rows, "")).astype(object) for name in _FACTORY_HEADER.split()})
    return table.write_csv().encode("cp949", "replace")


def ventures(rows: int = VENTURES, seed: int = 1) -> bytes:
    """The monthly list of venture firms: 14 columns, UTF-8 with a mark."""
    banks, chance = load_banks(), np.random.default_rng(seed)
    place = chance.integers(0, len(banks.districts), rows)
    days = np.datetime64("2023-01-01") + chance.integers(0, 1_000, rows).astype("timedelta64[D]")
    given = {
        "연번": np.arange(1, rows + 1).astype(str),
        "업체명": draw_names(banks, rows, chance) + np.arange(rows).astype(str).astype(object),
        "이메일 주소": np.full(rows, ""),
        "대표자(익명)": np.full(rows, "홍**"),
        "벤처확인유형": np.full(rows, "혁신성장유형"),
        "지역": banks.provinces[place],
        "간략주소": banks.districts[place],
        "업종분류(기보)": np.full(rows, "제조업"),
        "업종명(11차)": chance.choice(banks.industries, rows),
        "주생산품": draw_phrases(banks, rows, chance),
        "벤처유효시작일": np.char.replace(days.astype(str), "-", ""),
        "벤처유효종료일": np.char.replace((days + np.timedelta64(1_094, "D")).astype(str), "-", ""),
        "벤처확인기관": np.full(rows, "벤처기업확인기관"),
        "신규/재확인": np.full(rows, "신규"),
    }
    return pl.DataFrame({name: column.astype(object) for name, column in given.items()}).write_csv().encode("utf-8-sig")


def reading() -> list[Figure]:
    """Best of three processes for each register: from bytes to checked rows, and the process with its imports."""
    figures = []
    for kind, make in (("factories", factories), ("ventures", ventures)):
        with tempfile.TemporaryDirectory() as folder:
            drop, told = Path(folder) / _SOURCES[kind], Path(folder) / "told"
            drop.mkdir()
            content = make()
            (drop / f"{kind}_20261001.csv").write_bytes(content)
            command = [sys.executable, "-m", "lab.bench.reading", kind, str(told)]
            runs = [_measured(command, folder, told) for _ in range(3)]
        seconds, used, peak, counts = min(runs)
        most_seconds, most_memory = _PROMISED[kind]
        figures.append(
            Figure(
                f"{_SOURCES[kind]}, {counts} ({len(content) / 1e6:,.0f} MB)",
                f"{seconds:.1f} s, {used:.1f} CPU-s, {peak / 1e9:.2f} GB",
                f"at most {most_seconds:g} s, {most_memory:g} GB",
            )
        )
    return figures


def _measured(command: list[str], drop: str, told: Path) -> tuple[float, float, int, str]:
    """Seconds and processor seconds of the reading, the most memory of its process in bytes, and what was read."""
    run = run_process(command, {"CAPLAKE_DROP": drop})
    seconds, used, counts = told.read_text(encoding="utf-8").split("|")
    return float(seconds), float(used), run.peak_bytes, counts


def main() -> None:
    """Collect, read and check one register; writes rows read, rows valid and seconds to a file."""
    from flows.sources.checking import dry_run

    kind, told = sys.argv[1:]
    started, used = time.perf_counter(), time.process_time()
    found = dry_run(_SOURCES[kind])
    seconds, cpu = time.perf_counter() - started, time.process_time() - used
    Path(told).write_text(f"{seconds}|{cpu}|{found.read:,} rows, {found.valid.height:,} valid", encoding="utf-8")


if __name__ == "__main__":
    main()
