"""What services answer, told apart; keys, which go one way only."""

from __future__ import annotations

import logging
import traceback
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from flows.fetch.answers import (
    NothingFound,
    QuotaSpent,
    RateLimitError,
    Refused,
    ServiceError,
    TransientError,
    read_answer,
)
from flows.fetch.client import Client, Request
from flows.fetch.redaction import redact, redact_logs
from flows.fetch.services import SERVICES
from tests.replay.faults import Fault, Faults
from tests.replay.server import KEY, replaying

PORTAL, DART, NTS = SERVICES["data_go_kr"], SERVICES["opendart"], SERVICES["nts"]
_XML = (
    "<OpenAPI_ServiceResponse><cmmMsgHeader><returnAuthMsg>{}</returnAuthMsg><returnReasonCode>{}</returnReasonCode>"
    "</cmmMsgHeader></OpenAPI_ServiceResponse>"
)
ROW = '{"crno":"1"}'


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        (
            '{"response":{"header":{"resultCode":"00"},"body":{"items":{"item":[ROW,ROW]},"totalCount":2}}}',
            2,
        ),
        ('{"response":{"header":{"resultCode":"00"},"body":{"items":{"item":ROW},"totalCount":1}}}', 1),
        ('{"response":{"header":{"resultCode":"00"},"body":{"items":[ROW],"totalCount":1}}}', 1),
        ('{"response":{"header":{"resultCode":"00"},"body":{"items":"","totalCount":0}}}', 0),
        ('{"response":{"header":{"resultCode":"00"},"body":{"items":{},"totalCount":0}}}', 0),
        ('{"response":{"header":{"resultCode":"00"},"body":{"items":null,"totalCount":0}}}', 0),
        ('{"header":{"resultCode":"00"},"body":{"items":{"item":[ROW]},"totalCount":1}}', 1),
        ('{"FranchiseService":[ROW],"resultCode":"00","resultMsg":"NORMAL SERVICE.","totalCount":1}', 1),
        ('{"currentCount":1,"data":[ROW],"matchCount":1,"page":1,"perPage":10,"totalCount":9}', 1),
        ("<results><currentCount>1</currentCount><data><item><col name='a'>C03001</col></item></data></results>", 1),
        (
            "\n\n<response><header><resultCode>00</resultCode></header><body><items><item><a>1</a></item></items></body></response>",
            1,
        ),
        ('{"response":{"header":{"resultCode":"03","resultMsg":"NODATA_ERROR"},"body":{}}}', 0),
    ],
)
def test_every_envelope_gives_its_rows(content: str, rows: int) -> None:
    assert len(read_answer(PORTAL, 200, content.replace("ROW", ROW).encode()).rows) == rows


@pytest.mark.parametrize(
    ("service", "status", "content", "kind"),
    [
        (PORTAL, 200, _XML.format("APPLICATION_ERROR", "01"), TransientError),
        (PORTAL, 200, _XML.format("LIMITED_NUMBER_OF_SERVICE_REQUESTS_EXCEEDS_ERROR", "22"), QuotaSpent),
        (PORTAL, 200, _XML.format("LIMITED_NUMBER_OF_SERVICE_REQUESTS_PER_SECOND_EXCEEDS_ERROR", "23"), RateLimitError),
        (PORTAL, 403, _XML.format("SERVICE_ACCESS_DENIED_ERROR", "20"), Refused),
        (PORTAL, 200, _XML.format("SERVICE_KEY_IS_NOT_REGISTERED_ERROR", "30"), Refused),
        (PORTAL, 200, _XML.format("DEADLINE_HAS_EXPIRED_ERROR", "31"), Refused),
        (PORTAL, 200, '{"resultCode":"99","resultMsg":"UNKNOWN_ERROR"}', TransientError),
        (PORTAL, 200, '{"resultCode":"77","resultMsg":"?"}', Refused),
        (
            PORTAL,
            200,
            "<EgovMap><resultCode>11</resultCode><resultMsg>ESSENTIAL_PARAMETER_ERROR</resultMsg></EgovMap>",
            Refused,
        ),
        (PORTAL, 429, "API token quota exceeded", QuotaSpent),
        (PORTAL, 429, "API rate limit exceeded", RateLimitError),
        (PORTAL, 500, "Unexpected errors\n", TransientError),
        (PORTAL, 200, "<!DOCTYPE html><html><body>blocked</body></html>", TransientError),
        (PORTAL, 200, "", TransientError),
        (PORTAL, 200, '{"response":{"header":{"resultCode":"00"},"body":{"items":[{"a":', TransientError),
        (NTS, 401, '{"code":-4,"msg":"등록되지 않은 인증키 입니다."}', Refused),
        (NTS, 400, '{"status_code":"BAD_JSON_REQUEST"}', Refused),
        (DART, 200, "<result><status>020</status><message>사용한도를 초과하였습니다.</message></result>", QuotaSpent),
        (DART, 200, '{"status":"800","message":"시스템 점검"}', TransientError),
        (DART, 200, '{"status":"901","message":"사용할 수 없는 키"}', Refused),
        (DART, 200, '{"status":"777","message":"새 오류"}', Refused),
        (SERVICES["ntis"], 200, "<?xml version='1.0'?><error>접근 허용 IP가 아닙니다.</error>", Refused),
    ],
)
def test_every_error_asks_for_what_it_means(service, status: int, content: str, kind: type[ServiceError]) -> None:
    with pytest.raises(ServiceError) as raised:
        read_answer(service, status, content.encode())
    assert type(raised.value) is kind


