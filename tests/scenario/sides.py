"""Both sides of the counter, over real sockets: what agents do in Slack and what customers do on X."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import aiohttp

from bot.sandbox.world import World

Json = dict[str, Any]


@dataclass(frozen=True)
class Person:
    """An agent in Slack or a customer on X, with the token that speaks for them."""

    id: str
    name: str
    token: str


class Sides:
    """A world, its people, and what they can do and see there."""

    def __init__(self, world: World, http: aiohttp.ClientSession) -> None:
        self.world = world
        self.http = http
        told = world.description()
        self.slack_url: str = told["slack"]["api_url"]
        self.x_url: str = told["x"]["api_url"]
        self.channel: str = told["slack"]["channel"]
        self.brand = Person(
            told["x"]["brand"]["id"], told["x"]["brand"]["handle"], told["x"]["brand"]["token"]
        )
        self.agents = [Person(a["id"], a["name"], a["token"]) for a in told["slack"]["agents"]]
        self.customers = [Person(c["id"], c["handle"], c["token"]) for c in told["x"]["customers"]]
        self._newcomers = 0

    # The agents' side

    async def slack(self, who: Person, method: str, **arguments: Any) -> Json:
        """Call Slack's Web API as a person. Returns the answer, also when it is an error."""
        headers = {"Authorization": f"Bearer {who.token}"}
        form = {name: str(value) for name, value in arguments.items()}
        async with self.http.post(self.slack_url + method, data=form, headers=headers) as response:
            answer: Json = await response.json()
            return answer

    async def write(self, who: Person, thread: str, text: str) -> str:
        """Write in a thread, or with thread "" in the channel itself; returns the message's ts."""
        answer = await self.slack(who, "chat.postMessage", channel=self.channel, thread_ts=thread, text=text)
        assert answer["ok"], answer
        return str(answer["ts"])

    async def edit(self, who: Person, ts: str, text: str) -> None:
        """Edit one's message."""
        answer = await self.slack(who, "chat.update", channel=self.channel, ts=ts, text=text)
        assert answer["ok"], answer

    async def delete(self, who: Person, ts: str) -> None:
        """Delete one's message."""
        answer = await self.slack(who, "chat.delete", channel=self.channel, ts=ts)
        assert answer["ok"], answer

    async def react(self, who: Person, ts: str, name: str) -> None:
        """Put a reaction on a message."""
        answer = await self.slack(who, "reactions.add", channel=self.channel, timestamp=ts, name=name)
        assert answer["ok"], answer

    async def unreact(self, who: Person, ts: str, name: str) -> None:
        """Take one's reaction away."""
        answer = await self.slack(who, "reactions.remove", channel=self.channel, timestamp=ts, name=name)
        assert answer["ok"], answer

    async def attach(self, who: Person, thread: str, text: str, name: str = "receipt.txt") -> None:
        """Write in a thread with a file."""
        content = b"a receipt"
        asked = await self.slack(who, "files.getUploadURLExternal", filename=name, length=len(content))
        async with self.http.post(asked["upload_url"], data=content) as response:
            assert response.ok
        answer = await self.slack(
            who,
            "files.completeUploadExternal",
            files=f'[{{"id": "{asked["file_id"]}"}}]',
            channel_id=self.channel,
            thread_ts=thread,
            initial_comment=text,
        )
        assert answer["ok"], answer

    async def slash(self, who: Person, command: str, text: str = "") -> str:
        """Type a slash command in the channel; returns what the agent is shown."""
        answer = await self.world.slack.slash(who.id, self.channel, command, text)
        assert not answer.error, answer
        return answer.text

    async def channel_messages(self) -> list[Json]:
        """The channel's own messages, oldest first."""
        answer = await self.slack(self.agents[0], "conversations.history", channel=self.channel, limit=200)
        return list(reversed(answer["messages"]))

    async def thread(self, ts: str) -> list[Json]:
        """A thread's messages, the card first."""
        answer = await self.slack(
            self.agents[0], "conversations.replies", channel=self.channel, ts=ts, limit=200
        )
        return list(answer["messages"])

    async def message(self, ts: str) -> Json:
        """One message, in the channel or in a thread."""
        found = self.world.slack.workspace.message(self.channel, ts)
        assert found is not None, f"no message {ts}"
        return self.world.slack.workspace.shown(found)

    async def by(self, who: Person, ts: str) -> list[Json]:
        """Somebody's messages in a thread, oldest first."""
        return [message for message in (await self.thread(ts))[1:] if message.get("user") == who.id]

    async def by_bot(self, ts: str) -> list[Json]:
        """The bot's messages in a thread, the card aside."""
        bot = self.world.slack.bot
        return await self.by(Person(bot.id, bot.name, bot.token), ts)

    async def said_in(self, ts: str) -> list[str]:
        """What the bot said in a thread, the card aside."""
        return [message["text"] for message in await self.by_bot(ts)]

    def whispered(self, who: Person) -> list[str]:
        """What only this agent was shown."""
        return [message["text"] for message in self.world.slack.ephemerals(who.id)]

    async def card_text(self, ts: str) -> str:
        """The card as a screen reader gets it."""
        return str((await self.thread(ts))[0]["text"])

    async def number(self, ts: str) -> str:
        """The number of the case whose card this is."""
        found = re.search(r"case (\d+)", await self.card_text(ts))
        assert found is not None
        return found[1]

    def new_agent(self, name: str, *, restricted: bool = False, external: bool = False) -> Person:
        """A new member of the team's channel: a colleague, a guest, or somebody of another organisation."""
        made = self.world.add_agent(name, restricted=restricted, external=external)
        return Person(made["id"], made["name"], made["token"])

    # The customers' side

    async def x(self, who: Person, method: str, path: str, **body: Any) -> Json:
        """Call X's API as a person."""
        headers = {"Authorization": f"Bearer {who.token}"}
        asked, sent = (body, None) if method == "GET" else (None, body)
        url = self.x_url + path
        async with self.http.request(method, url, headers=headers, params=asked, json=sent) as response:
            answer: Json = await response.json()
            return answer

    async def post(self, who: Person, text: str, in_reply_to: str = "") -> str:
        """Post on X; returns the post's id. "@brand" in the text becomes the brand's handle."""
        body: Json = {"text": text.replace("@brand", "@" + self.brand.name.lstrip("@"))}
        if in_reply_to:
            body["reply"] = {"in_reply_to_tweet_id": in_reply_to}
        answer = await self.x(who, "POST", "/2/tweets", **body)
        assert "data" in answer, answer
        return str(answer["data"]["id"])

    def by_hand(self, text: str, in_reply_to: str) -> str:
        """Answer as the brand on X's own site, where a person may more than an app; the post's id."""
        return self.world.x.post(self.brand.id, text, in_reply_to).id

    def new_customer(self, name: str = "") -> Person:
        """A customer whom nobody has seen before."""
        self._newcomers += 1
        made = self.world.add_customer(f"newcomer{self._newcomers}", name)
        return Person(made["id"], made["handle"], made["token"])

    async def replies_to(self, post_id: str) -> list[str]:
        """The brand's public replies directly under a post, oldest first, without the added mention."""
        found = [
            post
            for post in self.world.x.posts
            if post.author_id == self.brand.id and post.in_reply_to == post_id
        ]
        return [post.text for post in reversed(found)]

    def published(self) -> list[str]:
        """Every public post of the brand."""
        return [post.text for post in self.world.x.posts if post.author_id == self.brand.id]

    def messages_to(self, who: Person) -> list[str]:
        """The brand's direct messages to a customer, oldest first."""
        sent = [m for m in self.world.x.messages if (m.sender_id, m.recipient_id) == (self.brand.id, who.id)]
        return [message.text for message in reversed(sent)]


def buttons_of(message: Json) -> list[Json]:
    """The buttons of a message."""
    rows = [block for block in message.get("blocks", ()) if block["type"] == "actions"]
    return [element for row in rows for element in row["elements"] if element["type"] == "button"]


def labels_of(message: Json) -> list[str]:
    """What stands on the buttons of a message."""
    return [button["text"]["text"] for button in buttons_of(message)]
