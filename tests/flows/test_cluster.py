"""Three real OpenSearch nodes, one of which dies; the same as `make proofs` runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import node_base
from tests.proofs.cluster import lose_a_node, three_nodes


@pytest.mark.slow
@pytest.mark.opensearch
def test_a_node_lost_while_indexing_and_searching_costs_nothing(tmp_path: Path) -> None:
    with three_nodes(node_base()) as nodes:
        outcome = lose_a_node(tmp_path, nodes)
    assert outcome.problems == []
    assert outcome.searches > 10
    assert outcome.statements > 5_000
