"""Claiming, releasing, closing and dismissing: what each leads to from every status."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.cases.model import SETTLED, AgentId, Case, Invited, MessageRef, Reply, ReplyState, Status
from bot.cases.posts import Surface
from bot.cases.said import Instant, Ping, Sentence, say
from bot.work import claims, pictures
from tests.contract.samples import MINUTE, NOW
from tests.unit.office import ANN, MO, Office, told
from tests.unit.office import office as office

Act = Callable[[Office, Case], Sentence]


def claim(office: Office, case: Case) -> Sentence:
    return told(claims.claim(office.tx(), case, MO))


def release(office: Office, case: Case) -> Sentence:
    return told(claims.release(office.tx(), case, MO))


def close(office: Office, case: Case) -> Sentence:
    return told(claims.close(office.tx(), case, MO))


def dismiss(office: Office, case: Case) -> Sentence:
    return told(claims.dismiss(office.tx(), case, MO, "spam"))


def ask_dismiss(office: Office, case: Case) -> Sentence:
    return told(claims.ask_dismiss(office.tx(), case, MO))


@pytest.mark.parametrize(
    ("act", "status", "answer", "then"),
    [
        (claim, Status.NEW, "claim.done", Status.CLAIMED),
        (claim, Status.ANSWERED, "claim.done", Status.ANSWERED),
        (claim, Status.CLOSED, "claim.done", Status.ANSWERED),
        (claim, Status.DISMISSED, "claim.done", Status.CLAIMED),
        (release, Status.NEW, "release.nobody", Status.NEW),
        (release, Status.ANSWERED, "release.nobody", Status.ANSWERED),
        (release, Status.CLOSED, "release.nobody", Status.CLOSED),
        (release, Status.DISMISSED, "release.nobody", Status.DISMISSED),
        (close, Status.NEW, "close.needs_reason", Status.NEW),
        (close, Status.ANSWERED, "close.done", Status.CLOSED),
        (close, Status.CLOSED, "close.not_open", Status.CLOSED),
        (close, Status.DISMISSED, "close.not_open", Status.DISMISSED),
        (dismiss, Status.NEW, "dismiss.done", Status.DISMISSED),
        (dismiss, Status.ANSWERED, "dismiss.answered", Status.ANSWERED),
        (dismiss, Status.CLOSED, "close.not_open", Status.CLOSED),
        (dismiss, Status.DISMISSED, "close.not_open", Status.DISMISSED),
        (ask_dismiss, Status.NEW, "dismiss.ask", Status.NEW),
        (ask_dismiss, Status.ANSWERED, "dismiss.answered", Status.ANSWERED),
        (ask_dismiss, Status.CLOSED, "close.not_open", Status.CLOSED),
        (ask_dismiss, Status.DISMISSED, "close.not_open", Status.DISMISSED),
    ],
)
def test_a_case_that_nobody_has_follows_the_table(
    office: Office, act: Act, status: Status, answer: str, then: Status
) -> None:
    case = office.case(status=status)

    assert act(office, case).key == answer
    assert office.now_case(case).status is then


@pytest.mark.parametrize(
    ("act", "status", "answer", "then"),
    [
        (claim, Status.CLAIMED, "claim.done", Status.CLAIMED),
        (claim, Status.ANSWERED, "claim.done", Status.ANSWERED),
        (release, Status.CLAIMED, "release.done", Status.NEW),
        (release, Status.ANSWERED, "release.done", Status.ANSWERED),
        (close, Status.CLAIMED, "close.needs_reason", Status.CLAIMED),
        (close, Status.ANSWERED, "close.done", Status.CLOSED),
        (dismiss, Status.CLAIMED, "dismiss.done", Status.DISMISSED),
        (dismiss, Status.ANSWERED, "dismiss.answered", Status.ANSWERED),
        (ask_dismiss, Status.CLAIMED, "dismiss.ask", Status.CLAIMED),
    ],
)
def test_a_case_of_ones_own_follows_the_table(
    office: Office, act: Act, status: Status, answer: str, then: Status
) -> None:
    case = office.case(status=status, assignee=MO.id)

    assert act(office, case).key == answer
    assert office.now_case(case).status is then


@pytest.mark.parametrize(("act", "answer"), [(claim, "claim.taken"), (release, "release.not_yours")])
@pytest.mark.parametrize("status", [Status.CLAIMED, Status.ANSWERED])
def test_a_case_of_a_colleague_is_neither_taken_nor_given_back_at_once(
    office: Office, act: Act, answer: str, status: Status
) -> None:
    office.record.people.save_agent(ANN)
    case = office.case(status=status, assignee=ANN.id)
    told = act(office, case)

    assert (told.key, told.values["n"], told.values["agent"]) == (answer, case.id, ANN.name)
    assert office.now_case(case) == case


def test_claiming_ones_own_case_again_leaves_no_trace(office: Office) -> None:
    case = office.case(status=Status.CLAIMED, assignee=MO.id)
    claim(office, case)

    assert office.now_case(case) == case
    assert office.events(case) == []


def test_a_claim_repeated_by_reaction_can_be_taken_back_by_reaction(office: Office) -> None:
    case = office.case(status=Status.CLAIMED, assignee=MO.id)
    claims.claim(office.tx(), case, MO, by_reaction=True)

    assert office.now_case(case).claimed_by_reaction


def test_a_claim_does_not_stop_the_clock(office: Office) -> None:
    case = office.waiting_case()
    claim(office, case)

    assert office.now_case(case).due_at == case.due_at


def test_claiming_a_dismissed_case_starts_the_clock_of_its_oldest_unanswered_mention(office: Office) -> None:
    case = office.case(status=Status.DISMISSED, closed_at=NOW, dismiss_reason="spam")
    office.mention(case, created_at=NOW + MINUTE)
    claim(office, case)

    claimed = office.now_case(case)

    assert (claimed.waiting_since, claimed.due_at) == (NOW, NOW + 60 * MINUTE)
    assert (claimed.closed_at, claimed.dismiss_reason) == (None, "")


def test_claiming_a_closed_case_that_was_answered_starts_no_clock(office: Office) -> None:
    case = office.case(status=Status.CLOSED, closed_at=NOW)
    office.reply(case, state=ReplyState.SENT, sent_at=NOW)
    claim(office, case)

    assert office.now_case(case).waiting_since is None


def test_releasing_holds_what_waits_and_remembers_who_had_it(office: Office) -> None:
    case = office.case(status=Status.CLAIMED, assignee=MO.id, claimed_by_reaction=True)
    reply = office.reply(case)
    release(office, case)

    released = office.now_case(case)

    assert (released.assignee, released.last_assignee, released.claimed_by_reaction) == (None, MO.id, False)
    assert office.now_reply(reply).blocked == say("hold.released")


@pytest.mark.parametrize("status", [Status.NEW, Status.CLAIMED])
def test_a_case_that_was_answered_once_closes_over_a_thank_you(office: Office, status: Status) -> None:
    case = office.waiting_case(status=status, first_replied_at=NOW)

    assert close(office, case).key == "close.done"
    closed = office.now_case(case)
    assert (closed.status, closed.dismiss_reason) == (Status.CLOSED, claims.NO_ANSWER_NEEDED)
    assert (closed.waiting_since, closed.due_at) == (None, None)
    assert office.events(case) == ["closed", "closed_unanswered"]


def test_a_case_whose_customer_has_the_last_answer_closes_without_a_reason(office: Office) -> None:
    case = office.case(status=Status.ANSWERED, first_replied_at=NOW)
    close(office, case)

    assert office.now_case(case).dismiss_reason == ""
    assert office.events(case) == ["closed"]


def test_a_case_that_was_never_answered_is_asked_the_reason_of_and_set_aside_with_it(office: Office) -> None:
    case = office.waiting_case()
    question = close(office, case)

    assert [button.action for button in question.buttons] == ["dismiss_reason"] * len(claims.DISMISS_REASONS)
    assert office.now_case(case) == case


def test_a_case_that_comes_back_has_no_reason_any_more(office: Office) -> None:
    case = office.waiting_case(status=Status.CLAIMED, first_replied_at=NOW)
    close(office, case)
    claim(office, office.now_case(case))

    assert office.now_case(case).dismiss_reason == ""


def test_azijn_is_still_understood(office: Office) -> None:
    case = office.case()
    claims.dismiss(office.tx(), case, MO, "azijn")

    assert office.now_case(case).dismiss_reason == "venting"


@pytest.mark.parametrize("status", [Status.NEW, Status.CLAIMED, Status.ANSWERED])
def test_a_reply_that_waits_for_a_person_is_decided_about_before_closing(
    office: Office, status: Status
) -> None:
    case = office.case(status=status, assignee=MO.id, first_replied_at=NOW)
    office.reply(case, blocked=say("hold.draft"))

    assert close(office, case).key == "close.reply_held"
    assert office.now_case(case) == case


@pytest.mark.parametrize("state", [ReplyState.QUEUED, ReplyState.SENDING, ReplyState.UNCONFIRMED])
def test_a_case_with_a_reply_on_its_way_stays_open(office: Office, state: ReplyState) -> None:
    case = office.case(status=Status.ANSWERED, assignee=MO.id)
    office.reply(case, state=state)

    assert close(office, case).key == "close.reply_waiting"
    assert office.now_case(case) == case


@pytest.mark.parametrize("state", [ReplyState.SENT, ReplyState.FAILED, ReplyState.STOPPED])
def test_a_case_whose_replies_are_over_is_closed(office: Office, state: ReplyState) -> None:
    case = office.case(status=Status.ANSWERED, assignee=MO.id)
    office.reply(case, state=state)

    assert close(office, case).key == "close.done"


@pytest.mark.parametrize(("assignee", "remembered"), [(None, MO.id), (ANN.id, ANN.id)])
def test_a_closed_case_is_nobodys_and_knows_who_had_it(
    office: Office, assignee: AgentId | None, remembered: AgentId
) -> None:
    case = office.case(status=Status.ANSWERED, assignee=assignee)
    close(office, case)

    closed = office.now_case(case)

    assert (closed.assignee, closed.last_assignee) == (None, remembered)
    assert closed.closed_at == NOW


@pytest.mark.parametrize(("act", "status"), [(close, Status.ANSWERED), (dismiss, Status.CLAIMED)])
def test_a_private_case_stays_private_when_it_is_settled_and_claimed_again(
    office: Office, act: Act, status: Status
) -> None:
    case = office.case(status=status, assignee=MO.id, mode=Surface.PRIVATE)
    act(office, case)
    claim(office, office.now_case(case))

    assert office.now_case(case).mode is Surface.PRIVATE


@pytest.mark.parametrize(("act", "status"), [(close, Status.ANSWERED), (dismiss, Status.CLAIMED)])
def test_a_settled_case_waits_for_no_customer(office: Office, act: Act, status: Status) -> None:
    case = office.case(status=status, assignee=MO.id, invited=Invited.UNDECIDED)
    act(office, case)

    assert office.now_case(case).invited is Invited.NO


def test_dismissing_stops_the_clock_and_what_waits(office: Office) -> None:
    case = office.waiting_case(status=Status.CLAIMED, assignee=MO.id)
    reply = office.reply(case)
    dismiss(office, case)

    dismissed = office.now_case(case)

    assert (dismissed.waiting_since, dismissed.due_at, dismissed.dismiss_reason) == (None, None, "spam")
    assert office.now_reply(reply).state is ReplyState.STOPPED


@pytest.mark.parametrize("state", [ReplyState.SENDING, ReplyState.UNCONFIRMED])
def test_a_case_whose_reply_may_be_out_is_not_dismissed(office: Office, state: ReplyState) -> None:
    case = office.case(status=Status.CLAIMED, assignee=MO.id)
    waiting = office.reply(case, message=MessageRef("C1", "1700000005.100000"))
    office.reply(case, state=state)

    assert dismiss(office, case).key == "dismiss.has_reply"
    assert office.now_case(case) == case
    assert office.now_reply(waiting) == waiting


def anns_with_a_reply(office: Office, **fields: object) -> tuple[Case, Reply]:
    """A case that Ann has since NOW, whose customer her reply waits for."""
    for agent in (MO, ANN):
        office.record.people.save_agent(agent)
    case = office.case()
    claims.claim(office.tx(), case, ANN)
    return office.now_case(case), office.reply(case, **{"agent": ANN.id} | fields)


@pytest.mark.parametrize("act", [dismiss, ask_dismiss])
@pytest.mark.parametrize("blocked", [None, say("hold.draft")])
def test_what_a_colleague_left_waiting_is_not_killed_unasked(
    office: Office, act: Act, blocked: Sentence | None
) -> None:
    case, reply = anns_with_a_reply(office, blocked=blocked)
    told = act(office, case)

    assert (told.key, dict(told.values)) == (
        "dismiss.taken",
        {"n": case.id, "agent": ANN.name, "since": Instant(NOW)},
    )
    assert [(button.action, button.value) for button in told.buttons] == [("take_over", f"{case.id}:U2:")]
    assert (office.now_case(case), office.now_reply(reply)) == (case, reply)


def test_who_took_the_case_over_sets_it_aside_and_the_line_names_them(office: Office) -> None:
    case, reply = anns_with_a_reply(office)
    dismiss(office, case)
    claims.claim(office.tx(), case, MO, again=True)

    assert dismiss(office, office.now_case(case)).key == "dismiss.done"
    stopped = office.now_reply(reply)
    assert stopped.state is ReplyState.STOPPED
    assert pictures.line(office.tx(), case, stopped).stopped_by == MO.name


def test_a_reply_that_its_writer_stopped_names_nobody(office: Office) -> None:
    case, reply = anns_with_a_reply(office)
    claims.dismiss(office.tx(), case, ANN, "spam")
    stopped = office.now_reply(reply)

    assert stopped.state is ReplyState.STOPPED
    assert pictures.line(office.tx(), case, stopped).stopped_by == ""
    assert office.said() == []


def test_what_the_writer_of_a_released_case_left_waiting_is_first_claimed(office: Office) -> None:
    case, reply = anns_with_a_reply(office)
    claims.release(office.tx(), case, ANN)
    blocked = office.now_reply(reply)

    assert dismiss(office, office.now_case(case)).key == "dismiss.claim_first"
    assert office.now_reply(reply) == blocked
    assert claims.dismiss(office.tx(), office.now_case(case), ANN, "spam").done


@pytest.mark.parametrize(
    ("act", "status", "key"),
    [(dismiss, Status.CLAIMED, "dismiss.told"), (close, Status.ANSWERED, "close.told")],
)
def test_who_had_a_case_that_a_colleague_settles_is_called(
    office: Office, act: Act, status: Status, key: str
) -> None:
    act(office, office.case(status=status, assignee=MO.id))
    assert office.said() == []

    case = office.case(status=status, assignee=ANN.id, root_id="9")
    act(office, case)
    told = office.said()[-1]

    assert (told.key, told.values["who"], told.values["agent"]) == (key, Ping("U2"), MO.name)
    assert office.now_case(case).status in SETTLED


def test_a_reason_that_is_not_on_the_list_is_asked_for(office: Office) -> None:
    case = office.case()

    answer = claims.dismiss(office.tx(), case, MO, "boredom")

    assert answer.said is not None
    assert [button.value for button in answer.said.buttons] == [
        f"{case.id}:{reason}" for reason in claims.DISMISS_REASONS
    ]
    assert office.now_case(case) == case
