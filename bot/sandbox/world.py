"""The world of the sandbox: one server that joins the local X, the local Slack and the page over both."""

from __future__ import annotations

import asyncio
import errno
import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, Protocol

from aiohttp import web

from bot.sandbox import people, site
from bot.sandbox.crowd import Book, Crowd, Tempo
from bot.sandbox.faults import Faults
from bot.sandbox.feed import Feed
from bot.sandbox.journal import Journal
from bot.sandbox.slack.local import LocalSlack
from bot.sandbox.slack.settings import DEFAULT_SETTINGS, AppSettings
from bot.sandbox.x.local import LocalX
from bot.sandbox.x.model import Person, utcnow

#: The team id of the connected organisation.
_PARTNER = "T0PARTNER0"
#: How long open requests get to end when the world stops, in seconds.
_GRACE = 1.0


class PortTaken(Exception):
    """The port that was asked for cannot be listened on."""

    def __init__(self, host: str, port: int, error: OSError) -> None:
        match error.errno:
            case errno.EADDRINUSE:
                why = "is taken by another program. Stop that one or choose another port"
            case errno.EACCES:
                why = "is the system's own. Choose one above 1023"
            case _:
                why = f"cannot be used ({error.strerror}). Choose another one"
        super().__init__(f"Port {port} on {host} {why}.")


class DirectoryUnusable(Exception):
    """The sandbox can keep nothing in its directory, or not read what is kept there."""

    def __init__(self, directory: Path, error: Exception) -> None:
        if isinstance(error, OSError):
            why = f"The sandbox cannot keep its state in {directory} ({error.strerror})"
            super().__init__(f"{why}. Name a folder with --dir in which you may write.")
        else:
            super().__init__(
                f"What the sandbox kept in {directory} cannot be read. Delete that folder to start over, or "
                "name another one with --dir."
            )


class DirectoryTaken(Exception):
    """Another sandbox keeps its state in the same directory."""

    def __init__(self, directory: Path) -> None:
        super().__init__(
            f"Another sandbox is running on {directory}. Stop that one or choose another directory."
        )


class Director(Protocol):
    """Who runs the bot in this world, and may let it begin again: the demo."""

    @property
    def language(self) -> str:
        """What the bot speaks to agents: "nl" or "en"."""

    async def speak(self, language: str) -> None:
        """Let the bot go on in another language, with all that it knows."""

    def begin_anew(self) -> None:
        """Throw away everything that was said, and start again shortly."""


