"""Who can read a post, by the network's own name: what it means to the house, and what a reply gets of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.cases import leases
from bot.cases.model import ReplyKind
from bot.cases.ports import Capabilities
from bot.cases.posts import PostId, Surface
from bot.cases.said import say
from bot.work import publishing
from tests.contract.samples import BRAND, MINUTE, NOW, a_post
from tests.unit.office import MO, Office
from tests.unit.office import office as office


@pytest.mark.parametrize(
    ("visibility", "surface"),
    [("unlisted", Surface.PUBLIC), ("dm", Surface.PRIVATE), ("of-tomorrow", Surface.PRIVATE)],
)
def test_only_what_its_network_declares_as_public_is(
    office: Office, visibility: str, surface: Surface
) -> None:
    office.take_in(a_post("new", visibility=visibility, surface=Surface.PUBLIC))
    post = office.record.posts.get(BRAND, PostId("new"))

    assert post is not None
    assert (post.visibility, post.surface) == (visibility, surface)


@pytest.mark.parametrize("visibility", ["public", "unlisted"])
def test_a_reply_is_visible_as_the_post_that_it_answers(office: Office, visibility: str) -> None:
    case = office.case(assignee=MO.id)
    office.mention(case, visibility=visibility)
    reply = office.reply(case)
    begun = publishing.begin(office.tx(), reply.id)

    assert begun is not None
    assert (begun.visibility, office.now_reply(reply).visibility) == (visibility, visibility)


def test_who_is_written_to_first_is_in_the_way_that_is_declared_first(office: Office) -> None:
    case = office.case(assignee=MO.id, mode=Surface.PRIVATE)
    begun = publishing.begin(office.tx(), office.reply(case, mode=Surface.PRIVATE, in_reply_to=None).id)

    assert begun is not None
    assert begun.visibility == "dm"


def test_a_private_reply_is_never_visible_as_a_public_post(office: Office) -> None:
    case = office.case(assignee=MO.id, mode=Surface.PRIVATE)
    post = office.mention(case, visibility="public")
    begun = publishing.begin(office.tx(), office.reply(case, mode=Surface.PRIVATE, in_reply_to=post.id).id)

    assert begun is not None
    assert begun.visibility == "dm"


def test_what_the_network_has_no_name_for_waits_for_a_person(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = office.case(assignee=MO.id)
    reply = office.reply(case)
    monkeypatch.setattr(office.rules, "capabilities", lambda: Capabilities((), {"dm": Surface.PRIVATE}))

    assert publishing.begin(office.tx(), reply.id) is None
    assert office.now_reply(reply).blocked == say("hold.no_private_way")


def test_a_reply_that_is_looked_for_is_looked_for_as_it_was_sent(office: Office) -> None:
    case = office.case(assignee=MO.id)
    office.mention(case, visibility="unlisted")
    reply = office.reply(case)
    begun = publishing.begin(office.tx(), reply.id)

    assert begun is not None
    assert publishing.lost(office.tx(begun.attempted_at + leases.LEASE), reply.id) == begun


def test_what_the_brand_published_elsewhere_is_visible_as_it_is_there(office: Office) -> None:
    case = office.waiting_case()
    [mention] = office.record.posts.of_case(case.id)
    answer = a_post("own", by_brand=True, parent_id=mention.id, text="Hi", created_at=NOW + MINUTE)
    office.take_in(replace(answer, visibility="unlisted"))
    [reply] = office.record.replies.of_case(case.id)

    assert (reply.kind, reply.visibility) == (ReplyKind.ELSEWHERE, "unlisted")
