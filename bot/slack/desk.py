"""The desk in Slack: posts, redraws, marks and finds messages, each with one certain or uncertain outcome."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.cases.errors import DeskError, DeskRefused
from bot.cases.installation import Reactions
from bot.cases.model import Agent, AgentId, MessageRef
from bot.cases.outbox import Abilities, DeskPace
from bot.cases.pictures import AlarmPicture, CardPicture, Picture, PostPicture, SaidPicture
from bot.cases.ports import Clock, Health
from bot.cases.said import Sentence
from bot.slack import blocks, health, pace, safe
from bot.slack.blocks import Drawn
from bot.slack.calls import Caller, DeskTime, refused
from bot.slack.pace import Pace
from bot.slack.render import draw
from bot.slack.sentences import Sentences, calls_channel
from bot.texts import Texts

log = logging.getLogger(__name__)

#: Message metadata can be read by every app in the workspace: ids only.
EVENT_TYPE = "webcare_errand"

#: A refusal of what was drawn: Slack could not fetch a picture, or finds the message too long.
_UNDRAWABLE = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_too_long", "msg_blocks_too_long"})

#: Our clock and Slack's may differ, by hours where a machine takes the time of its zone for UTC; `key` is
#: unique, so looking further back does no harm.
_CLOCK_SKEW = timedelta(hours=3)

_PAGE = 200

#: Slack shows us no such person: somebody of another organisation, or an id of another kind.
_UNKNOWN_PERSON = frozenset({"user_not_found", "user_not_visible", "users_not_found"})

#: Slackbot is the one bot that users.info calls a person.
_SLACKBOT = "USLACKBOT"


@dataclass(frozen=True, slots=True)
class Self:
    """Who we are in this workspace, as auth.test tells."""

    url: str
    team_id: str
    user_id: str
    bot_id: str
    #: What it is called there, without the @.
    name: str


class SlackDesk:
    """The port `Desk` in a Slack workspace."""

    def __init__(
        self,
        client: AsyncWebClient,
        clock: Clock,
        texts: Texts,
        zone: ZoneInfo,
        reactions: Reactions,
        *,
        channels: Iterable[str] = (),
        groups: Iterable[str] = (),
        people: Iterable[str] = (),
        app_token: str = "",
        command: str = "/webcare",
        pace: Pace | None = None,
    ) -> None:
        """`channels`, `groups`, `people` and `app_token` are only for `check`; a channel may be an id or a
        #name there, a user group an id or a @handle. `command` is the slash command that sentences name.
        `pace` keeps what is read below Slack's limit."""
        self._client = client
        self._clock = clock
        #: What time it is at Slack.
        self.time = DeskTime(clock)
        self._calls = Caller(clock, self.time)
        self._sentences = Sentences(texts, reactions, zone, self.thread_url, command)
        self._channels = tuple(channels)
        self._groups = tuple(groups)
        self._people = tuple(people)
        self._app_token = app_token
        self._pace = pace
        #: Where the socket opens, once `check` has asked; good for one connection.
        self.address = ""
        self._self: Self | None = None
        self._asking = asyncio.Lock()

    async def myself(self) -> Self:
        """Who we are; asked once. Call it at start, so that `thread_url` knows the workspace."""
        async with self._asking:
            if self._self is None:
                answer = await self._calls.read(self._client.auth_test)
                self._self = Self(
                    url=str(answer.get("url") or ""),
                    team_id=str(answer.get("team_id") or ""),
                    user_id=str(answer.get("user_id") or ""),
                    bot_id=str(answer.get("bot_id") or ""),
                    name=str(answer.get("user") or ""),
                )
            return self._self

    def answer(self, picture: SaidPicture) -> Drawn:
        """What is said as the answer to a slash command, which has no buttons."""
        return draw(replace(picture, said=replace(picture.said, buttons=())), self._sentences)

    async def check(self) -> Health:
        """Tokens, scopes and channels; changes nothing."""
        return await health.check(
            self._client,
            self._calls,
            self._clock,
            self._app_token,
            self._channels,
            self._groups,
            self._people,
            self._keep_address,
        )

    def _keep_address(self, address: str) -> None:
        self.address = address

    def waiting(self) -> AbstractContextManager[None]:
        """Inside, a Slack that asks to wait is waited for, see `Caller.waiting`."""
        return self._calls.waiting()

    async def resolve_channels(self, wanted: Iterable[str]) -> dict[str, str]:
        """Channel ids by name or id, see `health.resolve_channels`; those that are not found are absent."""
        return await health.resolve_channels(self._client, self._calls, wanted)

    async def resolve_groups(self, wanted: Iterable[str]) -> dict[str, str]:
        """User group ids by handle or id, see `health.resolve_groups`; what is not found is absent."""
        return await health.resolve_groups(self._client, self._calls, wanted)

    def pace(self) -> DeskPace:
        """What Slack takes, by its tiers."""
        return pace.DESK_PACE

    def abilities(self) -> Abilities:
        """Reactions of its own."""
        return Abilities()

    async def open_thread(self, channel: str, card: CardPicture, key: str) -> MessageRef:
        """Post the card that opens a thread."""
        return await self.say(channel, None, card, key)

    async def say(self, channel: str, thread: MessageRef | None, picture: Picture, key: str) -> MessageRef:
        """Post a message, in a thread or in the channel itself."""
        place = _place(thread, picture)
        message = draw(picture, self._sentences)
        try:
            return await self._post(channel, place, message, key)
        except DeskRefused as error:
            bare = draw(picture, self._sentences, bare=True)
            if error.detail not in _UNDRAWABLE or bare == message:
                raise
            return await self._post(channel, place, bare, key)

    async def _post(self, channel: str, place: Mapping[str, Any], message: Drawn, key: str) -> MessageRef:
        began = self.time.steady()
        answer = await self._calls.write(
            self._client.chat_postMessage,
            channel=channel,
            text=message.text,
            blocks=blocks.keyed(message.blocks, key),
            metadata={"event_type": EVENT_TYPE, "event_payload": {"key": key}},
            parse="none",
            unfurl_links=False,
            unfurl_media=False,
            **place,
        )
        self.time.answered(answer["ts"], began)
        posted = MessageRef(str(answer["channel"]), str(answer["ts"]))
        shown = answer.get("message") or {}
        if "thread_ts" in place and shown and str(shown.get("thread_ts", "")) != place["thread_ts"]:
            await self._take_back(posted)
            raise refused("thread_not_found")
        return posted

    async def _take_back(self, stray: MessageRef) -> None:
        """Delete a message that Slack put in the channel although it was meant for a thread: it does so, and
        says nothing, where the first message of the thread is gone (slack-go, issue 1571)."""
        try:
            await self._calls.write(self._client.chat_delete, channel=stray.channel, ts=stray.ts)
        except DeskError as error:
            told = {"action": "stray_left", "error": error.detail}
            log.warning("A message for a thread that is gone stays in the channel", extra=told)

    async def redraw(self, ref: MessageRef, picture: Picture) -> None:
        """Redraw a message of ours, whole. Its metadata stays."""
        message = draw(picture, self._sentences)
        try:
            await self._update(ref, message)
        except DeskRefused as error:
            if error.detail == "cant_update_message" and await self._is_buried(ref):
                raise refused("message_not_found") from error
            bare = draw(picture, self._sentences, bare=True)
            if error.detail not in _UNDRAWABLE or bare == message:
                raise
            await self._update(ref, bare)

    async def _update(self, ref: MessageRef, message: Drawn) -> None:
        await self._calls.write(
            self._client.chat_update,
            channel=ref.channel,
            ts=ref.ts,
            text=message.text,
            blocks=list(message.blocks),
            # chat.update parses as "client" unless it is told otherwise, chat.postMessage does not.
            parse="none",
        )

    async def stands(self, card: MessageRef) -> bool:
        """Whether a message of the channel itself is there, and not only the shell of a deleted one."""
        page = await self._calls.read(
            self._client.conversations_history,
            channel=card.channel,
            oldest=card.ts,
            latest=card.ts,
            inclusive=True,
            limit=1,
        )
        shown: Mapping[str, Any] = next(iter(page.get("messages") or ()), {})
        return shown.get("ts") == card.ts and shown.get("subtype") != "tombstone"

    async def _is_buried(self, ref: MessageRef) -> bool:
        """Whether a message that cannot be changed is none of ours any more: of the first message of a thread
        Slack leaves a shell behind when somebody deletes it."""
        try:
            page = await self._calls.read(
                self._client.conversations_replies, channel=ref.channel, ts=ref.ts, limit=1
            )
        except DeskRefused as error:
            return error.detail == "thread_not_found"
        first: Mapping[str, Any] = next(iter(page.get("messages") or ()), {})
        return first.get("subtype") == "tombstone"

    async def mark(self, ref: MessageRef, reaction: str, present: bool) -> None:
        """Put or take away a reaction of ours."""
        call = self._client.reactions_add if present else self._client.reactions_remove
        try:
            await self._calls.write(call, channel=ref.channel, timestamp=ref.ts, name=reaction)
        except DeskRefused as error:
            if error.detail != ("already_reacted" if present else "no_reaction"):
                raise

    async def whisper(self, channel: str, thread: MessageRef | None, agent: AgentId, said: Sentence) -> None:
        """Tell one agent something; Slack shows it only while the agent is there."""
        message = draw(SaidPicture(said), self._sentences)
        await self._calls.write(
            self._client.chat_postEphemeral,
            channel=channel,
            user=agent,
            text=message.text,
            blocks=list(message.blocks),
            parse="none",
            **({"thread_ts": thread.ts} if thread else {}),
        )

    async def find(
        self, channel: str, thread: MessageRef | None, key: str, since: datetime
    ) -> MessageRef | None:
        """The message of ours that carries `key`.

        The key is looked for in the metadata and in the id of the first block, which servers without
        metadata keep.
        """
        me = await self.myself()
        async for message in self.messages(channel, thread, since - _CLOCK_SKEW):
            ours = message.get("bot_id") == me.bot_id or message.get("user") == me.user_id
            if ours and key in _keys(message):
                return MessageRef(channel, str(message["ts"]))
        return None

    async def messages(
        self, channel: str, thread: MessageRef | None, since: datetime, *, patient: bool = False
    ) -> AsyncIterator[Mapping[str, Any]]:
        """Messages of the channel, or of a thread, posted at or after `since`, as Slack gives them.

        Newest first in a channel, oldest first in a thread, whose first message always comes along. Who is
        `patient` waits out Slack's limit in the middle of it and goes on with the same page; everybody else
        gets `DeskBusy`.
        """
        call = self._client.conversations_history if thread is None else self._client.conversations_replies
        method = "conversations.history" if thread is None else "conversations.replies"
        asked: dict[str, Any] = (
            {"channel": channel} if thread is None else {"channel": channel, "ts": thread.ts}
        )
        asked |= {"oldest": f"{since.timestamp():.6f}", "inclusive": True, "include_all_metadata": True}
        while True:
            page = await self._page(method, call, asked, patient=patient)
            for message in page.get("messages") or ():
                yield message
            cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                return
            asked["cursor"] = cursor

    async def _page(
        self,
        method: str,
        call: Callable[..., Awaitable[AsyncSlackResponse]],
        asked: Mapping[str, Any],
        *,
        patient: bool,
    ) -> AsyncSlackResponse:
        read = partial(self._calls.read, call, **asked, limit=_PAGE)
        return await (self._pace.keep(method, read, patient=patient) if self._pace else read())

    async def agent(self, agent_id: AgentId) -> Agent:
        """Who this is. Bots, guests, strangers, people who left, and people whom Slack does not show, may not
        reply."""
        me = await self.myself()
        try:
            answer = await self._calls.read(self._client.users_info, user=agent_id)
        except DeskRefused as error:
            if error.detail not in _UNKNOWN_PERSON:
                raise
            return Agent(id=agent_id, name="?", may_reply=False)
        user: Mapping[str, Any] = answer.get("user") or {}
        profile: Mapping[str, Any] = user.get("profile") or {}
        known = profile.get("display_name") or profile.get("real_name") or user.get("real_name")
        return Agent(
            id=agent_id,
            name=safe.name(str(known or user.get("name") or agent_id)),
            may_reply=_is_colleague(user, me.team_id),
        )

    def thread_url(self, ref: MessageRef) -> str:
        """A link to a message. Before `myself` was asked it leads to the channel only."""
        if self._self is None or not self._self.url:
            return f"https://slack.com/app_redirect?channel={ref.channel}"
        return f"{self._self.url.rstrip('/')}/archives/{ref.channel}/p{ref.ts.replace('.', '')}"


