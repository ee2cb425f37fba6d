"""Three real OpenSearch nodes, one of which dies; the same as `make proofs` runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from search.engines import EngineError
from search.engines.local_node import java_home, reachable
from search.engines.node_home import assembled_home
from tests.conftest import missing_part
from tests.proofs.cluster import lose_a_node, three_nodes


@pytest.mark.slow
@pytest.mark.opensearch
def test_a_node_lost_while_indexing_and_searching_costs_nothing(tmp_path: Path) -> None:
    base = reachable(Path(__file__).resolve().parents[2] / ".opensearch")
    try:
        java_home()
        assembled_home(base, print)
    except EngineError as error:
        missing_part("what an OpenSearch node needs", str(error))
    with three_nodes(base) as nodes:
        outcome = lose_a_node(tmp_path, nodes)
    assert outcome.problems == []
    assert outcome.searches > 10
    assert outcome.statements > 5_000
