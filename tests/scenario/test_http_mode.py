"""Slack over requests: the whole product on an address of its own, and nobody but Slack gets through."""

from __future__ import annotations

import json
import socket
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import aiohttp
import pytest
import pytest_asyncio

from bot.bootstrap import StartError
from bot.sandbox import tryout
from tests.scenario.rig import LONG, Rig, in_one_loop, open_rig
from tests.scenario.sides import Json
from tests.scenario.slack_requests import FORM, Request, SlackSide, signed, slack_side
from tests.scenario.trouble import broken

pytestmark = in_one_loop

#: What only somebody at the desk changes.
DESK_TABLES = ("deliveries", "events", "messages", "reactions", "replies")


class Desk:
    """A bot in the mode http, and the Slack that sends it requests."""

    def __init__(self, rig: Rig, slack: SlackSide, base: str) -> None:
        self.rig = rig
        self.slack = slack
        self.base = base

    async def get(self, path: str) -> tuple[int, str]:
        """Status and body of one of the bot's own pages."""
        async with self.rig.http.get(self.base + path) as response:
            return response.status, await response.text()

    def rows(self) -> dict[str, list[tuple[object, ...]]]:
        """What the record holds of all that happened at the desk."""
        with closing(sqlite3.connect(f"file:{self.rig.directory}/webcare.db?mode=ro", uri=True)) as record:
            return {name: record.execute(f"SELECT * FROM {name}").fetchall() for name in DESK_TABLES}

    def reaction(self, ts: str, name: str = "eyes") -> Json:
        """The event of a reaction by the first agent, as Slack would tell it."""
        event = {
            "type": "reaction_added",
            "user": self.rig.agents[0].id,
            "reaction": name,
            "item": {"type": "message", "channel": self.rig.channel, "ts": ts},
            "event_ts": "1700000000.000100",
        }
        return {"type": "event_callback", "event_id": f"Ev{ts}{name}", "team_id": "T1", "event": event}

    def command(self, trigger: str, text: str) -> bytes:
        """The form of a slash command."""
        form = {
            "command": "/webcare",
            "text": text,
            "user_id": self.rig.agents[0].id,
            "channel_id": self.rig.channel,
            "team_id": "T1",
            "trigger_id": trigger,
        }
        return urlencode(form).encode()


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def over_http(rig: Rig, port: int) -> str:
    """Turn the rig's app.yaml into one of the mode http; returns the secret that signs."""
    # Any secret of the environment will do; the sandbox knows none for signing.
    mode = "mode: http\n  signing_secret: ${X_CONSUMER_SECRET}"
    rig.app_yaml = rig.app_yaml.replace("app_token: ${SLACK_APP_TOKEN}", mode)
    rig.app_yaml += f"web: {{listen: 127.0.0.1:{port}}}\n"
    return tryout.secrets(rig.world.description())["X_CONSUMER_SECRET"]


@asynccontextmanager
async def open_desk(directory: Path) -> AsyncIterator[Desk]:
    """A bot in the mode http with the whole sandbox around it."""
    port = free_port()
    async with open_rig(directory, hold=LONG, start=False, brisk=True) as rig:
        secret = over_http(rig, port)
        await rig.start()
        app_token = rig.world.description()["slack"]["bot"]["app_token"]
        base = f"http://127.0.0.1:{port}"
        async with slack_side(rig.http, rig.slack_url, app_token, f"{base}/slack/events", secret) as slack:
            yield Desk(rig, slack, base)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with open_desk(tmp_path_factory.mktemp("desk")) as opened:
        yield opened


class TestTheProduct:
    async def test_works_from_mention_to_public_reply(self, desk: Desk) -> None:
        case = await desk.rig.claimed("my parcel came over http")
        await desk.rig.answered(case, "We look for it at once.")

        assert "We look for it at once. ^" in await desk.rig.reply_under(case.post_id)

    async def test_answers_a_slash_command(self, desk: Desk) -> None:
        _, _, customer = await desk.rig.new_case("my lamp came over http")

        assert f"@{customer.name}" in await desk.rig.slash(desk.rig.agents[0], "/webcare", "queue")

    async def test_opens_no_socket(self, desk: Desk) -> None:
        only_the_test = 1

        assert desk.rig.world.slack.connections == only_the_test

    async def test_reads_in_the_threads_what_came_while_it_was_away(self, tmp_path: Path) -> None:
        async with open_desk(tmp_path) as away:
            case = await away.rig.claimed("my desk came over http")
            await away.rig.stop()
            await away.rig.write(case.agent, case.ts, "Written while nobody listened.")
            await away.rig.start()

            await away.rig.line(case.ts, "Will be posted")


