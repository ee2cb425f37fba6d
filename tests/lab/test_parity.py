"""Whole answers are the same on both engines: order, totals and facets, on the bundled registers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from flows.night import new_night
from flows.steps import index
from lab.evaluation.parity import compare, main, questions
from schemas.lake import Lake, Snapshot
from search.engines.base import Candidates, Engine, Floats, Rows
from search.engines.opensearch.store import OpenSearchStore
from search.query import LexicalQuery
from search.service import SearchService


@pytest.fixture(scope="module")
def indexed_lake(small_lake: str, opensearch_url: str) -> Iterator[str]:
    """The bundled registers with an OpenSearch index beside the embedded one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CAPLAKE_OPENSEARCH_URL", opensearch_url)
        patch.setenv("CAPLAKE_OPENSEARCH_PREFIX", "bundled")
        snapshot = Snapshot.current(Lake(small_lake))
        index(new_night(small_lake, list(snapshot.manifest.sources), ["opensearch"]).at(snapshot.name), "opensearch")
        yield small_lake
        OpenSearchStore().drop(snapshot.name)


@pytest.mark.opensearch
@pytest.mark.slow
def test_bundled_registers_rank_the_same_on_both(indexed_lake: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--lake", indexed_lake, "--queries", "60"]) == 0
    assert "parity holds" in capsys.readouterr().out


class Forgetful:
    """An engine that loses every third firm of its matches and the best half of its words."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def lexical(self, query: LexicalQuery, limit: int, allowed: Rows | None = None) -> Candidates:
        found = self._engine.lexical(query, limit, allowed)
        return Candidates(found.rows[len(found.rows) // 2 :], found.scores[len(found.rows) // 2 :])

    def dense(self, vector: Floats, limit: int, allowed: Rows | None = None) -> Candidates:
        return self._engine.dense(vector, limit, allowed)

    def matching_firms(self, query: LexicalQuery) -> Rows:
        found = self._engine.matching_firms(query)
        return found[np.arange(len(found)) % 3 > 0]


@pytest.mark.slow
def test_an_engine_that_forgets_is_noticed(small_lake: str) -> None:
    sound, broken = (SearchService.current(Lake(small_lake)) for _ in range(2))
    broken.engine = Forgetful(broken.engine)
    asked = questions(sound, 40)
    assert asked == questions(sound, 40)
    found = compare([sound, broken], asked)
    assert not found.holds
    assert found.overlap < 0.95
    assert found.equal_totals < 40
    assert found.equal_facets < 40


def test_without_opensearch_it_says_how_to_start_one(
    small_lake: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CAPLAKE_OPENSEARCH_URL", "http://127.0.0.1:9")
    assert main(["--lake", small_lake]) == 1
    assert "make opensearch" in capsys.readouterr().err
