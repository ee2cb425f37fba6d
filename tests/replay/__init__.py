"""An HTTP server that answers as the real services do, faults included. `python -m tests.replay` runs it by hand."""
