"""Looking up firms by name or number, and suggestions while somebody types."""
