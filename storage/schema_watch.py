"""The tables of the timers: what was flagged, the alarms that say it, what answers came to; who is there."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, Table, Text, and_

from bot.cases.reminders import ReminderKind, ReminderState
from bot.cases.timers import FlagKind, TimerKind
from storage.schema import metadata
from storage.types import Duration, Moment, Named, RowId, Truth, Words, partial, word

timers = Table(
    "timers",
    metadata,
    Column("case_id", BigInteger, ForeignKey("cases.id"), primary_key=True),
    Column("kind", Named(TimerKind), primary_key=True),
    Column("since", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("warn_at", Moment),
    Column("turns_at", Moment),
    Column("flag", Named(FlagKind)),
    Column("rest", Duration),
)
will_turn = timers.c.turns_at.is_not(None)
#: While there is one of a case, a customer waits.
is_of_answer = timers.c.kind == word(TimerKind.ANSWER)
Index("ix_timers_due", timers.c.kind, timers.c.due_at, timers.c.case_id)
partial("ix_timers_turns", timers.c.turns_at, timers.c.case_id, where=will_turn)

alarms = Table(
    "alarms",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("is_agent", Truth, nullable=False),
    Column("key", Text, nullable=False),
    Column("case_id", BigInteger, ForeignKey("cases.id"), nullable=False),
    Column("in_thread", Truth, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("grown_at", Moment, nullable=False),
    Column("calls", Truth, nullable=False),
    Column("ref_channel", Text),
    Column("ref_ts", Text),
)
Index("ix_alarms_newest", alarms.c.channel, alarms.c.who, alarms.c.id)

flags = Table(
    "flags",
    metadata,
    Column("case_id", BigInteger, ForeignKey("cases.id"), primary_key=True),
    Column("due_at", Moment, primary_key=True),
    Column("kind", Named(FlagKind), primary_key=True),
    Column("timer", Named(TimerKind), primary_key=True),
    Column("step", Integer, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("assignee", Text),
    # Which alarm says it and which one called for it; numbers only, so that an old alarm may be forgotten.
    Column("post_number", BigInteger),
    Column("alarm_id", BigInteger),
    Column("called_by", BigInteger),
    Column("over_at", Moment),
)
is_said = flags.c.alarm_id.is_not(None)
is_uncalled = and_(is_said, flags.c.called_by.is_(None), flags.c.over_at.is_(None))
partial("ix_flags_alarm", flags.c.alarm_id, where=is_said)
partial("ix_flags_called", flags.c.called_by, where=flags.c.called_by.is_not(None))
partial("ix_flags_uncalled", flags.c.alarm_id, where=is_uncalled)

shifts = Table(
    "shifts",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("team", Text, nullable=False),
    Column("agent", Text, nullable=False),
    Column("begins", Moment, nullable=False),
    Column("ends", Moment, nullable=False),
)
Index("ix_shifts_team", shifts.c.team, shifts.c.ends)

absences = Table(
    "absences",
    metadata,
    Column("agent", Text, primary_key=True),
    Column("since", Moment, nullable=False),
    Column("until", Moment),
)

reminders = Table(
    "reminders",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("case_id", BigInteger, ForeignKey("cases.id"), nullable=False),
    Column("kind", Named(ReminderKind), nullable=False),
    Column("words", Words, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("agent", Text),
    Column("reply_id", BigInteger, ForeignKey("replies.id")),
    Column("phone", Words, nullable=False),
    Column("state", Named(ReminderState), nullable=False),
    Column("told_for", Moment),
)
is_open_reminder = reminders.c.state == word(ReminderState.OPEN)
partial("ix_reminders_open", reminders.c.case_id, reminders.c.due_at, where=is_open_reminder)
Index("uq_reminders_reply", reminders.c.reply_id, unique=True)

answers = Table(
    "answers",
    metadata,
    Column("reply_id", BigInteger, ForeignKey("replies.id"), primary_key=True),
    Column("timer", Named(TimerKind), primary_key=True),
    Column("case_id", BigInteger, ForeignKey("cases.id"), nullable=False),
    Column("since", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("answered_at", Moment, nullable=False),
    Column("met", Truth, nullable=False),
    Column("late_by", Duration, nullable=False),
    Column("is_first", Truth, nullable=False),
    Column("agent", Text),
)
Index("ix_answers_case", answers.c.case_id, answers.c.answered_at)
