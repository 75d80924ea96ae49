"""The private route: switching, direct messages both ways, and nothing that goes out in the other mode."""

from __future__ import annotations

import pytest

from tests.scenario.rig import Claimed, Rig, in_one_loop, shared_rig
from tests.scenario.sides import Json, labels_of

pytestmark = in_one_loop
rig = shared_rig()


def writes_privately(rig: Rig, case: Claimed, text: str) -> None:
    """The customer sends the brand a direct message, which also lets the brand write back."""
    rig.world.x.direct_message(case.customer.id, rig.brand.id, text)


async def private(rig: Rig, words: str) -> Claimed:
    """A claimed case that its agent has switched to private; the customer's messages are open."""
    case = await rig.claimed(words)
    rig.world.x.update_person(case.customer.id, open_dms=True)
    await rig.react(case.agent, case.ts, "lock")
    await rig.card_shows(case.ts, "Replies go privately to")
    return case


async def send_now(rig: Rig, case: Claimed, line: Json) -> None:
    """Press "Send now" on the line of a reply."""
    await rig.press(case.agent, line["ts"], "Send now")


async def test_a_lock_on_the_card_switches_to_private(rig: Rig) -> None:
    case = await rig.claimed("here is my address")
    await rig.react(case.agent, case.ts, "lock")
    told = await rig.hears(case.ts, "From now on, replies")

    assert f"go privately to @{case.customer.name}. Back with !public." in told
    await rig.card_shows(case.ts, f"Replies go privately to @{case.customer.name}")


async def test_the_word_dm_switches_to_private(rig: Rig) -> None:
    case = await rig.claimed("here is my street")
    await rig.write(case.agent, case.ts, "!dm")

    await rig.card_shows(case.ts, f"Replies go privately to @{case.customer.name}")


async def test_the_command_dm_switches_the_case_of_its_number(rig: Rig) -> None:
    case = await rig.claimed("here is my house number")
    answer = await rig.slash(case.agent, "/webcare-dm", await rig.number(case.ts))

    assert f"go privately to @{case.customer.name}" in answer
    await rig.card_shows(case.ts, f"Replies go privately to @{case.customer.name}")


async def test_the_command_dm_without_a_number_takes_the_agents_only_case(rig: Rig) -> None:
    case = await rig.claimed("here is my town", rig.new_agent("Olga Onlyone"))
    answer = await rig.slash(case.agent, "/webcare-dm")

    assert f"case {await rig.number(case.ts)} go privately" in answer
    await rig.card_shows(case.ts, f"Replies go privately to @{case.customer.name}")


async def test_the_word_dm_with_a_text_queues_it_as_a_private_reply(rig: Rig) -> None:
    case = await rig.claimed("here is my phone number")
    writes_privately(rig, case, "06 1234")
    await rig.hears(case.ts, "06 1234")
    await rig.write(case.agent, case.ts, "!dm Thank you, we call you.")
    line = await rig.line(case.ts, f"Will be sent privately to @{case.customer.name}")
    await send_now(rig, case, line)
    await rig.line(case.ts, "Sent privately to")

    assert rig.messages_to(case.customer) == ["Thank you, we call you. ^MK"]
    assert await rig.replies_to(case.post_id) == []


async def test_an_edit_of_the_text_behind_dm_changes_what_is_sent(rig: Rig) -> None:
    case = await private(rig, "here is my fax number")
    message = await rig.write(case.agent, case.ts, "!dm We fox you.")
    line = await rig.line(case.ts, "Will be sent privately")
    async with rig.redraw(line["ts"]):
        await rig.edit(case.agent, message, "!dm We fax you.")
    await send_now(rig, case, line)
    await rig.line(case.ts, "Sent privately to")

    assert rig.messages_to(case.customer) == ["We fax you. ^MK"]


async def test_the_command_dm_with_a_text_queues_it_as_a_private_reply(rig: Rig) -> None:
    case = await rig.claimed("here is my other phone number")
    rig.world.x.update_person(case.customer.id, open_dms=True)
    number = await rig.number(case.ts)
    answer = await rig.slash(case.agent, "/webcare", f"dm {number} We call that one.")
    line = await rig.line(case.ts, f"Will be sent privately to @{case.customer.name}")
    await send_now(rig, case, line)
    await rig.line(case.ts, "Sent privately to")

    assert f"Your private reply in case {number} is on its way" in answer
    assert "We call that one. ^MK" in line["text"]
    assert rig.messages_to(case.customer) == ["We call that one. ^MK"]


