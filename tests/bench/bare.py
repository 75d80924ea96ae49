"""The floor of the paths: slack-bolt, tweepy and the driver, each used as plainly as it can be."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiohttp
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from tweepy.asynchronous import AsyncClient

Event = Mapping[str, Any]

#: As large as a card.
BLOCKS = [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 300}} for _ in range(4)]


class _Redirected:
    """A session whose requests to X go to the local one: tweepy knows one host."""

    def __init__(self, session: aiohttp.ClientSession, address: str) -> None:
        self._session = session
        self._address = address

    def request(self, method: str, url: object, **options: Any) -> Any:
        """One request."""
        return self._session.request(method, f"{self._address}{str(url)[23:]}", **options)


def _database(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("CREATE TABLE cases (id INTEGER PRIMARY KEY, post TEXT, author TEXT, ts TEXT)")
    connection.execute("CREATE TABLE posts (id TEXT PRIMARY KEY, case_id INTEGER, text TEXT)")
    return connection


async def _mentions(
    x: AsyncClient, slack: AsyncWebClient, database: sqlite3.Connection, channel: str
) -> None:
    """Ask what is new, keep it, post a card for it; again and again."""
    since: str | None = None
    while True:
        found = await x.get_users_mentions("9000", since_id=since, max_results=100, user_auth=True)
        for post in reversed(found.get("data") or []):
            since = post["id"]
            await x.get_users(ids=[post["author_id"]], user_auth=True)
            database.execute("BEGIN IMMEDIATE")
            cursor = database.execute(
                "INSERT INTO cases (post, author) VALUES (?, ?)", (since, post["author_id"])
            )
            database.execute("INSERT INTO posts VALUES (?, ?, ?)", (since, cursor.lastrowid, post["text"]))
            database.execute("COMMIT")
            answer = await slack.chat_postMessage(channel=channel, text=post["text"], blocks=BLOCKS)
            database.execute("UPDATE cases SET ts = ? WHERE id = ?", (answer["ts"], cursor.lastrowid))
        await asyncio.sleep(0.2)


async def _run(asked: argparse.Namespace) -> None:
    async with aiohttp.ClientSession() as session:
        slack = AsyncWebClient("xoxb-bench", base_url=asked.slack, session=session, retry_handlers=[])
        x = AsyncClient("token-0", "key", "secret", "token-0", "secret", return_type=dict)
        x.session = _Redirected(session, asked.x)
        app = AsyncApp(client=slack, request_verification_enabled=False)

        async def reaction(event: Event) -> None:
            if event["reaction"] == "eyes":
                item = event["item"]
                await slack.chat_update(channel=item["channel"], ts=item["ts"], text="claimed", blocks=BLOCKS)

        async def message(event: Event) -> None:
            await x.create_tweet(
                text=event["text"], in_reply_to_tweet_id="1900000000000000000", user_auth=True
            )

        app.event("reaction_added")(reaction)
        app.event("message")(message)
        handler = AsyncSocketModeHandler(app, "xapp-bench")
        await handler.connect_async()  # type: ignore[no-untyped-call]  # bolt ships no type for it
        database = _database(asked.folder / "bare.db")
        polling = asyncio.ensure_future(_mentions(x, slack, database, asked.channel))
        stop = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
        print("ready", flush=True)
        await stop.wait()
        polling.cancel()
        await handler.close_async()  # type: ignore[no-untyped-call]  # bolt ships no type for it


def main() -> None:
    """Run until SIGTERM."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--slack", required=True)
    parser.add_argument("--x", required=True)
    parser.add_argument("--channel", required=True)
    parser.add_argument("--folder", type=Path, required=True)
    os.environ.setdefault("PYTHONWARNINGS", "ignore")
    asyncio.run(_run(parser.parse_args()))


if __name__ == "__main__":
    main()
