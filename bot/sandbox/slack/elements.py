"""Block Kit's building pieces: text objects, options and the interactive elements, with their limits."""

from __future__ import annotations

from bot.sandbox.slack.shapes import (
    Check,
    Fields,
    Required,
    address,
    at_least_one,
    both,
    exactly_one,
    flag,
    items,
    number,
    one_of,
    only_when,
    record,
    string,
    typed,
)


def plain(most: int) -> Check:
    """A plain_text object."""
    return typed({"plain_text": {"text": Required(string(most, 1)), "emoji": flag}})


def text(most: int) -> Check:
    """A plain_text or mrkdwn object."""
    return typed(
        {
            "plain_text": {"text": Required(string(most, 1)), "emoji": flag},
            "mrkdwn": {"text": Required(string(most, 1)), "verbatim": flag},
        }
    )


ID = string(255, 1)
_SLACK_FILE = both(record({"id": string(255, 1), "url": address}), exactly_one("id", "url"))
IMAGE: Fields = {
    "image_url": address,
    "slack_file": _SLACK_FILE,
    "alt_text": Required(string(2000, 1)),
}
_CONFIRM = record(
    {
        "title": Required(plain(100)),
        "text": Required(text(300)),
        "confirm": Required(plain(30)),
        "deny": Required(plain(30)),
        "style": one_of("primary", "danger"),
    }
)
_OPTION: Fields = {"text": Required(text(75)), "value": Required(string(150, 1)), "description": text(75)}
_option = record(_OPTION)
_overflow_option = record({**_OPTION, "url": address})
_group = record({"label": Required(plain(75)), "options": Required(items(_option, 100))})
_dispatch = record({"trigger_actions_on": items(one_of("on_enter_pressed", "on_character_entered"), 2)})

_ACTION: Fields = {"action_id": ID, "confirm": _CONFIRM, "focus_on_load": flag}
_PLACEHOLDER: Fields = {"placeholder": plain(150)}
_INPUT: Fields = {
    "action_id": ID,
    "focus_on_load": flag,
    "dispatch_action_config": _dispatch,
    **_PLACEHOLDER,
}


def _selects() -> dict[str, Fields]:
    """The five single and five multiple selects."""
    sources: dict[str, tuple[Fields, Check, str]] = {
        "static": ({"options": items(_option, 100), "option_groups": items(_group, 100)}, _option, "option"),
        "external": ({"min_query_length": number}, _option, "option"),
        "users": ({}, string(255), "user"),
        "conversations": ({"default_to_current_conversation": flag}, string(255), "conversation"),
        "channels": ({}, string(255), "channel"),
    }
    selects: dict[str, Fields] = {}
    for source, (fields, initial, noun) in sources.items():
        common: Fields = {**_ACTION, **_PLACEHOLDER, **fields}
        answer: Fields = {} if source in ("static", "external", "users") else {"response_url_enabled": flag}
        selects[f"{source}_select"] = {**common, **answer, f"initial_{noun}": initial}
        selects[f"multi_{source}_select"] = {
            **common,
            f"initial_{noun}s": items(initial, 100),
            "max_selected_items": number,
        }
    return selects


_CHOICES: Fields = {**_ACTION, "options": Required(items(_option, 10))}

ELEMENTS: dict[str, Fields] = {
    "button": {
        **_ACTION,
        "text": Required(plain(75)),
        "url": address,
        "value": string(2000),
        "style": one_of("primary", "danger"),
        "accessibility_label": string(75, 1),
    },
    "checkboxes": {**_CHOICES, "initial_options": items(_option, 10)},
    "radio_buttons": {**_CHOICES, "initial_option": _option},
    "overflow": {"action_id": ID, "confirm": _CONFIRM, "options": Required(items(_overflow_option, 5))},
    "datepicker": {**_ACTION, **_PLACEHOLDER, "initial_date": string(10, 10)},
    "timepicker": {**_ACTION, **_PLACEHOLDER, "initial_time": string(5, 5), "timezone": string(100)},
    "datetimepicker": {**_ACTION, "initial_date_time": number},
    **_selects(),
}

INPUTS: dict[str, Fields] = {
    "plain_text_input": {
        **_INPUT,
        "initial_value": string(3000),
        "multiline": flag,
        "min_length": number,
        "max_length": number,
    },
    "email_text_input": {**_INPUT, "initial_value": string(3000)},
    "url_text_input": {**_INPUT, "initial_value": string(3000)},
    "number_input": {
        **_INPUT,
        "is_decimal_allowed": Required(flag),
        "initial_value": string(50),
        "min_value": string(50),
        "max_value": string(50),
    },
    "file_input": {"action_id": ID, "filetypes": items(string(50, 1), 100), "max_files": number},
    **{kind: ELEMENTS[kind] for kind in ELEMENTS if kind not in ("button", "overflow")},
}

#: Beside the record itself: a choice needs its options, an image its source.
_OPTIONS = both(
    only_when("static_select", exactly_one("options", "option_groups")),
    only_when("multi_static_select", exactly_one("options", "option_groups")),
)
image_source = only_when("image", exactly_one("image_url", "slack_file"))

accessory = both(typed({**ELEMENTS, "image": IMAGE}), _OPTIONS, image_source)
action = both(typed(ELEMENTS), _OPTIONS)
form_input = both(typed(INPUTS), _OPTIONS)
context_element = both(
    typed(
        {
            "image": IMAGE,
            "plain_text": {"text": Required(string(3000, 1)), "emoji": flag},
            "mrkdwn": {"text": Required(string(3000, 1)), "verbatim": flag},
        }
    ),
    image_source,
)
section_content = only_when("section", at_least_one("text", "fields"))
