"""Canonical columns of checked source rows: what every register is mapped onto, declared once.

A source keeps the columns it has; `record_schema` gives the declared schema of such a selection.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import dataframely as dy

from schemas.columns import TRADE_NAME, as_of, day, flag, record_key, text, whole_number

_NOT_GIVEN: Final = "the source does not give it"

RECORD_COLUMNS: Final[dict[str, dy.Column]] = {
    "record_key": record_key(primary_key=True),
    "as_of": as_of(),
    "name": text(
        "Name as the source writes it, cleaned",
        "출처가 적은 기업명(정리)",
        example="(주)가나스마트팩토리",
        min_length=1,
        personal=TRADE_NAME,
    ),
    "grain": text(
        "What the row is about, in a register whose rows differ in that",
        "한 행이 나타내는 것(행의 종류가 여럿인 출처)",
        null="rows of the register are all alike",
        example="contracts",
        origin="computed: the grain of the register's part that the row is from",
    ),
    "name_en": text("English name", "영문명", null=_NOT_GIVEN, example="GANA SMART FACTORY", personal=TRADE_NAME),
    "is_corporation": flag(
        "Known to be a corporation, by register, number or legal form in the name",
        "법인임이 등록부·번호·상호로 확인됨",
        origin="computed: a register of corporations, a corporate number, or a legal form in the name",
    ),
    "register_no": text("Number in the register", "등록부의 부여번호", null=_NOT_GIVEN, example="10999901"),
    "business_no": text(
        "Business registration number, digits only",
        "사업자등록번호(숫자만)",
        null=_NOT_GIVEN,
        example="9998100015",
        regex=r"^\d{10}$",
        personal="corporations only; sole traders' numbers are dropped",
    ),
    "corporate_no": text(
        "Corporate registration number, digits only",
        "법인등록번호(숫자만)",
        null=_NOT_GIVEN,
        example="9999110000011",
        personal="a corporation's own number",
        regex=r"^\d{13}$",
    ),
    "dart_code": text(
        "Code in the DART disclosure system", "DART 고유번호", null=_NOT_GIVEN, example="00126380", regex=r"^\d{8}$"
    ),
    "stock_code": text("Stock code", "종목코드", null=_NOT_GIVEN, example="0130H0", regex=r"^[0-9A-Z]{6}$"),
    "applicant_no": text(
        "Patent applicant number", "특허고객번호", null=_NOT_GIVEN, example="120990000011", regex=r"^\d{12}$"
    ),
    "country": text(
        "Country, ISO 3166-1 alpha-2",
        "국가",
        example="KR",
        regex=r"^[A-Z]{2}$",
        origin="the register; KR where it names none",
    ),
    "address": text(
        "Address; of a firm not known to be a corporation province and district only",
        "주소(법인이 아니면 시·군·구까지만)",
        null=_NOT_GIVEN,
        example="경기도 성남시 분당구",
        personal="cut to province and city or district unless the firm is known to be a corporation",
    ),
    "province": text("Province as the source names it", "출처가 적은 시도", null=_NOT_GIVEN, example="경기"),
    "region_code": text(
        "Legal-district code, 5 digits, or 2 where only the province is known",
        "법정동 코드(시군구 5자리, 시도 2자리)",
        null="no recognised Korean place",
        example="41135",
        origin="computed from the address, by the table of legal districts",
        regex=r"^(\d{2}|\d{5})$",
    ),
    "homepage": text(
        "Homepage of the corporation",
        "누리집",
        null=_NOT_GIVEN,
        example="www.example.invalid",
        personal="corporations only",
    ),
    "market": text("Stock market", "상장시장", null=_NOT_GIVEN, example="코스닥"),
    "industry_code": text(
        "KSIC code as given", "표준산업분류 코드", null=_NOT_GIVEN, example="26429", regex=r"^\d{2,5}$"
    ),
    "industry": text("Industry name", "업종명", null=_NOT_GIVEN, example="응용 소프트웨어 개발 및 공급업"),
    "products": text("Main products in the firm's words", "주요 제품", null=_NOT_GIVEN, example="머신비전 검사장비"),
    "employees": whole_number("Employees", "종업원 수", null=_NOT_GIVEN, unit="persons", min=0, example="48"),
    "established": day("Date of establishment", "설립일", null=_NOT_GIVEN),
    "listed": day("Date of listing", "상장일", null=_NOT_GIVEN),
    "about": text(
        "Key of the record that this one speaks of, where it is about no firm by itself",
        "이 기록이 말하는 다른 기록의 번호",
        null="speaks of its own firm",
        example="venture:0a1b2c3d4e5f",
    ),
    "specialty": text("Specialty as the register words it", "전문분야", null=_NOT_GIVEN, example="MES"),
    "served_industries": text("Industries served", "특화업종", null=_NOT_GIVEN, example="자동차부품"),
    "completed_projects": whole_number(
        "Projects completed", "구축건수", null=_NOT_GIVEN, unit="projects", min=0, example="12"
    ),
    "project_no": text("Number of the project or contract", "과제·계약번호", null=_NOT_GIVEN, example="9999000001"),
    "orderer": text(
        "Who orders or funds the project or contract", "발주·부처", null=_NOT_GIVEN, example="중소벤처기업부"
    ),
    "amount": whole_number(
        "Amount of the project or contract", "금액", null=_NOT_GIVEN, unit="KRW", min=0, example="48000000"
    ),
    "certificate_no": text(
        "Number of the certificate or designation", "인증·지정번호", null=_NOT_GIVEN, example="2026-001"
    ),
    "certification": text("Kind within the certification scheme", "인증 유형", null=_NOT_GIVEN, example="혁신성장유형"),
    "valid_from": day("First day of validity", "유효 시작일", null=_NOT_GIVEN),
    "valid_to": day("Last day of validity", "유효 종료일", null=_NOT_GIVEN, example="2028-09-09"),
    "designated_field": text("Field of the designation", "지정 분야", null=_NOT_GIVEN, example="디지털 트윈"),
    "status": text(
        "Status: active, suspended or closed",
        "상태(계속·휴업·폐업)",
        null=_NOT_GIVEN,
        example="active",
        values=("active", "suspended", "closed"),
        regex="^(active|suspended|closed)$",
    ),
    "status_date": day("Date of the status", "상태 기준일", null=_NOT_GIVEN),
    "title": text(
        "Title of the patent, project or contract",
        "발명·과제·계약 명칭",
        null=_NOT_GIVEN,
        example="설비 이상 진단 방법",
    ),
    "ipc": text("IPC symbols, joined by |", "국제특허분류", null=_NOT_GIVEN, example="G05B 23/02|G06N 3/08"),
    "application_no": text(
        "Patent application number", "출원번호", null=_NOT_GIVEN, example="1020990000011", regex=r"^\d{13}$"
    ),
    "filed": day("Filing date", "출원일", null=_NOT_GIVEN),
    "registered": day("Registration date", "등록일", null=_NOT_GIVEN),
    "state": text("Legal state of the patent", "특허 상태", null=_NOT_GIVEN, example="등록"),
}

REQUIRED_COLUMNS: Final = ("record_key", "as_of", "name", "is_corporation", "country")

QUARANTINE_COLUMNS: Final[dict[str, dy.Column]] = {
    "source": text("Source", "출처", example="venture"),
    "receipt": text("Receipt of the raw file", "원본 수신 기록", example="raw/venture/2026-11-22T183000Z"),
    "file": text("File of the delivery", "파일", example="venture_new_202603.csv"),
    "line": whole_number(
        "Line in the file, 1 is the header",
        "파일의 줄 번호",
        null="not tied to one line",
        example="17",
        unit="line number",
    ),
    "rule": text("Rule that was broken", "어긴 규칙", example="business_no|regex"),
    "column": text("Column it was broken in", "해당 열", null="the whole row", example="business_no"),
    "value": text(
        "Value as received; personal columns are masked",
        "받은 값(개인정보는 가림)",
        null="there was none",
        example="12-34",
        personal="can hold what a register wrote in the wrong column: private, never published",
    ),
    "row_kept": flag("The row was kept without this value", "행은 이 값 없이 유지됨"),
}


def record_schema(columns: Iterable[str]) -> type[dy.Schema]:
    """The declared schema of a source that has these canonical columns.

    Raises KeyError for a column that is not canonical.
    """
    chosen = [*REQUIRED_COLUMNS, *(c for c in RECORD_COLUMNS if c in set(columns) - set(REQUIRED_COLUMNS))]
    unknown = set(columns) - set(RECORD_COLUMNS)
    if unknown:
        raise KeyError(f"not canonical: {', '.join(sorted(unknown))}; declare them in schemas/records.py")
    return type("SourceRecord", (dy.Schema,), {name: RECORD_COLUMNS[name] for name in chosen})
