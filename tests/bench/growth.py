"""What a hot question costs as the record grows: it must follow what is due, not what is kept."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping
from functools import partial
from pathlib import Path
from time import perf_counter

from bot.cases.model import MessageRef
from bot.cases.posts import AccountId, AuthorId, PostId
from bot.cases.record import Record
from storage import open_store
from tests.bench.figures import Figure, median, spell
from tests.bench.material import ACCOUNT, CHANNEL, CLOCK

ROUNDS, REPEATS = 15, 20
#: What is looked up is among the newest, as it is in life; the oldest would be read from the disk each time.
NEWEST = 1000

Question = Callable[[Record, int], object]


def _thread(number: int) -> MessageRef:
    return MessageRef(CHANNEL, f"17{number:08d}.000100")


def _message(number: int) -> MessageRef:
    return MessageRef(CHANNEL, f"18{number:08d}.000100")


QUESTIONS: Mapping[str, Question] = {
    "queue page": lambda record, _: record.cases.queue(20),
    "what is due": lambda record, _: record.timers.due(CLOCK.now(), 200),
    "when the next is due": lambda record, _: record.timers.next_due(),
    "entries to carry": lambda record, _: record.outbox.due(CLOCK.now(), 20),
    "replies to send": lambda record, _: record.replies.due(CLOCK.now(), 20),
    "case of a thread": lambda record, n: record.cases.of_thread(_thread(n)),
    "case of a conversation": lambda record, n: record.cases.of_conversation(
        ACCOUNT, AuthorId(str(5_000_000 + n)), f"root-{n}"
    ),
    "reply of a message": lambda record, n: record.replies.of_message(_message(n)),
    "is a post known": lambda record, n: record.posts.get(AccountId(ACCOUNT), PostId(f"post-{n}")),
}


async def growth(databases: Mapping[int, str]) -> AsyncIterator[Figure]:
    """Each question at each size, in interleaved rounds; the largest over the smallest."""
    stores = {size: open_store(url) for size, url in databases.items()}
    times: dict[tuple[str, int], list[float]] = defaultdict(list)
    for _ in range(ROUNDS):
        for size, store in stores.items():
            for name, question in QUESTIONS.items():
                took = await store.do(partial(_time, question, size))
                times[name, size].append(took)
    for store in stores.values():
        await store.close()
    least, most = min(stores), max(stores)
    for name in QUESTIONS:
        spelled = ", ".join(f"{size:,}: {spell(median(times[name, size]))}" for size in stores)
        value = median(times[name, most]) / median(times[name, least])
        yield Figure(f"growth: {name}", value, spelled)


def _time(question: Question, size: int, record: Record) -> float:
    numbers = [random.randint(size - NEWEST + 1, size) for _ in range(REPEATS)]
    began = perf_counter()
    for number in numbers:
        question(record, number)
    return (perf_counter() - began) / REPEATS


def names(folder: Path, sizes: tuple[int, ...]) -> dict[int, Path]:
    """Where the databases of these sizes lie."""
    return {size: folder / f"cases-{size}.db" for size in sizes}
