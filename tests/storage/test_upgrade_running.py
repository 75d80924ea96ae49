"""An earlier program was killed in the middle of its work; this one is started, and goes on with it."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from bot import bootstrap
from tests.postgres import fresh_database
from tests.scenario.rig import LONG, Rig, in_one_loop, open_rig
from tests.scenario.sides import Json, labels_of
from tests.scenario.trouble import announced
from tests.scenario.two_brands import TwoBrands
from tests.scenario.world_clock import WorldClock
from tests.storage import old_record

pytestmark = in_one_loop

#: So long before the instant of a reply that waits for it the program is started.
AHEAD = timedelta(seconds=4)
#: What is told of: by replies that were being sent, and by one that waited.
DEPARTURES = ("train", "bus", "boat", "coach")
#: The words of warnings.
WARNED = re.compile("The reply (is due by|was due at)|need attention now|still waiting")


@dataclass(frozen=True)
class Before:
    """What stood in the world when the earlier program was killed."""

    #: Every public post of the brand, and every message of the bot by its thread.
    published: Counter[str]
    said: dict[str, set[str]]
    warnings: int


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The record of the earlier program, in each kind of database."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('record') / 'webcare.db'}"
        old_record.load(url)
        yield url
        return
    with fresh_database() as url:
        old_record.load(url)
        yield url.replace(":@", "@")  # a password is refused in app.yaml, also an empty one


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def rig(database: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Rig]:
    """The world of the earlier program, in which nothing runs yet."""
    folder = tmp_path_factory.mktemp("rig")
    for journal in ("slack.jsonl", "x.jsonl"):
        shutil.copy(old_record.FOLDER / journal, folder)
    due_at = datetime.fromisoformat(reply_with("The coach")["send_after"])
    clock = WorldClock(datetime.now(UTC) - (due_at - AHEAD))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bootstrap, "SystemClock", clock.system)
        async with open_rig(folder, hold=LONG, start=False, brisk=True, kept=folder, clock=clock) as opened:
            TwoBrands(opened)
            opened.app_yaml = re.sub("^database:.*$", f"database: {database}", opened.app_yaml, flags=re.M)
            yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module", autouse=True)
async def before(rig: Rig) -> Before:
    """What stood there before this program was started, which has caught up since."""
    said = {ts: {message["ts"] for message in found} for ts, found in by_thread(rig).items()}
    stood = Before(Counter(rig.published()), said, warnings(rig))
    await rig.start()
    await announced(rig, "I am back.")

    async def all_public() -> bool:
        return all(f"The {what} leaves at ten. ^MK" in rig.published() for what in DEPARTURES)

    await rig.until(all_public, "not all that was on its way is public", 60.0)
    await rig.settle(1.0)
    return stood


def reply_with(words: str) -> Json:
    """The reply with these words, as the earlier program saw it."""
    cases = old_record.seen()["cases"].values()
    (found,) = (reply for case in cases for reply in case["replies"] if words in reply["text"])
    return dict(found)


def thread_of(words: str) -> str:
    """The ts of the card of the case that began with these words."""
    cases = old_record.seen()["cases"].values()
    (found,) = (case["card"]["thread"] for case in cases if words in case["posts"][0]["text"])
    return str(found.partition("/")[2])


def by_bot(rig: Rig) -> list[Json]:
    """Every message of the bot in the workspace."""
    workspace = rig.world.slack.workspace
    shown = [workspace.shown(message, metadata=True) for message in workspace.messages()]
    return [message for message in shown if message.get("user") == rig.world.slack.bot.id]


def by_thread(rig: Rig) -> dict[str, list[Json]]:
    """What the bot said in each thread, the card included."""
    said: dict[str, list[Json]] = {}
    for message in by_bot(rig):
        said.setdefault(str(message.get("thread_ts", message["ts"])), []).append(message)
    return said


def warnings(rig: Rig) -> int:
    """How many messages of the bot warn of something."""
    return sum(bool(WARNED.search(message["text"])) for message in by_bot(rig))


@pytest.mark.parametrize("words", ["hello?", "is it late?", "need no reply?", "no longer accepts our login"])
async def test_what_was_being_shown_is_shown(rig: Rig, words: str) -> None:
    async def shown() -> bool:
        return any(words in message["text"] for message in by_bot(rig))

    await rig.until(shown, f"{words!r} is not shown")


async def test_nothing_is_shown_twice(rig: Rig) -> None:
    keys = Counter(message["metadata"]["event_payload"]["key"] for message in by_bot(rig))

    assert [key for key, times in keys.items() if times > 1] == []


async def test_what_was_on_its_way_is_public_once(rig: Rig, before: Before) -> None:
    departures = Counter(f"The {what} leaves at ten. ^MK" for what in DEPARTURES)

    assert Counter(rig.published()) == before.published | departures


async def test_a_waiting_reply_went_out_at_its_instant(rig: Rig) -> None:
    (post,) = (post for post in rig.world.x.posts if post.text.startswith("The coach"))
    late = post.created_at - datetime.fromisoformat(reply_with("The coach")["send_after"])

    assert timedelta(0) <= late < timedelta(seconds=3)


async def test_a_private_reply_went_out_in_private(rig: Rig) -> None:
    (message,) = (m for m in rig.world.x.messages if m.text.startswith("Then we come"))

    assert message.sender_id == rig.brand.id


async def test_no_warning_is_given_again(rig: Rig, before: Before) -> None:
    assert warnings(rig) == before.warnings


async def test_nothing_is_said_in_a_thread_in_which_nothing_happened(rig: Rig, before: Before) -> None:
    more = {
        ts: [message["text"] for message in found if message["ts"] not in before.said[ts]]
        for ts, found in by_thread(rig).items()
        if ts in before.said
    }

    assert {ts: said for ts, said in more.items() if said}.keys() == {thread_of("is anybody there?")}


async def test_an_open_question_is_answered(rig: Rig) -> None:
    ts = thread_of("where is my umbrella?")
    question = await rig.line(ts, "Nobody has claimed this case")
    await rig.press(rig.agents[0], question["ts"], "Claim and send")

    await rig.line(ts, "Will be posted as")


async def test_a_reply_that_was_blocked_goes_out_once_a_person_says_so(rig: Rig) -> None:
    line = await rig.line(thread_of("can I have a red one?"), "The customer has written again")
    await rig.press(rig.agents[0], line["ts"], "Send anyway")

    async def public() -> bool:
        return "There is a red one. ^MK" in rig.published()

    await rig.until(public)


async def test_a_later_post_is_redrawn_where_it_stands(rig: Rig) -> None:
    shown = await rig.line(thread_of("can I have a red one?"), "or a green one")
    (post,) = (post for post in rig.world.x.posts if "or a green one" in post.text)
    async with rig.redraw(shown["ts"]):
        rig.world.x.edit(post.id, f"@{rig.brand.name} or a black one")

    assert "or a black one" in (await rig.message(shown["ts"]))["text"]


async def test_who_writes_in_a_deleted_thread_is_told_where_it_goes_on(rig: Rig) -> None:
    ((_, row),) = (each for each in old_record.rows() if each[0] == "old_threads")
    await rig.write(rig.agents[0], row["ts"], "Are you still there?")

    assert "new thread" in await rig.whisper(rig.agents[0], "What you write here is not read")


async def test_what_was_kept_for_private_is_offered_once_the_customer_writes_there(rig: Rig) -> None:
    ts = thread_of("how do I get my money back?")
    (case,) = (post for post in rig.world.x.posts if "how do I get my money back?" in post.text)
    rig.world.x.direct_message(case.author_id, rig.brand.id, "here I am")
    line = await rig.line(ts, "It was kept for a private message, and now I can send one.")

    assert "Stop" in labels_of(line)
    assert "Replies go privately to" in await rig.card_text(ts)


async def test_a_case_of_weeks_ago_comes_back_in_its_thread(rig: Rig) -> None:
    ts = thread_of("my lamp came without its shade")
    (post,) = (post for post in rig.world.x.posts if "my lamp came without its shade" in post.text)
    rig.world.x.post(post.author_id, f"@{rig.brand.name} the shade is torn", in_reply_to=post.id)
    await rig.line(ts, "the shade is torn")

    await rig.card_shows(ts, "Nobody has claimed this yet")
