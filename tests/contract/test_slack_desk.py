"""What Slack's desk does beyond the contract: safe messages, certain outcomes, a check that helps."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from bot.cases import errors
from bot.cases.model import AgentId, MessageRef
from bot.cases.pictures import PostPicture, SaidPicture
from bot.cases.posts import Media
from bot.cases.said import Button, Call, Instant, Ping, say
from bot.sandbox.faults import Fault
from bot.slack.desk import EVENT_TYPE
from tests.contract.desks import OnSlack, on_slack
from tests.unit.drawing import BAIT, CUSTOMER, a_card, a_line, a_post, an_alarm

PICTURE = a_post(media=(Media("photo", "https://pics.example/1.jpg", "a crushed box"),))


@pytest.fixture
async def on() -> AsyncIterator[OnSlack]:
    async with on_slack() as opened:
        yield opened


def test_an_answer_to_a_command_has_no_buttons(on: OnSlack) -> None:
    answer = on.desk.answer(SaidPicture(say("ask.unclaimed", Button("keep_note", "C1:5.1", "ask.keep"))))

    assert [block["type"] for block in answer.blocks] == ["rich_text"]


async def stored(on: OnSlack, ref: MessageRef) -> dict[str, Any]:
    """A message as Slack keeps it, metadata included."""
    answer = await on.at.bot.conversations_replies(
        channel=ref.channel, ts=ref.ts, limit=1, include_all_metadata=True
    )
    message: dict[str, Any] = answer["messages"][0]
    return message


def answered(body: dict[str, Any], **fields: Any) -> Fault:
    """Slack's refusal of the next message."""
    return Fault("slack", r"/chat\.", "status", status=200, body=json.dumps(body), **fields)


def pinged(on: OnSlack, ref: MessageRef) -> set[str]:
    message = on.at.slack.workspace.message(ref.channel, ref.ts)
    assert message is not None
    return on.at.slack.pings(message)


# --- safe messages


async def test_a_card_full_of_bait_pings_nobody(on: OnSlack) -> None:
    card = a_card(post=a_post(text=BAIT), author=replace(CUSTOMER, name=BAIT, handle=BAIT))
    ref = await on.desk.open_thread(on.channel, card, "card-12")

    assert pinged(on, ref) == set()

    await on.desk.redraw(ref, card)

    assert pinged(on, ref) == set()


async def test_a_follow_up_full_of_bait_pings_the_assignee_alone(on: OnSlack) -> None:
    thread = await on.desk.open_thread(on.channel, a_card(), "card-12")
    picture = PostPicture(a_post(text=BAIT), CUSTOMER, "x", ping=on.colleague)
    ref = await on.desk.say(on.channel, thread, picture, "post-1")

    assert pinged(on, ref) == {on.colleague}


async def test_links_are_not_unfolded(on: OnSlack) -> None:
    await on.desk.open_thread(on.channel, a_card(), "card-12")
    posted = [call for call in on.at.slack.requests if call.method == "chat.postMessage"][-1].arguments

    assert posted["unfurl_links"] is False
    assert posted["unfurl_media"] is False
    assert posted["parse"] == "none"


async def test_the_metadata_holds_the_key_and_nothing_of_the_customer(on: OnSlack) -> None:
    ref = await on.desk.open_thread(on.channel, a_card(), "card-12")

    assert (await stored(on, ref))["metadata"] == {
        "event_type": EVENT_TYPE,
        "event_payload": {"key": "card-12"},
    }


async def test_the_metadata_stays_when_the_card_is_redrawn(on: OnSlack) -> None:
    ref = await on.desk.open_thread(on.channel, a_card(), "card-12")
    await on.desk.redraw(ref, a_card(later=1))

    assert (await stored(on, ref))["metadata"]["event_payload"] == {"key": "card-12"}


async def test_a_redrawn_card_does_not_look_edited(on: OnSlack) -> None:
    ref = await on.desk.open_thread(on.channel, a_card(), "card-12")
    await on.desk.redraw(ref, a_card(later=1))

    assert "edited" not in await stored(on, ref)


