"""Health and figures of a whole bot at work: true to what happened, and silent about who it happened to."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from prometheus_client.parser import text_string_to_metric_families

from bot.web import health
from tests.scenario.rig import LONG, Rig, in_one_loop, open_rig
from tests.scenario.test_http_mode import free_port
from tests.scenario.trouble import MENTIONS, PUBLISH, refusal

pytestmark = in_one_loop


class Watched:
    """A bot with a web address."""

    def __init__(self, rig: Rig, base: str) -> None:
        self.rig = rig
        self.base = base

    async def get(self, path: str) -> tuple[int, str]:
        """Status and body of a page."""
        async with self.rig.http.get(self.base + path) as response:
            return response.status, await response.text()

    async def figure(self, name: str, **labels: str) -> float:
        """One figure as it is now."""
        _, text = await self.get("/metrics")
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                if sample.name == name and labels.items() <= sample.labels.items():
                    return float(sample.value)
        raise LookupError(f"no {name} {labels} in:\n{text}")

    async def becomes(self, value: float, name: str, **labels: str) -> None:
        """Wait until a figure has this value."""

        async def has_it() -> bool:
            return await self.figure(name, **labels) == value

        await self.rig.until(
            has_it, f"{name} {labels} is not {value} but {await self.figure(name, **labels)}"
        )


@asynccontextmanager
async def watched(directory: Path) -> AsyncIterator[Watched]:
    """A bot with a web address, and the sandbox around it."""
    async with open_rig(directory, hold=LONG, start=False, brisk=True) as rig:
        port = free_port()
        rig.app_yaml += f"web: {{listen: 127.0.0.1:{port}}}\n"
        await rig.start()
        yield Watched(rig, f"http://127.0.0.1:{port}")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Watched]:
    async with watched(tmp_path_factory.mktemp("bot")) as opened:
        yield opened


class TestHealth:
    async def test_of_a_bot_at_work_is_good(self, bot: Watched) -> None:
        assert [(await bot.get(path))[0] for path in ("/healthz", "/readyz")] == [200, 200]

    async def test_tells_that_slack_is_gone_and_that_it_is_back(self, bot: Watched) -> None:
        async def is_ready() -> bool:
            return (await bot.get("/readyz"))[0] == 200

        async def is_not() -> bool:
            return not await is_ready()

        bot.rig.world.slack.drop_sockets()
        await bot.rig.until(is_not, "the bot is ready without Slack")
        lives, _ = await bot.get("/healthz")
        await bot.rig.until(is_ready, "the bot does not get ready again", patience=30)

        assert lives == 200

    async def test_tells_that_the_database_does_not_answer(
        self, bot: Watched, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(health, "PATIENCE", 0.3)
        with closing(sqlite3.connect(bot.rig.directory / "webcare.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            status, body = await bot.get("/readyz")
            figures, _ = await bot.get("/metrics")
            other.execute("ROLLBACK")

        assert status == 503
        assert "database" in json.loads(body)["reasons"]
        assert figures == 200


class TestFigures:
    async def test_follow_a_case_from_mention_to_answer(self, bot: Watched) -> None:
        claimed = await bot.figure("webcare_cases", status="claimed")
        answered = await bot.figure("webcare_cases", status="answered")
        waiting = await bot.figure("webcare_waiting_cases")
        published = await bot.figure("webcare_sends_total", outcome="published")
        case = await bot.rig.claimed("my parcel is measured")
        await bot.becomes(claimed + 1, "webcare_cases", status="claimed")
        await bot.becomes(waiting + 1, "webcare_waiting_cases")
        await bot.rig.answered(case)

        await bot.becomes(answered + 1, "webcare_cases", status="answered")
        await bot.becomes(waiting, "webcare_waiting_cases")
        await bot.becomes(published + 1, "webcare_sends_total", outcome="published")

    async def test_count_a_reply_while_it_waits(self, bot: Watched) -> None:
        queued = await bot.figure("webcare_replies", state="queued")
        await bot.rig.queued(await bot.rig.claimed("my lamp is measured"), "In five minutes.")

        await bot.becomes(queued + 1, "webcare_replies", state="queued")

    async def test_count_what_the_network_refuses(self, bot: Watched) -> None:
        refused = await bot.figure("webcare_sends_total", outcome="refused")
        case = await bot.rig.claimed("my chair is measured")
        _, line = await bot.rig.queued(case, "This will not go out.")
        bot.rig.world.faults.order(refusal(PUBLISH, 403, times=1))
        await bot.rig.press(case.agent, line["ts"], "Send now")

        await bot.becomes(refused + 1, "webcare_sends_total", outcome="refused")

    async def test_tell_what_an_account_has_spent(self, bot: Watched) -> None:
        await bot.rig.new_case("my table is measured")

        assert await bot.figure("webcare_account_spent_today_usd", account="brand-x") > 0

    async def test_are_the_same_after_a_restart(self, tmp_path: Path) -> None:
        async with watched(tmp_path) as restarted:
            await restarted.rig.answered(await restarted.rig.claimed("my desk is measured"))
            await restarted.becomes(1, "webcare_sends_total", outcome="published")
            await restarted.rig.stop()
            await restarted.rig.start()

            assert await restarted.figure("webcare_sends_total", outcome="published") == 1

    async def test_tell_the_condition_of_an_account(self, tmp_path: Path) -> None:
        async with watched(tmp_path) as locked_out:
            await locked_out.becomes(1, "webcare_account_condition", account="brand-x", condition="well")
            locked_out.rig.world.faults.order(refusal(MENTIONS, 401))

            await locked_out.becomes(1, "webcare_account_condition", account="brand-x", condition="auth")
            await locked_out.becomes(0, "webcare_account_condition", account="brand-x", condition="well")

    async def test_are_silent_about_an_account_that_app_yaml_no_longer_has(self, tmp_path: Path) -> None:
        async with watched(tmp_path) as renamed:
            await renamed.rig.stop()
            renamed.rig.app_yaml = renamed.rig.app_yaml.replace("name: brand-x", "name: brand-new")
            await renamed.rig.start()
            _, text = await renamed.get("/metrics")

        assert 'account="brand-new"' in text
        assert 'account="brand-x"' not in text

    async def test_tell_the_age_of_a_look_that_never_came(self, tmp_path: Path) -> None:
        async with watched(tmp_path) as locked_out:
            await locked_out.rig.stop()
            (locked_out.rig.directory / "webcare.db").unlink()
            (locked_out.rig.directory / "webcare.db.marker").unlink()
            locked_out.rig.world.faults.order(refusal(MENTIONS, 401))
            await locked_out.rig.start()
            await locked_out.becomes(1, "webcare_account_condition", account="brand-x", condition="auth")

            assert await locked_out.figure("webcare_account_look_age_seconds", account="brand-x") > 0

    async def test_name_nobody_and_repeat_nothing(self, bot: Watched) -> None:
        case = await bot.rig.claimed("my secret is measured")
        await bot.rig.answered(case, "Nobody will know.")
        _, text = await bot.get("/metrics")
        words = [case.agent.id, case.agent.name, case.customer.id, case.customer.name, case.post_id]

        assert [word for word in (*words, "secret", "Nobody will") if word in text] == []


async def test_without_a_web_block_no_port_is_opened(tmp_path: Path) -> None:
    port = free_port()
    async with open_rig(tmp_path) as rig:
        with pytest.raises(aiohttp.ClientConnectorError):
            await rig.http.get(f"http://127.0.0.1:{port}/healthz")

        assert "web:" not in rig.app_yaml
