"""A reply on its way: queued with a hold, changed, hurried, stopped, published; one line tells of it."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

from bot.sandbox.faults import Fault
from tests.scenario.rig import Rig, in_one_loop, open_rig, shared_rig
from tests.scenario.sides import Json, labels_of
from tests.scenario.trouble import rows

pytestmark = in_one_loop
rig = shared_rig()


def goes_out_at(line: Json) -> int:
    """The moment that a waiting reply's line names."""
    found = re.search(r"<!date\^(\d+)\^", line["text"])
    assert found is not None, line["text"]
    return int(found[1])


async def test_a_reply_waits_and_its_line_says_when_and_how_it_goes_out(rig: Rig) -> None:
    case = await rig.claimed("can I bring my dog?")
    _, line = await rig.queued(case, "Of course you can.")

    assert f"Will be posted as @{rig.brand.name} at <!date^" in line["text"]
    assert 290 <= goes_out_at(line) - float(line["ts"]) <= 301
    assert "{time_secs}" in line["text"]
    assert labels_of(line) == ["Send now", "Stop"]
    assert await rig.replies_to(case.post_id) == []


async def test_a_reply_goes_out_by_itself_when_its_hold_is_over(tmp_path: Path) -> None:
    async with open_rig(tmp_path, hold="1s", brisk=True) as rig:
        case = await rig.claimed("can I bring my cat?")
        await rig.write(case.agent, case.ts, "Cats too.")
        written = datetime.now().astimezone()
        await rig.reply_under(case.post_id)
        reply = next(post for post in rig.world.x.posts if post.author_id == rig.brand.id)

        assert 0.9 <= (reply.created_at - written).total_seconds() <= 2


async def test_one_line_follows_the_reply_until_it_is_public(rig: Rig) -> None:
    case = await rig.claimed("can I bring my parrot?")
    _, line = await rig.queued(case, "Parrots too.")
    await rig.press(case.agent, line["ts"], "Send now")
    public = await rig.line(case.ts, "Posted as")
    reply = next(post for post in rig.world.x.posts if post.in_reply_to == case.post_id)

    assert public["ts"] == line["ts"]
    assert f"<https://x.com/i/status/{reply.id}|See it on X>" in public["text"]
    assert await rig.said_in(case.ts) == [public["text"]]
    assert labels_of(public) == []


async def test_a_reply_hangs_under_the_mention_and_stops_the_clock(rig: Rig) -> None:
    case = await rig.claimed("can I bring my fish?")
    await rig.answered(case, "In a bowl, yes.")

    assert await rig.replies_to(case.post_id) == ["In a bowl, yes. ^MK"]
    await rig.card_shows(case.ts, "Answered")
    assert "Reply due" not in await rig.card_text(case.ts)


async def test_the_agents_message_is_marked_when_it_is_public(rig: Rig) -> None:
    case = await rig.claimed("can I bring my snake?")
    message, line = await rig.queued(case, "Rather not.")
    reactions_before = (await rig.message(message)).get("reactions", [])
    await rig.press(case.agent, line["ts"], "Send now")
    await rig.marked(message, "outbox_tray")

    assert reactions_before == []


async def test_a_rocket_on_the_message_sends_at_once(rig: Rig) -> None:
    case = await rig.claimed("how fast are you?")
    message, _ = await rig.queued(case, "This fast.")
    await rig.react(case.agent, message, "rocket")

    assert await rig.reply_under(case.post_id) == "This fast. ^MK"


async def test_a_rocket_on_the_line_sends_at_once(rig: Rig) -> None:
    case = await rig.claimed("how very fast are you?")
    _, line = await rig.queued(case, "This very fast.")
    await rig.react(case.agent, line["ts"], "rocket")

    assert await rig.reply_under(case.post_id) == "This very fast. ^MK"


async def test_the_stop_button_stops_it(rig: Rig) -> None:
    case = await rig.claimed("do you ever stop?")
    _, line = await rig.queued(case, "Never!")
    await rig.press(case.agent, line["ts"], "Stop")
    stopped = await rig.line(case.ts, "Stopped. This reply was not posted.")
    _, second = await rig.queued(case, "Sometimes.")
    await rig.press(case.agent, second["ts"], "Send now")
    await rig.reply_under(case.post_id)

    assert stopped["ts"] == line["ts"]
    assert labels_of(stopped) == []
    assert await rig.replies_to(case.post_id) == ["Sometimes. ^MK"]


