"""The command line: the top room, thin; it may call all, nothing imports it."""
