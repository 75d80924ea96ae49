"""Due times of other settings: they stay until somebody asks for new ones."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.cases.installation import Promise, Targets
from bot.cases.model import Case
from bot.cases.timers import FlagKind
from bot.work import alarms, due_times, turns
from tests.contract.samples import BRAND, MINUTE, NOW, a_post
from tests.unit.office import Office
from tests.unit.office import office as office

HOUR = 60 * MINUTE


def a_mention(office: Office) -> Case:
    """A case as intake opens it, with the due time of the settings of now."""
    office.take_in(a_post())
    [case] = office.record.cases.open()
    return case


def test_a_due_time_stays_when_the_settings_change(office: Office) -> None:
    case = a_mention(office)
    office.configure_team(targets=Targets(first_reply=2 * HOUR))

    assert [kept.id for kept, _ in due_times.kept(office.tx())] == [case.id]
    assert office.now_case(case).due_at == case.due_at


def test_who_asks_for_it_gets_new_ones_and_the_card_and_the_history_show_it(office: Office) -> None:
    case = a_mention(office)
    office.configure_team(targets=Targets(first_reply=2 * HOUR))
    moved = due_times.set_anew(office.tx(), 10)

    assert moved == 1
    assert case.waiting_since is not None
    assert office.now_case(case).due_at == case.waiting_since + 2 * HOUR
    assert office.events(case)[-1] == "due_moved"
    assert not due_times.kept(office.tx())


def test_no_more_are_moved_at_once_than_asked_for(office: Office) -> None:
    for number in range(3):
        office.take_in(a_post(f"90{number}", root_id=f"90{number}", author_id=f"90{number}"))
    office.configure_team(targets=Targets(first_reply=2 * HOUR))

    assert [due_times.set_anew(office.tx(), 2) for _ in range(3)] == [2, 1, 0]


def test_a_case_that_is_no_longer_late_is_flagged_again_in_its_new_time(office: Office) -> None:
    case = a_mention(office)
    turns.flag(office.tx(NOW + HOUR))
    assert office.now_case(case).flag is FlagKind.MISSED
    office.configure_team(targets=Targets(first_reply=2 * HOUR, warn_before=timedelta(0)))
    due_times.set_anew(office.tx(NOW + HOUR), 10)

    assert office.now_case(case).flag is None
    turns.flag(office.tx(NOW + 2 * HOUR))
    flags = office.record.alarms.flags_of(case.id)
    assert [flag.kind for flag in flags] == [FlagKind.MISSED, FlagKind.MISSED]
    assert not alarms.stands(office.tx(), office.now_case(case), flags[0])


@pytest.mark.parametrize("promised", [Promise(), Promise(first_reply=HOUR)])
def test_settings_that_say_the_same_change_nothing(office: Office, promised: Promise) -> None:
    a_mention(office)
    office.configure_team(targets=Targets(per_account={BRAND: promised}))

    assert not due_times.kept(office.tx())
