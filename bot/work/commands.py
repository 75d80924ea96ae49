"""Words in the thread (!claim) and slash commands in the channel (/webcare claim 12), English and Dutch."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from bot.cases.model import Agent, Case, CaseId, MessageRef
from bot.cases.record import Record
from bot.cases.said import Ping, Said, say
from bot.guide import intent, stops
from bot.guide.intent import Intent, Meant
from bot.work import asks, claims, lists, presses, private, replies, tenures
from bot.work.house import House

#: What agents may write, in English or Dutch, and what it means.
_ALIASES = {
    "claim": "claimen pak neem take",
    "release": "geef teruggeven geefterug loslaten",
    "close": "sluit sluiten",
    "dismiss": "weg afhandelen geenantwoord",
    "note": "notitie intern",
    "dm": "privé prive private",
    "public": "openbaar",
    "stop": "stoppen",
    "help": "hulp",
    "queue": "wachtrij lijst",
    "me": "ik",
}
MEANINGS = {alias: word for word, aliases in _ALIASES.items() for alias in (word, *aliases.split())}
#: What only a slash command can be: it needs no case.
_ONLY_SLASH = frozenset({"queue", "me"})
#: The words of `word`, with all that mean the same.
WORDS = frozenset(alias for alias, word in MEANINGS.items() if word not in _ONLY_SLASH)
#: Words that decide who has a case, how its replies go out, or that it is over.
DECIDING = frozenset({"claim", "release", "close", "dismiss", "dm", "public"})
#: Questions with buttons, which the answer to a slash command does not have, and how they are said without.
IN_WORDS = {"claim.taken": "claim.taken_again", "close.needs_reason": "close.needs_reason_there"}
#: "geef 12 terug" and "geef terug 12".
_TERUG = re.compile(r"\bterug\b", re.IGNORECASE)
INITIALS = re.compile(r"\^?([^\W\d_]{1,4})$")


def meant(text: str) -> Intent:
    """What a text of an agent is meant to be, as `intent.read` says, by the words that there are. A slip
    whose word is "stop" says nothing but that.

    >>> [str(meant(text).meant) for text in ("// he called", "!note he called", "he called")]
    ['note', 'command', 'reply']
    """
    found = intent.read(text, WORDS)
    if found.meant is not Meant.NOTE and found.word not in WORDS and stops.is_nearly_stop(text):
        return Intent(Meant.COMMAND if found.meant is Meant.COMMAND else Meant.SLIP, "stop")
    if MEANINGS.get(found.word.rstrip(":")) == "note":
        return replace(found, word="note")
    return replace(found, word=MEANINGS[found.word]) if found.word in WORDS else found


def word(
    record: Record,
    house: House,
    case: Case,
    agent: Agent,
    name: str,
    rest: str,
    message: MessageRef,
    problem: Said | None,
    now: datetime,
) -> Said | None:
    """A word in the thread of a case. Returns what to say there. One that is heard late, after the case was
    decided about otherwise, is not obeyed."""
    name = MEANINGS.get(name, name) if name in WORDS else name
    has_it_already = name == "claim" and case.assignee == agent.id
    if name in DECIDING and not has_it_already and tenures.is_overtaken(record, case):
        return say("command.overtaken", agent=Ping(agent.id), word=f"!{name}")
    match name:
        case "claim":
            return claims.claim(record, house, case, agent, now, again=True)
        case "release":
            return claims.release(record, house, case, agent, now)
        case "close":
            return claims.close(record, house, case, agent, now)
        case "dismiss":
            reason = rest.casefold().replace(" ", "_")
            return claims.dismiss(record, house, case, agent, reason, now)
        case "note":
            asks.note_event(record, case, "note", now, agent.id)
            asks.mark_inside(record, house, message, now)
            return say("note.kept") if rest else say("note.empty")
        case "dm" if meant(rest).stays_inside:
            asks.note_event(record, case, "note", now, agent.id)
            return say("note.behind_dm", answer=_switch_only(record, house, case, agent, now))
        case "dm":
            problem = problem or slip_of(meant(rest))
            return private.go_private(record, house, case, agent, rest, now, message=message, problem=problem)
        case "public":
            return private.go_public(record, house, case, agent, now)
        case "stop":
            return presses.stop_newest(record, house, case, agent, message.ts, now)
        case "help":
            return _help({house.team(case).hold})
        case _:
            return say("command.unknown", word=f"!{name}")


def slash(record: Record, house: House, agent: Agent, line: str, problem: Said | None, now: datetime) -> Said:
    """Do what follows the slash command in the channel; `problem` is what in it must not leave the house.
    Returns the answer, which only the agent sees."""
    name, _, rest = line.strip().partition(" ")
    word, rest = MEANINGS.get(name.casefold(), "" if name else "help"), rest.strip()
    match word:
        case "help":
            return _help({team.hold for team in house.installation.teams.values()})
        case "queue":
            return lists.queue(record, house)
        case "me":
            return set_initials(record, house, agent, rest)
        case "dm":
            return _slash_private(record, house, agent, rest, problem, now)
        case "public":
            number, _ = split_number(rest)
            case = _chosen(record, house, agent, number, word)
            return private.go_public(record, house, case, agent, now) if isinstance(case, Case) else case
        case "claim" | "release" | "close":
            case = case_by_number(record, _TERUG.sub("", rest))
            return _slash_case(record, house, case, agent, word, now) if isinstance(case, Case) else case
        case "dismiss" | "note" | "stop":
            return say("command.in_thread", word=f"!{word}")
        case _:
            return say("command.unknown", word=name)


def _help(holds: Collection[timedelta]) -> Said:
    """What can be done, and how long a message waits before it goes out, where one answer fits all."""
    [hold] = holds if len(holds) == 1 else [None]
    if hold is None:
        return say("command.help", when=say("command.later"))
    seconds = round(hold.total_seconds())
    when = say("command.after", count=seconds) if seconds else say("command.at_once")
    return say("command.help", when=when)


def _slash_case(record: Record, house: House, case: Case, agent: Agent, word: str, now: datetime) -> Said:
    if word == "claim":
        answer = claims.claim(record, house, case, agent, now, again=True)
    else:
        act = claims.release if word == "release" else claims.close
        answer = act(record, house, case, agent, now)
    return replace(answer, key=IN_WORDS.get(answer.key, answer.key), buttons=())


def _slash_private(
    record: Record, house: House, agent: Agent, line: str, problem: Said | None, now: datetime
) -> Said:
    """`dm [N] [text]` in the channel; without N the agent's only case, else a choice."""
    number, text = split_number(line)
    case = _chosen(record, house, agent, number, "dm")
    if not isinstance(case, Case):
        return case
    if meant(text).stays_inside:
        return say("note.behind_slash", answer=_switch_only(record, house, case, agent, now))
    problem = problem or slip_of(meant(text))
    return private.go_private(record, house, case, agent, text, now, problem=problem) or say(
        "mode.queued", n=case.id
    )


