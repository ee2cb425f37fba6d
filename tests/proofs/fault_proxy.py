"""An HTTP proxy in front of an OpenSearch node that does to requests what a sick cluster would."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import urlsplit

_KINDS: Final = {403: "cluster_block_exception", 500: "node_disconnected_exception"}
_NOT_PASSED_ON: Final = ("host", "connection", "transfer-encoding", "content-length", "accept-encoding")


@dataclass
class Fault:
    """What happens to requests whose method and path hold `path`, after `skip` of them, `times` times.

    `delay` seconds first; then `gone` breaks the connection, `status` refuses, `spoil` changes the node's answer.
    `after_path` arms the fault only once such a request was seen; nothing happens while it is not `armed`.
    `hits` counts.
    """

    path: str = ""
    skip: int = 0
    times: int = 1_000_000
    delay: float = 0.0
    gone: bool = False
    status: int = 0
    spoil: bool = False
    after_path: str = ""
    armed: bool = True
    hits: int = 0
    _seen: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def strikes(self, request: str) -> bool:
        with self._lock:
            if not self.armed:
                return False
            if self.after_path:
                if self.after_path in request:
                    self.after_path = ""
                return False
            if self.path not in request:
                return False
            self._seen += 1
            if not self.skip < self._seen <= self.skip + self.times:
                return False
            self.hits += 1
            return True


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault = self.server.fault
        strikes = fault is not None and fault.strikes(f"{self.command} {self.path}")
        if fault is not None and strikes:
            time.sleep(fault.delay)
            if fault.gone:
                self.close_connection = True
                self.connection.close()
                return
            if fault.status:
                error = {
                    "type": _KINDS.get(fault.status, "rejected_execution_exception"),
                    "reason": "put in by the proof",
                }
                self._answer(fault.status, json.dumps({"error": error, "status": fault.status}).encode())
                return
        status, content = self._ask(body)
        self._answer(status, _spoilt(content) if fault is not None and strikes and fault.spoil else content)

    def _ask(self, body: bytes) -> tuple[int, bytes]:
        node = http.client.HTTPConnection(self.server.node, timeout=120)
        try:
            headers = {name: value for name, value in self.headers.items() if name.lower() not in _NOT_PASSED_ON}
            node.request(self.command, self.path, body, headers)
            answer = node.getresponse()
            return answer.status, answer.read()
        finally:
            node.close()

    def _answer(self, status: int, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _pass_on

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


def _spoilt(content: bytes) -> bytes:
    """A bulk answer whose first statement was refused."""
    answer = json.loads(content)
    first = answer["items"][0]["index"]
    first |= {"status": 400, "error": {"type": "mapper_parsing_exception", "reason": "put in by the proof"}}
    return json.dumps({**answer, "errors": True}).encode()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    fault: Fault | None = None
    node: str = ""

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that waited no longer is part of the proof."""


@dataclass
class Proxy:
    """A running proxy; `fault` is put in for the time of a `with`."""

    url: str
    server: _Server

    @contextmanager
    def fault(self, fault: Fault) -> Iterator[Fault]:
        self.server.fault = fault
        try:
            yield fault
        finally:
            self.server.fault = None


@contextmanager
def proxy(node_url: str) -> Iterator[Proxy]:
    server = _Server(("127.0.0.1", 0), _Handler)
    server.node = urlsplit(node_url).netloc
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Proxy(f"http://127.0.0.1:{server.server_port}", server)
    finally:
        server.shutdown()
        server.server_close()
