"""Service hours against a walk through every minute: `python -m tests.hours --cases 100000`."""
