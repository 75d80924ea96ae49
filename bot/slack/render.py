"""A picture of the record as a Slack message: pure, and whole each time."""

from __future__ import annotations

from bot.cases.pictures import AlarmPicture, CardPicture, LinePicture, Picture, PostPicture, SaidPicture
from bot.slack import blocks
from bot.slack.blocks import Drawn
from bot.slack.render_alarm import alarm
from bot.slack.render_card import card
from bot.slack.render_line import line
from bot.slack.render_post import post
from bot.slack.sentences import Sentences


def draw(picture: Picture, speech: Sentences, *, bare: bool = False) -> Drawn:
    """The message that shows `picture`.

    `bare` leaves out what Slack may choke on: pictures (it fetches them, and refuses the whole message when
    it cannot) and the far end of a very long text.
    """
    match picture:
        case CardPicture():
            return card(picture, speech, bare=bare)
        case LinePicture():
            return line(picture, speech)
        case PostPicture():
            return post(picture, speech, bare=bare)
        case AlarmPicture():
            return alarm(picture, speech)
        case SaidPicture():
            speaker = speech.knowing(picture.threads)
            return blocks.drawn(
                [
                    blocks.rich(blocks.section(speaker.said(picture.said))),
                    *blocks.actions(speaker.buttons(picture.said.buttons)),
                ]
            )
