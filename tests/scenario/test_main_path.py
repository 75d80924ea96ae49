"""The way of a mention: from public post to thread, claim, reply and public reply."""

from __future__ import annotations

from pathlib import Path

from tests.scenario.rig import open_rig


async def test_a_mention_becomes_a_card_is_claimed_answered_and_published(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        post_id = await rig.post(rig.customers[0], "@brand my parcel is lost")
        ts = await rig.card("my parcel is lost")
        await rig.react(rig.agents[0], ts, "eyes")
        await rig.card_shows(ts, rig.agents[0].name)
        await rig.write(rig.agents[0], ts, "Sorry! We look for it at once.")
        published = await rig.reply_under(post_id)

        assert "Sorry! We look for it at once. ^" in published
