"""Looking for a reply of unclear outcome among what the brand has sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.cases.characters import same_words
from bot.cases.ports import SendCommand
from bot.cases.posts import Post
from connectors.x import payload, walk
from connectors.x.payload import PUBLIC, Json, parsed

#: How far X's clock and ours may differ.
SKEW = timedelta(minutes=10)
#: X refuses the same public text twice, but takes the same direct message again: one that is older than the
#: attempt by more than this may be an earlier one.
_SURE_WITHIN = timedelta(seconds=5)
_PAGES_AT_MOST = 40


@dataclass(frozen=True, slots=True)
class Look:
    """What a look brought. `whole` tells that the list was read back to before the attempt."""

    post: Post | None
    whole: bool
    #: The ids of what was read.
    read: tuple[str, ...] = ()

    def is_sure(self, command: SendCommand) -> bool:
        """Whether the post found is that of `command` and no earlier one that says the same."""
        return self.post is not None and (
            command.visibility == PUBLIC or self.post.created_at >= command.attempted_at - _SURE_WITHIN
        )


async def look(
    stream: walk.Stream, parse: Callable[[Json], Post | None], command: SendCommand, since: datetime
) -> Look:
    """Read `stream` from its newest item back to `since`, or until the reply is found. `since` is X's time,
    and before the attempt."""
    size, token = stream.glance, None
    read: list[str] = []
    for _ in range(_PAGES_AT_MOST):
        page = walk.page_of(await stream.read(walk.PageRequest(size, token=token)))
        read += [payload.number_of(item.get("id")) for item in page.items]
        posts, _ = parsed(page.items, parse)
        found = next((post for post in posts if _is_it(post, command, since)), None)
        past = any(post.created_at < since for post in posts)
        if found is not None or past or page.token is None:
            return Look(found, True, tuple(read))
        size, token = min(2 * size, stream.page), page.token
    return Look(None, False, tuple(read))


def _is_it(post: Post, command: SendCommand, since: datetime) -> bool:
    """Whether this is what `command` would have published."""
    if not post.by_brand or post.visibility != command.visibility or post.created_at < since:
        return False
    if command.visibility == PUBLIC:
        placed = post.parent_id == command.in_reply_to
    else:
        placed = post.root_id == f"dm:{command.author_id}"
    return placed and same_words(command.text, post.text)
