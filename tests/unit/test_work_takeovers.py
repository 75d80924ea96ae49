"""Taking a case over: asked once, then done; who had it is told, and what they left waiting asks again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.cases.actions import Action, Verb, Via
from bot.cases.model import Agent, AgentId, Case, MessageRef, ReplyState, Status
from bot.cases.outbox import Say
from bot.cases.posts import Surface
from bot.cases.said import Instant, Ping, Sentence, say
from bot.work import (
    claims,
    decisions,
    doors,
    edits,
    pictures,
    replies,
    reply_actions,
    takeovers,
    threads,
)
from bot.work.doors import Reaction
from bot.work.threads import Written
from tests.contract.samples import MINUTE, NOW
from tests.unit.office import ANN, MO, Office, told
from tests.unit.office import office as office

BEA = Agent(AgentId("U3"), "Bea Smit")
QUESTION = MessageRef("C1", "1700000009.700000")


def anns(office: Office, **fields: object) -> Case:
    """A case that Ann claimed at NOW."""
    for agent in (MO, ANN, BEA):
        office.record.people.save_agent(agent)
    case = office.case(**fields)
    claims.claim(office.tx(), case, ANN)
    return office.now_case(case)


def claim(
    office: Office, case: Case, agent: Agent = MO, *, after: timedelta = MINUTE, again: bool = False
) -> Sentence:
    """An agent claims it, as it stands."""
    return told(claims.claim(office.tx(NOW + after), office.now_case(case), agent, again=again))


def press(office: Office, case: Case, agent: Agent = MO, value: str = "U2:") -> Sentence | None:
    """An agent presses "Take over" below the question."""
    now = office.now_case(case)
    return takeovers.press(office.tx(NOW + 2 * MINUTE), now, agent, value, asked=QUESTION).said


def test_the_question_names_who_has_it_since_when_and_has_a_button(office: Office) -> None:
    case = anns(office)
    asked = claim(office, case)

    assert (asked.key, dict(asked.values)) == (
        "claim.taken",
        {"n": case.id, "agent": ANN.name, "since": Instant(NOW)},
    )
    assert [(button.action, button.value) for button in asked.buttons] == [("take_over", f"{case.id}:U2:")]
    assert office.now_case(case) == case


@pytest.mark.parametrize("status", [Status.NEW, Status.ANSWERED])
def test_its_button_gives_the_case_and_tells_who_had_it(office: Office, status: Status) -> None:
    case = anns(office, status=status)
    claim(office, case)

    assert press(office, case) is None
    taken = office.now_case(case)
    assert (taken.assignee, taken.status) == (MO.id, case.status)
    assert office.said()[-2:] == [
        say("takeover.told", who=Ping("U2"), agent=MO.name, n=case.id),
        say("takeover.done", agent=MO.name, n=case.id),
    ]
    assert office.events(case) == ["claimed", "takeover_asked", "taken_over"]


@pytest.mark.parametrize(
    ("minutes", "again", "taken"), [(1, True, True), (9, True, True), (11, True, False), (1, False, False)]
)
def test_a_word_that_is_repeated_within_ten_minutes_is_the_answer(
    office: Office, minutes: int, again: bool, taken: bool
) -> None:
    case = anns(office)
    claim(office, case, after=timedelta())
    answer = claim(office, case, after=minutes * MINUTE, again=again)

    assert answer.key == ("claim.done" if taken else "claim.taken")
    assert (office.now_case(case).assignee == MO.id) is taken


def test_the_first_word_is_never_the_answer_whoever_else_was_asked(office: Office) -> None:
    case = anns(office)
    claim(office, case, BEA)

    assert claim(office, case, MO, again=True).key == "claim.taken"


def test_an_answer_counts_only_for_the_colleague_it_was_about(office: Office) -> None:
    case = anns(office)
    claim(office, case, MO)
    claim(office, case, BEA)
    claim(office, case, BEA, again=True)

    assert claim(office, case, MO, again=True).key == "claim.taken"
    assert office.now_case(case).assignee == BEA.id


def test_a_command_says_how_since_its_answer_has_no_button(office: Office) -> None:
    case = anns(office)
    first = office.slash(f"claim {case.id}", MO)
    second = office.slash(f"claim {case.id}", MO, tx=office.tx(NOW + MINUTE))

    assert (first.key, first.buttons) == ("claim.taken_again", ())
    assert second.key == "claim.done"
    assert office.now_case(case).assignee == MO.id


def test_of_two_who_take_over_at_once_one_gets_it_and_the_other_is_asked_anew(office: Office) -> None:
    case = anns(office)
    press(office, case, MO)
    answer = press(office, case, BEA)
    anew = office.said()[-1]

    assert answer == say("takeover.lost", n=case.id, agent=MO.name)
    assert office.now_case(case).assignee == MO.id
    assert [button.value for button in anew.buttons] == [f"{case.id}:U1:"]
    assert anew.values["answer"].values["since"] == Instant(NOW + 2 * MINUTE)


def test_the_button_does_nothing_for_who_has_it_already(office: Office) -> None:
    case = anns(office)

    assert press(office, case, ANN) == say("takeover.yours", n=case.id)


def take_over(office: Office, case: Case, agent: Agent = MO, value: str = "U2:") -> Sentence | None:
    """The button below the question is pressed in Slack."""
    action = Action(Verb.TAKE_OVER, Via.BUTTON, case.id, argument=value, at=QUESTION, place=QUESTION)
    return office.answer(office.tx(), action, agent)


def shown(office: Office) -> list[str]:
    """What the standing question is made to show, one after the other."""
    return [answered(say.said) for say in office.effects(Say) if say.ref == QUESTION]


def answered(said: Sentence) -> str:
    """What is said, to whomever it is addressed."""
    return str(said.values["answer"].key if "answer" in said.values else said.key)


def asked(office: Office, case: Case, agent: Agent = MO, *, posted: bool = True) -> None:
    """An agent claims a colleague's case by reaction and is asked, in the message QUESTION."""
    office.answer(office.tx(), Action(Verb.CLAIM, Via.REACTION, case.id), agent)
    question = office.entries(Say)[-1]
    assert isinstance(question.effect, Say)
    assert answered(question.effect.said) == "claim.taken"
    if posted:
        office.stand(question, QUESTION)


