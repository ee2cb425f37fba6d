"""A real local OpenSearch node for development and tests."""
