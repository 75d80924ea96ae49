"""The X connector over real sockets, against a server that answers in every way one does on a bad day."""

from __future__ import annotations

import logging
import socket
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from bot.cases import errors
from bot.cases.ports import NotSent, Unknown
from bot.cases.posts import AccountId
from connectors.x import XClient, XConnector
from connectors.x.options import Credentials, PriceList
from connectors.x.payload import lowest_at
from tests.contract.benches import XBench, open_x
from tests.fakes import FakeClock
from tests.scenario.stage import BRAND, Stage, a_message
from tests.scenario.x_stage import SECRETS, Open, command
from tests.scenario.x_stage import clock as clock
from tests.scenario.x_stage import opens as opens
from tests.scenario.x_stage import stage as stage

HTML = "<html><head><title>503 Service Unavailable</title></head></html>"
POST = r"POST /2/tweets"
MENTIONS = r"GET .*/mentions"


@pytest.fixture
def x(opens: Open) -> XConnector:
    return opens()


def made(number: str) -> dict[str, Any]:
    return {"data": {"id": number, "text": "Hello!"}}


class TestWhatIsCertain:
    @pytest.mark.parametrize("status", [500, 502, 503])
    async def test_a_page_instead_of_a_list_is_to_be_tried_again(
        self, stage: Stage, x: XConnector, status: int
    ) -> None:
        stage.cue(MENTIONS, status, HTML)

        with pytest.raises(errors.Retry, match="503 Service Unavailable"):
            await x.pull("mentions", None)

    @pytest.mark.parametrize("status", [200, 201, 500, 502, 503])
    async def test_a_page_instead_of_a_receipt_leaves_a_reply_unclear(
        self, stage: Stage, x: XConnector, clock: FakeClock, status: int
    ) -> None:
        stage.cue(POST, status, HTML)

        with pytest.raises(errors.Unclear):
            await x.send(command(clock))

    async def test_a_page_with_status_200_is_no_empty_list(self, stage: Stage, x: XConnector) -> None:
        stage.cue(MENTIONS, 200, HTML)

        with pytest.raises(errors.Retry):
            await x.pull("mentions", None)

    async def test_a_receipt_without_an_id_leaves_a_reply_unclear(
        self, stage: Stage, x: XConnector, clock: FakeClock
    ) -> None:
        stage.cue(POST, 201, {"data": {}})

        with pytest.raises(errors.Unclear):
            await x.send(command(clock))

    async def test_a_limit_in_plain_text_is_certainly_not_sent(
        self, stage: Stage, x: XConnector, clock: FakeClock
    ) -> None:
        stage.cue(POST, 429, "Too Many Requests", Content_Type="text/plain")

        with pytest.raises(errors.RateLimited) as caught:
            await x.send(command(clock))
        assert caught.value.until == clock.now() + timedelta(seconds=60)

    async def test_spent_credit_is_told_with_xs_own_words(self, stage: Stage, x: XConnector) -> None:
        stage.cue(MENTIONS, 402, {"title": "CreditsDepleted", "detail": "You have no credits."})

        with pytest.raises(errors.OutOfCredit, match="You have no credits"):
            await x.pull("mentions", None)

    async def test_silence_while_reading_is_to_be_tried_again(self, stage: Stage, x: XConnector) -> None:
        stage.silence(MENTIONS)

        with pytest.raises(errors.Retry):
            await x.pull("mentions", None)

    async def test_silence_after_a_reply_was_written_is_unclear(
        self, stage: Stage, x: XConnector, clock: FakeClock
    ) -> None:
        stage.silence(POST)

        with pytest.raises(errors.Unclear):
            await x.send(command(clock))

    async def test_a_line_cut_after_a_reply_was_written_is_unclear(
        self, stage: Stage, x: XConnector, clock: FakeClock
    ) -> None:
        stage.cut(POST)

        with pytest.raises(errors.Unclear):
            await x.send(command(clock))

    async def test_a_reply_is_written_once_whatever_happens(
        self, stage: Stage, x: XConnector, clock: FakeClock
    ) -> None:
        stage.cut(POST)
        with pytest.raises(errors.Unclear):
            await x.send(command(clock))

        assert [line for line in stage.lines() if line.startswith("POST")] == ["POST /2/tweets"]

    async def test_a_server_that_is_not_there_certainly_did_nothing(
        self, opens: Open, clock: FakeClock
    ) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            nobody = opens(f"http://127.0.0.1:{free.getsockname()[1]}")

        with pytest.raises(errors.Retry):
            await nobody.send(command(clock))

    async def test_a_redirected_reply_is_not_turned_into_a_read(
        self, stage: Stage, x: XConnector, clock: FakeClock
    ) -> None:
        stage.cue(POST, 302, Location="/elsewhere")
        with pytest.raises(errors.Retry):
            await x.send(command(clock))

        assert [line for line in stage.lines() if line.startswith("POST")] == ["POST /2/tweets"]


