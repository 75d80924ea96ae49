"""The command line: webcare demo | run | check | status | targets | backup | restore | manifest | …"""

from __future__ import annotations

import argparse
import asyncio
import gc
import io
import os
import shlex
import signal
import sys
import webbrowser
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot import log

if TYPE_CHECKING:
    from bot.config import Config

DEFAULT_CONFIG = Path("app.yaml")
DEFAULT_PORT = 8700


class Refused(Exception):
    """The command cannot be carried out; the text says what to do instead."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code. Every refusal is a sentence on standard error."""
    gc.disable()  # loading makes little garbage; `_until_stopped` enables it again
    from bot.config import ConfigError  # and what it brings along

    asked = _parser().parse_args(arguments)
    log.to_terminal(verbose=asked.verbose)
    run: Callable[[argparse.Namespace], int] = asked.run
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without ✓ shows a question mark
    try:
        code = run(asked)
        sys.stdout.flush()
    except (Refused, ConfigError) as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:  # the reader of what we print has gone, such as `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 1
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        print(
            f"{where}{error.strerror or error}. The system refused this; nothing was changed.",
            file=sys.stderr,
        )
        return 1
    except KeyboardInterrupt:
        return 130
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="webcare", description="Public customer care from the team's chat.")
    parser.add_argument("--verbose", action="store_true", help="log in detail")
    commands = parser.add_subparsers(required=True, metavar="command")

    def command(
        name: str, run: Callable[[argparse.Namespace], int], help_text: str
    ) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=help_text, description=help_text)
        sub.set_defaults(run=run)
        return sub

    for name, run, help_text in (
        ("demo", _demo, "try it all on this machine: a local Slack, a local X and the bot between them"),
        ("sandbox", _sandbox, "start the local Slack and X alone, for webcare run"),
    ):
        sub = command(name, run, help_text)
        _options_of_sandbox(sub)
        if name == "demo":
            _options_of_demo(sub)
    for name, run, help_text in (
        ("run", _run, "run the bot with app.yaml"),
        ("check", _check, "check whether everything is ready for a first run"),
        ("migrate", _migrate, "bring the database up to date without starting the bot"),
        ("status", _status, "show the current state, also while the bot runs"),
        ("targets", _targets, "show the cases whose due time was set before hours or targets changed"),
        ("backup", _backup, "copy the SQLite database, also while the bot runs"),
        ("restore", _restore, "put a backup back, while no bot runs; with PostgreSQL after pg_restore"),
    ):
        sub = command(name, run, help_text)
        sub.add_argument("--config", type=Path, default=DEFAULT_CONFIG, help="the configuration (app.yaml)")
        if name == "targets":
            sub.add_argument("--apply", action="store_true", help="give them those of today's settings")
        if name == "backup":
            sub.add_argument("file", type=Path, metavar="FILE", help="where the backup will be")
        if name == "restore":
            sub.add_argument(
                "file", type=Path, nargs="?", metavar="FILE", help="where the backup is; none with PostgreSQL"
            )
    manifest = command("manifest", _manifest, "print Slack's app manifest and the link that creates the app")
    manifest.add_argument("--name", default="Webcare", help="the app's name in Slack")
    manifest.add_argument(
        "--http",
        type=_public_address,
        metavar="URL",
        help="let Slack send requests to the bot at this https:// address (desk.mode http), without a socket",
    )
    return parser


