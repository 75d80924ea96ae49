"""The trouble: what the servers, the wires, the database and the clock do to the subjects, as a seed says."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from aiohttp import web

from bot.sandbox.faults import Fault
from bot.sandbox.world import World
from tests.proof.database import Database
from tests.proof.levers import Levers
from tests.proof.pace import CALL

_HTML = "<html><body>Over capacity</body></html>"
#: Until when X asks for patience, in seconds since the epoch of its own clock.
_RESET = "x-rate-limit-reset"
#: Longer than a call is waited for.
_SILENCE = CALL * 1.5


class Trouble:
    """Makes trouble until its share is used up. Only the bot's requests are struck, never those of people."""

    def __init__(
        self,
        world: World,
        levers: Levers,
        database: Database,
        apart: timedelta,
        longest_leap: float,
        rng: random.Random,
        note: Callable[[str], None],
    ) -> None:
        """The clocks of two subjects may be `apart`, and all of them an hour off for `longest_leap` seconds;
        `note` is told of each fault."""
        self._world = world
        self._levers = levers
        self._database = database
        self._apart = apart
        self._longest_leap = longest_leap
        self._rng = rng
        self._note = note
        self._left = 0
        self._farthest = timedelta(0)
        self._task: asyncio.Task[None] | None = None
        #: What was done, by name.
        self.done: Counter[str] = Counter()
        #: The next of the bot's requests is answered by the death of a subject.
        self._kill_on: tuple[Callable[[], object], int, str] | None = None
        setattr(world.faults, "take", self._take)  # noqa: B010  # mypy refuses the plain assignment

    @property
    def count(self) -> int:
        """How many faults have struck."""
        return sum(self.done.values())

    @property
    def left(self) -> int:
        """How many faults are still to come."""
        return self._left

    def begin(self, faults: int) -> None:
        """Let so many faults strike from now on."""
        self._left = faults
        self._task = asyncio.create_task(self._around_the_wires())

    async def end(self) -> None:
        """No more trouble; what was bent is straight again, and the clock stays where it was farthest."""
        self._left = 0
        self._kill_on = None
        if self._task is not None:
            await self._task
        self._levers.set(ahead=self._farthest)
        mischief = self._world.slack.mischief
        mischief.lose = mischief.twice = mischief.late = 0

    def kill_on_answer(self, kill: Callable[[], object], nth: int, what: str = "") -> None:
        """Call `kill` when the nth request from now, of those with `what` in method and path, had its effect
        and nobody has heard of it yet."""
        self._kill_on = (kill, nth, what)

    # What is asked of the servers

    def _take(self, server: str, request: web.Request) -> Fault | None:
        if not self._is_ours(server, request) or request.path.endswith("/link"):
            return None
        if self._kill_on is not None:
            kill, nth, what = self._kill_on
            nth -= what in f"{request.method} {request.path}"
            self._kill_on = (kill, nth, what) if nth > 0 else None
            if nth <= 0:
                asyncio.get_running_loop().call_later(0.02, kill)
                return Fault(server, "", "hang", after_effect=True, seconds=_SILENCE)
        if self._left <= 0 or self._rng.random() > _share(request):
            return None
        name, fault = self._rng.choice(_SLACK if server == "slack" else _x_faults(request.method))
        self._strike(f"x {request.method} {name}" if server == "x" else f"slack {name}")
        self._note(f"… at {request.path}")
        struck = fault(server)
        if _RESET in struck.headers:
            struck.headers[_RESET] = str(int(self._levers.right().timestamp()) + 1)
        return struck

    def _is_ours(self, server: str, request: web.Request) -> bool:
        said = request.headers.get("Authorization", "")
        if server == "x":
            return said.startswith("OAuth ")
        slack = self._world.slack
        return said.endswith((slack.bot.token, slack.app_token))

    def _strike(self, name: str) -> None:
        self._left -= 1
        self.done[name] += 1
        self._note(f"fault: {name}")

    # What happens without being asked for

    async def _around_the_wires(self) -> None:
        moves = (
            self._lose, self._twice, self._late, self._reverse, self._drop, self._recycle, self._outage,
            self._lock, self._restart, self._fill, self._jump, self._leap,
            self._shift,
        )  # fmt: skip
        share = self._left * 0.4
        while self._left > 0:
            await asyncio.sleep(self._rng.uniform(0.1, 0.6))
            if self._left > 0 and share > 0:
                share -= 1
                move = self._rng.choice(moves)
                self._strike(move.__name__.strip("_"))
                await move()

    async def _lose(self) -> None:
        self._world.slack.mischief.lose += 1

    async def _twice(self) -> None:
        self._world.slack.mischief.twice += 1

    async def _late(self) -> None:
        self._world.slack.mischief.late += 1
        self._world.slack.mischief.late_by = self._rng.uniform(0.1, 1.0)

    async def _reverse(self) -> None:
        self._world.slack.mischief.reverse += 2

    async def _drop(self) -> None:
        self._world.slack.drop_sockets()

    async def _recycle(self) -> None:
        await self._world.slack.disconnect_sockets(self._rng.choice(["warning", "refresh_requested"]))

    async def _outage(self) -> None:
        """No socket, and no new one, for a while; nothing is delivered in it."""
        until = time.monotonic() + self._rng.uniform(0.3, 1.2)
        while time.monotonic() < until:
            self._world.slack.drop_sockets()
            await asyncio.sleep(0.02)

    async def _lock(self) -> None:
        await self._database.lock(self._rng.uniform(0.1, 0.6))

    async def _restart(self) -> None:
        await self._database.restart()

    async def _fill(self) -> None:
        self._levers.set(disk_full=True)
        await asyncio.sleep(self._rng.uniform(0.1, 0.4))
        self._levers.set(disk_full=False)

    async def _jump(self) -> None:
        """The clock is set to another time than that of the servers, forward or back."""
        ahead = timedelta(seconds=self._rng.choice([-1, -0.5, 0, 0, 0.5, 1, 1.5]))
        self._levers.set(ahead=min(max(ahead, -self._apart), self._apart))
        self._farthest = max(self._farthest, self._levers.ahead)

    async def _leap(self) -> None:
        """The clock is set an hour forward or back, as by wrong daylight saving, and put right: soon, or only
        once it was believed."""
        right = self._levers.ahead
        self._levers.set(ahead=right + timedelta(hours=self._rng.choice([-1, 1])))
        await asyncio.sleep(self._rng.uniform(0.2, self._longest_leap))
        self._levers.set(ahead=right)

    async def _shift(self) -> None:
        """Several people write at once, so that pages shift under whoever walks them."""
        x = self._world.x
        brand = self._world.brand
        for person in self._rng.sample(x.people, k=3):
            if person.id != brand.id:
                word = f"m{self._rng.randrange(10**9)}"
                x.post(person.id, f"@{brand.handle} {word} all at once")


