"""The pace: no faster than Slack allows in one channel, and at once where nothing has to be waited for."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from time import monotonic

from tests.scenario.rig import open_rig

#: Three times what we promise: a busy machine may be slow, a forgotten wake takes far longer.
AT_ONCE = 3.0


async def test_many_cards_are_posted_one_a_second_and_none_is_refused(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        rig.world.slack.limits.posting_burst = 1
        for number in range(4):
            await rig.post(rig.new_customer(), f"@brand mention number {number}")
        await rig.card("mention number 3")
        posts = [call for call in rig.world.slack.requests if call.method == "chat.postMessage"]
        gaps = [(later.at - earlier.at).total_seconds() for earlier, later in pairwise(posts)]

        assert [call.error for call in posts] == [""] * 4
        assert all(1.0 <= gap < 1.0 + AT_ONCE for gap in gaps)


async def test_claim_line_and_reply_are_shown_at_once(tmp_path: Path) -> None:
    async with open_rig(tmp_path, hold="1s") as rig:
        _, ts, _ = await rig.new_case("hurry, please")
        agent = rig.agents[0]
        began = monotonic()
        await rig.react(agent, ts, "eyes")
        await rig.card_shows(ts, agent.name)
        claimed = monotonic()
        await rig.settle(1)
        written = monotonic()
        await rig.write(agent, ts, "On our way.")
        await rig.hears(ts, "Will be posted")
        shown = monotonic()
        await rig.hears(ts, "Posted as")
        public = monotonic()

        assert claimed - began < AT_ONCE
        assert shown - written < AT_ONCE
        assert 1 <= public - written < 1 + AT_ONCE