class TestARequest:
    async def test_is_taken_once_however_often_slack_repeats_it(self, desk: Desk) -> None:
        _, ts, _ = await desk.rig.new_case("my vase is chipped")
        event = json.dumps(desk.reaction(ts)).encode()
        first = await desk.slack.send(signed(desk.slack.secret, event, ago=60))
        await desk.rig.card_shows(ts, desk.rig.agents[0].name)
        before = desk.rows()
        again = await desk.slack.send(signed(desk.slack.secret, event))

        assert (first.status, again.status) == (200, 200)
        assert desk.rows() == before

    @pytest.mark.parametrize(
        ("trigger", "who", "answer"),
        [
            ("1.1.claim", "Nobody has claimed this yet", "I have already done this"),
            ("", "Claimed by", "is yours"),
        ],
        ids=["known by its trigger", "without a trigger"],
    )
    async def test_of_a_command_is_carried_out_once_where_it_can_be_recognised(
        self, desk: Desk, trigger: str, who: str, answer: str
    ) -> None:
        _, ts, _ = await desk.rig.new_case(f"my cup is chipped {trigger}")
        agent, number = desk.rig.agents[0], await desk.rig.number(ts)
        command = desk.command(trigger, f"claim {number}")
        first = await desk.slack.send(signed(desk.slack.secret, command, FORM, ago=60))
        await desk.rig.slash(agent, "/webcare", f"release {number}")
        again = await desk.slack.send(signed(desk.slack.secret, command, FORM))

        assert "is yours" in first.body
        assert answer in again.body
        await desk.rig.card_shows(ts, who)

    async def test_that_changes_the_address_is_answered_with_its_challenge(self, desk: Desk) -> None:
        answered = await desk.slack.tell({"type": "url_verification", "challenge": "3eZbrw1aB"})

        assert (answered.status, json.loads(answered.body)) == (200, {"challenge": "3eZbrw1aB"})

    async def test_of_a_kind_we_do_not_know_is_acknowledged(self, desk: Desk) -> None:
        answered = await desk.slack.tell(
            {"type": "event_callback", "event_id": "Ev1", "event": {"type": "team_join", "user": {}}}
        )

        assert answered.status == 200

    async def test_that_failed_is_taken_when_it_is_repeated_in_the_same_second(self, desk: Desk) -> None:
        _, ts, _ = await desk.rig.new_case("my mirror is cracked")
        # Slack does not answer who this is: nothing is decided, and the event is to be told again.
        desk.rig.world.faults.order(broken("slack", "users.info", "status", after_effect=False, times=2))
        stranger = desk.reaction(ts)
        stranger["event"]["user"] = "U0STRANGE"
        request = signed(desk.slack.secret, json.dumps(stranger).encode())
        first, again = await desk.slack.send(request), await desk.slack.send(request)

        assert (first.status, again.status) == (500, 500)


class TestAForgery:
    @pytest.mark.parametrize(
        ("changed", "value"),
        [
            ("X-Slack-Signature", None),
            ("X-Slack-Request-Timestamp", None),
            ("X-Slack-Signature", ""),
            ("X-Slack-Signature", "v0=" + "0" * 64),
            ("X-Slack-Signature", "v0=é"),
            ("X-Slack-Request-Timestamp", "soon"),
            ("X-Slack-Request-Timestamp", "9" * 5000),
        ],
        ids=["unsigned", "no time", "empty", "wrong", "not ascii", "no number", "far away"],
    )
    async def test_in_its_headers_is_refused(self, desk: Desk, changed: str, value: str | None) -> None:
        _, ts, _ = await desk.rig.new_case(f"my clock stopped {changed} {str(value)[:20]}")
        before = desk.rows()
        good = signed(desk.slack.secret, json.dumps(desk.reaction(ts)).encode())
        headers = {name: text for name, text in good.headers.items() if name != changed}
        if value is not None:
            headers[changed] = value
        answered = await desk.slack.send(replace(good, headers=headers))

        assert answered.status == 401
        assert desk.rows() == before

    async def test_in_its_body_is_refused(self, desk: Desk) -> None:
        _, ts, _ = await desk.rig.new_case("my fork is bent")
        before = desk.rows()
        good = signed(desk.slack.secret, json.dumps(desk.reaction(ts)).encode())
        answered = await desk.slack.send(replace(good, body=good.body.replace(b"eyes", b"see_no_evil")))

        assert answered.status == 401
        assert desk.rows() == before

    async def test_with_another_secret_is_refused(self, desk: Desk) -> None:
        _, ts, _ = await desk.rig.new_case("my spoon is bent")
        before = desk.rows()
        answered = await desk.slack.send(signed("guessed", json.dumps(desk.reaction(ts)).encode()))

        assert answered.status == 401
        assert desk.rows() == before

    @pytest.mark.parametrize("ago", [302.0, -302.0], ids=["of the past", "of the future"])
    async def test_of_time_is_refused(self, desk: Desk, ago: float) -> None:
        _, ts, _ = await desk.rig.new_case(f"my knife is blunt {ago}")
        before = desk.rows()
        event = json.dumps(desk.reaction(ts)).encode()
        answered = await desk.slack.send(signed(desk.slack.secret, event, ago=ago))

        assert answered.status == 401
        assert desk.rows() == before

    async def test_that_is_no_text_is_refused(self, desk: Desk) -> None:
        answered = await desk.slack.send(replace(signed(desk.slack.secret, b""), body=b"\xff\xfe"))

        assert answered.status == 401

    async def test_gets_no_answer_to_its_challenge(self, desk: Desk) -> None:
        body = json.dumps({"type": "url_verification", "challenge": "3eZbrw1aB"}).encode()
        answered = await desk.slack.send(Request(body, {"Content-Type": "application/json"}))

        assert (answered.status, "3eZbrw1aB" in answered.body) == (401, False)

    async def test_that_pretends_to_test_the_certificate_is_refused(self, desk: Desk) -> None:
        answered = await desk.slack.send(Request(b"ssl_check=1&token=x", {"Content-Type": FORM}))

        assert answered.status == 401


