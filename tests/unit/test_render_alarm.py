"""Alarms as Slack gets them: who is called, which case and customer, their words, and what was acted on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from bot.cases.model import CaseId, MessageRef
from bot.cases.said import Call, Ping, say
from bot.cases.timers import FlagKind
from bot.slack.blocks import Drawn
from bot.slack.render import draw
from tests.unit.drawing import (
    BAIT,
    CUSTOMER,
    an_alarm,
    an_alarm_line,
    check,
    drawing,
    hostile,
    leaves,
    parsed,
    quoted,
    speaking,
)

CLAIMED = say("watch.over.claimed", name="Mo de Koning")
LANGUAGES = ("en", "nl")


def struck(drawn: Drawn) -> str:
    """All that is struck out."""
    return "".join(leaf["text"] for leaf in leaves(drawn.blocks) if leaf.get("style", {}).get("strike"))


def called(drawn: Drawn) -> list[dict[str, Any]]:
    """The leaves that call somebody."""
    return [leaf for leaf in leaves(drawn.blocks) if leaf["type"] in ("user", "usergroup", "broadcast")]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", FlagKind)
@pytest.mark.parametrize("holder", ["", "Mo de Koning"])
def test_a_warning_names_case_and_customer_and_carries_their_words(
    language: str, kind: FlagKind, holder: str
) -> None:
    shown = drawing(an_alarm(an_alarm_line(kind=kind, holder=holder)), language)

    assert "ase 12" in shown.text
    assert "@jansen" in shown.text
    assert quoted(shown) == "Where is my parcel?"
    assert "…" not in shown.text


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (Call(), "<!channel>"),
        (Call("here"), "<!here>"),
        (Call("S0123456789"), "<!subteam^S0123456789>"),
        (Ping("U0MAAIKE1"), "<@U0MAAIKE1>"),
    ],
)
def test_whom_it_calls(call: Call | Ping, text: str) -> None:
    shown = drawing(an_alarm(call=call))

    assert len(called(shown)) == 1
    assert text in shown.text


@pytest.mark.parametrize("call", [None, Call("nobody"), Call("<!channel>"), Call("@here")])
def test_what_is_no_name_of_anybody_calls_nobody(call: Call | None) -> None:
    shown = drawing(an_alarm(call=call))

    assert called(shown) == []
    assert shown.text.startswith("⚠️ Nobody")


def test_a_list_links_to_each_thread_and_says_what_is_the_matter() -> None:
    lines = [an_alarm_line(case_id=CaseId(n), holder="Mo" if n == 2 else "") for n in (1, 2)]
    threads = {CaseId(n): MessageRef("C1", f"{n}.1") for n in (1, 2)}
    shown = drawing(an_alarm(*lines, threads=threads))

    assert "2 cases need attention now" in shown.text
    assert "<https://care.slack.example/C1/1.1|Case 1> · @jansen: reply by " in shown.text
    assert shown.text.count("unclaimed: “Where is my parcel?”") == 1
    assert shown.text.count("Mo: “Where is my parcel?”") == 1


@pytest.mark.parametrize("lines", [1, 2])
def test_what_was_acted_on_is_struck_out_with_what_became_of_it(lines: int) -> None:
    over = an_alarm_line(outcome=CLAIMED)
    shown = drawing(an_alarm(over, *[an_alarm_line(case_id=CaseId(13))] * (lines - 1)))

    assert struck(shown) == "Case 12 · @jansen: “Where is my parcel?”"
    assert "→ claimed by Mo de Koning" in shown.text


def test_a_warning_that_was_acted_on_calls_nobody_any_more() -> None:
    assert called(drawing(an_alarm(an_alarm_line(outcome=CLAIMED)))) == []


def test_a_list_of_which_all_was_acted_on_says_so_and_calls_nobody() -> None:
    lines = [an_alarm_line(case_id=CaseId(n), outcome=CLAIMED) for n in (1, 2)]
    shown = drawing(an_alarm(*lines))

    assert shown.text.startswith("These cases needed attention. Somebody is on each of them now:")
    assert called(shown) == []


@pytest.mark.parametrize(("language", "words"), [("en", "Somebody is on"), ("nl", "allemaal opgepakt")])
def test_a_list_with_a_case_that_was_given_back_does_not_say_that_somebody_is_on_it(
    language: str, words: str
) -> None:
    outcomes = [CLAIMED, say("watch.over.released")]
    lines = [an_alarm_line(case_id=CaseId(n), outcome=outcome) for n, outcome in enumerate(outcomes)]

    assert words not in drawing(an_alarm(*lines), language).text


@pytest.mark.parametrize(
    ("kinds", "sign"),
    [
        ([FlagKind.AT_RISK] * 2, "⚠️"),
        ([FlagKind.AT_RISK, FlagKind.MISSED], "🔴"),
        ([FlagKind.ESCALATED, FlagKind.AT_RISK], "🔴"),
    ],
)
def test_a_list_is_red_once_one_of_its_cases_is_late(kinds: list[FlagKind], sign: str) -> None:
    lines = [an_alarm_line(case_id=CaseId(n), kind=kind) for n, kind in enumerate(kinds)]
    over = an_alarm_line(case_id=CaseId(9), kind=FlagKind.MISSED, outcome=CLAIMED)

    assert drawing(an_alarm(*lines, over)).text.startswith(sign)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (FlagKind.AT_RISK, ("reply by ", "antwoord uiterlijk ")),
        (FlagKind.MISSED, ("late since ", "te laat sinds ")),
        (FlagKind.ESCALATED, ("still waiting, late since ", "wacht nog steeds, te laat sinds ")),
    ],
)
def test_a_line_of_a_list_says_one_thing_about_the_time(kind: FlagKind, words: tuple[str, str]) -> None:
    lines = [an_alarm_line(case_id=CaseId(n), kind=kind) for n in (1, 2)]
    for language, told in zip(LANGUAGES, words, strict=True):
        assert f"@jansen: {told}<!date^" in drawing(an_alarm(*lines), language).text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_end_of_a_long_list_is_told(language: str) -> None:
    links = {CaseId(n): MessageRef("C0123456789", f"1795313561.{n}") for n in range(10_000, 10_010)}
    speech = replace(
        speaking(language),
        thread_url=lambda ref: f"https://wolkenhuis-webcare.slack.com/archives/{ref.channel}/p{ref.ts}",
    )
    lines = [an_alarm_line(case_id=n, words="x" * 500) for n in links]
    message = draw(an_alarm(*lines, total=230, open=230, threads=links), speech)

    assert message.text.endswith(
        (
            "and 220 more: /webcare queue shows the first 15 customers who wait",
            "en nog 220: /webcare wachtrij toont de eerste 15 klanten die wachten",
        )
    )
    assert message.text.count("@jansen") == 10


@given(hostile)
def test_a_customers_words_stay_words(words: str) -> None:
    line = an_alarm_line(words=words, author=replace(CUSTOMER, handle=words, name=words), holder=words)
    for picture in (an_alarm(line, call=None), an_alarm(line, line, call=None, single=False)):
        shown = drawing(picture)
        check(shown)

        assert called(shown) == []
        assert parsed(shown) == ""


@pytest.mark.parametrize("lines", [1, 2])
def test_bait_pings_nobody(lines: int) -> None:
    shown = drawing(an_alarm(*[an_alarm_line(words=BAIT)] * lines, call=None))

    assert called(shown) == []
    assert "<!channel>" not in shown.text
