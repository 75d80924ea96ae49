"""The people in the record: the authors on the networks, and the agents at the desk."""

from __future__ import annotations

from collections.abc import Sequence, Set
from datetime import datetime

from sqlalchemy import bindparam, select

from bot.cases.model import Agent, AgentId
from bot.cases.posts import Author, AuthorId, Standing
from storage.rows import Rows, columns_of
from storage.schema import agents, authors, is_nameless
from storage.shape import Shape
from storage.statements import Statement, or_overwrite
from storage.types import word

_this_author = (authors.c.network == bindparam("network"), authors.c.id == bindparam("id"))
_AUTHOR = Statement(select(authors).where(*_this_author))
_LOOKED_UP = Statement(
    select(authors.c.id).where(
        *_this_author,
        authors.c.looked_up_at >= bindparam("since"),
        authors.c.standing == word(Standing.KNOWN),
    )
)
_NAMELESS = Statement(
    select(authors.c.id)
    .where(is_nameless, authors.c.network == bindparam("network"))
    .order_by(authors.c.looked_up_at, authors.c.id)
    .limit(bindparam("most"))
)
_SAVE_AUTHOR = Statement(lambda into: or_overwrite(into(authors)), columns_of(authors))
_AGENT = Statement(select(agents).where(agents.c.id == bindparam("agent_id")))
_SAVE_AGENT = Statement(lambda into: or_overwrite(into(agents)), columns_of(agents))
_COLLEAGUES = Statement(select(agents.c.name).where(agents.c.may_reply))

_AUTHORS = Shape(Author, authors)
_AGENTS = Shape(Agent, agents)


class PeopleRows(Rows):
    """Implements `bot.cases.record.People`."""

    def author(self, network: str, author_id: AuthorId) -> Author | None:
        return self._sql.found(_AUTHORS, _AUTHOR, network=network, id=author_id)

    def unknown(self, network: str, ids: Sequence[AuthorId], since: datetime) -> Sequence[AuthorId]:
        return [
            author_id
            for author_id in dict.fromkeys(ids)
            if self._sql.value(_LOOKED_UP, network=network, id=author_id, since=since) is None
        ]

    def nameless(self, network: str, limit: int) -> Sequence[AuthorId]:
        return [row.id for row in self._sql.all(_NAMELESS, network=network, most=limit)]

    def save_author(self, author: Author, now: datetime) -> None:
        self._sql.leave(_SAVE_AUTHOR, **_AUTHORS.row(author), looked_up_at=now)

    def agent(self, agent_id: AgentId) -> Agent | None:
        return self._sql.found(_AGENTS, _AGENT, agent_id=agent_id)

    def save_agent(self, agent: Agent) -> None:
        self._sql.leave(_SAVE_AGENT, **_AGENTS.row(agent))

    def colleagues(self) -> Set[str]:
        return {row.name for row in self._sql.all(_COLLEAGUES)}
