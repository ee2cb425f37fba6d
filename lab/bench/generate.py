"""Registers of any size in their own layouts and code pages: `python -m lab.bench.generate FOLDER --firms 100000`.

Firms, places, products and dates are drawn from the bundled registers' distributions (banks.py); a firm stands in
several registers, spelt as each spells it, with the dirt that registers have. The folder is then `CAPLAKE_DROP` for a
night. The same seed gives the same files. `--check` prints how distinct the texts are and how the vocabulary grows,
beside the bundled registers.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from lab.bench.banks import Banks, Strings, draw_names, draw_phrases, load_banks
from lab.bench.numbers import business_numbers, corporate_numbers, stock_codes

_IN_REGISTER: Final = {"kipris": 0.55, "venture": 0.55, "suppliers": 0.10, "krx": 0.08, "dart": 0.15}
_PATENTS_OF_AN_APPLICANT: Final = 3.5
_WRITTEN: Final = {"products": "주생산품", "title": "InventionName"}
"""Columns of texts by their names in the lake."""


@dataclass(frozen=True)
class Firms:
    """`count` firms; `rank` is a firm's place, from which its numbers are made."""

    name: Strings
    province: Strings
    district: Strings
    street: Strings
    products: Strings
    industry: Strings
    started: Strings

    def __len__(self) -> int:
        return len(self.name)


def generate(folder: Path, firms: int, seed: int = 1, changed: float = 0.0) -> dict[str, int]:
    """Write all registers; returns rows a source. `changed` is the share of firms with other products."""
    banks, chance = load_banks(), np.random.default_rng(seed)
    made = _firms(banks, firms, chance)
    here = {name: np.flatnonzero(chance.random(firms) < share) for name, share in _IN_REGISTER.items()}
    if changed:
        rows = np.random.default_rng(seed + 1).choice(firms, int(firms * changed), replace=False)
        made.products[rows] = draw_phrases(banks, len(rows), np.random.default_rng(seed + 2))
    applicants = 120_000_000_000 + here["kipris"]
    tables = {
        ("smart_factory_suppliers", "suppliers_20270101.csv", "cp949"): _suppliers(made, here["suppliers"], chance),
        ("venture", "venture_20270101.csv", "utf-8-sig"): _venture(made, here["venture"], chance),
        ("krx_listed", "krx_20270101.csv", "utf-8"): _krx(made, here["krx"]),
        ("dart", "dart_20270101.csv", "utf-8"): _dart(made, here["dart"], chance),
        ("kipris_applicants", "companies_20270101.csv", "utf-8"): _companies(made, here["kipris"], chance),
        ("kipris_applicants", "applicants_20270101.csv", "utf-8"): _applicants(here["kipris"], applicants),
        ("kipris_patents", "patents_20270101.csv", "utf-8"): _patents(made, here["kipris"], applicants, banks, chance),
    }
    for (source, file, encoding), table in tables.items():
        (folder / source).mkdir(parents=True, exist_ok=True)
        (folder / source / file).write_bytes(table.write_csv().encode(encoding, "replace"))
    return {f"{source}/{file}": table.height for (source, file, _), table in tables.items()}


def _firms(banks: Banks, count: int, chance: np.random.Generator) -> Firms:
    place = chance.integers(0, len(banks.districts), count)
    days = chance.integers(0, 365 * 30, count).astype("timedelta64[D]")
    parts = [draw_phrases(banks, count, chance) for _ in range(2)]
    both = chance.random(count) < 0.5
    return Firms(
        name=draw_names(banks, count, chance),
        province=banks.provinces[place],
        district=banks.districts[place],
        street=_numbered(" 가상로 ", chance.integers(1, 900, count)),
        products=np.where(both, parts[0] + ", " + parts[1], parts[0]).astype(object),
        industry=chance.choice(banks.industries, count),
        started=np.char.replace((np.datetime64("1995-01-01") + days).astype(str), "-", "").astype(object),
    )


def _numbered(prefix: str, numbers: np.ndarray) -> Strings:
    return prefix + numbers.astype(str).astype(object)


