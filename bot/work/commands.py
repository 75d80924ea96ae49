"""Words in the thread (!claim) and slash commands in the channel (/webcare claim 12), English and Dutch."""

from __future__ import annotations

import re
import string
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.cases.model import Agent, Case, CaseId, MessageRef
from bot.cases.said import Ping, Said, ThreadLink, say
from bot.guide import intent, stops
from bot.guide.intent import Intent, Meant
from bot.work import asks, claims, lists, presses, private, replies, tenures
from bot.work.replies import Words
from bot.work.tx import Tx

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
#: What needs no case and, alone without its mark, is no word for the bot.
_OF_NO_CASE = frozenset({"queue", "me"})
#: Words that a message is searched for, with all that mean the same.
WORDS = frozenset(alias for alias, word in MEANINGS.items() if word not in _OF_NO_CASE)
#: Words that decide who has a case, how its replies go out, or that it is over.
DECIDING = frozenset({"claim", "release", "close", "dismiss", "dm", "public"})
#: Words that also a slash command can be, with the number of a case behind them.
_FROM_CHANNEL = frozenset({"claim", "release", "close", "dm", "public"})
#: Questions with buttons, which the answer to a slash command does not have, and how they are said without.
IN_WORDS = {"claim.taken": "claim.taken_again", "close.needs_reason": "close.needs_reason_there"}
#: "geef 12 terug" and "geef terug 12".
_TERUG = re.compile(r"\bterug\b", re.IGNORECASE)
#: "12", "#12", "case 12", "nr. 12:"; what follows a dot or a bracket is a list, and its number no case's.
_NUMBER = re.compile(
    r"\s*(?:case\s*)?(?:(?:nr\.?|no\.)\s*)?(?:#\s*)?(\d+)(?:[:,;]?\s+|[.,:;!?)]*$)(.*)",
    re.DOTALL | re.IGNORECASE,
)
_LONGEST_NUMBER = 16
INITIALS = re.compile(r"\^?([^\W\d_]{1,4})$")


def meant(text: str) -> Intent:
    """What a text of an agent is meant to be, as `intent.read` says, by the words that there are. A slip
    whose word is "stop" says nothing but that.

    >>> [str(meant(text).meant) for text in ("// he called", "!note he called", "he called")]
    ['note', 'command', 'reply']
    """
    found = intent.read(text, WORDS)
    if found.meant is not Meant.NOTE and found.word not in MEANINGS and stops.is_nearly_stop(text):
        return Intent(Meant.COMMAND if found.meant is Meant.COMMAND else Meant.SLIP, "stop")
    return replace(found, word=MEANINGS.get(found.word, found.word), typed=found.word)


@dataclass(frozen=True, slots=True)
class Command:
    """A word for the bot in the thread of a case."""

    #: In whatever language it was typed.
    name: str
    #: The rest of the line.
    rest: str
    message: MessageRef
    #: What in the rest must not leave the house; None when all is well.
    problem: Said | None = None


def word(tx: Tx, case: Case, agent: Agent, command: Command) -> Said | None:
    """Do what a word in the thread of a case asks for. Returns what to say there. One that is heard
    late, after the case was decided about otherwise, is not obeyed; nor is one with another case's number."""
    typed, rest = command.name, command.rest
    name = MEANINGS.get(typed, typed)
    if name in DECIDING or name == "stop":
        number, text = split_number(_TERUG.sub("", rest) if name == "release" else rest)
        is_other = bool(number) and not _is_number_of(case, number)
        if is_other and not (name == "stop" and presses.may_stop(tx, case, agent)):
            return _elsewhere(tx, case, typed, number, text)
        rest = text
    has_it_already = name == "claim" and case.assignee == agent.id
    if name in DECIDING and not has_it_already and tenures.is_overtaken(tx, case):
        return say("command.overtaken", agent=Ping(agent.id), word=f"!{typed}")
    match name:
        case "claim":
            return claims.claim(tx, case, agent, again=True)
        case "release":
            return claims.release(tx, case, agent)
        case "close":
            return claims.close(tx, case, agent)
        case "dismiss":
            return claims.dismiss(tx, case, agent, rest)
        case "note":
            asks.note_event(tx, case, "note", agent.id)
            asks.mark_inside(tx, command.message)
            return say("note.kept") if rest else say("note.empty")
        case "dm" if meant(rest).stays_inside:
            asks.note_event(tx, case, "note", agent.id)
            return say("note.behind_dm", answer=_switch_only(tx, case, agent))
        case "dm":
            problem = command.problem or slip_of(meant(rest))
            words = Words(rest, problem, command.message) if rest else None
            return private.go_private(tx, case, agent, words)
        case "public":
            return private.go_public(tx, case, agent)
        case "stop":
            return presses.stop_newest(tx, case, agent, command.message.ts)
        case "help" | "queue" | "me":
            return _of_no_case(tx, agent, name, rest, {tx.team(case).hold})
        case _:
            return say("command.unknown", word=f"!{typed}")


def _of_no_case(tx: Tx, agent: Agent, name: str, rest: str, holds: Collection[timedelta] = ()) -> Said:
    """The words that mean the same wherever they are typed. `holds` of the place; () of all."""
    if name == "queue":
        return lists.queue(tx)
    if name == "me":
        return set_initials(tx, agent, rest)
    return _help(holds or {team.hold for team in tx.installation.teams.values()})


def in_channel(tx: Tx, agent: Agent, typed: str, rest: str) -> Said:
    """A word that was typed in the channel, where there is no case that it could be about."""
    name = MEANINGS.get(typed)
    if name in ("help", "queue", "me"):
        return _of_no_case(tx, agent, name, rest)
    return say("command.in_channel" if name else "command.unknown", word=f"!{typed}")