class TestRequests:
    async def test_four_secrets_sign_each_request(self, stage: Stage, x: XConnector) -> None:
        await x.pull("mentions", None)

        assert all(heard.headers["Authorization"].startswith("OAuth ") for heard in stage.heard)

    async def test_a_bearer_token_is_carried_by_each_request(self, stage: Stage, opens: Open) -> None:
        await opens(credentials=Credentials(bearer_token="t0ken")).pull("mentions", None)

        assert {heard.headers["Authorization"] for heard in stage.heard} == {"Bearer t0ken"}

    async def test_a_path_in_front_of_the_api_is_kept(self, stage: Stage, opens: Open) -> None:
        await opens(f"{stage.url}/deep/x").pull("mentions", None)

        assert stage.lines() == ["GET /deep/x/2/users/me", f"GET /deep/x/2/users/{BRAND['id']}/mentions"]

    async def test_who_the_brand_is_is_asked_once_and_billed(self, stage: Stage, x: XConnector) -> None:
        first, second = await x.pull("mentions", None), await x.pull("own", None)

        assert [spent.kind for spent in first.spent + second.spent] == ["user_read"]

    async def test_authors_are_not_read_along_at_ten_times_the_price(
        self, stage: Stage, x: XConnector
    ) -> None:
        await x.pull("mentions", None)

        assert stage.heard[-1].query["expansions"] == "attachments.media_keys"

    async def test_requests_share_a_connection(self, stage: Stage, x: XConnector) -> None:
        await x.pull("mentions", None)
        await x.pull("own", None)

        assert len({heard.port for heard in stage.heard}) == 1

    async def test_no_secret_is_logged_or_told(
        self, stage: Stage, x: XConnector, caplog: pytest.LogCaptureFixture
    ) -> None:
        stage.cue(MENTIONS, 403, {"detail": "I was told access-s3cret by 7-access"})
        with caplog.at_level(logging.DEBUG), pytest.raises(errors.NetworkError) as caught:
            await x.pull("mentions", None)

        told = caplog.text + repr(caught.value)
        assert [secret for secret in SECRETS.secrets() if secret in told] == []

    async def test_few_requests_left_ask_to_wait(self, stage: Stage, x: XConnector, clock: FakeClock) -> None:
        reset = clock.now() + timedelta(minutes=10)
        stage.cue(
            MENTIONS,
            body={"meta": {}},
            x_rate_limit_limit="300",
            x_rate_limit_remaining="0",
            x_rate_limit_reset=str(int(reset.timestamp())),
        )

        assert (await x.pull("mentions", None)).not_before == reset

    async def test_messages_that_must_wait_say_until_when(
        self, stage: Stage, opens: Open, clock: FakeClock
    ) -> None:
        x = opens(private=True)
        reset = int((clock.now() + timedelta(minutes=10)).timestamp())
        stage.cue(
            "dm_events",
            body={"meta": {}},
            x_rate_limit_remaining="0",
            x_rate_limit_reset=str(reset),
        )
        first = await x.pull("dms", None)

        assert first.not_before is not None
        assert first.not_before.timestamp() == reset


class TestPublicationTime:
    async def test_it_is_read_from_the_id(self, stage: Stage, x: XConnector, clock: FakeClock) -> None:
        published = clock.now() + timedelta(seconds=2)
        stage.cue(POST, 201, made(lowest_at(published)))

        assert (await x.send(command(clock))).at == published

    async def test_it_is_asked_for_where_the_id_does_not_tell(
        self, stage: Stage, x: XConnector, clock: FakeClock
    ) -> None:
        stage.cue(POST, 201, made("42"))
        told = {"id": "42", "text": "Hello!", "created_at": "2026-11-20T09:00:05.000Z"}
        stage.cue(r"GET /2/tweets/42", body={"data": told})

        assert (await x.send(command(clock))).at == clock.now() + timedelta(seconds=5)

    async def test_a_failure_to_ask_does_not_spoil_a_reply_that_is_public(
        self, stage: Stage, x: XConnector, clock: FakeClock
    ) -> None:
        stage.cue(POST, 201, made("42"))
        stage.cue(r"GET /2/tweets/42", 503, HTML)

        assert (await x.send(command(clock))).at == clock.now()


