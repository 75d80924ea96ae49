"""kill -9 while questions are open: after the next start each stands as it was put, and is answered."""

from __future__ import annotations

from pathlib import Path

from tests.scenario.program import environ_of, running, written
from tests.scenario.rig import LONG, Rig, open_rig
from tests.scenario.sides import Json, labels_of

UP = "Webcare is up"


async def open_questions(rig: Rig) -> dict[str, Json]:
    """One open question of each kind, by what it asks."""
    mo, ann = rig.agents[0], rig.agents[1]
    _, free, _ = await rig.new_case("is nobody there?")
    await rig.write(mo, free, "I am!")
    case = await rig.claimed("is it a note?")
    await rig.write(mo, case.ts, "note: it is not")
    held = await rig.claimed("does it hold?")
    await rig.write(mo, held.ts, f"It does, says <@{ann.id}>.")
    taken = await rig.claimed("whose is it?")
    await rig.write(ann, taken.ts, "!claim")
    idle = await rig.claimed("is it over?")
    await rig.write(mo, idle.ts, "!close")
    invited = await rig.claimed("can we talk?")
    await rig.write(mo, invited.ts, "!dm")
    draft = await rig.line(invited.ts, "This is a draft.")
    await rig.write(mo, invited.ts, "We look into it.")
    return {
        "unclaimed": await rig.line(free, "Nobody has claimed this case"),
        "slip": await rig.line(case.ts, "This looks like a note, a draft or a command"),
        "held": await rig.line(held.ts, "It mentions a colleague"),
        "taken": await rig.line(taken.ts, "take it over?"),
        "close": await rig.line(idle.ts, "was never answered"),
        "invited": await rig.line(invited.ts, "so this case stays public"),
        "draft": draft,
    }


async def test_every_open_question_can_be_answered_after_a_kill(tmp_path: Path) -> None:
    async with open_rig(tmp_path, hold=LONG, start=False) as rig:
        rig.app_yaml = rig.app_yaml.replace("    private: dm\n", "")
        program = running("run", "--config", written(rig), environ=environ_of(rig))
        async with program as running_bot:
            await running_bot.says(UP)
            before = await open_questions(rig)
            await running_bot.kill()
        async with running("run", "--config", written(rig), environ=environ_of(rig)) as running_bot:
            await running_bot.says(UP)
            after = {name: await rig.message(line["ts"]) for name, line in before.items()}

            assert {name: (m["text"], labels_of(m)) for name, m in after.items()} == {
                name: (m["text"], labels_of(m)) for name, m in before.items()
            }
            await answer_all(rig, before)


async def answer_all(rig: Rig, asked: dict[str, Json]) -> None:
    """Press a button of each, and wait for what it does."""
    mo, ann = rig.agents[0], rig.agents[1]
    reply_actions = {
        "unclaimed": (mo, "Claim and send", "claimed the case; the message is now a reply"),
        "slip": (mo, "Keep as a note", "Kept as an internal note."),
        "held": (mo, "Stop", "Stopped. This reply was not posted."),
        "taken": (ann, "Take over", "has taken over case"),
        "close": (mo, "spam", "is closed without a reply: spam"),
        "invited": (mo, "Publish", "sent it to the customer"),
        "draft": (mo, "Stop", "Stopped. This reply was not posted."),
    }
    for name, (who, label, _) in reply_actions.items():
        await rig.press(who, asked[name]["ts"], label)
    for name, (_, _, told) in reply_actions.items():
        ts = asked[name]["ts"]

        async def decided(ts: str = ts, told: str = told) -> bool:
            message = await rig.message(ts)
            return told in message["text"] and not labels_of(message)

        await rig.until(decided, f"{name} was not answered: {(await rig.message(ts))['text']}")
