"""What counts as a mention and what does not; each becomes exactly one case, however long nobody looked."""

from __future__ import annotations

from pathlib import Path

from bot.sandbox.faults import Fault
from tests.scenario.rig import Rig, open_rig
from tests.scenario.trouble import MENTIONS, attempts, page, rows


async def looked_again(rig: Rig) -> None:
    """Until the bot has looked at the mentions twice more, so that what was there was seen."""
    before = attempts(rig, "GET", "/mentions")

    async def looked() -> bool:
        return attempts(rig, "GET", "/mentions") >= before + 2

    await rig.until(looked)


async def test_what_was_there_before_the_account_was_connected_stays_outside(tmp_path: Path) -> None:
    async with open_rig(tmp_path, brisk=True, start=False) as rig:
        await rig.post(rig.customers[0], "@brand an old story")
        await rig.start()
        await rig.post(rig.customers[1], "@brand my parcel is lost")
        await rig.card("my parcel is lost")
        shown = [message["text"] for message in await rig.channel_messages()]

        assert not any("an old story" in text for text in shown)


async def test_a_hundred_and_fifty_mentions_of_an_outage_become_one_case_each(tmp_path: Path) -> None:
    async with open_rig(tmp_path, brisk=True) as rig:
        await rig.new_case("before the outage")
        await rig.stop()
        people = rig.customers
        for i in range(150):
            await rig.post(people[i % len(people)], f"@brand parcel {i} is lost")
        await rig.start()

        async def all_there() -> bool:
            texts = [m["text"] for m in await rig.channel_messages()]
            return sum("is lost" in text for text in texts) >= 150

        await rig.until(all_there, patience=40)
        await looked_again(rig)
        texts = [message["text"] for message in await rig.channel_messages()]

        assert [sum(f"parcel {i} is lost" in text for text in texts) for i in range(150)] == [1] * 150
        assert rows(rig, "SELECT count(*), count(DISTINCT case_id) FROM posts") == [(151, 151)]


async def test_pages_that_break_off_midway_lose_and_repeat_nothing(tmp_path: Path) -> None:
    async with open_rig(tmp_path, brisk=True) as rig:
        await rig.stop()
        for i in range(120):
            await rig.post(rig.customers[i % len(rig.customers)], f"@brand parcel {i} is lost")
        # The first page comes, the second does not.
        rig.world.faults.order(Fault("x", MENTIONS, "delay", seconds=0))
        rig.world.faults.order(page(MENTIONS, times=2))
        await rig.start()

        async def all_there() -> bool:
            return len(rows(rig, "SELECT id FROM cases")) == 120

        await rig.until(all_there)
        await looked_again(rig)

        assert rows(rig, "SELECT count(*), count(DISTINCT id) FROM posts") == [(120, 120)]


async def test_posts_of_the_brand_itself_are_no_mentions(tmp_path: Path) -> None:
    async with open_rig(tmp_path, brisk=True) as rig:
        await rig.post(rig.brand, "We, @brand, are open on Sunday.")
        await rig.post(rig.customers[0], "@brand my parcel is lost")
        await rig.card("my parcel is lost")
        await looked_again(rig)

        assert rows(rig, "SELECT count(*) FROM cases") == [(1,)]


async def test_one_who_goes_on_under_an_own_post_gets_no_second_case(tmp_path: Path) -> None:
    async with open_rig(tmp_path, brisk=True) as rig:
        post_id, ts, customer = await rig.new_case("my parcel is lost")
        await rig.post(customer, "@brand it was a blue one", in_reply_to=post_id)
        await rig.hears(ts, "The customer wrote again")

        assert rows(rig, "SELECT count(*) FROM cases") == [(1,)]
