"""What a person types is never parsed as a language, and what is private is never served. SECURITY.md names these."""

from __future__ import annotations

import ast
import hmac
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from caplake.querying import query_tables
from schemas.lake import Lake, Snapshot
from search.app import create_app
from search.engines.opensearch.client import Connection
from search.engines.opensearch.engine import OpenSearchEngine
from search.http.security import HEADERS, KEYS_VARIABLE
from search.query import LexicalQuery, TermGroup
from search.service import BadNeed, SearchService

REPOSITORY = Path(__file__).parents[3]
HOSTILE = (
    '"} }, "script": {"source": "System.exit(1)"}', "text:* OR _exists_:firm_id", "*:* AND (", "firm^9999 ~2 [* TO *]",
    "'; DROP TABLE firms; --", "$(touch /tmp/x) `id` | cat /etc/passwd", "{{7*7}} ${7*7} <%= 7*7 %>",
    "../../raw/venture", "<script>alert(1)</script>", "\x00\x1b[31m", "🦾" * 50,
)  # fmt: skip
"""Texts that mean something to a query language, a shell, a template or a terminal."""

hostile = st.one_of(
    st.sampled_from(HOSTILE), st.text(max_size=60), st.text("\"\\{}[]()*?:^~/+-!&|<>='`$; \n", max_size=30)
)
quickly = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

_CLAUSES = {"bool", "should", "filter", "must_not", "term", "terms", "constant_score", "minimum_should_match"}
_OF_OURS = {*_CLAUSES, "tokens", "value", "boost", "firm_row", "match_none"}


def keys_of(query: Any) -> Iterator[str]:
    """Every key of a query, at any depth."""
    if isinstance(query, dict):
        for key, inner in query.items():
            yield key
            yield from keys_of(inner)
    elif isinstance(query, list):
        for inner in query:
            yield from keys_of(inner)


@quickly
@given(words=st.lists(hostile, min_size=1, max_size=5), limit=st.integers(1, 50))
def test_opensearch_is_asked_in_terms_alone_whatever_is_typed(words: list[str], limit: int) -> None:
    """A word is the value of a term, never a key, a script or a text that OpenSearch parses."""
    asked: list[dict[str, Any]] = []

    class Recorded(OpenSearchEngine):
        def _search(self, body: dict[str, Any], wanted: str) -> Any:
            asked.append(body)
            return {"hits": {"hits": []}, "aggregations": {"firms": {"value": []}}}

    engine = Recorded(Connection("http://127.0.0.1:1"), "caplake-x", statements=10, firms=4)
    query = LexicalQuery(dict.fromkeys(words, 1.0), tuple(TermGroup(((word,),)) for word in words))
    engine.lexical(query, limit, np.array([1, 2], np.int32))
    engine.matching_firms(query)
    assert len(asked) == 2
    for body in asked:
        assert set(keys_of(body["query"])) <= _OF_OURS
        scripts = body.get("aggs", {}).get("firms", {}).get("scripted_metric", {})
        assert not any(word in script for word in words if len(word) > 20 for script in scripts.values())


@quickly
@given(need=hostile)
@example(need=HOSTILE[0])
def test_any_text_is_answered_or_refused_in_words(small_lake: str, need: str) -> None:
    service = service_of(small_lake)
    with suppress(BadNeed):
        assert service.search(need, limit=3).snapshot == service.snapshot.name


_SERVICES: dict[str, SearchService] = {}


def service_of(lake: str) -> SearchService:
    """One service for all examples of a property."""
    return _SERVICES.setdefault(lake, SearchService.current(Lake(lake)))


def test_no_code_that_serves_knows_a_shell_or_a_query_language() -> None:
    """`parse_query` and `query_string` would read a need as a language; so would a shell, `eval` and `exec`."""
    methods, functions = {"system", "popen", "parse_query"}, {"eval", "exec", "compile"}
    for room in ("search", "caplake", "flows"):
        for path in (REPOSITORY / room).rglob("*.py"):
            source = path.read_text(encoding="utf-8")
            assert "query_string" not in source, path
            for node in ast.walk(ast.parse(source)):
                if isinstance(node, ast.Call):
                    called = getattr(node.func, "attr", "") in methods or getattr(node.func, "id", "") in functions
                    assert not called, f"{path}:{node.lineno}"
                    assert not any(keyword.arg == "shell" for keyword in node.keywords), f"{path}:{node.lineno}"


