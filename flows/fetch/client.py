"""Asking a service: paced, retried with growing waits, bounded in time and size, and without a key in any message."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, TypeVar

import httpx
import stamina

from flows.fetch.answers import QuotaSpent, RateLimitError, TransientError
from flows.fetch.redaction import redact, redact_logs
from flows.fetch.services import Service

T = TypeVar("T")

_ATTEMPTS: Final = 5
_MOST_BYTES: Final = 1 << 30
_NEXT_AT: dict[str, float] = {}


def _setting(name: str, default: float) -> float:
    return float(os.environ.get(name, default))


@dataclass(frozen=True)
class Request:
    """`params` without key; `body` is posted as JSON; `since` holds what makes the request conditional."""

    service: Service
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    key_name: str = ""
    since: Mapping[str, str] = field(default_factory=dict)

    @property
    def public_url(self) -> str:
        """The address for receipts: no key in it."""
        url = httpx.URL(f"{self.service.base}/{self.path.lstrip('/')}").copy_merge_params(dict(self.params))
        return redact(str(url))


@dataclass(frozen=True)
class Response:
    """`unchanged`: the service says that it is what it was (then without content)."""

    status: int
    content: bytes
    headers: Mapping[str, str]
    unchanged: bool = False


@dataclass
class Client:
    """One source's conversation with services; `calls` counts the requests sent. Connections are kept open."""

    calls: int = 0

    @cached_property
    def _http(self) -> httpx.Client:
        return httpx.Client(timeout=_setting("CAPLAKE_READ_SECONDS", 60.0))

    def close(self) -> None:
        if "_http" in self.__dict__:
            self._http.close()

    def ask(self, request: Request, check: Callable[[Response], T]) -> tuple[Response, T | None]:
        """Send until the answer passes `check`, which raises a ServiceError for one that does not.

        What may pass is asked again, up to five times. An unchanged answer is not checked.
        """
        redact_logs()
        wait = _setting("CAPLAKE_RETRY_SECONDS", 1.0)

        def again(error: Exception) -> bool | float:
            return 20 * wait if isinstance(error, RateLimitError) else isinstance(error, TransientError)

        for attempt in stamina.retry_context(
            on=again, attempts=_ATTEMPTS, timeout=None, wait_initial=wait, wait_max=30 * wait, wait_jitter=wait
        ):
            with attempt:
                response = self._send(request)
                return response, None if response.unchanged else check(response)
        raise AssertionError("retry_context either returns or raises")

    def _send(self, request: Request) -> Response:
        service = request.service
        _pace(service)
        self.calls += 1
        with _plain_errors(service):
            params, headers = _with_key(request)
            url = f"{service.url}/{request.path.lstrip('/')}"
            method = "GET" if request.body is None else "POST"
            with self._http.stream(
                method, url, params=params, headers={**headers, **request.since}, json=request.body
            ) as answer:
                if answer.status_code == 304:
                    return Response(304, b"", dict(answer.headers), unchanged=True)
                if answer.is_redirect:
                    raise TransientError(f"{service.title} points elsewhere ({answer.headers.get('location', '?')}).")
                content = _within_bounds(service, answer)
                return Response(answer.status_code, content, dict(answer.headers))


def _with_key(request: Request) -> tuple[dict[str, str], dict[str, str]]:
    service, key = request.service, request.service.key
    params, headers = dict(request.params), {"Accept": "*/*", "User-Agent": "Mozilla/5.0 (compatible; caplake)"}
    if key and service.key_header:
        headers["Authorization"] = f"{service.key_header} {key}"
    elif key and (name := request.key_name or service.key_name):
        params[name] = key
    return params, headers


def _within_bounds(service: Service, answer: httpx.Response) -> bytes:
    """The whole body; a drip that would never end and a flood are cut off."""
    most = _setting("CAPLAKE_ANSWER_SECONDS", 300.0)
    started, parts, size = time.monotonic(), [], 0
    for part in answer.iter_bytes():
        parts.append(part)
        size += len(part)
        if time.monotonic() - started > most:
            raise TransientError(f"{service.title} took more than {most:g} seconds for one answer.")
        if size > _MOST_BYTES:
            raise TransientError(f"{service.title} sent more than {_MOST_BYTES:,} bytes for one answer.")
    return b"".join(parts)


def _pace(service: Service) -> None:
    now = time.monotonic()
    start = max(now, _NEXT_AT.get(service.name, 0.0))
    _NEXT_AT[service.name] = start + service.interval
    if start > now:
        time.sleep(start - now)


@contextmanager
def _plain_errors(service: Service) -> Iterator[None]:
    """HTTP errors as ours. Theirs hold the address with the key, so they are not chained either."""
    try:
        yield
    except (httpx.ConnectError, httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError) as error:
        broken = f"{service.title} broke the connection ({type(error).__name__})."
        if service.reset_means_stop and not isinstance(error, httpx.ConnectError):
            raise QuotaSpent(broken + " It does so to addresses that ask too much; not asked again today.") from None
        raise TransientError(broken) from None
    except httpx.TimeoutException as error:
        raise TransientError(f"{service.title} did not answer in time ({type(error).__name__}).") from None
    except httpx.HTTPError as error:
        raise TransientError(f"{service.title} could not be asked: {error}") from None