async def test_a_note_behind_the_word_dm_is_told_to_stay_inside(rig: Rig) -> None:
    case = await rig.claimed("I know where you live")
    rig.world.x.update_person(case.customer.id, open_dms=True)
    await rig.write(case.agent, case.ts, "!dm // he is the one who threatened us last week")
    told = await rig.whisper(case.agent, "What you wrote after it stays internal, as a note.")

    assert f"go privately to @{case.customer.name}" in told
    assert await rig.said_in(case.ts) == []


async def test_a_note_behind_the_command_dm_is_told_to_stay_inside(rig: Rig) -> None:
    case = await rig.claimed("I know where you work")
    rig.world.x.update_person(case.customer.id, open_dms=True)
    answer = await rig.slash(
        case.agent, "/webcare", f"dm {await rig.number(case.ts)} // he threatened us last week"
    )

    assert f"go privately to @{case.customer.name}" in answer
    assert "What you wrote after it was not sent and not saved." in answer
    assert await rig.said_in(case.ts) == []


@pytest.mark.parametrize(
    ("text", "reason"),
    {
        "ask @{colleague} about it": "It mentions a colleague",
        "ask in #{room}": "It mentions a channel",
        "see https://acme.slack.com/archives/C1/p1": "a link that only works internally",
        "@here who knows?": "It notifies the whole channel",
    }.items(),
)
async def test_what_belongs_inside_is_held_behind_the_command_dm(rig: Rig, text: str, reason: str) -> None:
    case = await rig.claimed(f"will you tell me that {reason}?")
    workspace = rig.world.slack.workspace
    colleague, room = workspace.users[rig.agents[1].id].handle, workspace.channels[rig.channel].name
    rig.world.x.update_person(case.customer.id, open_dms=True)
    typed = text.format(colleague=colleague, room=room)
    await rig.slash(case.agent, "/webcare", f"dm {await rig.number(case.ts)} {typed}")
    line = await rig.line(case.ts, "Not sent yet.")

    assert reason in line["text"]
    assert labels_of(line) == ["Stop"]


async def test_a_text_behind_dm_that_names_a_colleague_is_held(rig: Rig) -> None:
    case = await rig.claimed("who will call me?")
    await rig.write(case.agent, case.ts, f"!dm <@{rig.agents[1].id}> will.")

    await rig.hears(case.ts, "It mentions a colleague")


async def test_a_private_reply_goes_as_a_direct_message_and_answers_the_case(rig: Rig) -> None:
    case = await private(rig, "what do you know about me?")
    _, line = await rig.queued(case, "Only your name.")
    await send_now(rig, case, line)
    sent = await rig.line(case.ts, f"Sent privately to @{case.customer.name}")

    assert f"Will be sent privately to @{case.customer.name} at <!date^" in line["text"]
    assert sent["ts"] == line["ts"]
    assert rig.messages_to(case.customer) == ["Only your name. ^MK"]
    assert await rig.replies_to(case.post_id) == []
    await rig.card_shows(case.ts, "Answered")


async def test_a_direct_message_lands_in_the_same_thread_with_a_lock(rig: Rig) -> None:
    case = await rig.claimed("I write to you in private")
    writes_privately(rig, case, "My name is Rumpelstiltskin")
    told = await rig.line(case.ts, "Rumpelstiltskin")

    assert told["text"].startswith(":lock:")
    assert rig.world.slack.pings(told) == {case.agent.id}


async def test_a_direct_message_does_not_make_the_reply_private_by_itself(rig: Rig) -> None:
    case = await rig.claimed("I write both ways")
    writes_privately(rig, case, "and this way")
    await rig.hears(case.ts, "and this way")
    _, line = await rig.queued(case, "We read it.")

    assert "Will be posted" in line["text"]


async def test_a_direct_message_during_the_hold_makes_a_public_reply_wait(rig: Rig) -> None:
    case = await rig.claimed("do you look in both boxes?")
    _, line = await rig.queued(case, "We do.")
    writes_privately(rig, case, "then look again")
    await rig.hears(case.ts, "then look again")
    await send_now(rig, case, line)

    await rig.line(case.ts, "The customer has written again in the meantime.")
    assert await rig.replies_to(case.post_id) == []


