"""What the customer writes next: the same thread, the assignee called, the clock and the card anew."""

from __future__ import annotations

from tests.scenario.rig import Rig, in_one_loop, shared_rig

pytestmark = in_one_loop
rig = shared_rig()


async def test_a_follow_up_arrives_in_the_same_thread_and_calls_the_assignee(rig: Rig) -> None:
    case = await rig.claimed("my order is late")
    await rig.post(case.customer, "@brand and it is for tomorrow!", in_reply_to=case.post_id)
    told = await rig.line(case.ts, "and it is for tomorrow!")

    assert f"<@{case.agent.id}> The customer wrote again." in told["text"]
    assert f"@{case.customer.name}" in told["text"]
    assert rig.world.slack.pings(told) == {case.agent.id}


async def test_a_follow_up_shows_on_the_card(rig: Rig) -> None:
    case = await rig.claimed("my coat is late")
    await rig.post(case.customer, "@brand hello?", in_reply_to=case.post_id)

    await rig.card_shows(case.ts, "1 later message from the customer")


async def test_a_follow_up_calls_nobody_while_nobody_has_the_case(rig: Rig) -> None:
    post_id, ts, customer = await rig.new_case("my hat is late")
    await rig.post(customer, "@brand anybody?", in_reply_to=post_id)
    told = await rig.line(ts, "anybody?")

    assert rig.world.slack.pings(told) == set()


async def test_a_follow_up_before_the_answer_leaves_the_clock_as_it_was(rig: Rig) -> None:
    case = await rig.claimed("my bag is late")
    due = (await rig.card_text(case.ts)).partition("Reply due ")[2].partition("^{")[0]
    await rig.settle(1)
    await rig.post(case.customer, "@brand still waiting", in_reply_to=case.post_id)
    await rig.card_shows(case.ts, "1 later message")

    assert f"Reply due {due}" in await rig.card_text(case.ts)


async def test_a_follow_up_after_the_answer_starts_the_clock_again(rig: Rig) -> None:
    case = await rig.claimed("my shirt is late")
    await rig.answered(case, "It comes today.")
    reply = next(post for post in rig.world.x.posts if post.in_reply_to == case.post_id)
    again = await rig.post(case.customer, "@brand it did not come", in_reply_to=reply.id)
    posted = int(rig.world.x.world.posts[again].created_at.timestamp())

    await rig.card_shows(case.ts, f"Reply due <!date^{posted + 3600}^")
    assert f"Claimed by {case.agent.name}" in await rig.card_text(case.ts)


async def test_the_next_reply_hangs_under_the_follow_up(rig: Rig) -> None:
    case = await rig.claimed("my scarf is late")
    again = await rig.post(case.customer, "@brand red, with dots", in_reply_to=case.post_id)
    await rig.hears(case.ts, "red, with dots")
    await rig.answered(case, "Red with dots, noted.")

    assert await rig.replies_to(again) == ["Red with dots, noted. ^MK"]


async def test_a_follow_up_under_an_own_post_without_naming_the_brand_belongs_to_the_case(rig: Rig) -> None:
    case = await rig.claimed("my sock is late")
    await rig.post(case.customer, "I mean both socks", in_reply_to=case.post_id)

    await rig.hears(case.ts, "I mean both socks")


async def test_a_follow_up_reopens_a_closed_case_and_calls_who_had_it_for_the_channel_to_see(
    rig: Rig,
) -> None:
    case = await rig.claimed("my shoe is late")
    await rig.answered(case, "Tomorrow, surely.")
    await rig.react(case.agent, case.ts, "white_check_mark")
    await rig.card_shows(case.ts, "Closed")
    await rig.post(case.customer, "@brand it is tomorrow now", in_reply_to=case.post_id)
    told = await rig.line(case.ts, "The case is open again: claim it with")

    assert f"<@{case.agent.id}>, the customer wrote again." in told["text"]
    assert rig.world.slack.pings(told) == {case.agent.id}
    assert told["ts"] in [message["ts"] for message in await rig.channel_messages()]
    await rig.card_shows(case.ts, "The customer wrote after that:")
    await rig.card_shows(case.ts, "it is tomorrow now")
    await rig.card_shows(case.ts, "Nobody has claimed this yet")
    await rig.card_shows(case.ts, "Reply due")


async def test_a_follow_up_reopens_a_dismissed_case(rig: Rig) -> None:
    post_id, ts, customer = await rig.new_case("blah blah blah")
    await rig.write(rig.agents[0], ts, "!dismiss azijn")
    await rig.card_shows(ts, "Closed without a reply")
    await rig.post(customer, "@brand no, I mean it", in_reply_to=post_id)
    await rig.hears(ts, "no, I mean it")

    await rig.card_shows(ts, "Nobody has claimed this yet")
    assert "Closed without a reply" not in await rig.card_text(ts)


async def test_a_reopened_case_can_be_claimed_and_answered(rig: Rig) -> None:
    case = await rig.claimed("my glove is late")
    await rig.answered(case, "Patience.")
    await rig.write(case.agent, case.ts, "!close")
    await rig.card_shows(case.ts, "Closed")
    again = await rig.post(case.customer, "@brand my patience is gone", in_reply_to=case.post_id)
    await rig.card_shows(case.ts, "Nobody has claimed this yet")
    await rig.unreact(case.agent, case.ts, "eyes")
    await rig.react(case.agent, case.ts, "eyes")
    await rig.card_shows(case.ts, f"Claimed by {case.agent.name}")
    await rig.write(case.agent, case.ts, "So is ours.")
    line = await rig.line(case.ts, "Will be posted")
    await rig.press(case.agent, line["ts"], "Send now")

    assert await rig.reply_under(again) == "So is ours. ^MK"


async def test_two_people_in_one_conversation_are_two_cases(rig: Rig) -> None:
    post_id, first_ts, first = await rig.new_case("my tent is too small")
    second = rig.new_customer()
    await rig.post(second, "@brand mine is too big", in_reply_to=post_id)
    second_ts = await rig.card("mine is too big")

    assert second_ts != first_ts
    assert f"In reply to @{first.name}: @{rig.brand.name} my tent is too small" in await rig.card_text(
        second_ts
    )
    assert await rig.said_in(first_ts) == []


async def test_each_of_two_people_in_one_conversation_gets_their_own_follow_up(rig: Rig) -> None:
    post_id, first_ts, first = await rig.new_case("my bike squeaks")
    second = rig.new_customer()
    other = await rig.post(second, "@brand mine rattles", in_reply_to=post_id)
    second_ts = await rig.card("mine rattles")
    await rig.post(second, "@brand loudly", in_reply_to=other)
    await rig.post(first, "@brand all night", in_reply_to=other)

    assert "loudly" in await rig.hears(second_ts, "wrote again")
    assert "all night" in await rig.hears(first_ts, "wrote again")


async def test_a_separate_mention_of_the_same_person_is_a_case_of_its_own(rig: Rig) -> None:
    _, ts, customer = await rig.new_case("my kettle leaks")
    await rig.post(customer, "@brand and my pan sticks")

    assert await rig.card("my pan sticks") != ts


async def test_an_edited_mention_changes_the_card(rig: Rig) -> None:
    case = await rig.claimed("my jam is moldy")
    rig.world.x.edit(case.post_id, f"@{rig.brand.name} my ham is moldy")
    await rig.card_shows(case.ts, "my ham is moldy")

    assert "my jam" not in await rig.card_text(case.ts)