class World:
    """A local X under /x, a local Slack under /slack and a page at /, on one port of the loopback interface.

    State is kept in `directory`, written before each answer, so that people, tokens and messages outlive the
    process; without a directory it is kept in memory. Raises `DirectoryTaken` when another process has it,
    `DirectoryUnusable` when it cannot be written or read.
    `settings` is the app as it is installed in the workspace; `tempo` is that of the customers let loose.
    `clock` is the time of everybody here; it passes `speed` times as fast as the machine's.
    What scripts begin with, `/sandbox.json`, is answered once `ready` is set.
    """

    def __init__(
        self,
        directory: Path | None,
        *,
        clock: Callable[[], datetime] = utcnow,
        speed: float = 1.0,
        settings: AppSettings = DEFAULT_SETTINGS,
        tempo: Tempo | None = None,
    ) -> None:
        self._shortcuts = settings.shortcuts
        self._clock = clock
        self._speed = speed
        self._lock = _locked(directory) if directory is not None else None
        self._journals: list[Journal] = []
        self.faults = Faults()
        with self._kept_in(directory):
            for name in ("x.jsonl", "slack.jsonl"):
                self._journals.append(Journal(directory / name if directory else None))
            self.x = LocalX(self._journals[0], self.faults, clock)
            self.slack = LocalSlack(self._journals[1], self.faults, clock, speed=speed, settings=settings)
            self.brand = self._settle_x()
            self.channel = self._settle_slack()
        self.feed = Feed(self.x, self.slack, self.channel, lambda: self.crowd.state(), self.about)
        self.crowd = Crowd(
            self.x,
            self.brand,
            Book.read(),
            lambda: self.feed.touch("crowd", "crowd"),
            self._spoken,
            tempo=tempo,
            speed=speed,
        )
        #: Cleared while a bot starts here that does not yet see what is posted.
        self.ready = asyncio.Event()
        self.ready.set()
        self.director: Director | None = None
        #: Tells this world from another one that begins at the same address; it outlives the process.
        self._born = sha256(self.slack.bot.token.encode()).hexdigest()[:8]
        self._base_url = ""
        self._runner: web.AppRunner | None = None

    @property
    def base_url(self) -> str:
        """Where the page is, without a closing slash; empty before the start."""
        return self._base_url

    def about(self) -> dict[str, Any]:
        """What the page is told of the whole: which life of the world it is, what the demo's bot speaks, what
        time it is, in milliseconds since 1970, and how fast that passes."""
        now = self._clock().timestamp() * 1000
        return {"born": self._born, "language": self._spoken(), "now": now, "speed": self._speed}

    def _spoken(self) -> str | None:
        """What the demo's bot speaks; None where there is no demo."""
        return self.director.language if self.director is not None else None

    def app(self) -> web.Application:
        """A new application with everything in it."""
        app = site.build_app(self)
        app.add_subapp("/x", self.x.app())
        app.add_subapp("/slack", self.slack.app())
        return app

    async def start(self, port: int, host: str = "127.0.0.1") -> str:
        """Serve on this port (0: any free one) and return the base address. Raises `PortTaken`."""
        self._runner = web.AppRunner(self.app(), shutdown_timeout=_GRACE, access_log=None)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, host, port).start()
        except OSError as error:
            await self._runner.cleanup()
            raise PortTaken(host, port, error) from error
        self._base_url = f"http://{host}:{self._runner.addresses[0][1]}"
        for person in self.x.people:
            self._picture(person)
        return self._base_url

    async def stop(self) -> None:
        """Send the crowd home, let every open page and socket go, and close the journals."""
        await self.crowd.close()
        self.feed.close()
        if self._runner is not None:
            await self._runner.cleanup()
        self._let_go()

    def _let_go(self) -> None:
        for journal in self._journals:
            journal.close()
        if self._lock is not None:
            self._lock.close()

    @contextmanager
    def _kept_in(self, directory: Path | None) -> Iterator[None]:
        """What is kept in a directory is read or made here; whatever is wrong with it is its fault."""
        try:
            yield
        except (OSError, ValueError, TypeError, AttributeError, LookupError) as error:
            self._let_go()
            if directory is None:
                raise
            raise DirectoryUnusable(directory, error) from error

    def add_customer(self, handle: str, name: str = "") -> dict[str, str]:
        """A new account on X: its id, handle and token. ValueError when the handle is taken or impossible."""
        person = self.x.add_person(handle, name or handle.removeprefix("@"))
        self._picture(person)
        return {"id": person.id, "handle": person.handle, "token": self.x.credentials(person).bearer}

    def add_agent(self, name: str, *, restricted: bool = False, external: bool = False) -> dict[str, str]:
        """A new member of the workspace, in the team's channel: id, name, token; ValueError for a taken name.

        `restricted` makes a guest, `external` somebody of a connected organisation.
        """
        if any(user.name == name for user in self.slack.workspace.users.values()):
            raise ValueError(f"There already is somebody called {name}: choose another name.")
        agent = self.slack.add_agent(name, restricted=restricted, team_id=_PARTNER if external else None)
        self.slack.join(agent.id, self.channel)
        return {"id": agent.id, "name": agent.name, "token": agent.token}

    def description(self) -> dict[str, Any]:
        """What a script needs to take part: addresses, people and their tokens. This is GET /sandbox.json."""
        secrets = asdict(self.x.credentials(self.brand))
        return {
            "slack": {
                "api_url": f"{self._base_url}/slack/api/",
                "channel": self.channel,
                "bot": {
                    "user_id": self.slack.bot.id,
                    "bot_token": self.slack.bot.token,
                    "app_token": self.slack.app_token,
                },
                "agents": [
                    {"id": user.id, "name": user.name, "token": user.token}
                    for user in self.slack.workspace.users.values()
                    if not user.bot and not user.deleted
                ],
                "shortcuts": sorted(self._shortcuts),
            },
            "x": {
                "api_url": f"{self._base_url}/x",
                "brand": {
                    "id": self.brand.id,
                    "handle": self.brand.handle,
                    "name": self.brand.name,
                    "token": secrets.pop("bearer"),
                    "credentials": secrets,
                },
                "customers": [
                    {"id": person.id, "handle": person.handle, "token": self.x.credentials(person).bearer}
                    for person in self.x.people
                    if person.id != self.brand.id
                ],
            },
        }

    def _settle_x(self) -> Person:
        """The brand; it and the customers are made when they are not there yet."""
        for customer in people.CUSTOMERS:
            if self.x.world.by_handle(customer.handle) is None:
                self.x.add_person(customer.handle, customer.name)
        known = self.x.world.by_handle(people.BRAND.handle)
        return known or self.x.add_person(
            people.BRAND.handle, people.BRAND.name, automated=True, open_dms=True, verified=True
        )

    def _settle_slack(self) -> str:
        """The id of the team's channel; it and the agents are made when they are not there yet."""
        users = self.slack.workspace.users.values()
        agents = [
            self.slack.add_agent(name).id
            for name in people.AGENTS
            if all(user.name != name for user in users)
        ]
        known = self.slack.workspace.channel_named(people.CHANNEL)
        if known is not None:
            return known.id
        return self.slack.add_channel(people.CHANNEL, [self.slack.bot.id, *agents]).id

    def _picture(self, person: Person) -> None:
        """Give a person a profile picture at the present address, unless they brought one from elsewhere."""
        address = f"{self._base_url}/avatars/{person.handle}.png"
        drawn = person.avatar.endswith(f"/avatars/{person.handle}.png")
        if self._base_url and person.avatar != address and (drawn or not person.avatar):
            self.x.update_person(person.id, avatar=address)


def _locked(directory: Path) -> IO[str]:
    """An open file that this process alone holds; the system lets go of it however the process ends."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        lock = (directory / "lock").open("w")
    except OSError as error:
        raise DirectoryUnusable(directory, error) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise DirectoryTaken(directory) from None
    return lock
