"""What app.yaml says about an account on X is checked before anything is asked of the network."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest

from bot.cases.errors import Invalid, NotPermitted
from bot.cases.ports import Connector, ReplyTarget, SendCommand
from bot.cases.posts import AccountId, AuthorId, PostId
from connectors import BadSettings, Settings, open_connector
from tests.fakes import FakeClock

FOUR = {
    "consumer_key": "ck",
    "consumer_secret": "cs",
    "access_token": "1740000000000000001-at",
    "access_token_secret": "ats",
}
TARGET = ReplyTarget(PostId("12"), AuthorId("7"), "klant")


def opened(
    network: str = "x",
    *,
    handle: str = "@brand",
    api_url: str = "https://api.x.com",
    credentials: Mapping[str, str] = FOUR,
    private: str = "",
    prices: Mapping[str, Decimal] | None = None,
) -> Connector:
    settings = Settings(
        account=AccountId("brand-1"),
        handle=handle,
        api_url=api_url,
        credentials=credentials,
        private=private,
        prices=prices or {},
        clock=FakeClock(),
    )
    return open_connector(network, settings)


def test_an_unknown_network_is_told_the_known_ones() -> None:
    with pytest.raises(BadSettings, match="'myspace' is not known here"):
        opened("myspace")


def test_missing_secrets_are_named_all_at_once() -> None:
    with pytest.raises(BadSettings, match="consumer_secret, access_token_secret missing or empty"):
        opened(credentials={"consumer_key": "a", "access_token": "b", "consumer_secret": " "})


def test_a_secret_that_x_does_not_know_is_named() -> None:
    with pytest.raises(BadSettings, match="X does not know api_key"):
        opened(credentials={**FOUR, "api_key": "a"})


def test_a_bearer_token_stands_alone() -> None:
    with pytest.raises(BadSettings, match="bearer_token stands beside other secrets"):
        opened(credentials={**FOUR, "bearer_token": "a"})


def test_no_secret_is_in_a_complaint() -> None:
    with pytest.raises(BadSettings) as caught:
        opened(credentials={"consumer_key": "s3cret"})

    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("url", ["api.x.com", "ftp://api.x.com", "https://", "https://api.x.com?a=1"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(BadSettings, match=r"Write https://api\.x\.com"):
        opened(api_url=url)


def test_a_handle_that_is_none_is_refused() -> None:
    with pytest.raises(BadSettings, match="is no handle on X"):
        opened(handle="The Brand")


def test_a_private_way_that_x_does_not_have_is_refused() -> None:
    with pytest.raises(BadSettings, match="is not possible on X"):
        opened(private="mail")


def test_a_price_of_something_unknown_is_refused() -> None:
    with pytest.raises(BadSettings, match="X charges nothing called likes"):
        opened(prices={"likes": Decimal(1)})


def test_a_price_in_app_yaml_replaces_the_known_one() -> None:
    connector = opened(prices={"post_create": Decimal("0.02")})
    public = connector.reply_options(TARGET, FakeClock().now())[0]

    assert (public.price, public.price_with_link) == (Decimal("0.02"), Decimal("0.200"))


def test_messages_are_neither_read_nor_offered_unless_asked_for() -> None:
    connector = opened()
    private = connector.reply_options(TARGET, FakeClock().now())[1]

    assert (private.allowed, private.reason) == (False, "dm_off")
    assert connector.capabilities().streams == ("mentions", "own")


def test_messages_are_read_and_offered_when_asked_for() -> None:
    connector = opened(private="dm")
    private = connector.reply_options(TARGET, FakeClock().now())[1]

    assert (private.allowed, private.price) == (True, Decimal("0.015"))
    assert connector.capabilities().streams == ("mentions", "own", "dms")


def test_nothing_to_answer_leaves_no_public_reply() -> None:
    public = opened().reply_options(ReplyTarget(None, AuthorId("7"), "klant"), FakeClock().now())[0]

    assert (public.allowed, public.reason) == (False, "no_post")


def test_the_invitation_leads_to_the_owner_of_the_access_token() -> None:
    assert opened().invitation_url() == "https://x.com/messages/compose?recipient_id=1740000000000000001"


def test_there_is_no_invitation_before_x_said_who_the_brand_is() -> None:
    assert opened(credentials={"bearer_token": "t"}).invitation_url() == ""


@pytest.mark.parametrize(
    ("text", "rule"),
    [("", "empty"), ("@klant ", "empty"), ("a\ufffe", "characters"), ("x" * 281, "too_long")],
)
async def test_a_text_that_x_would_refuse_is_refused_without_asking(text: str, rule: str) -> None:
    command = SendCommand("k", "public", text, PostId("12"), AuthorId("7"), "klant", FakeClock().now())
    with pytest.raises(Invalid) as caught:
        await opened().send(command)

    assert caught.value.rule == rule


async def test_a_private_reply_is_not_sent_where_there_is_no_private_way() -> None:
    now = FakeClock().now()
    command = SendCommand("k", "dm", "psst", None, AuthorId("7"), "klant", now)
    with pytest.raises(NotPermitted) as caught:
        await opened().send(command)

    assert (caught.value.reason, caught.value.manual_url) == (
        "dm_off",
        "https://x.com/messages/compose?recipient_id=7&text=psst",
    )
