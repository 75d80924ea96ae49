"""What every connector promises of sending, run over each: certain, refused, or in doubt and found again."""

from __future__ import annotations

from dataclasses import replace
from time import process_time

import pytest

from bot.cases import errors
from bot.cases.leases import LeaseLost, fenced
from bot.cases.ports import NotSent, ReplyTarget, Sent, Unknown
from bot.cases.posts import PostId, Surface
from bot.guide.checks import MOST
from tests.contract import connectors
from tests.contract.benches import TROUBLES, Bench
from tests.contract.connectors import reply_to, whispered

bench = connectors.bench


class TestSending:
    async def test_a_public_reply_hangs_below_the_post_it_answers(self, bench: Bench) -> None:
        mention = bench.mention()
        await bench.connector.send(reply_to(bench, mention))

        assert bench.public_replies() == [("Hello, we are on it.", mention)]

    async def test_what_was_sent_is_told_with_id_link_time_and_price(self, bench: Bench) -> None:
        mention = bench.mention()
        await bench.connector.posts([mention])  # whose the credentials are is asked once, and costs
        sent = await bench.connector.send(reply_to(bench, mention))
        (post,) = (await bench.connector.posts([sent.post_id])).posts

        assert (post.text.endswith("Hello, we are on it."), sent.at, sent.url, len(sent.spent)) == (
            True,
            post.created_at,
            post.url,
            1,
        )

    async def test_a_private_reply_reaches_the_customer_and_nobody_else(self, bench: Bench) -> None:
        bench.whisper("hello?")
        await bench.connector.send(whispered(bench))

        assert (bench.private_replies(), bench.public_replies()) == (["Between you and us."], [])

    async def test_what_is_no_longer_ours_is_not_published(self, bench: Bench) -> None:
        command = reply_to(bench, bench.mention())
        with fenced(lambda: False), pytest.raises(LeaseLost):
            await bench.connector.send(command)

        assert bench.public_replies() == []

    async def test_the_same_words_again_are_refused_as_a_duplicate(self, bench: Bench) -> None:
        command = reply_to(bench, bench.mention())
        await bench.connector.send(command)

        with pytest.raises(errors.Duplicate):
            await bench.connector.send(command)

    async def test_a_reply_to_a_deleted_post_finds_its_target_gone(self, bench: Bench) -> None:
        mention = bench.mention()
        bench.delete(mention)

        with pytest.raises(errors.TargetGone):
            await bench.connector.send(reply_to(bench, mention))

    async def test_a_reply_to_somebody_who_did_not_ask_is_left_to_a_person_with_the_text(
        self, bench: Bench
    ) -> None:
        murmur = bench.murmur()
        with pytest.raises(errors.NotPermitted) as caught:
            await bench.connector.send(reply_to(bench, murmur, "May we help?"))

        assert caught.value.reason == "not_mentioned"
        assert f"={murmur}" in caught.value.manual_url
        assert "text=May+we+help%3F" in caught.value.manual_url

    async def test_a_text_that_is_too_long_is_refused_and_not_cut(self, bench: Bench) -> None:
        mention = bench.mention()
        with pytest.raises(errors.Invalid) as caught:
            await bench.connector.send(reply_to(bench, mention, "x" * (bench.limit + 1)))

        assert (caught.value.rule, bench.public_replies()) == ("too_long", [])

    async def test_the_longest_allowed_text_is_published_whole(self, bench: Bench) -> None:
        mention = bench.mention()
        await bench.connector.send(reply_to(bench, mention, "x" * bench.limit))

        assert bench.public_replies() == [("x" * bench.limit, mention)]

    def test_the_answered_persons_handle_in_front_does_not_count(self, bench: Bench) -> None:
        target = ReplyTarget(PostId("1"), bench.customer, "customer")

        assert bench.connector.measure("@customer hello", target, Surface.PUBLIC).length == len("hello")

    @pytest.mark.parametrize("piece", ["a.", "1.2.", "a@b.", "http://a.", "(a", "漢.", "👍", "\u200d", " "])
    @pytest.mark.parametrize("mode", Surface)
    def test_no_text_takes_long_to_measure(self, bench: Bench, piece: str, mode: Surface) -> None:
        target = ReplyTarget(PostId("1"), bench.customer, "customer")
        bench.connector.measure("warm.nl", target, mode)
        begun = process_time()
        bench.connector.measure(piece * (MOST // len(piece)), target, mode)

        assert process_time() - begun < 1

    def test_every_way_of_answering_says_whether_it_is_open(self, bench: Bench) -> None:
        options = bench.connector.reply_options(
            ReplyTarget(PostId("1"), bench.customer, "customer"), bench.clock.now()
        )

        declared = bench.connector.capabilities().visibilities
        assert {option.mode for option in options if option.allowed} == {*declared.values()}


class TestDoubt:
    @pytest.mark.parametrize("private", [False, True])
    async def test_a_lost_answer_is_unclear_and_the_reply_is_found(self, bench: Bench, private: bool) -> None:
        bench.whisper("hello?")
        command = whispered(bench) if private else reply_to(bench, bench.mention())
        bench.lose_next_answer(private=private)
        with pytest.raises(errors.Unclear):
            await bench.connector.send(command)
        bench.restart()

        assert isinstance(await bench.connector.reconcile(command), Sent)

    @pytest.mark.parametrize("private", [False, True])
    async def test_a_reply_with_links_is_found_however_the_network_writes_them(
        self, bench: Bench, private: bool
    ) -> None:
        bench.whisper("hello?")
        command = whispered(bench) if private else reply_to(bench, bench.mention())
        command = replace(command, text="See (www.brand.example.com/returns) or “example.com/”.")
        bench.lose_next_answer(private=private)
        with pytest.raises(errors.Unclear):
            await bench.connector.send(command)
        bench.restart()

        assert isinstance(await bench.connector.reconcile(command), Sent)

    async def test_looking_for_a_reply_publishes_nothing(self, bench: Bench) -> None:
        await bench.connector.reconcile(reply_to(bench, bench.mention()))

        assert bench.public_replies() == []

    async def test_an_absent_reply_may_still_appear_for_a_while(self, bench: Bench) -> None:
        command = reply_to(bench, bench.mention())

        assert isinstance(await bench.connector.reconcile(command), Unknown)

    @pytest.mark.parametrize("private", [False, True])
    async def test_an_absent_reply_is_certainly_not_sent_after_that(
        self, bench: Bench, private: bool
    ) -> None:
        command = whispered(bench) if private else reply_to(bench, bench.mention())
        bench.clock.turn(minutes=2)

        assert isinstance(await bench.connector.reconcile(command), NotSent)

    async def test_the_same_words_below_another_post_are_another_reply(self, bench: Bench) -> None:
        other, mention = bench.mention("@brand one"), bench.mention("@brand two")
        bench.brand_writes("Hello, we are on it.", other)
        command = reply_to(bench, mention)
        bench.clock.turn(minutes=2)

        assert isinstance(await bench.connector.reconcile(command), NotSent)

    async def test_trouble_while_looking_is_no_answer(self, bench: Bench) -> None:
        command = reply_to(bench, bench.mention())
        bench.clock.turn(minutes=2)
        bench.trouble("down")

        with pytest.raises(errors.Retry):
            await bench.connector.reconcile(command)


class TestChecking:
    async def test_a_healthy_account_is_well(self, bench: Bench) -> None:
        assert all(finding.ok for finding in (await bench.connector.check()).findings)

    @pytest.mark.parametrize("kind", sorted(TROUBLES))
    async def test_trouble_is_a_sentence_and_not_an_exception(self, bench: Bench, kind: str) -> None:
        bench.trouble(kind)
        health = await bench.connector.check()

        assert [finding.ok for finding in health.findings] == [False]
