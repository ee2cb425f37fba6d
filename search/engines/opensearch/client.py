"""The connection to OpenSearch: where it is, who we are there, and its errors in words."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from opensearchpy import OpenSearch
from opensearchpy.exceptions import (
    AuthenticationException,
    AuthorizationException,
    ConnectionError,
    ConnectionTimeout,
    OpenSearchException,
    SSLError,
    TransportError,
)

from search.engines.base import EngineError

DEFAULT_URL: Final = "http://127.0.0.1:9200"
_SECONDS: Final = 60.0
_CONNECTIONS: Final = 16
_NODE_LEFT: Final = ("node_disconnected_exception", "node_not_connected_exception", "node_closed_exception")


@dataclass(frozen=True)
class Connection:
    """Addresses of a cluster (one or more nodes, separated by commas) and how to be let in.

    `ca` is a file with the certificate authority to trust for https; without it the system's are trusted.
    """

    urls: str = DEFAULT_URL
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    ca: str | None = None
    seconds: float = _SECONDS

    @classmethod
    def from_environment(cls) -> Connection:
        """From CAPLAKE_OPENSEARCH_URL, _USER, _PASSWORD, _CA and _SECONDS."""
        url, user, password, ca = (
            os.environ.get(f"CAPLAKE_OPENSEARCH_{name}") or None for name in ("URL", "USER", "PASSWORD", "CA")
        )
        try:
            seconds = float(os.environ.get("CAPLAKE_OPENSEARCH_SECONDS") or _SECONDS)
        except ValueError:
            raise EngineError("CAPLAKE_OPENSEARCH_SECONDS must be a number of seconds to wait for an answer.") from None
        return cls(url or DEFAULT_URL, user, password, ca, seconds)

    @property
    def address(self) -> str:
        """The addresses as they may be shown: without user and password."""
        return ", ".join(f"{scheme}://{host}:{port}" for scheme, host, port in self._parts())

    def client(self) -> OpenSearch:
        """One client for each connection, safe in threads. Raises EngineError for a bad address."""
        return _client(self)

    def _parts(self) -> list[tuple[str, str, int]]:
        found = []
        for url in self.urls.split(","):
            try:
                parts = urlsplit(url.strip())
                port = parts.port or (443 if parts.scheme == "https" else 9200)
            except ValueError:
                parts, port = urlsplit(""), 0
            if parts.scheme not in ("http", "https") or not parts.hostname:
                # The value is not repeated: it may hold a password.
                raise EngineError(
                    f"CAPLAKE_OPENSEARCH_URL is no address such as {DEFAULT_URL} or https://search.example:9200."
                )
            found.append((parts.scheme, parts.hostname, port))
        return found

    def _login(self) -> tuple[str, str] | None:
        parts = urlsplit(self.urls.split(",")[0].strip())
        user, password = self.user or parts.username, self.password or parts.password
        return (user, password or "") if user else None


@cache
def _client(connection: Connection) -> OpenSearch:
    if connection.ca and not Path(connection.ca).is_file():
        raise EngineError(f"CAPLAKE_OPENSEARCH_CA names {connection.ca}, which is not a file.")
    return OpenSearch(
        hosts=[
            {"scheme": scheme, "host": host, "port": port, "use_ssl": scheme == "https"}
            for scheme, host, port in connection._parts()
        ],
        http_auth=connection._login(),
        verify_certs=True,
        ca_certs=connection.ca,
        timeout=connection.seconds,
        pool_maxsize=_CONNECTIONS,
        max_retries=2,
    )


@contextmanager
def in_words(connection: Connection) -> Iterator[None]:
    """Turn the client's exceptions into EngineErrors of one line that name the address, never a secret."""
    try:
        yield
    except (AuthenticationException, AuthorizationException) as error:
        if "cluster_block" in _cause(error.info):
            raise EngineError(
                f"OpenSearch at {connection.address} is read-only: {reason(error)} Its disk "
                "may be full; make room, then lift the block (`index.blocks.read_only_allow_delete`)."
            ) from None
        raise EngineError(
            f"OpenSearch at {connection.address} does not let this user in ({error.status_code}): look at "
            "CAPLAKE_OPENSEARCH_USER and CAPLAKE_OPENSEARCH_PASSWORD."
        ) from None
    except SSLError:
        raise EngineError(
            f"the certificate of OpenSearch at {connection.address} is not trusted: "
            "name the file of its authority in CAPLAKE_OPENSEARCH_CA."
        ) from None
    except ConnectionTimeout:
        raise EngineError(
            f"OpenSearch at {connection.address} did not answer within {connection.seconds:g} s: "
            "look at its load, then try again."
        ) from None
    except ConnectionError:
        raise EngineError(
            f"OpenSearch cannot be reached at {connection.address}: start one with `make opensearch`, "
            "or say where it is with CAPLAKE_OPENSEARCH_URL."
        ) from None
    except TransportError as error:
        raise EngineError(f"OpenSearch at {connection.address} refused: {reason(error)}") from None
    except OpenSearchException as error:
        raise EngineError(
            f"what answers at {connection.address} does not answer as OpenSearch does ({type(error).__name__}): "
            "look at CAPLAKE_OPENSEARCH_URL."
        ) from None


def is_passing(error: TransportError) -> bool:
    """Would the same search be answered in a moment? An index that is replaced is away, a cluster rearranges its
    shards, or a node left in the middle of the search, which the others then cannot finish.
    """
    return error.status_code in (404, 503) or _cause(error.info).startswith(_NODE_LEFT)


def reason(error: TransportError) -> str:
    """Status and cause of a refusal, in one line."""
    cause = _cause(error.info) or str(error.error)
    busy = " It is overloaded: try again later, or give it more nodes." if error.status_code == 429 else ""
    return f"{error.status_code} {' '.join(cause.split())[:300].rstrip('.')}.{busy}"


def _cause(info: Any) -> str:
    error = info.get("error") if isinstance(info, dict) else None
    if not isinstance(error, dict):
        return str(error or "")
    roots = error.get("root_cause") or [error]
    deepest = error.get("caused_by") or roots[0]
    return f"{deepest.get('type')}: {deepest.get('reason')}"
