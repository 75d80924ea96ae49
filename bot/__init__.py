"""Webcare in team chat: public mentions arrive as threads, are claimed, answered and published from there."""
