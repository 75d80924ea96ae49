"""What stays inside: notes, colleagues' words, messages nobody stands behind, people who are not the team."""

from __future__ import annotations

import pytest

from tests.scenario.rig import Claimed, Rig, in_one_loop, shared_rig
from tests.scenario.sides import Person, labels_of

pytestmark = in_one_loop
rig = shared_rig(hold="0s")


async def only_public(rig: Rig, case: Claimed, text: str = "This one is for the customer.") -> list[str]:
    """All that is public under the mention once a last reply of the assignee is; whatever was written before
    it would have been public first."""
    await rig.write(case.agent, case.ts, text)
    await rig.hears(case.ts, "Posted as")
    return await rig.replies_to(case.post_id)


async def test_a_message_that_begins_with_slashes_is_a_note(rig: Rig) -> None:
    case = await rig.claimed("is this on record?")
    await rig.write(case.agent, case.ts, "// she called before, be nice")
    await rig.write(case.agent, case.ts, "  //no space needed")
    await rig.write(case.agent, case.ts, "\u200b// pasted from somewhere")
    await rig.write(case.agent, case.ts, "_// in italics_")

    assert await only_public(rig, case) == ["This one is for the customer. ^MK"]


async def test_what_only_looks_like_a_note_is_asked_about(rig: Rig) -> None:
    case = await rig.claimed("was that a slip?")
    await rig.write(case.agent, case.ts, "/ / she called before, be nice")
    question = await rig.line(case.ts, "This looks like a note, a draft or a command")

    assert labels_of(question) == ["Send to the customer", "Keep as a note"]
    assert await only_public(rig, case) == ["This one is for the customer. ^MK"]
    await rig.press(case.agent, str(question["ts"]), "Send to the customer")
    await rig.hears(case.ts, "sent it to the customer")

    async def is_out() -> bool:
        return "/ / she called before, be nice ^MK" in await rig.replies_to(case.post_id)

    await rig.until(is_out)


@pytest.mark.parametrize(
    "label",
    [
        *("draft:", "CONCEPT", "-- intern --\n", "**note**", "@team", "fyi:", "collega's,", "To the team:"),
        *(
            "1. intern:",
            "Hi,\na) intern:",
            "PS: intern:",
            "interne info:",
            "interne notitie klant",
            "staff note:",
            "Intern even overleggen:",
            "Stap 1: intern:",
        ),
    ],
)
async def test_what_is_labelled_as_the_teams_is_asked_about(rig: Rig, label: str) -> None:
    case = await rig.claimed(f"is {label} for me?")
    await rig.write(case.agent, case.ts, f"{label} she called before, be nice")
    await rig.hears(case.ts, "This looks like a note, a draft or a command")

    assert await only_public(rig, case) == ["This one is for the customer. ^MK"]


async def test_a_colleagues_message_is_a_note(rig: Rig) -> None:
    case = await rig.claimed("does a colleague know?")
    await rig.write(rig.agents[1], case.ts, "I would offer a refund.")
    told = await rig.whisper(rig.agents[1], "so your message stays internal")

    assert told.startswith(f"{case.agent.name} has this case")
    assert await only_public(rig, case) == ["This one is for the customer. ^MK"]


async def test_a_note_is_marked_and_answered_with_nothing(rig: Rig) -> None:
    case = await rig.claimed("do you talk back?")
    note = await rig.write(case.agent, case.ts, "// just thinking")
    colleagues = await rig.write(rig.agents[1], case.ts, "me too")
    await only_public(rig, case)
    await rig.marked(note, "memo")
    await rig.marked(colleagues, "memo")

    assert len(await rig.said_in(case.ts)) == 1


async def test_an_edited_note_stays_a_note(rig: Rig) -> None:
    case = await rig.claimed("do notes change?")
    note = await rig.write(case.agent, case.ts, "// not for outside")
    await rig.edit(case.agent, note, "not for outside")

    assert await only_public(rig, case) == ["This one is for the customer. ^MK"]


async def test_a_colleagues_note_stays_one_when_the_colleague_takes_over(rig: Rig) -> None:
    case = await rig.claimed("will you take over?")
    note = await rig.write(rig.agents[1], case.ts, "he is lying")
    await rig.unreact(case.agent, case.ts, "eyes")
    await rig.card_shows(case.ts, "Nobody has claimed this yet")
    await rig.react(rig.agents[1], case.ts, "eyes")
    await rig.card_shows(case.ts, rig.agents[1].name)
    await rig.edit(rig.agents[1], note, "he is surely lying")
    taken = Claimed(case.post_id, case.ts, rig.agents[1], case.customer)

    assert await only_public(rig, taken) == ["This one is for the customer. ^JV"]


