"""Thread messages, reactions, agents and history in memory, for the record in memory."""

from __future__ import annotations

from collections.abc import Sequence, Set

from bot.cases.model import (
    Agent,
    AgentId,
    CaseId,
    Event,
    MessageKind,
    MessageRef,
    Tenure,
    ThreadMessage,
    is_older,
)
from tests.fake_tables import Tables, kept


class FakeThreads:
    """Thread messages, reactions, agents and events; the contract is that of `bot.cases.record.Record`."""

    tables: Tables

    def message(self, ref: MessageRef) -> ThreadMessage | None:
        return self.tables.messages.get(ref)

    def add_message(self, message: ThreadMessage) -> bool:
        if message.ref in self.tables.messages:
            return False
        self.tables.refuse_strangers(message.case_id)
        self.tables.messages[message.ref] = kept(message)
        return True

    def save_message(self, message: ThreadMessage) -> None:
        if message.ref in self.tables.messages:
            self.tables.refuse_strangers(message.case_id)
            self.tables.messages[message.ref] = kept(message)

    def asked(self, case_id: CaseId, agent: AgentId | None = None) -> Sequence[ThreadMessage]:
        theirs = (
            m for m in self.tables.messages.values() if m.case_id == case_id and agent in (None, m.agent)
        )
        asked = [message for message in theirs if message.kind is MessageKind.ASKED]
        return sorted(asked, key=lambda message: (message.at, message.ref.ts))

    def keep_reaction(
        self, ref: MessageRef, reaction: str, agent: AgentId, present: bool, stamp: str, latest: str = ""
    ) -> bool:
        key = (ref, reaction, agent)
        stood, since = self.tables.reactions.get(key, (False, ""))
        if since and is_older(latest or stamp, since):
            return False
        self.tables.reactions[key] = (present, stamp)
        return present is not stood

    def add_tenure(self, tenure: Tenure) -> None:
        self.tables.refuse_strangers(tenure.case_id)
        self.tables.tenures.append(tenure)

    def tenures_of(self, case_id: CaseId) -> Sequence[Tenure]:
        return [tenure for tenure in self.tables.tenures if tenure.case_id == case_id]

    def read_to(self, thread: MessageRef) -> str:
        return self.tables.thread_marks.get(thread, "")

    def note_read(self, thread: MessageRef, ts: str) -> None:
        self.tables.thread_marks[thread] = ts

    def note_old_thread(self, thread: MessageRef, case_id: CaseId) -> None:
        self.tables.refuse_strangers(case_id)
        self.tables.old_threads[thread] = case_id

    def case_of_old_thread(self, thread: MessageRef) -> CaseId | None:
        return self.tables.old_threads.get(thread)

    def agent(self, agent_id: AgentId) -> Agent | None:
        return self.tables.agents.get(agent_id)

    def save_agent(self, agent: Agent) -> None:
        self.tables.agents[agent.id] = kept(agent)

    def colleagues(self) -> Set[str]:
        return {agent.name for agent in self.tables.agents.values() if agent.may_reply}

    def add_event(self, event: Event) -> None:
        self.tables.refuse_strangers(event.case_id)
        self.tables.events.append(kept(event))

    def events_of(self, case_id: CaseId) -> Sequence[Event]:
        return [kept(event) for event in self.tables.events if event.case_id == case_id]
