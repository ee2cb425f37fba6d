"""What a service answered: rows and their total, or what is wrong and what that asks for.

Services put errors into any status, any envelope and any language, and share numbers with different meanings: the
message's token decides, then the service's own table of codes, then the HTTP status.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from flows.fetch.redaction import redact
from flows.fetch.services import Service
from flows.sources.declaration import SourceError
from flows.sources.documents import Document, NotADocument, Row, read_json, read_xml


class ServiceError(SourceError):
    """A service did not deliver. The message never holds a key."""

    def __init__(self, message: str) -> None:
        super().__init__(redact(message))


class TransientError(ServiceError):
    """A fault that may be over in a moment: the client asks again."""


class RateLimitError(TransientError):
    """The service was asked too often in a short time: the client asks again after a longer wait."""


class QuotaSpent(ServiceError):
    """No more for today: not asked again before the service's next day."""


class Refused(ServiceError):
    """Will not work until somebody does something; never asked again by itself."""


class NothingFound(ServiceError):
    """The service has no such rows: an empty result."""


@dataclass(frozen=True)
class ServiceAnswer:
    """Rows of one answer, and how many there are in all, as the service says."""

    rows: list[Row]
    total: int | None


_TOKENS: Final[tuple[tuple[str, type[ServiceError]], ...]] = (
    ("PER_SECOND_EXCEEDS", RateLimitError),
    ("API_RATE_LIMIT_EXCEEDED", RateLimitError),
    ("LIMITED_NUMBER_OF_SERVICE_REQUESTS_EXCEEDS", QuotaSpent),
    ("API_TOKEN_QUOTA_EXCEEDED", QuotaSpent),
    ("사용한도를_초과", QuotaSpent),
    ("요청_제한을_초과", QuotaSpent),
    ("NODATA_ERROR", NothingFound),
    ("NO_DATA", NothingFound),
    ("조회된_데이타가_없습니다", NothingFound),
    ("조회된_데이터가_없습니다", NothingFound),
    ("SERVICE_KEY_IS_NOT_REGISTERED", Refused),
    ("SERVICE_KEY_IS_NULL", Refused),
    ("SERVICE_ACCESS_DENIED", Refused),
    ("PERMISSION_DENIED", Refused),
    ("TEMPORARILY_DISABLE_THE_SERVICEKEY", Refused),
    ("DEADLINE_HAS_EXPIRED", Refused),
    ("BLACKLIST_IP_ACCESS", Refused),
    ("UNREGISTERED_IP", Refused),
    ("UNSIGNED_CALL", Refused),
    ("INVALID_REQUEST_PARAMETER", Refused),
    ("ESSENTIAL_PARAMETER", Refused),
    ("NO_MANDATORY_REQUEST_PARAMETERS", Refused),
    ("NO_OPENAPI_SERVICE", Refused),
    ("BAD_JSON_REQUEST", Refused),
    ("REQUEST_DATA_MALFORMED", Refused),
    ("TOO_LARGE_REQUEST", Refused),
    ("등록되지_않은", Refused),
    ("인증키는_필수", Refused),
    ("접근_허용_IP가_아닙니다", Refused),
    ("APPLICATION_ERROR", TransientError),
    ("DB_ERROR", TransientError),
    ("HTTP_ERROR", TransientError),
    ("SERVICETIMEOUT_ERROR", TransientError),
    ("INTERNAL_ERROR", TransientError),
    ("UNKNOWN_ERROR", TransientError),
    ("UNEXPECTED_ERROR", TransientError),
    ("ERROR_FORWARDING_REQUEST", TransientError),
    ("ERROR_RECEIVING_RESPONSE", TransientError),
)
_PORTAL_CODES: Final[dict[str, type[ServiceError]]] = {
    **dict.fromkeys(("01", "02", "04", "05", "99"), TransientError),
    "03": NothingFound,
    **dict.fromkeys(("10", "11", "12", "20", "21", "29", "30", "31", "32", "33", "-3", "-4", "-401"), Refused),
    "22": QuotaSpent,
    "23": RateLimitError,
}
_CODES: Final[dict[str, dict[str, type[ServiceError]]]] = {
    "opendart": {
        "013": NothingFound,
        "020": QuotaSpent,
        **dict.fromkeys(("800", "900"), TransientError),
        **dict.fromkeys(("010", "011", "012", "014", "021", "100", "101", "901"), Refused),
    },
    # KIPRIS reuses the portal's numbers with other meanings; only its messages are distinguished.
    "kipris": {},
    "ntis": {},
}
_FINE: Final = frozenset({"", "0", "00", "000", "0000", "OK", "INFO-000", "INFO-0"})
_MESSAGES: Final = ("resultmsg", "errmsg", "returnauthmsg", "msg", "message", "error", "status_code")
_NUMBERS: Final = ("returnreasoncode", "resultcode", "code", "status", "errorcode", "status_code")
_TOTALS: Final = ("matchcount", "totalcount", "totalhits", "totalsearchcount", "list_total_count")
_REMEDY: Final = {
    "SERVICE_KEY_IS_NOT_REGISTERED": "check that the data set was applied for and the key is whole",
    "등록되지_않은": "check that the data set was applied for (it takes up to a day) and the key is whole",
    "DEADLINE_HAS_EXPIRED": "renew the key",
    "NO_OPENAPI_SERVICE": "the service was closed or renamed: look at its landing page",
    "IP": "register the address of this machine with the service",
}