def _share(request: web.Request) -> float:
    """How many of such requests are struck: few that only read, or nothing would ever be done; many that
    publish."""
    name = request.path.rpartition("/")[2]
    if "/x/" in request.path:
        return 0.04 if request.method == "GET" else 0.35
    return 0.1 if name.startswith(("chat.", "reactions.")) else 0.02


def _status(
    status: int, *, after: bool = False, headers: dict[str, str] | None = None, body: str = "{}"
) -> Callable[[str], Fault]:
    kind = "text/html" if body.startswith("<") else "application/json"
    return lambda server: Fault(
        server, "", "status", after_effect=after, status=status, body=body, content_type=kind,
        headers=dict(headers or {}),
    )  # fmt: skip


def _drop(*, after: bool) -> Callable[[str], Fault]:
    return lambda server: Fault(server, "", "drop", after_effect=after)


def _hang(*, after: bool) -> Callable[[str], Fault]:
    return lambda server: Fault(server, "", "hang", after_effect=after, seconds=_SILENCE)


def _limited(server: str) -> Fault:
    return _status(429, headers={_RESET: "soon", "x-rate-limit-remaining": "0"})(server)


_Choice = tuple[str, Callable[[str], Fault]]

_SLACK: tuple[_Choice, ...] = (
    ("429", _status(429, headers={"Retry-After": "1"}, body='{"ok":false,"error":"ratelimited"}')),
    ("500 before", _status(500)),
    ("500 after the effect", _status(500, after=True)),
    ("dropped before", _drop(after=False)),
    ("dropped after the effect", _drop(after=True)),
    ("silent before", _hang(after=False)),
    ("silent after the effect", _hang(after=True)),
    ("slow", lambda server: Fault(server, "", "delay", seconds=CALL / 4)),
)
_X_READS: tuple[_Choice, ...] = (
    ("429 with header", _limited),
    ("429 without header", _status(429)),
    ("500", _status(500)),
    ("503 page", _status(503, body=_HTML)),
    ("dropped", _drop(after=False)),
    ("silent", _hang(after=False)),
)
_DUPLICATE = '{"detail":"You are not allowed to create a Tweet with duplicate content.","status":403}'
_X_WRITES: tuple[_Choice, ...] = (
    *_X_READS,
    ("500 after the effect", _status(500, after=True)),
    ("503 page after the effect", _status(503, after=True, body=_HTML)),
    ("dropped after the effect", _drop(after=True)),
    ("silent after the effect", _hang(after=True)),
    ("dropped after the effect", _drop(after=True)),
    ("silent after the effect", _hang(after=True)),
    ("duplicate", _status(403, body=_DUPLICATE)),
)


def _x_faults(method: str) -> tuple[_Choice, ...]:
    return _X_READS if method == "GET" else _X_WRITES