def _place(thread: MessageRef | None, picture: Picture) -> dict[str, Any]:
    """Where a message goes. In a thread Slack calls the channel only by what is shown there as well."""
    if thread is None:
        return {}
    broadcast = isinstance(picture, SaidPicture) and calls_channel(picture.said)
    broadcast |= isinstance(picture, AlarmPicture) and picture.to_channel
    broadcast |= isinstance(picture, PostPicture) and picture.reopens
    return {"thread_ts": thread.ts, **({"reply_broadcast": True} if broadcast else {})}


def _keys(message: Mapping[str, Any]) -> set[str]:
    """Every place in which a message of ours may carry its key."""
    metadata: Mapping[str, Any] = message.get("metadata") or {}
    first: Mapping[str, Any] = next(iter(message.get("blocks") or ()), {})
    keys = {str(first.get("block_id", ""))}
    if metadata.get("event_type") == EVENT_TYPE:
        keys.add(str((metadata.get("event_payload") or {}).get("key", "")))
    return keys


def _is_colleague(user: Mapping[str, Any], team_id: str) -> bool:
    """Whether this is a full member of our workspace. In an organisation people have several teams."""
    outside = ("is_bot", "is_workflow_bot", "is_restricted", "is_ultra_restricted", "is_stranger", "deleted")
    if user.get("id") == _SLACKBOT or any(user.get(flag) for flag in outside):
        return False
    teams = {user.get("team_id"), *((user.get("enterprise_user") or {}).get("teams") or ())}
    return team_id in teams
