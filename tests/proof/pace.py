"""The product's waits, all shortened, so that a minute of trouble takes seconds; order is what is proved."""

from __future__ import annotations

import functools
import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

import aiohttp

from bot import bootstrap, clock
from bot.cases import errors, leases
from bot.config import Config
from bot.outbox import queue
from bot.sandbox.world import World
from bot.slack import calls, catch_up, pace, receiver
from bot.ticks import deliver, poll, send, underway, watch
from bot.work import accounts, publishing, startup, unread
from connectors.x import client, connector, refusals, walk
from storage import engine, pool

#: Where Slack's own limits hold, its minutes pass so many times as fast.
FASTER = 25
#: How often the local Slack takes a message in one channel, in seconds; Slack itself: one a second.
POSTING_INTERVAL = 1 / FASTER
#: How long after a mention its answer may be due, in microseconds; the shorter is for what is urgent.
PROMISED = frozenset({4_000_000, 2_000_000})
#: A call that nobody waits for any longer, in seconds.
CALL = 0.8

#: How long work belongs to a process; and how long it does in life.
LEASE, WHOLE_LEASE = timedelta(seconds=2), leases.LEASE
MARGIN = timedelta(milliseconds=500)
POLL_EVERY = timedelta(milliseconds=150)
HOLD = timedelta(milliseconds=400)
LONG_HOLD = timedelta(seconds=4)
_SHORT = timedelta(milliseconds=300)
_LOOKS = tuple(timedelta(seconds=each) for each in (0.1, 0.3, 0.6, 1.0, 1.0, 2.0, 2.0, 3.0))

#: How long the product leaves between two calls that read threads, in life.
IN_LIFE = pace.EVERY
#: What the local Slack takes; redraws and marks are only paced where its tiers hold.
_BRISK = replace(
    pace.DESK_PACE,
    post_every=timedelta(seconds=POSTING_INTERVAL * 1.05),
    longest_rest=timedelta(milliseconds=500),
)
#: Module, name, the value in its stead. Leases stay longer than any call takes, as in the product.
WAITS: tuple[tuple[Any, str, Any], ...] = (
    (leases, "LEASE", LEASE),
    (leases, "MARGIN", MARGIN),
    (underway, "RENEW_EVERY", timedelta(milliseconds=600)),
    (pace, "DESK_PACE", _BRISK),
    (queue, "SLOT_WHILE_POSTING", timedelta(seconds=CALL)),
    (queue, "PATIENCE", timedelta(milliseconds=500)),
    (startup, "PATIENCE", timedelta(milliseconds=500)),
    (accounts, "LONGEST_REST", timedelta(seconds=1)),
    (clock, "_BELIEVED_AFTER", 2.0),
    (deliver, "SOON", timedelta(milliseconds=50)),
    (send, "SOON", timedelta(milliseconds=50)),
    (poll, "FRESH", timedelta(milliseconds=100)),
    (calls, "_SOON", _SHORT),
    (calls, "_LATER", _SHORT),
    (calls, "_TIMEOUT", aiohttp.ClientTimeout(total=CALL, sock_connect=0.4)),
    (catch_up, "REST", timedelta(milliseconds=100)),
    (catch_up, "LONGEST_REST", timedelta(milliseconds=500)),
    (catch_up, "FRESH", timedelta(seconds=6)),
    (catch_up, "UNTOLD", timedelta(seconds=1)),
    (unread, "SHORTLY", timedelta(milliseconds=500)),
    (pace, "EVERY", timedelta(milliseconds=5)),
    (bootstrap, "CATCH_UP_EVERY", timedelta(seconds=1.5)),
    (bootstrap, "CONNECT_PATIENCE", 2.0),
    (bootstrap, "NOTED_EVERY", timedelta(milliseconds=250)),
    (watch, "AFTERWARDS", timedelta(seconds=2)),
    (bootstrap, "AMONG_OTHERS", timedelta(milliseconds=250)),
    (pool, "_REST", 0.02),
    (refusals, "UNTOLD", _SHORT),
    (refusals, "_PAUSE", _SHORT),
    (client, "Timeouts", functools.partial(client.Timeouts, connect=0.4, total=CALL)),
    (receiver, "_LOOK_EVERY", 0.4),
    (receiver, "_REST", 0.1),
    (receiver, "_LONGEST_REST", 0.4),
    (receiver, "_HELLO", 1.0),
    (publishing, "LOOKS", _LOOKS),
    (publishing, "PRIVATE_LOOKS", _LOOKS),
    (engine, "ABANDONED_AFTER", 0.8),
    (engine, "_PRAGMAS", tuple(p.replace("5000", "300") for p in engine._PRAGMAS)),
)


