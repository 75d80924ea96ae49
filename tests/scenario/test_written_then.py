"""What is written is judged by how its case stood when it was written, however late it is heard."""

from __future__ import annotations

import pytest

from tests.scenario.rig import Rig, own_rig

WORDS = "Sorry! We look for it at once."
ASKED = "you wrote this before the case was yours"

rig = own_rig("1s")


async def nothing_goes_out(rig: Rig) -> None:
    """Until whatever would go out is out."""
    await rig.settle(1.5)

    assert rig.published() == []


def lose_the_next(rig: Rig, kind: str) -> None:
    """Slack tells nothing of the next event of this kind."""
    rig.world.slack.mischief.only = kind
    rig.world.slack.mischief.lose = 1


async def test_words_whose_event_was_lost_before_their_writer_claimed_are_asked_about(rig: Rig) -> None:
    _, ts, _ = await rig.new_case("my parcel is lost")
    lose_the_next(rig, "message")
    await rig.write(rig.agents[0], ts, WORDS)
    await rig.react(rig.agents[0], ts, "eyes")
    await rig.card_shows(ts, rig.agents[0].name)
    await rig.world.slack.disconnect_sockets()

    await rig.hears(ts, ASKED)
    await nothing_goes_out(rig)


async def test_words_in_a_colleagues_case_do_not_go_out_once_the_case_is_their_writers(rig: Rig) -> None:
    case = await rig.claimed("my parcel is lost", rig.agents[1])
    lose_the_next(rig, "message")
    await rig.write(rig.agents[0], case.ts, WORDS)
    await rig.unreact(rig.agents[1], case.ts, "eyes")
    await rig.react(rig.agents[0], case.ts, "eyes")
    await rig.card_shows(case.ts, rig.agents[0].name)
    await rig.world.slack.disconnect_sockets()

    await rig.hears(case.ts, ASKED)
    await nothing_goes_out(rig)


async def test_words_that_slack_tells_after_the_claim_that_followed_them_are_asked_about(rig: Rig) -> None:
    _, ts, _ = await rig.new_case("my parcel is lost")
    rig.world.slack.mischief.reverse = 2
    await rig.write(rig.agents[0], ts, WORDS)
    await rig.react(rig.agents[0], ts, "eyes")

    await rig.hears(ts, ASKED)
    await nothing_goes_out(rig)


@pytest.mark.parametrize("how", ["button", "word", "slash"])
async def test_a_claim_of_any_kind_counts_from_when_it_is_made(rig: Rig, how: str) -> None:
    _, ts, _ = await rig.new_case("my parcel is lost")
    lose_the_next(rig, "message")
    await rig.write(rig.agents[0], ts, WORDS)
    match how:
        case "button":
            await rig.press(rig.agents[0], ts, "Claim")
        case "word":
            await rig.write(rig.agents[0], ts, "!claim")
        case _:
            await rig.slash(rig.agents[0], "/webcare", f"claim {await rig.number(ts)}")
    await rig.card_shows(ts, rig.agents[0].name)
    await rig.world.slack.disconnect_sockets()

    await rig.hears(ts, ASKED)
    await rig.write(rig.agents[0], ts, "We found it.")
    await rig.line(ts, "Posted as")
    await rig.settle(0.5)

    assert rig.published() == ["We found it. ^MK"]
