"""The record's contract for posts and their authors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace

import pytest

from bot.cases.errors import Stale
from bot.cases.model import Conversation
from bot.cases.posts import (
    Absence,
    AccountId,
    Author,
    AuthorId,
    Media,
    Post,
    PostId,
    Standing,
    Surface,
    Unread,
    somebody,
)
from bot.cases.record import Record, Store
from tests.contract.samples import (
    BRAND,
    MINUTE,
    NOW,
    ROOT,
    TRICKY,
    a_case,
    a_full_author,
    a_full_post,
    a_post,
    a_waiting_case,
)


async def keep(store: Store, *posts: Post) -> list[Post | None]:
    """Store posts that belong to no case."""
    return await store.do(lambda record: [record.posts.add(post, None, NOW) for post in posts])


def test_the_sample_post_sets_every_field() -> None:
    assert [f.name for f in fields(Post) if getattr(a_full_post(), f.name) == f.default] == ["number"]


async def test_a_post_comes_back_whole(store: Store) -> None:
    [stored] = await keep(store, a_full_post())
    assert stored is not None

    assert stored == replace(a_full_post(), number=stored.number)
    assert await store.do(lambda record: record.posts.get(BRAND, PostId("1501"))) == stored
    assert await store.do(lambda record: record.posts.numbered(stored.number)) == stored


async def test_an_unknown_post_is_none(store: Store) -> None:
    assert await store.do(lambda record: record.posts.get(BRAND, PostId("1"))) is None
    assert await store.do(lambda record: record.posts.numbered(1)) is None
    assert await store.do(lambda record: record.posts.case_of(BRAND, PostId("1"))) is None


async def test_a_known_post_is_not_stored_again(store: Store) -> None:
    first, again = await keep(store, a_post(), a_post(text="another reason"))

    assert again is None
    assert await store.do(lambda record: record.posts.get(BRAND, PostId("1500"))) == first


async def test_of_several_posts_those_of_the_account_are_known(store: Store) -> None:
    await keep(store, a_post("10"), a_post("20"), a_post("30", account=AccountId("brand-y")))
    asked = [PostId(post_id) for post_id in ("20", "30", "40", "20")]

    assert await store.do(lambda record: record.posts.known(BRAND, asked)) == {"20"}
    assert await store.do(lambda record: record.posts.known(BRAND, [])) == set()


async def test_two_accounts_may_hold_the_same_post(store: Store) -> None:
    first, second = await keep(store, a_post(), a_post(account=AccountId("brand-y")))

    assert first is not None
    assert second is not None


async def test_numbers_rise_with_arrival(store: Store) -> None:
    first, second = await keep(store, a_post("9"), a_post("1"))
    assert first is not None
    assert second is not None

    assert 0 < first.number < second.number


async def test_the_posts_of_a_case_come_in_order_of_arrival(store: Store) -> None:
    def take_in(record: Record) -> tuple[object, object]:
        case = record.cases.add(a_case())
        arrived = [record.posts.add(a_post(post_id), case.id, NOW) for post_id in ("20", "10")]
        record.posts.add(a_post("30"), None, NOW)
        return arrived, record.posts.of_case(case.id)

    arrived, listed = await store.do(take_in)

    assert listed == arrived


async def test_a_post_leads_to_its_case(store: Store) -> None:
    def take_in(record: Record) -> tuple[object, object, object]:
        case = record.cases.add(a_case())
        record.posts.add(a_post("20"), case.id, NOW)
        record.posts.add(a_post("30"), None, NOW)
        return (
            case.id,
            record.posts.case_of(BRAND, PostId("20")),
            record.posts.case_of(BRAND, PostId("30")),
        )

    case_id, of_case, of_none = await store.do(take_in)

    assert of_case == case_id
    assert of_none is None


async def test_an_edited_post_keeps_its_place_and_shows_its_new_words(store: Store) -> None:
    [stored] = await keep(store, a_post())
    assert stored is not None
    edited = replace(stored, text=TRICKY, media=(Media("photo", "https://p.example/2.jpg"),), version=2)
    await store.do(lambda record: record.posts.save(edited))

    assert await store.do(lambda record: record.posts.get(BRAND, stored.id)) == edited


async def test_an_edit_that_arrives_late_does_not_win_over_a_newer_one(store: Store) -> None:
    [stored] = await keep(store, a_post())
    assert stored is not None
    newer, older = replace(stored, text="third", version=3), replace(stored, text="second", version=2)
    await store.do(lambda record: record.posts.save(newer))

    with pytest.raises(Stale):
        await store.do(lambda record: record.posts.save(older))
    assert await store.do(lambda record: record.posts.get(BRAND, stored.id)) == newer


@pytest.mark.parametrize("absence", [None, Absence.HIDDEN])
async def test_an_edit_beside_a_deletion_brings_no_words_back(store: Store, absence: Absence | None) -> None:
    [stored] = await keep(store, a_post())
    assert stored is not None
    await store.do(lambda record: record.posts.save(stored.emptied()))
    edited = replace(stored, text="other words", version=2, absence=absence)

    with pytest.raises(Stale):
        await store.do(lambda record: record.posts.save(edited))
    assert await store.do(lambda record: record.posts.get(BRAND, stored.id)) == stored.emptied()


async def test_what_a_deleted_post_shows_of_others_can_still_be_saved(store: Store) -> None:
    [stored] = await keep(store, a_full_post())
    assert stored is not None
    await store.do(lambda record: record.posts.save(stored.emptied()))
    other = replace(stored.emptied(), quoted=None)
    await store.do(lambda record: record.posts.save(other))

    assert await store.do(lambda record: record.posts.get(BRAND, stored.id)) == other


async def test_characters_that_are_no_text_do_not_stop_a_post(store: Store) -> None:
    await keep(store, a_post(text="a\x00b\ud83dc"))

    stored = await store.do(lambda record: record.posts.get(BRAND, PostId("1500")))

    assert stored is not None
    assert stored.text == "a\ufffdb\ufffdc"


def test_the_sample_author_sets_every_field() -> None:
    assert [f.name for f in fields(Author) if getattr(a_full_author(), f.name) == f.default] == []


async def test_an_author_comes_back_whole(store: Store) -> None:
    author = a_full_author()
    await store.do(lambda record: record.people.save_author(author, NOW))

    assert await store.do(lambda record: record.people.author("x", author.id)) == author
    assert await store.do(lambda record: record.people.author("mastodon", author.id)) is None


async def test_an_author_looked_up_again_is_overwritten(store: Store) -> None:
    renamed = replace(a_full_author(), handle="devries", followers=None)
    await store.do(lambda record: record.people.save_author(a_full_author(), NOW))
    await store.do(lambda record: record.people.save_author(renamed, NOW))

    assert await store.do(lambda record: record.people.author("x", renamed.id)) == renamed


async def test_unknown_authors_are_those_never_or_too_long_ago_looked_up(store: Store) -> None:
    asked = [AuthorId(name) for name in ("new", "old", "fresh", "new")]

    def look_up(record: Record) -> object:
        record.people.save_author(Author("x", AuthorId("old")), NOW - MINUTE)
        record.people.save_author(Author("x", AuthorId("fresh")), NOW)
        record.people.save_author(Author("mastodon", AuthorId("new")), NOW)
        return record.people.unknown("x", asked, NOW)

    assert await store.do(look_up) == ["new", "old"]


async def test_nobody_is_unknown_when_nobody_is_asked_for(store: Store) -> None:
    assert await store.do(lambda record: record.people.unknown("x", [], NOW)) == []


async def test_what_a_post_says_and_whether_it_stands_is_overwritten(store: Store) -> None:
    [stored] = await keep(store, a_full_post())
    assert stored is not None
    await store.do(lambda record: record.posts.save(stored.emptied()))

    assert await store.do(lambda record: record.posts.get(BRAND, stored.id)) == stored.emptied()


async def test_posts_of_those_who_wait_are_listed_without_the_deleted(store: Store) -> None:
    def take_in(record: Record) -> Sequence[str]:
        waits = record.cases.add(a_waiting_case(NOW))
        answered = record.cases.add(a_case())
        for post_id, case, changes in (
            ("1", waits, {}),
            ("2", waits, {"by_brand": True}),
            ("3", waits, {"surface": Surface.PRIVATE}),
            ("4", waits, {"absence": Absence.DELETED}),
            ("5", waits, {"absence": Absence.HIDDEN}),
            ("6", answered, {}),
            ("7", waits, {}),
            ("8", waits, {}),
        ):
            record.posts.add(a_post(post_id, **changes), case.id, NOW)
        first = record.posts.get(BRAND, PostId("1"))
        assert first is not None
        return [post.id for post in record.posts.waiting(BRAND, first.number, 2)]

    assert await store.do(take_in) == ["5", "7"]


async def test_a_post_leads_to_those_that_show_it(store: Store) -> None:
    shown = PostId("1")
    posts = [a_post("1"), a_post("2", parent_id=shown), a_post("3"), a_post("4", quotes_id=shown)]
    [first, *_] = await keep(store, *posts)
    assert first is not None

    found = await store.do(lambda record: record.posts.quoting(BRAND, shown, first.number))

    assert {post.id for post in found} == {"2", "4"}


async def test_the_nameless_are_those_of_unknown_standing_the_longest_first(store: Store) -> None:
    def look_up(record: Record) -> Sequence[AuthorId]:
        for name, standing, at in (
            ("late", Standing.UNKNOWN, NOW),
            ("early", Standing.UNKNOWN, NOW - MINUTE),
            ("gone", Standing.GONE, NOW),
            ("known", Standing.KNOWN, NOW),
        ):
            record.people.save_author(Author("x", AuthorId(name), standing=standing), at)
        record.people.save_author(Author("mastodon", AuthorId("other"), standing=Standing.UNKNOWN), NOW)
        return record.people.nameless("x", 5)

    assert await store.do(look_up) == ["early", "late"]


async def test_only_who_is_known_need_not_be_asked_for_again(store: Store) -> None:
    def look_up(record: Record) -> Sequence[AuthorId]:
        for standing in Standing:
            record.people.save_author(Author("x", AuthorId(standing), standing=standing), NOW)
        return record.people.unknown("x", [AuthorId(each) for each in Standing], NOW - MINUTE)

    assert await store.do(look_up) == ["unknown", "gone", "suspended"]


async def test_who_wrote_a_post_and_has_its_case_is_told_later(store: Store) -> None:
    def take_in(record: Record) -> tuple[object, object]:
        case = record.cases.add(a_case(author_id=somebody(PostId("20"))))
        conversation = Conversation(BRAND, case.author_id, Surface.PUBLIC, ROOT)
        record.cases.talks_in(case.id, conversation)
        post = record.posts.add(a_post("20", author_id=case.author_id), case.id, NOW)
        assert post is not None
        record.posts.name_author(post, AuthorId("7"))
        named, theirs = record.posts.numbered(post.number), record.cases.of_author(BRAND, AuthorId("7"), 1)
        return named and named.author_id, [each.id for each in theirs] == [case.id]

    assert await store.do(take_in) == ("7", True)


async def test_what_could_not_be_read_is_kept_once(store: Store) -> None:
    unread = Unread("7", "no author", '{"text": "a\x00b\ud83d"}', "https://x.com/i/status/7")
    accounts = (BRAND, BRAND, AccountId("brand-y"))

    kept = await store.do(lambda record: [record.posts.keep_unread(each, unread, NOW) for each in accounts])

    assert kept == [True, False, True]
