"""How long the record keeps what is over. Which rows those are stands in `storage/ends.py`."""

from __future__ import annotations

from datetime import timedelta

#: Deliveries: longer than a desk repeats an event (Slack: 24 hours with "delayed events").
DELIVERIES = timedelta(days=3)
#: Sentences of a channel: a backlog is told, and told to be over, in the message that was posted first.
SENTENCES = timedelta(days=30)
#: What only the desk needed of a case, after it was closed: nobody goes on in its thread as if it were open.
CASES = timedelta(days=30)
#: Shifts that are over.
SHIFTS = timedelta(days=30)
#: Days of spending: the same month of last year can be compared.
SPENDING = timedelta(days=400)
