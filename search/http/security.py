"""What guards the server: headers of every answer, optional keys, and a limit on how often one caller asks."""

from __future__ import annotations

import hmac
import os
import threading
import time
from collections import OrderedDict
from typing import Final

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from search.http.problems import ProblemError

KEYS_VARIABLE: Final = "CAPLAKE_API_KEYS"
KEY_HEADER: Final = "X-API-Key"
RATE_VARIABLE: Final = "CAPLAKE_REQUESTS_PER_MINUTE"
_DEFAULT_PER_MINUTE: Final = 600
_MOST_CALLERS: Final = 10_000

HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class SecurityHeaders:
    """ASGI middleware that adds HEADERS to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)


class Guard:
    """A route dependency: checks the key, where keys are configured, and the caller's rate.

    The rate is a token bucket per key or address: a minute's worth may come at once.
    """

    def __init__(self) -> None:
        self._keys = [key.encode() for key in os.environ.get(KEYS_VARIABLE, "").split(",") if key]
        self._per_minute = int(os.environ.get(RATE_VARIABLE, _DEFAULT_PER_MINUTE))
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, request: Request) -> None:
        """Raises ProblemError 401 or 429."""
        given = request.headers.get(KEY_HEADER, "").encode()
        # Every key is compared, so that the time taken does not tell which one came close.
        matches = sum(hmac.compare_digest(given, key) for key in self._keys)
        if self._keys and not matches:
            raise ProblemError(
                401, f"Send your key in the header {KEY_HEADER}. Ask the operator of this server for one."
            )
        caller = given.decode("latin-1") if self._keys else (request.client.host if request.client else "-")
        if (wait := self._wait(caller)) > 0:
            raise ProblemError(
                429,
                f"At most {self._per_minute} requests a minute. Try again in {wait:.0f} s.",
                {"Retry-After": f"{wait:.0f}"},
            )

    def _wait(self, caller: str) -> float:
        """Seconds until the caller may ask; 0 takes one from the bucket. No limit where it is set to 0."""
        if self._per_minute <= 0:
            return 0.0
        now, rate = time.monotonic(), self._per_minute / 60
        with self._lock:
            left, then = self._buckets.pop(caller, (float(self._per_minute), now))
            left = min(float(self._per_minute), left + (now - then) * rate)
            allowed = left >= 1
            self._buckets[caller] = (left - 1 if allowed else left, now)
            while len(self._buckets) > _MOST_CALLERS:
                self._buckets.popitem(last=False)
        return 0.0 if allowed else max(1.0, (1 - left) / rate)
