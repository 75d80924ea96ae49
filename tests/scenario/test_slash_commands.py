"""Slash commands in the channel: each does what it says and answers, also when it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.slack.manifest import manifest
from tests.scenario.rig import Rig, in_one_loop, open_rig, shared_rig

pytestmark = in_one_loop
rig = shared_rig()


async def test_an_empty_queue_says_so(tmp_path: Path) -> None:
    async with open_rig(tmp_path, brisk=True) as rig:
        answer = await rig.slash(rig.agents[0], "/webcare", "queue")

        assert answer == "Nobody is waiting for a reply."


async def test_the_queue_lists_who_waits_with_the_soonest_due_first(tmp_path: Path) -> None:
    async with open_rig(tmp_path, hold="0s", brisk=True) as rig:
        answered = await rig.claimed("I was answered")
        await rig.write(answered.agent, answered.ts, "You were.")
        await rig.card_shows(answered.ts, "Answered")
        case = await rig.claimed("I wait the longest")
        _, ts, customer = await rig.new_case("I wait as well")
        first, second = (await rig.slash(rig.agents[1], "/webcare", "queue")).split("\n")[1:]

        assert f"Case {await rig.number(case.ts)}" in first
        assert f"@{case.customer.name}" in first
        assert "I wait the longest" in first
        assert first.endswith(f"<@{case.agent.id}>")
        assert f"Case {await rig.number(ts)}" in second
        assert f"@{customer.name}" in second
        assert "I wait as well" in second
        assert second.endswith("unclaimed")
        assert f"/archives/{rig.channel}/p{ts.replace('.', '')}" in second
        assert "<!date^" in second


@pytest.mark.parametrize("line", ["help", "", "HELP"])
async def test_help_lists_the_commands(rig: Rig, line: str) -> None:
    answer = await rig.slash(rig.agents[0], "/webcare", line)

    for command in (
        "/webcare queue",
        "/webcare claim 12",
        "release 12",
        "close 12",
        "dm 12",
        "!claim",
        ":eyes:",
    ):
        assert command in answer


async def test_claim_takes_the_case_of_that_number(rig: Rig) -> None:
    _, ts, _ = await rig.new_case("take me by number")
    answer = await rig.slash(rig.agents[1], "/webcare", f"claim {await rig.number(ts)}")

    assert "is yours" in answer
    await rig.card_shows(ts, f"Claimed by {rig.agents[1].name}")


async def test_claim_tells_who_has_it(rig: Rig) -> None:
    case = await rig.claimed("take me twice")
    answer = await rig.slash(rig.agents[1], "/webcare", f"claim #{await rig.number(case.ts)}")

    assert f"{case.agent.name} has had case {await rig.number(case.ts)} since" in answer
    assert "type this command again within ten minutes" in answer


async def test_claim_given_again_takes_the_case_over(rig: Rig) -> None:
    case = await rig.claimed("take me over by number")
    number = await rig.number(case.ts)
    await rig.slash(rig.agents[1], "/webcare", f"claim {number}")
    answer = await rig.slash(rig.agents[1], "/webcare", f"claim {number}")

    assert "is yours" in answer
    await rig.card_shows(case.ts, f"Claimed by {rig.agents[1].name}")
    await rig.hears(case.ts, f"<@{case.agent.id}> {rig.agents[1].name} has taken over case")


async def test_release_gives_it_back(rig: Rig) -> None:
    case = await rig.claimed("let me go")
    answer = await rig.slash(case.agent, "/webcare", f"release {await rig.number(case.ts)}")

    assert "is free again" in answer
    await rig.card_shows(case.ts, "Nobody has claimed this yet")


async def test_close_closes_what_was_answered(rig: Rig) -> None:
    case = await rig.claimed("finish me")
    await rig.answered(case)
    answer = await rig.slash(case.agent, "/webcare", f"close {await rig.number(case.ts)}")

    assert "is closed" in answer
    await rig.card_shows(case.ts, "Closed")


async def test_close_refuses_what_still_waits(rig: Rig) -> None:
    case = await rig.claimed("do not finish me")
    answer = await rig.slash(case.agent, "/webcare", f"close {await rig.number(case.ts)}")

    assert "was never answered" in answer


@pytest.mark.parametrize("verb", ["claim", "release", "close"])
@pytest.mark.parametrize(
    ("rest", "answer"),
    {
        "": "Which case?",
        "abc": "Which case?",
        "99999": "There is no case 99999. The number is on the card.",
        "9" * 40: "There is no case",
        "-1": "Which case?",
    }.items(),
)
async def test_a_wrong_number_is_answered(rig: Rig, verb: str, rest: str, answer: str) -> None:
    assert answer in await rig.slash(rig.agents[0], "/webcare", f"{verb} {rest}")


async def test_an_unknown_command_is_answered(rig: Rig) -> None:
    answer = await rig.slash(rig.agents[0], "/webcare", "destroy everything")

    assert "I don't know “destroy”" in answer
    assert "/webcare help" in answer


async def test_an_unknown_command_cannot_ping_by_its_own_words(rig: Rig) -> None:
    answer = await rig.slash(rig.agents[0], "/webcare", "<!channel> now")

    assert "<!channel>" not in answer


async def test_an_unknown_command_is_shown_as_it_was_typed(rig: Rig) -> None:
    answer = await rig.slash(rig.agents[0], "/webcare", "R&D")

    assert "“R&amp;D”" in answer


async def test_a_guest_is_told_that_this_is_for_members(rig: Rig) -> None:
    guest = rig.new_agent("Geert Gast", restricted=True)

    for command in ("/webcare", "/webcare-dm"):
        assert "Only members of this workspace" in await rig.slash(guest, command, "queue")


@pytest.mark.parametrize("word", ["dm", "public", "privé", "openbaar"])
async def test_a_switch_without_a_case_of_ones_own_asks_for_a_number(rig: Rig, word: str) -> None:
    idler = rig.new_agent(f"Idle {word.title()}")
    answer = await rig.slash(idler, "/webcare", word)

    assert answer.startswith(
        "You have no case at the moment. Add the number of a case, for example /webcare "
    )


@pytest.mark.parametrize("word", ["dm", "public"])
async def test_a_switch_with_several_cases_gives_a_choice(rig: Rig, word: str) -> None:
    busy = rig.new_agent(f"Busy {word.title()}")
    one = await rig.claimed("I am one of two", busy)
    two = await rig.claimed("I am the other of two", busy)
    answer = await rig.slash(busy, "/webcare", word)

    assert f"Add the number of one, for example /webcare {word} 12:" in answer
    assert f"Case {await rig.number(one.ts)}" in answer
    assert f"Case {await rig.number(two.ts)}" in answer


@pytest.mark.parametrize("word", ["dm", "public"])
async def test_a_switch_of_an_unknown_case_is_answered(rig: Rig, word: str) -> None:
    assert "There is no case 88888. The number is on the card." in await rig.slash(
        rig.agents[0], "/webcare", f"{word} 88888 hello"
    )


@pytest.mark.parametrize("word", ["dm", "public"])
async def test_a_switch_of_a_free_case_asks_to_claim_first(rig: Rig, word: str) -> None:
    _, ts, _ = await rig.new_case(f"{word} without a claim")
    answer = await rig.slash(rig.agents[0], "/webcare", f"{word} {await rig.number(ts)}")

    assert "Claim case" in answer


async def test_the_short_way_is_the_same_as_the_long_one(rig: Rig) -> None:
    long, short = [
        await rig.slash(rig.agents[0], command, text)
        for command, text in (("/webcare", "dm 88888 hi"), ("/webcare-dm", "88888 hi"))
    ]

    assert long == short


@pytest.mark.parametrize(
    "line",
    [
        *("claim {n}", "claim case {n}", "pak {n}", "neem #{n}", "CLAIM Case {n}", "claim nr. {n}"),
        *("claim Case{n}", "claim no. {n}", "pak: {n}"),
    ],
)
async def test_a_case_is_claimed_as_people_write_it(rig: Rig, line: str) -> None:
    _, ts, _ = await rig.new_case(f"written as {line}")
    answer = await rig.slash(rig.agents[0], "/webcare", line.format(n=await rig.number(ts)))

    assert "is yours" in answer


async def test_a_case_is_given_back_in_dutch(rig: Rig) -> None:
    case = await rig.claimed("give me back")
    answer = await rig.slash(case.agent, "/webcare", f"geef {await rig.number(case.ts)} terug")

    assert "is free again" in answer


async def test_initials_are_told_before_they_are_changed(rig: Rig) -> None:
    agent = rig.new_agent("Wil de Bruin")

    assert "signed ^WB" in await rig.slash(agent, "/webcare", "me")
    await rig.slash(agent, "/webcare", "me ^xy")
    assert "signed ^XY" in await rig.slash(agent, "/webcare", "ik")


async def test_a_command_of_an_earlier_manifest_is_answered_with_what_to_type(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = manifest()
    older["features"]["slash_commands"].append({"command": "/public", "description": "Back to public"})
    monkeypatch.setattr("tests.scenario.rig.manifest", lambda: older)
    async with open_rig(tmp_path) as rig:
        answer = await rig.slash(rig.agents[0], "/public", "1")

        assert answer.startswith("/public is now /webcare public: type that instead.")
        assert "not sent" not in answer


async def test_words_behind_a_refused_switch_come_back(rig: Rig) -> None:
    _, ts, _ = await rig.new_case("not yours to answer in private")
    answer = await rig.slash(rig.agents[0], "/webcare", f"dm {await rig.number(ts)} secret words")

    assert answer.startswith("Claim case")
    assert answer.endswith("Your text was not sent and not saved: “secret words”")


@pytest.mark.parametrize(
    ("text", "answer"),
    {
        "!claim": "!claim works in the thread of a case: type it there.",
        "!sluiten": "!sluiten works in the thread of a case: type it there.",
        "!foo": "I don't know “!foo”.",
        "! help": "In the thread of a case:",
        "!me": "Your replies are signed",
        "!wachtrij": "waiting for a reply",
    }.items(),
)
async def test_a_word_typed_in_the_channel_is_answered_where_it_helps(
    rig: Rig, text: str, answer: str
) -> None:
    agent = rig.new_agent(f"Chris Channel {text.strip('! ')}")
    await rig.slack(agent, "chat.postMessage", channel=rig.channel, text=text)

    assert answer in await rig.whisper(agent, answer)


async def test_who_only_cries_out_in_the_channel_is_not_answered(rig: Rig) -> None:
    agent = rig.new_agent("Carla Cry")
    for text in ("!!! What a day", "! important: lunch"):
        await rig.slack(agent, "chat.postMessage", channel=rig.channel, text=text)
    await rig.slack(agent, "chat.postMessage", channel=rig.channel, text="!claim")
    await rig.whisper(agent, "works in the thread of a case")

    assert len(rig.whispered(agent)) == 1
