"""What must not leave the house is held with its reason; an edit puts it right."""

from __future__ import annotations

import pytest

from tests.scenario.rig import Claimed, Rig, in_one_loop, shared_rig
from tests.scenario.sides import Json, labels_of

pytestmark = in_one_loop
rig = shared_rig()

REASONS = {
    "a colleague": ("Ask <@{colleague}> about it.", "It mentions a colleague"),
    "a colleague with a label": ("Ask <@{colleague}|joris> about it.", "It mentions a colleague"),
    "a group": ("Ask <!subteam^S0LEADS> about it.", "It mentions a colleague"),
    "a channel": ("They know in <#{channel}|webcare>.", "It mentions a channel"),
    "everybody here": ("<!here> who knows?", "It notifies the whole channel"),
    "the whole channel": ("<!channel> who knows?", "It notifies the whole channel"),
    "a custom emoji": ("Thank you :partyparrot:", "partyparrot: only exists in this workspace"),
    "a link to Slack": ("See <https://acme.slack.com/archives/C1/p1>", "a link that only works internally"),
    "too long a text": ("long " * 60, "characters too long"),
}


@pytest.mark.parametrize(("text", "reason"), REASONS.values(), ids=REASONS.keys())
async def test_a_reply_that_holds_it_waits_until_an_edit_takes_it_out(
    rig: Rig, text: str, reason: str
) -> None:
    case = await rig.claimed(f"is {reason} a problem?")
    written = text.format(colleague=rig.agents[1].id, channel=rig.channel)
    message, line = await rig.queued(case, written)
    async with rig.redraw(line["ts"]):
        await rig.edit(case.agent, message, f"This is fine: {case.post_id}.")
    await rig.press(case.agent, line["ts"], "Send now")

    assert "Not sent yet." in line["text"]
    assert reason in line["text"]
    assert labels_of(line) == ["Stop"]
    assert await rig.reply_under(case.post_id) == f"This is fine: {case.post_id}. ^MK"


async def test_a_reply_to_a_colleague_in_plain_letters_is_asked_about(rig: Rig) -> None:
    colleague = rig.agents[1]
    first_name = colleague.name.split()[0]
    case = await rig.claimed("who are you talking to?")
    other = await rig.claimed("and is that one known?", colleague)
    _, known = await rig.queued(other, "Hi, I am looking into it.")
    message, line = await rig.queued(case, f"@{first_name} can you check this one? He is annoying")
    async with rig.redraw(line["ts"]):
        await rig.edit(case.agent, message, f"{first_name}, can you check this one?")
    edited = await rig.message(line["ts"])
    async with rig.redraw(line["ts"]):
        await rig.edit(case.agent, message, f"Ask for @{first_name} at the desk.")
    await rig.press(case.agent, line["ts"], "Send anyway")

    for asked in (line, edited):
        assert f"It seems to speak to a colleague ({colleague.name})" in asked["text"]
        assert labels_of(asked) == ["Send anyway", "Stop"]
    assert "Will be posted" in known["text"]
    assert await rig.reply_under(case.post_id) == f"Ask for @{first_name} at the desk. ^MK"


async def test_a_link_to_the_workspaces_own_pages_is_held_wherever_they_are(rig: Rig) -> None:
    case = await rig.claimed("who decides that?")
    _, line = await rig.queued(case, f"See {rig.slack_url}archives/C1/p1.")

    assert "a link that only works internally" in line["text"]


async def test_a_reply_with_a_file_is_held(rig: Rig) -> None:
    case = await rig.claimed("can I have a receipt?")
    await rig.attach(case.agent, case.ts, "Here is your receipt.")
    line = await rig.line(case.ts, "I cannot send files to the customer.")

    assert labels_of(line) == ["Stop"]


async def with_file(rig: Rig, case: Claimed, text: str) -> tuple[str, Json]:
    """A reply held for its file: the message's ts, and the line about it."""
    await rig.attach(case.agent, case.ts, text)
    line = await rig.line(case.ts, "I cannot send files to the customer.")
    message = next(m for m in await rig.by(case.agent, case.ts) if m.get("files"))
    return str(message["ts"]), line


async def test_a_file_taken_off_lets_the_reply_go_with_the_same_words(rig: Rig) -> None:
    case = await rig.claimed("can I have a bill?")
    message, line = await with_file(rig, case, "Here is your bill.")
    async with rig.redraw(line["ts"]):
        await rig.slack(
            case.agent,
            "chat.update",
            channel=rig.channel,
            ts=message,
            text="Here is your bill.",
            file_ids="[]",
        )
    await rig.press(case.agent, line["ts"], "Send now")

    assert await rig.reply_under(case.post_id) == "Here is your bill. ^MK"


async def test_a_file_deleted_lets_the_reply_go_though_nobody_edited_it(rig: Rig) -> None:
    case = await rig.claimed("can I have a quote?")
    message, line = await with_file(rig, case, "Here is a quote.")
    await rig.edit(case.agent, message, "Here is your quote.")
    await rig.delivered()
    async with rig.redraw(line["ts"]):
        rig.world.slack.delete_files(rig.channel, message)
    await rig.press(case.agent, line["ts"], "Send now")

    assert await rig.reply_under(case.post_id) == "Here is your quote. ^MK"


async def test_an_edit_that_keeps_the_file_stays_held(rig: Rig) -> None:
    case = await rig.claimed("can I have a letter?")
    message, line = await with_file(rig, case, "Here is a letter.")
    async with rig.redraw(line["ts"]):
        await rig.edit(case.agent, message, "Here is your letter.")

    assert "I cannot send files" in (await rig.message(line["ts"]))["text"]


async def test_a_reply_with_a_message_passed_on_is_held(rig: Rig) -> None:
    case = await rig.claimed("what did they say?")
    passed_on = '[{"is_share": true, "text": "Give them ten euros."}]'
    await rig.slack(
        case.agent,
        "chat.postMessage",
        channel=rig.channel,
        thread_ts=case.ts,
        text="They said this:",
        attachments=passed_on,
    )
    line = await rig.line(case.ts, "Part of it I cannot read")

    assert labels_of(line) == ["Stop"]


async def test_a_rocket_does_not_send_what_is_held(rig: Rig) -> None:
    case = await rig.claimed("can you hurry?")
    message, _ = await rig.queued(case, f"<@{rig.agents[1].id}> can.")
    await rig.react(case.agent, message, "rocket")
    await rig.hears(case.ts, "I cannot send this as it is.")

    assert await rig.replies_to(case.post_id) == []


async def test_an_edit_that_names_a_colleague_holds_what_was_waiting(rig: Rig) -> None:
    case = await rig.claimed("who told you that?")
    message, line = await rig.queued(case, "I know it from a friend.")
    await rig.edit(case.agent, message, f"I know it from <@{rig.agents[1].id}>.")
    held = await rig.line(case.ts, "It mentions a colleague")

    assert held["ts"] == line["ts"]
    assert "Will be posted" not in held["text"]


async def test_a_held_reply_can_be_stopped(rig: Rig) -> None:
    case = await rig.claimed("who said that?")
    _, line = await rig.queued(case, f"<@{rig.agents[1].id}> did.")
    await rig.press(case.agent, line["ts"], "Stop")
    stopped = await rig.line(case.ts, "Stopped. This reply was not posted.")

    assert stopped["ts"] == line["ts"]