async def test_a_message_in_the_channel_itself_is_never_published(rig: Rig) -> None:
    case = await rig.claimed("who is in the channel?")
    chat = await rig.write(case.agent, "", "what a day")
    await rig.write(case.agent, chat, "tell me about it")

    assert await only_public(rig, case) == ["This one is for the customer. ^MK"]
    assert len(await rig.thread(chat)) == 2


async def unclaimed(rig: Rig, words: str, text: str) -> tuple[Claimed, str, str]:
    """A message by the second agent in a thread that nobody has claimed: the case with that agent, the
    message's ts and that of the question about it."""
    post_id, ts, customer = await rig.new_case(words)
    agent = rig.agents[1]
    message = await rig.write(agent, ts, text)
    question = await rig.line(ts, "Nobody has claimed this case, so your message stays internal for now.")
    return Claimed(post_id, ts, agent, customer), message, str(question["ts"])


async def test_a_message_in_an_unclaimed_thread_is_asked_about_and_not_sent(rig: Rig) -> None:
    case, _, question = await unclaimed(rig, "is anybody there?", "I am!")
    asked = await rig.message(question)
    await rig.react(case.agent, case.ts, "eyes")
    await rig.card_shows(case.ts, case.agent.name)

    assert asked["text"].startswith(f"<@{case.agent.id}>")
    assert labels_of(asked) == ["Claim and send", "Keep as a note"]
    assert await only_public(rig, case) == ["This one is for the customer. ^JV"]


async def test_claim_and_send_does_both(rig: Rig) -> None:
    case, _, question = await unclaimed(rig, "is someone there?", "Yes, I am!")
    await rig.press(case.agent, question, "Claim and send")

    assert await rig.reply_under(case.post_id) == "Yes, I am! ^JV"
    await rig.card_shows(case.ts, f"Claimed by {case.agent.name}")


async def test_keep_as_note_keeps_it_inside_and_the_case_free(rig: Rig) -> None:
    case, _, question = await unclaimed(rig, "is nobody there?", "I am not.")
    await rig.press(case.agent, question, "Keep as a note")
    await rig.line(case.ts, "Kept as an internal note. The case is still unclaimed.")

    assert labels_of(await rig.message(question)) == []
    assert await rig.replies_to(case.post_id) == []
    assert "Nobody has claimed this yet" in await rig.card_text(case.ts)


async def test_what_was_edited_before_the_decision_goes_out_as_edited(rig: Rig) -> None:
    case, message, question = await unclaimed(rig, "is there an echo?", "Echoo.")
    await rig.edit(case.agent, message, "Echo.")
    asked = await rig.line(case.ts, "You edited your message; it stays internal until you choose.")
    await rig.press(case.agent, question, "Claim and send")

    assert asked["ts"] == question
    assert await rig.reply_under(case.post_id) == "Echo. ^JV"


async def test_what_looked_like_a_note_and_was_put_right_is_still_asked_about(rig: Rig) -> None:
    case = await rig.claimed("was it for me?")
    message = await rig.write(case.agent, case.ts, "note: it is on its way")
    question = await rig.line(case.ts, "This looks like a note, a draft or a command")
    await rig.edit(case.agent, message, "It is on its way")
    asked = await rig.line(case.ts, "You edited your message; it stays internal until you choose.")

    assert (asked["ts"], labels_of(asked)) == (question["ts"], ["Send to the customer", "Keep as a note"])
    assert await only_public(rig, case) == ["This one is for the customer. ^MK"]


async def test_what_was_edited_into_a_note_before_the_decision_is_not_sent(rig: Rig) -> None:
    case, message, question = await unclaimed(rig, "is there a doubt?", "He is a pain.")
    await rig.edit(case.agent, message, "// He is a pain.")
    await rig.line(case.ts, "Kept as an internal note. The case is still unclaimed.")

    assert labels_of(await rig.message(question)) == []
    assert await rig.replies_to(case.post_id) == []
    assert "Nobody has claimed this yet" in await rig.card_text(case.ts)


async def test_what_was_deleted_before_the_decision_is_not_sent(rig: Rig) -> None:
    case, message, question = await unclaimed(rig, "is there a delete key?", "He is a bore.")
    await rig.delete(case.agent, message)
    await rig.line(case.ts, "The message was deleted, so nothing will be sent.")

    assert labels_of(await rig.message(question)) == []
    assert await rig.replies_to(case.post_id) == []


