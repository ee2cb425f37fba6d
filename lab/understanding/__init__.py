"""Training of the model that understands needs."""