def read_answer(service: Service, status: int, content: bytes) -> ServiceAnswer:
    """The rows of an answer. Raises the ServiceError that says what the answer asks for."""
    document = _document(service, status, content)
    message = " / ".join(dict.fromkeys(document.facts[name] for name in _MESSAGES if document.facts.get(name)))
    problem = _by_token(message) or _by_code(service, document)
    if problem is None and status >= 400:
        problem = _by_status(status)
    if problem is NothingFound:
        return ServiceAnswer([], 0)
    if problem is not None:
        code = next((document.facts[n] for n in _NUMBERS if document.facts.get(n)), str(status))
        raise problem(_message(service, f"{code} {message}".strip()))
    return ServiceAnswer(document.rows, _total(document))


def problem_of(service: Service, status: int, content: bytes) -> ServiceError | None:
    """What is wrong with an answer that should be a file, or None when it is no error document."""
    if status < 400 and content.lstrip()[:1] not in (b"{", b"<", b""):
        return None
    try:
        read_answer(service, status, content)
    except ServiceError as error:
        return error
    return None


def _document(service: Service, status: int, content: bytes) -> Document:
    start = content.lstrip()[:15].lower()
    try:
        if start[:1] in (b"{", b"["):
            return read_json(content)
        if start.startswith((b"<!doctype", b"<html")):
            raise TransientError(
                _message(service, f"a web page instead of data (HTTP {status}); a firewall may stand between")
            )
        if start[:1] == b"<":
            return read_xml(content)
    except NotADocument as error:
        raise TransientError(_message(service, f"an answer that breaks off (HTTP {status}: {error})")) from None
    text = content[:300].decode("utf-8", "replace").strip()
    problem = _by_token(text) or (_by_status(status) if status >= 400 else TransientError)
    raise problem(_message(service, f"HTTP {status} {text or 'with an empty body'}"))


def _by_token(message: str) -> type[ServiceError] | None:
    folded = _folded(message)
    return next((problem for token, problem in _TOKENS if token in folded), None)


def _folded(message: str) -> str:
    return re.sub(r"[^0-9A-Z가-힣]+", "_", message.upper())


def _by_code(service: Service, document: Document) -> type[ServiceError] | None:
    """By the service's own table; a code that is in no table is a refusal, never taken for a success."""
    for name in _NUMBERS:
        code = document.facts.get(name, "")
        if code.upper() not in _FINE and not (name == "status_code" and code.isdigit() and code.startswith("2")):
            return _CODES.get(service.name, _PORTAL_CODES).get(code, Refused)
    if "error" in document.facts and not document.rows:
        return Refused
    return Refused if document.facts.get("successyn", "Y").upper() == "N" else None


def _by_status(status: int) -> type[ServiceError]:
    if status == 429:
        return RateLimitError
    return TransientError if status >= 500 or status == 408 else Refused


def _total(document: Document) -> int | None:
    given = next((document.facts[name] for name in _TOTALS if document.facts.get(name)), "")
    return int(given) if given.isdigit() else None


def _message(service: Service, what: str) -> str:
    remedy = next((advice for token, advice in _REMEDY.items() if token in _folded(what)), "")
    advice = f" What to do: {remedy} ({service.apply_at})." if remedy else ""
    return f"{service.title} answered: {what[:300]}.{advice}"
