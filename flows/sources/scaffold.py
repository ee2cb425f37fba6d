"""`caplake sources new`: look at a register's file and write a declaration to be read over."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import polars as pl
import yaml

from flows.sources.declaration import SOURCES_FOLDER, SourceError
from flows.sources.delimited import LINE
from flows.sources.reading import FILE, read_table

_GUESSES: Final = {
    "name": r"^(업체명|기업명|회사명|상호|법인명|사업자명|company_?name|name|firm)$",
    "business_no": r"사업자(등록)?번호|bizr?_?no|business_no",
    "corporate_no": r"법인(등록)?번호|corp(orate)?_no|jurir_no",
    "address": r"주소|소재지|address|adres",
    "homepage": r"홈페이지|누리집|homepage|website|hm_url",
    "products": r"(주?생산품|주요?제품|주력제품|품목|products?)$",
    "industry": r"^(업종명?.*|산업|industry)$",
    "established": r"설립일|개업일|established|est_dt",
    "valid_from": r"유효.*시작|valid_from",
    "valid_to": r"유효.*(종료|만료)|만료일|valid_to",
    "register_no": r"(부여|등록|인증|관리|확인)번호|register_no",
}
_PERSONAL: Final = re.compile(
    r"대표자|담당자|성명|연락처|전화|휴대|이메일|메일|email|ceo|phone|fax|팩스|생년", re.IGNORECASE
)


def scaffold(name: str, file: Path) -> tuple[Path, list[str]]:
    """Write `flows/sources/<name>/` for a file; returns the folder and what was noticed.

    Raises SourceError for a bad name, a folder that is there, or a file that is no table.
    """
    folder = SOURCES_FOLDER / name
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise SourceError(f"{name!r} cannot be a source name: small letters, digits and _ only, a letter first.")
    if folder.exists():
        raise SourceError(f"the source {name} is there already: {folder}")
    table = read_table(file.read_bytes(), file.name).frame.drop(LINE, FILE)
    columns = guessed_columns(table.columns)
    if "name" not in columns:
        raise SourceError(f"{file.name}: no column looks like a firm's name among {', '.join(table.columns)}.")
    personal = [header for header in table.columns if _PERSONAL.search(header)]
    document = {
        "title": {"ko": name, "en": name},
        "publisher": "who publishes it",
        "licence": "under which terms",
        "landing_page": "https://",
        "cadence": "irregular",
        "editions": [{"file": file.name, "as_of": datetime.fromtimestamp(file.stat().st_mtime, UTC).date()}],
        **_key(table, columns),
        "columns": columns,
        "personal": personal,
        "statements": [{"column": "products", "kind": "product", "weight": "strong"}] if "products" in columns else [],
        "checks": {"minimum": max(1, table.height * 85 // 100)},
    }
    (folder / "data").mkdir(parents=True)
    shutil.copy(file, folder / "data" / file.name)
    text = yaml.safe_dump(
        {k: v for k, v in document.items() if v},
        allow_unicode=True,
        sort_keys=False,
        default_flow_style=None,
        width=110,
    )
    (folder / "source.yaml").write_text(text, encoding="utf-8")
    unmapped = [header for header in table.columns if header not in {*columns.values(), *personal}]
    notes = [f"{table.height:,} rows; mapped: {', '.join(f'{h} -> {c}' for c, h in columns.items())}"]
    notes += [f"left out as personal: {', '.join(personal)}"] if personal else []
    notes += [f"not mapped: {', '.join(unmapped)}"] if unmapped else []
    return folder, notes


def guessed_columns(headers: list[str]) -> dict[str, str]:
    """Canonical column to header; each header at most once, personal-looking ones never."""
    found: dict[str, str] = {}
    for canonical, pattern in _GUESSES.items():
        for header in headers:
            if (
                header not in found.values()
                and not _PERSONAL.search(header)
                and re.search(pattern, header, re.IGNORECASE)
            ):
                found[canonical] = header
                break
    return found


def _key(table: pl.DataFrame, columns: dict[str, str]) -> dict[str, object]:
    """The first unique identifier as key, else a hash of what tells rows apart."""
    for canonical in ("register_no", "business_no", "corporate_no"):
        header = columns.get(canonical)
        if header and not table[header].null_count() and table[header].n_unique() == table.height:
            return {"key": canonical}
    telling = [c for c in ("name", "address", "valid_from", "products") if c in columns]
    return {"key": telling, "hash_key": True}
