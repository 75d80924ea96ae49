"""Reads a reply before it goes out: pure rules, each with its reason."""