class TestDoubt:
    async def test_absence_is_certain_when_some_time_has_passed_since_the_attempt_ended(
        self, stage: Stage, x: XConnector, clock: FakeClock
    ) -> None:
        reply = command(clock)
        stage.cue(POST, 503, HTML)
        with pytest.raises(errors.Unclear):
            await x.send(reply)
        early = await x.reconcile(reply)
        clock.turn(seconds=30)

        assert (type(early), type(await x.reconcile(reply))) == (Unknown, NotSent)

    async def test_after_a_restart_the_attempt_may_have_lasted_to_its_time_out(
        self, opens: Open, clock: FakeClock
    ) -> None:
        reply = command(clock)
        clock.turn(seconds=30)

        assert isinstance(await opens().reconcile(reply), Unknown)

    async def test_an_earlier_message_with_the_same_words_is_no_certain_find(
        self, stage: Stage, opens: Open, clock: FakeClock
    ) -> None:
        stage.cue("dm_events", body={"data": [a_message("Hello!")], "meta": {}})
        reply = command(clock, visibility="dm")
        clock.turn(minutes=5)

        assert isinstance(await opens(private=True).reconcile(reply), Unknown)


class TestChecking:
    async def test_something_that_is_not_x_is_named_by_its_address(self, stage: Stage, x: XConnector) -> None:
        stage.cue("GET", 200, "<html><title>Welcome to nginx!</title></html>")
        (finding,) = (await x.check()).findings

        assert not finding.ok
        assert f"{stage.url} does not answer as X does" in finding.text

    async def test_somebody_elses_credentials_are_named(self, stage: Stage, x: XConnector) -> None:
        stage.cue("/me", body={"data": {**BRAND, "username": "intern"}})
        finding = (await x.check()).findings[0]

        assert not finding.ok
        assert "belong to @intern, but app.yaml says @brand" in finding.text

    async def test_the_price_of_a_mention_is_told(self, x: XConnector) -> None:
        texts = [finding.text for finding in (await x.check()).findings]

        assert "A mention read will cost $0.001, because the credentials are the account's own." in texts

    async def test_messages_that_may_not_be_read_are_a_finding(self, stage: Stage, opens: Open) -> None:
        stage.cue("dm_events", 403, {"detail": "Your client app is not configured with DM permissions."})
        findings = (await opens(private=True).check()).findings

        assert [finding.subject for finding in findings if not finding.ok] == ["direct messages"]


class TestAgainstTheSandbox:
    @pytest.fixture
    async def bench(self) -> AsyncIterator[XBench]:
        async with open_x() as opened:
            yield opened

    def connector(self, bench: XBench, token: str) -> XConnector:
        return XConnector(
            XClient(bench.url, Credentials(bearer_token=token), bench.clock),
            account=AccountId("brand-1"),
            handle="brand",
            private=False,
            prices=PriceList({}),
            clock=bench.clock,
        )

    async def test_a_users_token_does_what_the_four_secrets_do(self, bench: XBench) -> None:
        x = self.connector(bench, bench.x.credentials(bench.brand).bearer)
        cursor = (await x.pull("mentions", None)).cursor
        number = bench.mention()
        page = await x.pull("mentions", cursor)
        await x.close()

        assert [post.id for post in page.posts] == [number]

    async def test_an_apps_own_token_is_told_to_be_the_wrong_kind(self, bench: XBench) -> None:
        x = self.connector(bench, bench.x.app_token)
        (finding,) = (await x.check()).findings
        await x.close()

        assert "The bearer token is an app's own" in finding.text

    async def test_what_is_counted_as_spent_is_what_x_bills(self, bench: XBench) -> None:
        bench.mention("@brand from before")
        pages = [await bench.connector.pull("mentions", None)]
        for count in range(3):
            bench.mention(f"@brand question {count}")
            bench.clock.turn(seconds=20)
            pages.append(await bench.connector.pull("mentions", pages[-1].cursor))

        counted = sum(float(spent.amount) for page in pages for spent in page.spent)
        assert counted == pytest.approx(bench.x.spent)