def _options_of_demo(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--empty", action="store_true", help="begin with nothing said, as scripts want it")
    speed = "let time pass N times as fast, 1 to 1000: with 60 an hour takes a minute"
    sub.add_argument("--speed", type=_speed, default=1, metavar="N", help=speed)


def _options_of_sandbox(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--port", type=_port, default=DEFAULT_PORT, help="where the page is (0: any free port)")
    sub.add_argument("--dir", type=Path, default=Path(".demo"), help="where its state is kept")
    sub.add_argument("--no-browser", action="store_true", help="do not open the page")
    sub.add_argument("--language", choices=("nl", "en"), help="what the bot speaks to agents")


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 6 and int(text) < 1 << 16):
        raise argparse.ArgumentTypeError(f"{text} is no port: write a number from 0 (any free one) to 65535")
    return int(text)


def _speed(text: str) -> int:
    from bot.demo import FASTEST

    if not (text.isascii() and text.isdigit() and len(text) < 5 and 1 <= int(text) <= FASTEST):
        raise argparse.ArgumentTypeError(
            f"{text} is no speed: write a whole number from 1 (as time passes) to {FASTEST}"
        )
    return int(text)


def _run(asked: argparse.Namespace) -> int:
    config = _load(asked.config, os.environ)
    return asyncio.run(_until_stopped(lambda ready: _bot(config, ready)))


def _check(asked: argparse.Namespace) -> int:
    from bot import bootstrap, readiness, upkeep  # the other commands start faster without them

    config = _load(asked.config, os.environ)
    print(f"✓ {asked.config} is in order")
    findings = asyncio.run(bootstrap.check(config))
    with suppress(upkeep.UpkeepError):  # what is wrong with the database is said by its own finding
        findings += readiness.of_due_times(len(upkeep.kept_due_times(config)))
    for finding in findings:
        print(f"{'✓' if finding.ok else '✗'} {finding.subject}: {finding.text}")
    return 0 if all(finding.ok for finding in findings) else 1


def _migrate(asked: argparse.Namespace) -> int:
    from bot import bootstrap

    config = _load(asked.config, os.environ)
    try:
        asyncio.run(bootstrap.migrate(config))
    except bootstrap.StartError as error:
        raise Refused(str(error)) from error
    print("The database is up to date.")
    return 0


def _status(asked: argparse.Namespace) -> int:
    from bot import status, upkeep

    config = _load(asked.config, os.environ)
    with _refused_in_words():
        figures = upkeep.look(config)
    for line in status.lines(figures, config.installation().accounts):
        print(line)
    return 0


def _targets(asked: argparse.Namespace) -> int:
    from bot import upkeep

    config = _load(asked.config, os.environ)
    zone = ZoneInfo(config.timezone)
    with _refused_in_words():
        if asked.apply:
            print(f"New due times: {upkeep.set_due_times_anew(config)}")
            return 0
        kept = upkeep.kept_due_times(config)
    for case, fresh in kept:
        before, after = (at.astimezone(zone) for at in (case.due_at, fresh.due_at) if at is not None)
        print(f"case {case.id}: due {before:%Y-%m-%d %H:%M}, by today's settings {after:%Y-%m-%d %H:%M}")
    print("webcare targets --apply gives them these." if kept else "Every due time is that of app.yaml.")
    return 0


def _backup(asked: argparse.Namespace) -> int:
    from bot import upkeep

    with _refused_in_words():
        upkeep.back_up(_load(asked.config, os.environ), asked.file)
    print(f"{asked.file} is written. It holds what customers wrote: keep it as safe as the original.")
    return 0


def _restore(asked: argparse.Namespace) -> int:
    from bot import upkeep

    config = _load(asked.config, os.environ)
    with _refused_in_words():
        if asked.file is None:
            upkeep.refilled(config)
            print("The database knows now that it was put back from a backup.")
        else:
            kept = upkeep.put_back(config, asked.file)
            print(f"{asked.file} is in place." + (f" What was there is kept as {kept}." if kept else ""))
    print(
        "Start webcare again. What happened since the backup comes in again; a reply that may be out already "
        "is looked for on X, or waits for a person."
    )
    return 0


@contextmanager
def _refused_in_words() -> Iterator[None]:
    from bot import upkeep

    try:
        yield
    except upkeep.UpkeepError as error:
        raise Refused(str(error)) from error


def _manifest(asked: argparse.Namespace) -> int:
    import yaml

    from bot.config.slash import command_of
    from bot.slack.manifest import LONGEST_NAME, REQUEST_PATH, create_link, manifest

    address = asked.http or ""
    if len(asked.name) > LONGEST_NAME:
        raise Refused(
            f"Slack takes names of at most {LONGEST_NAME} characters; this one has {len(asked.name)}."
        )
    try:
        command = command_of(asked.name)
    except ValueError as error:
        raise Refused(str(error)) from error
    described = manifest(asked.name, address, command)
    print(yaml.safe_dump(described, sort_keys=False, allow_unicode=True), end="")
    print(f"\n# Create the app with one click:\n# {create_link(asked.name, address, command)}")
    if address:
        print(f"\n# Slack will send its requests to\n#   {address}{REQUEST_PATH}")
    if command != "/webcare":
        print(f"\n# In the channel, invite the bot by its name:\n#   /invite @{command.removeprefix('/')}")
        print(f"\n# In app.yaml, below desk:\n#   command: {command}")
    return 0


def _public_address(text: str) -> str:
    from bot.slack.manifest import public_address

    try:
        return public_address(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _demo(asked: argparse.Namespace) -> int:
    return asyncio.run(_until_stopped(lambda ready: _open_demo(asked, ready)))


def _sandbox(asked: argparse.Namespace) -> int:
    return asyncio.run(_until_stopped(lambda ready: _open_sandbox(asked, ready)))


def _load(path: Path, environ: Mapping[str, str]) -> Config:
    from bot import bootstrap
    from bot.config import load

    return load(path, environ, bootstrap.network_terms())


Closing = Callable[[], Awaitable[None]]


async def _until_stopped(start: Callable[[Callable[[str], None]], Coroutine[Any, Any, Closing]]) -> int:
    """Start something, say that it is up, and close it at SIGINT or SIGTERM, which also end the start."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    starting = asyncio.create_task(start(lambda sentence: print(sentence, flush=True)))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait((starting, stopping), return_when=asyncio.FIRST_COMPLETED)
    if not starting.done():
        starting.cancel()
        await asyncio.wait((starting,))
        return 0
    close = await starting
    # What was loaded stays: a collector that went through it again would stop everything for 50 ms each time.
    gc.collect()
    gc.freeze()
    gc.enable()
    await stopping
    print("Stopping …", flush=True)
    await close()
    return 0


async def _bot(config: Config, ready: Callable[[str], None]) -> Closing:
    from bot import bootstrap

    try:
        bot = await bootstrap.open_bot(config)
    except bootstrap.StartError as error:
        raise Refused(str(error)) from error
    if bot.unwell:
        ready("Webcare is up, but not everything works yet:")
        for finding in bot.unwell:
            ready(f"✗ {finding.subject}: {finding.text}")
        ready("Put right what is marked ✗. New secrets or settings need a restart; webcare notices all else.")
        ready("Stop with Ctrl+C.")
    else:
        ready("Webcare is up: mentions become threads from now on. Stop with Ctrl+C.")
    for note in bot.notes:
        ready(note)
    return bot.close


async def _open_demo(asked: argparse.Namespace, ready: Callable[[str], None]) -> Closing:
    from bot import bootstrap, demo
    from bot.sandbox.world import DirectoryTaken, DirectoryUnusable, PortTaken

    language = asked.language or _language()
    shown = demo.Demo(asked.dir, asked.port, language, scene=not asked.empty, speed=asked.speed)
    try:
        base = await shown.open()
    except (PortTaken, DirectoryTaken, DirectoryUnusable, bootstrap.StartError) as error:
        raise Refused(str(error)) from error
    _show(asked, base, ready)
    return shown.close


async def _open_sandbox(asked: argparse.Namespace, ready: Callable[[str], None]) -> Closing:
    from bot import demo
    from bot.sandbox import tryout
    from bot.sandbox.world import DirectoryTaken, DirectoryUnusable, PortTaken, World

    if demo.ahead(asked.dir) > datetime.now(UTC):
        raise Refused(
            f"The demo in {asked.dir} ran fast, and what was said there is of later than now. "
            "Name another folder with --dir, or start that demo over."
        )
    try:
        world = World(asked.dir, settings=demo.settings())
        base = await world.start(asked.port)
        path = tryout.write(world.description(), asked.dir, asked.language or _language())
    except (PortTaken, DirectoryTaken, DirectoryUnusable) as error:
        raise Refused(str(error)) from error
    env = shlex.quote(str(path.with_name("env")))
    ready(f"Run the bot with: set -a; . {env}; set +a; webcare run --config {shlex.quote(str(path))}")
    _show(asked, base, ready)
    return world.stop


def _show(asked: argparse.Namespace, base: str, ready: Callable[[str], None]) -> None:
    ready(f"The page: {base}/\nFor scripts: {base}/sandbox.json")
    ready("Stop with Ctrl+C.")
    if not asked.no_browser:
        webbrowser.open(base)


def _language() -> str:
    """Dutch on a Dutch machine, English elsewhere."""
    tongue = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "nl" if tongue.startswith("nl") else "en"


if __name__ == "__main__":
    sys.exit(main())
