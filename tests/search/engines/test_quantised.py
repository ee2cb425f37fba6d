"""Vectors as bytes find what exact vectors find."""

from __future__ import annotations

import numpy as np
import pytest

from search.engines.embedded.quantised import QuantisedVectors


def unit(shape: tuple[int, int], seed: int) -> np.ndarray:
    drawn = np.random.default_rng(seed).standard_normal(shape).astype(np.float32)
    drawn[:, :3] *= 6  # a few loud dimensions, as embeddings have
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


@pytest.mark.parametrize("count", [1, 5_000, 210_000])
def test_similarities_are_near_the_exact_ones(count: int) -> None:
    vectors, query = unit((count, 64), 1), unit((1, 64), 2)[0]
    found = QuantisedVectors.of(vectors).similarities(query)
    assert found.shape == (count,)
    assert np.abs(found - vectors @ query).max() < 0.02


def test_nearly_all_of_the_hundred_nearest_are_found() -> None:
    vectors, queries = unit((20_000, 256), 3), unit((20, 256), 4)
    quantised = QuantisedVectors.of(vectors)
    for query in queries:
        exact = set(np.argsort(-(vectors @ query))[:100])
        assert len(exact & set(np.argsort(-quantised.similarities(query))[:200])) >= 99


def test_no_vectors_and_zero_vectors_are_no_trouble() -> None:
    assert QuantisedVectors.of(np.empty((0, 8), np.float32)).similarities(np.ones(8, np.float32)).shape == (0,)
    assert QuantisedVectors.of(np.zeros((2, 8), np.float32)).similarities(np.zeros(8, np.float32)).tolist() == [0, 0]


def test_bytes_survive_the_disk(tmp_path) -> None:
    made = QuantisedVectors.of(unit((100, 32), 5))
    made.save(tmp_path)
    opened = QuantisedVectors.open(tmp_path)
    assert np.array_equal(opened.codes, made.codes)
    assert np.array_equal(opened.scales, made.scales)
