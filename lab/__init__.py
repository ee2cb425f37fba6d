"""Benchmarks, evaluation suites, training, corpora and the local OpenSearch node. It is not in the wheel."""
