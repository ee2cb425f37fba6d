"""The services' success and error documents, as the contract describes them."""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any, Final
from xml.sax.saxutils import escape

from tests.replay.registers import Row

_ERROR_XML: Final = (
    "<OpenAPI_ServiceResponse><cmmMsgHeader><errMsg>SERVICE ERROR</errMsg><returnAuthMsg>{token}</returnAuthMsg>"
    "<returnReasonCode>{code}</returnReasonCode></cmmMsgHeader></OpenAPI_ServiceResponse>"
)


@dataclass(frozen=True)
class Reply:
    status: int
    content: bytes
    content_type: str = "application/json;charset=UTF-8"
    etag: str | None = None


def as_json(document: Any, status: int = 200) -> Reply:
    return Reply(status, json.dumps(document, ensure_ascii=False).encode())


def as_xml(text: str, status: int = 200) -> Reply:
    return Reply(status, text.encode(), "text/xml;charset=UTF-8")


def portal(rows: list[Row], total: int, page: int, size: int, bare: bool = False) -> Reply:
    items: Any = rows if bare else {"item": rows[0] if len(rows) == 1 else rows} if rows else ""
    body = {"numOfRows": size, "pageNo": page, "totalCount": total, "items": items}
    return as_json({"response": {"header": {"resultCode": "00", "resultMsg": "NORMAL SERVICE."}, "body": body}})


def odcloud(rows: list[Row], total: int, page: int, size: int) -> Reply:
    return as_json(
        {
            "currentCount": len(rows),
            "data": rows,
            "matchCount": total,
            "page": page,
            "perPage": size,
            "totalCount": total,
        }
    )


def kipris(rows: list[Row], total: int, page: int, size: int) -> Reply:
    # Titles are not escaped, as seen at the real service.
    items = "".join("<item>" + "".join(f"<{k}>{v}</{k}>" for k, v in row.items()) + "</item>" for row in rows)
    return as_xml(
        "<response><header><requestMsgID/><responseTime>2026-11-22 10:00:00.0</responseTime><successYN>Y</successYN>"
        f"<resultCode>00</resultCode><resultMsg>NORMAL SERVICE.</resultMsg></header><body><items>{items}</items></body>"
        f"<count><numOfRows>{size}</numOfRows><pageNo>{page}</pageNo><totalCount>{total}</totalCount></count></response>"
    )


def ntis(rows: list[Row], total: int) -> Reply:
    hits = "".join(
        f'<HIT NO="{place}"><ProjectNumber>{row["ProjectNumber"]}</ProjectNumber><ProjectTitle>'
        f"<Korean>{escape(row['title'])}</Korean><English/></ProjectTitle><Manager><Name>홍길동</Name></Manager><ResearchAgency><Name>{row['agency']}</Name>"
        "</ResearchAgency><Ministry><Name>중소벤처기업부</Name></Ministry><ProjectYear>2024</ProjectYear><ProjectPeriod>"
        "<Start>20240401</Start><End>20241231</End></ProjectPeriod><TotalFunds>130000000</TotalFunds></HIT>"
        for place, row in enumerate(rows, 1)
    )
    result = f"<RESULTSET>{hits}</RESULTSET>" if hits else "<RESULTSET />"
    return as_xml(f"<RESULT><TOTALHITS>{total}</TOTALHITS><SEARCHTIME>0.01</SEARCHTIME>{result}</RESULT>")


def code_list(companies: dict[str, Row]) -> Reply:
    entries = "".join(
        f"<list><corp_code>{code}</corp_code><corp_name>{escape(row['corp_name'])}</corp_name><stock_code>"
        f"{row['stock_code'] or ' '}</stock_code><modify_date>20240315</modify_date></list>"
        for code, row in companies.items()
    )
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        info = zipfile.ZipInfo("CORPCODE.xml", (2026, 1, 1, 0, 0, 0))
        archive.writestr(info, f'<?xml version="1.0" encoding="UTF-8"?><result>{entries}</result>')
    return Reply(200, buffer.getvalue(), "application/octet-stream")


def html_table(rows: list[Row]) -> Reply:
    head = "".join(f"<th>{name}</th>" for name in rows[0])
    body = "".join("<tr>" + "".join(f"<td>{escape(v)}</td>" for v in row.values()) + "</tr>" for row in rows)
    page = (
        f"<html><head><meta charset='euc-kr'></head><body><table border='1'><tr>{head}</tr>{body}</table></body></html>"
    )
    return Reply(200, page.encode("cp949", "xmlcharrefreplace"), "application/vnd.ms-excel;charset=EUC-KR")


