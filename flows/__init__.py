"""WHEN: the night as plain step functions, and the sources it takes."""
