"""What the network costs: counted by the day, and stopped where app.yaml says so."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from tests.scenario.rig import Rig, open_rig
from tests.scenario.trouble import announced, attempts, heard, rows

REACHED = "today's limit of"


@asynccontextmanager
async def limited(directory: Path, limit: str) -> AsyncIterator[Rig]:
    """A rig whose account may cost so much a day."""
    async with open_rig(directory, hold="0s", brisk=True, start=False) as rig:
        limit_to(rig, limit)
        await rig.start()
        yield rig


def limit_to(rig: Rig, limit: str) -> None:
    kept = [line for line in rig.app_yaml.splitlines() if "daily_limit" not in line]
    at = next(number for number, line in enumerate(kept) if "private: dm" in line)
    rig.app_yaml = "\n".join([*kept[:at], f"    daily_limit: {limit}", *kept[at:], ""])


def spent(rig: Rig) -> dict[str, tuple[int, Decimal]]:
    """What was counted today, by kind: how many, and dollars."""
    today = datetime.now(UTC).date().isoformat()
    found = rows(rig, f"SELECT kind, count, amount FROM spending WHERE day = '{today}'")
    return {kind: (count, Decimal(amount) / 1_000_000) for kind, count, amount in found}


async def test_mentions_writers_and_replies_are_counted_at_their_price(tmp_path: Path) -> None:
    async with open_rig(tmp_path, hold="0s", brisk=True) as rig:
        case = await rig.claimed("my parcel is lost")
        await rig.write(case.agent, case.ts, "Sorry! We look for it.")
        await rig.line(case.ts, "Posted as")
        counted = spent(rig)

        assert counted["mention_read"] == (1, Decimal("0.001"))
        # The brand itself, once at each start, and the customer.
        assert counted["user_read"] == (2, Decimal("0.020"))
        assert counted["post_create"] == (1, Decimal("0.015"))


async def test_a_reached_limit_stops_polling_and_is_told_once(tmp_path: Path) -> None:
    async with limited(tmp_path, "0.02") as rig:
        await rig.new_case("my parcel is lost")
        await announced(rig, REACHED)
        before = attempts(rig, "GET", "/mentions")
        await rig.post(rig.customers[0], "@brand where are you?")
        await rig.settle(1)

        assert attempts(rig, "GET", "/mentions") == before
        assert await heard(rig, REACHED, "where are you?") == [1, 0]


async def test_a_reached_limit_does_not_keep_replies_inside(tmp_path: Path) -> None:
    async with limited(tmp_path, "0.02") as rig:
        case = await rig.claimed("my parcel is lost")
        await announced(rig, REACHED)
        await rig.write(case.agent, case.ts, "Sorry! We look for it.")

        assert await rig.reply_under(case.post_id)


async def test_a_raised_limit_brings_what_came_in_the_meantime(tmp_path: Path) -> None:
    async with limited(tmp_path, "0.02") as rig:
        await rig.new_case("my parcel is lost")
        await announced(rig, REACHED)
        await rig.stop()
        await rig.post(rig.customers[0], "@brand where are you?")
        limit_to(rig, "5.00")
        await rig.start()
        await rig.card("where are you?")

        assert await heard(rig, REACHED, "everything works again") == [1, 1]


async def test_a_limit_that_was_not_raised_still_holds_after_a_restart(tmp_path: Path) -> None:
    async with limited(tmp_path, "0.02") as rig:
        await rig.new_case("my parcel is lost")
        await announced(rig, REACHED)
        await rig.stop()
        before = attempts(rig, "GET", "/mentions")
        await rig.start()
        await rig.settle(0.5)

        assert attempts(rig, "GET", "/mentions") == before
        assert await heard(rig, REACHED) == [1]
