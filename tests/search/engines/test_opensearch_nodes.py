"""A node that leaves while it searches: the other nodes have what it had, so the search is asked again."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from search.engines import EngineError
from search.engines.opensearch.client import Connection
from search.engines.opensearch.store import OpenSearchStore
from search.query import LexicalQuery, TermGroup
from tests.proofs.fault_proxy import Fault, Proxy, proxy
from tests.search.engines.documents import documents

SNAPSHOT = "2026-01-01T183000Z"
WORDS = LexicalQuery({"검사": 1.0}, (TermGroup((("검사",),)),))

pytestmark = pytest.mark.opensearch


@pytest.fixture
def between(opensearch_url: str) -> Iterator[Proxy]:
    store = OpenSearchStore(Connection(opensearch_url), prefix="leaving")
    store.build(SNAPSHOT, documents(20))
    with proxy(opensearch_url) as found:
        yield found
    store.drop(SNAPSHOT)


def test_a_node_that_leaves_in_the_middle_of_a_search_costs_no_answer(between: Proxy) -> None:
    engine = OpenSearchStore(Connection(between.url), prefix="leaving").open(SNAPSHOT)
    found, firms = engine.lexical(WORDS, 5), engine.matching_firms(WORDS)
    assert len(found.rows)
    with between.fault(Fault("_search", status=500, times=2)) as fault:
        np.testing.assert_array_equal(engine.lexical(WORDS, 5).rows, found.rows)
        np.testing.assert_array_equal(engine.matching_firms(WORDS), firms)
    assert fault.hits == 2


def test_nodes_that_stay_away_are_told(between: Proxy) -> None:
    engine = OpenSearchStore(Connection(between.url), prefix="leaving").open(SNAPSHOT)
    with between.fault(Fault("_search", status=500)), pytest.raises(EngineError, match="node_disconnected_exception"):
        engine.lexical(WORDS, 5)