def _spelt(names: Strings, chance: np.random.Generator) -> Strings:
    """Names as registers write them: with a legal form before or behind, with or without a blank, or bare."""
    form = chance.integers(0, 6, len(names))
    choices = [
        f"{before}{{}}{behind}"
        for before, behind in (("(주)", ""), ("주식회사 ", ""), ("", "(주)"), ("", " 주식회사"), ("㈜", ""), ("", ""))
    ]
    return np.array([choices[kind].format(name) for kind, name in zip(form, names, strict=True)], dtype=object)


def _suppliers(firms: Firms, rows: np.ndarray, chance: np.random.Generator) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "부여번호": (10_000_000 + rows).astype(str).astype(object),
            "기업명": _spelt(firms.name[rows], chance),
            "대표자명": ["홍길동"] * len(rows),
            "주소": firms.district[rows] + firms.street[rows],
            "담당자": ["홍길동"] * len(rows),
            "담당자연락처": ["010-0000-0000"] * len(rows),
        }
    )


def _venture(firms: Firms, rows: np.ndarray, chance: np.random.Generator) -> pl.DataFrame:
    starts = np.datetime64("2025-01-01") + chance.integers(0, 700, len(rows)).astype("timedelta64[D]")
    products = np.where(chance.random(len(rows)) < 0.985, firms.products[rows], "")
    return pl.DataFrame(
        {
            "연번": np.arange(1, len(rows) + 1).astype(str),
            "업체명": _spelt(firms.name[rows], chance),
            "이메일 주소": [""] * len(rows),
            "대표자(익명)": ["홍**"] * len(rows),
            "벤처확인유형": ["혁신성장유형"] * len(rows),
            "지역": firms.province[rows],
            "간략주소": firms.district[rows],
            "업종분류(기보)": ["제조업"] * len(rows),
            "업종명(11차)": firms.industry[rows],
            "주생산품": products.astype(object),
            "벤처유효시작일": _compact(starts),
            "벤처유효종료일": _compact(starts + np.timedelta64(1094, "D")),
            "벤처확인기관": ["벤처기업확인기관"] * len(rows),
            "신규/재확인": ["신규"] * len(rows),
        }
    )


def _krx(firms: Firms, rows: np.ndarray) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "회사명": firms.name[rows],
            "시장구분": ["코스닥"] * len(rows),
            "종목코드": stock_codes(rows),
            "업종": firms.industry[rows],
            "주요제품": firms.products[rows],
            "상장일": ["2020-01-02"] * len(rows),
            "결산월": ["12월"] * len(rows),
            "대표자명": ["홍길동"] * len(rows),
            "홈페이지": _numbered("http://www.firm", rows) + ".example",
            "지역": firms.province[rows],
        }
    )


def _dart(firms: Firms, rows: np.ndarray, chance: np.random.Generator) -> pl.DataFrame:
    missing = chance.random(len(rows)) < 0.06
    return pl.DataFrame(
        {
            "corp_code": np.char.zfill(rows.astype(str), 8).astype(object),
            "corp_name": _spelt(firms.name[rows], chance),
            "stock_name": firms.name[rows],
            "stock_code": stock_codes(rows),
            "ceo_nm": ["홍길동"] * len(rows),
            "corp_cls": ["기타"] * len(rows),
            "jurir_no": corporate_numbers(rows) + ".0",
            "bizr_no": business_numbers(rows),
            "adres": firms.district[rows] + firms.street[rows] + np.where(missing, " &nbsp", "").astype(object),
            "hm_url": np.where(missing, "미제공", _numbered("www.firm", rows) + ".example").astype(object),
            "ir_url": ["미제공"] * len(rows),
            "phn_no": [""] * len(rows),
            "fax_no": [""] * len(rows),
            "induty_code": ["29299"] * len(rows),
            "est_dt": firms.started[rows],
            "acc_mt": ["12"] * len(rows),
        }
    )


