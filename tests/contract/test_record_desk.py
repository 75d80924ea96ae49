"""The record's contract for what it keeps of the desk, of accounts and of their lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from bot.cases.accounts import AccountState, Stream
from bot.cases.errors import Stale
from bot.cases.history import Event, EventKind
from bot.cases.model import (
    Agent,
    AgentId,
    CaseId,
    MessageKind,
    MessageRef,
    Tenure,
    ThreadMessage,
)
from bot.cases.posts import AccountId, Surface
from bot.cases.record import Record, Store
from bot.cases.targets import Answer
from tests.contract.samples import (
    BRAND,
    MINUTE,
    NOW,
    a_case,
    a_full_account,
    a_full_agent,
    a_full_event,
    a_full_message,
    a_full_stream,
    a_reply,
    a_stream,
    an_account,
    an_answer,
)

MESSAGE = MessageRef("C1", "1.1")
TODAY = date(2026, 3, 14)


async def a_stored_case(store: Store) -> CaseId:
    """A case to hang messages and events on."""
    return (await store.do(lambda record: record.cases.add(a_case()))).id


@pytest.mark.parametrize(
    ("sample", "given_by_the_record"),
    [
        (a_full_message(CaseId(1)), []),
        (a_full_agent(), []),
        (a_full_event(CaseId(1)), []),
        (a_full_account(), ["version"]),
        (a_full_stream(), ["version"]),
    ],
)
def test_the_samples_set_every_field(
    sample: ThreadMessage | Agent | Event | AccountState | Stream, given_by_the_record: list[str]
) -> None:
    unset = [f.name for f in fields(sample) if getattr(sample, f.name) == f.default]

    assert unset == given_by_the_record


async def test_a_message_comes_back_whole(store: Store) -> None:
    message = a_full_message(await a_stored_case(store))

    assert await store.do(lambda record: record.threads.add_message(message)) is True
    assert await store.do(lambda record: record.threads.message(message.ref)) == message


async def test_an_unread_message_is_none(store: Store) -> None:
    assert await store.do(lambda record: record.threads.message(MESSAGE)) is None


async def test_a_message_is_new_once(store: Store) -> None:
    message = a_full_message(await a_stored_case(store))
    await store.do(lambda record: record.threads.add_message(message))

    assert await store.do(lambda record: record.threads.add_message(message)) is False


async def test_a_saved_message_is_overwritten(store: Store) -> None:
    message = a_full_message(await a_stored_case(store))
    changed = replace(message, kind=MessageKind.NOTE, text="", blocked=None)
    await store.do(lambda record: record.threads.add_message(message))
    await store.do(lambda record: record.threads.save_message(changed))

    assert await store.do(lambda record: record.threads.message(message.ref)) == changed


async def test_a_reaction_is_news_when_it_comes_and_when_it_goes(store: Store) -> None:
    def react(record: Record) -> list[bool]:
        return [
            record.threads.keep_reaction(MESSAGE, "eyes", AgentId("U1"), present, f"{stamp:02}.000001")
            for stamp, present in enumerate((True, True, False, False, True), start=8)
        ]

    assert await store.do(react) == [True, False, True, False, True]


async def test_of_two_events_about_a_reaction_the_newer_counts(store: Store) -> None:
    def react(record: Record) -> list[bool]:
        return [
            record.threads.keep_reaction(MESSAGE, "eyes", AgentId("U1"), present, stamp)
            for stamp, present in (("09.5", False), ("09.4", True), ("10.1", True), ("09.6", False))
        ]

    assert await store.do(react) == [False, False, True, False]


async def test_reactions_differ_by_message_name_and_agent(store: Store) -> None:
    def react(record: Record) -> list[bool]:
        return [
            record.threads.keep_reaction(MESSAGE, "eyes", AgentId("U1"), True, "5.1"),
            record.threads.keep_reaction(MESSAGE, "eyes", AgentId("U2"), True, "4.1"),
            record.threads.keep_reaction(MESSAGE, "x", AgentId("U1"), True, "4.1"),
            record.threads.keep_reaction(MessageRef("C2", "1.1"), "eyes", AgentId("U1"), True, "4.1"),
            record.threads.keep_reaction(MessageRef("C1", "1.2"), "eyes", AgentId("U1"), True, "4.1"),
        ]

    assert await store.do(react) == [True] * 5


async def test_how_a_case_stood_comes_back_in_the_order_in_which_it_was_kept(store: Store) -> None:
    case_id, other = await a_stored_case(store), await a_stored_case(store)
    stood = [
        Tenure(case_id, "", None, Surface.PUBLIC),
        Tenure(case_id, "9.000002", AgentId("U1"), Surface.PUBLIC),
        Tenure(case_id, "9.000002", AgentId("U1"), Surface.PRIVATE),
    ]

    def keep(record: Record) -> None:
        for tenure in [*stood, Tenure(other, "", None, Surface.PRIVATE)]:
            record.threads.add_tenure(tenure)

    await store.do(keep)

    assert await store.do(lambda record: list(record.threads.tenures_of(case_id))) == stood


async def test_what_was_asked_about_is_found_by_its_case_and_writer(store: Store) -> None:
    case_id, other = await a_stored_case(store), await a_stored_case(store)

    def keep(record: Record) -> None:
        for number, (case, agent, kind) in enumerate(
            [
                (case_id, "U1", MessageKind.ASKED),
                (case_id, "U1", MessageKind.NOTE),
                (case_id, "U2", MessageKind.ASKED),
                (other, "U1", MessageKind.ASKED),
                (case_id, "U1", MessageKind.ASKED),
            ]
        ):
            ref, at = MessageRef("C1", f"20.{number}"), NOW - number * MINUTE
            message = replace(a_full_message(case), ref=ref, agent=AgentId(agent), kind=kind, at=at)
            record.threads.add_message(message)

    await store.do(keep)
    asked = await store.do(lambda record: record.threads.asked(case_id, AgentId("U1")))

    assert [message.ref.ts for message in asked] == ["20.4", "20.0"]


async def test_an_agent_comes_back_whole(store: Store) -> None:
    await store.do(lambda record: record.people.save_agent(a_full_agent()))

    assert await store.do(lambda record: record.people.agent(AgentId("U1"))) == a_full_agent()
    assert await store.do(lambda record: record.people.agent(AgentId("U2"))) is None


async def test_a_saved_agent_is_overwritten(store: Store) -> None:
    changed = Agent(AgentId("U1"), "Mo de Vries")
    await store.do(lambda record: record.people.save_agent(a_full_agent()))
    await store.do(lambda record: record.people.save_agent(changed))

    assert await store.do(lambda record: record.people.agent(AgentId("U1"))) == changed


async def test_colleagues_are_those_who_may_reply(store: Store) -> None:
    def keep(record: Record) -> None:
        for number, (name, may_reply) in enumerate(
            [("Mo", True), ("Guest", False), ("Zoë", True), ("Mo", True)]
        ):
            record.people.save_agent(Agent(AgentId(f"U{number}"), name, may_reply=may_reply))

    assert await store.do(lambda record: record.people.colleagues()) == set()
    await store.do(keep)

    assert await store.do(lambda record: record.people.colleagues()) == {"Mo", "Zoë"}


async def test_the_history_of_a_case_is_kept_in_order(store: Store) -> None:
    case_id, other = await a_stored_case(store), await a_stored_case(store)
    first, second = a_full_event(case_id), Event(case_id, NOW - MINUTE, EventKind.CLOSED)

    def happen(record: Record) -> None:
        for event in (first, a_full_event(other), second):
            record.history.add(event)

    await store.do(happen)

    assert await store.do(lambda record: record.history.of_case(case_id)) == [first, second]


async def test_what_the_answers_of_a_case_came_to_is_kept_in_the_order_of_publication(store: Store) -> None:
    case_id, other = await a_stored_case(store), await a_stored_case(store)

    def work(record: Record) -> list[Answer]:
        replies = [record.replies.add(a_reply(number)) for number in (case_id, case_id, other)]
        late, early, of_other = (an_answer(reply) for reply in replies if reply is not None)
        early = replace(early, answered_at=NOW - MINUTE, met=True, late_by=-MINUTE, is_first=True, agent=None)
        for answer in (late, of_other, early):
            record.history.add_answer(answer)
        return [early, late]

    kept = await store.do(work)

    assert await store.do(lambda record: record.history.answers_of(case_id)) == kept


async def test_an_account_comes_back_whole(store: Store) -> None:
    saved = await store.do(lambda record: record.accounts.save(a_full_account()))

    assert saved == replace(a_full_account(), version=1)
    assert await store.do(lambda record: record.accounts.get(BRAND)) == saved


async def test_an_unknown_account_is_none(store: Store) -> None:
    assert await store.do(lambda record: record.accounts.get(BRAND)) is None


async def test_an_account_is_saved_over_the_version_it_was_read_with(store: Store) -> None:
    first = await store.do(lambda record: record.accounts.save(an_account()))
    second = await store.do(lambda record: record.accounts.save(replace(a_full_account(), version=1)))

    assert (first.version, second.version) == (1, 2)
    assert await store.do(lambda record: record.accounts.get(BRAND)) == second


@pytest.mark.parametrize("version", [0, 1])
async def test_saving_an_account_over_an_old_version_is_stale(store: Store, version: int) -> None:
    first = await store.do(lambda record: record.accounts.save(an_account()))
    await store.do(lambda record: record.accounts.save(first))

    with pytest.raises(Stale):
        await store.do(lambda record: record.accounts.save(an_account(version=version)))


async def test_a_list_comes_back_whole(store: Store) -> None:
    saved = await store.do(lambda record: record.streams.save(a_full_stream()))

    assert saved == replace(a_full_stream(), version=1)
    assert await store.do(lambda record: record.streams.get(BRAND, "mentions")) == saved


async def test_the_lists_of_an_account_are_its_own(store: Store) -> None:
    other = AccountId("brand-y")

    def add(record: Record) -> list[Sequence[Stream]]:
        for account, name in ((BRAND, "mentions"), (BRAND, "dms"), (other, "mentions")):
            record.streams.save(a_stream(account=account, name=name))
        return [record.streams.of(BRAND), record.streams.of(other)]

    names = [sorted((each.account, each.name) for each in found) for found in await store.do(add)]

    assert names == [[(BRAND, "dms"), (BRAND, "mentions")], [(other, "mentions")]]
    assert await store.do(lambda record: record.streams.get(other, "dms")) is None


async def test_a_list_is_saved_over_the_version_it_was_read_with(store: Store) -> None:
    await store.do(lambda record: record.streams.save(a_stream()))
    second = await store.do(lambda record: record.streams.save(replace(a_full_stream(), version=1)))

    assert second.version == 2
    assert await store.do(lambda record: record.streams.get(BRAND, "mentions")) == second


@pytest.mark.parametrize("version", [0, 1])
async def test_saving_a_list_over_an_old_version_is_stale(store: Store, version: int) -> None:
    first = await store.do(lambda record: record.streams.save(a_stream()))
    await store.do(lambda record: record.streams.save(first))

    with pytest.raises(Stale):
        await store.do(lambda record: record.streams.save(a_stream(version=version)))


async def test_spending_adds_up_exactly_by_account_and_day(store: Store) -> None:
    def spend(record: Record) -> Decimal:
        for _ in range(3):
            record.accounts.add_spending(BRAND, TODAY, "read", 1, Decimal("0.005"))
        record.accounts.add_spending(BRAND, TODAY, "send", 1, Decimal("0.000001"))
        record.accounts.add_spending(BRAND, TODAY + timedelta(days=1), "read", 1, Decimal(1))
        record.accounts.add_spending(AccountId("brand-y"), TODAY, "read", 1, Decimal(1))
        return record.accounts.spent(BRAND, TODAY)

    assert await store.do(spend) == Decimal("0.015001")


async def test_a_day_without_spending_cost_nothing(store: Store) -> None:
    assert await store.do(lambda record: record.accounts.spent(BRAND, TODAY)) == 0


async def test_a_delivery_comes_for_the_first_time_once(store: Store) -> None:
    assert await store.do(lambda record: record.upkeep.first_time("Ev1", NOW)) is True
    assert await store.do(lambda record: record.upkeep.first_time("Ev1", NOW)) is False
    assert await store.do(lambda record: record.upkeep.first_time("Ev2", NOW)) is True


async def test_up_to_where_a_thread_was_read_is_remembered_apart_for_each(store: Store) -> None:
    def work(record: Record) -> list[str]:
        record.threads.note_read(MESSAGE, "1.000100")
        record.threads.note_read(MESSAGE, "1.000200")
        return [
            record.threads.read_to(MESSAGE),
            record.threads.read_to(MessageRef(MESSAGE.channel, "2.000000")),
        ]

    assert await store.do(work) == ["1.000200", ""]