#: What is left as it is in life to measure how soon the work of a paused process is taken over.
TAKEOVER = {(leases, "LEASE"), (leases, "MARGIN"), (underway, "RENEW_EVERY"), (bootstrap, "AMONG_OTHERS")}
#: What matters only where others wait for a process that is paused, and breaks the start of a slow one.
PATIENCE = {(engine, "ABANDONED_AFTER")}


def hurry(*, whole_leases: bool = False, tiers: bool = False, alone: bool = False) -> None:
    """Shorten the waits of the product in this process; its leases only if they need not be whole. With
    `tiers` it meets Slack's limits, and keeps to them at the pace at which Slack's minutes pass. Who is
    `alone` keeps nobody waiting."""
    left = (TAKEOVER if whole_leases else set()) | (PATIENCE if alone else set())
    for module, name, value in WAITS:
        if (module, name) in left:
            continue
        if not hasattr(module, name):
            raise AttributeError(f"{module.__name__} has no {name} any more: mend tests/proof/pace.py.")
        setattr(module, name, value)
    # What a function was given as a default when it was made.
    setattr(errors.Retry.__init__, "__defaults__", ("", _SHORT))  # noqa: B010  # mypy knows no such attribute
    kept = connector.XConnector.__init__.__kwdefaults__ or {}
    kept["settle"] = _SHORT
    _small_pages()
    if tiers:
        _at_slacks_pace()
    else:
        setattr(pace, "DESK_PACE", replace(_BRISK, call_every=timedelta(0)))  # noqa: B010  # no tiers here


def _small_pages() -> None:
    """Pages of five, so that a list shifts while it is walked although it is short."""
    fields = walk.Stream.__dataclass_fields__
    names = [name for name in fields if name not in ("read", "route", "price")]
    small = {"page": 5, "glance": 5}
    defaults = tuple(small.get(name, fields[name].default) for name in names)
    setattr(walk.Stream.__init__, "__defaults__", defaults)  # noqa: B010  # mypy knows no such attribute


def _at_slacks_pace() -> None:
    """What the product knows of Slack's limits, and what Slack asks of it, in minutes that pass faster."""
    told = calls._retry_after
    setattr(calls, "_retry_after", lambda headers: told(headers) / FASTER)  # noqa: B010  # as above
    setattr(pace, "EVERY", IN_LIFE / FASTER)  # noqa: B010  # the same
    slow = pace.DESK_PACE.call_every / FASTER
    setattr(pace, "DESK_PACE", replace(_BRISK, call_every=slow))  # noqa: B010  # the same


def often(config: Config, *, tiers: bool = False) -> Config:
    """The configuration with looks at X more often, and with shorter holds, than app.yaml allows. With
    `tiers` holds are long enough for replies to wait in many threads at the same time."""
    accounts = tuple(account.model_copy(update={"poll_every": POLL_EVERY}) for account in config.accounts)
    teams = {
        name: team.model_copy(update={"hold": LONG_HOLD if tiers else HOLD})
        for name, team in config.teams.items()
    }
    return config.model_copy(update={"accounts": accounts, "teams": teams})


def relax(world: World, *, tiers: bool = False) -> None:
    """Limits that shortened waits would break; one message in so long a time is kept to. With `tiers` Slack's
    all hold, and its minutes pass faster."""
    for route in world.x.limits.per_user:
        world.x.limits.per_user[route] = 1_000_000
    limits = world.slack.limits
    if tiers:
        limits.monotonic = lambda: time.monotonic() * FASTER
    else:
        limits.scale, limits.posting_per_minute = 10_000, 1_000_000
        limits.posting_interval, limits.posting_burst = POSTING_INTERVAL, 3
    pace = world.slack.pace
    pace.acknowledge, pace.repeats = 0.6, (0.0, 0.3, 1.5)