def _companies(firms: Firms, rows: np.ndarray, chance: np.random.Generator) -> pl.DataFrame:
    numbers, corporate = business_numbers(rows), corporate_numbers(rows)
    return pl.DataFrame(
        {
            "company_seq": rows.astype(str),
            "biz_no": [f"{n[:3]}-{n[3:5]}-{n[5:]}" for n in numbers],
            "corp_no": [f"{n[:6]}-{n[6:]}" for n in corporate],
            "biz_type": ["법인"] * len(rows),
            "company_name": _spelt(firms.name[rows], chance),
        }
    )


def _applicants(rows: np.ndarray, applicants: np.ndarray) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "applicant_id": np.arange(1, len(rows) + 1).astype(str),
            "applicant_no": applicants.astype(str),
            "app_seq": rows.astype(str),
            "write_time": ["2026-12-31 00:00:00"] * len(rows),
            "app_type": ["company"] * len(rows),
        }
    )


def _patents(
    firms: Firms, rows: np.ndarray, applicants: np.ndarray, banks: Banks, chance: np.random.Generator
) -> pl.DataFrame:
    owner = np.repeat(np.arange(len(rows)), chance.poisson(_PATENTS_OF_AN_APPLICANT, len(rows)))
    count = len(owner)
    filed = np.datetime64("2010-01-01") + chance.integers(0, 5_800, count).astype("timedelta64[D]")
    registered = chance.random(count) < 0.6
    empty = [""] * count
    return pl.DataFrame(
        {
            "Applicant": _spelt(firms.name[rows[owner]], chance),
            "ApplicationDate": _compact(filed),
            "ApplicationNumber": (1_020_100_000_000 + np.arange(count)).astype(str),
            "InventionName": draw_phrases(banks, count, chance, banks.title_lengths)
            + " "
            + chance.choice(banks.title_ends, count),
            "InternationalpatentclassificationNumber": chance.choice(banks.ipc, count),
            "OpeningDate": empty,
            "OpeningNumber": empty,
            "PublicNumber": empty,
            "PublicDate": empty,
            "RegistrationDate": np.where(registered, _compact(filed + np.timedelta64(600, "D")), "").astype(object),
            "RegistrationNumber": empty,
            "RegistrationStatus": np.where(registered, "등록", "공개").astype(object),
            "_applicant_no": applicants[owner].astype(str),
        }
    )


def _compact(days: np.ndarray) -> Strings:
    return np.char.replace(days.astype("datetime64[D]").astype(str), "-", "").astype(object)


def text_shape(texts: list[str]) -> tuple[float, float]:
    """Share of distinct texts, and Heaps' exponent of the vocabulary between a tenth of the texts and all."""
    seen: set[str] = set()
    sizes = []
    total = 0
    for number, text in enumerate(texts, 1):
        words = text.split()
        total += len(words)
        seen.update(words)
        if number in (len(texts) // 10, len(texts)):
            sizes.append((total, len(seen)))
    (few, known), (all_words, vocabulary) = sizes
    return len(set(texts)) / len(texts), float(np.log(vocabulary / known) / np.log(all_words / few))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--firms", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--changed", type=float, default=0.0, help="Share of firms with other products than the seed's."
    )
    parser.add_argument("--check", action="store_true", help="Compare the texts with the bundled registers'.")
    arguments = parser.parse_args()
    for file, rows in generate(arguments.folder, arguments.firms, arguments.seed, arguments.changed).items():
        print(f"{rows:>10,}  {file}")
    if arguments.check:
        from flows.sources.checking import dry_run

        for source, column in (("venture", "products"), ("kipris_patents", "title")):
            real = dry_run(source).valid[column].drop_nulls().to_list()
            read = pl.read_csv(next((arguments.folder / source).iterdir()), columns=[_WRITTEN[column]])
            for label, texts in (("generated", read.to_series().drop_nulls().to_list()), ("bundled", real)):
                distinct, exponent = text_shape(texts)
                print(
                    f"{source}, {label}: {distinct:.3f} of the {column} distinct, "
                    f"vocabulary grows with exponent {exponent:.3f}"
                )


if __name__ == "__main__":
    main()
