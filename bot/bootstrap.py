"""The one place where ports meet implementations: a configuration becomes a running bot, and stops again."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import socket
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta

import aiohttp

import connectors
import storage
from bot import front_desk, readiness
from bot.cases.figures import Figures
from bot.cases.ports import Clock, Connector, Finding, Health, Terms
from bot.cases.posts import AccountId
from bot.cases.record import Wake
from bot.cases.tx import Setup
from bot.clock import SystemClock
from bot.config import Config
from bot.front_desk import StartError as StartError  # the code that starts the bot imports it from here
from bot.jobs import Ticks
from bot.slack import app as slack_app
from bot.slack import calls
from bot.slack.catch_up import CatchUp
from bot.slack.desk import SlackDesk
from bot.slack.early import Early
from bot.slack.listeners import Listeners
from bot.slack.manifest import REQUEST_PATH
from bot.slack.pace import Pace
from bot.slack.people import People
from bot.slack.reading import Reading
from bot.slack.receiver import Receiver, Requests, receiver_of
from bot.texts import LANGUAGES, Texts
from bot.ticks.deliver import Deliver
from bot.ticks.poll import Poll
from bot.ticks.send import Send
from bot.ticks.watch import Backlog, ClockPutBack, RecordOutOfReach, Shifts, Tidy, Watch
from bot.transactions import Transactions
from bot.web.health import Health as WebHealth
from bot.web.metrics import Metrics
from bot.web.server import AddressTaken, Server, Unavailable
from bot.work import due_times, startup
from bot.work.effects import OUTBOX

log = logging.getLogger(__name__)

#: How often the threads are read although nothing says that something was missed.
CATCH_UP_EVERY = timedelta(minutes=5)
#: How often it is noted that the desk is heard, so that the team can be told since when it was not; whether
#: the clock was put back; and whether replies wait for long.
NOTED_EVERY = timedelta(seconds=15)
#: How often it is looked whether the record can be reached.
RECORD_EVERY = timedelta(seconds=3)
#: The longest any tick sleeps: alone it is woken for everything; the commits of others wake nobody here.
ALONE = timedelta(seconds=15)
AMONG_OTHERS = timedelta(seconds=1)
#: How long the start waits for a network that does not answer, in seconds.
CONNECT_PATIENCE = 10.0
#: How long the ticks that run, the looks, and then what else they began get to end when the program stops, in
#: seconds. With Slack's goodbye and the last commits the program stops within ten.
TICKS_GRACE = 1.0
GRACE = 5.0
#: How often what is over is dropped from the record.
TIDY_EVERY = timedelta(hours=1)


class Bot:
    """A bot that is up: ticking, listening, and to be closed."""

    def __init__(
        self, opened: AsyncExitStack, transactions: Transactions, unwell: list[Finding], notes: list[str]
    ) -> None:
        #: What does not work yet, with what to do about it.
        self.unwell = unwell
        #: What who starts the bot should know besides.
        self.notes = notes
        self._opened = opened
        self._transactions = transactions

    async def close(self) -> None:
        """Stop ticking and listening, let what is in flight end, and let go of everything."""
        await self._opened.aclose()

    async def redraw(self) -> None:
        """Redraw what the desk has shown lately, as it would be drawn now."""
        await self._transactions.do(startup.redraw)


async def open_bot(config: Config, clock: Clock | None = None) -> Bot:
    """Start the bot, by the machine's clock unless it is given another. Raises `StartError`, whose text says
    what a person can do."""
    clock = clock or SystemClock()
    async with AsyncExitStack() as opened:
        store = await _open_store(config)
        opened.push_async_callback(store.close)
        session = calls.open_session()
        opened.push_async_callback(session.close)
        pace = Pace(store, clock)
        desk, installation, unwell = await front_desk.opened(config, session, clock, pace)
        try:
            networks = open_connectors(config, clock)
        except connectors.BadSettings as error:
            raise StartError(str(error)) from error
        for connector in networks.values():
            opened.push_async_callback(connector.close)
        wordings = {language: Texts(language) for language in LANGUAGES}
        transactions = Transactions(
            store, Setup(installation, networks, wordings, desk.pace(), desk.abilities(), clock.speed), clock
        )
        await _assemble(config, opened, store, transactions, session, desk, pace, networks, clock)
        unwell += await readiness.of_accounts(store, networks)
        unwell += [late for late in readiness.of_hours(installation, clock.now()) if not late.ok]
        kept = len(await transactions.do(due_times.kept))
        notes = [note.text for note in readiness.of_due_times(kept)]
        return Bot(opened.pop_all(), transactions, unwell, notes)


async def migrate(config: Config) -> None:
    """Bring the database up to date and leave it. Raises `StartError`."""
    await (await _open_store(config)).close()


async def _open_store(config: Config) -> storage.SqlStore:
    try:
        return await asyncio.to_thread(storage.open_store, config.database.get_secret_value())
    except storage.StorageError as error:
        raise StartError(str(error)) from error


def network_terms() -> Mapping[str, Terms]:
    """What app.yaml may say about each network, as its connector tells."""
    return {name: network.terms for name, network in connectors.NETWORKS.items()}


async def check(config: Config) -> list[Finding]:
    """Everything that a first run needs, one finding a line. Changes nothing anywhere."""
    findings = []
    try:
        sentence = await asyncio.to_thread(storage.check, config.database.get_secret_value())
        findings.append(Finding("Database", True, sentence))
    except storage.StorageError as error:
        findings.append(Finding("Database", False, str(error)))
    findings += readiness.of_hours(config.installation(), SystemClock().now())
    if config.web is not None:
        findings.append(await readiness.of_address(*config.web.listen))
    clock = SystemClock()
    session = calls.open_session()
    try:
        findings += (await front_desk.made(config, session, clock).check()).findings
        for account in config.accounts:
            findings += await _check_account(config, account.name, clock)
    finally:
        await session.close()
    return findings


def open_connectors(config: Config, clock: Clock) -> dict[AccountId, Connector]:
    """A connector for each account. Raises `connectors.BadSettings`."""
    return {
        AccountId(account.name): connectors.open_connector(
            account.network,
            connectors.Settings(
                account=AccountId(account.name),
                handle=account.handle,
                api_url=account.api_url or "",
                credentials={name: value.get_secret_value() for name, value in account.credentials.items()},
                private=account.private or "",
                prices=config.prices.get(account.network, {}),
                clock=clock,
            ),
        )
        for account in config.accounts
    }


async def _check_account(config: Config, name: str, clock: Clock) -> tuple[Finding, ...]:
    alone = config.model_copy(update={"accounts": tuple(a for a in config.accounts if a.name == name)})
    try:
        connector = open_connectors(alone, clock)[AccountId(name)]
    except connectors.BadSettings as error:
        return (Finding(f"Account {name}", False, str(error)),)
    try:
        health: Health = await connector.check()
    finally:
        await connector.close()
    return tuple(replace(f, subject=f"Account {name}: {f.subject}") for f in health.findings)


async def _assemble(
    config: Config,
    opened: AsyncExitStack,
    store: storage.SqlStore,
    transactions: Transactions,
    session: aiohttp.ClientSession,
    desk: SlackDesk,
    pace: Pace,
    networks: Mapping[AccountId, Connector],
    clock: Clock,
) -> None:
    alone = config.database.get_secret_value().startswith("sqlite")
    process = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"
    poll = Poll(transactions, networks, clock, process)
    deliver = Deliver(transactions, OUTBOX, desk, clock)
    workspace_url = (await desk.myself()).url
    people = People(transactions, desk, clock)
    early = Early(deliver.settle, clock)
    opened.callback(early.close)
    listeners = Listeners(transactions, people, clock, workspace_url, early, desk.time)
    heard_at = await transactions.do(startup.last_alive)
    catch_up = CatchUp(transactions, Reading(desk, listeners, clock), pace, clock, heard_at)
    opened.callback(catch_up.close)
    door = await _door(config, opened, session, desk, listeners, catch_up, clock)
    send = Send(transactions, networks, poll, clock, catch_up.unread, people.ask_again)
    ticks = Ticks(
        {
            Wake.SEND: send.run,
            Wake.DELIVER: deliver.run,
            Wake.POLL: poll.run,
            Wake.WATCH: Watch(transactions, clock).run,
        },
        clock,
        ALONE if alone else AMONG_OTHERS,
    )
    await (put_back := ClockPutBack(transactions, clock)).cap_waits()
    if alone:
        await transactions.do(startup.take_over)
    await _connect(poll)
    web = await _open_web(config, store, transactions, ticks, door, clock)
    opened.push_async_callback(_let_end, send, deliver, web)
    opened.push_async_callback(poll.stop, TICKS_GRACE)
    opened.push_async_callback(ticks.stop, TICKS_GRACE)
    store.on_wake(ticks.wake)
    ticks.start()
    _tick_beside(ticks, transactions, store, desk, catch_up, put_back, people, clock)
    await door.open()


def _tick_beside(
    ticks: Ticks,
    transactions: Transactions,
    store: storage.SqlStore,
    desk: SlackDesk,
    catch_up: CatchUp,
    put_back: ClockPutBack,
    people: People,
    clock: Clock,
) -> None:
    """What is looked at now and then, whether or not there is anything to do."""
    channels = transactions.setup.installation.channels()
    unreached = RecordOutOfReach(lambda: _database_reason(store), channels, desk, clock)
    ticks.also(Wake.CATCH_UP.value, catch_up.again, CATCH_UP_EVERY)
    ticks.also("noted", catch_up.note, NOTED_EVERY)
    ticks.also("clock", put_back.run, NOTED_EVERY)
    ticks.also("shifts", Shifts(transactions).run, NOTED_EVERY)
    ticks.also("holders", people.look_after, CATCH_UP_EVERY)
    ticks.also("backlog", Backlog(transactions, clock).run, NOTED_EVERY)
    ticks.also("record", unreached.run, RECORD_EVERY)
    ticks.also("tidy", Tidy(store, clock).run, TIDY_EVERY)


async def _let_end(send: Send, deliver: Deliver, web: Server | None) -> None:
    """Give what is in flight its time, side by side."""
    await asyncio.gather(send.drain(GRACE), deliver.drain(GRACE), *([web.close()] if web else []))


async def _door(
    config: Config,
    opened: AsyncExitStack,
    session: aiohttp.ClientSession,
    desk: SlackDesk,
    listeners: Listeners,
    catch_up: CatchUp,
    clock: Clock,
) -> Receiver:
    """The way in, still closed. Its client has no token: events are answered without calls."""
    client = calls.client(None, config.desk.api_url, session)
    bolt = slack_app.build(client, await desk.myself(), listeners, desk.answer, catch_up.spoken_in)
    try:
        door = receiver_of(bolt, config.desk.mode, config.desk.way_in(), clock, catch_up.begin, desk.address)
    except ValueError as error:
        raise StartError(str(error)) from error
    opened.push_async_callback(door.close)
    return door


async def _connect(poll: Poll) -> None:
    """Begin to count mentions on every account, without letting a silent network hold up the start."""
    try:
        await asyncio.wait_for(poll.connect(), CONNECT_PATIENCE)
    except TimeoutError:
        log.warning("A network does not answer yet; its mentions count from when it does")


async def _open_web(
    config: Config,
    store: storage.SqlStore,
    transactions: Transactions,
    ticks: Ticks,
    door: Receiver,
    clock: Clock,
) -> Server | None:
    """The web server, where app.yaml has one. It listens before the ticks and the door are started, so that a
    port that is taken stops the start; until the door is open Slack is asked to come again."""
    if config.web is None:
        return None
    health = WebHealth(
        {
            "database": lambda: _database_reason(store),
            "desk": lambda: readiness.of_desk(door, transactions),
            "ticks": lambda: readiness.of_ticks(ticks),
        }
    )
    metrics = Metrics(lambda: _figures(store, clock), config.installation().accounts)
    server = Server(
        pages={"/healthz": health.lives, "/readyz": health.is_ready, "/metrics": metrics.page},
        doors={REQUEST_PATH: door.answer} if isinstance(door, Requests) else {},
    )
    try:
        await server.open(*config.web.listen)
    except AddressTaken as error:
        raise StartError(str(error)) from error
    return server


async def _figures(store: storage.SqlStore, clock: Clock) -> Figures:
    try:
        return await store.figures(clock.now())
    except storage.StorageError as error:
        raise Unavailable(str(error)) from error


async def _database_reason(store: storage.SqlStore) -> str:
    try:
        await store.do(lambda _record: None)
    except storage.StorageError as error:
        return str(error)
    return ""