async def test_an_x_on_the_message_stops_it(rig: Rig) -> None:
    case = await rig.claimed("do you stop for crosses?")
    message, line = await rig.queued(case, "No!")
    await rig.react(case.agent, message, "x")
    stopped = await rig.line(case.ts, "Stopped")

    assert stopped["ts"] == line["ts"]


async def test_somebody_elses_rocket_or_cross_is_refused(rig: Rig) -> None:
    case = await rig.claimed("who may send this?")
    message, line = await rig.queued(case, "Only me.")
    await rig.react(rig.agents[1], message, "x")
    await rig.hears(case.ts, "Only the person who wrote this reply, or who has the case")

    assert "Will be posted" in (await rig.message(line["ts"]))["text"]


async def test_an_edit_in_the_hold_changes_what_is_published(rig: Rig) -> None:
    case = await rig.claimed("what time is it?")
    message, line = await rig.queued(case, "Five oclock.")
    async with rig.redraw(line["ts"]):
        await rig.edit(case.agent, message, "Six o'clock.")
    await rig.press(case.agent, line["ts"], "Send now")

    assert await rig.reply_under(case.post_id) == "Six o'clock. ^MK"
    assert len(await rig.said_in(case.ts)) == 1


async def test_an_edit_begins_the_hold_anew(rig: Rig) -> None:
    case = await rig.claimed("how long do you hold?")
    message, line = await rig.queued(case, "A litle while.")
    await rig.settle(1)
    async with rig.redraw(line["ts"]):
        await rig.edit(case.agent, message, "A little while.")
    later = await rig.message(line["ts"])

    assert goes_out_at(later) > goes_out_at(line)


async def test_a_link_preview_is_no_edit(rig: Rig) -> None:
    case = await rig.claimed("where do I read that?")
    message, line = await rig.queued(case, "On https://example.org/hours we tell.")
    preview = [{"title": "Opening hours", "from_url": "https://example.org/hours"}]
    rig.world.slack.unfurl(rig.channel, message, preview)
    await rig.write(case.agent, case.ts, "!nonsense")
    await rig.whisper(case.agent, "!nonsense")
    changes = f"SELECT * FROM events WHERE kind = 'reply_changed' AND case_id = {await rig.number(case.ts)}"

    assert rows(rig, changes) == []
    assert (await rig.message(line["ts"]))["text"] == line["text"]


async def test_deleting_the_message_in_the_hold_stops_it(rig: Rig) -> None:
    case = await rig.claimed("is there a bus?")
    message, line = await rig.queued(case, "I gess so.")
    await rig.delete(case.agent, message)
    stopped = await rig.line(case.ts, "Stopped. This reply was not posted.")

    assert stopped["ts"] == line["ts"]


async def test_an_edit_into_a_note_stops_it_and_says_so(rig: Rig) -> None:
    case = await rig.claimed("is there a train?")
    message, line = await rig.queued(case, "ask the station first")
    await rig.edit(case.agent, message, "// ask the station first")
    await rig.hears(case.ts, "Your message is now a note, so nothing will be sent.")
    stopped = await rig.line(case.ts, "Stopped")

    assert stopped["ts"] == line["ts"]


async def test_an_edit_of_what_was_stopped_is_not_sent_and_says_so(rig: Rig) -> None:
    case = await rig.claimed("is there a tram?")
    message, line = await rig.queued(case, "At noon.")
    await rig.press(case.agent, line["ts"], "Stop")
    await rig.line(case.ts, "Stopped. This reply was not posted.")
    await rig.edit(case.agent, message, "At one.")
    told = await rig.hears(case.ts, "This reply was stopped, so your edit will not be sent either.")

    assert told.startswith(f"<@{case.agent.id}>")
    assert await rig.replies_to(case.post_id) == []


async def test_an_edit_into_a_word_stops_it_and_the_word_is_not_obeyed(rig: Rig) -> None:
    case = await rig.claimed("is there a metro?")
    message, line = await rig.queued(case, "At ten.")
    await rig.edit(case.agent, message, "!release")
    await rig.hears(case.ts, "Your message is now a command, so nothing will be sent.")
    stopped = await rig.line(case.ts, "Stopped")

    assert stopped["ts"] == line["ts"]
    assert f"Claimed by {case.agent.name}" in await rig.card_text(case.ts)


