"""A warning quotes the customer; when the post is deleted, so does no warning any more."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.work import changes
from tests.scenario.test_watch import AT_RISK, with_targets


async def test_a_warning_does_not_keep_what_was_deleted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "CHECK_EVERY", timedelta(milliseconds=200))
    async with with_targets(tmp_path, 600, 600, 599) as rig:
        post_id, ts, _ = await rig.new_case("my secret word is quicksilver")
        warned = str((await rig.line(ts, AT_RISK))["ts"])
        before = (await rig.message(warned))["text"]
        async with rig.redraw(warned):
            rig.world.x.delete(post_id)
        await rig.card_shows(ts, "Deleted by its author")

        async def struck() -> bool:
            return "deleted by its author" in (await rig.message(warned))["text"]

        await rig.until(struck)
        everything = [*await rig.channel_messages(), *await rig.thread(ts)]
        left = [message["text"] for message in everything if "quicksilver" in message["text"]]

    assert ("quicksilver" in before, left) == (True, [])
