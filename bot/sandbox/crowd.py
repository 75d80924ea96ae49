"""The customers let loose: they post by themselves at a chosen pace, and answer when they are answered."""

from __future__ import annotations

import asyncio
import logging
import random
import re
import tomllib
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.sandbox.x.local import LocalX
from bot.sandbox.x.model import Person, Post
from bot.sandbox.x.problems import Problem

log = logging.getLogger(__name__)

SCRIPTS = Path(__file__).with_name("scripts.toml")
FASTEST = 120.0  # customers a minute

#: What in a public reply asks the customer to go on in private; X lets the brand write there only afterwards.
_INVITATION = re.compile(r"\bdm\b|\bpriv[eé]|\bprivate|/messages/compose", re.IGNORECASE)


@dataclass(frozen=True)
class Script:
    """What one customer says; the fields are explained in scripts.toml."""

    language: str
    customer: str
    opening: str
    then: tuple[str, ...] = ()
    private: tuple[str, ...] = ()
    impatient: str = ""
    abroad: bool = False


@dataclass(frozen=True)
class Book:
    """All scripts, and the words that fill their blanks."""

    scripts: tuple[Script, ...]
    #: The names of the shop's branches, by language.
    branches: Mapping[str, Sequence[str]]

    @classmethod
    def read(cls, path: Path = SCRIPTS) -> Book:
        """The book in a TOML file."""
        content = tomllib.loads(path.read_text("utf-8"))
        scripts = tuple(
            Script(
                language=language,
                customer=script["customer"],
                opening=script["opening"],
                then=tuple(script.get("then", ())),
                private=tuple(script.get("private", ())),
                impatient=script.get("impatient", ""),
                abroad=script.get("abroad", False),
            )
            for language in content["branches"]
            for script in content[language]
        )
        return cls(scripts, content["branches"])

    def heard_in(self, language: str | None) -> list[Script]:
        """What is said to a team that speaks this language; everything without one."""
        return [script for script in self.scripts if language in (None, script.language) or script.abroad]


@dataclass(frozen=True)
class Tempo:
    """How long customers take, in seconds."""

    #: Between reading an answer and writing on: at least, at most.
    answer: tuple[float, float] = (4.0, 12.0)
    #: Before who has heard nothing asks again.
    patience: float = 300.0


@dataclass
class _Talk:
    """A conversation that a script is having with the brand."""

    customer: Person
    opening: Post
    blanks: dict[str, str]
    public: list[str]
    private: list[str]
    answered: bool = False
    posts: set[str] = field(default_factory=set)


