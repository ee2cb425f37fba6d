"""What the replayed services have: invented firms, the same ones every time, and the bundled registers' own rows.

Every invented register has one row without a name, so that a night also has something to refuse.
"""

from __future__ import annotations

import csv
import hashlib
from datetime import date
from functools import cache
from io import StringIO
from typing import Any, Final

from flows.sources.declaration import SOURCES_FOLDER

Row = dict[str, Any]

_PLACES: Final = (
    "경기도 성남시 분당구",
    "대구광역시 북구",
    "경상남도 창원시 성산구",
    "서울특별시 금천구",
    "부산광역시 사상구",
)
_PRODUCTS: Final = (
    "MES",
    "머신비전 검사장비",
    "협동로봇 그리퍼",
    "설비 예지보전 플랫폼",
    "산업용 게이트웨이",
    "용접 지그",
)
_STATUS: Final = {"01": "계속사업자", "02": "휴업자", "03": "폐업자"}


def number(seed: str, digits: int) -> int:
    return int(hashlib.sha256(seed.encode()).hexdigest(), 16) % 10**digits


def business_no(place: int, kind: str = "81") -> str:
    """An invented number (999-..) whose check digit fits."""
    digits = f"999{kind}{place:04d}"
    total = sum(int(d) * w for d, w in zip(digits, (1, 3, 7, 1, 3, 7, 1, 3, 5), strict=True)) + int(digits[8]) * 5 // 10
    return f"{digits}{(10 - total % 10) % 10}"


def hyphened(business: str) -> str:
    return f"{business[:3]}-{business[3:5]}-{business[5:]}"


def corporate_no(place: int) -> str:
    digits = f"999911{place:06d}"
    return f"{digits}{(10 - sum(int(d) * (1 + i % 2) for i, d in enumerate(digits)) % 10) % 10}"


def firm(place: int) -> Row:
    return {
        "name": f"가상{place:03d}테크(주)",
        "business_no": business_no(place),
        "corporate_no": corporate_no(place),
        "address": f"{_PLACES[place % len(_PLACES)]} 가상로 {place}",
        "product": _PRODUCTS[place % len(_PRODUCTS)],
    }


@cache
def outlines() -> list[Row]:
    """Of 금융위원회; the first ten firms have an older row too."""
    rows = [_outline(place, "20241101") for place in range(1, 130)]
    rows += [{**_outline(place, "20200509"), "enpEmpeCnt": "3"} for place in range(1, 11)]
    return [*rows, {**_outline(900, "20241101"), "corpNm": " "}]


def _outline(place: int, opened: str) -> Row:
    one = firm(place)
    return {
        "crno": one["corporate_no"],
        "corpNm": one["name"],
        "corpEnsnNm": f"GASANG {place} TECH CO.,LTD.",
        "enpRprFnm": "홍길동",
        "bzno": one["business_no"],
        "enpBsadr": one["address"],
        "enpDtadr": "101호",
        "enpHmpgUrl": "www.example.invalid",
        "enpTlno": "0310000000",
        "enpFxno": "",
        "sicNm": "응용 소프트웨어 개발 및 공급업",
        "enpEstbDt": "20150302",
        "enpEmpeCnt": str(place),
        "enpMainBizNm": one["product"],
        "fssCorpUnqNo": f"{90000000 + place}",
        "lastOpegDt": opened,
    }


@cache
def factories() -> list[Row]:
    rows = [
        {
            "연번": place,
            "회사명": firm(place)["name"],
            "공장주소": firm(place)["address"],
            "생산품": firm(place)["product"],
            "대표업종": "29299",
            "업종명": "그 외 기타 특수목적용 기계 제조업",
            "종업원합계": place,
            "전화번호": "031-000-0000",
            "공장관리번호": f"99999{place:010d}",
        }
        for place in range(1, 91)
    ]
    return [
        {name: row[name] for name in sorted(row)}
        for row in [*rows, {**rows[0], "회사명": None, "공장관리번호": "999990000000999"}]
    ]


@cache
def innobiz() -> list[Row]:
    rows = [
        {
            "연번": place,
            "지역": firm(place)["address"][:2],
            "업체명": firm(place)["name"],
            "대표자": "홍길동",
            "사업자번호": hyphened(firm(place)["business_no"]),
            "주생산품": firm(place)["product"],
            "확인서유효기간시작일": "2024-03-01",
            "확인서유효기간종료일": "2027-02-28",
            "홈페이지": "www.example.invalid",
        }
        for place in range(20, 95)
    ]
    sole = {**rows[0], "연번": 95, "업체명": "가상공방", "사업자번호": business_no(7000, "11")}
    return [
        {name: row[name] for name in sorted(row)}
        for row in [*rows, sole, {**rows[0], "연번": 96, "업체명": "", "사업자번호": business_no(7001)}]
    ]


@cache
def bundled(source: str, file: str, encoding: str = "utf-8-sig") -> list[Row]:
    text = (SOURCES_FOLDER / source / "data" / file).read_bytes().decode(encoding)
    return [dict(row) for row in csv.DictReader(StringIO(text))]


