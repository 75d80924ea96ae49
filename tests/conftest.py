"""What holds for every test."""

from __future__ import annotations

from hypothesis import settings

# How long an example takes says something of the machine, and nothing of the program.
settings.register_profile("webcare", deadline=None)
settings.load_profile("webcare")