async def test_the_longest_post_fits_in_one_message(on: OnSlack) -> None:
    ref = await on.desk.open_thread(on.channel, a_card(post=a_post(text="word " * 5000)), "card-12")
    await on.desk.redraw(ref, a_card(post=a_post(text="Word " * 5000)))

    assert "Word Word" in (await stored(on, ref))["text"]


async def test_calling_the_channel_shows_the_message_there_too(on: OnSlack) -> None:
    thread = await on.desk.open_thread(on.channel, a_card(), "card-12")
    said = say("watch.missed_unclaimed", call=Call(), due=Instant(on.clock.now()))
    ref = await on.desk.say(on.channel, thread, SaidPicture(said), "say-1")

    assert pinged(on, ref) == {"channel"}
    assert ref.ts in [message["ts"] for message in await on.at.messages()]


async def test_an_alarm_for_the_channel_is_shown_there_and_calls_whom_it_should(on: OnSlack) -> None:
    thread = await on.desk.open_thread(on.channel, a_card(), "card-12")
    group = on.at.slack.add_usergroup("leads", [on.colleague])
    for who, called in (("channel", "channel"), ("here", "here"), (group["id"], group["id"])):
        ref = await on.desk.say(on.channel, thread, an_alarm(call=Call(who)), f"alarm-{who}")

        assert pinged(on, ref) == {called}
        assert ref.ts in [message["ts"] for message in await on.at.messages()]


async def test_what_falls_out_of_a_thread_that_is_gone_is_taken_back_and_refused(on: OnSlack) -> None:
    thread = await on.desk.open_thread(on.channel, a_card(), "card-12")
    await on.at.bot.chat_delete(channel=thread.channel, ts=thread.ts)
    with pytest.raises(errors.MessageGone, match="thread_not_found"):
        await on.desk.say(on.channel, thread, SaidPicture(say("unclaimed.kept")), "say-1")

    assert [m for m in await on.at.messages() if m.get("bot_id")] == []


async def test_the_shell_of_a_deleted_card_is_no_card(on: OnSlack) -> None:
    thread = await on.desk.open_thread(on.channel, a_card(), "card-12")
    await on.desk.say(on.channel, thread, SaidPicture(say("unclaimed.kept")), "say-1")
    await on.at.bot.chat_delete(channel=thread.channel, ts=thread.ts)

    with pytest.raises(errors.MessageGone, match="message_not_found"):
        await on.desk.redraw(thread, a_card(later=1))


async def test_calling_an_agent_stays_in_the_thread(on: OnSlack) -> None:
    thread = await on.desk.open_thread(on.channel, a_card(), "card-12")
    said = say("watch.missed", call=Ping(on.colleague), due=Instant(on.clock.now()))
    ref = await on.desk.say(on.channel, thread, SaidPicture(said), "say-1")

    assert pinged(on, ref) == {on.colleague}
    assert ref.ts not in [message["ts"] for message in await on.at.messages()]


# --- pictures that Slack cannot fetch


@pytest.mark.parametrize("code", ["invalid_blocks", "msg_too_long"])
async def test_a_card_that_slack_will_not_draw_is_posted_bare(on: OnSlack, code: str) -> None:
    on.at.faults.order(answered({"ok": False, "error": code}))
    ref = await on.desk.open_thread(on.channel, a_card(post=PICTURE), "card-12")

    kinds = [block["type"] for block in (await stored(on, ref))["blocks"]]

    assert "image" not in kinds
    assert await on.count(None) == 1


async def test_a_redrawing_that_slack_will_not_draw_is_bare_too(on: OnSlack) -> None:
    ref = await on.desk.open_thread(on.channel, a_card(), "card-12")
    on.at.faults.order(answered({"ok": False, "error": "invalid_blocks"}))
    await on.desk.redraw(ref, a_card(post=PICTURE, later=1))

    assert "1 later message" in (await stored(on, ref))["text"]