@cache
def ventures() -> list[Row]:
    """Both bundled lists in the layout of the first."""
    first = bundled("venture", "venture_new_202603.csv")
    names = {
        "업체명": "COMPANY_NAME",
        "벤처확인유형": "VENTURE_TYPE",
        "지역": "LOCATION",
        "간략주소": "LOCATION",
        "주생산품": "TYPE_DETAIL",
        "벤처유효시작일": "VENTURE_START_DATE",
        "벤처유효종료일": "VENTURE_END_DATE",
    }
    second = [
        {**dict.fromkeys(first[0], ""), **{new: row[old] for new, old in names.items()}, "연번": str(10_000 + place)}
        for place, row in enumerate(bundled("venture", "venture_short_202603.csv"))
    ]
    return [*first, *second]


def datasets() -> dict[str, list[Row]]:
    """File data of the portal by data-set number."""
    return {
        "15042132": bundled("smart_factory_suppliers", "suppliers_20250910.csv", "cp949"),
        "15084581": ventures(),
        "15105482": factories(),
        "15134641": innobiz(),
    }


@cache
def listed() -> list[Row]:
    return bundled("krx_listed", "krx_listed_202604.csv")


@cache
def companies() -> dict[str, Row]:
    """OpenDART's companies by code: 150 of the bundled ones."""
    return {row["corp_code"]: row for row in bundled("dart", "dart_company_202503.csv")[:150]}


def patents(applicant: str) -> list[Row]:
    """None to three patents of an applicant."""
    return [
        {
            "indexNo": str(place + 1),
            "registerStatus": "등록",
            "inventionTitle": f"{_PRODUCTS[(number(applicant, 3) + place) % len(_PRODUCTS)]} & 그 제어 방법",
            "ipcNumber": "G05B 23/02|G06N 3/08",
            "registerNumber": "",
            "registerDate": "2023/01/10 00:00:00",
            "applicationNumber": f"10{2010 + place}{number(f'{applicant}{place}', 7):07d}",
            "applicationDate": "20211005",
            "astrtCont": "본 발명은 ...",
            "applicantName": "가상출원인(주)|홍길동",
        }
        for place in range(number(applicant, 2) % 4)
    ]


def projects(query: str) -> list[Row]:
    """Projects that a query finds; some are found by several."""
    start = number(query, 2) % 60
    return [
        {
            "ProjectNumber": f"9999{place:06d}",
            "title": f'<span class="search_word">{query}</span> 기반 {firm(place)["product"]} 개발 {place}'
            if place >= start + 20
            else f"{firm(place)['product']} 개발 {place}",
            "agency": firm(place)["name"] if place % 40 != 7 else "",
        }
        for place in range(start, start + 33)
    ]


def suppliers(month: str) -> list[Row]:
    start = number(month, 2)
    rows = [
        {
            "bizno": firm(place)["business_no"],
            "corpNm": firm(place)["name"],
            "ceoNm": "홍길동",
            "opbizDt": "2015-03-02 00:00:00",
            "adrs": firm(place)["address"],
            "telNo": "031-000-0000",
            "hmpgAdrs": "www.example.invalid",
            "emplyeNum": "10",
            "rgstDt": f"{month[:4]}-{month[4:]}-15 10:00:00",
        }
        for place in range(start, start + 4)
    ]
    return [*rows, {**rows[0], "corpNm": " ", "bizno": business_no(int(month) % 9000)}]


def products(month: str) -> list[Row]:
    start = number(month, 2)
    return [
        {"bizno": firm(place)["business_no"], "dtilPrdctClsfcNoNm": firm(place)["product"], "rprsntPrdctYn": "Y"}
        for place in range(start, start + 3)
    ]


def contracts(month: str) -> list[Row]:
    one, two = firm(number(month, 2)), firm(number(month, 2) + 1)
    return [
        {
            "untyCntrctNo": f"R99TA{month}01",
            "cntrctNm": f"{month} 스마트 물류센터 제어 시스템 구축",
            "cntrctCnclsDate": f"{month[:4]}-{month[4:]}-20",
            "totCntrctAmt": "250000000",
            "cntrctInsttNm": "가상군",
            "corpList": f"[1^주계약업체^공동^{one['name']}^홍길동^대한민국^60^^^{one['business_no']}]"
            f"[2^부계약업체^공동^{two['name']}^홍길동^대한민국^40^^^{two['business_no']}]",
        }
    ]


def status(business: str) -> Row:
    code = "01" if number(business, 3) % 5 else "03"
    return {
        "b_no": business,
        "b_stt": _STATUS[code],
        "b_stt_cd": code,
        "tax_type": "부가가치세 일반과세자",
        "tax_type_cd": "01",
        "end_dt": f"{date(2026, 1, 31):%Y%m%d}" if code == "03" else "",
        "utcc_yn": "N",
        "tax_type_change_dt": "",
        "invoice_apply_dt": "",
        "rbf_tax_type": "해당없음",
        "rbf_tax_type_cd": "99",
    }
