"""What happened in the record that is kept: two teams at work for a day, seen from the outside.

Each scene waits until what it is about is seen, at the desk or on the network. Who is who
and what they say is invented.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from bot.config.model import TargetsConfig
from bot.sandbox.faults import Fault
from tests.scenario.rig import Claimed, Rig
from tests.scenario.sides import Person
from tests.scenario.trouble import MENTIONS, PUBLISH, broken, limit, page, promise
from tests.scenario.two_brands import TwoBrands


@contextmanager
def in_the(room: str, rig: Rig) -> Iterator[None]:
    """Agents do inside what they do in this channel."""
    own, rig.channel = rig.channel, room
    try:
        yield
    finally:
        rig.channel = own


def targets(rig: Rig, first_reply: float, warn_before: float, escalate_after: float = 3600.0) -> None:
    """Let the team of the brand promise an answer within so many seconds, from the next start on."""
    promised = TargetsConfig.model_construct(
        first_reply=timedelta(seconds=first_reply),
        next_reply=timedelta(seconds=first_reply),
        warn_before=timedelta(seconds=warn_before),
        escalate_after=timedelta(seconds=escalate_after),
    )
    promise(rig, targets=promised)


async def weeks_ago(rig: Rig) -> None:
    """A case that was settled, with all that is written about one."""
    case = await rig.claimed("my lamp came without its shade")
    await rig.write(case.agent, case.ts, "// the shop in the east has one")
    await rig.answered(case, "We send you the shade today.")
    await rig.react(case.agent, case.ts, "white_check_mark")
    await rig.card_shows(case.ts, "Closed")
    await rig.delivered()


async def at_risk(rig: Rig) -> None:
    """Two cases of which the team was warned in time: one in somebody's hands, one answered since."""
    case = await rig.claimed("my kettle whistles without water")
    await rig.hears(case.ts, "The reply is due by")
    answered = await rig.claimed("my cup has two ears on one side", rig.agents[1])
    await rig.hears(answered.ts, "The reply is due by")
    await rig.answered(answered, "That one we take back.")
    await rig.line(answered.ts, "answered")


async def missed(rig: Rig) -> None:
    """Cases that nobody answered in time: one alone, and a list of two."""
    _, ts, _ = await rig.new_case("my parcel went to the neighbours")
    await rig.hears(ts, "The reply was due at")
    await rig.stop()
    for words in ("my spoon is bent", "my fork is bent as well"):
        await rig.post(rig.new_customer(), f"@brand {words}")
    await rig.settle(0.6)
    await rig.start()
    await rig.card("my fork is bent as well")

    async def listed() -> bool:
        return any("2 cases need attention" in m["text"] for m in await rig.channel_messages())

    await rig.until(listed, "the two are not listed")


async def escalated(rig: Rig) -> None:
    """A case whose agent did not answer although it was late, so that the channel heard of it too."""
    case = await rig.claimed("my chair has three legs")
    await rig.line(case.ts, "still waiting")


async def before_the_copy(rig: Rig) -> Claimed:
    """A reply that waits while a backup is made."""
    case = await rig.claimed("my mirror shows somebody else")
    await rig.queued(case, "We have a look at it.")
    return case


async def settled(rig: Rig) -> None:
    """What is done with, in each of its ways."""
    closed = await rig.claimed("is the shop open on Monday?")
    await rig.answered(closed, "It is, from ten.")
    await rig.write(closed.agent, closed.ts, "!close")
    await rig.card_shows(closed.ts, "Closed")
    again = await rig.claimed("is the shop open on Tuesday?")
    await rig.answered(again, "It is, from nine.")
    await rig.write(again.agent, again.ts, "!close")
    await rig.card_shows(again.ts, "Closed")
    await rig.post(again.customer, "@brand and on Wednesday?", in_reply_to=again.post_id)
    await rig.hears(again.ts, "and on Wednesday?")
    dismissed = await rig.claimed("buy cheap clocks here")
    await rig.write(dismissed.agent, dismissed.ts, "!dismiss spam")
    await rig.card_shows(dismissed.ts, "Closed without a reply")
    answered = await rig.claimed("do you wrap presents?", rig.agents[1])
    await rig.answered(answered, "With pleasure.")
    rig.by_hand("We even have ribbons.", answered.post_id)
    await rig.hears(answered.ts, "We even have ribbons.")
    stopped = await rig.claimed("do you sell ladders?")
    _, line = await rig.queued(stopped, "No ladders.")
    await rig.press(stopped.agent, line["ts"], "Stop")
    await rig.line(stopped.ts, "Stopped.")
    released = await rig.claimed("do you sell string?")
    await rig.unreact(released.agent, released.ts, "eyes")
    await rig.card_shows(released.ts, "Nobody has claimed this yet")
    shown = rig.world.x.post(rig.brand.id, "Our string comes in all colours.")
    picture = {"url": "https://example.org/knot.png", "alt": "a knot"}
    text = f"@{rig.brand.name} and in this one?"
    rig.world.x.post(rig.new_customer().id, text, media=[picture], quotes=shown.id)
    await rig.card("and in this one?")


