"""Each way in which X says no becomes the one error that tells what is certain."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from bot.cases import errors
from connectors.x.refusals import Answer, error_of, one_line, rest_until

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def refused(status: int, detail: str, *, writing: bool = True, **more: object) -> errors.NetworkError:
    """The error for one of X's problems."""
    body = json.dumps({"title": "Forbidden", "status": status, "detail": detail, **more})
    return error_of(Answer(status, {}, body), writing=writing, now=NOW)


def answered(status: int, body: str = "", *, writing: bool, **headers: str) -> errors.NetworkError:
    """The error for an answer that is not one of X's problems."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return error_of(Answer(status, named, body), writing=writing, now=NOW)


@pytest.mark.parametrize(
    ("detail", "reason"),
    [
        ("You can only reply to or quote posts where you are mentioned or are the author.", "not_mentioned"),
        (
            "Reply to this conversation is not allowed because you have not been mentioned or otherwise "
            "engaged by the author of the post you are replying to.",
            "not_mentioned",
        ),
        ("You do not have permission to DM one or more participants.", "dm_closed"),
        ("You cannot send messages to this user.", "dm_closed"),
        ("Your account is suspended and is not permitted to access this feature.", "refused"),
    ],
)
def test_a_way_that_is_closed_has_its_reason(detail: str, reason: str) -> None:
    error = refused(403, detail)

    assert isinstance(error, errors.NotPermitted)
    assert error.reason == reason


@pytest.mark.parametrize(
    ("status", "detail", "kind"),
    [
        (403, "You are not allowed to create a Tweet with duplicate content.", errors.Duplicate),
        (403, "You attempted to reply to a Tweet that is deleted or not visible to you.", errors.TargetGone),
        (401, "Unauthorized", errors.AuthExpired),
        (402, "Your enrolled account does not have any credits to fulfill this request.", errors.OutOfCredit),
        (400, "One or more parameters to your request was invalid.", errors.Invalid),
        (404, "Not Found", errors.TargetGone),
    ],
)
def test_a_refusal_has_its_error(status: int, detail: str, kind: type[errors.NetworkError]) -> None:
    assert type(refused(status, detail)) is kind


@pytest.mark.parametrize("text", ["Your Tweet text is too long.", "Tweet needs to be a bit shorter."])
def test_too_long_is_a_rule_of_its_own(text: str) -> None:
    error = refused(403, text)

    assert isinstance(error, errors.Invalid)
    assert error.rule == "too_long"


def test_an_apps_own_token_where_a_users_is_needed_is_a_matter_of_credentials() -> None:
    kind = "https://api.twitter.com/2/problems/unsupported-authentication"

    assert isinstance(refused(403, "Unsupported", type=kind), errors.AuthExpired)


def test_the_monthly_cap_is_a_matter_of_credit() -> None:
    kind = "https://api.twitter.com/2/problems/usage-capped"

    assert isinstance(refused(429, "Usage cap exceeded", type=kind), errors.OutOfCredit)


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
def test_a_servers_failure_leaves_a_write_unclear_and_a_read_to_be_repeated(status: int) -> None:
    kinds = [type(answered(status, "<html>", writing=writing)) for writing in (True, False)]

    assert kinds == [errors.Unclear, errors.Retry]


def test_success_without_data_leaves_a_write_unclear() -> None:
    assert isinstance(answered(200, "<html>welcome</html>", writing=True), errors.Unclear)


@pytest.mark.parametrize("status", [301, 302, 403, 404])
def test_a_page_from_something_that_is_not_x_is_certainly_no_success(status: int) -> None:
    assert isinstance(answered(status, "<html>login</html>", writing=True), errors.Retry)


def test_a_limit_without_a_word_of_its_end_holds_a_minute() -> None:
    error = answered(429, "Too Many Requests", writing=True)

    assert isinstance(error, errors.RateLimited)
    assert error.until == NOW + timedelta(minutes=1)


def test_a_limit_holds_until_its_reset() -> None:
    reset = NOW + timedelta(minutes=7)
    error = answered(429, writing=False, x_rate_limit_reset=str(int(reset.timestamp())))

    assert isinstance(error, errors.RateLimited)
    assert error.until == reset


def test_the_limit_of_a_day_counts_when_it_is_the_one_used_up() -> None:
    soon, tomorrow = NOW + timedelta(minutes=7), NOW + timedelta(hours=20)
    error = answered(
        429,
        writing=True,
        x_rate_limit_remaining="5",
        x_rate_limit_limit="100",
        x_rate_limit_reset=str(int(soon.timestamp())),
        x_user_limit_24hour_remaining="0",
        x_user_limit_24hour_reset=str(int(tomorrow.timestamp())),
    )

    assert isinstance(error, errors.RateLimited)
    assert error.until == tomorrow


@pytest.mark.parametrize("reset", ["0", "soon", "1763629200000", "-5", "", "99999999999"])
def test_a_reset_that_cannot_be_is_not_believed(reset: str) -> None:
    error = answered(429, writing=False, x_rate_limit_reset=reset)

    assert isinstance(error, errors.RateLimited)
    assert error.until == NOW + timedelta(minutes=1)


def test_retry_after_is_heeded() -> None:
    error = answered(429, writing=False, retry_after="300")

    assert isinstance(error, errors.RateLimited)
    assert error.until == NOW + timedelta(minutes=5)


@pytest.mark.parametrize(
    ("remaining", "rest"),
    [("14", None), ("8", None), ("3", timedelta(minutes=3)), ("0", timedelta(minutes=9))],
)
def test_a_window_half_used_is_spread_over_the_time_left(remaining: str, rest: timedelta | None) -> None:
    headers = {
        "x-rate-limit-limit": "15",
        "x-rate-limit-remaining": remaining,
        "x-rate-limit-reset": str(int((NOW + timedelta(minutes=9)).timestamp())),
    }

    assert rest_until(headers, NOW) == (NOW + rest if rest else None)


def test_the_detail_is_xs_own_words_with_those_of_each_part() -> None:
    error = refused(
        400, "One or more parameters was invalid.", errors=[{"message": "`since_id` is not valid"}]
    )

    assert error.detail == "`since_id` is not valid One or more parameters was invalid. (HTTP 400)"


def test_the_detail_of_a_page_is_its_title() -> None:
    error = answered(503, "<html><title>Over\n capacity</title><body>…", writing=False)

    assert error.detail == "a page instead of data: Over capacity (HTTP 503)"


@pytest.mark.parametrize(
    "body",
    [json.dumps({"detail": f"{'x' * 290} s3cret-t0ken"}), f"<title>{'x' * 266} s3cret-t0ken</title>"],
    ids=["data", "a page"],
)
def test_a_secret_at_the_cut_is_left_out_whole(body: str) -> None:
    error = error_of(Answer(400, {}, body), writing=True, now=NOW, secrets=("s3cret-t0ken",))

    assert len(error.detail) == 300
    assert "s3" not in error.detail


def test_a_line_has_no_secret_no_line_end_and_an_end() -> None:
    line = one_line("token s3cret\n\x1b[31m" + "x" * 1000, ("s3cret",))

    assert line.startswith("token … [31m")
    assert len(line) == 300


def test_a_reset_is_believed_rather_than_retry_after() -> None:
    reset = NOW + timedelta(minutes=7)
    error = answered(429, writing=False, retry_after="1", x_rate_limit_reset=str(int(reset.timestamp())))

    assert isinstance(error, errors.RateLimited)
    assert error.until == reset
