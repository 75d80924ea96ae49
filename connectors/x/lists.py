"""The lists of X that are read, newest first: mentions, the brand's own posts, its direct messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.x import payload
from connectors.x.client import XClient
from connectors.x.fields import Json
from connectors.x.walk import Ask, Stream

#: What every read of posts asks for.
POSTS: Mapping[str, Any] = {
    "tweet_fields": payload.POST_FIELDS,
    "media_fields": payload.MEDIA_FIELDS,
    "expansions": payload.EXPANSIONS,
}


def mentions(client: XClient, brand_id: str) -> Stream:
    """Posts that mention the brand."""

    async def read(ask: Ask) -> Json:
        found: Json = await client.get_users_mentions(brand_id, **_page(ask), **POSTS)
        return found

    # X API, "User mention timeline": the most recent 800.
    return Stream(read, route=f"/2/users/{brand_id}/mentions", price="mention_read", depth=800)


def own(client: XClient, brand_id: str) -> Stream:
    """The brand's own posts, replies included, by whatever means they were published."""

    async def read(ask: Ask) -> Json:
        found: Json = await client.get_users_tweets(brand_id, **_page(ask), **POSTS)
        return found

    # X API, "User Post timeline": the most recent 3,200.
    return Stream(read, route=f"/2/users/{brand_id}/tweets", price="own_read", depth=3200)


def messages(client: XClient) -> Stream:
    """The brand's direct messages of the last 30 days, in both directions."""

    async def read(ask: Ask) -> Json:
        found: Json = await client.get_direct_message_events(
            **_page(ask),
            dm_event_fields=payload.MESSAGE_FIELDS,
            media_fields=payload.MEDIA_FIELDS,
            expansions=payload.EXPANSIONS,
        )
        return found

    return Stream(read, route="/2/dm_events", price="dm_read", filters=False)


def _page(ask: Ask) -> dict[str, Any]:
    given = {"max_results": ask.size, "since_id": ask.since, "pagination_token": ask.token}
    return {name: value for name, value in given.items() if value is not None}