def test_nothing_found_is_an_empty_answer() -> None:
    assert issubclass(NothingFound, ServiceError)
    assert read_answer(DART, 200, '{"status":"013","message":"조회된 데이타가 없습니다."}'.encode()).rows == []


@pytest.mark.parametrize("given", [KEY, quote(KEY, safe=""), f"  {KEY}\n"])
def test_a_key_may_be_given_as_portals_show_it(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_GO_KR_KEY", given)
    assert PORTAL.key == KEY


@pytest.mark.parametrize("service", ["data_go_kr", "nts", "opendart", "kipris", "ntis"])
@pytest.mark.parametrize("kind", ["key_30", "reset", "firewall_page", "cut_body", "plain_500", "plain_403"])
def test_no_key_stands_in_a_message_a_traceback_or_a_log(
    service: str, kind: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CAPLAKE_RETRY_SECONDS", "0.001")
    log = logging.FileHandler(tmp_path / "log", encoding="utf-8")
    root = logging.getLogger()
    level = root.level
    root.addHandler(log)
    root.setLevel(logging.DEBUG)
    try:
        with replaying(Faults([Fault(kind, service, 1, times=0)])) as server:
            for name, value in server.environment.items():
                monkeypatch.setenv(name, value)
            request = Request(
                SERVICES[service], "/x/getCorpOutline_V2", body={"b_no": []} if service == "nts" else None
            )
            with pytest.raises(ServiceError) as raised:
                Client().ask(request, lambda r: read_answer(request.service, r.status, r.content))
    finally:
        root.removeHandler(log)
        root.setLevel(level)
    told = "".join(traceback.format_exception(raised.value)) + (tmp_path / "log").read_text(encoding="utf-8")
    assert len(told) > 500
    for form in (KEY, quote(KEY, safe=""), quote_plus(KEY), quote(quote(KEY, safe=""), safe="")):
        assert form not in told
        assert form not in request.public_url


def test_redaction_hides_keys_that_are_not_configured_too() -> None:
    redact_logs()
    said = redact("GET https://x?serviceKey=abc%2Bdef&page=1 crtfc_key=0123 Authorization: Infuser zzz999")
    assert said == "GET https://x?serviceKey=(key)&page=1 crtfc_key=(key) Authorization: Infuser (key)"


def test_every_key_and_setting_of_fetching_is_in_the_example() -> None:
    root = Path(__file__).parents[2]
    text = (root / ".env.example").read_text(encoding="utf-8")
    for service in SERVICES.values():
        assert f"\n{service.key_variable}=" in text
        assert service.name in text
    for name in ("CAPLAKE_OFFLINE", "CAPLAKE_DROP", "CAPLAKE_SOURCES", "CAPLAKE_RAW_KEEP", "CAPLAKE_RETRY_SECONDS"):
        assert f"\n{name}=" in text
