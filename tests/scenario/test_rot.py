"""At the desk: a claim runs out, a case waits and is woken, one that was closed comes back."""

from __future__ import annotations

from tests.scenario.rig import USUAL, Rig, own_rig
from tests.scenario.sides import labels_of

rig = own_rig(start=False)


async def started(rig: Rig, *lines: str) -> None:
    """The bot runs with these settings of the team."""
    more = "".join(f"\n    {line}" for line in lines)
    rig.app_yaml = rig.app_yaml.replace(f"targets: {USUAL}", f"targets: {USUAL}{more}")
    await rig.start()


async def test_a_claim_without_a_reply_is_warned_of_runs_out_and_is_taken_again(rig: Rig) -> None:
    await started(rig, "claim_expires: 2s")
    case = await rig.claimed("my parcel is lost")
    warning = await rig.line(case.ts, "Without a reply from you this case is free again")
    expired = await rig.line(case.ts, "No reply came in time, so this case is free again")
    await rig.card_shows(case.ts, "Nobody has claimed this yet")
    await rig.stop()
    await rig.start()
    colleague = rig.agents[1]
    await rig.press(colleague, str(expired["ts"]), "Take it back")
    await rig.card_shows(case.ts, f"Claimed by {colleague.name}")

    assert labels_of(warning) == ["Keep it"]
    assert len([m for m in await rig.by_bot(case.ts) if "No reply came in time" in m["text"]]) == 1


async def test_a_case_that_waits_says_so_on_its_card_until_somebody_ends_it(rig: Rig) -> None:
    await started(rig)
    case = await rig.claimed("my parcel is lost")
    await rig.write(case.agent, case.ts, "!wait inside 1m asked the warehouse")
    await rig.line(case.ts, "lets this case wait for a colleague until")
    await rig.card_shows(case.ts, "Waiting for a colleague until")
    assert "asked the warehouse" in await rig.card_text(case.ts)
    await rig.write(case.agent, case.ts, "!wait off")
    await rig.line(case.ts, "ended the wait")


async def test_what_was_closed_as_venting_is_read_by_a_second_person_and_can_come_back(rig: Rig) -> None:
    await started(rig, "second_reader: 100%")
    case = await rig.claimed("what a day")
    await rig.write(case.agent, case.ts, "!dismiss venting")
    asked = await rig.line(case.ts, "Second pair of eyes")
    await rig.press(case.agent, str(asked["ts"]), "Agree")
    await rig.whisper(case.agent, "a colleague has to look")
    await rig.press(rig.agents[1], str(asked["ts"]), "Reopen")
    await rig.line(case.ts, "reopened case 1 and has it now")
    await rig.card_shows(case.ts, f"Claimed by {rig.agents[1].name}")
