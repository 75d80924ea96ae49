"""What the record keeps of the desk: messages and reactions, agents, and the history of each case."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select, update

from bot.cases.model import Agent, AgentId, CaseId, Event, MessageRef, ThreadMessage
from bot.cases.said import from_json, to_json
from storage.rows import Rows, each
from storage.schema import agents, events, messages, reactions

_THIS_MESSAGE = (messages.c.channel == bindparam("the_channel"), messages.c.ts == bindparam("the_ts"))
_MESSAGE = select(messages).where(*_THIS_MESSAGE)
_MESSAGES = (
    select(messages)
    .where(messages.c.case_id == bindparam("case_id"))
    .order_by(messages.c.at, messages.c.channel, messages.c.ts)
)
_ADD_MESSAGE = each(lambda into: into(messages).on_conflict_do_nothing().returning(messages.c.ts))
_SAVE_MESSAGE = update(messages).where(*_THIS_MESSAGE)
_ADD_REACTION = each(lambda into: into(reactions).on_conflict_do_nothing().returning(reactions.c.ts))
_DROP_REACTION = delete(reactions).where(
    *(column == bindparam(f"the_{name}") for name, column in reactions.c.items())
)
_AGENT = select(agents).where(agents.c.id == bindparam("agent_id"))
_SAVE_AGENT = each(
    lambda into: (adding := into(agents)).on_conflict_do_update(
        index_elements=[agents.c.id],
        set_={name: adding.excluded[name] for name in ("name", "initials", "may_reply", "seen_at")},
    )
)
_ADD_EVENT = insert(events).inline()
_EVENTS = select(events).where(events.c.case_id == bindparam("case_id")).order_by(events.c.id)


def _to_row(message: ThreadMessage) -> dict[str, object]:
    return {
        "channel": message.ref.channel,
        "ts": message.ref.ts,
        "case_id": message.case_id,
        "agent": message.agent,
        "kind": message.kind,
        "text": message.text,
        "at": message.at,
        "edited": message.edited,
        "edit_told": message.edit_told,
        "problem": None if message.problem is None else to_json(message.problem),
    }


def _to_message(row: Row[Any]) -> ThreadMessage:
    return ThreadMessage(
        ref=MessageRef(row.channel, row.ts),
        case_id=row.case_id,
        agent=row.agent,
        kind=row.kind,
        text=row.text,
        at=row.at,
        edited=row.edited,
        edit_told=row.edit_told,
        problem=None if row.problem is None else from_json(row.problem),
    )


class ThreadRows(Rows):
    """Thread messages, reactions, agents and events; the contract is that of `bot.cases.record.Record`."""

    def message(self, ref: MessageRef) -> ThreadMessage | None:
        row = self._run(_MESSAGE, the_channel=ref.channel, the_ts=ref.ts).first()
        return None if row is None else _to_message(row)

    def add_message(self, message: ThreadMessage) -> bool:
        return self._run_here(_ADD_MESSAGE, **_to_row(message)).first() is not None

    def save_message(self, message: ThreadMessage) -> None:
        ref = message.ref
        self._run(_SAVE_MESSAGE, **_to_row(message), the_channel=ref.channel, the_ts=ref.ts)

    def messages_of(self, case_id: CaseId) -> Sequence[ThreadMessage]:
        return [_to_message(row) for row in self._run(_MESSAGES, case_id=case_id)]

    def keep_reaction(self, ref: MessageRef, reaction: str, agent: AgentId, present: bool) -> bool:
        key = {"channel": ref.channel, "ts": ref.ts, "reaction": reaction, "agent": agent}
        if present:
            return self._run_here(_ADD_REACTION, **key).first() is not None
        return self._run(_DROP_REACTION, **{f"the_{name}": value for name, value in key.items()}).rowcount > 0

    def agent(self, agent_id: AgentId) -> Agent | None:
        row = self._run(_AGENT, agent_id=agent_id).first()
        return None if row is None else Agent(row.id, row.name, row.initials, row.may_reply, row.seen_at)

    def save_agent(self, agent: Agent) -> None:
        self._run_here(
            _SAVE_AGENT,
            id=agent.id,
            name=agent.name,
            initials=agent.initials,
            may_reply=agent.may_reply,
            seen_at=agent.seen_at,
        )

    def add_event(self, event: Event) -> None:
        self._run(
            _ADD_EVENT,
            case_id=event.case_id,
            at=event.at,
            kind=event.kind,
            who=event.who,
            detail=event.detail,
        )

    def events_of(self, case_id: CaseId) -> Sequence[Event]:
        return [
            Event(row.case_id, row.at, row.kind, row.who, row.detail)
            for row in self._run(_EVENTS, case_id=case_id)
        ]
