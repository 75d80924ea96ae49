"""What is known and asked again: until it is known, and within what may be spent."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot.cases import errors
from bot.cases.model import ReplyState, Status
from bot.cases.ports import Page, Spent
from bot.cases.posts import Absence, Author, AuthorId, PostId, Quoted, Standing
from bot.work import accounts, changes, context, intake, publishing
from bot.work.context import AT_ONCE, Answers
from bot.work.intake import Look
from tests.contract.samples import BRAND, MINUTE, NOW, SECOND, a_post
from tests.fakes import FakeClock
from tests.memory import MemoryStore
from tests.unit.office import CUSTOMER, MO, Office
from tests.unit.office import office as office

OTHER = AuthorId("2")
SOON = changes.CHECK_EVERY


def check(office: Office, at: datetime = NOW) -> changes.Check:
    """What the next look asks for."""
    return changes.check(office.tx(at), office.leased(accounts.KNOWN))


def take(office: Office, answers: Answers, at: datetime = NOW) -> changes.Check:
    """A look gets these answers; what it asked."""
    leased = office.leased(accounts.KNOWN)
    asked = changes.check(office.tx(at), leased)
    changes.take(office.tx(at), leased, asked, answers, at)
    return asked


def next_in(office: Office) -> timedelta:
    """When to ask again, to the second."""
    stream = office.record.streams.get(BRAND, accounts.KNOWN)
    assert stream is not None
    return (stream.next_at - NOW) // SECOND * SECOND


def test_whoever_was_never_named_is_asked_for_with_the_next_look(office: Office) -> None:
    take(office, Answers())
    office.take_in(a_post("7", author_id=OTHER))
    soon = next_in(office)
    asked = take(office, Answers([Author("x", OTHER, "other")]))

    assert (soon, asked.wanted.authors) == (timedelta(0), [OTHER])
    assert (next_in(office), check(office).wanted.authors) == (SOON, [])


def test_as_long_as_a_name_is_missing_it_is_asked_for_with_each_look(office: Office) -> None:
    office.take_in(a_post("7", author_id=OTHER))
    take(office, Answers())

    assert next_in(office) == timedelta(0)


def test_of_whom_the_network_said_nothing_is_asked_after_the_others(office: Office) -> None:
    office.take_in(a_post("7", author_id=OTHER))
    take(office, Answers(), NOW + MINUTE)
    office.take_in(a_post("8", author_id=AuthorId("3")))

    assert check(office).wanted.authors == ["3", OTHER]


@pytest.mark.parametrize("standing", [Standing.GONE, Standing.SUSPENDED])
def test_who_is_gone_is_not_asked_for_again_and_keeps_the_name_that_was_known(
    office: Office, standing: Standing
) -> None:
    office.case()
    take(office, Answers([Author("x", CUSTOMER, standing=standing)]))

    assert office.record.people.author("x", CUSTOMER) == Author("x", CUSTOMER, "jansen", standing=standing)
    assert check(office).wanted.authors == []


def test_the_posts_of_those_who_wait_are_checked_where_it_is_time(office: Office) -> None:
    [post] = office.record.posts.of_case(office.waiting_case().id)
    office.case(root_id="7")
    asked = take(office, Answers())

    assert asked.wanted.posts == {post.id: CUSTOMER}
    assert check(office, NOW + SOON - MINUTE).wanted.posts == {}
    assert check(office, NOW + SOON).wanted.posts == {post.id: CUSTOMER}
    assert check(office, NOW - MINUTE).wanted.posts == {post.id: CUSTOMER}  # the clock was put back


def test_more_posts_than_one_question_holds_are_checked_with_the_looks_that_follow(office: Office) -> None:
    cases = [office.waiting_case() for _ in range(AT_ONCE + 1)]
    first = take(office, Answers())
    soon = next_in(office)
    second = take(office, Answers(), NOW + MINUTE)

    assert (len(first.wanted.posts), soon) == (AT_ONCE, timedelta(0))
    assert list(second.wanted.posts) == [office.record.posts.of_case(cases[-1].id)[0].id]
    assert next_in(office) == MINUTE + SOON


@pytest.mark.parametrize(("spent", "checked"), [("0.49", True), ("0.50", False)])
def test_no_post_is_checked_once_half_of_the_limit_is_spent(
    office: Office, spent: str, checked: bool
) -> None:
    office.waiting_case()
    office.configure(daily_limit=Decimal(1))
    office.record.accounts.add_spending(BRAND, NOW.date(), "read", 1, Decimal(spent))

    assert bool(check(office).wanted.posts) is checked


def test_a_post_that_is_perhaps_gone_is_asked_about_with_the_next_look_and_once(office: Office) -> None:
    [post] = office.record.posts.of_case(office.case().id)
    take(office, Answers())
    changes.ask_soon(office.tx(), BRAND, NOW, [post.id])
    soon = next_in(office)
    asked = take(office, Answers(posts=[post]))

    assert (soon, asked.wanted.posts) == (timedelta(0), {post.id: CUSTOMER})
    assert (next_in(office), check(office).wanted.posts) == (SOON, {})


def test_a_post_that_a_look_did_not_find_any_more_is_asked_about_after_it(office: Office) -> None:
    [post] = office.record.posts.of_case(office.case().id)
    take(office, Answers())
    page = Page((), 1, missing=(post.id,))
    intake.take_in(office.tx(NOW + SECOND), Look(office.leased(), NOW, page))

    assert list(check(office).wanted.posts) == [post.id]
    assert next_in(office) == timedelta(0)  # when the look began: this list follows it


def test_a_post_that_could_not_be_answered_because_it_is_gone_is_asked_about(office: Office) -> None:
    case = office.case(status=Status.CLAIMED, assignee=MO.id)
    reply = office.reply(case, state=ReplyState.SENDING, attempted_at=NOW, lease_until=NOW + MINUTE)
    take(office, Answers())
    publishing.finish(office.tx(), reply.id, errors.TargetGone())

    assert list(check(office).wanted.posts) == [reply.in_reply_to]


def test_a_doubt_that_comes_while_another_is_asked_about_stays(office: Office) -> None:
    [one], [other] = (office.record.posts.of_case(office.case(root_id=root).id) for root in "ab")
    changes.ask_soon(office.tx(), BRAND, NOW, [one.id])
    leased = office.leased(accounts.KNOWN)
    asked = changes.check(office.tx(), leased)
    changes.ask_soon(office.tx(), BRAND, NOW, [other.id])
    changes.take(office.tx(), leased, asked, Answers(absent={one.id: Absence.DELETED}), NOW)

    assert list(check(office).wanted.posts) == [other.id]
    assert next_in(office) == timedelta(0)


def test_what_came_before_a_fault_is_kept_and_paid_and_the_rest_is_asked_again(office: Office) -> None:
    [post] = office.record.posts.of_case(office.waiting_case().id)
    office.take_in(a_post("7", author_id=OTHER))
    read = Spent("read", 1, Decimal("0.5"))
    absent = {post.id: Absence.DELETED}
    take(office, Answers(absent=absent, spent=[read], fault=errors.Retry("no names today")))
    gone = office.record.posts.get(BRAND, post.id)

    assert gone is not None
    assert gone.absence is Absence.DELETED
    assert office.record.accounts.spent(BRAND, NOW.date()) == Decimal("0.5")
    assert (next_in(office), check(office).wanted.authors) == (MINUTE, [OTHER])


def test_context_that_could_not_be_had_is_asked_for_and_shown_later(office: Office) -> None:
    case = office.waiting_case()
    post = office.mention(case, parent_id=PostId("p"), quotes_id=PostId("q"))
    parent = a_post("p", author_id=OTHER, text="who knows a shop?")
    asked = take(office, Answers([Author("x", OTHER, "other")], [parent], {PostId("q"): Absence.HIDDEN}))
    whole = office.record.posts.get(BRAND, post.id)

    assert [each for each, author in asked.wanted.posts.items() if author is None] == ["p", "q"]
    assert whole is not None
    assert whole.quoted == Quoted(PostId("p"), "other", "who knows a shop?")
    assert whole.quotes == Quoted(PostId("q"), "", "", absence=Absence.HIDDEN)


def test_a_process_that_lost_the_list_keeps_nothing(office: Office) -> None:
    [post] = office.record.posts.of_case(office.waiting_case().id)
    leased = office.leased(accounts.KNOWN)
    asked = changes.check(office.tx(), leased)
    taken_over = office.leased(accounts.KNOWN, lease_by="another")
    changes.take(office.tx(), leased, asked, Answers(absent={post.id: Absence.DELETED}), NOW)

    assert office.record.posts.get(BRAND, post.id) == post
    assert office.record.streams.get(BRAND, accounts.KNOWN) == taken_over


def test_people_and_posts_are_asked_for_once_and_only_when_unknown(office: Office) -> None:
    case = office.case()
    office.reply(case, state=ReplyState.SENT, sent_at=NOW, post_id=PostId("ours"))
    posts = [
        a_post("a", author_id=OTHER, parent_id=PostId("q")),
        a_post("b", author_id=OTHER, parent_id=PostId("q")),
        a_post("c", parent_id=PostId("ours")),
        a_post("d", parent_id=PostId("m1")),
        a_post("e", parent_id=PostId("a")),
        a_post("f", by_brand=True, author_id=AuthorId("brand"), parent_id=PostId("z")),
        a_post("m1", parent_id=PostId("y")),
    ]

    wanted = context.wanted(office.tx(), BRAND, posts)

    assert (list(wanted.authors), wanted.posts) == ([OTHER], {PostId("q"): None})


@pytest.mark.parametrize(("days_on", "asked"), [(29, ()), (31, (CUSTOMER,))])
def test_a_person_is_asked_for_again_after_a_month(
    office: Office, days_on: int, asked: tuple[AuthorId, ...]
) -> None:
    now = NOW + days_on * 24 * 60 * MINUTE

    assert tuple(context.wanted(office.tx(now), BRAND, [a_post("a")]).authors) == asked


async def test_a_post_that_comes_by_two_ways_at_once_opens_one_case(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = MemoryStore()
    transactions = office.transactions(store, FakeClock(NOW))
    await transactions.do(lambda tx: intake.take_posts(tx, BRAND, [a_post("m1")], []))
    # On PostgreSQL the other way may commit between the question and the answer's use.
    kind, asked = type(office.record.posts), []
    known_of = kind.known

    def late(self: Any, account: Any, ids: Any) -> Any:
        asked.append(ids)
        return frozenset() if len(asked) == 1 else known_of(self, account, ids)

    monkeypatch.setattr(kind, "known", late)
    monkeypatch.setattr(type(office.record.cases), "known_authors", lambda *_: set())
    await transactions.do(lambda tx: intake.take_posts(tx, BRAND, [a_post("m1")], []))

    assert len(asked) > 1
    assert len(await store.do(lambda record: record.cases.open())) == 1
