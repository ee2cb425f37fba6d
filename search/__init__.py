"""FIND: understand the need, ask an engine, rank with reasons; the API and the pages."""
