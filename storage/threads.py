"""What the record keeps of the desk: threads, their messages and reactions; and the history of each case."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, insert, select, update

from bot.cases.history import Event
from bot.cases.model import AgentId, CaseId, MessageRef, Tenure, ThreadMessage
from bot.cases.targets import Answer
from storage.rows import Rows, columns_of
from storage.schema import events, is_asked, messages, reactions, tenures, thread_marks
from storage.schema_watch import answers
from storage.shape import Shape
from storage.statements import Statement, or_overwrite

_this_message = (messages.c.channel == bindparam("the_channel"), messages.c.ts == bindparam("the_ts"))
_MESSAGE = Statement(select(messages).where(*_this_message))
_ADD_MESSAGE = Statement(lambda into: into(messages).on_conflict_do_nothing(), columns_of(messages))
_SAVE_MESSAGE = Statement(update(messages).where(*_this_message), columns_of(messages, "channel", "ts"))
_asked = (
    select(messages)
    .where(is_asked, messages.c.case_id == bindparam("case_id"))
    .order_by(messages.c.at, messages.c.ts)
)
_ASKED = Statement(_asked)
_ASKED_BY = Statement(_asked.where(messages.c.agent == bindparam("agent")))
_READ_TO = Statement(
    select(thread_marks.c.read_to).where(
        thread_marks.c.channel == bindparam("channel"), thread_marks.c.ts == bindparam("ts")
    )
)
_NOTE_READ = Statement(
    lambda into: (adding := into(thread_marks)).on_conflict_do_update(
        index_elements=[thread_marks.c.channel, thread_marks.c.ts], set_={"read_to": adding.excluded.read_to}
    ),
    columns_of(thread_marks),
)
_REACTION = Statement(
    select(reactions).where(*(column == bindparam(column.name) for column in reactions.primary_key))
)
_KEEP_REACTION = Statement(lambda into: or_overwrite(into(reactions)), columns_of(reactions))
_ADD_TENURE = Statement(insert(tenures), columns_of(tenures, "id"))
_TENURES_OF = Statement(
    select(tenures).where(tenures.c.case_id == bindparam("case_id")).order_by(tenures.c.id)
)
_ADD_EVENT = Statement(insert(events), columns_of(events, "id"))
_EVENTS_OF = Statement(select(events).where(events.c.case_id == bindparam("case_id")).order_by(events.c.id))
_ADD_ANSWER = Statement(insert(answers), columns_of(answers))
_ANSWERS_OF = Statement(
    select(answers).where(answers.c.case_id == bindparam("case_id")).order_by(answers.c.answered_at)
)


_MESSAGES = Shape(ThreadMessage, messages)
_TENURES = Shape(Tenure, tenures)
_EVENTS = Shape(Event, events)
_ANSWERS = Shape(Answer, answers)


class ThreadRows(Rows):
    """Implements `bot.cases.record.Threads`."""

    def message(self, ref: MessageRef) -> ThreadMessage | None:
        return self._sql.found(_MESSAGES, _MESSAGE, the_channel=ref.channel, the_ts=ref.ts)

    def add_message(self, message: ThreadMessage) -> bool:
        return self._sql.change(_ADD_MESSAGE, **_MESSAGES.row(message)) > 0

    def save_message(self, message: ThreadMessage) -> None:
        ref = message.ref
        self._sql.change(_SAVE_MESSAGE, **_MESSAGES.row(message), the_channel=ref.channel, the_ts=ref.ts)

    def asked(self, case_id: CaseId, agent: AgentId | None = None) -> Sequence[ThreadMessage]:
        if agent is None:
            return self._sql.each(_MESSAGES, _ASKED, case_id=case_id)
        return self._sql.each(_MESSAGES, _ASKED_BY, case_id=case_id, agent=agent)

    def keep_reaction(
        self, ref: MessageRef, reaction: str, agent: AgentId, present: bool, stamp: str, latest: str = ""
    ) -> bool:
        key: dict[str, object] = {"channel": ref.channel, "ts": ref.ts, "reaction": reaction, "agent": agent}
        known = self._sql.one(_REACTION, **key)
        if known is not None and (latest or stamp) < known.stamp:
            return False
        self._sql.leave(_KEEP_REACTION, **key, present=present, stamp=stamp)
        return present is not (known is not None and known.present)

    def add_tenure(self, tenure: Tenure) -> None:
        self._sql.leave(_ADD_TENURE, **_TENURES.row(tenure))

    def tenures_of(self, case_id: CaseId) -> Sequence[Tenure]:
        return self._sql.each(_TENURES, _TENURES_OF, case_id=case_id)

    def read_to(self, thread: MessageRef) -> str:
        ts: str | None = self._sql.value(_READ_TO, channel=thread.channel, ts=thread.ts)
        return ts or ""

    def note_read(self, thread: MessageRef, ts: str) -> None:
        self._sql.leave(_NOTE_READ, channel=thread.channel, ts=thread.ts, read_to=ts)


class HistoryRows(Rows):
    """Implements `bot.cases.record.History`."""

    def add(self, event: Event) -> None:
        self._sql.leave(_ADD_EVENT, **_EVENTS.row(event))

    def of_case(self, case_id: CaseId) -> Sequence[Event]:
        return self._sql.each(_EVENTS, _EVENTS_OF, case_id=case_id)

    def add_answer(self, answer: Answer) -> None:
        self._sql.leave(_ADD_ANSWER, **_ANSWERS.row(answer))

    def answers_of(self, case_id: CaseId) -> Sequence[Answer]:
        return self._sql.each(_ANSWERS, _ANSWERS_OF, case_id=case_id)
