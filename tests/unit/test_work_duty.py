"""Who is told in which step, who is there, who is away."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.cases.duty import Absence, Roster, Shift
from bot.cases.escalation import Step
from bot.cases.hours import Hours, Period
from bot.cases.installation import Targets
from bot.cases.model import AgentId, Case
from bot.cases.said import Call, Calls, Ping
from bot.cases.timers import FlagKind, TimerKind
from bot.work import alarms, claims, duty, replies, shifts, turns
from bot.work.replies import Words
from tests.contract.samples import MINUTE, NOW, a_post
from tests.unit.office import ANN, MO, Office
from tests.unit.office import office as office

ZONE = ZoneInfo("UTC")
HOUR = timedelta(hours=1)
#: The whole week, so that only the hours of the day matter.
MIDNIGHT = NOW.replace(hour=0, minute=0, second=0, microsecond=0)
PAST = NOW - MIDNIGHT
STEPS = (
    Step(FlagKind.AT_RISK, "assignee_or_duty"),
    Step(FlagKind.MISSED, "lead"),
    Step(FlagKind.MISSED, "duty", again=timedelta(minutes=30), times=2),
)


def roster(*spans: tuple[timedelta, timedelta, str]) -> Roster:
    """Shifts of each day, by how long after NOW they begin and end."""
    shifts = tuple(Shift((PAST + begins, PAST + ends), who.split()) for begins, ends, who in spans)
    return Roster(ZONE, dict.fromkeys(range(7), shifts))


@pytest.fixture(autouse=True)
def _desk(office: Office) -> None:
    office.configure_team(
        escalation=STEPS,
        leads=("U9",),
        roster=roster((-HOUR, 4 * HOUR, f"{ANN.id} U7")),
        targets=Targets(first_reply=HOUR, warn_before=15 * MINUTE),
    )


def a_mention(office: Office) -> Case:
    """The case that a mention at NOW opens."""
    office.take_in(a_post(created_at=NOW))
    [case] = office.record.cases.open()
    return case


def called(office: Office) -> list[object]:
    """Whom each alarm calls, oldest first."""
    pictures = [alarms.picture(office.tx(), alarm) for alarm in office.alarms()]
    return [picture.call for picture in pictures if picture is not None]


def pings(*who: str) -> Calls:
    """These people, called together."""
    return Calls(tuple(Ping(each) for each in who))


def test_each_step_calls_whom_it_names(office: Office) -> None:
    a_mention(office)
    for minutes in (45, 60, 90, 120, 150):
        for _ in range(2):
            turns.flag(office.tx(NOW + minutes * MINUTE))

    on_duty = pings(ANN.id, "U7")
    assert called(office) == [on_duty, pings("U9"), on_duty, on_duty]


def test_who_has_the_case_is_warned_alone(office: Office) -> None:
    case = a_mention(office)
    claims.claim(office.tx(), case, MO)
    turns.flag(office.tx(NOW + 45 * MINUTE))

    assert called(office) == [Ping(MO.id)]


def test_where_nobody_is_on_duty_the_channel_is_called(office: Office) -> None:
    office.configure_team(roster=roster((5 * HOUR, 6 * HOUR, ANN.id)))
    a_mention(office)
    turns.flag(office.tx(NOW + 45 * MINUTE))

    assert called(office) == [Call("channel")]


def test_who_is_away_is_not_called(office: Office) -> None:
    office.record.duty.go_away(Absence(ANN.id, NOW))
    a_mention(office)
    turns.flag(office.tx(NOW + 45 * MINUTE))

    assert called(office) == [pings("U7")]


def test_a_list_names_every_case_however_many_steps_were_said_of_each(office: Office) -> None:
    second = timedelta(seconds=1)
    steps = (Step(FlagKind.AT_RISK, "channel"), Step(FlagKind.MISSED, "channel", again=second, times=9))
    office.configure_team(escalation=steps, targets=Targets(first_reply=20 * second, warn_before=10 * second))
    for number in range(alarms.LINES):
        office.take_in(a_post(f"9{number}", root_id=f"9{number}", author_id=f"9{number}", created_at=NOW))
    for seconds in range(8, 32):
        turns.flag(office.tx(NOW + seconds * second))
    [alarm] = office.alarms()
    picture = alarms.picture(office.tx(), alarm)

    assert picture is not None
    assert len(picture.lines) == picture.total == alarms.LINES


def test_after_an_answer_nothing_is_said_again(office: Office) -> None:
    case = a_mention(office)
    turns.flag(office.tx(NOW + HOUR))
    claims.dismiss(office.tx(NOW + HOUR), office.now_case(case), MO, "spam")
    turns.flag(office.tx(NOW + 3 * HOUR))

    assert [flag.kind for flag in office.record.alarms.flags_of(case.id)] == [FlagKind.MISSED]


class TestOutsideHours:
    @pytest.fixture(autouse=True)
    def _closed(self, office: Office) -> None:
        """Open until half past the due time, and again an hour later."""
        blocks = ((timedelta(0), PAST + 80 * MINUTE), (PAST + 140 * MINUTE, timedelta(days=1)))
        office.configure_team(hours=Hours(ZONE, [Period(dict.fromkeys(range(7), blocks))]))

    def test_nobody_is_called_before_the_next_opening(self, office: Office) -> None:
        a_mention(office)
        turns.flag(office.tx(NOW + 100 * MINUTE))
        assert called(office) == [None]
        assert alarms.call_again(office.tx(NOW + 100 * MINUTE)) == NOW + 140 * MINUTE
        alarms.call_again(office.tx(NOW + 140 * MINUTE))

        assert called(office) == [None, pings("U9")]

    def test_a_step_that_always_calls_does(self, office: Office) -> None:
        office.configure_team(escalation=(Step(FlagKind.MISSED, "lead", always=True),))
        a_mention(office)
        turns.flag(office.tx(NOW + 100 * MINUTE))

        assert called(office) == [pings("U9")]

    def test_what_is_repeated_is_repeated_in_service_time(self, office: Office) -> None:
        case = a_mention(office)
        turns.flag(office.tx(NOW + 60 * MINUTE))

        assert office.now_case(case).answer_due is not None
        assert office.record.timers.next_due() == NOW + 150 * MINUTE


class TestAway:
    def test_cases_without_a_reply_are_free_again(self, office: Office) -> None:
        case = a_mention(office)
        claims.claim(office.tx(), case, MO)
        said = office.slash("away until 23:59")

        assert said.key == "away.until"
        assert said.values["count"] == 1
        assert office.now_case(case).assignee is None
        assert office.said()[-1].key == "away.freed"

    def test_a_reply_that_is_on_its_way_keeps_its_case(self, office: Office) -> None:
        case = a_mention(office)
        claims.claim(office.tx(), case, MO)
        replies.queue(office.tx(), office.now_case(case), MO, Words("On its way."))
        office.slash("away")

        assert office.now_case(case).assignee == MO.id

    def test_it_ends_by_word_and_with_its_time(self, office: Office) -> None:
        office.slash("away")
        assert [absence.agent for absence in office.record.duty.away(NOW)] == [MO.id]
        assert office.slash("here").key == "away.back"
        assert office.slash("here").key == "away.was_here"
        office.record.duty.go_away(Absence(MO.id, NOW, NOW + HOUR))
        assert not office.record.duty.away(NOW + HOUR)

    def test_a_time_that_cannot_be_is_answered_with_an_example(self, office: Office) -> None:
        assert office.slash("away until 25:00").key == "away.how"
        assert not office.record.duty.away(NOW)

    def test_who_is_no_longer_a_member_gives_back_all(self, office: Office) -> None:
        case = a_mention(office)
        claims.claim(office.tx(), case, MO)
        shifts.gone(office.tx(), MO)

        assert office.now_case(case).assignee is None
        assert office.said()[-1].key == "away.gone"


def test_a_claim_without_a_reply_ends_with_the_shift(office: Office) -> None:
    office.configure_team(roster=roster((-HOUR, 2 * HOUR, MO.id)), claim_expires=3 * HOUR)
    case = a_mention(office)
    claims.claim(office.tx(), case, MO)
    timer = office.record.timers.of_case(case.id)[TimerKind.CLAIM]

    assert (timer.warn_at, timer.due_at) == (NOW + 110 * MINUTE, NOW + 2 * HOUR)


class TestWords:
    def test_it_shows_who_is_there_and_next(self, office: Office) -> None:
        office.configure_team(roster=roster((-HOUR, HOUR, ANN.id), (2 * HOUR, 3 * HOUR, "S1")))
        said = office.slash("duty")

        assert said.values["now"].values["who"] == pings(ANN.id)
        assert said.values["next"][0].values["who"] == Calls((Call("S1"),))

    def test_a_shift_is_added_shown_and_taken_back(self, office: Office) -> None:
        office.configure_team(roster=None)
        assert office.slash("duty tomorrow 9-13").key == "duty.added"
        [added] = office.record.duty.shifts("care", NOW, NOW + timedelta(days=2))
        assert added.who == (MO.id,)
        assert office.slash("dienst uit").key == "duty.dropped"
        assert office.slash("duty off").key == "duty.nothing"
        assert office.slash("duty").key == "duty.none"

    @pytest.mark.parametrize("words", ["sometime", "tomorrow 9-25", "9"])
    def test_what_cannot_be_read_is_answered_with_an_example(self, office: Office, words: str) -> None:
        assert office.slash(f"duty {words}").key == "duty.how"
        assert not office.record.duty.shifts("care", NOW, NOW + timedelta(days=9))

    @pytest.mark.parametrize("words", ["@anna tomorrow 9-13", "@anna off", "@anna"])
    def test_somebody_who_is_not_known_gets_no_shift_and_neither_does_who_asks(
        self, office: Office, words: str
    ) -> None:
        assert office.slash(f"duty {words}").key == "duty.unknown"
        assert not office.record.duty.shifts("care", NOW, NOW + timedelta(days=9))

    def test_an_added_shift_counts(self, office: Office) -> None:
        office.configure_team(roster=None)
        office.record.duty.add_shift("care", AgentId("U5"), NOW, NOW + HOUR)
        team = office.setup.installation.teams["care"]

        assert duty.on_duty(office.tx(), team, NOW) == ["U5"]


class TestTelling:
    def test_a_change_of_shift_is_told_once_with_the_figures_of_the_queue(self, office: Office) -> None:
        office.configure_team(roster=roster((-HOUR, 0 * HOUR, ANN.id), (0 * HOUR, 3 * HOUR, MO.id)))
        a_mention(office)
        for minutes in (0, 1, 2):
            shifts.tell(office.tx(NOW + minutes * MINUTE))
        digests = [said for said in office.said() if said.key == "duty.digest"]

        assert len(digests) == 1
        assert digests[0].values["who"] == pings(MO.id)
        assert (digests[0].values["open"], digests[0].values["free"]) == (1, 1)

    def test_one_that_is_long_past_is_not(self, office: Office) -> None:
        office.configure_team(roster=roster((-5 * HOUR, -2 * HOUR, ANN.id), (-2 * HOUR, 3 * HOUR, MO.id)))
        shifts.tell(office.tx())

        assert "duty.digest" not in {said.key for said in office.said()}

    def test_a_gap_ahead_is_told_once(self, office: Office) -> None:
        office.configure_team(roster=roster((-HOUR, HOUR, ANN.id)))
        for minutes in (0, 1, 30):
            shifts.tell(office.tx(NOW + minutes * MINUTE))
        gaps = [said for said in office.said() if said.key == "duty.gap"]

        assert [said.values["begins"].at for said in gaps] == [NOW + HOUR]