def test_the_button_tells_that_the_case_was_settled(office: Office) -> None:
    case = anns(office)
    claims.dismiss(office.tx(), case, ANN, "spam")

    assert take_over(office, case) == say("takeover.settled", n=case.id)


def test_the_button_claims_what_was_given_back_meanwhile(office: Office) -> None:
    case = anns(office)
    asked(office, case)
    claims.release(office.tx(), office.now_case(case), ANN)
    take_over(office, case, value="U2:reaction")

    assert (office.now_case(case).assignee, office.now_case(case).claimed_by_reaction) == (MO.id, True)
    assert (shown(office)[0], shown(office)[-1]) == ("takeover.free", "takeover.claimed")


def test_a_colleagues_question_stays_addressed_to_who_asked(office: Office) -> None:
    case = anns(office)
    asked(office, case)
    claims.release(office.tx(), office.now_case(case), ANN)
    take_over(office, case, BEA)
    [*_, last] = [say.said for say in office.effects(Say) if say.ref == QUESTION]

    assert office.now_case(case).assignee == BEA.id
    assert (last.values["agent"], last.values["answer"].key) == (Ping(MO.id), "takeover.with")


@pytest.mark.parametrize(
    ("act", "shows"),
    [("release", "takeover.free"), ("dismiss", "takeover.settled"), ("taken", "takeover.with")],
)
def test_a_question_that_asks_nothing_any_more_says_so(office: Office, act: str, shows: str) -> None:
    case = anns(office)
    asked(office, case)
    if act == "release":
        claims.release(office.tx(), office.now_case(case), ANN)
    elif act == "dismiss":
        claims.dismiss(office.tx(), office.now_case(case), ANN, "spam")
    else:
        takeovers.take(office.tx(), office.now_case(case), BEA, by_reaction=False)

    assert shown(office) == [shows]


@pytest.mark.parametrize(
    ("taker", "told"), [(MO, ["takeover.told"]), (BEA, ["takeover.with", "takeover.told"])]
)
def test_a_question_that_was_not_put_yet_says_how_things_stand_unless_it_was_the_takers(
    office: Office, taker: Agent, told: list[str]
) -> None:
    case = anns(office)
    asked(office, case, posted=False)
    takeovers.take(office.tx(), office.now_case(case), taker, by_reaction=True)

    assert [answered(said) for said in office.said()] == told


def test_what_the_other_left_waiting_is_asked_about(office: Office) -> None:
    case = anns(office)
    reply = office.reply(case, agent=ANN.id)
    press(office, case)

    assert office.now_reply(reply).blocked == say("hold.taken_over", agent=MO.name)
    assert office.said()[-2].key == "takeover.told_waiting"


def test_the_new_one_may_send_it_and_the_old_one_may_only_stop_it(office: Office) -> None:
    case = anns(office)
    reply, other = office.reply(case, agent=ANN.id), office.reply(case, agent=ANN.id, key="k2")
    press(office, case)
    by_old = reply_actions.press(office.tx(), reply.id, "send_anyway", ANN)
    reply_actions.press(office.tx(), reply.id, "send_anyway", MO)
    reply_actions.press(office.tx(), other.id, "stop", ANN)

    assert by_old is not None
    assert (office.now_reply(reply).blocked, office.now_reply(reply).agent) == (None, MO.id)
    assert office.now_reply(other).state is ReplyState.STOPPED


