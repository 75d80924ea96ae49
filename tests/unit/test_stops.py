"""What is nearly a stop: it stops the reply that waits, and is never published itself."""

from __future__ import annotations

import pytest

from bot.cases.model import Agent, AgentId, Case, MessageKind, MessageRef, Reply, ReplyState, Status
from bot.guide.intent import is_nearly_stop
from bot.work import threads
from bot.work.threads import Written
from tests.contract.samples import NOW
from tests.unit.office import ANN, MO, Office
from tests.unit.office import office as office

WRITTEN, STOP = MessageRef("C1", "9.1"), MessageRef("C1", "9.2")
EVE = Agent(AgentId("U3"), "Eve Smit")

NEARLY = [
    "! stop",
    "!stop!",
    "! Stop",
    "/stop",
    " / stop",
    "//stop"[1:],
    "stop",
    "Stop.",
    "STOP!!",
    "stop stop stop",
    "!!stop",
    "❗stop",
    "1stop",
    "\u200b! stop",
    "!stpo",
    "!sotp",
    "!stopp",
    "! stp",
    "stoppen",
    "!stopen",
    "wacht",
    "Wacht even!",
    "!wacht",
    "wait",
    "hold on",
    "nee stop",
    "Stop maar",
    "don't send this",
    "niet versturen",
    "annuleer",
    "🛑",
    "❌",
    "✋ stop",
    "stop hem!",
    "stop pls",
    "stop alles",
    "STOP DE REPLY",
    "stop ermee",
    "stuur niet",
    "houd tegen",
    "wait a sec",
    "wrong case",
    "verkeerde case",
    "🛑!",
    "✋🏽",
    "⏸️",
    "!ѕtор",
    "ЅΤΟР",
    "!ｓｔｏｐ",
    "!ꜱᴛᴏᴘ",
    "!stóp",
    "!s\u0336t\u0336o\u0336p\u0336",
    "🇸🇹🇴🇵",
    "!🅂🅃🄾🄿",
    "wаcht!",
]
OTHERS = [
    "Top!",
    "top",
    "Stap voor stap",
    "Stop het apparaat en start het opnieuw.",
    "Wacht u al lang?",
    "Shop",
    "Sorry!",
    "Nee",
    "👍",
    "12",
    "!",
    "",
    "a1" * 25,
    "Please stop emailing me",
    "👍 Top!",
    "👍 Topper",
    "✅ Shop",
    "👣 Stap",
    "(Top)",
    '"Top!"',
    "- Top",
    "> Top",
    "…top",
    ":) Top",
    "1 stap",
    "Niet doen, dan vervalt de garantie.",
    "Тор!",
    "🇳🇱",
]


@pytest.mark.parametrize("text", NEARLY)
def test_what_nearly_says_stop(text: str) -> None:
    assert is_nearly_stop(text)


@pytest.mark.parametrize("text", OTHERS)
def test_what_says_something_else(text: str) -> None:
    assert not is_nearly_stop(text)


def counting_down(office: Office, agent: Agent = MO) -> tuple[Case, Reply]:
    """A case of Mo's, with a reply on its way that `agent` wrote."""
    case = office.case(status=Status.CLAIMED, assignee=MO.id)
    return case, office.reply(case, agent=agent.id, message=WRITTEN)


def write(office: Office, case: Case, text: str, agent: Agent = MO) -> None:
    assert case.thread is not None
    threads.take_message(office.tx(), Written(STOP, case.thread, text, NOW), agent)


def kind(office: Office) -> MessageKind:
    message = office.record.threads.message(STOP)
    assert message is not None
    return message.kind


@pytest.mark.parametrize("text", NEARLY)
def test_it_stops_the_reply_that_counts_down_and_says_so(office: Office, text: str) -> None:
    case, reply = counting_down(office)
    write(office, case, text)

    assert office.now_reply(reply).state is ReplyState.STOPPED
    assert kind(office) is MessageKind.COMMAND
    assert [said.key for said in office.whispers()] == ["stop.done"]
    assert len(office.record.replies.of_case(case.id)) == 1


def test_who_wrote_the_reply_may_stop_it_whoever_has_the_case(office: Office) -> None:
    case, reply = counting_down(office, ANN)
    write(office, case, "stop!", ANN)

    assert office.now_reply(reply).state is ReplyState.STOPPED


def test_nobody_else_stops_it(office: Office) -> None:
    case, reply = counting_down(office)
    write(office, case, "stop!", EVE)

    assert office.now_reply(reply).state is ReplyState.QUEUED
    assert kind(office) is MessageKind.NOTE


@pytest.mark.parametrize("text", ["!stop!", "stop!", "! stop"])
def test_one_that_comes_too_late_is_told_so(office: Office, text: str) -> None:
    case = office.case(status=Status.CLAIMED, assignee=MO.id)
    office.reply(case, message=WRITTEN, state=ReplyState.SENDING)
    write(office, case, text)

    assert kind(office) is MessageKind.COMMAND
    assert [said.key for said in office.said()] == ["reply.too_late"]


@pytest.mark.parametrize("text", ["stop!", "wacht", "! stop"])
def test_where_nothing_waits_it_is_asked_about(office: Office, text: str) -> None:
    case = office.case(status=Status.CLAIMED, assignee=MO.id)
    write(office, case, text)

    assert kind(office) is MessageKind.ASKED
    assert [said.key for said in office.said()] == ["ask.slip"]
    assert office.record.replies.of_case(case.id) == []


def test_a_misspelt_word_for_the_bot_is_answered_where_nothing_waits(office: Office) -> None:
    case = office.case(status=Status.CLAIMED, assignee=MO.id)
    write(office, case, "!stpo")

    assert [said.key for said in office.whispers()] == ["stop.nothing"]


@pytest.mark.parametrize("text", OTHERS[:5])
def test_what_says_something_else_stops_nothing(office: Office, text: str) -> None:
    case, reply = counting_down(office)
    write(office, case, text)

    assert office.now_reply(reply).state is ReplyState.QUEUED