async def asked(rig: Rig) -> None:
    """Questions of the bot: open ones, one that was decided, and words that went nowhere."""
    _, free, _ = await rig.new_case("where is my umbrella?")
    await rig.write(rig.agents[0], free, "In the tram, probably.")
    await rig.line(free, "Nobody has claimed this case")
    _, noted, _ = await rig.new_case("where is my glove?")
    await rig.write(rig.agents[0], noted, "I have seen one.")
    question = await rig.line(noted, "Nobody has claimed this case")
    await rig.press(rig.agents[0], question["ts"], "Keep as a note")
    await rig.line(noted, "Kept as an internal note")
    slip = await rig.claimed("where is my scarf?")
    await rig.write(slip.agent, slip.ts, "note: she wears it")
    await rig.hears(slip.ts, "This looks like a note")
    taken = await rig.claimed("where is my hat?")
    await rig.react(rig.agents[1], taken.ts, "eyes")
    await rig.hears(taken.ts, "take it over?")
    over = await rig.claimed("where is my coat?")
    await rig.write(rig.agents[2], over.ts, "!claim")
    question = await rig.line(over.ts, "take it over?")
    await rig.press(rig.agents[2], question["ts"], "Take over")
    await rig.card_shows(over.ts, rig.agents[2].name)
    guest = rig.new_agent("Guido Gast", restricted=True)
    await rig.write(guest, over.ts, "May I say something?")
    await rig.write(rig.agents[2], over.ts, "// let him")
    await rig.write(rig.agents[1], "", "!me ^JB")
    await rig.delivered()


async def in_the_way(rig: Rig) -> None:
    """Replies that did not go out, each for another reason, and what a post may come to."""
    held = await rig.claimed("can I have a blue one?")
    await rig.queued(held, f"Joris, is there a blue one? <@{rig.agents[1].id}>")
    wrote = await rig.claimed("can I have a red one?")
    _, line = await rig.queued(wrote, "There is a red one.")
    await rig.post(wrote.customer, "@brand or a green one", in_reply_to=wrote.post_id)
    await rig.hears(wrote.ts, "or a green one")
    await rig.press(wrote.agent, line["ts"], "Send now")
    await rig.line(wrote.ts, "The customer has written again")
    failed = await rig.claimed("can I have a grey one?")
    body = '{"title": "Forbidden", "status": 403, "detail": "The moon is in the wrong house."}'
    rig.world.faults.order(Fault("x", PUBLISH, "status", status=403, body=body))
    message, line = await rig.queued(failed, "Grey is out of stock.")
    await rig.press(failed.agent, line["ts"], "Send now")
    await rig.line(failed.ts, "The moon is in the wrong house.")
    await rig.marked(message, "boom")
    await by_hand(rig)
    edited = await rig.claimed("can I have a gren one?")
    rig.world.x.edit(edited.post_id, f"@{rig.brand.name} can I have a green one?")
    await rig.hears(edited.ts, "The customer edited the post")
    gone, ts, _ = await rig.new_case("can I take this back?")
    rig.world.x.delete(gone)
    await rig.card_shows(ts, "Deleted by its author")
    hidden = await rig.claimed("can I hide?")
    rig.world.x.update_person(hidden.customer.id, protected=True)
    await rig.card_shows(hidden.ts, "No longer visible to us")


async def by_hand(rig: Rig) -> None:
    """A reply that X takes from no app."""
    case = await rig.claimed("the blue one is here")
    first = await rig.post(case.customer, "@brand more to come", in_reply_to=case.post_id)
    await rig.hears(case.ts, "more to come")
    rig.world.x.implicit_summons = False
    _, line = await rig.queued(case, "Tell us.")
    await rig.press(case.agent, line["ts"], "Send now")
    await rig.reply_under(first)
    mine = next(post for post in rig.world.x.posts if post.in_reply_to == first)
    await rig.post(case.customer, "it is too blue", in_reply_to=mine.id)
    await rig.hears(case.ts, "it is too blue")
    _, line = await rig.queued(case, "Then bring it back.")
    await rig.press(case.agent, line["ts"], "Send now")
    await rig.line(case.ts, "Copy this text and post it yourself")
    rig.world.x.implicit_summons = True


async def in_doubt(rig: Rig) -> None:
    """A reply of which X never said whether it took it, so that a person was asked. Looks must be quick."""
    case = await rig.claimed("is this the right counter?")
    rig.world.faults.order(page(r"GET /x/2/users/\d+/tweets"))
    rig.world.faults.order(broken("x", PUBLISH, "drop", after_effect=False))
    _, line = await rig.queued(case, "It is the one on the left.")
    await rig.press(case.agent, line["ts"], "Send now")
    await rig.line(case.ts, "Please check yourself: is it there?")
    rig.world.faults.clear()


