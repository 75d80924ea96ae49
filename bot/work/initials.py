"""The initials that close an agent's replies."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.cases.actions import Result, done, refused
from bot.cases.model import Agent
from bot.cases.tx import Tx
from bot.work import replies

_INITIALS = re.compile(r"\^?([^\W\d_]{1,4})$")


def set_own(tx: Tx, agent: Agent, typed: str) -> Result:
    """`me ^MK`: what closes this agent's replies from now on; with nothing behind it it tells what does."""
    if not typed:
        own = agent.initials or tx.installation.initials.get(agent.id, "")
        return done("me.now", initials=f"^{own or replies.derive_initials(agent.name)}")
    found = _INITIALS.match(typed)
    if found is None:
        return refused("me.bad_initials")
    tx.people.save_agent(replace(agent, initials=found[1].upper()))
    return done("me.initials", initials=f"^{found[1].upper()}")
