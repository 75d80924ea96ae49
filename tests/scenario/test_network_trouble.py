"""X in trouble while it is asked what is new: said once, waited out, and nothing lost."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from connectors.x import refusals
from tests.scenario.rig import Rig, open_rig, own_rig
from tests.scenario.trouble import MENTIONS, announced, attempts, heard, limit, page, refusal, rows

BACK = "everything works again"

rig = own_rig()


async def failing_for_a_while(rig: Rig, looks: int = 3) -> None:
    """Until X was asked in vain this many more times."""
    before = attempts(rig, "GET", "/mentions")

    async def asked() -> bool:
        return attempts(rig, "GET", "/mentions") >= before + looks

    await rig.until(asked)


async def test_a_page_instead_of_data_is_told_once_and_a_mention_of_that_time_appears_after(rig: Rig) -> None:
    rig.world.faults.order(page(MENTIONS))
    await rig.post(rig.customers[0], "@brand my parcel is lost")
    await announced(rig, "is not responding properly (a page instead of data: X / Over capacity (HTTP 503))")
    await failing_for_a_while(rig)
    rig.world.faults.clear()
    await announced(rig, BACK)
    await rig.card("my parcel is lost")

    assert await heard(rig, "is not responding properly", BACK, "my parcel is lost") == [1, 1, 1]


async def test_a_fault_that_passes_at_once_is_not_worth_a_message(rig: Rig) -> None:
    rig.world.faults.order(page(MENTIONS, times=2))
    await rig.post(rig.customers[0], "@brand my parcel is lost")
    await rig.card("my parcel is lost")

    assert await heard(rig, "is not responding", BACK) == [0, 0]


async def test_used_up_credit_is_told_once_and_a_mention_of_that_time_appears_after(rig: Rig) -> None:
    rig.world.x.credits = 0
    await rig.post(rig.customers[0], "@brand my parcel is lost")
    await announced(rig, "our credit with X has run out")
    await failing_for_a_while(rig)
    rig.world.x.credits = None
    await announced(rig, BACK)
    await rig.card("my parcel is lost")

    assert await heard(rig, "our credit with X has run out", BACK) == [1, 1]


async def test_refused_credentials_are_told_once_and_a_mention_of_that_time_appears_after(rig: Rig) -> None:
    rig.world.faults.order(refusal(MENTIONS, 401))
    await rig.post(rig.customers[0], "@brand my parcel is lost")
    await announced(rig, "X no longer accepts our login")
    await failing_for_a_while(rig)
    rig.world.faults.clear()
    await announced(rig, BACK)
    await rig.card("my parcel is lost")

    assert await heard(rig, "no longer accepts our login", BACK) == [1, 1]


async def test_renewed_credentials_are_tried_at_the_very_start(rig: Rig) -> None:
    rig.world.faults.order(refusal(MENTIONS, 401))
    rig.app_yaml = rig.app_yaml.replace("poll_every: 1s", "poll_every: 10m")
    rig.adjust = lambda config: config
    await rig.stop()
    await rig.start()
    await rig.post(rig.customers[0], "@brand my parcel is lost")
    await announced(rig, "X no longer accepts our login")
    await rig.stop()
    rig.world.faults.clear()
    await rig.start()

    assert await rig.card("my parcel is lost")


async def test_a_limit_that_says_until_when_is_waited_out_without_asking_again(rig: Rig) -> None:
    reset = rig.world.x.clock() + timedelta(seconds=2)
    rig.world.faults.order(limit(MENTIONS, reset))
    await rig.post(rig.customers[0], "@brand my parcel is lost")
    await announced(rig, "X asks us to wait")
    asked = [r.at for r in rig.world.x.requests if r.path.endswith("/mentions")]
    await announced(rig, BACK)
    await rig.card("my parcel is lost")
    later = [r.at for r in rig.world.x.requests if r.path.endswith("/mentions") and r.at > asked[-1]]

    assert min(later).timestamp() >= int(reset.timestamp())


async def test_a_limit_that_says_nothing_is_waited_out_for_a_minute(rig: Rig) -> None:
    rig.world.faults.order(refusal(MENTIONS, 429, times=1))
    await announced(rig, "X asks us to wait")
    [(microseconds,)] = rows(rig, "SELECT next_at FROM streams WHERE main")
    pause = microseconds / 1e6 - rig.world.x.clock().timestamp()

    assert 50 < pause <= 60


async def test_after_a_limit_that_said_nothing_a_mention_of_that_time_appears(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refusals, "UNTOLD", timedelta(seconds=1))
    rig.world.faults.order(refusal(MENTIONS, 429, times=1))
    await rig.post(rig.customers[0], "@brand my parcel is lost")
    await announced(rig, BACK)
    await rig.card("my parcel is lost")

    assert await heard(rig, "X asks us to wait", BACK) == [1, 1]


async def test_a_lesser_list_that_is_limited_does_not_hold_up_mentions(rig: Rig) -> None:
    limits = [refusal("GET /x/2/dm_events", 429), refusal(r"GET /x/2/users/\d+/tweets", 429)]
    for refused in limits:
        rig.world.faults.order(refused)

    async def limited() -> bool:
        return all(refused.struck for refused in limits)

    await rig.until(limited)
    await rig.post(rig.customers[0], "@brand my parcel is lost")

    assert await rig.card("my parcel is lost")


async def test_a_lesser_list_that_cannot_be_read_is_told_once_and_mentions_come_as_before(rig: Rig) -> None:
    rig.world.faults.order(refusal("GET /x/2/dm_events", 403))
    await announced(rig, "I cannot read one of the lists")
    await rig.new_case("my parcel is lost")
    await failing_for_a_while(rig)

    assert await heard(rig, "I cannot read one of the lists", "no longer accepts our login") == [1, 0]


async def test_who_wrote_it_may_stay_unknown_and_it_is_a_card_all_the_same(rig: Rig) -> None:
    rig.world.faults.order(page("GET /x/2/users$"))
    await rig.post(rig.customers[0], "@brand my parcel is lost")
    text = await rig.card_text(await rig.card("my parcel is lost"))

    assert rig.customers[0].name not in text.replace("my parcel is lost", "")


async def test_who_wrote_it_is_asked_again_and_then_stands_on_the_card(rig: Rig) -> None:
    rig.world.faults.order(page("GET /x/2/users$"))
    await rig.post(rig.customers[0], "@brand my parcel is lost")
    card = await rig.card("my parcel is lost")
    rig.world.faults.clear()

    async def named() -> bool:
        return rig.customers[0].name in await rig.card_text(card)

    assert await rig.until(named)


async def test_an_unreachable_network_at_the_start_does_not_keep_the_bot_from_starting(
    tmp_path: Path,
) -> None:
    async with open_rig(tmp_path, brisk=True, start=False) as rig:
        rig.world.faults.order(page("GET /x/2/"))
        await rig.start()
        await announced(rig, "is not responding properly")
        rig.world.faults.clear()
        await announced(rig, BACK)
        await rig.post(rig.customers[0], "@brand my parcel is lost")

        assert await rig.card("my parcel is lost")