async def test_what_cannot_be_drawn_barer_is_refused(on: OnSlack) -> None:
    on.at.faults.order(answered({"ok": False, "error": "invalid_blocks"}))

    with pytest.raises(errors.DeskRefused, match="invalid_blocks"):
        await on.desk.say(on.channel, None, a_line(), "line-1")


# --- outcomes


@pytest.mark.parametrize(
    "fault",
    [
        Fault("slack", r"/chat\.", "status", status=500, body="<html>oops</html>", content_type="text/html"),
        Fault("slack", r"/chat\.", "status", status=503, body="busy", content_type="text/plain"),
        Fault("slack", r"/chat\.", "status", status=200, body="<html>", content_type="text/html"),
        Fault("slack", r"/chat\.", "status", status=200, body="ok", content_type="text/plain"),
        Fault("slack", r"/chat\.", "status", status=200, body="{", content_type="application/json"),
        Fault("slack", r"/chat\.", "status", status=200, body="[]", content_type="application/json"),
        Fault("slack", r"/chat\.", "drop"),
        answered({"ok": False, "error": "internal_error"}),
        answered({"ok": False, "error": "fatal_error"}),
        answered({"ok": False}),
    ],
    ids=lambda fault: f"{fault.kind} {fault.status} {fault.body}",
)
async def test_no_answer_of_slacks_own_leaves_it_unclear(on: OnSlack, fault: Fault) -> None:
    on.at.faults.order(replace(fault))

    with pytest.raises(errors.DeskUnclear):
        await on.desk.open_thread(on.channel, a_card(), "card-12")


async def test_no_answer_at_all_leaves_it_unclear() -> None:
    async with on_slack(seconds=1.0) as on:
        on.at.faults.order(Fault("slack", r"/chat\.", "hang"))

        with pytest.raises(errors.DeskUnclear):
            await on.desk.open_thread(on.channel, a_card(), "card-12")


@pytest.mark.parametrize(
    "code", ["ratelimited", "service_unavailable", "team_added_to_org", "request_timeout"]
)
async def test_a_passing_refusal_is_busy(on: OnSlack, code: str) -> None:
    on.at.faults.order(answered({"ok": False, "error": code}))

    with pytest.raises(errors.DeskBusy, match=code):
        await on.desk.open_thread(on.channel, a_card(), "card-12")


@pytest.mark.parametrize(
    "code", ["not_in_channel", "is_archived", "invalid_auth", "token_revoked", "restricted_action", "no_text"]
)
async def test_a_refusal_for_good_carries_slacks_code(on: OnSlack, code: str) -> None:
    on.at.faults.order(answered({"ok": False, "error": code}))

    with pytest.raises(errors.DeskRefused, match=f"^{code}$"):
        await on.desk.open_thread(on.channel, a_card(), "card-12")


@pytest.mark.parametrize(
    ("kind", "codes"),
    [
        (errors.MessageGone, ("message_not_found", "thread_not_found", "cannot_reply_to_message")),
        (errors.MessageFrozen, ("edit_window_closed", "cant_update_message")),
        (errors.DeskClosed, ("channel_not_found", "not_in_channel", "is_archived")),
        (errors.DeskClosed, ("invalid_auth", "not_authed", "account_inactive")),
        (errors.DeskClosed, ("token_revoked", "token_expired")),
        (errors.DeskRefused, ("restricted_action", "too_many_reactions", "a_code_of_next_year")),
    ],
)
async def test_a_refusal_says_what_kind_it_is_of(
    on: OnSlack, kind: type[errors.DeskRefused], codes: tuple[str, ...]
) -> None:
    thread = await on.desk.open_thread(on.channel, a_card(), "card-12")
    for code in codes:
        for act in (
            partial(on.desk.say, on.channel, thread, SaidPicture(say("note.kept")), "say-1"),
            partial(on.desk.mark, thread, "outbox_tray", True),
            partial(on.desk.redraw, thread, a_card(later=1)),
        ):
            no = json.dumps({"ok": False, "error": code})
            on.at.faults.order(Fault("slack", r"/(chat|reactions)\.", "status", status=200, body=no))
            with pytest.raises(errors.DeskRefused, match=f"^{code}$") as refusal:
                await act()

            assert type(refusal.value) is kind