async def test_who_writes_only_in_private_gets_a_private_case(rig: Rig) -> None:
    customer = rig.new_customer()
    rig.world.x.direct_message(customer.id, rig.brand.id, "psst, is anybody there?")
    ts = await rig.card("psst, is anybody there?")
    await rig.react(rig.agents[0], ts, "eyes")
    await rig.card_shows(ts, rig.agents[0].name)
    case = Claimed("", ts, rig.agents[0], customer)
    _, line = await rig.queued(case, "Psst, yes.")
    await send_now(rig, case, line)
    await rig.line(ts, "Sent privately to")

    assert f"Replies go privately to @{customer.name}" in await rig.card_text(ts)
    assert rig.messages_to(customer) == ["Psst, yes. ^MK"]


async def test_who_wrote_only_in_private_cannot_be_answered_in_public(rig: Rig) -> None:
    customer = rig.new_customer()
    rig.world.x.direct_message(customer.id, rig.brand.id, "psst, keep this to yourself")
    ts = await rig.card("psst, keep this to yourself")
    agent, before = rig.agents[0], rig.published()
    await rig.react(agent, ts, "eyes")
    await rig.card_shows(ts, agent.name)
    buttons = labels_of(await rig.message(ts))
    await rig.write(agent, ts, "!public")
    await rig.whisper(agent, "there is no public post to answer")
    await rig.write(agent, ts, "We will.")

    await rig.line(ts, "Will be sent privately")
    assert "Switch to public" not in buttons
    assert rig.published() == before


@pytest.mark.parametrize("way", ["word", "command"])
async def test_the_way_back_to_public(rig: Rig, way: str) -> None:
    case = await private(rig, f"back to public by {way}")
    if way == "word":
        await rig.write(case.agent, case.ts, "!public")
        told = await rig.whisper(case.agent, "are posted publicly")
    else:
        told = await rig.slash(case.agent, "/webcare", f"public {await rig.number(case.ts)}")
    await rig.card_shows(case.ts, f"Replies are posted publicly as @{rig.brand.name}")
    await rig.answered(case, f"Public again, by {way}.")

    assert f"are posted publicly as @{rig.brand.name}" in told
    assert await rig.replies_to(case.post_id) == [f"Public again, by {way}. ^MK"]


async def test_a_public_reply_is_held_when_the_case_becomes_private(rig: Rig) -> None:
    case = await rig.claimed("this gets personal")
    _, line = await rig.queued(case, "Is it?")
    await rig.react(case.agent, case.ts, "lock")
    held = await rig.line(case.ts, "It was written before the case became private.")

    assert held["ts"] == line["ts"]
    assert labels_of(held) == ["Send anyway", "Stop"]
    assert await rig.replies_to(case.post_id) == []


async def test_a_held_public_reply_goes_privately_once_its_agent_says_so(rig: Rig) -> None:
    case = await rig.claimed("this gets very personal")
    rig.world.x.update_person(case.customer.id, open_dms=True)
    _, line = await rig.queued(case, "Very.")
    await rig.react(case.agent, case.ts, "lock")
    await rig.line(case.ts, "It was written before the case became private.")
    await rig.press(case.agent, line["ts"], "Send anyway")
    await rig.line(case.ts, "Sent privately to")

    assert rig.messages_to(case.customer) == ["Very. ^MK"]
    assert await rig.replies_to(case.post_id) == []


async def test_a_private_reply_is_held_when_the_case_becomes_public(rig: Rig) -> None:
    case = await private(rig, "this stays between us")
    _, line = await rig.queued(case, "Your code is 4711.")
    await rig.write(case.agent, case.ts, "!public")
    held = await rig.line(case.ts, "It was written before the case became public.")
    await rig.answered(case, "All done.")

    assert held["ts"] == line["ts"]
    assert await rig.replies_to(case.post_id) == ["All done. ^MK"]
    assert rig.messages_to(case.customer) == []


async def test_an_edit_does_not_carry_a_private_reply_into_public(rig: Rig) -> None:
    case = await private(rig, "this stays here too")
    message, line = await rig.queued(case, "Your code is 4712.")
    await rig.write(case.agent, case.ts, "!public")
    await rig.line(case.ts, "It was written before the case became public.")
    async with rig.redraw(line["ts"]):
        await rig.edit(case.agent, message, "Your code is 4713.")

    assert "It was written before the case became public." in (await rig.message(line["ts"]))["text"]


