"""An app.yaml that no longer knows what the record holds: what is left over rests, and the rest goes on."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot import cli
from tests.scenario.program import environ_of, written
from tests.scenario.rig import USUAL, WORDS, Claimed, Rig, claimed_case, open_rig
from tests.scenario.trouble import announced, promise


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with open_rig(tmp_path, brisk=True, start=False) as opened:
        promise(opened, hold=timedelta(milliseconds=400))
        await opened.start()
        yield opened


case = claimed_case


async def restart(rig: Rig, *changes: tuple[str, str]) -> None:
    """Stop, let what waited become due, and start with another app.yaml."""
    await rig.stop()
    for old, new in changes:
        assert old in rig.app_yaml
        rig.app_yaml = rig.app_yaml.replace(old, new)
    await rig.settle(0.5)
    await rig.start()


async def works(rig: Rig) -> None:
    """A case can be worked from mention to public reply."""
    case = await rig.claimed("another matter")
    await rig.write(case.agent, case.ts, WORDS)
    await rig.reply_under(case.post_id)


async def test_a_queued_reply_of_an_account_that_is_gone_does_not_stop_the_others(
    rig: Rig, case: Claimed, caplog: pytest.LogCaptureFixture
) -> None:
    await rig.queued(case, WORDS)
    await restart(rig, ("name: brand-x", "name: brand-new"))
    await works(rig)

    assert await rig.replies_to(case.post_id) == []
    assert "Traceback" not in caplog.text


async def test_a_reply_written_in_a_thread_of_an_account_that_is_gone_is_answered_for(
    rig: Rig, case: Claimed
) -> None:
    await restart(rig, ("name: brand-x", "name: brand-new"))
    await rig.write(case.agent, case.ts, WORDS)
    await works(rig)

    assert await rig.replies_to(case.post_id) == []


async def test_a_case_that_turns_late_on_an_account_that_is_gone_does_not_stop_the_watch(
    tmp_path: Path,
) -> None:
    async with open_rig(tmp_path, hold="0s", brisk=True, start=False) as rig:
        rig.app_yaml = rig.app_yaml.replace(USUAL, "{first_reply: 1s, next_reply: 1s, warn_before: 0s}")
        await rig.start()
        await rig.post(rig.customers[0], "@brand my parcel is lost")
        await rig.card("my parcel is lost")
        await restart(rig, ("name: brand-x", "name: brand-new"))
        await rig.new_case("another matter")

        assert "another matter" in (await announced(rig, "1 case needs attention now"))["text"]


def due_times(rig: Rig) -> list[datetime]:
    """The due times in the record, in order of the cases."""
    with closing(sqlite3.connect(rig.directory / "webcare.db")) as database:
        rows = database.execute("SELECT due_at FROM timers WHERE kind = 'answer' ORDER BY case_id").fetchall()
    return [datetime.fromtimestamp(due_at / 1_000_000, UTC) for (due_at,) in rows]


async def test_a_mention_outside_hours_is_due_after_the_opening_and_stays_so_until_somebody_asks(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Closed until the day after tomorrow; then, with other hours, always open."""
    zone = ZoneInfo("Europe/Amsterdam")
    today = datetime.now(zone).date()
    closed = ", ".join(f"{{day: {today + timedelta(days=days)}, closed: true}}" for days in (-1, 0, 1))
    targets = f"    targets: {USUAL}"
    await restart(rig, (targets, f'{targets}\n    hours: [{{mon-sun: "08:00-22:00"}}, {closed}]'))
    await rig.post(rig.customers[0], "@brand my parcel is lost")
    card = await rig.card("my parcel is lost")
    opening = datetime(today.year, today.month, today.day, 9, tzinfo=zone) + timedelta(days=2)

    assert due_times(rig) == [opening]

    await restart(rig, (f", {closed}", ""), ("08:00-22:00", "00:00-24:00"))
    assert due_times(rig) == [opening]

    await rig.stop()
    for name, value in environ_of(rig).items():
        monkeypatch.setenv(name, value)
    config = ["--config", str(written(rig))]
    assert await asyncio.to_thread(cli.main, ["targets", *config]) == 0
    assert f"case 1: due {opening:%Y-%m-%d} 09:00, by today's settings" in capsys.readouterr().out
    assert await asyncio.to_thread(cli.main, ["targets", "--apply", *config]) == 0
    assert "New due times: 1" in capsys.readouterr().out
    [due] = due_times(rig)
    assert due < datetime.now(UTC) + timedelta(hours=1)
    await rig.start()
    await rig.card_shows(card, f"<!date^{int(due.timestamp())}^")


async def test_a_team_by_another_name_goes_on_with_its_cases(rig: Rig, case: Claimed) -> None:
    await restart(rig, ("  care:", "  front:"), ("team: care", "team: front"))
    await rig.write(case.agent, case.ts, WORDS)
    await rig.reply_under(case.post_id)
    await works(rig)


async def test_a_case_of_a_team_that_is_gone_still_stands_in_the_queue(rig: Rig, case: Claimed) -> None:
    await restart(rig, ("  care:", "  front:"), ("team: care", "team: front"))
    answer = await rig.slash(rig.agents[1], "/webcare", "queue")

    assert f"Case {await rig.number(case.ts)}>" in answer


async def test_a_team_in_another_channel_answers_in_the_old_threads_and_posts_in_the_new_channel(
    rig: Rig, case: Claimed
) -> None:
    slack = rig.world.slack
    room = slack.add_channel("elsewhere", [slack.bot.id, *(agent.id for agent in rig.agents)]).id
    await restart(rig, (f"channel: {rig.channel}", f"channel: {room}"))
    await rig.write(case.agent, case.ts, WORDS)
    await rig.reply_under(case.post_id)
    await rig.line(case.ts, "Posted as")
    await rig.post(rig.customers[0], "@brand another matter")

    async def posted() -> bool:
        answer = await rig.slack(rig.agents[0], "conversations.history", channel=room)
        return any("another matter" in message["text"] for message in answer["messages"])

    assert await rig.until(posted)
