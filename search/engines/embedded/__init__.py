"""The embedded engine: BM25 over own postings and vectors beside the lake."""