async def in_private(rig: Rig) -> None:
    """Cases that go on between two people."""
    case = await rig.claimed("here is where I live")
    rig.world.x.direct_message(case.customer.id, rig.brand.id, "at the green door")
    await rig.hears(case.ts, "at the green door")
    await rig.react(case.agent, case.ts, "lock")
    await rig.card_shows(case.ts, "Replies go privately to")
    await rig.queued(case, "Then we come to the green door.")
    answered = await rig.claimed("what do you know about me?")
    rig.world.x.update_person(answered.customer.id, open_dms=True)
    await rig.write(answered.agent, answered.ts, "!dm")
    await rig.card_shows(answered.ts, "Replies go privately to")
    _, line = await rig.queued(answered, "Only your name.")
    await rig.press(answered.agent, line["ts"], "Send now")
    await rig.line(answered.ts, "Sent privately to")
    await rig.write(answered.agent, answered.ts, "!close")
    await rig.card_shows(answered.ts, "Closed")
    alone = rig.new_customer()
    rig.world.x.direct_message(alone.id, rig.brand.id, "nobody else must read this")
    await rig.card("nobody else must read this")
    await kept(rig)


async def kept(rig: Rig) -> None:
    """Words for a customer who takes no private messages yet, and was invited to write one."""
    case = await rig.claimed("how do I get my money back?")
    await rig.react(case.agent, case.ts, "lock")
    await rig.card_shows(case.ts, "Replies go privately")
    _, line = await rig.queued(case, "Tell us your account.")
    await rig.press(case.agent, line["ts"], "Send now")
    refused = await rig.line(case.ts, "This customer does not accept private messages from us.")
    await rig.press(case.agent, refused["ts"], "Invite to write privately")
    draft = await rig.line(case.ts, "This is a draft.")
    await rig.press(case.agent, draft["ts"], "Send")
    await rig.reply_under(case.post_id)
    await rig.write(case.agent, case.ts, "!dm Your money is on its way.")
    await rig.line(case.ts, "Kept for this customer only")


async def invited(rig: Rig, library: TwoBrands) -> None:
    """The library hears no private messages, so its customers are invited to write some."""
    with in_the(library.room, rig):
        for words in ("is my book back?", "is my map back?", "is my atlas back?"):
            customer = rig.new_customer()
            await rig.post(customer, f"@library_x {words}")
            ts = await rig.card(words)
            await rig.react(rig.agents[0], ts, "eyes")
            await rig.card_shows(ts, rig.agents[0].name)
            await rig.react(rig.agents[0], ts, "lock")
            draft = await rig.line(ts, "This is a draft.")
            if "map" in words:
                await rig.press(rig.agents[0], draft["ts"], "Send")
                await rig.line(ts, "Posted as")
                await rig.press(rig.agents[0], ts, "Stay public")
                await rig.delivered()
            if "atlas" in words:
                await rig.write(rig.agents[0], ts, "The code of your shelf is 4711.")
                await rig.line(ts, "so this case stays public")


async def moved(rig: Rig) -> None:
    """A case whose card somebody deleted."""
    case = await rig.claimed("my cart has a square wheel")
    await rig.queued(case, "It was meant for corners.")
    bot = rig.world.slack.bot
    await rig.delete(Person(bot.id, bot.name, bot.token), case.ts)

    async def stands() -> str:
        found = (
            m for m in await rig.channel_messages() if "square wheel" in m["text"] and m["ts"] != case.ts
        )
        return next((str(m["ts"]) for m in found), "")

    ts = await rig.until(stands, "there is no new card")
    await rig.hears(ts, "goes on in this thread")
    await rig.line(ts, "Send it, or stop it?")


async def unreadable(rig: Rig) -> None:
    """Something that X lists and nobody can read; and a mark that Slack does not take."""
    odd = {"data": [{"id": "", "text": "odd", "author_id": "1"}], "meta": {"result_count": 1}}
    rig.world.faults.order(Fault("x", MENTIONS, "status", status=200, body=json.dumps(odd)))

    async def told() -> bool:
        return any(
            "cannot be read" in m["text"] or "could not" in m["text"] for m in await rig.channel_messages()
        )

    await rig.until(told, "nobody hears of what cannot be read")
    case = await rig.claimed("may I have a stamp?")
    _, line = await rig.queued(case, "Here is one.")
    body = '{"ok": false, "error": "too_many_reactions"}'
    rig.world.faults.order(Fault("slack", "reactions.add", "status", status=200, body=body))
    await rig.press(case.agent, line["ts"], "Send now")
    await rig.line(case.ts, "Posted as")


async def waiting(rig: Rig) -> list[Claimed]:
    """Replies that wait for their time: one because X asked for patience, and four for the hold."""
    late = await rig.claimed("when does the fair begin?")
    rig.world.faults.order(limit(PUBLISH, rig.world.x.clock() + timedelta(minutes=6)))
    _, line = await rig.queued(late, "At noon.")
    await rig.press(late.agent, line["ts"], "Send now")
    await rig.line(late.ts, "X asks us to wait")
    cases = []
    for words in ("when does the train leave?", "when does the bus leave?", "when does the boat leave?"):
        case = await rig.claimed(words)
        await rig.queued(case, f"The {words.split()[3]} leaves at ten.")
        cases.append(case)
    stays = await rig.claimed("when does the coach leave?")
    await rig.queued(stays, "The coach leaves at ten.")
    return [*cases, stays]
