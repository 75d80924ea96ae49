"""Without direct messages on the account: a switch to private drafts an invitation, and stays private."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.scenario.rig import LONG, Claimed, Rig, in_one_loop, open_rig
from tests.scenario.sides import Json, labels_of

pytestmark = in_one_loop


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def rig(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Rig]:
    """A rig whose account has no direct messages, which is the default."""
    async with open_rig(tmp_path_factory.mktemp("rig"), hold=LONG, start=False, brisk=True) as opened:
        opened.app_yaml = opened.app_yaml.replace("    private: dm\n", "")
        await opened.start()
        yield opened


async def invited(rig: Rig, words: str) -> tuple[Claimed, Json]:
    """A claimed case that was switched to private, and the line of the invitation drafted for it."""
    case = await rig.claimed(words)
    await rig.react(case.agent, case.ts, "lock")
    await rig.hears(case.ts, "I cannot write to this customer in private")
    return case, await rig.line(case.ts, "This is a draft.")


def link_to(rig: Rig) -> str:
    """The deep link to a direct message to the brand."""
    return f"https://x.com/messages/compose?recipient_id={rig.brand.id}"


async def test_the_card_offers_an_invitation_instead(rig: Rig) -> None:
    _, ts, _ = await rig.new_case("can we talk?")

    assert "Invite to a DM" in labels_of(await rig.message(ts))


async def test_the_switch_drafts_an_invitation_with_its_link_and_price(rig: Rig) -> None:
    case, line = await invited(rig, "can we talk alone?")
    told = await rig.hears(case.ts, "I cannot write to this customer in private")

    assert link_to(rig) in line["text"].replace("&amp;", "&")
    assert "0.20" in line["text"]
    assert "0.20" in told
    assert labels_of(line) == ["Send", "Stop"]
    assert await rig.replies_to(case.post_id) == []


async def test_the_invitation_goes_out_publicly_when_it_is_sent(rig: Rig) -> None:
    case, line = await invited(rig, "can we talk in peace?")
    await rig.press(case.agent, line["ts"], "Send")
    invitation = await rig.reply_under(case.post_id)

    assert invitation.startswith("Would you send us a private message?")
    assert link_to(rig) in invitation
    assert invitation.endswith("^MK")


async def test_the_invitation_can_be_stopped(rig: Rig) -> None:
    case, line = await invited(rig, "can we talk later?")
    await rig.press(case.agent, line["ts"], "Stop")
    stopped = await rig.line(case.ts, "Stopped; nothing was sent.")

    assert stopped["ts"] == line["ts"]


async def test_what_is_written_after_the_switch_is_never_published(rig: Rig) -> None:
    case, _ = await invited(rig, "can we talk here?")
    _, line = await rig.queued(case, "Your code is 4711.")

    assert "This account does not send private messages." in line["text"]
    assert labels_of(line) == ["Stop"]
    assert await rig.replies_to(case.post_id) == []


async def test_what_was_written_for_private_is_not_published_after_going_back(rig: Rig) -> None:
    case, _ = await invited(rig, "can we talk there?")
    _, line = await rig.queued(case, "Your code is 4712.")
    await rig.write(case.agent, case.ts, "!public")
    await rig.card_shows(case.ts, "Replies go out publicly")
    await rig.answered(case, "We close this here.")

    assert await rig.replies_to(case.post_id) == ["We close this here. ^MK"]
    assert "Not sent yet." in (await rig.message(line["ts"]))["text"]


async def test_a_public_reply_that_waited_is_held_by_the_switch(rig: Rig) -> None:
    case = await rig.claimed("can we talk now?")
    _, line = await rig.queued(case, "What about?")
    await rig.write(case.agent, case.ts, "!dm")
    held = await rig.line(case.ts, "It was written before the case became private.")

    assert held["ts"] == line["ts"]


async def test_the_command_dm_drafts_the_invitation_as_well(rig: Rig) -> None:
    case = await rig.claimed("can we talk by command?")
    answer = await rig.slash(case.agent, "/dm", await rig.number(case.ts))

    assert "The invitation is ready in the thread" in answer
    await rig.line(case.ts, "This is a draft.")


async def test_a_text_behind_dm_is_not_published_by_itself(rig: Rig) -> None:
    case = await rig.claimed("can we talk with words?")
    await rig.write(case.agent, case.ts, "!dm Tell us your order number, please.")
    line = await rig.line(case.ts, "This is a draft.")

    assert labels_of(line) == ["Send", "Stop"]
    assert await rig.replies_to(case.post_id) == []


async def test_words_typed_for_private_are_not_in_the_public_invitation(rig: Rig) -> None:
    case = await rig.claimed("can we talk in confidence?")
    await rig.write(case.agent, case.ts, "!dm Your address is Lindelaan 12, is it not?")
    line = await rig.line(case.ts, "This is a draft.")
    await rig.press(case.agent, line["ts"], "Send")
    invitation = await rig.reply_under(case.post_id)

    assert "Lindelaan" not in invitation
    await rig.line(case.ts, "This account does not send private messages.")