async def test_a_note_that_is_edited_into_a_reply_stays_one_and_says_so(rig: Rig) -> None:
    case = await rig.claimed("is it for me?")
    note = await rig.write(case.agent, case.ts, "// it is on its way")
    await rig.edit(case.agent, note, "It is on its way")
    await rig.hears(case.ts, "Your edit does not make this a reply, so nothing will be sent.")

    assert await only_public(rig, case) == ["This one is for the customer. ^MK"]


async def test_a_word_that_is_put_right_by_an_edit_is_not_obeyed_and_says_so(rig: Rig) -> None:
    case = await rig.claimed("do you obey?")
    word = await rig.write(case.agent, case.ts, "!relaese")
    await rig.whisper(case.agent, "!relaese")
    await rig.edit(case.agent, word, "!release")
    await rig.hears(case.ts, "I carry out commands in new messages only")

    assert f"Claimed by {case.agent.name}" in await rig.card_text(case.ts)


async def test_what_holds_a_reply_still_holds_it_after_claim_and_send(rig: Rig) -> None:
    case, _, question = await unclaimed(rig, "who knows?", f"Perhaps <@{rig.agents[0].id}> does.")
    await rig.press(case.agent, question, "Claim and send")

    await rig.hears(case.ts, "It mentions a colleague")
    assert await rig.replies_to(case.post_id) == []


async def test_only_the_writer_decides(rig: Rig) -> None:
    case, _, question = await unclaimed(rig, "who decides?", "I do.")
    await rig.press(rig.agents[0], question, "Claim and send")
    told = await rig.whisper(rig.agents[0], "wrote that message and decides what happens to it")

    assert told.startswith(f"<@{case.agent.id}>")
    assert await rig.replies_to(case.post_id) == []


async def test_what_somebody_else_has_claimed_meanwhile_is_not_sent(rig: Rig) -> None:
    case, _, question = await unclaimed(rig, "who was first?", "I was.")
    await rig.react(rig.agents[0], case.ts, "eyes")
    await rig.card_shows(case.ts, rig.agents[0].name)
    await rig.press(case.agent, question, "Claim and send")
    question_about_it = await rig.line(case.ts, "take it over?")

    assert labels_of(question_about_it) == ["Take over"]
    assert await rig.replies_to(case.post_id) == []


async def test_a_message_in_a_closed_case_is_asked_about_as_well(rig: Rig) -> None:
    case = await rig.claimed("is this over?")
    await only_public(rig, case, "It is.")
    await rig.react(case.agent, case.ts, "white_check_mark")
    await rig.card_shows(case.ts, "Closed")
    await rig.write(case.agent, case.ts, "phew, finally")

    await rig.hears(case.ts, "your message stays internal")
    assert await rig.replies_to(case.post_id) == ["It is. ^MK"]


async def outsiders(rig: Rig, *people: Person) -> None:
    """These people talk in a thread and its unclaimed twin; nothing of it gets out or is asked about."""
    case = await rig.claimed(f"who is {people[0].name}?")
    post_id, ts, _ = await rig.new_case(f"and who knows {people[0].name}?")
    for person in people:
        await rig.write(person, case.ts, "Hello customer!")
        await rig.write(person, ts, "Hello customer!")
        await rig.write(person, ts, "!claim")

    assert await only_public(rig, case) == ["This one is for the customer. ^MK"]
    assert await rig.said_in(ts) == []
    assert await rig.replies_to(post_id) == []


async def test_words_of_guests_are_never_published(rig: Rig) -> None:
    await outsiders(rig, rig.new_agent("Gerda Gast", restricted=True))


async def test_words_of_another_organisation_are_never_published(rig: Rig) -> None:
    await outsiders(rig, rig.new_agent("Xander Extern", external=True))


async def test_words_of_another_bot_are_never_published(rig: Rig) -> None:
    bot = rig.world.slack.add_agent("weatherbot", bot=True)
    rig.world.slack.join(bot.id, rig.channel)
    await outsiders(rig, Person(bot.id, bot.name, bot.token))


async def test_a_guests_button_does_nothing_and_says_why(rig: Rig) -> None:
    guest = rig.new_agent("Gijs Gast", restricted=True)
    _, ts, _ = await rig.new_case("can a guest press?")
    await rig.press(guest, ts, "Claim")
    await rig.whisper(guest, "Only members of this workspace can do this")

    assert "Nobody has claimed this yet" in await rig.card_text(ts)