class TestAReplay:
    async def test_of_an_event_is_refused(self, desk: Desk) -> None:
        case = await desk.rig.claimed("my glass is broken")
        taken = desk.slack.last("reaction_added")
        await desk.rig.unreact(case.agent, case.ts, "eyes")
        await desk.rig.card_shows(case.ts, "Nobody has claimed this yet")
        before = desk.rows()
        answered = await desk.slack.send(taken)

        assert answered.status == 401
        assert desk.rows() == before

    async def test_of_a_press_is_refused(self, desk: Desk) -> None:
        _, ts, _ = await desk.rig.new_case("my plate is broken")
        await desk.rig.press(desk.rig.agents[0], ts, "Claim")
        await desk.rig.card_shows(ts, desk.rig.agents[0].name)
        before = desk.rows()
        answered = await desk.slack.send(desk.slack.last("block_actions"))

        assert answered.status == 401
        assert desk.rows() == before

    async def test_of_a_command_is_refused(self, desk: Desk) -> None:
        request = signed(desk.slack.secret, desk.command("1.1.once", "queue"), FORM)
        first, again = await desk.slack.send(request), await desk.slack.send(request)

        assert (first.status, again.status) == (200, 401)

    async def test_after_a_restart_changes_nothing(self, tmp_path: Path) -> None:
        async with open_desk(tmp_path) as restarted:
            case = await restarted.rig.claimed("my bowl is broken")
            await restarted.rig.slash(case.agent, "/webcare", "dm 1 In private, please.")
            await restarted.rig.unreact(case.agent, case.ts, "eyes")
            await restarted.rig.card_shows(case.ts, "Nobody has claimed this yet")
            await restarted.rig.press(case.agent, case.ts, "Claim")
            await restarted.rig.card_shows(case.ts, case.agent.name)
            await restarted.rig.press(case.agent, case.ts, "Release")
            await restarted.rig.card_shows(case.ts, "Nobody has claimed this yet")
            await restarted.rig.stop()
            await restarted.rig.start()
            before = restarted.rows()
            answers = [await restarted.slack.send(request) for request in list(restarted.slack.sent)]

            assert {answered.status for answered in answers} == {200}
            assert restarted.rows() == before


class TestTheServer:
    async def test_refuses_a_body_that_is_too_large(self, desk: Desk) -> None:
        answered = await desk.slack.send(signed(desk.slack.secret, b"x" * (1024 * 1024 + 1)))

        assert answered.status == 413

    async def test_is_asked_by_post_only(self, desk: Desk) -> None:
        assert (await desk.get("/slack/events"))[0] == 405

    async def test_names_no_versions(self, desk: Desk) -> None:
        async with desk.rig.http.get(f"{desk.base}/nothing") as response:
            named = response.headers["Server"]

        assert (response.status, named) == (404, "webcare")

    async def test_is_ready_once_it_is_up(self, desk: Desk) -> None:
        status, body = await desk.get("/readyz")

        assert (status, json.loads(body)) == (200, {"ready": True, "reasons": {}})

    async def test_ends_with_the_bot(self, tmp_path: Path) -> None:
        async with open_desk(tmp_path) as ended:
            await ended.rig.stop()

            with pytest.raises(aiohttp.ClientConnectorError):
                await ended.get("/healthz")

    async def test_that_cannot_listen_stops_the_start(self, tmp_path: Path) -> None:
        async with open_rig(tmp_path, start=False) as rig:
            with socket.socket() as other:
                other.bind(("127.0.0.1", 0))
                other.listen()
                port = other.getsockname()[1]
                over_http(rig, port)

                with pytest.raises(StartError, match=f"port {port}: another program has it"):
                    await rig.start()

    async def test_does_not_start_with_an_empty_secret(self, tmp_path: Path) -> None:
        async with open_rig(tmp_path, start=False) as rig:
            over_http(rig, free_port())
            rig.adjust = lambda config: config.model_copy(
                update={"desk": config.desk.model_copy(update={"signing_secret": None})}
            )

            with pytest.raises(StartError, match="Without a signing secret anybody could pass for Slack"):
                await rig.start()
