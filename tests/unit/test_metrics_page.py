"""The figures page: each figure by its name, in the two forms that are asked for, and nobody in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client.parser import text_string_to_metric_families

from bot.cases.accounts import Condition
from bot.cases.figures import BOUNDS, AccountFigures, Figures, Lateness
from bot.cases.model import ReplyState, Status
from bot.cases.posts import AccountId
from bot.web.metrics import Metrics

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
BRAND = AccountId("brand-x")
BUSY = Figures(
    at=NOW,
    cases={Status.NEW: 3, Status.CLOSED: 7},
    waiting=4,
    overdue=1,
    waiting_since=NOW - 90 * MINUTE,
    errands=2,
    errand_since=NOW - MINUTE,
    replies={ReplyState.QUEUED: 5, ReplyState.UNCONFIRMED: 2},
    blocked=3,
    reply_due_since=NOW - 2 * MINUTE,
    published=40,
    refused=6,
    in_doubt=1,
    lateness=Lateness(3, timedelta(seconds=22), (1, 1, 2, 2, 3, 3, 3, 3, 3)),
    accounts=(AccountFigures(BRAND, Condition.AUTH, NOW - 9 * MINUTE, NOW - MINUTE, NOW, Decimal("0.42")),),
)


async def page(figures: Figures, accept: str = "") -> tuple[str, str]:
    """The page and its content type."""

    async def read() -> Figures:
        return figures

    app = web.Application()
    app.router.add_get("/metrics", Metrics(read, [BRAND]).page)
    async with TestClient(TestServer(app)) as client:
        response = await client.get("/metrics", headers={"Accept": accept} if accept else {})
        return await response.text(), response.headers["Content-Type"]


async def samples(figures: Figures) -> dict[str, float]:
    """Every sample, by its name and labels as they are written in a query."""
    text, _ = await page(figures)
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = ",".join(f"{name}={value}" for name, value in sample.labels.items())
            found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return found


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("webcare_cases{status=new}", 3),
        ("webcare_cases{status=closed}", 7),
        ("webcare_cases{status=dismissed}", 0),
        ("webcare_waiting_cases", 4),
        ("webcare_overdue_cases", 1),
        ("webcare_oldest_waiting_seconds", 5400),
        ("webcare_waiting_errands", 2),
        ("webcare_oldest_errand_seconds", 60),
        ("webcare_replies{state=queued}", 5),
        ("webcare_replies{state=sending}", 0),
        ("webcare_replies{state=unconfirmed}", 2),
        ("webcare_held_replies", 3),
        ("webcare_oldest_due_reply_seconds", 120),
        ("webcare_sends_total{outcome=published}", 40),
        ("webcare_sends_total{outcome=refused}", 6),
        ("webcare_sends_total{outcome=in_doubt}", 1),
        ("webcare_flag_lateness_seconds_bucket{le=1.0}", 1),
        ("webcare_flag_lateness_seconds_bucket{le=5.0}", 2),
        ("webcare_flag_lateness_seconds_bucket{le=3600.0}", 3),
        ("webcare_flag_lateness_seconds_bucket{le=+Inf}", 3),
        ("webcare_flag_lateness_seconds_count", 3),
        ("webcare_flag_lateness_seconds_sum", 22),
        ("webcare_account_condition{account=brand-x,condition=auth}", 1),
        ("webcare_account_condition{account=brand-x,condition=well}", 0),
        ("webcare_account_look_age_seconds{account=brand-x}", 60),
        ("webcare_account_spent_today_usd{account=brand-x}", 0.42),
    ],
)
async def test_a_figure_has_its_name(name: str, value: float) -> None:
    assert (await samples(BUSY))[name] == value


@pytest.mark.parametrize(
    "name",
    ["webcare_oldest_waiting_seconds", "webcare_oldest_errand_seconds", "webcare_oldest_due_reply_seconds"],
)
async def test_an_age_of_nothing_is_none(name: str) -> None:
    assert (await samples(Figures(at=NOW)))[name] == 0


async def test_an_age_is_never_below_nothing() -> None:
    figures = replace(BUSY, waiting_since=NOW + MINUTE)

    assert (await samples(figures))["webcare_oldest_waiting_seconds"] == 0


async def test_every_status_and_condition_is_there_from_the_first_look_on() -> None:
    found = await samples(replace(Figures(at=NOW), accounts=BUSY.accounts))
    statuses = {f"webcare_cases{{status={status.value}}}" for status in Status}
    conditions = {
        f"webcare_account_condition{{account=brand-x,condition={condition.value}}}" for condition in Condition
    }

    assert statuses | conditions <= found.keys()


async def test_an_account_that_was_never_looked_at_is_as_old_as_its_connection() -> None:
    account = replace(BUSY.accounts[0], looked_at=None)
    found = await samples(replace(BUSY, accounts=(account,)))

    assert found["webcare_account_look_age_seconds{account=brand-x}"] == 540


async def test_an_account_that_app_yaml_no_longer_has_is_not_told() -> None:
    gone = replace(BUSY.accounts[0], account=AccountId("brand-old"))
    found = await samples(replace(BUSY, accounts=(*BUSY.accounts, gone)))
    told = {name for name in found if name.startswith("webcare_account_")}

    assert len(told) == len(Condition) + 2
    assert not any("brand-old" in name for name in told)


async def test_a_bucket_belongs_to_each_bound() -> None:
    found = await samples(BUSY)
    buckets = [name for name in found if name.startswith("webcare_flag_lateness_seconds_bucket")]

    assert len(buckets) == len(BOUNDS) + 1


async def test_the_page_is_plain_text_unless_something_else_is_asked_for() -> None:
    _, plain = await page(BUSY)
    text, asked_for = await page(BUSY, "application/openmetrics-text;version=1.0.0")

    assert plain.startswith("text/plain; version=0.0.4")
    assert asked_for.startswith("application/openmetrics-text")
    assert text.endswith("# EOF\n")
