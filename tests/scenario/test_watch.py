"""The clock of a case: warned once, missed once, in few messages; a published reply alone stops it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from bot.config.model import TargetsConfig
from bot.sandbox.faults import Fault
from bot.work import alarms
from tests.scenario.rig import WORDS, Rig, open_rig
from tests.scenario.sides import Json
from tests.scenario.trouble import PUBLISH, announced, promise, rows

AT_RISK = "The reply is due by"
MISSED = "The reply was due at"
LISTED = "need attention now"
HOUR = 3600.0


@pytest.fixture(autouse=True)
def _apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """What turns a tenth of a second after what turned before is a message of its own."""
    monkeypatch.setattr(alarms, "TOGETHER", timedelta(milliseconds=100))


@asynccontextmanager
async def with_targets(
    directory: Path, first_reply: float, next_reply: float, warn_before: float, escalate_after: float = HOUR
) -> AsyncIterator[Rig]:
    """A rig whose team promises answers within so many seconds."""
    async with open_rig(directory, hold="0s", brisk=True, start=False) as rig:
        targets = TargetsConfig.model_construct(
            first_reply=timedelta(seconds=first_reply),
            next_reply=timedelta(seconds=next_reply),
            warn_before=timedelta(seconds=warn_before),
            escalate_after=timedelta(seconds=escalate_after),
        )
        promise(rig, targets=targets)
        await rig.start()
        yield rig


async def warnings(rig: Rig, ts: str) -> list[int]:
    """How often a thread was told that its case is at risk, and that it missed its time."""
    said = await rig.said_in(ts)
    return [sum(words in text for text in said) for words in (AT_RISK, MISSED)]


def answers(rig: Rig) -> list[bool]:
    """Whether each published answer was in time."""
    return [bool(met) for (met,) in rows(rig, "SELECT met FROM answers ORDER BY answered_at")]


async def test_a_case_at_risk_and_missed_is_told_once_each_in_its_thread_and_on_its_card(
    tmp_path: Path,
) -> None:
    async with with_targets(tmp_path, 2, 2, 1) as rig:
        _, ts, _ = await rig.new_case("my parcel is lost")
        await rig.card_shows(ts, "At risk: reply due")
        await rig.card_shows(ts, "Late since")
        await rig.settle(0.5)

        assert await warnings(rig, ts) == [1, 1]


async def test_a_case_that_nobody_has_is_told_to_the_channel(tmp_path: Path) -> None:
    async with with_targets(tmp_path, 0.5, 0.5, 0) as rig:
        _, ts, _ = await rig.new_case("my parcel is lost")
        warning = await rig.line(ts, MISSED)

        assert rig.world.slack.pings(warning) & {"here", "channel"}
        assert "Nobody has claimed case 1 from @" in warning["text"]
        assert "my parcel is lost" in warning["text"]
        assert warning["ts"] in [message["ts"] for message in await rig.channel_messages()]


async def test_a_claimed_case_is_told_to_who_has_it(tmp_path: Path) -> None:
    async with with_targets(tmp_path, 3, 3, 0) as rig:  # late only once it is claimed, on a busy machine too
        case = await rig.claimed("my parcel is lost")
        warning = await rig.line(case.ts, MISSED)

        assert rig.world.slack.pings(warning) == {case.agent.id}


async def test_a_claim_does_not_stop_the_clock(tmp_path: Path) -> None:
    async with with_targets(tmp_path, 0.5, 0.5, 0) as rig:
        case = await rig.claimed("my parcel is lost")

        assert await rig.hears(case.ts, MISSED)


async def test_a_note_does_not_stop_the_clock(tmp_path: Path) -> None:
    async with with_targets(tmp_path, 0.5, 0.5, 0) as rig:
        case = await rig.claimed("my parcel is lost")
        await rig.write(case.agent, case.ts, "// she called as well")

        assert await rig.hears(case.ts, MISSED)


async def test_a_published_reply_in_time_stops_the_clock_and_is_met(tmp_path: Path) -> None:
    async with with_targets(tmp_path, 2, 2, 1) as rig:
        case = await rig.claimed("my parcel is lost")
        await rig.write(case.agent, case.ts, WORDS)
        await rig.line(case.ts, "Posted as")
        await rig.card_shows(case.ts, "Answered")
        await rig.settle(2)

        assert await warnings(rig, case.ts) == [0, 0]
        assert answers(rig) == [True]


async def test_a_reply_after_the_time_is_missed_and_takes_the_mark_off_the_card(tmp_path: Path) -> None:
    async with with_targets(tmp_path, 0.5, 0.5, 0) as rig:
        case = await rig.claimed("my parcel is lost")
        await rig.card_shows(case.ts, "Late since")
        await rig.write(case.agent, case.ts, WORDS)
        await rig.card_shows(case.ts, "Answered")

        assert "Late since" not in await rig.card_text(case.ts)
        assert answers(rig) == [False]


async def test_met_or_missed_is_decided_by_the_networks_time_of_publication(tmp_path: Path) -> None:
    async with with_targets(tmp_path, 2, 2, 0) as rig:
        case = await rig.claimed("my parcel is lost")
        rig.world.faults.order(Fault("x", PUBLISH, "delay", after_effect=True, seconds=2.2))
        await rig.write(case.agent, case.ts, WORDS)
        await rig.line(case.ts, "Posted as")

        assert answers(rig) == [True]


async def test_the_customers_next_post_starts_the_clock_of_the_next_reply(tmp_path: Path) -> None:
    async with with_targets(tmp_path, HOUR, 0.5, 0) as rig:
        case = await rig.claimed("my parcel is lost")
        await rig.write(case.agent, case.ts, WORDS)
        await rig.card_shows(case.ts, "Answered")
        await rig.post(case.customer, "@brand and now?", in_reply_to=case.post_id)
        await rig.hears(case.ts, MISSED)

        assert await warnings(rig, case.ts) == [0, 1]


async def test_a_further_post_before_the_answer_does_not_move_the_due_time(tmp_path: Path) -> None:
    async with with_targets(tmp_path, HOUR, HOUR, 1) as rig:
        case = await rig.claimed("my parcel is lost")
        [(before,)] = rows(rig, "SELECT due_at FROM timers")
        await rig.post(case.customer, "@brand hello?", in_reply_to=case.post_id)
        await rig.hears(case.ts, "The customer wrote again")

        assert rows(rig, "SELECT due_at FROM timers") == [(before,)]


async def test_a_dismissed_case_is_warned_about_no_more(tmp_path: Path) -> None:
    async with with_targets(tmp_path, 0.5, 0.5, 0) as rig:
        case = await rig.claimed("my parcel is lost")
        await rig.write(case.agent, case.ts, "!dismiss spam")
        await rig.card_shows(case.ts, "Closed without a reply")
        await rig.settle(0.7)

        assert await warnings(rig, case.ts) == [0, 0]


async def test_those_that_turn_at_once_are_one_message_with_a_list(tmp_path: Path) -> None:
    async with with_targets(tmp_path, 0.5, 0.5, 0) as rig:
        await rig.stop()
        for number in range(7):
            await rig.post(rig.customers[number], f"@brand parcel {number} is lost")
        await rig.settle(0.6)
        await rig.start()
        listed = await announced(rig, f"7 cases {LISTED}")
        threads = [await rig.card(f"parcel {number} is lost") for number in range(7)]
        await rig.settle(0.3)

        assert [await rig.said_in(ts) for ts in threads] == [[]] * 7
        assert listed["text"].count("late since") == 7
        assert all(f"parcel {number} is lost" in listed["text"] for number in range(7))
        assert rig.world.slack.pings(listed) == {"channel"}


async def test_those_that_turn_soon_after_each_other_are_one_message_that_calls_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alarms, "TOGETHER", timedelta(minutes=1))
    async with with_targets(tmp_path, 0.5, 0.5, 0) as rig:
        threads = [(await rig.new_case(f"parcel {number} is lost"))[1] for number in range(4)]
        listed = await announced(rig, f"3 cases {LISTED}")
        messages = await rig.channel_messages()
        called = [message for message in messages if "channel" in rig.world.slack.pings(message)]

        assert [message["thread_ts"] for message in called] == [threads[0]]
        assert "thread_ts" not in listed
        assert listed["text"].count("archives/") == 3


async def test_who_writes_below_a_list_is_told_that_nobody_gets_it(tmp_path: Path) -> None:
    async with with_targets(tmp_path, 0.5, 0.5, 0) as rig:
        await rig.stop()
        for number in range(2):
            await rig.post(rig.customers[number], f"@brand parcel {number} is lost")
        await rig.settle(0.6)
        await rig.start()
        listed = await announced(rig, f"2 cases {LISTED}")
        await rig.write(rig.agents[0], listed["ts"], "It is on its way!")

        await rig.whisper(rig.agents[0], "what you write here reaches no customer and no case")


async def test_what_could_not_be_called_for_is_called_for_afterwards_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alarms, "CALL_EVERY", timedelta(seconds=3))
    async with with_targets(tmp_path, 0.5, 0.5, 0) as rig:
        _, first, _ = await rig.new_case("parcel 1 is lost")
        await rig.hears(first, MISSED)
        for number in (2, 3):
            await rig.new_case(f"parcel {number} is lost")

        async def calls() -> list[Json]:
            messages = await rig.channel_messages()
            return [message for message in messages if "channel" in rig.world.slack.pings(message)]

        async def called_again() -> bool:
            return len(await calls()) > 1

        await rig.until(called_again, "the channel is not called a second time")
        await rig.settle(0.5)
        [_, listed] = sorted(await calls(), key=lambda message: float(message["ts"]))

        assert f"2 cases {LISTED}" in listed["text"]
        assert "parcel 2" in listed["text"]
        assert "parcel 3" in listed["text"]


async def test_a_warning_that_was_acted_on_is_struck_out(tmp_path: Path) -> None:
    async with with_targets(tmp_path, 0.5, 0.5, 0) as rig:
        _, ts, _ = await rig.new_case("my parcel is lost")
        await rig.hears(ts, MISSED)
        await rig.react(rig.agents[0], ts, "eyes")
        struck = await rig.line(ts, "claimed by")
        styles = [leaf.get("style", {}) for leaf in struck["blocks"][0]["elements"][0]["elements"]]

        assert rig.agents[0].name in struck["text"]
        assert {"strike": True} in styles
        assert rig.world.slack.pings(struck) == set()


async def test_a_missed_case_of_somebody_who_does_not_answer_reaches_the_channel_once(tmp_path: Path) -> None:
    async with with_targets(tmp_path, 0.5, 0.5, 0, escalate_after=0.5) as rig:
        case = await rig.claimed("my parcel is lost")
        warning = await rig.line(case.ts, "still waiting")
        await rig.settle(1)

        assert rig.world.slack.pings(warning) == {"channel"}
        assert case.agent.name in warning["text"]
        assert sum("still waiting" in text for text in await rig.said_in(case.ts)) == 1
        assert warning["ts"] in [message["ts"] for message in await rig.channel_messages()]


async def test_a_restart_repeats_no_warning(tmp_path: Path) -> None:
    async with with_targets(tmp_path, 0.5, 0.5, 0) as rig:
        _, ts, _ = await rig.new_case("my parcel is lost")
        await rig.hears(ts, MISSED)
        await rig.stop()
        await rig.start()
        await rig.new_case("another matter")
        await rig.settle(0.5)

        assert await warnings(rig, ts) == [0, 1]


async def test_what_turned_while_the_bot_was_away_is_told_when_it_is_back(tmp_path: Path) -> None:
    async with with_targets(tmp_path, 2, 2, 1) as rig:
        _, ts, _ = await rig.new_case("my parcel is lost")
        await rig.stop()
        await rig.settle(2)
        await rig.start()
        await rig.hears(ts, MISSED)

        assert await warnings(rig, ts) == [0, 1]
