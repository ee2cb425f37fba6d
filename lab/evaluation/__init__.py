"""How good the answers are: metrics, suites and splits."""
