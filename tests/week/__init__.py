"""A week at the desk under a fast clock: `python -m tests.week --mentions 2000`."""
