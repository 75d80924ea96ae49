"""What every desk promises, run over each: the fake one, and Slack's against a local Slack."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.cases import errors
from bot.cases.leases import LeaseLost, fenced
from bot.cases.model import AgentId, CaseId, MessageRef
from bot.cases.pictures import SaidPicture
from bot.cases.said import say
from tests.contract.desks import DESKS, Bench
from tests.unit.drawing import a_card, a_case, a_line

SAID = SaidPicture(say("note.kept"))


@pytest.fixture(params=sorted(DESKS))
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    async with DESKS[request.param]() as opened:
        yield opened


@pytest.fixture
async def thread(bench: Bench) -> MessageRef:
    """A thread opened by the card of case 12."""
    return await bench.desk.open_thread(bench.channel, a_card(), "card-12")


class TestPosting:
    async def test_a_card_opens_a_thread(self, bench: Bench) -> None:
        ref = await bench.desk.open_thread(bench.channel, a_card(), "card-12")

        assert ref.channel == bench.channel
        assert "case 12" in await bench.shows(ref)

    async def test_a_message_is_said_in_its_thread(self, bench: Bench, thread: MessageRef) -> None:
        await bench.desk.say(bench.channel, thread, SAID, "say-1")

        assert await bench.count(thread) == 1
        assert await bench.count(None) == 1

    async def test_a_message_can_be_said_in_the_channel_itself(self, bench: Bench) -> None:
        await bench.desk.say(bench.channel, None, SAID, "say-1")

        assert await bench.count(None) == 1

    async def test_a_redrawn_message_is_the_same_message_with_another_picture(
        self, bench: Bench, thread: MessageRef
    ) -> None:
        await bench.desk.redraw(thread, a_card(replace(a_case(), id=CaseId(13))))

        assert "case 13" in await bench.shows(thread)
        assert await bench.count(None) == 1

    async def test_two_messages_have_two_refs(self, bench: Bench, thread: MessageRef) -> None:
        one = await bench.desk.say(bench.channel, thread, a_line(), "line-1")
        other = await bench.desk.say(bench.channel, thread, a_line(), "line-2")

        assert one != other

    async def test_what_is_no_longer_ours_is_not_said(self, bench: Bench) -> None:
        with fenced(lambda: False), pytest.raises(LeaseLost):
            await bench.desk.open_thread(bench.channel, a_card(), "card-12")

        assert await bench.count(None) == 0

    async def test_a_channel_that_is_not_there_is_refused(self, bench: Bench) -> None:
        with pytest.raises(errors.DeskClosed, match="channel_not_found"):
            await bench.desk.open_thread("C0NOWHERE", a_card(), "card-12")

    async def test_a_message_that_is_not_there_cannot_be_redrawn(self, bench: Bench) -> None:
        with pytest.raises(errors.MessageGone, match="message_not_found"):
            await bench.desk.redraw(MessageRef(bench.channel, "1700000000.000100"), SAID)

    async def test_in_a_thread_whose_first_message_is_gone_nothing_can_be_said(
        self, bench: Bench, thread: MessageRef
    ) -> None:
        await bench.delete(thread)

        with pytest.raises(errors.MessageGone, match="thread_not_found"):
            await bench.desk.say(bench.channel, thread, SAID, "say-1")
        assert await bench.count(None) == 0

    async def test_a_message_that_was_deleted_cannot_be_redrawn(
        self, bench: Bench, thread: MessageRef
    ) -> None:
        line = await bench.desk.say(bench.channel, thread, a_line(), "line-1")
        await bench.delete(line)

        with pytest.raises(errors.MessageGone):
            await bench.desk.redraw(line, a_line())
        assert await bench.count(thread) == 0


class TestMarking:
    async def test_a_reaction_is_put_and_taken_away(self, bench: Bench, thread: MessageRef) -> None:
        await bench.desk.mark(thread, "outbox_tray", True)

        assert await bench.marks(thread) == {"outbox_tray"}

        await bench.desk.mark(thread, "outbox_tray", False)

        assert await bench.marks(thread) == set()

    async def test_a_reaction_that_stands_already_is_well(self, bench: Bench, thread: MessageRef) -> None:
        await bench.desk.mark(thread, "outbox_tray", True)
        await bench.desk.mark(thread, "outbox_tray", True)

        assert await bench.marks(thread) == {"outbox_tray"}

    async def test_a_reaction_that_is_gone_already_is_well(self, bench: Bench, thread: MessageRef) -> None:
        await bench.desk.mark(thread, "outbox_tray", False)

        assert await bench.marks(thread) == set()

    async def test_a_message_that_is_not_there_cannot_be_marked(self, bench: Bench) -> None:
        with pytest.raises(errors.MessageGone, match="message_not_found"):
            await bench.desk.mark(MessageRef(bench.channel, "1700000000.000100"), "eyes", True)


class TestWhatItTakes:
    def test_its_pace_is_the_same_each_time_and_lets_everything_go_in_the_end(self, bench: Bench) -> None:
        pace = bench.desk.pace()

        assert bench.desk.pace() == pace
        assert timedelta(0) < pace.post_every < pace.longest_rest
        assert timedelta(0) < pace.call_every * pace.burst < pace.longest_rest
        assert pace.burst >= 1
        assert min(pace.whisper, pace.unmark) > 0

    async def test_it_can_do_what_it_says(self, bench: Bench, thread: MessageRef) -> None:
        can = bench.desk.abilities()
        if can.marks:
            await bench.desk.mark(thread, "outbox_tray", True)

        assert bench.desk.abilities() == can
        assert await bench.marks(thread) == ({"outbox_tray"} if can.marks else set())


class TestFinding:
    async def test_a_card_is_found_by_its_key(self, bench: Bench) -> None:
        began = bench.clock.now()
        ref = await bench.desk.open_thread(bench.channel, a_card(), "card-12")

        assert await bench.desk.find(bench.channel, None, "card-12", began) == ref

    async def test_a_message_in_a_thread_is_found_by_its_key(self, bench: Bench, thread: MessageRef) -> None:
        began = bench.clock.now()
        await bench.desk.say(bench.channel, thread, a_line(), "line-1")
        ref = await bench.desk.say(bench.channel, thread, a_line(), "line-2")

        assert await bench.desk.find(bench.channel, thread, "line-2", began) == ref

    async def test_another_key_is_not_found(self, bench: Bench, thread: MessageRef) -> None:
        assert await bench.desk.find(bench.channel, None, "card-1", bench.clock.now()) is None

    async def test_what_was_posted_long_before_is_not_found(self, bench: Bench, thread: MessageRef) -> None:
        later = bench.clock.now() + timedelta(hours=4)

        assert await bench.desk.find(bench.channel, None, "card-12", later) is None

    async def test_what_was_asked_for_under_a_clock_that_was_hours_ahead_is_found(self, bench: Bench) -> None:
        ahead = bench.clock.now() + timedelta(hours=2)
        ref = await bench.desk.open_thread(bench.channel, a_card(), "card-12")

        assert await bench.desk.find(bench.channel, None, "card-12", ahead) == ref


class TestPeople:
    async def test_a_colleague_has_a_name_and_may_reply(self, bench: Bench) -> None:
        agent = await bench.desk.agent(bench.colleague)

        assert agent.id == bench.colleague
        assert agent.name == "Maaike de Vries"
        assert agent.may_reply

    async def test_a_guest_may_not_reply(self, bench: Bench) -> None:
        assert not (await bench.desk.agent(bench.guest)).may_reply

    async def test_a_bot_may_not_reply(self, bench: Bench) -> None:
        assert not (await bench.desk.agent(bench.bot)).may_reply

    async def test_somebody_the_desk_does_not_show_may_not_reply(self, bench: Bench) -> None:
        assert not (await bench.desk.agent(AgentId("U0NOBODY"))).may_reply

    async def test_a_whisper_reaches_one_agent_and_leaves_no_message(
        self, bench: Bench, thread: MessageRef
    ) -> None:
        await bench.desk.whisper(bench.channel, thread, bench.colleague, say("note.kept"))

        assert bench.whispered() == 1
        assert await bench.count(thread) == 0


class TestTrouble:
    async def test_a_busy_desk_says_until_when_and_has_done_nothing(self, bench: Bench) -> None:
        bench.be_busy(7)
        began = bench.clock.now()

        with pytest.raises(errors.DeskBusy) as busy:
            await bench.desk.open_thread(bench.channel, a_card(), "card-12")

        assert timedelta(seconds=6) < busy.value.until - began < timedelta(seconds=9)
        assert await bench.count(None) == 0

    async def test_a_lost_answer_is_unclear_and_never_repeated(self, bench: Bench) -> None:
        bench.lose_the_answer()

        with pytest.raises(errors.DeskUnclear):
            await bench.desk.open_thread(bench.channel, a_card(), "card-12")

        assert await bench.count(None) == 1

    async def test_what_was_posted_without_an_answer_can_be_found(self, bench: Bench) -> None:
        began = bench.clock.now()
        bench.lose_the_answer()
        with pytest.raises(errors.DeskUnclear):
            await bench.desk.open_thread(bench.channel, a_card(), "card-12")

        found = await bench.desk.find(bench.channel, None, "card-12", began)

        assert found is not None
        assert "case 12" in await bench.shows(found)

    async def test_a_desk_in_order_has_nothing_to_say(self, bench: Bench) -> None:
        assert all(finding.ok for finding in (await bench.desk.check()).findings)
