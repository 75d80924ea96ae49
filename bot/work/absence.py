"""What the team hears when the bot was away: from when to when, and that the threads were read since."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.cases.said import Instant, say
from bot.cases.tx import Tx
from bot.outbox import put

#: A restart, or a line that drops for a moment, is not worth a word.
WORTH_TELLING = timedelta(minutes=2)


def last_alive(tx: Tx) -> datetime | None:
    """Until when the program lived before this start, as the newest look at a network tells; None before the
    first."""
    streams = (stream for name in tx.installation.accounts for stream in tx.streams.of(name))
    return max((stream.looked_at for stream in streams if stream.looked_at is not None), default=None)


def back(tx: Tx, since: datetime) -> None:
    """Tell every channel that the bot is back, when it could not hear since `since` and that is long ago
    enough for agents to have noticed."""
    if tx.now - since < WORTH_TELLING:
        return
    for channel in sorted(tx.installation.channels()):
        put.announce(
            tx,
            channel,
            say("desk.back", since=Instant(since, "date"), until=Instant(tx.now, "date")),
            key=f"back-{channel}-{int(since.timestamp())}",
        )
