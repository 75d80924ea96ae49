"""Without direct messages on the account: going private drafts an invitation, and the case stays public."""

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
    await rig.hears(case.ts, "I cannot send this customer a private message")
    return case, await rig.line(case.ts, "This is a draft.")


def link_to(rig: Rig) -> str:
    """The deep link to a direct message to the brand."""
    return f"https://x.com/messages/compose?recipient_id={rig.brand.id}"


async def test_the_card_offers_an_invitation_instead(rig: Rig) -> None:
    case = await rig.claimed("can we talk?")

    assert "Invite to write privately" in labels_of(await rig.message(case.ts))


async def test_the_card_tells_what_became_of_the_invitation(rig: Rig) -> None:
    case, line = await invited(rig, "can we talk, card?")
    await rig.card_shows(case.ts, "not sent yet")
    drafted = await rig.card_text(case.ts)
    await rig.press(case.agent, line["ts"], "Send")
    await rig.card_shows(case.ts, "does not come in here, so check X")

    assert "Replies go privately" not in drafted + await rig.card_text(case.ts)
    assert "Replies are posted publicly as @" in await rig.card_text(case.ts)


async def test_the_switch_drafts_an_invitation_with_its_link_and_price(rig: Rig) -> None:
    case, line = await invited(rig, "can we talk alone?")
    told = await rig.hears(case.ts, "I cannot send this customer a private message")
    assert "do not come in here: check X yourself. The case stays public." in told

    assert link_to(rig) in str(line["blocks"])
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
    stopped = await rig.line(case.ts, "Stopped. This reply was not posted.")

    assert stopped["ts"] == line["ts"]


async def test_the_first_message_after_an_invitation_is_asked_about(rig: Rig) -> None:
    case, _ = await invited(rig, "can we talk here?")
    await rig.write(case.agent, case.ts, "Your code is 4711.")
    question = await rig.line(case.ts, "so this case stays public")

    assert labels_of(question) == ["Publish", "Keep as a note"]
    assert await rig.replies_to(case.post_id) == []


async def test_it_is_published_if_its_writer_says_so_and_the_next_goes_by_itself(rig: Rig) -> None:
    case, _ = await invited(rig, "can we talk there?")
    await rig.write(case.agent, case.ts, "We look into it.")
    question = await rig.line(case.ts, "so this case stays public")
    await rig.press(case.agent, question["ts"], "Publish")
    line = await rig.line(case.ts, "Will be posted")
    await rig.press(case.agent, line["ts"], "Send now")
    await rig.line(case.ts, "Posted as")
    _, next_line = await rig.queued(case, "And found it.")

    assert "Will be posted" in next_line["text"]
    assert await rig.replies_to(case.post_id) == ["We look into it. ^MK"]


async def test_what_is_kept_as_a_note_stays_inside(rig: Rig) -> None:
    case, _ = await invited(rig, "can we talk where?")
    await rig.write(case.agent, case.ts, "Your code is 4713.")
    question = await rig.line(case.ts, "so this case stays public")
    await rig.press(case.agent, question["ts"], "Keep as a note")
    await rig.line(case.ts, "Kept as an internal note.")

    assert await rig.replies_to(case.post_id) == []


async def test_there_is_one_draft_however_often_it_is_asked_for(rig: Rig) -> None:
    case, line = await invited(rig, "can we talk twice?")
    await rig.write(case.agent, case.ts, "!dm")
    await rig.whisper(case.agent, "The invitation is already in the thread")
    drafts = [m for m in await rig.by_bot(case.ts) if "This is a draft." in m["text"]]

    assert [draft["ts"] for draft in drafts] == [line["ts"]]


async def test_going_on_in_public_withdraws_the_draft(rig: Rig) -> None:
    case, line = await invited(rig, "can we talk publicly?")
    await rig.press(case.agent, case.ts, "Stay public")
    stopped = await rig.line(case.ts, "Stopped. This reply was not posted.")
    await rig.answered(case, "We close this here.")

    assert stopped["ts"] == line["ts"]
    assert await rig.replies_to(case.post_id) == ["We close this here. ^MK"]


async def test_a_public_reply_that_waited_is_asked_about(rig: Rig) -> None:
    case = await rig.claimed("can we talk now?")
    _, line = await rig.queued(case, "What about?")
    await rig.write(case.agent, case.ts, "!dm")
    held = await rig.line(case.ts, "The plan was to continue in private")

    assert held["ts"] == line["ts"]
    assert labels_of(held) == ["Publish", "Stop"]


async def test_the_command_dm_drafts_the_invitation_as_well(rig: Rig) -> None:
    case = await rig.claimed("can we talk by command?")
    answer = await rig.slash(case.agent, "/webcare-dm", await rig.number(case.ts))

    assert "The invitation is ready in the thread" in answer
    await rig.line(case.ts, "This is a draft.")


async def test_a_text_behind_the_word_dm_is_said_to_be_not_sent(rig: Rig) -> None:
    case = await rig.claimed("can we talk with words?")
    await rig.write(case.agent, case.ts, "!dm Your address is Lindelaan 12, is it not?")
    await rig.hears(case.ts, "What you wrote after the command was not sent")
    line = await rig.line(case.ts, "This is a draft.")
    await rig.press(case.agent, line["ts"], "Send")
    invitation = await rig.reply_under(case.post_id)

    await rig.line(case.ts, "Posted as")

    assert "Lindelaan" not in invitation
    assert len([m for m in await rig.by_bot(case.ts) if "Stop" in labels_of(m)]) == 0


async def test_a_text_behind_the_command_dm_comes_back_as_not_sent(rig: Rig) -> None:
    case = await rig.claimed("can we talk in confidence?")
    number = await rig.number(case.ts)
    answer = await rig.slash(case.agent, "/webcare", f"dm {number} Your address is Lindelaan 12, is it not?")

    assert "Your text was not sent and not saved: “Your address is Lindelaan 12, is it not?”" in answer
