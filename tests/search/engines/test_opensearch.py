"""What only OpenSearch has: the alias, partial failures, a connection that may fail, nori for outsiders."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
import threading
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from schemas import clock
from schemas.gold import Capabilities
from search.engines import EngineError
from search.engines.opensearch.client import Connection
from search.engines.opensearch.engine import OpenSearchEngine
from search.engines.opensearch.index_body import dictionary_rules, index_body, split_compound
from search.engines.opensearch.store import OpenSearchStore
from search.query import LexicalQuery, TermGroup
from tests.search.engines.documents import DIMENSIONS, documents, unit_vectors

OLD, NEW = "2026-01-01T183000Z", "2026-01-02T183000Z"
WORDS = LexicalQuery({"검사": 1.0}, (TermGroup((("검사",),)),))


@pytest.fixture
def store(opensearch_url: str) -> Iterator[OpenSearchStore]:
    found = OpenSearchStore(Connection(opensearch_url), prefix="testlake")
    yield found
    found.connection.client().indices.delete(index="testlake*", ignore_unavailable=True)


def held_by(store: OpenSearchStore, alias: str = "testlake") -> list[str]:
    return sorted(store.connection.client().indices.get_alias(name=alias, ignore=[404]))


@pytest.mark.opensearch
def test_the_index_is_named_after_the_snapshot_and_cannot_be_written(store: OpenSearchStore) -> None:
    store.build(OLD, documents(20))
    client = store.connection.client()
    assert list(client.indices.get(index="testlake-*")) == ["testlake-2026-01-01t183000z"]
    with pytest.raises(Exception, match="FORBIDDEN"):
        client.index(index="testlake-2026-01-01t183000z", body={"row": 1})


@pytest.mark.opensearch
def test_the_alias_follows_and_takes_nothing_else_along(store: OpenSearchStore) -> None:
    neighbour = replace(store, prefix="testlake-of-others")
    for other in (store, neighbour):
        other.build(OLD, documents(20))
        other.publish(OLD)
    store.build(NEW, documents(30))
    store.publish(NEW)
    store.publish(NEW)
    assert held_by(store) == ["testlake-2026-01-02t183000z"]
    assert held_by(store, "testlake-of-others") == ["testlake-of-others-2026-01-01t183000z"]
    assert store.snapshots() == [OLD, NEW]
    assert neighbour.snapshots() == [OLD]
    assert store.connection.client().count(index="testlake")["count"] == store.count(NEW)


@pytest.mark.opensearch
def test_rolling_back_moves_the_alias_back(store: OpenSearchStore) -> None:
    for snapshot in (OLD, NEW):
        store.build(snapshot, documents(10))
        store.publish(snapshot)
    store.publish(OLD)
    assert held_by(store) == ["testlake-2026-01-01t183000z"]


@pytest.mark.opensearch
def test_the_alias_of_an_index_that_is_not_there(store: OpenSearchStore) -> None:
    store.build(OLD, documents(10))
    store.publish(OLD)
    with pytest.raises(EngineError, match=r"no index testlake-2026-01-02t183000z: build it with"):
        store.publish(NEW)
    assert held_by(store) == ["testlake-2026-01-01t183000z"]


@pytest.mark.opensearch
def test_an_index_in_the_place_of_the_alias_is_refused_with_the_way_out(store: OpenSearchStore) -> None:
    client = store.connection.client()
    store.build(OLD, documents(10))
    client.indices.create(index="testlake")
    with pytest.raises(EngineError, match=r"index named testlake stands .* where the alias .*DELETE /testlake") as told:
        store.publish(OLD)
    assert "\n" not in str(told.value)
    assert client.indices.exists(index="testlake")
    client.indices.delete(index="testlake")
    store.publish(OLD)
    assert held_by(store) == ["testlake-2026-01-01t183000z"]


@pytest.mark.opensearch
def test_refused_statements_are_counted_and_told(store: OpenSearchStore) -> None:
    """A statement that OpenSearch refuses fails the build; the index of that name stays as it was."""
    good = documents(60)
    store.build(OLD, good)
    broken = good.vectors.copy()
    broken[good.vector_of[5]] = np.nan
    lost = int((good.vector_of == good.vector_of[5]).sum())
    with pytest.raises(EngineError, match=rf"refused {lost} of {len(good)} statements, first S0+\d+: ") as told:
        store.build(OLD, replace(good, vectors=broken))
    assert "\n" not in str(told.value)
    assert store.count(OLD) == len(good)
    assert len(store.open(OLD).lexical(WORDS, 5).rows)
    assert list(store.connection.client().indices.get(index="testlake-*")) == ["testlake-2026-01-01t183000z"]


@pytest.mark.opensearch
def test_readers_see_no_gap_while_an_index_is_replaced(store: OpenSearchStore) -> None:
    """Reindexing the snapshot that is being read: every answer is that of a whole index."""
    given = documents(200)
    store.build(OLD, given)
    engine = store.open(OLD)
    wanted = engine.lexical(WORDS, 50).rows.tolist()
    answers: list[list[int]] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            answers.append(engine.lexical(WORDS, 50).rows.tolist())

    with ThreadPoolExecutor(2) as readers:
        reading = [readers.submit(read) for _ in range(2)]
        for _ in range(4):
            store.build(OLD, given)
        done.set()
        for reader in reading:
            reader.result()
    assert len(answers) > 20
    assert all(answer == wanted for answer in answers)


@pytest.mark.opensearch
def test_an_index_that_is_gone_for_good_is_told(store: OpenSearchStore) -> None:
    store.build(OLD, documents(10))
    engine = store.open(OLD)
    store.drop(OLD)
    with pytest.raises(EngineError, match=r"has no index testlake-2026-01-01t183000z any more: build it with"):
        engine.lexical(WORDS, 5)


@pytest.mark.opensearch
def test_a_statement_twice_is_noticed(store: OpenSearchStore) -> None:
    good = documents(30)
    twice = good.statements.with_columns(
        statement_id=good.statements["statement_id"].replace({"S" + "0" * 16: "S" + "0" * 15 + "1"})
    )
    with pytest.raises(EngineError, match=f"holds {len(good) - 1} statements instead of {len(good)}"):
        store.build(OLD, replace(good, statements=twice))
    assert store.snapshots() == []


@pytest.mark.opensearch
def test_what_a_killed_run_left_is_listed_and_collected(store: OpenSearchStore) -> None:
    store.build(OLD, documents(10))
    store.connection.client().indices.create(index="testlake-2026-01-02t183000z-loading")
    assert store.snapshots() == [OLD, NEW]
    assert store.count(NEW) == 0
    store.build(NEW, documents(10))
    store.connection.client().indices.create(index="testlake-2026-01-02t183000z-loading")
    store.drop(NEW)
    assert store.snapshots() == [OLD]
    assert list(store.connection.client().indices.get(index="testlake-*")) == ["testlake-2026-01-01t183000z"]


@pytest.mark.opensearch
def test_shards_do_not_change_the_scores(store: OpenSearchStore) -> None:
    given = documents(300)
    store.build(OLD, given)
    replace(store, shards=3).build(NEW, given)
    one, three = store.open(OLD), store.open(NEW)
    vector = unit_vectors(1, 9)[0]
    for found, other in (
        (one.lexical(WORDS, 50), three.lexical(WORDS, 50)),
        (one.dense(vector, 50), three.dense(vector, 50)),
    ):
        assert found.rows.tolist() == other.rows.tolist()
        np.testing.assert_allclose(found.scores, other.scores, rtol=1e-5)
    assert one.matching_firms(WORDS).tolist() == three.matching_firms(WORDS).tolist()


@pytest.mark.opensearch
def test_a_large_index_is_searched_by_its_graph(store: OpenSearchStore) -> None:
    """Beyond what can be compared one by one the graph answers: nearly as well, never outside the filter."""
    given = documents(1_000)
    store.build(OLD, given)
    large = OpenSearchEngine(
        store.connection, store.index_name(OLD), statements=len(given), firms=1_000, exact_statements=100
    )
    firm_of = given.statements["firm_row"].to_numpy()
    allowed = np.arange(0, 1_000, 3, dtype=np.int32)
    recalls = []
    for seed in range(20):
        vector = unit_vectors(1, 500 + seed)[0]
        for only in (None, allowed):
            found = large.dense(vector, 50, only)
            products = (given.vectors @ vector)[given.vector_of]
            inside = np.ones(len(given), bool) if only is None else np.isin(firm_of, only)
            assert inside[found.rows].all()
            tenth = np.sort(products[inside])[::-1][9]
            recalls.append((products[found.rows[:10]] >= tenth - 1e-5).mean())
    assert np.mean(recalls) > 0.9


@pytest.mark.opensearch
@pytest.mark.parametrize("word", ["비파괴", "비접촉", "무인"])
def test_nori_keeps_prefixes_that_carry_the_meaning(store: OpenSearchStore, word: str) -> None:
    store.build(OLD, documents(5))
    client = store.connection.client()
    for text in (f"{word} 검사장비", f"{word}검사", f"{word}의 방식"):
        analysed = client.indices.analyze(index=store.index_name(OLD), body={"analyzer": "korean", "text": text})
        assert word in {token["token"] for token in analysed["tokens"]}, text


@pytest.mark.opensearch
def test_nori_keeps_a_prefix_that_no_dictionary_has(store: OpenSearchStore) -> None:
    """XPN is no stop tag: 비급여 must not become 급여."""
    store.build(OLD, documents(5))
    analysed = store.connection.client().indices.analyze(
        index=store.index_name(OLD), body={"analyzer": "korean", "text": "비급여"}
    )
    assert "비" in "".join(token["token"] for token in analysed["tokens"])


@pytest.mark.opensearch
def test_an_outsider_searches_readable_fields(store: OpenSearchStore) -> None:
    given = documents(80)
    store.build(OLD, given)
    store.publish(OLD)
    answer = store.connection.client().search(
        index="testlake",
        body={
            "query": {
                "bool": {
                    "must": {"match": {"text.nori": "비파괴 탐상"}},
                    "filter": {"term": {"source": "invented"}},
                }
            },
            "collapse": {"field": "firm_id"},
            "highlight": {"fields": {"text.nori": {}}},
            "size": 5,
        },
    )
    hits = answer["hits"]["hits"]
    assert hits
    assert len({hit["_source"]["firm_id"] for hit in hits}) == len(hits)
    assert all("<em>비파괴</em>" in hit["highlight"]["text.nori"][0] for hit in hits)
    first = hits[0]["_source"]
    assert first["as_of"].startswith("2026-01-")
    assert first["region"] == "대구광역시"
    assert "tokens" not in first


def test_the_mapping_comes_from_the_declared_columns() -> None:
    body = index_body(documents(3).statements.drop("firm_row"), DIMENSIONS, shards=1, meta={})
    properties = body["mappings"]["properties"]
    assert set(documents(3).statements.columns) <= set(properties)
    assert set(Capabilities.columns()) & set(properties) >= {"text", "source", "as_of", "concepts"}
    kinds = {name: properties[name]["type"] for name in ("statement_id", "as_of", "concepts", "text", "name", "vector")}
    assert kinds == {
        "statement_id": "keyword", "as_of": "date", "concepts": "keyword", "text": "text", "name": "text",
        "vector": "knn_vector",
    }  # fmt: skip
    assert properties["text"]["fields"]["nori"]["analyzer"] == "korean"
    assert "XPN" not in body["settings"]["analysis"]["filter"]["korean_parts"]["stoptags"]


def test_compounds_are_kept_with_their_parts() -> None:
    rules = dictionary_rules()
    words = [rule.split()[0] for rule in rules]
    assert len(words) == len(set(words)) > 20
    assert all("".join(rule.split()[1:]) in ("", rule.split()[0]) for rule in rules)
    assert "비파괴" in rules


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("비파괴검사", ["비파괴", "검사"]),
        ("검사장비", ["검사장비"]),
        ("비파괴검사검사", ["비파괴", "검사", "검사"]),
        ("검사", ["검사"]),
    ],
)
def test_compounds_split_into_known_words(word: str, parts: list[str]) -> None:
    assert split_compound(word, {"비파괴", "검사", "비파", "괴검"}) == parts


def test_not_reachable_names_the_address_and_how_to_start_one() -> None:
    store = OpenSearchStore(Connection("http://reader:s3cret@127.0.0.1:9", seconds=2))
    for ask in (
        lambda: store.count(OLD),
        lambda: store.open(OLD),
        lambda: store.build(OLD, documents(3)),
        store.snapshots,
    ):
        with pytest.raises(EngineError, match=r"http://127\.0\.0\.1:9.*make opensearch") as told:
            ask()
        assert "\n" not in str(told.value)
        assert "s3cret" not in str(told.value)
    assert "s3cret" not in repr(told.value.__cause__)


def test_something_else_that_answers_is_named() -> None:
    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(b"<html>welcome</html>")

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with pytest.raises(EngineError, match=r"does not answer as OpenSearch does .*CAPLAKE_OPENSEARCH_URL"):
            OpenSearchStore(Connection(f"http://127.0.0.1:{server.server_port}")).snapshots()
        server.shutdown()


@pytest.mark.parametrize("url", ["localhost:9200", "ftp://x:1", "http://", "http://h:none"])
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(EngineError, match="CAPLAKE_OPENSEARCH_URL is no address such as http://"):
        OpenSearchStore(Connection(url)).snapshots()


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "URL": "https://a:9201,https://b", "USER": "reader", "PASSWORD": "s3cret",
        "PREFIX": "lake2", "SHARDS": "3",
    }.items():  # fmt: skip
        monkeypatch.setenv(f"CAPLAKE_OPENSEARCH_{name}", value)
    store = OpenSearchStore()
    assert store.connection.address == "https://a:9201, https://b:443"
    assert (store.index_name(OLD), store.shards) == ("lake2-2026-01-01t183000z", 3)
    assert "s3cret" not in repr(store)
    monkeypatch.setenv("CAPLAKE_OPENSEARCH_SHARDS", "0")
    with pytest.raises(EngineError, match="CAPLAKE_OPENSEARCH_SHARDS must be a number from 1, not '0'"):
        OpenSearchStore()


@pytest.mark.opensearch
def test_tls_with_user_and_authority(opensearch_url: str, tmp_path: Path) -> None:
    with _Guarded(opensearch_url, tmp_path) as url:
        good = Connection(url, "reader", "s3cret", str(tmp_path / "ca.pem"))
        store = OpenSearchStore(good, prefix="guarded")
        store.build(OLD, documents(10))
        assert store.count(OLD) == len(documents(10))
        store.drop(OLD)
        for wrong, message in (
            (replace(good, ca=None), "certificate .* is not trusted.*CAPLAKE_OPENSEARCH_CA"),
            (replace(good, password="guess"), "does not let this user in .*CAPLAKE_OPENSEARCH_PASSWORD"),
            (replace(good, ca=str(tmp_path / "nowhere.pem")), "CAPLAKE_OPENSEARCH_CA names .*nowhere.pem"),
        ):
            with pytest.raises(EngineError, match=message) as told:
                OpenSearchStore(wrong).snapshots()
            assert "guess" not in str(told.value)


class _Guarded:
    """A TLS door before the node that lets in `reader` alone, with a certificate of its own authority."""

    def __init__(self, behind: str, folder: Path) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _door(behind))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*_certificate(folder))
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)

    def __enter__(self) -> str:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return f"https://127.0.0.1:{self._server.server_port}"

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def _door(behind: str) -> type[BaseHTTPRequestHandler]:
    class Door(BaseHTTPRequestHandler):
        def _pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if self.headers.get("Authorization") != "Basic cmVhZGVyOnMzY3JldA==":
                self._answer(401, b'{"error": "Unauthorized"}')
                return
            request = urllib.request.Request(behind + self.path, data=body or None, method=self.command)
            request.add_header("Content-Type", self.headers.get("Content-Type", "application/json"))
            try:
                with urllib.request.urlopen(request) as answer:
                    self._answer(answer.status, answer.read())
            except urllib.error.HTTPError as error:
                self._answer(error.code, error.read())

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _pass_on

    return Door


def _certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = clock.now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "ca.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder / "ca.pem", folder / "key.pem"
