"""A setup, mentions and cases to measure with."""

from __future__ import annotations

import gc
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import connectors
from bot.cases.accounts import Stream
from bot.cases.installation import Account, Installation, Targets, Team
from bot.cases.model import Agent, AgentId
from bot.cases.ports import Page, Spent
from bot.cases.posts import AccountId, Author, AuthorId, Post, PostId
from bot.cases.tx import Setup
from bot.texts import Texts
from bot.work.context import Answers
from bot.work.intake import Look

ACCOUNT = AccountId("brand-x")
CHANNEL = "C0BENCH001"
PROCESS = "bench-1"
AGENT = Agent(AgentId("U0AGENT001"), "Marieke de Koning")


class SystemClock:
    """The machine's clock."""

    speed = 1.0

    def now(self) -> datetime:
        """The present instant in UTC."""
        return datetime.now(UTC)


CLOCK = SystemClock()


def settle() -> None:
    """Let the collector leave alone what is there, as the product does once it is up (`bot.cli`): going
    through what all the measuring needs takes it 50 ms each time."""
    gc.collect()
    gc.freeze()


def setup() -> Setup:
    """One team, one account on X; its connector opens no socket for what is asked here."""
    team = Team("care", CHANNEL, Targets(timedelta(hours=1), timedelta(hours=1)), timedelta(0))
    installation = Installation(
        language="en",
        timezone="Europe/Amsterdam",
        teams={"care": team},
        accounts={ACCOUNT: Account(ACCOUNT, "x", "brand", "care")},
    )
    settings = connectors.Settings(
        account=ACCOUNT,
        handle="brand",
        api_url="http://127.0.0.1:9",
        credentials={"bearer_token": "token"},
        private="dm",
        prices={},
        clock=CLOCK,
    )
    connector = connectors.open_connector("x", settings)
    return Setup(installation, {ACCOUNT: connector}, {"en": Texts("en")})


def mention(number: int, at: datetime) -> Post:
    """A new person's first public words."""
    name = PostId(str(1_900_000_000_000_000_000 + number))
    return Post(
        account=ACCOUNT,
        id=name,
        author_id=AuthorId(str(5_000_000 + number)),
        visibility="public",
        text=f"@brand parcel {number} has been at the depot for three days, can somebody look please?",
        created_at=at,
        root_id=name,
        url=f"https://x.com/i/status/{name}",
        lang="en",
    )


def writer(post: Post) -> Author:
    """Who wrote it."""
    return Author("x", post.author_id, f"customer{post.author_id}", "A Customer", "", 10, "https://x.com/c")


def look(main: Stream, first: int, count: int, now: datetime) -> Look:
    """A look at this list that brought `count` mentions of new people, with their names."""
    posts = tuple(mention(number, now) for number in range(first, first + count))
    spent = (Spent("mention_read", count, Decimal("0.001") * count),)
    page = Page(posts, {"since": posts[-1].id}, spent=spent)
    return Look(main, now, page, Answers(tuple(map(writer, posts))))
