"""Which case a post belongs to, and what a post that is known, edited or our own changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from bot.cases.model import CaseId, ReplyKind, ReplyState, Status
from bot.cases.outbox import Card, FollowUp, Line, Rank
from bot.cases.ports import Page
from bot.cases.posts import Author, AuthorId, Post, PostId, Quoted, Surface
from bot.work import intake
from bot.work.context import Answers
from bot.work.intake import Look
from tests.contract.samples import BRAND, MINUTE, NOW, ROOT, a_post
from tests.unit.office import CUSTOMER, MO, Office
from tests.unit.office import office as office

OTHER = AuthorId("2")
LATER = NOW + 10 * MINUTE


def arrive(office: Office, *posts: Post, quoted: Sequence[Post] = (), authors: Sequence[Author] = ()) -> None:
    """A look brings these."""
    office.take_in(*posts, now=LATER, answers=Answers(authors, quoted))


def case_of(office: Office, **fields: Any) -> CaseId | None:
    """The case that a new post with these fields gets."""
    arrive(office, a_post("new", **fields))
    return office.record.posts.case_of(BRAND, PostId("new"))


@pytest.mark.parametrize(
    ("fields", "known"),
    [
        ({}, True),
        ({"parent_id": PostId("unknown")}, True),
        ({"root_id": "1600"}, False),
        ({"author_id": OTHER}, False),
        ({"parent_id": PostId("m1"), "root_id": "1600"}, True),
        ({"parent_id": PostId("m1"), "author_id": OTHER}, False),
        ({"parent_id": PostId("ours"), "root_id": "1600"}, True),
        ({"parent_id": PostId("ours"), "root_id": "1600", "author_id": OTHER}, False),
        ({"surface": Surface.PRIVATE, "root_id": f"dm:{CUSTOMER}"}, True),
        ({"surface": Surface.PRIVATE, "root_id": f"dm:{OTHER}", "author_id": OTHER}, False),
    ],
)
def test_a_post_belongs_to_the_case_of_its_author_in_its_conversation(
    office: Office, fields: dict[str, Any], known: bool
) -> None:
    case = office.case(root_id=ROOT)
    office.reply(case, state=ReplyState.SENT, sent_at=NOW, post_id=PostId("ours"))

    found = case_of(office, **fields)

    assert found is not None
    assert (found == case.id) is known


def test_an_answer_to_somebody_elses_mention_in_a_conversation_of_ones_own_stays_there(
    office: Office,
) -> None:
    office.case(author_id=OTHER)
    mine = office.case()

    assert case_of(office, parent_id=PostId("m1")) == mine.id


def test_a_private_message_belongs_to_the_newest_case_of_the_person(office: Office) -> None:
    office.case(root_id="1400")
    newest = office.case(root_id="1600")

    assert case_of(office, surface=Surface.PRIVATE, root_id=f"dm:{CUSTOMER}") == newest.id


def test_a_new_case_waits_from_the_time_of_its_mention(office: Office) -> None:
    found = case_of(office, created_at=NOW - MINUTE)
    assert found is not None

    case = office.record.cases.get(found)

    assert case is not None
    assert (case.waiting_since, case.opened_at) == (NOW - MINUTE, LATER)
    assert case.due_at == NOW + 59 * MINUTE


def test_a_case_that_begins_in_private_is_answered_in_private(office: Office) -> None:
    found = case_of(office, surface=Surface.PRIVATE, root_id=f"dm:{CUSTOMER}")
    assert found is not None

    case = office.record.cases.get(found)

    assert case is not None
    assert case.mode is Surface.PRIVATE


@pytest.mark.parametrize(
    ("status", "assignee", "then"),
    [
        (Status.NEW, None, Status.NEW),
        (Status.CLAIMED, MO.id, Status.CLAIMED),
        (Status.ANSWERED, MO.id, Status.CLAIMED),
        (Status.ANSWERED, None, Status.NEW),
        (Status.CLOSED, None, Status.NEW),
        (Status.DISMISSED, None, Status.NEW),
    ],
)
def test_a_customer_who_writes_again_brings_the_case_back(
    office: Office, status: Status, assignee: str | None, then: Status
) -> None:
    case = office.case(status=status, assignee=assignee)
    case_of(office)

    back = office.now_case(case)

    assert (back.status, back.waiting_since, back.closed_at) == (then, NOW, None)


def test_a_customer_who_writes_again_while_waiting_does_not_restart_the_clock(office: Office) -> None:
    case = office.waiting_case(NOW - 30 * MINUTE)
    case_of(office)

    assert office.now_case(case).due_at == case.due_at


def test_the_card_of_a_new_case_is_as_urgent_as_its_customer(office: Office) -> None:
    case_of(office)
    [card] = office.entries(Card)

    assert (card.rank, card.urgent_at) == (Rank.CUSTOMER, NOW + 60 * MINUTE)


@pytest.mark.parametrize(
    ("status", "mode"), [(Status.ANSWERED, Surface.PUBLIC), (Status.CLOSED, Surface.PRIVATE)]
)
def test_only_a_settled_case_goes_on_where_the_customer_came_back(
    office: Office, status: Status, mode: Surface
) -> None:
    case = office.case(status=status)
    case_of(office, surface=Surface.PRIVATE, root_id=f"dm:{CUSTOMER}")

    assert office.now_case(case).mode is mode


def test_what_a_look_brings_again_changes_nothing(office: Office) -> None:
    post = a_post("new")
    arrive(office, post)
    [case] = before = office.record.cases.open()
    posts, entries = office.record.posts.of_case(case.id), office.entries()
    arrive(office, post)

    assert office.record.cases.open() == before
    assert (office.record.posts.of_case(case.id), office.entries()) == (posts, entries)


@pytest.mark.parametrize(("version", "shown"), [(1, "old words"), (2, "new words")])
def test_an_edit_is_shown_when_it_is_newer(office: Office, version: int, shown: str) -> None:
    arrive(office, a_post("new", text="old words"))
    arrive(office, a_post("new", text="new words", version=version))

    post = office.record.posts.get(BRAND, PostId("new"))

    assert post is not None
    assert post.text == shown


def test_posts_are_taken_in_as_they_were_written(office: Office) -> None:
    arrive(office, a_post("second", created_at=NOW + MINUTE), a_post("first", created_at=NOW))

    [case] = office.record.cases.open()

    assert [post.id for post in office.record.posts.of_case(case.id)] == ["first", "second"]


def test_the_post_that_is_answered_is_shown_with_who_wrote_it(office: Office) -> None:
    office.record.people.save_author(Author("x", OTHER, "other"), NOW)
    arrive(
        office,
        a_post("new", parent_id=PostId("q")),
        quoted=[a_post("q", author_id=OTHER, text="what now?", url="https://x.example/q")],
    )

    post = office.record.posts.get(BRAND, PostId("new"))

    assert post is not None
    assert post.quoted == Quoted(PostId("q"), "other", "what now?", "https://x.example/q")


@pytest.mark.parametrize(
    ("state", "attempted", "then"),
    [
        (ReplyState.UNCONFIRMED, True, ReplyState.SENT),
        (ReplyState.QUEUED, True, ReplyState.SENT),
        (ReplyState.STOPPED, True, ReplyState.SENT),
        (ReplyState.FAILED, True, ReplyState.SENT),
        (ReplyState.SENDING, True, ReplyState.SENDING),
        (ReplyState.QUEUED, False, ReplyState.QUEUED),
        (ReplyState.STOPPED, False, ReplyState.STOPPED),
    ],
)
def test_a_post_with_the_words_of_an_attempted_reply_is_that_reply(
    office: Office, state: ReplyState, attempted: bool, then: ReplyState
) -> None:
    case = office.case()
    reply = office.reply(case, state=state, attempted_at=NOW if attempted else None)
    arrive(office, a_post("own", by_brand=True, parent_id=PostId("m1"), text=f"@jansen {reply.text}"))

    assert office.now_reply(reply).state is then


def test_a_reply_that_turns_out_to_be_public_while_the_look_is_kept_is_nobody_elses(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = office.case()
    reply = office.reply(case, state=ReplyState.SENT, attempted_at=NOW, post_id=PostId("own"))
    # On PostgreSQL a later question of one transaction may see what was committed after an earlier one.
    monkeypatch.setattr(type(office.record.replies), "of_post", lambda *_: None)
    arrive(office, a_post("own", by_brand=True, parent_id=PostId("m1"), text=f"@jansen {reply.text}"))

    assert [known.id for known in office.record.replies.of_case(case.id)] == [reply.id]
    assert office.entries(FollowUp) == []


@pytest.mark.parametrize("shown", ["(http://www.brand.nl/retour)", "(WWW.brand.nl/retour/)"])
def test_a_link_that_the_network_writes_otherwise_makes_no_answer_from_elsewhere(
    office: Office, shown: str
) -> None:
    case = office.case()
    reply = office.reply(
        case, state=ReplyState.UNCONFIRMED, attempted_at=NOW, text="See it (www.brand.nl/retour) ^MO"
    )
    arrive(office, a_post("own", by_brand=True, parent_id=PostId("m1"), text=f"@jansen See it {shown} ^MO"))

    assert [known.id for known in office.record.replies.of_case(case.id)] == [reply.id]
    assert office.now_reply(reply).state is ReplyState.SENT


def test_a_post_of_the_brand_in_other_words_is_an_answer_from_elsewhere(office: Office) -> None:
    case = office.waiting_case()
    arrive(office, a_post("own", by_brand=True, parent_id=PostId("m1"), text="Hello from the app"))

    [reply] = office.record.replies.of_case(case.id)

    assert (reply.kind, reply.state, reply.post_id) == (ReplyKind.ELSEWHERE, ReplyState.SENT, "own")
    assert office.now_case(case).status is Status.ANSWERED
    assert len(office.entries(FollowUp)) == 1


def test_a_post_of_the_brand_that_answers_no_case_means_nothing(office: Office) -> None:
    arrive(office, a_post("own", by_brand=True), a_post("own2", by_brand=True, parent_id=PostId("unknown")))

    assert office.record.cases.open() == []
    assert office.record.posts.get(BRAND, PostId("own")) is None


@pytest.mark.parametrize(("answers", "then"), [("m1", ReplyState.SENT), ("m2", ReplyState.FAILED)])
def test_a_reply_that_was_handed_over_is_closed_by_other_words_under_its_post(
    office: Office, answers: str, then: ReplyState
) -> None:
    case = office.case()
    reply = office.reply(case, state=ReplyState.FAILED, manual_url="https://x.example/compose")
    office.mention(case)
    arrive(office, a_post("own", by_brand=True, parent_id=PostId(answers), text="typed by hand"))

    assert office.now_reply(reply).state is then


def test_an_answer_from_elsewhere_has_seen_only_what_was_there_before(office: Office) -> None:
    case = office.waiting_case()
    later = office.mention(case, created_at=NOW + 5 * MINUTE)
    arrive(
        office,
        a_post("own", by_brand=True, parent_id=PostId("m1"), text="Hi", created_at=NOW + MINUTE),
    )

    assert office.now_case(case).waiting_since == later.created_at


def test_numbers_of_coming_in_do_not_make_a_later_post_an_earlier_one(office: Office) -> None:
    case = office.waiting_case()
    office.mention(case, created_at=NOW + 5 * MINUTE)  # came in first
    office.mention(case, created_at=NOW + MINUTE)
    arrive(
        office,
        a_post("own", by_brand=True, parent_id=PostId("m1"), text="Hi", created_at=NOW + 2 * MINUTE),
    )

    assert office.now_case(case).waiting_since == NOW + 5 * MINUTE


def test_a_message_of_the_brand_from_before_the_case_answers_nothing(office: Office) -> None:
    case = office.waiting_case()
    arrive(
        office,
        a_post(
            "own",
            by_brand=True,
            surface=Surface.PRIVATE,
            root_id=f"dm:{CUSTOMER}",
            text="Hi",
            created_at=NOW - MINUTE,
        ),
    )

    assert office.now_case(case).waiting_since == case.waiting_since
    assert office.now_case(case).status is case.status
    assert office.record.replies.of_case(case.id) == []
    assert len(office.entries(FollowUp)) == 1


@pytest.mark.parametrize(("text", "url"), [("On its way! ^MK", ""), ("by hand", "https://x.example/compose")])
def test_what_a_person_saw_gets_its_link_once_the_network_shows_it(
    office: Office, text: str, url: str
) -> None:
    case = office.case()
    reply = office.reply(case, state=ReplyState.SENT, attempted_at=NOW, sent_at=NOW, manual_url=url)
    own = a_post("own", by_brand=True, parent_id=PostId("m1"), text=text, created_at=NOW + MINUTE)
    arrive(office, own)

    [known] = office.record.replies.of_case(case.id)
    assert (known.id, known.post_id, known.url, known.sent_at) == (reply.id, own.id, own.url, own.created_at)
    assert [line.reply_id for line in office.effects(Line)] == [reply.id]


@pytest.mark.parametrize("state", [ReplyState.SENDING, ReplyState.UNCONFIRMED])
def test_a_message_of_the_brand_is_looked_for_in_every_case_of_its_addressee(
    office: Office, state: ReplyState
) -> None:
    older = office.waiting_case(root_id="1")
    reply = office.reply(older, mode=Surface.PRIVATE, state=state, attempted_at=NOW)
    newer = office.waiting_case(root_id="2")
    message = {"surface": Surface.PRIVATE, "root_id": f"dm:{CUSTOMER}", "created_at": NOW + MINUTE}
    arrive(office, a_post("own", by_brand=True, text=reply.text, **message))

    assert office.now_reply(reply).state is (state if state is ReplyState.SENDING else ReplyState.SENT)
    assert office.record.replies.of_case(newer.id) == []
    assert office.now_case(newer) == newer


def test_a_handed_over_reply_that_was_stopped_stays_so(office: Office) -> None:
    case = office.waiting_case()
    reply = office.reply(
        case, state=ReplyState.STOPPED, attempted_at=NOW, manual_url="https://x.example/compose"
    )
    arrive(office, a_post("own", by_brand=True, parent_id=PostId("m1"), text="typed by hand"))

    assert office.now_reply(reply).state is ReplyState.STOPPED
    assert office.now_case(case).status is Status.ANSWERED
    assert len(office.entries(FollowUp)) == 1


def test_a_look_of_a_process_that_lost_the_list_brings_nothing(office: Office) -> None:
    ours = office.leased()
    taken_over = office.leased(lease_by="another")
    intake.take_in(office.tx(), Look(ours, NOW, Page((a_post("new"),), 1)))

    assert office.record.cases.open() == []
    assert office.record.streams.get(BRAND, "mentions") == taken_over


@pytest.mark.parametrize(
    ("told", "drawn"),
    [
        (Author("x", CUSTOMER, "jansen"), False),
        (Author("x", CUSTOMER, "jansen", name="J. Jansen"), True),
        (Author("x", AuthorId("999"), "somebody"), False),
    ],
    ids=["as before", "another name", "another person"],
)
def test_a_card_follows_what_the_network_tells_of_its_author(
    office: Office, told: Author, drawn: bool
) -> None:
    case = office.case(author_id=CUSTOMER)
    arrive(office, authors=[told])

    assert [card.case_id for card in office.effects(Card)] == ([case.id] if drawn else [])
