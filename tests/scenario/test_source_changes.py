"""What becomes of a post after it came in: it is edited, deleted, hidden, and what it quotes is shown."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.work import changes
from tests.scenario.rig import Rig, in_one_loop, shared_rig
from tests.scenario.trouble import page, rows

pytestmark = in_one_loop
rig = shared_rig()


@pytest.fixture(autouse=True)
def checked_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask every second whether the posts of those who wait still stand."""
    monkeypatch.setattr(changes, "CHECK_EVERY", timedelta(seconds=1))


def everywhere(rig: Rig, words: str) -> list[str]:
    """The tables of the database in which these words stand."""
    tables = [table for (table,) in rows(rig, "SELECT name FROM sqlite_master WHERE type = 'table'")]
    kept = {table: rows(rig, f"SELECT * FROM {table}") for table in tables}
    return [table for table, found in kept.items() if any(words in str(row) for row in found)]


async def test_an_edited_follow_up_reads_as_it_does_now(rig: Rig) -> None:
    case = await rig.claimed("my coat is late")
    again = await rig.post(case.customer, "@brand the red one", in_reply_to=case.post_id)
    shown = await rig.line(case.ts, "the red one")
    async with rig.redraw(shown["ts"]):
        rig.world.x.edit(again, f"@{rig.brand.name} the blue one")
    told = await rig.line(case.ts, "The customer edited the post from")

    assert "the blue one" in (await rig.message(shown["ts"]))["text"]
    assert rig.world.slack.pings(told) == {case.agent.id}


async def test_an_edited_mention_is_said_in_the_thread(rig: Rig) -> None:
    case = await rig.claimed("my hat is late")
    rig.world.x.edit(case.post_id, f"@{rig.brand.name} my cap is late")
    await rig.hears(case.ts, "The customer edited the post from")

    await rig.card_shows(case.ts, "my cap is late")


async def test_a_reply_to_what_was_edited_asks_again(rig: Rig) -> None:
    case = await rig.claimed("may I return it?")
    _, line = await rig.queued(case, "Of course you may.")
    rig.world.x.edit(case.post_id, f"@{rig.brand.name} may I hit the driver?")
    await rig.line(case.ts, "The customer edited the message you are replying to")
    await rig.press(case.agent, line["ts"], "Send anyway")

    assert await rig.reply_under(case.post_id) == "Of course you may. ^MK"


async def test_a_deleted_mention_leaves_no_words_and_no_clock(rig: Rig) -> None:
    post_id, ts, _ = await rig.new_case("my secret word is quicksilver")
    await rig.card_shows(ts, "Reply due")
    rig.world.x.delete(post_id)
    await rig.card_shows(ts, "Deleted by its author")
    await rig.hears(ts, "no reply is needed any more")
    card = await rig.card_text(ts)

    assert ("quicksilver" in card, "Reply due" in card) == (False, False)
    assert everywhere(rig, "quicksilver") == []


async def test_a_deleted_follow_up_leaves_its_message_and_the_clock_of_the_other(rig: Rig) -> None:
    case = await rig.claimed("my bag is late")
    again = await rig.post(case.customer, "@brand my code is marzipan", in_reply_to=case.post_id)
    shown = await rig.line(case.ts, "marzipan")
    async with rig.redraw(shown["ts"]):
        rig.world.x.delete(again)
    await rig.hears(case.ts, "other posts are still waiting")

    assert "Deleted by its author" in (await rig.message(shown["ts"]))["text"]
    assert [words for words in await rig.said_in(case.ts) if "marzipan" in words] == []
    assert "Reply due" in await rig.card_text(case.ts)
    assert everywhere(rig, "marzipan") == []


async def test_a_reply_to_what_was_deleted_asks_again_and_the_case_can_be_set_aside(rig: Rig) -> None:
    case = await rig.claimed("my shirt is late")
    await rig.queued(case, "It comes today.")
    rig.world.x.delete(case.post_id)
    await rig.line(case.ts, "The customer deleted a message that you had seen")
    await rig.write(case.agent, case.ts, "!dismiss")
    asked = await rig.line(case.ts, "Why")
    await rig.press(case.agent, asked["ts"], "spam")

    await rig.card_shows(case.ts, "Deleted by its author")


async def test_a_mention_of_a_protected_account_is_not_called_deleted(rig: Rig) -> None:
    _, ts, customer = await rig.new_case("my scarf is late")
    rig.world.x.update_person(customer.id, protected=True)
    await rig.card_shows(ts, "No longer visible to us")
    card = await rig.card_text(ts)
    rig.world.x.update_person(customer.id, protected=False)

    assert ("my scarf is late" in card, "Reply due" in card) == (True, True)
    await rig.hears(ts, "is visible again")


async def test_a_name_that_could_not_be_asked_for_is_not_known_yet(rig: Rig) -> None:
    customer = rig.new_customer("Late Name")
    rig.world.faults.order(page(r"GET /x/2/users$"))
    await rig.post(customer, "@brand my sock is late")
    ts = await rig.card("my sock is late")
    before = await rig.card_text(ts)
    rig.world.faults.clear()
    await rig.card_shows(ts, f"@{customer.name}")

    assert "someone whose name is not known yet" in before


async def test_a_quoted_post_is_shown_on_the_card(rig: Rig) -> None:
    other, customer = rig.new_customer(), rig.new_customer()
    quoted = rig.world.x.post(other.id, "The shop in the Street is closed on Mondays")
    rig.world.x.post(customer.id, f"@{rig.brand.name} is that so?", quotes=quoted.id)
    ts = await rig.card("is that so?")

    await rig.card_shows(ts, f"Quotes @{other.name}: The shop in the Street is closed on Mondays")


async def test_a_quoted_post_that_is_gone_is_called_gone(rig: Rig) -> None:
    other, customer = rig.new_customer(), rig.new_customer()
    quoted = rig.world.x.post(other.id, "The shop is haunted")
    rig.world.x.post(customer.id, f"@{rig.brand.name} is it really?", quotes=quoted.id)
    rig.world.x.delete(quoted.id)

    await rig.card_shows(await rig.card("is it really?"), "Quotes a post that no longer exists")
