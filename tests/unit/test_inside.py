"""Addresses inside are known however they are written, and no others are taken for one."""

from __future__ import annotations

from time import process_time

import pytest

from bot.slack.inside import internal_address
from bot.slack.plain import plain

HOST = "chat.acme.example"


@pytest.mark.parametrize(
    "address",
    [
        "https://acme.slack.com/archives/C0AAA/p1",
        "HTTPS://ACME.SLACK.COM/archives/C0AAA",
        "https://acme.enterprise.slack.com",
        "https://app.slack.com/client/T0AAA/C0BBB",
        "https://slack.com/app_redirect?channel=C0BBB",
        "https://slack.com:443/app_redirect?app=A1",
        "https://acme.slack.com./archives",
        "https://acme.slack。com/archives",
        "https://acme．slack｡com/archives",
        "https://ａｃｍｅ.ｓｌａｃｋ.com/archives",
        "https://acme%2Eslack%2Ecom/archives",
        "https://acme.sl%61ck.com/archives",
        "https://user:word@acme.slack.com/archives",
        "https://acme.slack.com@evil.example/",
        "https:\\\\acme.slack.com\\archives",
        "//acme.slack.com/archives",
        "acme.slack.com/archives/C0AAA",
        "acme.slack.com",
        "Acme.Slack.com:8443/x",
        "https://www.example.com/url?q=https://acme.slack.com/archives/C1",
        "https://www.example.com/url?q=https%3A%2F%2Facme.slack.com%2Farchives",
        "https://www.example.com/url?q=https%253A%252F%252Facme.slack.com%252Farchives",
        "https://slack-redir.net/link?url=https%3A%2F%2Fshop.example",
        "https://slack-files.com/T1-F1-abc",
        "https://files.slack-edge.com/x",
        "https://acme.slack-gov.com/x",
        "slack://channel?team=T0AAA&id=C0BBB",
        "SLACK://user?team=T1&id=U1",
        "slack:channel?team=T1",
        "slack%3A%2F%2Fchannel?team=T1",
        "slack-beta://open",
        "intent://open#Intent;scheme=slack;package=com.Slack;end",
        "/archives/C0AAAAAAA/p1700000000000000",
        "https://chat.acme.example/x",
        "http://chat.acme.example:8700/x",
        "chat.acme.example/x",
        "http://localhost:8065/x",
        "http://10.0.0.7/wiki",
        "http://[fd00::1]/wiki",
        "http://127.0.0.1:8700/x",
        "https://wiki/Refunds",
        "https://wiki.acme.internal/Refunds",
        "https://printer.local",
    ],
)
def test_an_address_inside_is_one_however_it_is_written(address: str) -> None:
    for text in (address, f"See {address}.", f"See ({address}), or call."):
        assert internal_address(text, HOST) == address.rstrip(".")


@pytest.mark.parametrize(
    "text",
    [
        "https://notslack.com/x",
        "https://slack.company/x",
        "https://slack.com.example.org/x",
        "https://my-slack.com/x",
        "We use Slack: it is quick",
        "mail help@slack.com",
        "mail help@acme.example or help@chat.acme.example",
        "https://acme.example/chat",
        "https://shop.example/archives/2026/11",
        "https://93.184.216.34/x",
        "at 10:30, or ratio 1:2",
        "100% sure, 50%2 and %zz",
        "https://[not an address",
        "",
    ],
)
def test_other_addresses_are_not(text: str) -> None:
    assert internal_address(text, HOST) == ""


@pytest.mark.parametrize(
    "sent",
    [
        "<slack://channel?team=T0AAA&amp;id=C0BBB>",
        "<slack://channel?team=T0AAA&amp;id=C0BBB|our channel>",
        "<https://acme.slack.com/archives/C1|acme.slack.com/archives/C1>",
        "`acme.sl\u200back.com/archives/C1`",
        "see acme.sl\u00adack.com/archives/C1",
    ],
)
def test_the_text_is_searched_as_it_would_be_published(sent: str) -> None:
    found = plain({"text": sent})

    assert [problem.kind.value for problem in found.problems] == ["internal_link"]


@pytest.mark.parametrize(
    "piece",
    ["a.", "1.2.", "slack.com", "@slack.", "x@slack.com ", "%25", "http://", "archives/c", "a:/"],
)
def test_searching_takes_as_long_as_the_text(piece: str) -> None:
    begun = process_time()
    internal_address(piece * (40_000 // len(piece)), HOST)

    assert process_time() - begun < 1