def test_no_minute_has_more_calls_than_slacks_tiers(on: OnSlack) -> None:
    pace, minute = on.desk.pace(), timedelta(minutes=1)
    calls = pace.burst + minute // pace.call_every

    assert pace.post_every >= timedelta(seconds=1)
    assert calls <= 50
    assert calls / pace.unmark <= 20
    assert calls / pace.whisper <= 100
    assert pace.longest_rest > minute


async def test_a_limit_without_a_time_is_waited_out_for_half_a_minute(on: OnSlack) -> None:
    on.at.faults.order(Fault("slack", r"/chat\.", "status", status=429))

    with pytest.raises(errors.DeskBusy) as busy:
        await on.desk.open_thread(on.channel, a_card(), "card-12")

    assert timedelta(seconds=25) < busy.value.until - on.clock.now() < timedelta(seconds=31)


async def test_a_desk_that_cannot_be_reached_is_busy_since_nothing_was_written(on: OnSlack) -> None:
    on.desk._client.base_url = "http://127.0.0.1:9/api/"

    with pytest.raises(errors.DeskBusy, match="no connection"):
        await on.desk.open_thread(on.channel, a_card(), "card-12")


async def test_a_question_without_an_answer_is_only_busy(on: OnSlack) -> None:
    on.at.faults.order(Fault("slack", r"/users\.info", "drop", times=2))

    with pytest.raises(errors.DeskBusy):
        await on.desk.agent(on.colleague)


# --- finding


async def test_the_key_is_found_on_a_server_that_keeps_no_metadata(on: OnSlack) -> None:
    began = on.clock.now()
    posted = await on.at.bot.chat_postMessage(
        channel=on.channel, text="x", blocks=[{"type": "divider", "block_id": "card-12"}]
    )

    assert await on.desk.find(on.channel, None, "card-12", began) == MessageRef(on.channel, posted["ts"])


async def test_the_same_key_in_somebody_elses_message_means_nothing(on: OnSlack) -> None:
    began = on.clock.now()
    await on.at.as_maaike.chat_postMessage(
        channel=on.channel, text="x", blocks=[{"type": "divider", "block_id": "card-12"}]
    )

    assert await on.desk.find(on.channel, None, "card-12", began) is None


async def test_a_message_behind_many_others_is_found(on: OnSlack) -> None:
    began = on.clock.now()
    ref = await on.desk.open_thread(on.channel, a_card(), "card-12")
    for _ in range(205):
        await on.at.say("...")

    assert await on.desk.find(on.channel, None, "card-12", began) == ref


# --- people


async def test_somebody_of_a_connected_workspace_may_not_reply(on: OnSlack) -> None:
    stranger = on.at.slack.add_agent("Van Elders", team_id="T0OTHER001")

    assert not (await on.desk.agent(AgentId(stranger.id))).may_reply


async def test_a_colleagues_name_cannot_hide_anything(on: OnSlack) -> None:
    odd = on.at.slack.add_agent("Tom\u202e")

    assert (await on.desk.agent(AgentId(odd.id))).name == "Tom[U+202E]"


# --- links


async def test_a_link_leads_to_the_message_once_the_workspace_is_known(on: OnSlack) -> None:
    await on.desk.myself()

    url = on.desk.thread_url(MessageRef("C1", "1700000000.000100"))

    assert url == f"{on.at.base}/archives/C1/p1700000000000100"


async def test_before_that_it_leads_to_the_channel(on: OnSlack) -> None:
    url = on.desk.thread_url(MessageRef("C1", "1700000000.000100"))

    assert url == "https://slack.com/app_redirect?channel=C1"
