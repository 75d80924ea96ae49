"""What an interaction entitles the app to for a while: opening one view, and answering at its own address."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from bot.sandbox.slack.errors import SlackError

#: A trigger_id is good for one view within so many seconds.
TRIGGER_SECONDS = 3.0
#: A response_url is good for so many answers within so many seconds.
ANSWERS = 5
ANSWER_SECONDS = 1800.0


@dataclass
class Place:
    """Where an interaction happened, and so where an answer to it goes."""

    user: str
    channel: str
    #: The message that held the control; "" for slash commands.
    message_ts: str = ""
    ephemeral: bool = False
    answers_left: int = ANSWERS
    until: float = 0.0


class Vouchers:
    """The trigger_ids and response_urls handed out and not yet spent."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._triggers: dict[str, tuple[str, float]] = {}
        self._spent: set[str] = set()
        self._places: dict[str, Place] = {}

    def trigger(self, user: str) -> str:
        """A new trigger_id for something that `user` did."""
        trigger_id = f"{secrets.randbelow(10**13):013d}.{secrets.token_hex(16)}"
        self._triggers[trigger_id] = (user, self._monotonic() + TRIGGER_SECONDS)
        return trigger_id

    def redeem(self, trigger_id: str) -> str:
        """The user whose act the trigger stands for; it can be redeemed once, and soon."""
        if trigger_id in self._spent:
            raise SlackError("exchanged_trigger_id")
        if trigger_id not in self._triggers:
            raise SlackError("invalid_trigger_id")
        user, until = self._triggers.pop(trigger_id)
        if self._monotonic() > until:
            raise SlackError("expired_trigger_id")
        self._spent.add(trigger_id)
        return user

    def address(self, place: Place) -> str:
        """A new key for the response_url of an interaction at `place`."""
        key = secrets.token_urlsafe(18)
        place.until = self._monotonic() + ANSWER_SECONDS
        self._places[key] = place
        return key

    def answer(self, key: str) -> Place:
        """Where an answer to this key goes; each counts."""
        place = self._places.get(key)
        if place is None:
            raise SlackError("invalid_url", status=404)
        if self._monotonic() > place.until:
            raise SlackError("expired_url", status=404)
        if place.answers_left <= 0:
            raise SlackError("used_url", status=404)
        place.answers_left -= 1
        return place
