"""A case's number behind a word in a thread: its own is taken off, another one's is never obeyed here."""

from __future__ import annotations

import pytest

from bot.cases.model import Case, MessageKind, MessageRef, ReplyState, Status
from bot.cases.posts import Surface
from bot.cases.said import Sentence, ThreadLink, say
from bot.work import edits, threads
from bot.work.threads import Written
from tests.contract.samples import NOW
from tests.unit.office import MO, Office
from tests.unit.office import office as office

MESSAGE = MessageRef("C1", "1700000009.100000")


@pytest.fixture
def case(office: Office) -> Case:
    """A case of Mo's; another of hers came before it."""
    office.case(status=Status.ANSWERED, assignee=MO.id)
    return office.case(status=Status.ANSWERED, assignee=MO.id)


def write(office: Office, case: Case, text: str, edited: str = "") -> None:
    """Mo writes, or edits what she wrote, in the thread."""
    assert case.thread is not None
    written = Written(MESSAGE, case.thread, text, NOW, edited=edited)
    act = edits.take_edit if edited else threads.take_message
    act(office.tx(), written, MO)


def answers(office: Office) -> list[Sentence]:
    return [*office.whispers(), *office.said()]


def elsewhere(case: Case, number: str, word: str) -> Sentence:
    other = ThreadLink(1, number)
    return say("command.other_case", n=case.id, other=other, number=number, word=word)


@pytest.mark.parametrize("number", ["2", "#2", "case 2", "nr. 2", "02", "2."])
@pytest.mark.parametrize("word", ["close", "sluit", "geef", "release"])
def test_its_own_number_is_taken_off(office: Office, case: Case, number: str, word: str) -> None:
    write(office, case, f"!{word} {number}")

    assert office.now_case(case).assignee is None


@pytest.mark.parametrize("number", ["1", "#1", "case 1", "Case1", "nr. 1", "1!"])
@pytest.mark.parametrize(
    "word", ["claim", "pak", "close", "sluit", "release", "geef", "public", "openbaar", "dm"]
)
def test_another_number_is_refused_with_both_named(
    office: Office, case: Case, number: str, word: str
) -> None:
    before = office.now_case(case)
    write(office, case, f"!{word} {number}")
    [answer] = answers(office)

    assert office.now_case(case) == before
    assert office.record.replies.of_case(case.id) == []
    assert answer == elsewhere(case, "1", word)


@pytest.mark.parametrize("word", ["geef {n} terug", "geef terug {n}"])
def test_a_number_within_the_word_counts_as_well(office: Office, case: Case, word: str) -> None:
    write(office, case, "!" + word.format(n=1))

    assert office.now_case(case).assignee == MO.id
    assert answers(office) == [elsewhere(case, "1", "geef")]


@pytest.mark.parametrize("text", ["!dismiss 1 spam", "!weg 1", "!stop 1"])
def test_words_that_only_a_thread_knows_send_there(office: Office, case: Case, text: str) -> None:
    write(office, case, text)
    [answer] = answers(office)

    assert answer.key == "command.other_thread"
    assert (answer.values["n"], answer.values["other"]) == (case.id, ThreadLink(1, "1"))


def test_stop_stops_what_waits_here_whatever_its_number(office: Office, case: Case) -> None:
    reply = office.reply(case, message=MessageRef("C1", "1700000008.100000"))
    write(office, case, "!stop 1")

    assert office.now_reply(reply).state is ReplyState.STOPPED


@pytest.mark.parametrize("number", ["404", "9" * 40])
def test_a_number_that_no_case_has_is_refused_too(office: Office, case: Case, number: str) -> None:
    write(office, case, f"!close {number}")

    assert office.now_case(case).status is Status.ANSWERED
    assert answers(office) == [say("command.other_unknown", n=case.id, other=number)]


@pytest.mark.parametrize(
    "text", ["1 hi there", "#1 hi there", "1: hi there", "1 dagen geleden besteld", "24 hours"]
)
@pytest.mark.parametrize("word", ["dm", "privé"])
def test_words_for_one_customer_never_go_to_another(office: Office, case: Case, word: str, text: str) -> None:
    write(office, case, f"!{word} {text}")
    [answer] = office.said()

    assert office.record.replies.of_case(case.id) == []
    assert office.now_case(case).mode is Surface.PUBLIC
    assert answer.key == "invite.not_sent_here"
    assert answer.values["answer"].key == "command.other_text"
    assert answer.values["answer"].values["word"] == word


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("!dm 2 hi there", "hi there"),
        ("!dm #2 hi there", "hi there"),
        ("!dm case 2: hi there", "hi there"),
        ("!dm 2 24 hours is too long", "24 hours is too long"),
        ("!dm 1. off\n2. on", "1. off\n2. on"),
        ("!dm 3-5 days", "3-5 days"),
        ("!dm hi there 1", "hi there 1"),
    ],
)
def test_what_follows_its_own_number_goes_out(office: Office, case: Case, text: str, body: str) -> None:
    write(office, case, text)

    assert [reply.body for reply in office.record.replies.of_case(case.id)] == [body]


def test_a_note_behind_its_own_number_stays_inside(office: Office, case: Case) -> None:
    write(office, case, "!dm 2 // he lies")

    assert office.record.replies.of_case(case.id) == []


def test_a_number_in_a_note_is_part_of_it(office: Office, case: Case) -> None:
    write(office, case, "!note 1 parcel is lost")

    assert answers(office) == [say("note.kept")]


@pytest.mark.parametrize(
    ("text", "body", "blocked"),
    [
        ("!dm 2 hi again", "hi again", None),
        ("!dm hi again", "hi again", None),
        ("!dm 1 hi again", "1 hi again", say("hold.slip")),
    ],
)
def test_an_edit_of_a_private_reply_is_read_alike(
    office: Office, case: Case, text: str, body: str, blocked: Sentence | None
) -> None:
    write(office, case, "!dm 2 hi there")
    write(office, case, text, edited="1700000009.200000")
    [reply] = office.record.replies.of_case(case.id)

    assert (reply.body, reply.blocked) == (body, blocked)


def test_an_edit_that_leaves_only_the_number_stops_it(office: Office, case: Case) -> None:
    write(office, case, "!dm 2 hi there")
    write(office, case, "!dm 2", edited="1700000009.200000")
    [reply] = office.record.replies.of_case(case.id)

    assert reply.state is ReplyState.STOPPED


@pytest.mark.parametrize("text", ["!close!", "!close.", "!Close?", "!close: 2", "!close, please", "!sluit…"])
def test_what_hangs_on_a_word_does_not_make_it_another(office: Office, case: Case, text: str) -> None:
    write(office, case, text)
    message = office.record.threads.message(MESSAGE)

    assert office.now_case(case).status is Status.CLOSED
    assert message is not None
    assert message.kind is MessageKind.COMMAND
