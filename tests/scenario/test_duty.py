"""At the desk: people on duty, people who are away, leads; promises and calls."""

from __future__ import annotations

from tests.scenario.rig import USUAL, Rig, own_rig

rig = own_rig(start=False)
SHORT = "{first_reply: 3s, next_reply: 3s, warn_before: 2s}"


async def started(rig: Rig, targets: str = USUAL, *, on_duty: int = 1) -> None:
    """The bot runs with steps, a lead (the first agent) and a roster (another one, always)."""
    lead, here = rig.agents[0].id, rig.agents[on_duty].id
    lines = [
        f"targets: {targets}",
        "escalation: [{when: at_risk, call: assignee_or_duty}, {when: missed, call: lead},"
        " {when: missed, again: 1s, times: 2, call: duty}]",
        f"leads: [{lead}]",
        f'duty: {{mon-sun: {{"00:00-24:00": [{here}]}}}}',
    ]
    rig.app_yaml = rig.app_yaml.replace(f"targets: {USUAL}", "\n    ".join(lines))
    await rig.start()


async def test_the_people_on_duty_are_warned_and_the_lead_of_what_is_missed(rig: Rig) -> None:
    await started(rig, SHORT)
    _, card, _ = await rig.new_case("my parcel is lost")
    at_risk = await rig.line(card, f"<@{rig.agents[1].id}>")
    missed = await rig.line(card, f"<@{rig.agents[0].id}>")

    assert "Nobody has claimed case 1" in at_risk["text"]
    assert "The reply was due at" in missed["text"]
    assert at_risk["ts"] < missed["ts"]


async def test_duty_is_shown_a_shift_is_added_and_taken_back(rig: Rig) -> None:
    await started(rig)
    agent, other = rig.agents[0], rig.agents[2]

    assert f"On duty now: <@{rig.agents[1].id}>" in await rig.slash(agent, "/webcare", "duty")
    added = await rig.slash(agent, "/webcare", f"duty <@{other.id}|{other.name}> tomorrow 9-13")
    assert "On duty from" in added
    assert f"<@{other.id}>" in added
    assert f"<@{other.id}>" in await rig.slash(agent, "/webcare", "dienst")
    assert "No longer put on duty" in await rig.slash(agent, "/webcare", f"duty <@{other.id}|x> off")
    assert "Who, and when?" in await rig.slash(agent, "/webcare", "duty 25:00")
    assert "I don't know who that is" in await rig.slash(agent, "/webcare", "duty @nobody 9-13")


async def test_who_goes_away_gives_back_what_has_no_reply(rig: Rig) -> None:
    await started(rig)
    case = await rig.claimed("my parcel is lost")
    said = await rig.slash(case.agent, "/webcare", "away until 23:59")
    await rig.card_shows(case.ts, "Nobody has claimed this yet")
    freed = await rig.line(case.ts, "is away, so this case is free again")

    assert "You are away until" in said
    assert case.agent.name in freed["text"]
    assert "Welcome back" in await rig.slash(case.agent, "/webcare", "here")
    assert "Until when?" in await rig.slash(case.agent, "/webcare", "away until 25:00")


async def test_a_reply_that_promises_to_come_back_is_remembered_and_kept(rig: Rig) -> None:
    await started(rig)
    case = await rig.claimed("my parcel is lost")
    await rig.write(case.agent, case.ts, "Sorry! We will get back to you within 2s.")
    noted = await rig.line(case.ts, "This reply promises to come back")
    await rig.card_shows(case.ts, "We will get back to you within 2s.")
    told = await rig.line(case.ts, "This was promised to the customer")
    await rig.press(case.agent, str(told["ts"]), "Kept")
    await rig.line(case.ts, "kept what was promised")

    assert noted["ts"] < told["ts"]
    assert "Promised by" not in await rig.card_text(case.ts)


async def test_the_number_of_a_call_is_gone_once_it_is_made(rig: Rig) -> None:
    await started(rig)
    case = await rig.claimed("my parcel is lost")
    await rig.write(case.agent, case.ts, "!callback 3h 0612345678 Mrs Jansen")
    noted = await rig.line(case.ts, "The number is on the card until the call is done")
    await rig.card_shows(case.ts, "0612345678 Mrs Jansen")
    await rig.press(case.agent, str(noted["ts"]), "Called")

    async def is_gone() -> bool:
        return "0612345678" not in await rig.card_text(case.ts)

    await rig.until(is_gone, "the number is still on the card")
    assert not [m for m in await rig.by_bot(case.ts) if "0612345678" in m["text"]]
