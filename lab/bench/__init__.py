"""Benchmarks: every figure of docs/benchmarks.md comes from here, with the machine and the date it was measured on."""
