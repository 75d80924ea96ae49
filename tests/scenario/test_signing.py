"""Initials: they close each reply, count in its length, and are the agent's own choice."""

from __future__ import annotations

from pathlib import Path

from tests.scenario.rig import LONG, Rig, in_one_loop, open_rig, shared_rig

pytestmark = in_one_loop
rig = shared_rig()


async def test_a_reply_is_closed_with_the_initials_of_its_senders_name(rig: Rig) -> None:
    case = await rig.claimed("who is this?", rig.agents[1])
    _, line = await rig.queued(case, "It is me.")
    await rig.press(case.agent, line["ts"], "Send now")

    assert "Signed ^JV" in line["text"]
    assert await rig.reply_under(case.post_id) == "It is me. ^JV"


async def test_initials_typed_by_the_agent_are_not_repeated(rig: Rig) -> None:
    case = await rig.claimed("who is that?", rig.agents[1])
    await rig.answered(case, "It is I. ^JV")

    assert await rig.replies_to(case.post_id) == ["It is I. ^JV"]


async def test_an_agent_chooses_other_initials(rig: Rig) -> None:
    agent = rig.new_agent("Zoë Zonneveld")
    answer = await rig.slash(agent, "/webcare", "me ^ZZ")
    case = await rig.claimed("who are you now?", agent)
    await rig.answered(case, "Somebody else.")

    assert "^ZZ" in answer
    assert await rig.replies_to(case.post_id) == ["Somebody else. ^ZZ"]


async def test_initials_that_are_none_are_refused_with_an_example(rig: Rig) -> None:
    answer = await rig.slash(rig.agents[0], "/webcare", "me 007")

    assert "Try /webcare me ^AB" in answer


async def test_initials_come_from_app_yaml_where_it_names_them(tmp_path: Path) -> None:
    async with open_rig(tmp_path, hold=LONG, start=False, brisk=True) as rig:
        rig.app_yaml += f"agents: {{{rig.agents[0].id}: {{initials: QQ}}}}\n"
        await rig.start()
        case = await rig.claimed("who signs here?")
        await rig.answered(case, "The configuration.")

        assert await rig.replies_to(case.post_id) == ["The configuration. ^QQ"]


async def test_an_account_may_do_without_initials(tmp_path: Path) -> None:
    async with open_rig(tmp_path, hold=LONG, start=False, brisk=True) as rig:
        rig.app_yaml = rig.app_yaml.replace("private: dm", "initials: false")
        await rig.start()
        case = await rig.claimed("who signs there?")
        await rig.answered(case, "Nobody does.")

        assert await rig.replies_to(case.post_id) == ["Nobody does."]


async def test_initials_count_in_the_length(rig: Rig) -> None:
    case = await rig.claimed("how long may it be?")
    _, line = await rig.queued(case, "a" * 277)
    _, fits = await rig.queued(case, "b" * 276)

    assert "1 character too long (281 of 280)" in line["text"]
    assert "Will be posted" in fits["text"]
