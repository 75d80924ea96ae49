"""Addresses on x.com for people to open; none of them is ever called by the program."""

from __future__ import annotations

import re
from urllib.parse import urlencode

_SITE = "https://x.com"


def post_url(post_id: str) -> str:
    """A post. X redirects "/i/" to the author's handle, which may change."""
    return f"{_SITE}/i/status/{post_id}"


def id_of(post_url: str) -> str:
    """The id in an address that `post_url` made."""
    return post_url.rpartition("/")[2]


def person_url(author_id: str, handle: str) -> str:
    """A person's page."""
    return (
        f"{_SITE}/{handle}" if re.fullmatch(r"\w{1,50}", handle, re.ASCII) else f"{_SITE}/i/user/{author_id}"
    )


def list_url(*, private: bool) -> str:
    """Where whoever is logged in as the brand sees what was written to it."""
    return f"{_SITE}/messages" if private else f"{_SITE}/notifications/mentions"


def conversation_url(conversation_id: str) -> str:
    """A conversation of direct messages; empty when its id is not known."""
    return f"{_SITE}/messages/{conversation_id}" if conversation_id else ""


def composer_url(post_id: str | None, text: str = "") -> str:
    """X's own composer, set to answer `post_id`, with `text` in it."""
    query = {"in_reply_to": post_id or "", "text": text}
    return f"{_SITE}/intent/post?{urlencode({key: value for key, value in query.items() if value})}"


def message_box_url(person_id: str, text: str = "") -> str:
    """X's own box for a direct message to this person; empty when nobody is named."""
    query = {"recipient_id": person_id, "text": text}
    if not person_id:
        return ""
    return f"{_SITE}/messages/compose?{urlencode({key: value for key, value in query.items() if value})}"
