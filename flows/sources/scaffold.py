"""`caplake sources new`: look at a register's file and write a declaration to be read over."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl
import yaml

from flows.fetch.files import as_of_file
from flows.sources.declaration import SourceError, load_source, own_folder, source_folder
from flows.sources.delimited import LINE
from flows.sources.reading import FILE, read_table

_GUESSES: Final = {
    "name": r"(업체|기업|회사|법인|사업자|상점)명(칭)?|상호(명)?|(company|firm|organi[sz]ation)( name)?|name",
    "business_no": r"사업자(등록)?번호|biz(r|ness)? ?(no|number)|business (no|number)|(vat|tax) ?(id|no|number)",
    "corporate_no": r"법인(등록)?번호|corp(orate)? (no|number)|jurir no",
    "country": r"국가(코드)?|country( code)?",
    "address": r"(본사|사업장|도로명|간략)?주소|소재지.*|지역|address|adres|city|location",
    "homepage": r"홈페이지( ?주소)?|누리집|home ?page|web ?site|hm url|url",
    "products": r"(주요?|주력|대표|생산)?(생산)?(제품|품목|생산품)(명)?|products?|capabilit(y|ies)|services?",
    "industry": r"업종(명.*)?|산업|industry",
    "established": r"설립(일자?|연월일)|개업일자?|(date )?established|founded|est dt",
    "employees": r"(종업원|직원|임직원|상시근로자)수?|employees|headcount",
    "valid_from": r".*유효.*시작.*|valid from",
    "valid_to": r".*유효.*(종료|만료).*|.*만료일자?|valid (to|until)",
    "register_no": r"(부여|등록|인증|관리|확인|지정|업체|기업)번호|register no|id|symbol",
}
_PERSONAL: Final = re.compile(
    r"대표자|대표 ?번호|대표이사|담당|성명|이름|연락처|전화|휴대|핸드폰|팩스|이메일|메일|생년|주민|representative|"
    r"contact|person|\bceo|e-?mail|phone|mobile|\btel|\bfax|birth",
    re.IGNORECASE,
)
_PERSONAL_VALUE: Final = r"^0\d{1,2}[-) .]?\d{3,4}[- .]?[\d*]{4}$|^[^@\s]+@[^@\s]+$|^[가-힣][*○●]+|^\d{6}-[1-4]"
_LOOKED_AT: Final = 1_000
_MOSTLY: Final = 0.5
_KEYS: Final = ("register_no", "business_no", "corporate_no")


@dataclass(frozen=True)
class Looked:
    """What was seen in a file: `columns` canonical column to header, `personal` and `other` headers, and remarks."""

    table: pl.DataFrame
    columns: dict[str, str]
    personal: list[str]
    other: list[str]


def scaffold(name: str, file: Path, name_header: str | None = None) -> tuple[Path, list[str]]:
    """Write the folder of a source for a file; returns it and what was noticed.

    `name_header` is the column with the firms' names, where its heading does not say so. Raises SourceError for a bad
    name, a folder that is there, or a file that is no table.
    """
    folder = (own_folder() or source_folder(name).parent) / name
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise SourceError(f"{name!r} cannot be a source name: small letters, digits and _ only, a letter first.")
    if folder.exists() or source_folder(name).exists():
        raise SourceError(f"the source {name} is there already: {source_folder(name)}")
    if not file.is_file():
        raise SourceError(f"there is no file {file}.")
    raw = read_table(file.read_bytes(), file.name)
    seen = look(raw.frame.drop(LINE, FILE), file.name, name_header)
    (folder / "data").mkdir(parents=True)
    shutil.copy(file, folder / "data" / file.name)
    text = "".join(_line(key, value) for key, value in _document(name, file, seen).items())
    (folder / "source.yaml").write_text(text, encoding="utf-8")
    lines = f", header in line {raw.frame[LINE][0] - 1}" if raw.frame.height else ""
    return folder, [f"{file.name}: {seen.table.height:,} rows{lines}", *_notes(seen, len(raw.malformed))]


def look(table: pl.DataFrame, file: str, name_header: str | None = None) -> Looked:
    """Guess what each column is, by its heading and its values. Raises SourceError when no column names the firm."""
    personal = [header for header in table.columns if _is_personal(table, header) and header != name_header]
    columns = guessed_columns([header for header in table.columns if header not in personal], name_header)
    if "name" not in columns:
        raise SourceError(
            f"{file}: which of its columns is the firm's name? Say it with --name-column; there are: "
            f"{', '.join(table.columns)}."
        )
    other = [header for header in table.columns if header not in {*columns.values(), *personal}]
    return Looked(table, columns, personal, other)


def _is_personal(table: pl.DataFrame, header: str) -> bool:
    """By its heading, or because most of its values are telephone numbers, addresses of mail or masked names."""
    if _PERSONAL.search(_plain(header)):
        return True
    values = table[header].head(_LOOKED_AT).drop_nulls()
    return bool(len(values)) and values.str.contains(_PERSONAL_VALUE).sum() > len(values) * _MOSTLY


def guessed_columns(headers: Sequence[str], name_header: str | None = None) -> dict[str, str]:
    """Canonical column to header, each header at most once, personal-looking ones never; `name_header` is the name."""
    found = {"name": name_header} if name_header in headers and name_header else {}
    plain = {header: _plain(header) for header in headers if not _PERSONAL.search(_plain(header))}
    for canonical, pattern in _GUESSES.items():
        fits = (h for h, p in plain.items() if h not in found.values() and re.fullmatch(pattern, p, re.IGNORECASE))
        if canonical not in found and (header := next(fits, None)):
            found[canonical] = header
    return found


def _plain(header: str) -> str:
    """`company_name` and `Company Name` alike; a remark in brackets says nothing of what the column is."""
    return re.sub(r"\s*[(\[].*?[)\]]", "", " ".join(re.sub(r"[_\-]+", " ", header).split())).strip() or header


def _document(name: str, file: Path, seen: Looked) -> dict[str, Any]:
    columns = seen.columns
    names = _country_names(seen)
    document = {
        "title": {"ko": name, "en": name},
        "publisher": "who publishes it",
        "licence": "under which terms",
        "landing_page": "https://",
        "cadence": "irregular",
        "editions": [{"file": file.name, "as_of": as_of_file(file)}],
        **_key(seen.table, columns),
        "columns": columns,
        "values": {"country": names} if names else {},
        "personal": seen.personal,
        "dropped": seen.other,
        "statements": [{"column": "products", "kind": "product", "weight": "strong"}] if "products" in columns else [],
        "checks": {"minimum": max(1, seen.table.height * 85 // 100)},
    }
    return {key: value for key, value in document.items() if value}


def _line(key: str, value: Any) -> str:
    """A key of the declaration on one line, or folded where that is too long to read."""
    dumped = yaml.safe_dump(value, allow_unicode=True, sort_keys=False, default_flow_style=True, width=110)
    return f"{key}: {dumped.removesuffix('...' + chr(10)).strip().replace(chr(10), chr(10) + '  ')}\n"


def _country_names(seen: Looked) -> dict[str, str]:
    """Names of countries that the file has instead of codes, with the codes we know; ZZ where we know none."""
    if "country" not in seen.columns:
        return {}
    known = load_source("listed_world").values["country"]
    names = seen.table[seen.columns["country"]].drop_nulls().unique().sort()
    return {name: known.get(name, "ZZ") for name in names if not re.fullmatch("[A-Z]{2}", name)}


def _key(table: pl.DataFrame, columns: dict[str, str]) -> dict[str, object]:
    """The first unique identifier as key, else a hash of what tells rows apart."""
    for canonical in _KEYS:
        header = columns.get(canonical)
        if header and not table[header].null_count() and table[header].n_unique() == table.height:
            return {"key": canonical}
    return {"key": [c for c in ("name", "address", "valid_from", "products") if c in columns], "hash_key": True}


def _notes(seen: Looked, malformed: int) -> list[str]:
    key = _key(seen.table, seen.columns)
    notes = [f"mapped: {', '.join(f'{header} -> {canonical}' for canonical, header in seen.columns.items())}"]
    notes.append(
        f"key: a hash of {', '.join(key['key'])}, as no number is there for every row and for one alone"  # type: ignore[arg-type]
        if key.get("hash_key")
        else f"key: {seen.columns[str(key['key'])]}, different in every row"
    )
    notes += [f"left out as personal: {', '.join(seen.personal)}"] if seen.personal else []
    notes += [f"left out, as nothing fits: {', '.join(seen.other)}"] if seen.other else []
    notes += [f"{malformed:,} lines are no rows: too few or too many cells"] if malformed else []
    names = [name for name, code in _country_names(seen).items() if code == "ZZ"]
    return [*notes, f"countries without a code, give them one: {', '.join(names)}"] if names else notes
