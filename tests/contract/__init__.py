"""One suite a port, run over all its implementations."""
