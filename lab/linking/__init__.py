"""Measurements that need registers: whose records are one firm, how fast a table of a million is linked."""
