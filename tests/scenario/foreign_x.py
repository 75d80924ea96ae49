"""A server that speaks as little of X's API v2 as a bot can live on; it shares no code with the sandbox.

Its ids are small numbers that carry no time, it tells no limits and no conversations, and it returns whole
lists whatever `since_id` asks for.
"""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

Json = dict[str, Any]

BRAND, CUSTOMER = "1", "2"


class ForeignX:
    """A brand, a customer, and what they posted."""

    def __init__(self) -> None:
        self.posts: list[Json] = []
        #: Whether the next post is made and answered with a server's error.
        self.spoil_next = False
        self._ids = itertools.count(8)

    def app(self) -> web.Application:
        """To be mounted where api_url leads."""
        app = web.Application()
        app.router.add_get("/2/users/me", self._me)
        app.router.add_get("/2/users", self._people)
        app.router.add_get("/2/users/{id}/mentions", self._mentions)
        app.router.add_get("/2/users/{id}/tweets", self._own)
        app.router.add_post("/2/tweets", self._publish)
        return app

    def post(self, text: str, author: str = CUSTOMER, answered: str = "") -> str:
        """Somebody posts."""
        number = str(next(self._ids))
        made: Json = {"id": number, "author_id": author, "text": text}
        made["created_at"] = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        if answered:
            made["referenced_tweets"] = [{"type": "replied_to", "id": answered}]
        self.posts.append(made)
        return number

    def answers_to(self, number: str) -> list[str]:
        """What the brand posted under a post."""
        answer = [{"type": "replied_to", "id": number}]
        return [post["text"] for post in self.posts if post.get("referenced_tweets") == answer]

    async def _me(self, _request: web.Request) -> web.Response:
        return web.json_response({"data": {"id": BRAND, "name": "A shop", "username": "shop"}})

    async def _people(self, _request: web.Request) -> web.Response:
        return web.json_response({"data": [{"id": CUSTOMER, "name": "Bo", "username": "bo"}]})

    async def _mentions(self, _request: web.Request) -> web.Response:
        found = [post for post in self.posts if "@shop" in post["text"] and post["author_id"] != BRAND]
        return web.json_response({"data": found[::-1], "meta": {"result_count": len(found)}})

    async def _own(self, _request: web.Request) -> web.Response:
        found = [post for post in self.posts if post["author_id"] == BRAND]
        return web.json_response({"data": found[::-1], "meta": {"result_count": len(found)}})

    async def _publish(self, request: web.Request) -> web.Response:
        body = await request.json()
        number = self.post(body["text"], BRAND, body["reply"]["in_reply_to_tweet_id"])
        if self.spoil_next:
            self.spoil_next = False
            return web.Response(status=500, text="oops")
        return web.json_response({"data": {"id": number, "text": body["text"]}}, status=201)