async def test_switching_back_and_forth_still_asks_and_names_the_mode_it_would_go_out_in(rig: Rig) -> None:
    case = await rig.claimed("make up your mind")
    _, line = await rig.queued(case, "We are thinking.")
    await rig.write(case.agent, case.ts, "!dm")
    await rig.line(case.ts, "It was written before the case became private.")
    await rig.write(case.agent, case.ts, "!public")
    held = await rig.line(case.ts, "the case became public. Send it as a public reply")

    assert held["ts"] == line["ts"]
    assert await rig.replies_to(case.post_id) == []


async def test_a_yes_to_another_question_is_no_yes_to_the_other_mode(rig: Rig) -> None:
    case = await private(rig, "keep my secret")
    _, line = await rig.queued(case, "Your code is 4715.")
    writes_privately(rig, case, "hurry up")
    await rig.hears(case.ts, "hurry up")
    await send_now(rig, case, line)
    await rig.line(case.ts, "The customer has written again in the meantime.")
    await rig.write(case.agent, case.ts, "!public")
    await rig.card_shows(case.ts, "Replies are posted publicly")
    await rig.press(case.agent, line["ts"], "Send anyway")
    await rig.line(case.ts, "It was written before the case became public.")

    assert await rig.replies_to(case.post_id) == []
    assert rig.messages_to(case.customer) == []


async def test_who_takes_no_messages_is_told_with_a_way_on(rig: Rig) -> None:
    case = await rig.claimed("do not write to me")
    await rig.react(case.agent, case.ts, "lock")
    await rig.card_shows(case.ts, "Replies go privately")
    _, line = await rig.queued(case, "Hello in private.")
    await send_now(rig, case, line)
    refused = await rig.line(case.ts, "This customer does not accept private messages from us.")

    await rig.card_shows(case.ts, "does not accept private messages from us: nothing can be sent")
    assert "!public" in refused["text"]
    assert [button for button in labels_of(refused) if button == "Post it yourself"] == []
    assert await rig.replies_to(case.post_id) == []


async def test_a_refused_private_reply_offers_to_go_public_and_then_asks(
    rig: Rig,
) -> None:
    case = await rig.claimed("do not write to me either")
    await rig.react(case.agent, case.ts, "lock")
    await rig.card_shows(case.ts, "Replies go privately")
    message, line = await rig.queued(case, "Your code is 4714.")
    await send_now(rig, case, line)
    refused = await rig.line(case.ts, "This customer does not accept private messages from us.")
    await rig.card_shows(case.ts, "does not accept private messages from us: nothing can be sent")
    await rig.press(case.agent, line["ts"], "Reply in public")
    await rig.card_shows(case.ts, "Replies are posted publicly")
    again = await rig.line(
        case.ts, "This case is public again; send your reply once more if everybody may read"
    )
    await rig.edit(case.agent, message, "Your code is 4717.")
    await rig.line(case.ts, "It was written before the case became public.")

    assert labels_of(refused) == ["Invite to write privately", "Reply in public", "Discard"]
    assert labels_of(again) == ["Discard"]
    assert await rig.replies_to(case.post_id) == []


async def test_a_message_sent_by_hand_is_shown_with_a_lock_and_answers_the_case(rig: Rig) -> None:
    case = await private(rig, "do you also write from your phone?")
    rig.world.x.direct_message(rig.brand.id, case.customer.id, "From the phone: yes.")
    told = await rig.hears(case.ts, "From the phone: yes.")

    assert "sent a private answer outside Slack" in told
    await rig.card_shows(case.ts, "Answered")


async def test_switching_what_is_private_already_is_answered(rig: Rig) -> None:
    case = await private(rig, "twice the lock")
    await rig.write(case.agent, case.ts, "!dm")

    await rig.whisper(case.agent, "is already private")


async def test_only_who_has_the_case_switches_it(rig: Rig) -> None:
    case = await rig.claimed("who holds the key?")
    await rig.react(rig.agents[1], case.ts, "lock")
    await rig.hears(case.ts, "only who has a case can switch it")

    assert "Replies are posted publicly" in await rig.card_text(case.ts)


async def test_a_closed_case_that_comes_back_in_private_is_private(rig: Rig) -> None:
    case = await rig.claimed("one more thing in private")
    await rig.answered(case, "Which one?")
    await rig.write(case.agent, case.ts, "!close")
    await rig.card_shows(case.ts, "Closed")
    writes_privately(rig, case, "this one")
    await rig.hears(case.ts, "this one")

    await rig.card_shows(case.ts, f"Replies go privately to @{case.customer.name}")
