"""What is looked up beside a look: it is asked for again until it is known, and within what may be spent."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from bot.cases.ports import Page
from bot.cases.posts import Absence, Author, AuthorId, PostId, Quoted, Standing
from bot.work import context, intake
from bot.work.context import Look
from tests.contract.samples import BRAND, NOW, a_post, an_account
from tests.unit.office import CUSTOMER, Office
from tests.unit.office import office as office

OTHER = AuthorId("2")


def take(office: Office, **fields: object) -> None:
    """A look brings this."""
    state = office.record.accounts.get(BRAND) or an_account()
    office.record.accounts.save(an_account(lease_by="us", version=state.version))
    look = Look(BRAND, "us", NOW, {"mentions": Page((), 1)})
    assert intake.take_in(office.tx(), replace(look, **fields))  # type: ignore[arg-type]  # fields


def wanted(office: Office, check_after: int | None = None) -> context.Wanted:
    """What the next look asks for."""
    return context.wanted(office.tx(), BRAND, [], (), check_after)


def test_whoever_was_never_named_is_asked_for_with_every_look(office: Office) -> None:
    take(office, pages={"mentions": Page((a_post("7", author_id=OTHER),), 1)})
    before = wanted(office).authors
    take(office, authors=(Author("x", OTHER, "other"),))

    assert (before, wanted(office).authors) == ((OTHER,), ())


@pytest.mark.parametrize("standing", [Standing.GONE, Standing.SUSPENDED])
def test_who_is_gone_is_not_asked_for_again_and_keeps_the_name_that_was_known(
    office: Office, standing: Standing
) -> None:
    office.case()
    take(office, authors=(Author("x", CUSTOMER, standing=standing),))

    assert office.record.people.author("x", CUSTOMER) == Author("x", CUSTOMER, "jansen", standing=standing)
    assert wanted(office).authors == ()


def test_the_posts_of_those_who_wait_are_checked_where_it_is_time(office: Office) -> None:
    [post] = office.record.posts.of_case(office.waiting_case().id)
    office.case(root_id="7")

    assert (wanted(office).check, wanted(office, 0).check) == ({}, {post.id: CUSTOMER})


@pytest.mark.parametrize(("spent", "checked"), [("0.49", True), ("0.50", False)])
def test_no_post_is_checked_once_half_of_the_limit_is_spent(
    office: Office, spent: str, checked: bool
) -> None:
    office.waiting_case()
    office.configure(daily_limit=Decimal(1))
    office.record.accounts.save(an_account())
    office.record.accounts.add_spending(BRAND, NOW.date(), "read", 1, Decimal(spent))

    assert bool(wanted(office, 0).check) is checked


def test_context_that_could_not_be_had_is_asked_for_and_shown_later(office: Office) -> None:
    case = office.waiting_case()
    post = office.mention(case, parent_id=PostId("p"), quotes_id=PostId("q"))
    asked = wanted(office, 0)
    parent = a_post("p", author_id=OTHER, text="who knows a shop?")
    take(
        office,
        authors=(Author("x", OTHER, "other"),),
        quoted=(parent,),
        absent={PostId("q"): Absence.HIDDEN},
        incomplete=asked.incomplete,
    )
    whole = office.record.posts.get(BRAND, post.id)

    assert (asked.context, asked.incomplete) == (("p", "q"), (post.id,))
    assert whole is not None
    assert whole.quoted == Quoted(PostId("p"), "other", "who knows a shop?")
    assert whole.quotes == Quoted(PostId("q"), "", "", absence=Absence.HIDDEN)
