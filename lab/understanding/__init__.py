"""Training and evaluation of the reading of needs."""
