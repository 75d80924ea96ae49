"""The invitation's language is the customer's, and a price is told where it matters."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from bot.cases.said import say
from bot.work import pictures
from tests.unit.office import Office
from tests.unit.office import office as office
from tests.unit.test_work_invitation import invite, uninvited
from tests.unit.test_work_private import claimed


@pytest.mark.parametrize(
    ("langs", "begin"),
    [
        (("nl",), "Stuur je ons"),
        (("nl-BE",), "Stuur je ons"),
        (("en", "nl"), "Stuur je ons"),
        (("nl", ""), "Stuur je ons"),
        (("en",), "Would you"),
        (("de",), "Would you"),
        (("",), "Would you"),
    ],
)
def test_an_invitation_is_in_the_language_of_the_customer(
    office: Office, langs: tuple[str, ...], begin: str
) -> None:
    case = uninvited(office)
    for lang in langs:
        office.mention(case, lang=lang)
    invite(office, case)
    [draft] = office.record.replies.of_case(case.id)

    assert draft.body.startswith(begin)


def test_an_invitation_of_a_dutch_team_is_in_the_language_of_the_customer_too(office: Office) -> None:
    office.setup = replace(office.setup, installation=replace(office.setup.installation, language="nl"))
    case = uninvited(office)
    office.mention(case, lang="en")
    invite(office, case)
    [draft] = office.record.replies.of_case(case.id)

    assert draft.body.startswith("Would you")


def test_a_price_of_a_few_cents_is_not_told(office: Office) -> None:
    office.rules.price_with_link = Decimal("0.015")
    case = uninvited(office)

    assert invite(office, case) == say("invite.drafted", n=case.id)


@pytest.mark.parametrize(("body", "price"), [("Yes.", None), ("See https://a.example", Decimal("0.2"))])
def test_only_a_reply_with_a_link_shows_its_price(office: Office, body: str, price: Decimal | None) -> None:
    office.rules.price, office.rules.price_with_link = Decimal("0.015"), Decimal("0.2")
    case = claimed(office)
    reply = office.reply(case, body=body, text=body)

    assert pictures.line(office.tx(), case, reply).price == price
