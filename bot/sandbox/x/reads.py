"""The endpoints that read: people, their posts and mentions, single posts, recent search, direct messages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice, takewhile

from bot.sandbox.x import problems
from bot.sandbox.x.call import Answer, Call, Json
from bot.sandbox.x.model import (
    MENTIONS_DEPTH,
    MESSAGES_REACH,
    SEARCH_REACH,
    TIMELINE_DEPTH,
    Post,
    iso,
    snowflake_at,
)
from bot.sandbox.x.paging import Item, Window, make_token
from bot.sandbox.x.params import (
    DM_EXPANSIONS,
    EVENT_TYPES,
    POST_EXPANSIONS,
    USER_EXPANSIONS,
    Ask,
    Params,
    is_id,
)
from bot.sandbox.x.search import compile_query
from bot.sandbox.x.views import newer

USER_PARAMETERS = frozenset(("user.fields", "expansions", "tweet.fields", "post.fields"))
POST_PARAMETERS = USER_PARAMETERS | {"media.fields", "poll.fields", "place.fields"}
LIST_PARAMETERS = POST_PARAMETERS | {
    "max_results",
    "pagination_token",
    "start_time",
    "end_time",
    "since_id",
    "until_id",
}
SEARCH_PARAMETERS = LIST_PARAMETERS | {"query", "next_token", "sort_order"}
DM_PARAMETERS = USER_PARAMETERS | {
    "media.fields",
    "dm_event.fields",
    "event_types",
    "max_results",
    "pagination_token",
}


async def me(call: Call) -> Answer:
    """GET /2/users/me."""
    params = call.params(USER_PARAMETERS)
    ask = params.ask(USER_EXPANSIONS)
    params.done()
    call.charge_reads("user", [call.me.id])
    return _spelled({"data": call.x.views.user(call.me, ask, call.caller.person)}, ask)


async def users(call: Call) -> Answer:
    """GET /2/users?ids=…"""
    params = call.params(USER_PARAMETERS, ("ids",))
    ask = params.ask(USER_EXPANSIONS)
    wanted = params.values("ids")
    for number in wanted:
        if not is_id(number):
            params.refuse("ids", f"The `ids` query parameter value [{number}] is not valid")
    params.done()
    people = call.x.world.people
    found = {number: people[number] for number in wanted if number in people}
    body: Json = {}
    if missing := [number for number in wanted if number not in people]:
        body["errors"] = [problems.not_found("user", "ids", number) for number in missing]
    if found:
        body["data"] = [call.x.views.user(person, ask, call.caller.person) for person in found.values()]
    call.charge_reads("user", found)
    return _spelled(body, ask)


async def post(call: Call) -> Answer:
    """GET /2/tweets/:id."""
    number = call.path_id("id")
    params = call.params(POST_PARAMETERS)
    ask = params.ask(POST_EXPANSIONS)
    params.done()
    answer = _posts(call, ask, *_find_posts(call, [number], "id"))
    body = answer.body
    if "data" in body:
        body["data"] = body["data"][0]
    return answer


async def posts(call: Call) -> Answer:
    """GET /2/tweets?ids=…"""
    params = call.params(POST_PARAMETERS, ("ids",))
    ask = params.ask(POST_EXPANSIONS)
    ids = params.values("ids")
    for number in ids:
        if not is_id(number):
            params.refuse("ids", f"The `ids` query parameter value [{number}] is not valid")
    params.done()
    return _posts(call, ask, *_find_posts(call, ids, "ids"))


async def mentions(call: Call) -> Answer:
    """GET /2/users/:id/mentions: newest first, 800 back."""
    params = call.params(LIST_PARAMETERS)
    number = call.path_id("id")
    return _timeline(call, params, number, call.x.world.mentions_of(number), MENTIONS_DEPTH)


async def timeline(call: Call) -> Answer:
    """GET /2/users/:id/tweets: newest first, 3,200 back."""
    params = call.params(LIST_PARAMETERS, ("exclude",))
    number = call.path_id("id")
    left_out = params.several("exclude", ("replies", "retweets"))
    written = call.x.world.posts_by(number)
    if "replies" in left_out:
        written = (post for post in written if post.in_reply_to is None)
    return _timeline(call, params, number, written, TIMELINE_DEPTH)


async def search(call: Call) -> Answer:
    """GET /2/tweets/search/recent: newest first, seven days back.

    The real one leaves out the newest half minute; this one does not, so that a trainer sees posts at once.
    """
    params = call.params(SEARCH_PARAMETERS)
    query = params.required("query")
    window = Window.of(params, low=10, default=10, tokens=("next_token", "pagination_token"))
    ask = params.ask(POST_EXPANSIONS)
    params.several("sort_order", ("recency", "relevancy"))
    _check_reach(call, params, window)
    params.done()
    test = compile_query(query, call.x.world)
    oldest = call.x.clock() - SEARCH_REACH
    recent = (post for post in _while_newer(call.x.world.all_posts(), oldest) if call.sees(post))
    page, more = window.page(post for post in recent if test(post))
    return _page_of_posts(call, ask, page, more, owned=False)


async def messages(call: Call) -> Answer:
    """GET /2/dm_events: everything the caller sent or got in thirty days, newest first."""
    params = call.params(DM_PARAMETERS)
    window = Window.of(params, low=1, default=100, tokens=("pagination_token",))
    ask = params.ask(DM_EXPANSIONS)
    types = params.several("event_types", EVENT_TYPES) or EVENT_TYPES
    params.done()
    reader, views = call.me, call.x.views
    oldest = call.x.clock() - MESSAGES_REACH
    page, more = window.page(_while_newer(call.x.world.messages_of(reader.id), oldest))
    if "MessageCreate" not in types:
        page, more = [], False
    body: Json = {"data": [views.message(message, ask) for message in page]} if page else {}
    includes = views.around_messages(page, ask, reader)
    if includes:
        body["includes"] = includes
    body["meta"] = {"result_count": len(page)}
    if more:
        body["meta"]["next_token"] = make_token(page[-1].id)
    call.charge_reads("message", [message.id for message in page])
    return _spelled(body, ask)


def _find_posts(call: Call, ids: Iterable[str], parameter: str) -> tuple[list[Post], list[Json]]:
    found, errors = [], []
    for number in ids:
        post = call.x.world.posts.get(number)
        if post is None:
            errors.append(problems.not_found("tweet", parameter, number))
        elif not call.sees(post):
            errors.append(problems.not_authorized("tweet", parameter, number))
        else:
            found.append(post)
    return found, errors


def _posts(
    call: Call,
    ask: Ask,
    found: list[Post],
    errors: list[Json],
    *,
    owned: bool = False,
    meta: Json | None = None,
) -> Answer:
    views = call.x.views
    includes, missing = views.around_posts(found, ask, call.caller.person)
    body: Json = {}
    if found:
        body["data"] = [views.post(post, ask) for post in found]
    if includes:
        body["includes"] = includes
    if errors or missing:
        body["errors"] = errors + missing
    if meta is not None:
        body["meta"] = meta
    call.charge_reads("owned" if owned else "post", [post.id for post in found])
    call.charge_reads("post", [post["id"] for post in includes.get("tweets", ())])
    call.charge_reads("user", [person["id"] for person in includes.get("users", ())])
    return _spelled(body, ask)


def _timeline(call: Call, params: Params, number: str, newest_first: Iterable[Post], depth: int) -> Answer:
    window = Window.of(params, low=5, default=10, tokens=("pagination_token",))
    ask = params.ask(POST_EXPANSIONS)
    params.done()
    person = call.x.world.people.get(number)
    if person is None:
        return Answer({"errors": [problems.not_found("user", "id", number)]})
    if person.protected and person != call.caller.person:
        return Answer({"errors": [problems.not_authorized("user", "id", number)]})
    seen = (post for post in newest_first if call.sees(post))
    page, more = window.page(islice(seen, depth))
    return _page_of_posts(call, ask, page, more, owned=person == call.caller.person)


def _page_of_posts(call: Call, ask: Ask, page: list[Post], more: bool, *, owned: bool) -> Answer:
    meta: Json = {"result_count": len(page)}
    if page:
        meta |= {"newest_id": page[0].id, "oldest_id": page[-1].id}
    if more:
        meta["next_token"] = make_token(page[-1].id)
    return _posts(call, ask, page, [], owned=owned, meta=meta)


def _while_newer(newest_first: Iterator[Item], oldest: datetime) -> Iterator[Item]:
    return takewhile(lambda item: item.created_at >= oldest, newest_first)


def _check_reach(call: Call, params: Params, window: Window) -> None:
    """Recent search refuses to be asked about what lies further back than it reaches."""
    oldest = call.x.clock() - SEARCH_REACH
    if window.start is not None and window.start < oldest:
        params.refuse("start_time", f"Invalid 'start_time'. 'start_time' must be on or after {iso(oldest)}.")
    if window.since and window.since < snowflake_at(oldest):
        params.refuse(
            "since_id",
            f"'since_id' must be a tweet id created after {iso(oldest)}. "
            f"Please use a 'since_id' that is larger than {snowflake_at(oldest)}",
        )
    if (params.text("since_id") or params.text("until_id")) and (window.start or window.end):
        params.refuse(
            "start_time",
            "Invalid use of 'since_id' or 'until_id' in conjunction with 'start_time' or 'end_time'.",
        )


def _spelled(body: Json, ask: Ask) -> Answer:
    return Answer(newer(body) if ask.renamed else body)