class Crowd:
    """Lets customers of the book post on the local X, in a random order, each at their own moment.

    Who is answered writes on, in public or in private, also after the crowd was stopped; stopping only keeps
    new ones away. What is going on is kept in memory: after a restart nobody writes on.
    How long customers take passes `speed` times as fast as the machine's time; how many come in a minute is
    counted in minutes of the machine.
    `language` tells who comes now: those who speak it and a few others, or everybody where it is None.
    """

    def __init__(
        self,
        x: LocalX,
        brand: Person,
        book: Book,
        changed: Callable[[], None],
        language: Callable[[], str | None],
        *,
        chance: random.Random | None = None,
        tempo: Tempo | None = None,
        speed: float = 1.0,
    ) -> None:
        self._x = x
        self._brand = brand
        self._book = book
        self._changed = changed
        self._language = language
        self._chance = chance if chance is not None else random.SystemRandom()
        self._tempo = tempo if tempo is not None else Tempo()
        self._speed = speed
        self._pace = 6.0
        self._arrivals: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._talks: list[_Talk] = []
        self._deck: list[Script] = []
        #: Whom the deck is for.
        self._dealt_for: str | None = None
        self._leave = x.subscribe(self._heard)

    def state(self) -> dict[str, Any]:
        """Whether customers come by themselves, and how many a minute."""
        return {"running": self._arrivals is not None, "pace": self._pace}

    def start(self, pace: float) -> None:
        """Let about `pace` customers a minute come; ValueError unless it is above 0 and at most 120."""
        if not 0 < pace <= FASTEST:
            raise ValueError(
                f"The pace is a number of customers a minute, above 0 and at most {FASTEST:.0f}."
            )
        self.stop()
        self._pace = pace
        self._arrivals = asyncio.get_running_loop().create_task(self._arrive())
        self._changed()

    def stop(self) -> None:
        """Let no new customers come."""
        if self._arrivals is not None:
            self._arrivals.cancel()
            self._arrivals = None
            self._changed()

    async def close(self) -> None:
        """Stop, and send everybody home."""
        self._leave()
        tasks = [*self._tasks, *([self._arrivals] if self._arrivals else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _arrive(self) -> None:
        while True:
            self._open()
            await asyncio.sleep(60 / self._pace * self._chance.uniform(0.6, 1.4))

    def _open(self) -> None:
        language = self._language()
        if not self._deck or language != self._dealt_for:
            self._dealt_for = language
            self._deck = self._book.heard_in(language)
            self._chance.shuffle(self._deck)
        script = self._deck.pop()
        customer = self._x.world.by_handle(script.customer)
        if customer is None:
            return
        blanks = self._blanks(script)
        try:
            opening = self._x.post(customer.id, script.opening.format(**blanks))
        except Problem as problem:
            log.info("A customer's post was refused: %s", problem, extra={"action": "crowd_refused"})
            return
        talk = _Talk(customer, opening, blanks, list(script.then), list(script.private), posts={opening.id})
        self._talks.append(talk)
        if script.impatient:
            self._later(self._ask_again(talk, script.impatient))

    def _blanks(self, script: Script) -> dict[str, str]:
        return {
            "brand": self._brand.handle,
            "order": f"WH-{self._chance.randrange(10_000, 100_000)}",
            "hours": str(self._chance.randrange(2, 10)),
            "branch": self._chance.choice(self._book.branches[script.language]),
        }

    def _heard(self, event: dict[str, Any]) -> None:
        match event:
            case {
                "type": "post",
                "post": {"author": {"id": author}, "in_reply_to": parent, "id": number, "text": str(text)},
            }:
                talk = next((talk for talk in self._talks if parent in talk.posts), None)
                if author == self._brand.id and talk is not None:
                    talk.answered = True
                    if talk.private and _INVITATION.search(text):
                        self._later(self._write_back(talk, talk.private.pop(0)))
                    elif talk.public:
                        self._later(self._write_on(talk, number, talk.public.pop(0)))
            case {"type": "message", "message": {"from": {"id": sender}, "to": {"id": reader}}}:
                talk = next((talk for talk in reversed(self._talks) if talk.customer.id == reader), None)
                if sender == self._brand.id and talk is not None:
                    talk.answered = True
                    if talk.private:
                        self._later(self._write_back(talk, talk.private.pop(0)))

    async def _write_on(self, talk: _Talk, parent: str, text: str) -> None:
        await asyncio.sleep(self._chance.uniform(*self._tempo.answer) / self._speed)
        post = self._x.post(talk.customer.id, text.format(**talk.blanks), parent)
        talk.posts.add(post.id)

    async def _write_back(self, talk: _Talk, text: str) -> None:
        await asyncio.sleep(self._chance.uniform(*self._tempo.answer) / self._speed)
        self._x.direct_message(talk.customer.id, self._brand.id, text.format(**talk.blanks))

    async def _ask_again(self, talk: _Talk, text: str) -> None:
        await asyncio.sleep(self._tempo.patience / self._speed)
        if not talk.answered and self._arrivals is not None and talk.opening.id in self._x.world.posts:
            post = self._x.post(talk.customer.id, text.format(**talk.blanks), talk.opening.id)
            talk.posts.add(post.id)

    def _later(self, deed: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(deed)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if task.cancelled() or (error := task.exception()) is None:
            return
        if isinstance(error, Problem):
            log.info("A customer's answer was refused: %s", error, extra={"action": "crowd_refused"})
        else:
            log.error("A customer of the crowd failed", exc_info=error, extra={"action": "crowd_failed"})
