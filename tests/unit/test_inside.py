"""Addresses inside are known however they are written, and no others are taken for one."""

from __future__ import annotations

from time import process_time

import pytest

from bot.slack.inside import internal_address
from bot.slack.message import plain

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
        "http://127.1/",
        "http://0177.0.0.1/",
        "http://017700000001/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://0x7f000001/",
        "http://0/",
        "http://%31%30.0.0.7/x",
        "http://①⓪.0.0.7/x",
        "http://１０.０.０.７/x",
        "http://10%2E0%2E0%2E7/x",
        "http://10.0.0.7./",
        "http://10.0.0.7?x=1",
        "http://user:word@10.0.0.7:80/x",
        "http:/10.0.0.7/x",
        "http:10.0.0.7/x",
        "http:///10.0.0.7/x",
        "https:\\10.0.0.7\\x",
        "//10.0.0.7/x",
        "http://169.254.169.254/latest",
        "http://[::1]",
        "http://[::ffff:10.0.0.7]/x",
        "https://a.example,http://10.0.0.7/",
        "https://a.example?u=http://10.0.0.7/x",
        "https://a.example/?u=10.0.0.7/x",
        "ssh://admin@10.0.0.7",
        "smb://nas/team",
        "\\\\nas\\team",
        "file:///srv/team/x.txt",
        "10.0.0.7/wiki",
        "10.0.0.7:8080",
        "10.0.0.7?x=1",
        "0x0a.0.0.7/wiki",
        "192.168.1.5:8080/x",
        "172.31.0.1/",
        "100.64.0.1/x",
        "admin@10.0.0.7:22",
        "10.0.0.7",
        "172.16.4.4",
        "ip:10.0.0.7",
        "fd00::12",
        "localhost:8065/x",
        "LOCALHOST/x",
        "app.localhost:3000/x",
        "[::1]:80/x",
        "[fd00::1]/x",
        "[fe80::1%25eth0]/x",
        "wiki.acme.internal/Refunds",
        "wiki.acme.internal",
        "WIKI.ACME.INTERNAL",
        "printer.local",
        "nas.lan/x",
        "portal.intranet",
        "wiki.corp/Refunds",
        "router.home.arpa",
        "nas.home/x",
        "wiki.acme.intern/x",
        "help@acme.internal",
        "https://wiki%E2%80%8B.acme.inter%C2%ADnal/x",
        "https://acme.sl%E2%80%8Back.com/archives",
        "https://acme%252525252Eslack%252525252Ecom/x",
        f"https://acme%{'25' * 400}2Eslack.com/x",
        f"https://{'%' * 300}{'3' * 299}25",
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
        "version 10.0.0.7",
        "Versie 10.0.0.7 staat klaar",
        "The version is now 10.0.0.7",
        "v10.0.0.7, or v 10.0.0.7",
        "versie:10.0.0.7",
        "Heb je 10.0.0.7 of hoger?",
        "iOS 10.3.1.2",
        "1.2.3, 10.2.3, 0.9.1.2 and 1.10.0.0.7",
        "op 12.10.2026 om 10:30, of 10.30 uur",
        "10.000.000.000 euro, € 10,50 of 10.-/maand",
        "Bel 01.23.45.67.89",
        "e.g. this, i.e. that",
        "8.8.8.8, 93.184.216.34/x and 93.184.216.34:80",
        "http://1572395042/",
        "10.0.0.256 and http://10.0.0.256/",
        "https://shop.example/releases/10.0.0.7/app.zip",
        "https://shop.example/x?v=10.0.0.7",
        "https://shop.example/printer.local",
        "wiki.internal.example.com/x",
        "We are closed.Local shops are open",
        "Open 192.168.1.1 in je browser om bij je router te komen.",
        "Your own localhost",
        "Alles op het lokale netwerk, lan of wifi. Local.",
        "thuis.home en klaar.test",
        "[1] first, [12:30] then, [::x]",
        "ordernr:12345/2, 24/7, 1/2/3/4, 1.2.3.4/5",
        "Kijk op https: of http: en HTTP:status",
        "C:\\Windows\\x and ¯\\_(ツ)_/¯",
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
    [
        *(
            "a.",
            "1.2.",
            "slack.com",
            "@slack.",
            "x@slack.com ",
            "%25",
            "%",
            "%%3",
            "http://",
            "http:",
            "archives/c",
        ),
        *(
            "a:/",
            "10.0.0.7",
            "10.0.0.7 ",
            "[::",
            "fd00:",
            "0x7f.",
            "local.",
            "a.local",
            "localhost:",
            "x@a.local",
        ),
        *("\\\\", "http:a@", "日", "\u200b", "%E2%80%8B"),
    ],
)
def test_searching_takes_as_long_as_the_text(piece: str) -> None:
    begun = process_time()
    internal_address(piece * (25_000 // len(piece)), HOST)

    assert process_time() - begun < 0.5