async def test_each_edit_after_publication_changes_nothing_and_is_told_once(rig: Rig) -> None:
    case = await rig.claimed("is there a boat?")
    message, _ = await rig.answered(case, "At nine.")
    await rig.edit(case.agent, message, "At ten.")
    told = await rig.hears(case.ts, "X still shows: “At nine. ^MK”")
    await rig.edit(case.agent, message, "At eleven.")
    await rig.write(case.agent, case.ts, "!nonsense")
    await rig.whisper(case.agent, "!nonsense")
    await rig.settle(0.3)

    assert told.startswith(f"<@{case.agent.id}>")
    assert (await rig.said_in(case.ts)).count(told) == 2
    assert await rig.replies_to(case.post_id) == ["At nine. ^MK"]


async def test_a_deletion_after_an_edit_after_publication_is_told_as_well(rig: Rig) -> None:
    case = await rig.claimed("is there a ferry?")
    message, _ = await rig.answered(case, "At nine.")
    await rig.edit(case.agent, message, "At ten.")
    stands = "X still shows: “At nine. ^MK” Remove it there, or put it right with a new message."
    await rig.hears(case.ts, stands)
    await rig.delete(case.agent, message)

    async def told_twice() -> bool:
        return sum(stands in text for text in await rig.said_in(case.ts)) == 2

    await rig.until(told_twice, "the deletion is not told")


async def test_a_deletion_after_publication_changes_nothing_and_is_told_once(rig: Rig) -> None:
    case = await rig.claimed("is there a plane?")
    message, line = await rig.answered(case, "Not from here.")
    await rig.delete(case.agent, message)
    told = await rig.hears(case.ts, "X still shows: “Not from here. ^MK”")

    assert told.startswith(f"<@{case.agent.id}>")
    assert "Posted as" in (await rig.message(line))["text"]
    assert await rig.replies_to(case.post_id) == ["Not from here. ^MK"]


async def test_stopping_what_is_public_is_too_late(rig: Rig) -> None:
    case = await rig.claimed("can you take it back?")
    message, _ = await rig.answered(case, "Once said is said.")
    await rig.react(case.agent, message, "x")

    await rig.hears(case.ts, "Too late: this reply is already on its way or has been sent.")
    assert await rig.replies_to(case.post_id) == ["Once said is said. ^MK"]


async def test_slacks_form_becomes_plain_text(rig: Rig) -> None:
    case = await rig.claimed("how do you write?")
    await rig.answered(
        case, "*Bold* _moves_ &lt;3 &amp; :wave::skin-tone-3: <https://example.org/a|our site> `x`"
    )

    assert await rig.replies_to(case.post_id) == [
        "Bold moves <3 & 👋🏼 our site (https://example.org/a) x ^MK"
    ]


async def test_a_reply_that_is_also_sent_to_the_channel_is_a_reply(rig: Rig) -> None:
    case = await rig.claimed("who should hear this?")
    answer = await rig.slack(
        case.agent,
        "chat.postMessage",
        channel=rig.channel,
        thread_ts=case.ts,
        text="Everybody.",
        reply_broadcast="true",
    )
    await rig.line(case.ts, "Will be posted")
    await rig.react(case.agent, answer["ts"], "rocket")

    assert await rig.reply_under(case.post_id) == "Everybody. ^MK"


async def test_replies_of_one_case_go_out_in_the_order_in_which_they_were_written(tmp_path: Path) -> None:
    async with open_rig(tmp_path, hold="0s", brisk=True) as rig:
        case = await rig.claimed("tell me a story")
        rig.world.faults.order(Fault("x", "POST .*/2/tweets", "delay", seconds=0.5))
        for part in ("Once upon a time", "there was a parcel", "that arrived."):
            await rig.write(case.agent, case.ts, part)

        async def told() -> bool:
            return len(await rig.replies_to(case.post_id)) == 3

        await rig.until(told, "not all three parts are public")

        assert await rig.replies_to(case.post_id) == [
            "Once upon a time ^MK",
            "there was a parcel ^MK",
            "that arrived. ^MK",
        ]
