"""The figures as Prometheus reads them. Nothing in them names a person or repeats a word."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from aiohttp import hdrs, web
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import CollectorRegistry

from bot.cases.accounts import Condition
from bot.cases.figures import BOUNDS, Figures, Lateness
from bot.cases.model import ReplyState, Status
from bot.cases.posts import AccountId


class Metrics:
    """Answers /metrics. `read` tells how things stand; it is asked at each look and nothing is kept, so that
    every process of one record tells the same. `configured` are the accounts of app.yaml: of one that was
    taken out the record still knows, but nobody looks at it, and its age would raise an alarm for ever."""

    def __init__(self, read: Callable[[], Awaitable[Figures]], configured: Collection[AccountId]) -> None:
        self._read = read
        self._configured = frozenset(configured)

    async def page(self, request: web.Request) -> web.Response:
        """The figures, in the form that is asked for."""
        encode, content_type = _encoder(request.headers.get(hdrs.ACCEPT, ""))
        figures = await self._read()
        known = tuple(account for account in figures.accounts if account.account in self._configured)
        text = encode(_registry(replace(figures, accounts=known)))
        return web.Response(body=text, headers={hdrs.CONTENT_TYPE: content_type})


def _encoder(accept: str) -> tuple[Callable[[CollectorRegistry], bytes], str]:
    """How to write the figures for what a header asks for; the plain way where it is not to be understood."""
    try:
        return choose_encoder(accept)
    except (TypeError, ValueError):  # a version that is none
        return choose_encoder("")


class _Once:
    """A collector of what is known already."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures

    def collect(self) -> Iterator[Metric]:
        """Every figure."""
        yield from _cases(self._figures)
        yield from _desk(self._figures)
        yield from _replies(self._figures)
        yield from _accounts(self._figures)


def _registry(figures: Figures) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(_Once(figures))
    return registry


def _cases(figures: Figures) -> Iterator[Metric]:
    by_status = GaugeMetricFamily("webcare_cases", "Cases by status.", labels=["status"])
    for status in Status:
        by_status.add_metric([status.value], figures.cases.get(status, 0))
    yield by_status
    yield GaugeMetricFamily("webcare_waiting_cases", "Cases in which a customer waits.", figures.waiting)
    yield GaugeMetricFamily(
        "webcare_overdue_cases", "Cases in which a customer waits past the due time.", figures.overdue
    )
    yield GaugeMetricFamily(
        "webcare_oldest_waiting_seconds",
        "For how long the customer waits who waits longest; 0 when nobody does.",
        _age(figures, figures.waiting_since),
    )
    yield _lateness(figures.lateness)
    yield CounterMetricFamily(
        "webcare_closed_unanswered",
        "Cases closed although the customer had written last, since no answer was needed.",
        figures.closed_unanswered,
    )


def _lateness(lateness: Lateness) -> Metric:
    buckets = [
        (str(bound.total_seconds()), float(number))
        for bound, number in zip(BOUNDS, lateness.within, strict=True)
    ]
    return HistogramMetricFamily(
        "webcare_flag_lateness_seconds",
        "Time between a due time that passed and its case being flagged as missed.",
        buckets=[*buckets, ("+Inf", float(lateness.count))],
        sum_value=lateness.total.total_seconds(),
    )


def _desk(figures: Figures) -> Iterator[Metric]:
    yield GaugeMetricFamily("webcare_waiting_errands", "What the desk is still to show.", figures.errands)
    yield GaugeMetricFamily(
        "webcare_oldest_errand_seconds",
        "Age of the oldest thing that the desk is still to show; 0 when there is none.",
        _age(figures, figures.errand_since),
    )


def _replies(figures: Figures) -> Iterator[Metric]:
    pending = GaugeMetricFamily("webcare_replies", "Replies not out yet, by state.", labels=["state"])
    for state in (ReplyState.QUEUED, ReplyState.SENDING, ReplyState.UNCONFIRMED):
        pending.add_metric([state.value], figures.replies.get(state, 0))
    yield pending
    yield GaugeMetricFamily("webcare_held_replies", "Replies that wait for a person.", figures.blocked)
    yield GaugeMetricFamily(
        "webcare_oldest_due_reply_seconds",
        "How late the most overdue reply is that should be out by now; 0 when none is.",
        _age(figures, figures.reply_due_since),
    )
    outcomes = CounterMetricFamily(
        "webcare_sends",
        "What came of sending: replies published, refused by the network, or in doubt.",
        labels=["outcome"],
    )
    outcomes.add_metric(["published"], figures.published)
    outcomes.add_metric(["refused"], figures.refused)
    outcomes.add_metric(["in_doubt"], figures.in_doubt)
    yield outcomes


def _accounts(figures: Figures) -> Iterator[Metric]:
    condition = GaugeMetricFamily(
        "webcare_account_condition", "1 for the condition an account is in.", labels=["account", "condition"]
    )
    looked = GaugeMetricFamily(
        "webcare_account_look_age_seconds",
        "Time since the newest complete look at an account's network; since it was connected when none was.",
        labels=["account"],
    )
    spent = GaugeMetricFamily(
        "webcare_account_spent_today_usd", "US dollars spent since midnight UTC.", labels=["account"]
    )
    for account in figures.accounts:
        for each in Condition:
            condition.add_metric([account.account, each.value], float(account.condition is each))
        looked.add_metric([account.account], _age(figures, account.looked_at or account.connected_at))
        spent.add_metric([account.account], float(account.spent_today))
    yield from (condition, looked, spent)


def _age(figures: Figures, since: datetime | None) -> float:
    """How long ago something was, in seconds; 0 for nothing, and for what two clocks put into the future."""
    return max(figures.at - since, timedelta(0)).total_seconds() if since else 0.0
