"""Words in the thread and slash commands: what a line names, and what is said when it names nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.cases.model import Agent, AgentId, CaseId, Status
from bot.cases.posts import Surface
from bot.cases.said import Sentence, ThreadLink, say
from bot.cases.timers import FlagKind
from bot.texts import LANGUAGES, Texts
from bot.work import claims, doors, lists
from tests.contract.samples import MINUTE, NOW
from tests.unit.office import ANN, MO, Office
from tests.unit.office import office as office


def slash(office: Office, line: str, agent: Agent = MO) -> Sentence:
    """What `/webcare` answers to a line."""
    return office.slash(line, agent)


def case_of(line: Sentence) -> int:
    """The case that a line of a list is about."""
    link = line.values["case"]
    assert isinstance(link, ThreadLink)
    return link.case_id


@pytest.mark.parametrize(
    ("line", "number", "rest"),
    [
        ("", "", ""),
        ("12", "12", ""),
        ("#12", "12", ""),
        ("  #12  ", "12", ""),
        ("12 thanks", "12", "thanks"),
        ("#12\nthanks\nagain", "12", "thanks\nagain"),
        ("12th street", "", "12th street"),
        ("# 12", "12", ""),
        ("case 12", "12", ""),
        ("Case12", "12", ""),
        ("nr. 12 thanks", "12", "thanks"),
        ("no. 12", "12", ""),
        ("case nr 12.", "12", ""),
        ("12: thanks", "12", "thanks"),
        ("12, thanks", "12", "thanks"),
        ("1. Turn it off", "", "1. Turn it off"),
        ("1) Turn it off", "", "1) Turn it off"),
        ("3-5 days", "", "3-5 days"),
        ("12:30 is fine", "", "12:30 is fine"),
        ("no 12", "", "no 12"),
        ("thanks 12", "", "thanks 12"),
        ("  thanks  ", "", "thanks"),
    ],
)
def test_a_leading_number_is_split_off(line: str, number: str, rest: str) -> None:
    assert doors.split_number(line) == (number, rest)


@pytest.mark.parametrize(
    ("rest", "answer"),
    [
        ("", say("command.needs_number")),
        ("mine", say("command.needs_number")),
        ("404", say("command.no_such_case", n="404")),
        ("9" * 40, say("command.no_such_case", n="9" * 40)),
    ],
)
def test_a_line_that_names_no_case_is_answered(office: Office, rest: str, answer: Sentence) -> None:
    assert office.slash(f"claim {rest}") == answer


def test_a_case_is_found_by_its_number(office: Office) -> None:
    case = office.case()

    assert office.slash(f"claim #{case.id}") == say("claim.done", n=case.id)


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("", "command.help"),
        ("help", "command.help"),
        ("HELP", "command.help"),
        ("queue", "queue.empty"),
        ("claim", "command.needs_number"),
        ("claim 1", "claim.done"),
        ("claim nr. 1", "claim.done"),
        ("claim: Case1", "claim.done"),
        ("!claim no. 1", "claim.done"),
        ("wachtrij!", "queue.empty"),
        ("Claim #1", "claim.done"),
        ("release 1", "release.nobody"),
        ("close 1", "close.needs_reason_there"),
        ("me ^MK", "me.initials"),
        ("me", "me.now"),
        ("dance", "command.unknown"),
    ],
)
def test_every_slash_command_answers(office: Office, line: str, answer: str) -> None:
    office.case()

    assert slash(office, line).key == answer


@pytest.mark.parametrize("given", ["mk", "MK", "^mk"])
def test_initials_are_kept_in_capitals_without_the_mark(office: Office, given: str) -> None:
    slash(office, f"me {given}")

    agent = office.record.people.agent(MO.id)

    assert agent is not None
    assert agent.initials == "MK"


@pytest.mark.parametrize("given", ["^", "M K", "MARIE", "M1", "M_", "^^MK"])
def test_what_cannot_be_initials_is_refused(office: Office, given: str) -> None:
    assert slash(office, f"me {given}") == say("me.bad_initials")
    assert office.record.people.agent(MO.id) is None


def test_the_queue_lists_the_soonest_and_says_that_it_is_cut(office: Office) -> None:
    for minutes in range(lists.QUEUE + 1):
        office.waiting_case(NOW - minutes * MINUTE)

    answer = slash(office, "queue")

    assert (answer.key, answer.values["count"]) == ("queue.first", lists.QUEUE)
    assert [case_of(line.values["case"]) for line in answer.values["cases"]] == [*range(16, 1, -1)]


@pytest.mark.parametrize(
    ("flag", "mark"),
    [(None, ""), (FlagKind.AT_RISK, "⚠️"), (FlagKind.MISSED, "🔴"), (FlagKind.ESCALATED, "🔴")],
)
def test_the_queue_shows_what_is_urgent(office: Office, flag: FlagKind | None, mark: str) -> None:
    office.waiting_case(flag=flag)

    [line] = slash(office, "queue").values["cases"]

    assert line.values["mark"] == mark


def test_the_queue_shows_what_the_customer_waits_with_on_one_short_line(office: Office) -> None:
    case = office.waiting_case(NOW)
    [post] = office.record.posts.of_case(case.id)
    office.record.posts.save(replace(post, text="Where\nis <!channel> " + "my parcel " * 20))

    [line] = slash(office, "queue").values["cases"]
    words = line.values["case"].values["words"]

    assert words.startswith("Where is <!channel> my parcel")
    assert words.endswith("…")
    assert len(words) <= 60


def test_a_private_reply_without_a_number_goes_to_the_only_case_of_the_agent(office: Office) -> None:
    office.case(status=Status.CLAIMED, assignee=ANN.id)
    mine = office.case(status=Status.CLAIMED, assignee=MO.id)

    answer = office.slash("dm Call us")

    assert answer == say("mode.queued", n=mine.id)
    assert [reply.body for reply in office.record.replies.of_case(mine.id)] == ["Call us"]


INSIDE = pytest.mark.parametrize(
    "text", ["// he threatened us", "  //he threatened us", "!note angry", "!close"]
)


@INSIDE
def test_a_note_behind_the_word_dm_switches_and_stays_inside(office: Office, text: str) -> None:
    case = office.case(status=Status.CLAIMED, assignee=MO.id)
    assert case.thread is not None

    answer = office.word(case, MO, "dm", text)

    assert answer == say("note.behind_dm", answer=say("mode.private", n=case.id, customer="jansen"))
    assert office.now_case(case).mode is Surface.PRIVATE
    assert office.record.replies.of_case(case.id) == []
    assert "note" in office.events(case)


@INSIDE
def test_a_note_behind_the_command_dm_switches_and_stays_inside(office: Office, text: str) -> None:
    case = office.case(status=Status.CLAIMED, assignee=MO.id)

    answer = office.slash(f"dm {case.id} {text}")

    assert answer == say("note.behind_slash", answer=say("mode.private", n=case.id, customer="jansen"))
    assert office.now_case(case).mode is Surface.PRIVATE
    assert office.record.replies.of_case(case.id) == []


@pytest.mark.parametrize(
    ("count", "answer"),
    [(0, "command.no_case_of_yours"), (2, "command.which_case")],
)
def test_without_a_number_and_without_one_case_of_ones_own_a_question_comes_back(
    office: Office, count: int, answer: str
) -> None:
    for _ in range(count):
        office.case(status=Status.CLAIMED, assignee=MO.id)

    private = office.slash("dm Call us")

    assert (private.key, private.values["answer"].key) == ("invite.not_sent", answer)
    assert private.values["text"] == "Call us"
    assert office.slash("public").key == answer


def test_the_choice_names_the_cases_of_the_agent(office: Office) -> None:
    office.case(status=Status.CLAIMED, assignee=ANN.id)
    for _ in range(2):
        office.case(status=Status.CLAIMED, assignee=MO.id)

    answer = office.slash("public")

    assert [case_of(line) for line in answer.values["cases"]] == [2, 3]
    assert [line.values["customer"] for line in answer.values["cases"]] == ["@jansen", "@jansen"]


@pytest.mark.parametrize(
    ("name", "rest", "answer"),
    [
        ("claim", "", "claim.done"),
        ("release", "", "release.nobody"),
        ("close", "", "close.needs_reason"),
        ("dismiss", "", "dismiss.ask"),
        ("dismiss", "because", "dismiss.ask"),
        ("dismiss", "Not ours", "dismiss.done"),
        ("weg", "dubbel", "dismiss.done"),
        ("queue", "", "queue.empty"),
        ("wachtrij", "", "queue.empty"),
        ("me", "", "me.now"),
        ("ik", "^MK", "me.initials"),
        ("note", "", "note.empty"),
        ("note", "she called", "note.kept"),
        ("dm", "", "mode.claim_first"),
        ("public", "", "mode.claim_first"),
        ("help", "", "command.help"),
        ("dance", "", "command.unknown"),
    ],
)
def test_every_word_answers(office: Office, name: str, rest: str, answer: str) -> None:
    case = office.case(id=CaseId(0))
    assert case.thread is not None

    said = office.word(case, MO, name, rest)

    assert said is not None
    assert said.key == answer


def test_an_unknown_word_is_named_with_its_mark(office: Office) -> None:
    case = office.case(assignee=AgentId("U1"))
    assert case.thread is not None

    said = office.word(case, MO, "dance", "")

    assert said == say("command.unknown", word="!dance")


def reasons() -> list[tuple[str, str]]:
    """Each reason to leave a case without a reply, in all the words that name it."""
    labels = [
        (Texts(language).text(f"dismiss.reason.{reason}"), reason)
        for language in LANGUAGES
        for reason in claims.DISMISS_REASONS
    ]
    codes = [(reason, reason) for reason in claims.DISMISS_REASONS]
    others = [("Only venting!", "venting"), ("azijn", "venting"), ("Niet van ons.", "not_ours")]
    return [*labels, *codes, *others]


@pytest.mark.parametrize(("words", "reason"), reasons())
def test_a_reason_is_understood_in_both_languages(office: Office, words: str, reason: str) -> None:
    case = office.case()
    assert case.thread is not None

    office.word(case, MO, "dismiss", words)

    assert office.now_case(case).dismiss_reason == reason


@pytest.mark.parametrize(
    ("typed", "rest", "answer"),
    [
        ("sluiten", "", say("command.in_channel", word="!sluiten")),
        ("close", "12", say("command.in_channel", word="!close")),
        ("foo", "", say("command.unknown", word="!foo")),
        ("hulp", "", say("command.help", when=say("command.after", count=15))),
        ("wachtrij", "", say("queue.empty")),
        ("me", "^MK", say("me.initials", initials="^MK")),
    ],
)
def test_a_word_in_the_channel_is_answered_in_its_own_language(
    office: Office, typed: str, rest: str, answer: Sentence
) -> None:
    said = office.answer(office.tx(), doors.in_channel("C1", typed, rest), MO)

    assert said is not None
    assert said.key == answer.key
    assert {**said.values, **answer.values} == said.values


@pytest.mark.parametrize("line", ["weg 1", "afhandelen 1"])
def test_what_needs_the_thread_is_named_as_it_was_typed(office: Office, line: str) -> None:
    assert slash(office, line) == say("command.in_thread", word=f"!{line.partition(' ')[0]}")


@pytest.mark.parametrize(
    ("line", "answer", "text"),
    [
        ("dm 1 secret words", "mode.claim_first", "secret words"),
        ("privé 2 secret words", "mode.not_yours", "secret words"),
        ("dm 3 secret words", "mode.not_open", "secret words"),
        ("dm 24 hours", "command.no_such_case", "hours"),
    ],
)
def test_words_behind_a_switch_that_is_refused_are_given_back(
    office: Office, line: str, answer: str, text: str
) -> None:
    office.case()
    office.case(status=Status.CLAIMED, assignee=ANN.id)
    office.case(status=Status.CLOSED)

    said = slash(office, line)

    assert (said.key, said.values["answer"].key) == ("invite.not_sent", answer)
    assert said.values["text"] == text
    assert slash(office, line.removesuffix(text)).key == answer
