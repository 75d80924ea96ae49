"""The shape of rich_text blocks: sections, lists, quotes and code, and the inline elements in them."""

from __future__ import annotations

from bot.sandbox.slack.shapes import (
    Fields,
    Required,
    address,
    flag,
    items,
    number,
    one_of,
    record,
    string,
    typed,
)

_STYLE = record({"bold": flag, "italic": flag, "strike": flag, "code": flag, "underline": flag})
_MENTION_STYLE = record(
    {
        "bold": flag,
        "italic": flag,
        "strike": flag,
        "highlight": flag,
        "client_highlight": flag,
        "unlink": flag,
    }
)

_INLINE: dict[str, Fields] = {
    "text": {"text": Required(string(least=1)), "style": _STYLE},
    "emoji": {"name": Required(string(255, 1)), "unicode": string(), "skin_tone": number, "style": _STYLE},
    "link": {"url": Required(address), "text": string(), "unsafe": flag, "style": _STYLE},
    "user": {"user_id": Required(string(255, 1)), "style": _MENTION_STYLE},
    "usergroup": {"usergroup_id": Required(string(255, 1)), "style": _MENTION_STYLE},
    "channel": {"channel_id": Required(string(255, 1)), "style": _MENTION_STYLE},
    "broadcast": {"range": Required(one_of("here", "channel", "everyone")), "style": _STYLE},
    "color": {"value": Required(string(20, 1))},
    "date": {
        "timestamp": Required(number),
        "format": Required(string(255, 1)),
        "url": address,
        "fallback": string(),
    },
}
_inline = items(typed(_INLINE), 1000, least=0)
_section: Fields = {"elements": Required(_inline)}

rich_text_element = typed(
    {
        "rich_text_section": _section,
        "rich_text_quote": {**_section, "border": number},
        "rich_text_preformatted": {**_section, "border": number, "language": string(50)},
        "rich_text_list": {
            "elements": Required(items(typed({"rich_text_section": _section}), 1000)),
            "style": Required(one_of("bullet", "ordered")),
            "indent": number,
            "offset": number,
            "border": number,
        },
    }
)