def contents(lake: str) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in Path(lake).rglob("*") if "pins" not in path.parts}


@pytest.mark.parametrize(
    "query",
    [
        "INSERT INTO firms SELECT * FROM firms", "DELETE FROM firms", "CREATE TABLE x AS SELECT 1", "ATTACH 'x.db'",
        "INSTALL httpfs", "LOAD httpfs", "SET enable_external_access = true", "PRAGMA database_list",
        "SELECT * FROM read_text('/etc/passwd')", "SELECT * FROM glob('/**')", "SELECT * FROM 'https://example.org/x.csv'",
        "COPY (SELECT 1) TO '/tmp/x'", "EXPORT DATABASE '/tmp/x'", "SELECT 1; DROP VIEW firms", "CALL pragma_version()",
        "WITH x AS (SELECT 1) INSERT INTO firms SELECT * FROM x", "",
    ],
)  # fmt: skip
def test_sql_reads_and_opens_nothing_else(small_lake: str, query: str) -> None:
    before = contents(small_lake)
    with pytest.raises(ValueError, match=r"."):
        query_tables([Snapshot.current(Lake(small_lake))], query)
    assert contents(small_lake) == before


def test_sql_opens_no_private_file_of_the_lake(small_lake: str) -> None:
    snapshot = Snapshot.current(Lake(small_lake))
    folder = Path(small_lake) / snapshot.folder
    raw = next(path for path in (Path(small_lake) / "raw").rglob("*.csv"))
    refused = next((folder / "quarantine").glob("*.parquet"))
    for reader, path in (("read_parquet", refused), ("read_text", raw), ("read_text", folder / "manifest.json")):
        assert path.exists()
        with pytest.raises(ValueError, match="Permission"):
            query_tables([snapshot], f"SELECT * FROM {reader}('{path}')")
    for name in ("quarantine_krx_listed", '"quarantine/krx_listed"'):
        with pytest.raises(ValueError, match="does not exist"):
            query_tables([snapshot], f"SELECT * FROM {name}")


@quickly
@given(query=hostile)
def test_sql_made_of_anything_does_nothing(small_lake: str, query: str) -> None:
    """Most is no SQL; what is must be a SELECT. Either way only rows or a reason come back."""
    with suppress(ValueError):
        query_tables([Snapshot.current(Lake(small_lake))], query)


@pytest.mark.parametrize(
    "path",
    [
        "/raw", "/raw/krx_listed", "/quarantine", "/lake/current.json", "/snapshots", "/ledger", "/../raw",
        "/static/../../../pyproject.toml", "/static/%2e%2e/%2e%2e/app.py", "/api/v1/firms/..%2f..%2fraw",
        "/api/v1/quarantine", "/api/v1/raw", "/firm/%00", "/.env",
    ],
)  # fmt: skip
def test_private_places_are_not_served_and_every_answer_has_the_headers(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code in (404, 422)
    assert "receipt" not in answer.text
    for name, value in HEADERS.items():
        assert answer.headers[name] == value


def test_the_policy_forbids_inline_code_and_frames(client: TestClient) -> None:
    answer = client.get("/", params={"q": "<script>alert(1)</script>"})
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    for part in ("default-src 'self'", "object-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"):
        assert part in policy
    assert "<script>alert" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_every_key_is_compared_in_constant_time(small_lake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also after one has matched: how long it takes tells neither which one nor how much of it was right."""
    monkeypatch.setenv(KEYS_VARIABLE, "first-key,second-key,third-key")
    compared: list[bytes] = []
    right = hmac.compare_digest

    def noting(given: bytes, key: bytes) -> bool:
        compared.append(key)
        return right(given, key)

    monkeypatch.setattr("search.http.security.hmac.compare_digest", noting)
    guarded = TestClient(create_app(small_lake))
    for key, status in (("first-key", 200), ("first-kez", 401), ("", 401)):
        compared.clear()
        assert guarded.get("/api/v1/fields", headers={"X-API-Key": key}).status_code == status
        assert compared == [b"first-key", b"second-key", b"third-key"]


def test_the_server_listens_on_loopback_unless_told_otherwise() -> None:
    import inspect

    from caplake.commands.serving import serve

    assert inspect.signature(serve).parameters["host"].default == "127.0.0.1"
