"""The server: one path prefix a service, keys checked, pages capped as the real ones cap them, faults on top."""

from __future__ import annotations

import hashlib
import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from flows.fetch.services import SERVICES
from tests.replay import envelopes, registers
from tests.replay.envelopes import Reply
from tests.replay.faults import Faults
from tests.replay.registers import Row

KEY = "ReplayKey+abc/DEF012345678901234567890=="
"""Has every character that encodings get wrong."""

_HEADER_KEYS = {"odcloud", "nts"}
_OPEN = {"kind", "odcloud_editions"}
_DRIP_SECONDS = 0.05


class Replay(ThreadingHTTPServer):
    """`cap` is the most rows a page has, whatever is asked for, `most` the most a register of the portal, KIND or
    OpenDART has; `requests` lists what was asked."""

    daemon_threads = True

    def __init__(self, port: int = 0, faults: Faults | None = None, cap: int = 1000, most: int | None = None) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.faults = faults or Faults()
        self.cap = cap
        self.requests: list[str] = []
        self.datasets = {number: rows[:most] for number, rows in registers.datasets().items()}
        self.listed = registers.listed()[:most]
        self.companies = dict(list(registers.companies().items())[:most])

    @property
    def environment(self) -> dict[str, str]:
        """What points the product here, with the key percent-encoded as portals also hand it out."""
        base = f"http://127.0.0.1:{self.server_address[1]}"
        urls = {f"CAPLAKE_{name.upper()}_URL": f"{base}/{name}" for name in SERVICES}
        rates = {f"CAPLAKE_{name.upper()}_PER_SECOND": "100000" for name in SERVICES}
        keys = {service.key_variable: KEY for service in SERVICES.values()}
        return {**urls, **rates, **keys, "DATA_GO_KR_KEY": quote(KEY, safe=""), "KRX_KIND": "on"}

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up are part of the play."""


class _Handler(BaseHTTPRequestHandler):
    server: Replay
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet: `Replay.requests` has it all."""

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def _answer(self, body: bytes) -> None:
        address = urlsplit(self.path)
        service, _, path = address.path.lstrip("/").partition("/")
        params = dict(parse_qsl(address.query, keep_blank_values=True))
        self.server.requests.append(f"{service} {path} {sorted(params.items())} {body.decode()}")
        fault = self.server.faults.next(service)
        good = self._keyed(service, params) or self._good(service, path, params, body, fault)
        reply = envelopes.failing(fault, service, good) or good if fault else good
        if fault is None and reply.status == 200 and self.headers.get("If-None-Match") == reply.etag:
            reply = Reply(304, b"")
        self._send(reply, fault)

    def _keyed(self, service: str, params: dict[str, str]) -> Reply | None:
        """The refusal of a missing or twice encoded key, in the service's words."""
        if service in _OPEN:
            return None
        if service in _HEADER_KEYS:
            given = self.headers.get("Authorization", "").removeprefix("Infuser ") or params.get("serviceKey", "")
        else:
            given = params.get(SERVICES[service].key_name, "")
        if given == KEY:
            return None
        return envelopes.failing("key_4" if service in _HEADER_KEYS else "key_30", service, Reply(200, b""))

    def _good(self, service: str, path: str, params: dict[str, str], body: bytes, fault: str | None) -> Reply:
        reply = _ROUTES[service](self.server, path, params, body, fault)
        # Of what it is about, not of times and counters in it.
        return replace(reply, etag=f'"{hashlib.sha256(reply.content).hexdigest()[:16]}"')

    def _send(self, reply: Reply, fault: str | None) -> None:
        if fault == "reset":
            return self._hang_up()
        declared = fault not in ("cut_without_length", "drip")
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        if declared:
            self.send_header("Content-Length", str(len(reply.content)))
        else:
            self.send_header("Connection", "close")
            self.close_connection = True
        if reply.etag and fault is None:
            self.send_header("ETag", reply.etag)
        self.end_headers()
        content = reply.content
        if fault in ("cut_body", "cut_without_length", "reset_mid_body"):
            self.wfile.write(content[: len(content) // 2])
            self.close_connection = True
            if fault == "reset_mid_body":
                return self._hang_up()
            return None
        if fault == "drip":
            return self._drip(content)
        self.wfile.write(content)
        return None

    def _hang_up(self) -> None:
        """Close with a reset instead of an end."""
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def _drip(self, content: bytes) -> None:
        for start in range(0, len(content), 4):
            self.wfile.write(content[start : start + 4])
            self.wfile.flush()
            time.sleep(_DRIP_SECONDS)


def _page(
    server: Replay, rows: list[Row], params: dict[str, str], names: tuple[str, str], fault: str | None
) -> tuple[list[Row], int, int, int]:
    """The rows of a page, the total, page and size; faults of the paging itself happen here."""
    page, size = int(params.get(names[0], 1)), min(int(params.get(names[1], 10)), server.cap)
    found, total = rows[(page - 1) * size : page * size], len(rows)
    if fault == "duplicate_row" and page > 1 and found:
        found = [rows[0], *found[1:]]
    elif fault == "missing_row" and found:
        found = found[1:]
    elif fault == "total_too_high":
        total += 7
    elif fault == "total_too_low" and total > 1:
        total = max(1, total - max(size, 1)) if total > size else total - 1
    return found, total, page, size


def _odcloud(server: Replay, path: str, params: dict[str, str], body: bytes, fault: str | None) -> Reply:
    dataset = path.split("/")[0]
    if dataset not in server.datasets or "uddi:new" not in path:
        return envelopes.as_json({"code": -3, "msg": "등록되지 않은 서비스 입니다."}, 404)
    return envelopes.odcloud(*_page(server, server.datasets[dataset], params, ("page", "perPage"), fault))


def _editions(server: Replay, path: str, params: dict[str, str], body: bytes, fault: str | None) -> Reply:
    dataset = params.get("namespace", "").split("/")[0]
    titles = {
        "uddi:old-edition": "명단_20240901",
        "uddi:new-edition": "명단_20260331",
        "uddi:mid_202501010000": "명단_20250101",
    }
    paths = {f"/{dataset}/v1/{uddi}": {"get": {"summary": title}} for uddi, title in titles.items()}
    return envelopes.as_json({"swagger": "2.0", "paths": paths})


def _portal(server: Replay, path: str, params: dict[str, str], body: bytes, fault: str | None) -> Reply:
    if not path.endswith("getCorpOutline_V2"):
        return envelopes.gateway("NO_OPENAPI_SERVICE_ERROR", "12")
    return envelopes.portal(*_page(server, registers.outlines(), params, ("pageNo", "numOfRows"), fault))


def _koneps(server: Replay, path: str, params: dict[str, str], body: bytes, fault: str | None) -> Reply:
    months: dict[str, Callable[[str], list[Row]]] = {
        "getPrcrmntCorpBasicInfo02": registers.suppliers,
        "getPrcrmntCorpSplyPrdctInfo02": registers.products,
        "getCntrctInfoListServc": registers.contracts,
    }
    operation = path.rsplit("/", 1)[-1]
    if operation not in months or "inqryBgnDt" not in params:
        return envelopes.gateway("NO_MANDATORY_REQUEST_PARAMETERS_ERROR", "11")
    rows = months[operation](params["inqryBgnDt"][:6])
    return envelopes.portal(*_page(server, rows, params, ("pageNo", "numOfRows"), fault), bare=True)


def _nts(server: Replay, path: str, params: dict[str, str], body: bytes, fault: str | None) -> Reply:
    try:
        numbers = json.loads(body)["b_no"]
    except (ValueError, KeyError):
        return envelopes.as_json({"status_code": "BAD_JSON_REQUEST"}, 400)
    if len(numbers) > 100:
        return envelopes.as_json({"status_code": "TOO_LARGE_REQUEST"}, 413)
    rows = [registers.status(number) for number in reversed(numbers)]
    if fault == "missing_row":
        rows = rows[1:]
    if fault == "duplicate_row":
        rows = [*rows, rows[0]]
    return envelopes.as_json({"request_cnt": len(numbers), "match_cnt": len(rows), "status_code": "OK", "data": rows})


def _opendart(server: Replay, path: str, params: dict[str, str], body: bytes, fault: str | None) -> Reply:
    companies = server.companies
    if path.startswith("corpCode"):
        return envelopes.code_list(companies)
    found = companies.get(params.get("corp_code", ""))
    if found is None:
        return envelopes.as_json({"status": "013", "message": "조회된 데이타가 없습니다."})
    return envelopes.as_json({"status": "000", "message": "정상", **found})


def _kipris(server: Replay, path: str, params: dict[str, str], body: bytes, fault: str | None) -> Reply:
    return envelopes.kipris(
        *_page(server, registers.patents(params.get("applicant", "")), params, ("pageNo", "numOfRows"), fault)
    )


def _ntis(server: Replay, path: str, params: dict[str, str], body: bytes, fault: str | None) -> Reply:
    size = min(int(params.get("displayCnt", 10)), server.cap, 100)
    numbered = {**params, "page": str((int(params.get("startPosition", 1)) - 1) // size + 1), "size": str(size)}
    rows, total, _, _ = _page(server, registers.projects(params.get("SRWR", "")), numbered, ("page", "size"), fault)
    return envelopes.ntis(rows, total)


def _kind(server: Replay, path: str, params: dict[str, str], body: bytes, fault: str | None) -> Reply:
    return envelopes.html_table(server.listed)


_ROUTES: dict[str, Callable[[Replay, str, dict[str, str], bytes, str | None], Reply]] = {
    "odcloud": _odcloud,
    "odcloud_editions": _editions,
    "data_go_kr": _portal,
    "koneps": _koneps,
    "nts": _nts,
    "opendart": _opendart,
    "kipris": _kipris,
    "ntis": _ntis,
    "kind": _kind,
}


@contextmanager
def replaying(faults: Faults | None = None, cap: int = 1000, most: int | None = None) -> Iterator[Replay]:
    """A server on a free port, in a thread of its own."""
    server = Replay(0, faults, cap, most)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