def test_an_edit_by_the_old_one_does_not_let_it_go(office: Office) -> None:
    case = anns(office)
    assert case.thread is not None
    message = MessageRef("C1", "1700000009.100000")
    written = threads.Written(message, case.thread, "On its way!", NOW)
    threads.take_message(office.tx(), written, ANN)
    press(office, case)
    edited = threads.Written(message, case.thread, "On its way today!", NOW, edited="1700000009.800000")
    edits.take_edit(office.tx(), edited, ANN)
    reply = office.record.replies.of_message(message)

    assert reply is not None
    assert reply.blocked == say("hold.taken_over", agent=MO.name)


def test_a_reply_on_its_way_that_comes_back_waits_for_the_new_one(office: Office) -> None:
    case = anns(office)
    reply = office.reply(case, agent=ANN.id, state=ReplyState.SENDING)
    press(office, case)

    assert replies.block_reason(office.tx(), office.now_case(case), reply) == say(
        "hold.taken_over", agent=MO.name
    )


def test_a_reaction_that_the_old_one_takes_away_later_releases_nothing(office: Office) -> None:
    case = office.case()
    assert case.thread is not None
    office.record.people.save_agent(MO)
    put, taken_away = (
        Reaction("eyes", True, "1700000009.100000"),
        Reaction("eyes", False, "1700000009.200000"),
    )
    for agent in (ANN, MO):
        doors.react(office.tx(), case.thread, put, agent)
    press(office, case, value="U2:reaction")
    doors.react(office.tx(), case.thread, taken_away, ANN)
    kept = office.now_case(case).assignee
    doors.react(office.tx(), case.thread, taken_away, MO)

    assert kept == MO.id
    assert office.now_case(case).assignee is None


def test_the_card_tells_who_has_it_and_since_when(office: Office) -> None:
    case = anns(office)
    before = pictures.card(office.tx(), case)
    press(office, case)
    after = pictures.card(office.tx(), office.now_case(case))

    assert (before.assignee, before.since) == (ANN, NOW)
    assert (after.assignee, after.since) == (MO, NOW + 2 * MINUTE)


def test_a_private_case_stays_private(office: Office) -> None:
    case = anns(office, mode=Surface.PRIVATE)
    press(office, case)

    assert office.now_case(case).mode is Surface.PRIVATE


def told_late(office: Office, *claims_of: tuple[Agent, str]) -> Case:
    """A case of Ann's that others claim by reaction, at these stamps, before her release at 9.1 is told."""
    case = anns(office)
    assert case.thread is not None
    for agent, stamp in claims_of:
        doors.react(office.tx(stamp=stamp), case.thread, Reaction("eyes", True, stamp), agent)
    claims.release(office.tx(stamp="1700000009.100000"), office.now_case(case), ANN)
    return office.now_case(case)


def test_who_claimed_after_a_release_that_is_told_later_has_the_case(office: Office) -> None:
    case = told_late(office, (BEA, "1700000009.300000"), (MO, "1700000009.200000"))

    assert (case.assignee, case.claimed_by_reaction) == (MO.id, True)


def test_who_was_asked_before_the_release_is_not_given_the_case(office: Office) -> None:
    assert told_late(office, (MO, "1700000009.000000")).assignee is None


def test_who_took_the_claim_back_is_not_given_the_case(office: Office) -> None:
    case = anns(office)
    assert case.thread is not None
    for added, stamp in ((True, "1700000009.200000"), (False, "1700000009.300000")):
        doors.react(office.tx(stamp=stamp), case.thread, Reaction("eyes", added, stamp), MO)
    claims.release(office.tx(stamp="1700000009.100000"), case, ANN)

    assert office.now_case(case).assignee is None


def test_who_only_asked_to_set_it_aside_is_not_given_the_case(office: Office) -> None:
    case = anns(office)
    tx = office.tx(stamp="1700000009.200000")
    claims.ask_dismiss(tx, case, MO)
    takeovers.ask(tx, case, MO, key="dismiss.taken")
    claims.release(office.tx(stamp="1700000009.100000"), case, ANN)

    assert office.now_case(case).assignee is None


def test_a_takeover_that_a_question_about_a_message_led_to_is_settled_as_well(office: Office) -> None:
    case = office.case()
    assert case.thread is not None
    office.record.people.save_agent(MO)
    office.record.people.save_agent(ANN)
    threads.take_message(office.tx(), Written(QUESTION, case.thread, "On its way!", NOW), MO)
    claims.claim(office.tx(), office.now_case(case), ANN)
    decisions.decide_asked(office.tx(), QUESTION, True, MO, pressed=None)
    asked_before = office.said()
    claims.release(office.tx(), office.now_case(case), ANN)
    asked_after = office.said()

    assert asked_before[-1].values["answer"].key == "claim.taken"
    assert asked_after[len(asked_before) - 1].values["answer"].key == "takeover.free"
