"""What a network tells by itself goes the way of what is pulled: signed, once, each account its own."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.cases.model import Status
from bot.cases.ports import Pushed, Receives, Request
from bot.cases.posts import AccountId, Author, AuthorId, Post, PostId, Unread
from bot.work import accounts, changes, intake
from bot.work.context import Answers
from tests.contract.samples import BRAND, NOW
from tests.unit.office import Office
from tests.unit.office import office as office

SECRET, WORD = b"app secret", "agreed"
SHOP = AccountId("brand-shop")
#: The network's own numbers of the accounts.
PAGES = {"p1": BRAND, "p2": SHOP}


class PageDoor:
    """A network of pages with comments. One request may hold comments on several pages, and other things."""

    def __init__(self, pages: Mapping[str, AccountId]) -> None:
        self._pages = pages

    def handshake(self, request: Request) -> str | None:
        """The challenge, to whoever knows the word."""
        asked = request.query.get("verify_token", "")
        return request.query.get("challenge") if hmac.compare_digest(asked, WORD) else None

    def verify(self, request: Request) -> bool:
        """Signed over the bytes."""
        return hmac.compare_digest(request.headers.get("x-signature", ""), signature(request.body))

    def parse(self, request: Request, now: datetime) -> Sequence[Pushed]:
        """Each comment on a page of ours."""
        pages = [entry for entry in json.loads(request.body)["entry"] if entry["id"] in self._pages]
        return [
            self._comment(self._pages[entry["id"]], change, now)
            for entry in pages
            for change in entry["changes"]
            if change["item"] == "comment"
        ]

    def _comment(self, account: AccountId, change: dict[str, Any], now: datetime) -> Pushed:
        number = PostId(change["id"])
        key = f"comment-{number}-{change['edits']}"
        if "from" not in change:
            return Pushed(account, key, unread=(Unread(number, "nobody wrote it", json.dumps(change), ""),))
        author = Author("x", AuthorId(change["from"]["id"]), change["from"]["name"])
        at = min(datetime.fromtimestamp(change["at"], UTC), now)
        post = Post(account, number, author.id, "public", change["text"], at, root_id=change["root"])
        return Pushed(account, key, (replace(post, version=change["edits"]),), (author,))


def signature(body: bytes) -> str:
    """As the network signs."""
    return f"sha256={hmac.new(SECRET, body, hashlib.sha256).hexdigest()}"


def comment(
    number: str, text: str = "is it open?", *, edits: int = 1, by: str = "7", name: str = ""
) -> dict[str, Any]:
    """A comment, as the network tells of it."""
    at = NOW.timestamp()
    who = {"id": by, "name": name or f"Customer {by}"}
    said = {"item": "comment", "id": number, "edits": edits, "text": text}
    return {**said, "at": at, "root": number, "from": who}


def request(**pages: list[dict[str, Any]]) -> Request:
    """What the network sends about these pages, in its own spelling of JSON, signed."""
    entries = [{"id": page, "changes": changes} for page, changes in pages.items()]
    body = json.dumps({"entry": entries}, ensure_ascii=True, indent=1).encode()
    return Request({}, {"x-signature": signature(body)}, body)


class Bay:
    """Where requests of the network come in."""

    def __init__(self, office: Office) -> None:
        accounts = office.setup.installation.accounts
        both = {**accounts, SHOP: replace(accounts[BRAND], name=SHOP, handle="shop")}
        office.setup = replace(
            office.setup,
            installation=replace(office.setup.installation, accounts=both),
            rules=dict.fromkeys(both, office.rules),
        )
        self.office = office
        self.door: Receives = PageDoor(PAGES | {"p3": AccountId("no-longer-ours")})

    def take(self, sent: Request) -> bool:
        """All that a request tells is in the record once it is acknowledged; False if it is refused."""
        if not self.door.verify(sent):
            return False
        tx = self.office.tx()
        for pushed in self.door.parse(sent, NOW):
            intake.take_pushed(tx, pushed)
        return True

    def texts(self, account: AccountId) -> list[str]:
        """What customers wrote to an account, in open cases, oldest first."""
        record = self.office.record
        cases = [case for case in record.cases.open() if case.account == account]
        return [post.text for case in cases for post in record.posts.of_case(case.id)]


@pytest.fixture
def bay(office: Office) -> Bay:
    return Bay(office)


def test_one_request_brings_posts_of_several_accounts_with_their_authors(bay: Bay) -> None:
    took = bay.take(request(p1=[comment("1", "één"), comment("2", by="8")], p2=[comment("3")]))

    assert took
    assert (bay.texts(BRAND), bay.texts(SHOP)) == (["één", "is it open?"], ["is it open?"])
    assert bay.office.record.people.author("x", AuthorId("8")) == Author("x", AuthorId("8"), "Customer 8")


def test_what_is_told_again_alone_or_among_others_is_nothing_new(bay: Bay) -> None:
    for sent in (request(p1=[comment("1", "one")]), request(p1=[comment("2", "two"), comment("1", "one")])):
        bay.take(sent)
        bay.take(sent)

    assert sorted(bay.texts(BRAND)) == ["one", "two"]


def test_an_old_thing_told_again_does_not_bring_an_old_name_back(bay: Bay) -> None:
    sent = request(p1=[comment("1", name="Anna")])
    for each in (sent, request(p1=[comment("2", name="Anna Bos")]), sent):
        bay.take(each)

    assert bay.office.record.people.author("x", AuthorId("7")) == Author("x", AuthorId("7"), "Anna Bos")


def test_a_case_that_was_closed_since_is_not_opened_by_a_repeat(bay: Bay) -> None:
    sent = request(p1=[comment("1")])
    bay.take(sent)
    [case] = bay.office.record.cases.open()
    bay.office.record.cases.save(replace(case, status=Status.CLOSED, closed_at=NOW))
    bay.take(sent)

    assert bay.office.record.cases.open() == []


def test_what_was_pulled_first_is_no_second_post(bay: Bay) -> None:
    [pushed] = bay.door.parse(request(p1=[comment("1", "one")]), NOW)
    bay.office.take_in(*pushed.posts)
    bay.take(request(p1=[comment("1", "one")]))

    assert bay.texts(BRAND) == ["one"]


def test_an_edit_is_told_under_its_own_key(bay: Bay) -> None:
    for edits, text in ((1, "one"), (2, "two"), (1, "one")):
        bay.take(request(p1=[comment("1", text, edits=edits)]))

    assert bay.texts(BRAND) == ["two"]


def test_what_belongs_to_nobody_here_or_is_no_post_is_left_out(bay: Bay) -> None:
    like = {"item": "like"}
    took = bay.take(request(p1=[like], p3=[comment("1")], p9=[comment("2")]))

    assert took
    assert bay.office.record.cases.open() == []


def test_what_cannot_be_read_is_told_once_and_stops_nothing(bay: Bay) -> None:
    odd = comment("1")
    del odd["from"]
    for _ in range(2):
        bay.take(request(p1=[odd, comment("2", "two")]))

    assert [said.key for said in bay.office.said()] == ["account.unread"]
    assert bay.texts(BRAND) == ["two"]


@pytest.mark.parametrize("forged", [b"", b'{"entry": []}'])
def test_what_the_network_did_not_sign_is_refused(bay: Bay, forged: bytes) -> None:
    sent = request(p1=[comment("1")])

    assert bay.take(replace(sent, body=forged)) is False
    assert bay.take(replace(sent, headers={})) is False
    assert bay.office.record.cases.open() == []


def test_a_signature_holds_for_the_bytes_and_no_other_spelling_of_them(bay: Bay) -> None:
    sent = request(p1=[comment("1", "één")])
    respelled = json.dumps(json.loads(sent.body), ensure_ascii=False).encode()

    assert bay.take(replace(sent, body=respelled)) is False


def test_who_asks_whether_we_are_there_is_answered_if_they_know_the_word(bay: Bay) -> None:
    asked = Request({"verify_token": WORD, "challenge": "42"}, {})

    assert bay.door.handshake(asked) == "42"
    assert bay.door.handshake(replace(asked, query={"challenge": "42"})) is None
    assert bay.door.handshake(request(p1=[])) is None


def test_a_name_that_was_not_told_is_asked_for_with_the_next_look(bay: Bay) -> None:
    office = bay.office
    accounts.lease_due(office.tx(), "us")
    known_list = office.leased(accounts.KNOWN)
    changes.take(office.tx(), known_list, changes.check(office.tx(), known_list), Answers(), NOW)
    [pushed] = bay.door.parse(request(p1=[comment("1")]), NOW)
    intake.take_pushed(office.tx(), replace(pushed, authors=()))
    asked = office.record.streams.get(BRAND, accounts.KNOWN)

    assert asked is not None
    assert asked.next_at == NOW
    assert changes.check(office.tx(), asked).wanted.authors == ["7"]
