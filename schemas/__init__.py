"""WHAT: tables, taxonomy, knowledge base and the layout of the lake: the contract between the rooms."""
