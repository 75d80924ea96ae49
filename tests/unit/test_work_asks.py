"""What is asked of the desk when much waits: a customer comes before what only tidies."""

from __future__ import annotations

from bot.cases.errands import Rank
from bot.work import asks, posting
from tests.contract.samples import MINUTE, NOW
from tests.unit.office import Office
from tests.unit.office import office as office


def test_the_card_of_a_new_customer_goes_before_a_card_that_only_tidies(office: Office) -> None:
    done_with = office.case(thread=None)
    asks.card(office.tx(NOW - 60 * MINUTE), done_with)
    waiting = office.waiting_case(thread=None, root_id="1600")
    asks.card(office.tx(), waiting)
    first, *_ = posting.take(office.tx(), 1, {})

    assert first.errand.case_id == waiting.id
    assert first.errand.rank is Rank.CUSTOMER


def test_of_two_new_customers_the_one_who_is_due_first_gets_a_card_first(office: Office) -> None:
    later = office.waiting_case(thread=None)
    asks.card(office.tx(), later)
    sooner = office.waiting_case(NOW - 30 * MINUTE, thread=None, root_id="1600")
    asks.card(office.tx(), sooner)
    first, *_ = posting.take(office.tx(), 1, {})

    assert first.errand.case_id == sooner.id
