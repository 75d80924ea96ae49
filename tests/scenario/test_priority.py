"""Priorities at the desk: a rule sets one, the menu on the card another, and the queue follows."""

from __future__ import annotations

import re

from tests.scenario.rig import USUAL, Rig, own_rig

rig = own_rig(start=False)
#: What the urgent ones are promised.
SOON = "{first_reply: 1h, next_reply: 1h, warn_before: 15m, per_priority: {urgent: {first_reply: 30m}}}"


async def opened(rig: Rig) -> None:
    """The bot runs with a rule."""
    rules = "priority: [{set: urgent, words: [lawyer]}]"
    rig.app_yaml = rig.app_yaml.replace(f"targets: {USUAL}", f"targets: {SOON}\n    {rules}")
    await rig.start()


def due(text: str) -> int:
    """When the reply is due, in seconds since 1970, as a card says it."""
    return int(re.findall(r"Reply due <!date\^(\d+)", text)[0])


async def test_a_rule_sets_it_and_the_menu_on_the_card_another(rig: Rig) -> None:
    await opened(rig)
    _, first, _ = await rig.new_case("where is my parcel")
    _, urgent, _ = await rig.new_case("my lawyer will call you")
    await rig.card_shows(urgent, " Urgent (says “lawyer”)")
    before = due(await rig.card_text(first))
    agent = rig.agents[0]

    await rig.world.slack.press(agent.id, rig.channel, first, "priority", value="1:urgent")
    await rig.card_shows(first, f" Urgent (set by {agent.name})")
    said = await rig.line(first, "set the priority to urgent. The reply is due by")
    await rig.world.slack.slash(agent.id, rig.channel, "/webcare", "priority 2 laag")
    await rig.card_shows(urgent, " Low priority")

    assert before - due(await rig.card_text(first)) == 30 * 60
    assert str(before - 30 * 60) in said["text"]