def _elsewhere(tx: Tx, case: Case, typed: str, number: str, text: str) -> Said:
    """What to say of a word whose number is not that of its thread's case: nothing is done, nothing sent."""
    other = case_by_number(tx, number)
    if isinstance(other, Case):
        name = MEANINGS[typed]
        key = "command.other_case" if name in _FROM_CHANNEL else "command.other_thread"
        answer = say(key, n=case.id, other=ThreadLink(other.id, number), number=number, word=typed)
    else:
        answer = say("command.other_unknown", n=case.id, other=number)
    if MEANINGS[typed] != "dm" or not text:  # what stands behind the others goes nowhere
        return answer
    answer = say("command.other_text", answer=answer, n=case.id, other=number, word=typed)
    return private.not_sent(answer, text, in_thread=True)


def edited_dm(case: Case, found: Intent, whole: str) -> tuple[str, Said | None]:
    """What a message that queued a private reply by !dm says to the customer after an edit, and what of the
    edit holds it."""
    if found.word != "dm":
        return whole, None
    number, text = split_number(found.rest)
    if number and not _is_number_of(case, number):
        return found.rest, say("hold.slip")
    return text or whole, None


def slash(tx: Tx, agent: Agent, line: str, problem: Said | None) -> Said:
    """Do what follows the slash command in the channel; `problem` is what in it must not leave the house.
    Returns the answer, which only the agent sees."""
    name, _, rest = line.strip().partition(" ")
    typed = name.casefold().strip(string.punctuation)
    word, rest = MEANINGS.get(typed, "" if name else "help"), rest.strip()
    match word:
        case "help" | "queue" | "me":
            return _of_no_case(tx, agent, word, rest)
        case "dm":
            return _slash_private(tx, agent, typed, rest, problem)
        case "public":
            number, _ = split_number(rest)
            case = _chosen(tx, agent, number, typed)
            return private.go_public(tx, case, agent) if isinstance(case, Case) else case
        case "claim" | "release" | "close":
            case = case_by_number(tx, _TERUG.sub("", rest))
            return _slash_case(tx, case, agent, word) if isinstance(case, Case) else case
        case "dismiss" | "note" | "stop":
            return say("command.in_thread", word=f"!{typed}")
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


def _slash_case(tx: Tx, case: Case, agent: Agent, word: str) -> Said:
    if word == "claim":
        answer = claims.claim(tx, case, agent, again=True)
    else:
        act = claims.release if word == "release" else claims.close
        answer = act(tx, case, agent)
    return replace(answer, key=IN_WORDS.get(answer.key, answer.key), buttons=())


def _slash_private(tx: Tx, agent: Agent, typed: str, line: str, problem: Said | None) -> Said:
    """`dm [N] [text]` in the channel; without N the agent's only case, else a choice."""
    number, text = split_number(line)
    case = _chosen(tx, agent, number, typed)
    if not isinstance(case, Case):
        return private.not_sent(case, text)
    if meant(text).stays_inside:
        return say("note.behind_slash", answer=_switch_only(tx, case, agent))
    problem = problem or slip_of(meant(text))
    words = Words(text, problem) if text else None
    return private.go_private(tx, case, agent, words) or say("mode.queued", n=case.id)


def slip_of(found: Intent) -> Said | None:
    """What holds words for a customer that look like a note or a word for the bot."""
    return say("hold.slip") if found.meant is Meant.SLIP else None


def _switch_only(tx: Tx, case: Case, agent: Agent) -> Said | str:
    """Switch to private with nothing to send. Returns what came of it."""
    return private.go_private(tx, case, agent) or ""


def split_number(line: str) -> tuple[str, str]:
    """A leading case number, with or without "case", "nr." or #, and the rest of the line.

    >>> split_number("#12 thanks")
    ('12', 'thanks')
    >>> split_number("Case12:")
    ('12', '')
    >>> split_number("24 hours is too long")
    ('24', 'hours is too long')
    """
    found = _NUMBER.match(line)
    return (found[1], found[2].strip()) if found else ("", line.strip())


def _is_number_of(case: Case, number: str) -> bool:
    return len(number) < _LONGEST_NUMBER and int(number) == case.id


def set_initials(tx: Tx, agent: Agent, rest: str) -> Said:
    """`me ^MK`: the initials that close this agent's replies from now on; alone it tells what closes them."""
    if not rest:
        own = agent.initials or tx.installation.initials.get(agent.id, "")
        return say("me.now", initials=f"^{own or replies.derive_initials(agent.name)}")
    found = INITIALS.match(rest)
    if found is None:
        return say("me.bad_initials")
    tx.record.save_agent(replace(agent, initials=found[1].upper()))
    return say("me.initials", initials=f"^{found[1].upper()}")


def case_by_number(tx: Tx, rest: str) -> Case | Said:
    """The case that "12" or "#12" names, or the sentence that says what is wrong."""
    number, _ = split_number(rest)
    if not number:
        return say("command.needs_number")
    case = tx.record.case(CaseId(int(number))) if len(number) < _LONGEST_NUMBER else None
    return case if case is not None else say("command.no_such_case", n=number)


def _chosen(tx: Tx, agent: Agent, number: str, word: str) -> Case | Said:
    if number:
        return case_by_number(tx, number)
    mine = tx.record.claimed_by(agent.id)
    if len(mine) == 1:
        return mine[0]
    if not mine:
        return say("command.no_case_of_yours", word=word)
    return say("command.which_case", word=word, cases=lists.choice(tx, mine))
