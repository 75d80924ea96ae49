"""The local X itself: what people write is checked, kept in the journal and told to those who listen."""

from __future__ import annotations

import base64
import secrets
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from aiohttp import web

from bot.sandbox.faults import Faults
from bot.sandbox.journal import Journal
from bot.sandbox.x import problems, rules, texts
from bot.sandbox.x.api import PER_APP, PER_USER, build_app
from bot.sandbox.x.auth import Door
from bot.sandbox.x.events import Event, message_picture, person_picture, post_picture
from bot.sandbox.x.limits import Limits
from bot.sandbox.x.model import (
    Clock,
    Credentials,
    Media,
    Message,
    Person,
    Post,
    Snowflakes,
    is_handle,
    to_entry,
    utcnow,
)
from bot.sandbox.x.prices import Purse
from bot.sandbox.x.views import Views
from bot.sandbox.x.world import World

_REQUESTS_KEPT = 20_000


@dataclass(frozen=True)
class Recorded:
    """One request that reached the API. `who` is a handle, "app", or None when nothing proved who asked."""

    method: str
    #: Without the mount prefix and the query.
    path: str
    query: Mapping[str, str]
    who: str | None
    status: int
    at: datetime


class LocalX:
    """A local X: an HTTP server that answers as the API v2 does, and methods for code in its process.

    Everything that is said is in the journal before it is answered, and a new LocalX over the same journal
    begins where the last one ended. To be used from one event loop, or from one thread without a loop.

    The methods are the doors of X's own app and site: they hold a post to X's rules for everybody (length,
    duplicates, who may reply) and raise `Problem`, but not to the rules for apps, the rate limits and prices,
    which hold for those who come through the API.
    """

    def __init__(self, journal: Journal, faults: Faults, clock: Clock = utcnow) -> None:
        self.world = World()
        self.faults = faults
        self.clock = clock
        self.views = Views(self.world)
        self.limits = Limits(dict(PER_USER), dict(PER_APP))
        self.purse = Purse()
        self.requests: deque[Recorded] = deque(maxlen=_REQUESTS_KEPT)
        #: Whether a reply straight to a post of the brand lets it answer, as an @mention does.
        self.implicit_summons = True
        self._journal = journal
        self._listeners: list[Callable[[Event], None]] = []
        self._ids = Snowflakes(clock)
        for entry in journal:
            self.world.apply(entry)
        self._ids.seen(self.world.newest_id)
        if not self.world.app_token:
            self._keep("x.app", "AAAA" + secrets.token_urlsafe(60))
        self.door = Door(self.world)

    def app(self) -> web.Application:
        """The API, to be mounted under a prefix of the caller's choice, such as /x."""
        return build_app(self)

    @property
    def app_token(self) -> str:
        """A bearer token of an app that speaks for nobody: it reads what is public, at full price."""
        return self.world.app_token

    @property
    def credits(self) -> float | None:
        """What the apps have left to pay with, in dollars; None is no limit, 0 answers 402."""
        return self.purse.credits

    @credits.setter
    def credits(self, value: float | None) -> None:
        self.purse.credits = value

    @property
    def spent(self) -> float:
        """What the apps have paid since the start, in dollars."""
        return self.purse.spent

    @property
    def people(self) -> list[Person]:
        """Everybody, in order of arrival."""
        return list(self.world.people.values())

    @property
    def posts(self) -> list[Post]:
        """Every post that stands, in its latest version, newest first."""
        return list(self.world.all_posts())

    @property
    def messages(self) -> list[Message]:
        """Every direct message, newest first."""
        return self.world.messages[::-1]

    def credentials(self, person: Person) -> Credentials:
        """Both ways in for this person: bearer token and OAuth 1.0a secrets."""
        return self.world.people[person.id].credentials

    def subscribe(self, callback: Callable[[Event], None]) -> Callable[[], None]:
        """Call back with a JSON-able event on each change, until the returned function is called.

        Types of event: person, post, edit (with the id that it replaces in `was`), delete (with all `ids`)
        and message. The callback runs inside the change: it must not wait, and must not raise.
        """
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback)

    def add_person(
        self,
        handle: str,
        name: str,
        *,
        avatar: str = "",
        verified: bool = False,
        protected: bool = False,
        description: str = "",
        token: str | None = None,
        automated: bool = False,
        premium: bool = False,
        open_dms: bool = False,
    ) -> Person:
        """A new account; ValueError when its handle or token is taken, or X would not accept the handle.

        What each attribute means is told by `Person`. Without a `token`, a bearer token is made up.
        """
        handle = handle.removeprefix("@")
        if not is_handle(handle):
            raise ValueError(f"@{handle} is no handle: it takes 1 to 15 letters, digits and underscores.")
        if self.world.by_handle(handle) is not None:
            raise ValueError(f"@{handle} is taken: choose another handle.")
        if token is not None and self.world.by_bearer(token) is not None:
            raise ValueError(f"The token given for @{handle} is somebody else's: choose another token.")
        number = self._ids.next()
        person = Person(
            id=number,
            handle=handle,
            name=name,
            created_at=self.clock(),
            credentials=Credentials.new(number, token),
            avatar=avatar,
            description=description,
            verified=verified,
            protected=protected,
            automated=automated,
            premium=premium,
            open_dms=open_dms,
        )
        self._keep("x.person", to_entry(person))
        self._tell({"type": "person", "person": person_picture(person)})
        return person

    def update_person(
        self,
        person_id: str,
        *,
        name: str | None = None,
        avatar: str | None = None,
        protected: bool | None = None,
        open_dms: bool | None = None,
    ) -> Person:
        """Change what is given, leave the rest."""
        changes = {"name": name, "avatar": avatar, "protected": protected, "open_dms": open_dms}
        given: dict[str, Any] = {key: value for key, value in changes.items() if value is not None}
        person = replace(self.world.people[person_id], **given)
        self._keep("x.person", to_entry(person))
        self._tell({"type": "person", "person": person_picture(person)})
        return person

    def post(
        self,
        author_id: str,
        text: str,
        in_reply_to: str | None = None,
        media: Iterable[Mapping[str, str] | Media] = (),
        *,
        quotes: str | None = None,
        reply_settings: str = "everyone",
        leave_out: Iterable[str] = (),
    ) -> Post:
        """Publish a post, a reply or a quote; `Problem` when X would refuse it.

        `media` are pictures, as {"url": …, "alt": …}. `leave_out` are ids of people whom a reply shall not
        mention; its parent's author is always mentioned.
        """
        author = self.world.people[author_id]
        parent = quoted = None
        if in_reply_to is not None:
            parent = rules.visible(self.world, author_id, in_reply_to, problems.PARENT_GONE)
            rules.check_reply_settings(self.world, author, parent)
        if quotes is not None:
            quoted = rules.visible(self.world, author_id, quotes, problems.QUOTE_GONE)
        text = texts.tidy(text)
        added = _addressed(author_id, parent, leave_out)
        handles = {number: self.world.people[number].handle.lower() for number in added}
        pictures = tuple(self._picture(item) for item in media)
        rules.check_text(author, texts.without_leading(text, handles.values()), bool(pictures))
        opening = texts.opening_handles(text)
        number = self._ids.next()
        post = Post(
            id=number,
            author_id=author_id,
            text=text,
            created_at=self.clock(),
            conversation_id=parent.conversation_id if parent else number,
            in_reply_to=parent.id if parent else None,
            in_reply_to_author=parent.author_id if parent else None,
            quotes=quoted.id if quoted else None,
            added_mentions=tuple(number for number in added if handles[number] not in opening),
            typed_mentions=self._mentioned(text),
            media=pictures,
            reply_settings=reply_settings,
            versions=(number,),
        )
        rules.check_duplicate(self.world, post)
        self._keep("x.post", to_entry(post))
        self._tell({"type": "post", "post": post_picture(self.world, post)})
        return post

    def edit(self, post_id: str, text: str) -> Post:
        """A new version of a post, with an id of its own; `Problem` when it cannot be edited (any more)."""
        old = self.world.posts[post_id]
        if not rules.editable(old, self.clock()):
            raise problems.forbidden("You are not allowed to edit this Tweet.")
        text = texts.tidy(text)
        rules.check_text(self.world.people[old.author_id], text, bool(old.media))
        number = self._ids.next()
        post = replace(
            old,
            id=number,
            text=text,
            created_at=self.clock(),
            typed_mentions=self._mentioned(text),
            versions=(*old.versions, number),
        )
        self._keep("x.post", to_entry(post))
        self._tell({"type": "edit", "was": old.id, "post": post_picture(self.world, post)})
        return post

    def delete(self, post_id: str) -> None:
        """Take a post away, with all its versions; KeyError when there is none."""
        versions = list(self.world.posts[post_id].versions)
        self._keep("x.delete", post_id)
        self._tell({"type": "delete", "ids": versions})

    def direct_message(
        self, sender_id: str, recipient_id: str, text: str, media: Iterable[Mapping[str, str] | Media] = ()
    ) -> Message:
        """Send a direct message; `Problem` when the sender may not write to the recipient."""
        sender, recipient = self.world.people[sender_id], self.world.people[recipient_id]
        pictures = tuple(self._picture(item) for item in media)
        text = texts.tidy(text)
        rules.check_message(self.world, sender, recipient, text, bool(pictures))
        message = Message(self._ids.next(), sender.id, recipient.id, text, self.clock(), pictures)
        self._keep("x.message", to_entry(message))
        self._tell({"type": "message", "message": message_picture(self.world, message)})
        return message

    def upload(self, content: bytes, content_type: str, base_url: str) -> Media:
        """Keep a picture that a post may name by its media id; it is served at base_url/media/id."""
        number = self._ids.next()
        media = Media(f"3_{number}", f"{base_url}/media/{number}")
        data = base64.b64encode(content).decode()
        self._keep("x.media", {"id": number, "url": media.url, "type": content_type, "data": data})
        return media

    def describe(self, media_id: str, alt: str) -> None:
        """Give an uploaded picture its alternative text, before it is used."""
        self._keep("x.alt", {"id": media_id, "alt": alt})

    def note(self, request: web.Request, who: str | None, status: int) -> None:
        """Take a request into `requests`."""
        path = "/" + request.path.lstrip("/")
        if "/2/" in path:
            path = "/2/" + path.partition("/2/")[2]
        query = dict(request.query)
        self.requests.append(Recorded(request.method, path, query, who, status, self.clock()))

    def _keep(self, kind: str, value: Any) -> None:
        entry = {"kind": kind, "value": value}
        self._journal.append(entry)
        self.world.apply(entry)

    def _tell(self, event: Event) -> None:
        for listener in tuple(self._listeners):
            listener(event)

    def _picture(self, item: Mapping[str, str] | Media) -> Media:
        if isinstance(item, Media):
            return item
        return Media(f"3_{self._ids.next()}", item["url"], item.get("alt", ""))

    def _mentioned(self, text: str) -> tuple[str, ...]:
        found = [self.world.by_handle(handle) for handle in texts.typed_handles(text)]
        return tuple(dict.fromkeys(person.id for person in found if person is not None))


def _addressed(author_id: str, parent: Post | None, leave_out: Iterable[str]) -> list[str]:
    """Whom X mentions in a reply: the parent's author, and everybody the parent mentions."""
    if parent is None:
        return []
    left_out = {author_id, *leave_out} - ({parent.author_id} - {author_id})
    return [
        number for number in dict.fromkeys((parent.author_id, *parent.mentions)) if number not in left_out
    ]
