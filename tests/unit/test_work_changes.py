"""What an edit or a deletion on the network means for the case and for what was written in it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.cases.errors import Stale
from bot.cases.model import MessageRef
from bot.cases.outbox import FollowUp
from bot.cases.posts import Absence, Post, PostId, Quoted
from bot.cases.reasons import OVERRULABLE
from bot.outbox import put
from bot.work import changes, replies
from bot.work.replies import Words
from tests.contract.samples import BRAND, MINUTE, NOW
from tests.unit.office import MO, Office
from tests.unit.office import office as office


def edit(office: Office, post: Post) -> Post:
    """The customer changes a post."""
    changes.take_found(office.tx(), BRAND, [replace(post, text="new", version=2)], {})
    return known(office, post)


def lose(office: Office, post: Post, why: Absence = Absence.DELETED) -> Post:
    """The network no longer shows a post."""
    changes.take_found(office.tx(), BRAND, [], {post.id: why})
    return known(office, post)


def known(office: Office, post: Post) -> Post:
    """The post as the record has it."""
    found = office.record.posts.get(BRAND, post.id)
    assert found is not None
    return found


def told(office: Office, post: Post, ts: str) -> None:
    """What became of the post is said in the thread at `ts`."""
    entry = office.record.outbox.of_key(put.key_of_change(post))
    assert entry is not None
    office.stand(entry, MessageRef("C1", ts))


def test_of_two_edits_at_once_the_newer_version_stands(office: Office) -> None:
    [post] = office.record.posts.of_case(office.waiting_case().id)
    changes.take_edit(office.tx(), post, replace(post, text="newest", version=3))

    with pytest.raises(Stale):
        changes.take_edit(office.tx(), post, replace(post, text="older", version=2))
    assert known(office, post).text == "newest"


def test_an_edit_at_once_with_a_deletion_brings_no_words_back(office: Office) -> None:
    [post] = office.record.posts.of_case(office.waiting_case().id)
    lose(office, post)

    with pytest.raises(Stale):
        changes.take_edit(office.tx(), post, replace(post, text="still here", version=2))
    assert known(office, post).text == ""


@pytest.mark.parametrize(
    ("written", "blocked"),
    [("1700000005.000000", "hold.customer_edited"), ("1700000015.000000", None)],
    ids=["before", "after"],
)
def test_a_message_that_is_heard_late_was_written_to_what_stood_then(
    office: Office, written: str, blocked: str | None
) -> None:
    case = office.waiting_case(assignee=MO.id)
    [post] = office.record.posts.of_case(case.id)
    told(office, edit(office, post), "1700000010.000000")
    message = MessageRef("C1", written)
    reply = replies.queue(office.tx(), case, MO, Words("Yes.", message=message))

    assert reply is not None
    assert (reply.blocked.key if reply.blocked else None) == blocked


@pytest.mark.parametrize("what", ["edited", "deleted"])
def test_a_waiting_reply_is_held_and_a_person_may_overrule_it(office: Office, what: str) -> None:
    case = office.waiting_case(assignee=MO.id)
    reply = office.reply(case)
    [post] = office.record.posts.of_case(case.id)
    if what == "edited":
        edit(office, post)
    else:
        lose(office, post)
    blocked = office.now_reply(reply).blocked

    assert blocked is not None
    assert blocked.key == f"hold.customer_{what}"
    assert blocked.key in OVERRULABLE


def test_a_deletion_stops_the_clock_when_nothing_else_waits(office: Office) -> None:
    case = office.waiting_case()
    [post] = office.record.posts.of_case(case.id)
    gone = lose(office, post)
    after = office.now_case(case)

    assert (after.waiting_since, after.due_at, after.status) == (None, None, case.status)
    assert (gone.text, gone.absence) == ("", Absence.DELETED)
    assert [said.key for said in office.said()] == ["change.deleted_last"]


def test_the_clock_goes_on_for_the_oldest_post_that_stands(office: Office) -> None:
    case = office.waiting_case()
    [first] = office.record.posts.of_case(case.id)
    office.mention(case, created_at=NOW + MINUTE)
    lose(office, first)

    assert office.now_case(case).waiting_since == NOW + MINUTE


def test_a_post_that_is_only_hidden_keeps_its_words_and_its_clock(office: Office) -> None:
    case = office.waiting_case()
    [post] = office.record.posts.of_case(case.id)
    hidden = lose(office, post, Absence.HIDDEN)

    assert (hidden.text, office.now_case(case).due_at) == (post.text, case.due_at)
    assert [said.key for said in office.said()] == ["change.hidden"]


def test_what_became_of_a_post_is_said_once(office: Office) -> None:
    case = office.waiting_case()
    [post] = office.record.posts.of_case(case.id)
    for _ in range(3):
        lose(office, post, Absence.HIDDEN)
    for _ in range(3):
        lose(office, post)

    assert [said.key for said in office.said()] == ["change.hidden", "change.deleted_last"]


def test_what_shows_a_deleted_post_shows_its_words_no_more(office: Office) -> None:
    case = office.waiting_case()
    [post] = office.record.posts.of_case(case.id)
    quoted = Quoted(post.id, "jansen", post.text)
    other = office.mention(office.case(root_id="7"), parent_id=post.id, quoted=quoted, quotes=quoted)
    office.mention(office.case(root_id="8"), parent_id=PostId("else"), quoted=replace(quoted, text="else"))
    lose(office, post)
    now = known(office, other)

    assert now.quoted == now.quotes == replace(quoted, text="", absence=Absence.DELETED)


def test_a_reply_answers_what_still_stands(office: Office) -> None:
    case = office.waiting_case()
    [first] = office.record.posts.of_case(case.id)
    lose(office, office.mention(case))

    assert replies.answered_post(office.tx(), case, case.mode) == first.id


def test_only_the_message_of_a_later_post_is_drawn_anew(office: Office) -> None:
    case = office.waiting_case()
    [first] = office.record.posts.of_case(case.id)
    later = office.mention(case)
    office.show(case, later, "1700000005.000000")
    edit(office, first)
    edit(office, later)

    assert [post.post_number for post in office.effects(FollowUp)] == [later.number]
