"""The log as a person reads it: a sentence and its values a line, and the same trouble not told for ever."""

from __future__ import annotations

import json
import logging
import re
import time
from collections import OrderedDict
from collections.abc import Callable

#: What every record has; the rest are the values that a line is given.
_KNOWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}

#: The same warning is written again after so many seconds.
REPEAT_AFTER = 600.0
#: Warnings of one kind, each about something else, are written this often within so many seconds.
OF_A_KIND = 10
WITHIN = 60.0
#: So many different warnings are remembered.
REMEMBERED = 1000


class Line(logging.Formatter):
    """A log line: time, level, sentence, and the values that go with it. Names and passwords in addresses,
    such as a proxy's that slack_sdk repeats in its errors, are left out."""

    #: What stands before the host of an address.
    LOGIN = re.compile(r"(?<=://)[^/@\s]+@")

    def format(self, record: logging.LogRecord) -> str:
        """The line, with the record's own values behind the sentence."""
        values = _values(record)
        line = super().format(record)
        line = f"{line}  {json.dumps(values, default=str)}" if values else line
        return self.LOGIN.sub("…@", line)


class Sparing(logging.Filter):
    """Lets a warning or error pass once, and again when it still comes after a while, with the number of
    those `left_out` in between: what anybody can cause must not fill a disk, nor hide what else happens."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._now = now
        self._known: OrderedDict[object, _Told] = OrderedDict()

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether it is written."""
        if record.levelno < logging.WARNING:
            return True
        now = self._now()
        kind = (record.name, str(record.msg))
        error = record.exc_info[0] if isinstance(record.exc_info, tuple) else None
        said = repr((record.args, error, sorted(_values(record).items())))
        alike, same = self._told(kind), self._told((kind, said))
        if now - alike.since >= WITHIN:
            alike.since, alike.many = now, 0
        if same.many and now - same.since < REPEAT_AFTER:
            same.left_out += 1
            return False
        if alike.many >= OF_A_KIND:
            alike.left_out += 1
            return False
        alike.many += 1
        if left_out := same.left_out + alike.left_out:
            record.left_out = left_out
        same.since, same.many = now, 1
        same.left_out = alike.left_out = 0
        return True

    def _told(self, key: object) -> _Told:
        told = self._known.setdefault(key, _Told())
        self._known.move_to_end(key)
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return told


class _Told:
    """What was written of one warning, or of one kind of them."""

    def __init__(self) -> None:
        self.since = float("-inf")
        self.many = 0
        self.left_out = 0


def to_terminal(*, verbose: bool) -> None:
    """Write the log to standard error: warnings and errors, with `verbose` every step."""
    handler = logging.StreamHandler()
    handler.setFormatter(Line("%(asctime)s %(levelname)s %(message)s"))
    handler.addFilter(Sparing())
    logging.basicConfig(level=logging.INFO if verbose else logging.WARNING, handlers=[handler])
    # These two speak of every event and job at INFO, and at DEBUG of its content.
    for name in ("apscheduler", "slack_bolt", "slack_sdk", "aiohttp"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _values(record: logging.LogRecord) -> dict[str, object]:
    return {name: value for name, value in vars(record).items() if name not in _KNOWN}
