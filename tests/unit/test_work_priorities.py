"""The priority of a case: by a rule, by an agent, and what it does to the clock."""

from __future__ import annotations

import pytest

from bot.cases.installation import Promise, Targets
from bot.cases.model import Case
from bot.cases.outbox import Card, Rank
from bot.cases.priority import Priority, Rule
from bot.cases.timers import FlagKind
from bot.work import turns
from tests.contract.samples import MINUTE, NOW, a_post
from tests.unit.office import MO, Office
from tests.unit.office import office as office

RULES = (Rule(Priority.URGENT, ("lawyer",)), Rule(Priority.LOW, ("thanks",)))
SOON = Targets(first_reply=60 * MINUTE, per_priority={Priority.URGENT: Promise(first_reply=15 * MINUTE)})


@pytest.fixture(autouse=True)
def _rules(office: Office) -> None:
    office.configure_team(priority=RULES, targets=SOON)


def a_mention(office: Office, text: str, number: str = "1500") -> Case:
    """The case that a mention opens."""
    office.take_in(a_post(number, text=text, root_id=number, author_id=number))
    return max(office.record.cases.open(), key=lambda case: case.id)


def test_a_rule_gives_a_mention_its_priority_its_reason_and_its_target(office: Office) -> None:
    case = a_mention(office, "I call my lawyer")

    assert case.priority is Priority.URGENT
    assert case.priority_reason is not None
    assert case.priority_reason.values == {"word": "lawyer"}
    assert case.waiting_since is not None
    assert case.due_at == case.waiting_since + 15 * MINUTE


def test_without_a_rule_that_holds_it_is_an_ordinary_one(office: Office) -> None:
    case = a_mention(office, "Where is it?")

    assert (case.priority, case.priority_reason) == (Priority.NORMAL, None)


@pytest.mark.parametrize(("later", "priority"), [("my lawyer", Priority.URGENT), ("thanks", Priority.NORMAL)])
def test_a_later_post_only_raises_it_and_the_due_time_follows(
    office: Office, later: str, priority: Priority
) -> None:
    case = a_mention(office, "Where is it?")
    office.take_in(a_post("1501", text=later, root_id="1500", author_id="1500"))
    after = office.now_case(case)

    assert after.priority is priority
    assert case.waiting_since is not None
    promised = 15 if priority is Priority.URGENT else 60
    assert after.due_at == case.waiting_since + promised * MINUTE


@pytest.mark.parametrize(
    ("word", "priority"),
    [
        ("urgent", Priority.URGENT),
        ("spoed", Priority.URGENT),
        ("priority high", Priority.HIGH),
        ("prioriteit Laag", Priority.LOW),
        ("prio urgent please", Priority.URGENT),
    ],
)
def test_an_agent_sets_it_in_words(office: Office, word: str, priority: Priority) -> None:
    case = office.case()
    name, _, rest = word.partition(" ")
    office.word(case, MO, name, rest)

    assert office.now_case(case).priority is priority
    assert office.said()[-1].key == "priority.set"
    assert office.events(case)[-1] == "priority"


@pytest.mark.parametrize("rest", ["", "soon"])
def test_a_level_that_nobody_knows_is_answered_with_those_there_are(office: Office, rest: str) -> None:
    case = office.case()
    said = office.word(case, MO, "priority", rest)

    assert said is not None
    assert said.key == "priority.which"
    assert office.now_case(case) == case


def test_the_same_again_changes_nothing(office: Office) -> None:
    case = office.case()
    said = office.word(case, MO, "priority", "normal")

    assert said is not None
    assert said.key == "priority.same"
    assert office.events(case) == []


def test_a_changed_priority_moves_the_due_time_and_says_so_in_the_thread(office: Office) -> None:
    case = a_mention(office, "Where is it?")
    office.word(case, MO, "urgent")
    after = office.now_case(case)

    assert case.waiting_since is not None
    assert after.due_at == case.waiting_since + 15 * MINUTE
    assert office.said()[-1].key == "priority.set_due"
    assert office.said()[-1].values["due"].at == after.due_at
    assert {"due_moved", "priority"} <= set(office.events(case))


def test_a_case_that_is_late_already_is_not_late_a_second_time(office: Office) -> None:
    case = a_mention(office, "Where is it?")
    turns.flag(office.tx(NOW + 90 * MINUTE))
    office.word(case, MO, "urgent", tx=office.tx(NOW + 90 * MINUTE))
    turns.flag(office.tx(NOW + 91 * MINUTE))

    assert office.now_case(case).due_at == case.due_at
    assert [flag.kind for flag in office.record.alarms.flags_of(case.id)] == [FlagKind.MISSED]


def test_what_goes_first_is_posted_and_listed_first(office: Office) -> None:
    later = a_mention(office, "Where is it?", "1500")
    first = a_mention(office, "I call my lawyer", "1600")
    low = a_mention(office, "thanks", "1700")
    office.record.cases.save(office.now_case(low))

    waiting = office.record.outbox.waiting()
    ranks = {entry.effect.case_id: entry.rank for entry in waiting if isinstance(entry.effect, Card)}
    assert (ranks[first.id], ranks[later.id]) == (Rank.WARNING, Rank.CUSTOMER)
    assert [case.id for case in office.record.cases.queue(9)] == [first.id, later.id, low.id]
