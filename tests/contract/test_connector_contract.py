"""What every connector promises, run over each: the fake one, and the real ones against local networks."""

from __future__ import annotations

import json
from datetime import UTC

import pytest

from bot.cases import errors
from bot.cases.posts import Absence, Standing, Surface
from tests.contract import connectors
from tests.contract.benches import TROUBLES, Bench
from tests.contract.connectors import connect, first_of, texts

bench = connectors.bench


class TestPulling:
    async def test_what_was_there_before_the_account_was_connected_is_not_brought(self, bench: Bench) -> None:
        bench.mention("@brand from before")
        cursor = await connect(bench)

        assert (await bench.connector.pull("mentions", cursor)).posts == ()

    async def test_the_first_pull_brings_no_posts(self, bench: Bench) -> None:
        bench.mention()

        assert (await bench.connector.pull("mentions", None)).posts == ()

    async def test_a_mention_a_millisecond_after_connecting_is_brought(self, bench: Bench) -> None:
        bench.mention("@brand from before")
        cursor = await connect(bench)
        bench.clock.turn(milliseconds=1)
        number = bench.mention("@brand from after")

        assert (await first_of(bench, cursor)).id == number

    async def test_a_mention_is_brought_when_nobody_ever_mentioned_the_brand_before(
        self, bench: Bench
    ) -> None:
        cursor = await connect(bench)
        number = bench.mention()

        assert (await first_of(bench, cursor)).id == number

    async def test_posts_run_from_old_to_new(self, bench: Bench) -> None:
        cursor = await connect(bench)
        for count in range(3):
            bench.mention(f"@brand question {count}")
            bench.clock.turn(seconds=1)

        page = await bench.connector.pull("mentions", cursor)

        assert texts(page) == ["@brand question 0", "@brand question 1", "@brand question 2"]

    async def test_nothing_is_brought_twice(self, bench: Bench) -> None:
        cursor = await connect(bench)
        bench.mention()
        page = await bench.connector.pull("mentions", cursor)

        assert (await bench.connector.pull("mentions", page.cursor)).posts == ()

    async def test_a_page_that_was_not_saved_is_brought_again(self, bench: Bench) -> None:
        cursor = await connect(bench)
        bench.mention()
        lost = await bench.connector.pull("mentions", cursor)
        bench.restart()

        assert (await bench.connector.pull("mentions", cursor)).posts == lost.posts

    async def test_the_cursor_is_plain_json_and_outlives_the_program(self, bench: Bench) -> None:
        bench.mention("@brand from before")
        cursor = json.loads(json.dumps(await connect(bench)))
        bench.restart()
        number = bench.mention("@brand from after")

        assert (await first_of(bench, cursor)).id == number

    async def test_a_post_that_is_not_to_the_brand_is_not_brought(self, bench: Bench) -> None:
        cursor = await connect(bench)
        bench.murmur()

        assert (await bench.connector.pull("mentions", cursor)).posts == ()

    async def test_a_post_deleted_before_the_pull_is_not_brought(self, bench: Bench) -> None:
        cursor = await connect(bench)
        bench.delete(bench.mention())

        assert (await bench.connector.pull("mentions", cursor)).posts == ()

    async def test_an_edited_post_comes_again_under_its_id_with_a_higher_version(self, bench: Bench) -> None:
        cursor = await connect(bench)
        bench.mention("@brand hlelo")
        page = await bench.connector.pull("mentions", cursor)
        bench.edit(page.posts[0].id, "@brand hello")
        again = await first_of(bench, page.cursor)

        assert (again.id, again.text, again.version) == (page.posts[0].id, "@brand hello", 2)

    async def test_an_edit_of_a_post_from_before_the_account_was_connected_is_not_brought(
        self, bench: Bench
    ) -> None:
        number = bench.mention("@brand from before")
        cursor = await connect(bench)
        bench.edit(number, "@brand from before, corrected")

        assert (await bench.connector.pull("mentions", cursor)).posts == ()

    async def test_reaching_the_depth_of_the_network_is_said(self, bench: Bench) -> None:
        cursor = await connect(bench)
        depth = bench.shorten(5)
        for count in range(depth + 1):
            bench.mention(f"@brand question {count}")

        page = await bench.connector.pull("mentions", cursor)

        assert (page.complete, len(page.posts)) == (False, depth)

    async def test_an_ordinary_pull_is_complete(self, bench: Bench) -> None:
        cursor = await connect(bench)
        bench.mention()

        assert (await bench.connector.pull("mentions", cursor)).complete

    async def test_each_post_read_has_its_price(self, bench: Bench) -> None:
        cursor = await connect(bench)
        bench.mention()
        page = await bench.connector.pull("mentions", cursor)

        assert [(spent.count, spent.amount > 0) for spent in page.spent] == [(1, True)]

    @pytest.mark.parametrize("kind", sorted(TROUBLES))
    async def test_trouble_is_told_by_its_own_error(self, bench: Bench, kind: str) -> None:
        cursor = await connect(bench)
        bench.trouble(kind)

        with pytest.raises(TROUBLES[kind]):
            await bench.connector.pull("mentions", cursor)

    @pytest.mark.parametrize("kind", sorted(TROUBLES))
    async def test_no_mention_is_lost_by_trouble(self, bench: Bench, kind: str) -> None:
        cursor = await connect(bench)
        number = bench.mention()
        bench.trouble(kind)
        with pytest.raises(errors.NetworkError):
            await bench.connector.pull("mentions", cursor)

        assert (await first_of(bench, cursor)).id == number

    async def test_a_busy_network_is_not_to_be_asked_before_an_instant_to_come(self, bench: Bench) -> None:
        cursor = await connect(bench)
        bench.trouble("busy")
        with pytest.raises(errors.RateLimited) as caught:
            await bench.connector.pull("mentions", cursor)

        assert caught.value.until > bench.clock.now()


