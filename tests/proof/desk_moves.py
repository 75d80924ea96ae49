"""What agents do besides answering: let a case wait, say how urgent it is, go away, promise, reopen."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.proof.people import People, Story


async def wait(people: People, story: Story) -> None:
    """Let the case wait for a moment, or end that."""
    text = story.rng.choice(
        ["!wait inside 2s the warehouse", "!wait inside 2s", "!wait customer 3s", "!wait off"]
    )
    await people.sides.write(story.rng.choice(story.workers), story.card, text)


async def set_priority(people: People, story: Story) -> None:
    """By a word, or in the menu on the card."""
    who, level = story.rng.choice(story.workers), story.rng.choice(["urgent", "high", "normal", "low"])
    if story.rng.random() < 0.5:
        await people.sides.write(who, story.card, f"!priority {level}")
    else:
        await people.choose(who, story.card, "priority", level)


async def go_away(people: People, story: Story) -> None:
    """Somebody leaves, and mostly comes back."""
    who = story.rng.choice(story.workers)
    await people.slash(who, story.rng.choice(["away", "away 2s", "away until 25:00"]))
    if story.rng.random() < 0.7:
        await people.slash(who, "here")


async def promise(people: People, story: Story) -> None:
    """A reply that promises to come back, or a call."""
    if story.rng.random() < 0.3:
        who = story.rng.choice(story.workers)
        await people.sides.write(who, story.card, "!callback 3s 0612345678 Mrs Jansen")
    else:
        await people.reply(story, "We will get back to you within 3s.")


async def reopen(people: People, story: Story) -> None:
    """Bring a closed case back."""
    await people.sides.write(story.rng.choice(story.workers), story.card, "!reopen")


async def keep(people: People, story: Story) -> None:
    """What was promised is done."""
    await people.sides.write(story.rng.choice(story.workers), story.card, "!kept")
