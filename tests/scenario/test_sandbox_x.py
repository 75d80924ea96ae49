"""What becomes of a post on the local X: replies, mentions, length, duplicates, pictures, edits, deletion."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import AsyncIterator, Callable

import pytest
from tweepy.errors import BadRequest, Forbidden

from bot.sandbox.x import problems
from tests.scenario.sandbox_x import House, open_house, refusal


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with open_house() as house:
        yield house


async def test_a_reply_through_tweepy_hangs_under_the_mention(house: House) -> None:
    mention = house.x.post(house.jan.id, "@brand where is my parcel?")
    client = house.tweepy(house.brand)
    created = await client.create_tweet(text="On its way!", in_reply_to_tweet_id=mention.id, user_auth=True)
    shown = await house.show(
        created["data"]["id"],
        tweet_fields="conversation_id,in_reply_to_user_id,referenced_tweets,author_id",
    )

    assert shown == {
        "id": created["data"]["id"],
        "text": "@jan On its way!",
        "edit_history_tweet_ids": [created["data"]["id"]],
        "author_id": house.brand.id,
        "conversation_id": mention.id,
        "in_reply_to_user_id": house.jan.id,
        "referenced_tweets": [{"type": "replied_to", "id": mention.id}],
    }


async def test_a_reply_is_a_mention_of_everybody_in_the_thread(house: House) -> None:
    mention = house.x.post(house.jan.id, "@brand where is my parcel?")
    house.x.post(house.els.id, "Mine is late too", mention.id)
    reply = await house.mentions(tweet_fields="entities")

    assert reply.body["data"][0]["text"] == "@jan @brand Mine is late too"
    named = [entity["username"] for entity in reply.body["data"][0]["entities"]["mentions"]]
    assert named == ["jan", "brand"]


async def test_a_reply_that_types_the_mention_gets_no_second_one(house: House) -> None:
    mention = house.x.post(house.jan.id, "@brand where is my parcel?")
    reply = await house.write(house.brand, "@Jan on its way!", mention)

    assert reply.body["data"]["text"] == "@Jan on its way!"


async def test_people_may_be_left_out_of_a_reply_but_never_its_parents_author(house: House) -> None:
    mention = house.x.post(house.jan.id, "@brand @els where is my parcel?")
    left_out = {"in_reply_to_tweet_id": mention.id, "exclude_reply_user_ids": [house.els.id, house.jan.id]}
    reply = await house.ask("POST", "/2/tweets", house.brand, json={"text": "Hello", "reply": left_out})

    assert reply.body["data"]["text"] == "@jan Hello"


async def test_a_reply_to_who_did_not_mention_the_brand_is_refused(house: House) -> None:
    complaint = house.x.post(house.jan.id, "The Brand is slow")
    client = house.tweepy(house.brand)

    with pytest.raises(Forbidden, match="You can only reply to or quote posts where you are mentioned"):
        await client.create_tweet(text="Sorry!", in_reply_to_tweet_id=complaint.id, user_auth=True)


async def test_a_mention_inherited_from_the_thread_does_not_summon_the_brand(house: House) -> None:
    mention = house.x.post(house.jan.id, "@brand where is my parcel?")
    bystander = house.x.post(house.els.id, "Mine is late too", mention.id)
    reply = await house.write(house.brand, "Sorry!", bystander)

    assert (reply.status, reply.body["detail"]) == (403, problems.NOT_SUMMONED)


async def test_an_answer_to_the_brand_summons_it_again(house: House) -> None:
    own = house.x.post(house.brand.id, "Open on Sunday")
    comment = house.x.post(house.jan.id, "From what hour?", own.id)

    assert (await house.write(house.brand, "From ten.", comment)).status == 201


async def test_who_goes_on_under_an_own_mention_still_calls_the_brand(house: House) -> None:
    mention = house.x.post(house.jan.id, "@brand where is my parcel?")
    more = house.x.post(house.jan.id, "It is ten days late", mention.id)

    assert (await house.write(house.brand, "Sorry!", more)).status == 201


async def test_the_strictest_reading_wants_a_typed_mention_each_time(house: House) -> None:
    house.x.implicit_summons = False
    own = house.x.post(house.brand.id, "Open on Sunday")
    comment = house.x.post(house.jan.id, "From what hour?", own.id)

    assert (await house.write(house.brand, "From ten.", comment)).status == 403


async def test_a_quote_of_the_brand_summons_it(house: House) -> None:
    own = house.x.post(house.brand.id, "Open on Sunday")
    quote = await house.write(house.jan, "At last!", quote_tweet_id=own.id)

    assert (await house.write(house.brand, "Glad to see you", quote.body["data"]["id"])).status == 201


async def test_customers_reply_wherever_they_like(house: House) -> None:
    complaint = house.x.post(house.jan.id, "The Brand is slow")

    assert (await house.write(house.els, "Very!", complaint)).status == 201


async def test_the_same_words_to_the_same_person_are_refused(house: House) -> None:
    first = house.x.post(house.jan.id, "@brand where is my parcel?")
    second = house.x.post(house.jan.id, "@brand are you there?")
    await house.write(house.brand, "We are looking into it.", first)
    reply = await house.write(house.brand, "We are looking  into it.", second)

    assert reply.status == 403
    assert reply.body["detail"] == "You are not allowed to create a Tweet with duplicate content."


async def test_the_same_words_to_somebody_else_are_another_post(house: House) -> None:
    first = house.x.post(house.jan.id, "@brand where is my parcel?")
    second = house.x.post(house.els.id, "@brand where is mine?")
    await house.write(house.brand, "We are looking into it.", first)

    assert (await house.write(house.brand, "We are looking into it.", second)).status == 201


async def test_a_day_later_the_same_words_are_new(house: House) -> None:
    house.x.post(house.jan.id, "@brand where is my parcel?")
    house.clock.pass_by(hours=25)

    assert (await house.write(house.jan, "@brand where is my parcel?")).status == 201


async def test_a_post_that_was_deleted_may_be_made_again(house: House) -> None:
    gone = house.x.post(house.jan.id, "@brand where is my parcel?")
    house.x.delete(gone.id)

    assert (await house.write(house.jan, "@brand where is my parcel?")).status == 201


async def test_281_characters_are_too_many(house: House) -> None:
    client = house.tweepy(house.brand)

    with pytest.raises(Forbidden, match="Your Tweet text is too long"):
        await client.create_tweet(text="a" * 281, user_auth=True)


@pytest.mark.parametrize("text", ["a" * 280, "👍" * 140, "https://example.com/" + "a" * 300, "日" * 140])
async def test_length_is_counted_with_xs_weights(house: House, text: str) -> None:
    assert (await house.write(house.brand, text)).status == 201


async def test_the_mention_that_a_reply_opens_with_is_free(house: House) -> None:
    mention = house.x.post(house.jan.id, "@brand where is my parcel?")

    assert (await house.write(house.brand, "@jan " + "a" * 280, mention)).status == 201


async def test_a_mention_that_the_thread_did_not_hold_is_not_free(house: House) -> None:
    mention = house.x.post(house.jan.id, "@brand where is my parcel?")

    assert (await house.write(house.brand, "@els " + "a" * 276, mention)).status == 403


async def test_a_long_post_is_cut_in_text_and_whole_in_its_note(house: House) -> None:
    writer = house.x.add_person("longwind", "Long Wind", premium=True)
    story = "@brand " + "parcel " * 200
    post = house.x.post(writer.id, story)
    shown = await house.show(post.id, tweet_fields="note_tweet")

    assert shown["text"] == story[:278].rstrip() + "…"
    assert shown["note_tweet"]["text"] == story.strip()


async def test_a_short_post_has_no_note(house: House) -> None:
    post = house.x.post(house.jan.id, "@brand hello")

    assert "note_tweet" not in await house.show(post.id, tweet_fields="note_tweet")


async def test_links_are_shortened_and_markup_is_escaped(house: House) -> None:
    post = house.x.post(house.jan.id, "@brand <b> & https://example.com/long/address <3")
    shown = await house.show(post.id, tweet_fields="entities")
    link = shown["entities"]["urls"][0]

    assert shown["text"] == f"@brand &lt;b&gt; &amp; {link['url']} &lt;3"
    assert shown["text"][link["start"] : link["end"]] == link["url"]
    assert link["expanded_url"] == "https://example.com/long/address"


async def test_a_handle_inside_a_mail_address_is_no_mention(house: House) -> None:
    house.x.post(house.jan.id, "write to info@brand or x.com/@brand")

    assert (await house.mentions()).body == {"meta": {"result_count": 0}}


async def test_a_handle_nobody_has_is_plain_text(house: House) -> None:
    post = house.x.post(house.jan.id, "@brand is not @brandnl")
    shown = await house.show(post.id, tweet_fields="entities")

    assert [entity["username"] for entity in shown["entities"]["mentions"]] == ["brand"]


async def test_a_picture_comes_with_its_address_and_its_description(house: House) -> None:
    house.x.post(house.jan.id, "@brand broken", media=[{"url": "https://pics.example/1.jpg", "alt": "A cup"}])
    reply = await house.mentions(expansions="attachments.media_keys", media_fields="url,alt_text")
    key = reply.body["data"][0]["attachments"]["media_keys"][0]
    picture = {"media_key": key, "type": "photo", "url": "https://pics.example/1.jpg", "alt_text": "A cup"}

    assert reply.body["includes"]["media"] == [picture]


async def test_a_reply_to_a_post_that_is_gone_is_refused(house: House) -> None:
    mention = house.x.post(house.jan.id, "@brand where is my parcel?")
    house.x.delete(mention.id)
    reply = await house.write(house.brand, "On its way!", mention)

    assert (reply.status, reply.body["detail"]) == (403, problems.PARENT_GONE)


async def test_a_reply_to_somebody_who_went_private_is_refused(house: House) -> None:
    mention = house.x.post(house.jan.id, "@brand where is my parcel?")
    house.x.update_person(house.jan.id, protected=True)
    reply = await house.write(house.brand, "On its way!", mention)

    assert (reply.status, reply.body["detail"]) == (403, problems.PARENT_GONE)


async def test_who_starts_a_conversation_says_who_may_join_it(house: House) -> None:
    own = await house.write(house.jan, "For @els only", reply_settings="mentionedUsers")
    number = own.body["data"]["id"]

    assert (await house.write(house.mo, "Me too", number)).status == 403
    assert (await house.write(house.els, "Thanks", number)).status == 201


@pytest.mark.parametrize(
    ("body", "parameter"),
    [
        ({"text": ""}, "text"),
        ({"text": "hello", "nonsense": 1}, "$.nonsense"),
        ({"text": 12}, "$.text"),
        ({"text": "hello", "reply": {}}, "$.reply.in_reply_to_tweet_id"),
        ({"text": "hello", "reply": {"in_reply_to_tweet_id": "abc"}}, "$.reply.in_reply_to_tweet_id"),
        ({"text": "hello", "media": {"media_ids": ["1"]}}, "$.media.media_ids"),
        ({"text": "hello", "reply_settings": "friends"}, "$.reply_settings"),
    ],
)
async def test_a_body_x_does_not_take_is_refused_by_name(
    house: House, body: dict[str, object], parameter: str
) -> None:
    reply = await house.ask("POST", "/2/tweets", house.brand, json=body)

    assert reply.status == 400
    assert [list(error["parameters"]) for error in reply.body["errors"]] == [[parameter]]


async def test_tweepy_deletes_a_post_of_its_own(house: House) -> None:
    post = house.x.post(house.brand.id, "A mistake")
    answer = await house.tweepy(house.brand).delete_tweet(post.id, user_auth=True)

    assert answer == {"data": {"deleted": True}}
    assert house.x.posts == []


async def test_nobody_deletes_what_somebody_else_wrote(house: House) -> None:
    post = house.x.post(house.jan.id, "@brand hello")

    assert (await house.ask("DELETE", f"/2/tweets/{post.id}", house.brand)).status == 403


async def test_an_edit_is_a_new_post_that_knows_its_history(house: House) -> None:
    first = house.x.post(house.jan.id, "@brand wher is it?")
    second = house.x.edit(first.id, "@brand where is it?")
    reply = await house.mentions()

    assert reply.ids == [second.id]
    assert reply.body["data"][0]["edit_history_tweet_ids"] == [first.id, second.id]


async def test_the_version_before_an_edit_can_still_be_looked_up(house: House) -> None:
    first = house.x.post(house.jan.id, "@brand wher is it?")
    house.x.edit(first.id, "@brand where is it?")

    assert (await house.show(first.id))["text"] == "@brand wher is it?"


def edit_of_a_reply(house: House) -> None:
    mention = house.x.post(house.jan.id, "@brand where is it?")
    house.x.edit(house.x.post(house.brand.id, "On its wey", mention.id).id, "On its way")


def edit_after_an_hour(house: House) -> None:
    post = house.x.post(house.jan.id, "@brand wher is it?")
    house.clock.pass_by(minutes=61)
    house.x.edit(post.id, "@brand where is it?")


@pytest.mark.parametrize("act", [edit_of_a_reply, edit_after_an_hour])
async def test_replies_and_old_posts_are_not_edited(house: House, act: Callable[[House], None]) -> None:
    assert refusal(lambda: act(house)).status == 403


async def test_a_picture_is_uploaded_described_and_posted(house: House) -> None:
    content = b"\x89PNG\r\n\x1a\n" + b"0" * 100
    body = {"media": b64encode(content).decode(), "media_category": "tweet_image"}
    uploaded = await house.ask("POST", "/2/media/upload", house.jan, json=body)
    number = uploaded.body["data"]["id"]
    metadata = {"id": number, "metadata": {"alt_text": {"text": "A broken cup"}}}
    await house.ask("POST", "/2/media/metadata", house.jan, json=metadata)
    await house.write(house.jan, "@brand look", media={"media_ids": [number]})
    picture = house.x.posts[0].media[0]
    async with house.session.get(picture.url) as response:
        served = await response.read()

    assert picture.alt == "A broken cup"
    assert served == content


async def test_tweepy_says_what_was_wrong_with_a_parameter(house: House) -> None:
    client = house.tweepy(house.brand)

    with pytest.raises(
        BadRequest, match=r"`max_results` query parameter value \[4\] is not between 5 and 100"
    ):
        await client.get_users_mentions(house.brand.id, max_results=4, user_auth=True)
