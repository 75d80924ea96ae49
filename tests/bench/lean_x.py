"""The part of X that a measured program talks to: mentions, people, and posting a reply."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import UTC, datetime
from itertools import count
from time import perf_counter
from urllib.parse import parse_qs

from connectors.x import payload
from tests.bench.lean import Json, Request, Server

#: Credentials name their account by this token: the number of the brand follows.
TOKEN = "token-"
_BRAND = re.compile(rb"token-(\d+)")


class Network:
    """X for some brands; each mention is noted with the instant at which it was first handed out."""

    def __init__(self) -> None:
        self._server = Server(self._answer, lambda _at, _message: None)
        self._numbers = count(1)
        #: By brand, newest first.
        self._mentions: dict[str, list[Json]] = {}
        self._sent: asyncio.Future[tuple[float, Json]] | None = None
        self.handed_out: dict[str, float] = {}

    async def start(self) -> str:
        """Listen; returns the address."""
        return f"http://127.0.0.1:{await self._server.start()}"

    async def stop(self) -> None:
        """Listen no more."""
        await self._server.stop()

    def mention(self, brand: str, text: str) -> str:
        """A new person mentions a brand; returns the post's id."""
        number, now = next(self._numbers), datetime.now(UTC)
        post_id = str(int(payload.lowest_at(now)) + number % (1 << 22))
        post = {
            "id": post_id,
            "text": text,
            "author_id": str(7_000_000 + number),
            "conversation_id": post_id,
            "created_at": now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "edit_history_tweet_ids": [post_id],
            "lang": "en",
        }
        self._mentions.setdefault(brand, []).insert(0, post)
        return post_id

    def expect_post(self) -> asyncio.Future[tuple[float, Json]]:
        """The next post that is created: when the call was read, and what it says."""
        self._sent = asyncio.get_running_loop().create_future()
        return self._sent

    def _answer(self, request: Request) -> Json:
        found = _BRAND.search(request.headers)
        brand = found[1].decode() if found else "0"
        query = {name: values[0] for name, values in parse_qs(request.query).items()}
        match request.path.split("/")[2:]:
            case ["users", "me"]:
                return {"data": {"id": f"900{brand}", "username": f"brand{brand}", "name": "Brand"}}
            case ["users", _, "mentions"]:
                return self._page(brand, query)
            case ["users"]:
                people = [
                    {"id": one, "username": f"customer{one}", "name": "A Customer"}
                    for one in query["ids"].split(",")
                ]
                return {"data": people}
            case ["tweets"] if request.method == "POST":
                return self._create(request)
            case _:
                return {"data": [], "meta": {"result_count": 0}}

    def _page(self, brand: str, query: Json) -> Json:
        since, below = query.get("since_id"), query.get("pagination_token")
        size = int(query.get("max_results", 10))
        newer = [
            post
            for post in self._mentions.get(brand, ())
            if (since is None or int(post["id"]) > int(since))
            and (below is None or int(post["id"]) < int(below))
        ]
        page = newer[:size]
        at = perf_counter()
        for post in page:
            self.handed_out.setdefault(post["id"], at)
        more = {"next_token": page[-1]["id"]} if len(newer) > size else {}
        return {"data": page, "meta": {"result_count": len(page), **more}}

    def _create(self, request: Request) -> Json:
        given = json.loads(request.body)
        if self._sent is not None and not self._sent.done():
            self._sent.set_result((request.at, given))
        number = str(int(payload.lowest_at(datetime.now(UTC))) + next(self._numbers))
        return {"data": {"id": number, "text": given["text"]}}
