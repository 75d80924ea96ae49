"""What agents type and which reactions they give, each read as an action: words in a thread (!claim) or
behind the slash command (/webcare claim 12), in English or Dutch, and reactions on cards and replies."""

from __future__ import annotations

import re
import string
from dataclasses import dataclass, replace
from datetime import datetime

from bot.cases.actions import Action, Verb, Via
from bot.cases.model import Agent, AgentId, Case, MessageRef, Reply
from bot.cases.said import Sentence, say
from bot.cases.tx import Tx
from bot.guide import intent
from bot.guide.intent import Intent, Meant
from bot.work.actions import MEANINGS, VERBS, WORDS, Number
from bot.work.dispatch import carry_out, is_number_of

#: "geef 12 terug" and "geef terug 12".
_TERUG = re.compile(r"\bterug\b", re.IGNORECASE)
#: "12", "#12", "case 12", "nr. 12:"; what follows a dot or a bracket is a list, and its number no case's.
_NUMBER = re.compile(
    r"\s*(?:case\s*)?(?:(?:nr\.?|no\.)\s*)?(?:#\s*)?(\d+)(?:[:,;]?\s+|[.,:;!?)]*$)(.*)",
    re.DOTALL | re.IGNORECASE,
)


def meant(text: str) -> Intent:
    """What a text of an agent is meant to be, as `intent.read` says, by the words that there are. A slip
    whose word is "stop" says nothing but that.

    >>> [str(meant(text).meant) for text in ("// he called", "!note he called", "he called")]
    ['note', 'command', 'reply']
    """
    found = intent.read(text, WORDS)
    is_word = found.word in MEANINGS and not (MEANINGS[found.word] is Verb.WAIT and not found.rest)
    if found.meant is not Meant.NOTE and not is_word and intent.is_nearly_stop(text):
        return Intent(Meant.COMMAND if found.meant is Meant.COMMAND else Meant.SLIP, Verb.STOP)
    return replace(found, word=MEANINGS.get(found.word, found.word), typed=found.word)


@dataclass(frozen=True, slots=True)
class Command:
    """A word for the bot in the thread of a case."""

    #: In whatever language it was typed.
    name: str
    #: The rest of the line.
    rest: str
    message: MessageRef
    thread: MessageRef
    at: datetime
    #: What in the rest must not leave the house; None without one.
    blocked: Sentence | None = None


def in_thread(case: Case, command: Command) -> Action:
    """What a word in the thread of a case asks for."""
    verb, rest, number = MEANINGS.get(command.name, Verb.UNKNOWN), command.rest, ""
    if VERBS[verb].number is not Number.NONE:
        number, rest = split_number(_without_terug(verb, rest))
    action = Action(
        verb,
        Via.WORD,
        case.id,
        number,
        rest,
        command.name,
        at=command.message,
        place=command.thread,
        when=command.at,
        blocked=command.blocked,
    )
    return _with_words(action)


def in_channel(channel: str, typed: str, rest: str) -> Action:
    """What a word asks for that was typed in the channel itself."""
    verb, place = MEANINGS.get(typed, Verb.UNKNOWN), MessageRef(channel, "")
    return Action(verb, Via.CHANNEL, argument=rest, typed=typed, place=place)


def slash(
    line: str, blocked: Sentence | None, place: MessageRef | None = None, people: tuple[AgentId, ...] = ()
) -> Action:
    """What follows the slash command in the channel at `place`; `blocked` is what in it must not leave the
    house, `people` are those it names."""
    name, _, rest = line.strip().partition(" ")
    typed = name.casefold().strip(string.punctuation)
    verb = MEANINGS.get(typed, Verb.UNKNOWN) if name else Verb.HELP
    number, text = "", rest.strip()
    if VERBS[verb].number is not Number.NONE:
        number, text = split_number(_without_terug(verb, text))
    typed = name if verb is Verb.UNKNOWN else typed
    action = Action(verb, Via.SLASH, None, number, text, typed, place=place, blocked=blocked, people=people)
    return _with_words(action)


def _with_words(action: Action) -> Action:
    """Words for the customer behind a word for the bot may be a note, or look like one."""
    if action.verb is not Verb.PRIVATE:
        return action
    found = meant(action.argument)
    return replace(action, inside=found.stays_inside, blocked=action.blocked or slip_of(found))


def _without_terug(verb: Verb, text: str) -> str:
    return _TERUG.sub("", text) if verb is Verb.RELEASE else text


def slip_of(found: Intent) -> Sentence | None:
    """What holds words for a customer that look like a note or a word for the bot."""
    return say("hold.slip") if found.meant is Meant.SLIP else None


def edited_dm(case: Case, found: Intent, whole: str) -> tuple[str, Sentence | None]:
    """What a message that queued a private reply by !dm says to the customer after an edit, and what of the
    edit holds it."""
    if found.word != Verb.PRIVATE:
        return whole, None
    number, text = split_number(found.rest)
    if number and not is_number_of(case, number):
        return found.rest, say("hold.slip")
    return text or whole, None


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


@dataclass(frozen=True, slots=True)
class Reaction:
    """A reaction that was put on a message, or taken away."""

    #: Canonical, without a skin tone.
    name: str
    added: bool
    #: The desk's own; of two about one person's reaction on one message the newer counts.
    stamp: str
    #: See `Action.upto`.
    upto: str = ""


def react(tx: Tx, ref: MessageRef, reaction: Reaction, agent: Agent) -> None:
    """A reaction was put on a message or taken away.

    Reactions on messages that are neither a card nor a reply mean nothing. What stands already, and what a
    newer event has overtaken, changes nothing: events may be repeated, read again after an outage, and come
    in any order.
    """
    found = tx.cases.of_thread(ref) or tx.replies.of_message(ref) or tx.replies.of_line(ref)
    if found is None or not agent.may_reply:
        return
    name, added, stamp = reaction.name, reaction.added, reaction.stamp
    if not tx.threads.keep_reaction(ref, name, agent.id, added, stamp, tx.stamp):
        return
    verb = _verb(tx, name, added, found)
    if verb is not None:
        via = Via.REACTION if added else Via.REMOVAL
        carry_out(tx, Action(verb, via, found.id, upto=reaction.upto), agent)


def _verb(tx: Tx, name: str, added: bool, found: Case | Reply) -> Verb | None:
    """What the reaction means where it was put, or taken away."""
    for verb, row in VERBS.items():
        setting = row.reaction if added else row.removal
        if isinstance(found, Reply):
            setting = row.on_reply if added else ""
        if setting and getattr(tx.installation.reactions, setting) == name:
            return verb
    return None
