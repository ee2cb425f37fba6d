"""Keys stay out of everything that is written: messages, logs, receipts, reports."""

from __future__ import annotations

import logging
import os
import re
from functools import lru_cache
from typing import Final
from urllib.parse import quote, quote_plus

from flows.fetch.services import SERVICES

HIDDEN: Final = "(key)"
_PARAMETER: Final = re.compile(
    r"\b(serviceKey|crtfc_key|accessKey|confmKey|apprvKey|KEY)=[^&\s'\"\\)>\]]+", re.IGNORECASE
)
_HEADER: Final = re.compile(r"(Infuser|Bearer)\s+[^\s'\",\\]+")


def redact(text: str) -> str:
    """The text without any key: not the configured ones in any encoding, nor whatever a key's parameter carries."""
    given = [
        value for service in SERVICES.values() for value in (os.environ.get(service.key_variable, ""), service.key)
    ]
    for secret in _encodings(tuple(given)):
        text = text.replace(secret, HIDDEN)
    return _HEADER.sub(rf"\1 {HIDDEN}", _PARAMETER.sub(rf"\1={HIDDEN}", text))


@lru_cache(maxsize=8)
def _encodings(given: tuple[str | None, ...]) -> list[str]:
    """Every way in which the given keys may be written, the longest first."""
    found: set[str] = set()
    for value in {(value or "").strip() for value in given}:
        # A switch such as KRX_KIND=on is no secret, and too short a text would hide words.
        if len(value) >= 8:
            once, plus = quote(value, safe=""), quote_plus(value)
            found |= {value, once, plus, quote(once, safe="")}
    return sorted(found, key=len, reverse=True)


class _Filter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = redact(record.getMessage()), ()
        return True


_FILTER: Final = _Filter()


def redact_logs() -> None:
    """HTTP libraries log whole addresses, keys included; from now on without."""
    for name in ("httpx", "httpcore", "httpcore.http11", "httpcore.connection", "stamina"):
        logger = logging.getLogger(name)
        if _FILTER not in logger.filters:
            logger.addFilter(_FILTER)
