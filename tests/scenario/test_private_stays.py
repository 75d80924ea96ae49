"""What is private stays private: through a settling, and while there is no private way yet."""

from __future__ import annotations

from tests.scenario.rig import Rig, in_one_loop, shared_rig
from tests.scenario.sides import labels_of

pytestmark = in_one_loop
rig = shared_rig()


async def test_who_wrote_only_in_private_is_answered_in_private_after_a_closing(rig: Rig) -> None:
    customer = rig.new_customer()
    rig.world.x.direct_message(customer.id, rig.brand.id, "psst, still there?")
    ts = await rig.card("psst, still there?")
    agent, before = rig.agents[0], rig.published()
    await rig.write(agent, ts, "!dismiss other")
    await rig.card_shows(ts, "Closed without a reply")
    await rig.write(agent, ts, "!claim")
    await rig.card_shows(ts, "Replies go privately to")
    await rig.write(agent, ts, "Still here.")

    await rig.line(ts, "Will be sent privately")
    assert rig.published() == before


async def test_words_are_kept_for_who_cannot_be_written_to_and_offered_once_they_write(rig: Rig) -> None:
    case = await rig.claimed("write to me, but you cannot")
    await rig.write(case.agent, case.ts, "!dm Hello in private.")
    line = await rig.line(case.ts, "Will be sent privately")
    await rig.press(case.agent, line["ts"], "Send now")
    await rig.line(case.ts, "This customer does not accept private messages from us.")
    await rig.write(case.agent, case.ts, "!public")
    await rig.card_shows(case.ts, "Replies are posted publicly")
    await rig.write(case.agent, case.ts, "!dm Is it Lindelaan 12?")
    kept = await rig.line(case.ts, "Kept for this customer only")
    rig.world.x.direct_message(case.customer.id, rig.brand.id, "here I am")
    await rig.card_shows(case.ts, "Replies go privately to")
    await rig.line(case.ts, "and now I can send one. Send it, or stop it?")
    await rig.press(case.agent, kept["ts"], "Send")
    await rig.line(case.ts, "Sent privately to")

    assert rig.messages_to(case.customer) == ["Is it Lindelaan 12? ^MK"]
    assert await rig.replies_to(case.post_id) == []


async def test_who_cannot_be_written_to_is_invited_from_the_line_of_what_was_refused(rig: Rig) -> None:
    case = await rig.claimed("nor to me")
    await rig.react(case.agent, case.ts, "lock")
    await rig.card_shows(case.ts, "Replies go privately")
    _, line = await rig.queued(case, "Your code is 4714.")
    await rig.press(case.agent, line["ts"], "Send now")
    await rig.line(case.ts, "This customer does not accept private messages from us.")
    await rig.press(case.agent, line["ts"], "Invite to write privately")
    draft = await rig.line(case.ts, "This is a draft.")
    await rig.card_shows(case.ts, "Invitation to write in private: not sent yet")

    assert labels_of(draft) == ["Send", "Stop"]
    assert await rig.replies_to(case.post_id) == []