def slip_of(found: Intent) -> Said | None:
    """What holds words for a customer that look like a note or a word for the bot."""
    return say("hold.slip") if found.meant is Meant.SLIP else None


def _switch_only(record: Record, house: House, case: Case, agent: Agent, now: datetime) -> Said | str:
    """Switch to private with nothing to send. Returns what came of it."""
    return private.go_private(record, house, case, agent, "", now) or ""


def split_number(line: str) -> tuple[str, str]:
    """A leading case number, with or without "case" or #, and the rest of the line.

    >>> split_number("#12 thanks")
    ('12', 'thanks')
    >>> split_number("case 12")
    ('12', '')
    >>> split_number("24 hours is too long")
    ('24', 'hours is too long')
    """
    if found := re.match(r"\s*(?:case\s+)?#?(\d+)(?:\s+|$)(.*)", line, re.DOTALL | re.IGNORECASE):
        return found[1], found[2].strip()
    return "", line.strip()


def set_initials(record: Record, house: House, agent: Agent, rest: str) -> Said:
    """`me ^MK`: the initials that close this agent's replies from now on; alone it tells what closes them."""
    if not rest:
        own = agent.initials or house.installation.initials.get(agent.id, "")
        return say("me.now", initials=f"^{own or replies.derive_initials(agent.name)}")
    found = INITIALS.match(rest)
    if found is None:
        return say("me.bad_initials")
    record.save_agent(replace(agent, initials=found[1].upper()))
    return say("me.initials", initials=f"^{found[1].upper()}")


def case_by_number(record: Record, rest: str) -> Case | Said:
    """The case that "12" or "#12" names, or the sentence that says what is wrong."""
    number, _ = split_number(rest)
    if not number:
        return say("command.needs_number")
    case = record.case(CaseId(int(number))) if len(number) < 16 else None
    return case if case is not None else say("command.no_such_case", n=number)


def _chosen(record: Record, house: House, agent: Agent, number: str, word: str) -> Case | Said:
    if number:
        return case_by_number(record, number)
    mine = record.claimed_by(agent.id)
    if len(mine) == 1:
        return mine[0]
    if not mine:
        return say("command.no_case_of_yours", word=word)
    return say("command.which_case", word=word, cases=lists.choice(record, house, mine))