def gateway(token: str, code: str, status: int = 200) -> Reply:
    return as_xml(_ERROR_XML.format(token=token, code=code), status)


def failing(kind: str, service: str, good: Reply) -> Reply | None:
    """The document of a fault, in the service's own words; None for faults of the connection."""
    if service == "opendart" and kind in _DART:
        status, message = _DART[kind]
        return as_xml(f"<result><status>{status}</status><message>{message}</message></result>")
    if service == "kipris" and kind == "key_30":
        said = "API KEY를 잘못 입력하셨습니다.(SERVICE KEY IS NOT REGISTERED ERROR.[30])"
        return as_xml(
            f"<response><header><successYN>N</successYN><resultCode>10</resultCode><resultMsg>{said}</resultMsg></header></response>"
        )
    if service == "ntis" and kind in ("key_30", "denied_20", "blacklisted_29"):
        return as_xml("<?xml version='1.0'?><error>접근 허용 IP가 아닙니다.</error>")
    if kind in _DOCUMENTS:
        return _DOCUMENTS[kind]
    match kind:
        case "wrong_content_type":
            return replace(good, content_type="text/html")
        case "blank_lines_first":
            return replace(good, content=good.content if good.content[:2] == b"PK" else b"\n\n" + good.content)
        case "total_as_text":
            return replace(good, content=good.content.replace(b'"totalCount": ', b'"totalCount":  '))
    return None


_DOCUMENTS: Final = {
    "gateway_xml_01": gateway("APPLICATION_ERROR", "01"),
    "gateway_xml_04_500": gateway("HTTP_ERROR", "04", 500),
    "gateway_json_05": as_json(
        {
            "cmmMsgHeader": {
                "errMsg": "SERVICETIMEOUT_ERROR",
                "returnAuthMsg": "서비스 연결실패",
                "returnReasonCode": "05",
            }
        }
    ),
    "flat_json_99": as_json({"responseTime": "2026-09-02", "resultCode": "99", "resultMsg": "UNKNOWN_ERROR"}),
    "envelope_02": as_json({"response": {"header": {"resultCode": "02", "resultMsg": "DB_ERROR"}}}),
    "too_fast_23": gateway("LIMITED_NUMBER_OF_SERVICE_REQUESTS_PER_SECOND_EXCEEDS_ERROR", "23"),
    "too_fast_429": Reply(429, b"API rate limit exceeded", "text/plain"),
    "plain_forwarding": Reply(502, b"Error forwarding request to backend server", "text/plain"),
    "plain_500": Reply(500, b"Unexpected errors\n", "text/plain"),
    "unavailable_503": Reply(503, b"", "text/plain"),
    "firewall_page": Reply(200, b"<!DOCTYPE html><html><body>The request was blocked.</body></html>", "text/html"),
    "empty_body": Reply(200, b""),
    "quota_22": gateway("LIMITED_NUMBER_OF_SERVICE_REQUESTS_EXCEEDS_ERROR", "22"),
    "quota_plain_429": Reply(429, b"API token quota exceeded", "text/plain"),
    "key_30": gateway("SERVICE_KEY_IS_NOT_REGISTERED_ERROR", "30"),
    "key_4": as_json({"code": -4, "msg": "등록되지 않은 인증키 입니다."}, 401),
    "denied_20": gateway("SERVICE_ACCESS_DENIED_ERROR", "20", 403),
    "closed_12": as_json({"response": {"header": {"resultCode": "12", "resultMsg": "NO_OPENAPI_SERVICE_ERROR"}}}),
    "expired_31": gateway("DEADLINE_HAS_EXPIRED_ERROR", "31"),
    "blacklisted_29": gateway("BLACKLIST_IP_ACCESS_ERROR", "29"),
    "plain_403": Reply(403, b"Forbidden", "text/plain"),
    "not_found_404": Reply(404, b"API not found", "text/plain"),
}
_DART: Final = {
    "gateway_xml_01": ("900", "정의되지 않은 오류가 발생하였습니다."),
    "envelope_02": ("800", "시스템 점검으로 인한 서비스가 중지 중입니다."),
    "quota_22": ("020", "요청 제한을 초과하였습니다."),
    "key_30": ("010", "등록되지 않은 키입니다."),
    "denied_20": ("012", "접근할 수 없는 IP입니다."),
    "expired_31": ("901", "사용자 계정의 개인정보 보유기간이 만료되어 사용할 수 없는 키입니다."),
}