class TestPosts:
    async def test_the_text_is_exactly_as_written(self, bench: Bench) -> None:
        cursor = await connect(bench)
        text = "@brand <b>1 & 2</b> &amp; 'quotes' https://www.example.com/?a=1&b=2 café 🙂\nnext line"
        bench.mention(text)

        assert (await first_of(bench, cursor)).text == text

    async def test_a_post_is_the_customers_and_of_the_account(self, bench: Bench) -> None:
        cursor = await connect(bench)
        bench.mention()
        post = await first_of(bench, cursor)

        assert (post.account, post.author_id, post.by_brand) == ("brand-1", bench.customer, False)

    async def test_the_time_is_the_networks_aware_and_in_utc(self, bench: Bench) -> None:
        cursor = await connect(bench)
        bench.mention()
        post = await first_of(bench, cursor)

        assert (post.created_at, post.created_at.tzinfo) == (bench.clock.now(), UTC)

    async def test_a_post_that_answers_nothing_is_its_own_root(self, bench: Bench) -> None:
        cursor = await connect(bench)
        bench.mention()
        post = await first_of(bench, cursor)

        assert (post.root_id, post.parent_id) == (post.id, None)

    async def test_an_answer_names_its_parent_and_shares_its_root(self, bench: Bench) -> None:
        first = bench.mention()
        ours = bench.brand_writes("Hello!", first)
        cursor = await connect(bench)
        bench.mention("@brand and now?", ours)
        post = await first_of(bench, cursor)

        assert (post.parent_id, post.root_id) == (ours, first)

    async def test_a_post_can_be_opened_by_a_secure_link(self, bench: Bench) -> None:
        cursor = await connect(bench)
        bench.mention()

        assert (await first_of(bench, cursor)).url.startswith("https://")

    async def test_an_answer_of_the_brand_from_elsewhere_is_among_its_own(self, bench: Bench) -> None:
        mention = bench.mention()
        cursor = await connect(bench, "own")
        bench.brand_writes("Hello from the app!", mention)
        post = await first_of(bench, cursor, "own")

        assert (post.by_brand, post.parent_id) == (True, mention)

    async def test_a_private_message_belongs_to_the_talk_with_its_author(self, bench: Bench) -> None:
        cursor = await connect(bench, "dms")
        bench.whisper("between us")
        post = await first_of(bench, cursor, "dms")

        assert bench.connector.capabilities().visibilities[post.visibility] is Surface.PRIVATE
        assert (post.root_id, post.text) == (f"dm:{bench.customer}", "between us")

    @pytest.mark.parametrize("stream", ["mentions", "own"])
    async def test_a_public_post_is_visible_in_a_way_that_is_declared_public(
        self, bench: Bench, stream: str
    ) -> None:
        mention = bench.mention()
        cursor = await connect(bench, stream)
        if stream == "own":
            bench.brand_writes("Hello from the app!", mention)
        else:
            bench.mention("@brand is anybody there?")
        post = await first_of(bench, cursor, stream)

        assert bench.connector.capabilities().visibilities[post.visibility] is Surface.PUBLIC

    async def test_a_private_message_is_not_among_the_mentions(self, bench: Bench) -> None:
        cursor = await connect(bench)
        bench.whisper("@brand between us")

        assert (await bench.connector.pull("mentions", cursor)).posts == ()

    async def test_posts_are_looked_up_and_the_deleted_are_told(self, bench: Bench) -> None:
        kept, gone = bench.mention("@brand one"), bench.mention("@brand two")
        bench.delete(gone)
        found = await bench.connector.posts([kept, gone])

        assert ([post.id for post in found.posts], found.absent) == ([kept], {gone: Absence.DELETED})

    async def test_a_post_is_looked_up_as_it_reads_now(self, bench: Bench) -> None:
        number = bench.mention("@brand one")
        bench.edit(number, "@brand two")
        [post] = (await bench.connector.posts([number])).posts

        assert (post.id, post.text, post.version) == (number, "@brand two", 2)

    async def test_authors_are_looked_up_and_those_who_left_are_told(self, bench: Bench) -> None:
        left = bench.leave()
        people = await bench.connector.authors([left, bench.customer])

        assert {(author.id, author.handle, author.standing) for author in people.authors} == {
            (bench.customer, "customer", Standing.KNOWN),
            (left, "", Standing.GONE),
        }

    async def test_looking_up_nobody_costs_nothing(self, bench: Bench) -> None:
        people, found = await bench.connector.authors([]), await bench.connector.posts([])

        assert (people.spent, found.spent) == ((), ())
