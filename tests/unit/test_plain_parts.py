"""Nothing of an agent's message is left out unseen: what cannot be read as text keeps the message inside."""

from __future__ import annotations

from typing import Any

import pytest

from bot.slack.message import Plain, plain, typed

Json = dict[str, Any]

TABLE = {"type": "table", "rows": [[{"type": "raw_text", "text": "Monday"}]]}


def kinds(found: Plain) -> list[str]:
    return [problem.kind.value for problem in found.problems]


def words(content: str) -> Json:
    return {"type": "text", "text": content}


def section(*leaves: Json) -> Json:
    return {"type": "rich_text_section", "elements": list(leaves)}


def composed(*elements: Any, text: str = "what old clients show") -> Plain:
    """A message as Slack's own composer sends it."""
    return plain({"text": text, "blocks": [{"type": "rich_text", "elements": list(elements)}]})


# --- parts of the composer


def test_a_link_shown_as_a_title_is_a_link() -> None:
    chip = {"type": "attachment_mention", "url": "https://docs.example/form", "text": "Claim form"}
    found = composed(section(words("Fill in "), chip))

    assert found.text == "Fill in Claim form (https://docs.example/form)"
    assert found.problems == ()


def test_a_link_shown_as_a_title_may_be_internal() -> None:
    chip = {"type": "attachment_mention", "url": "https://acme.slack.com/docs/T1/F1", "text": "Rota"}

    assert kinds(composed(section(chip))) == ["internal_link"]


@pytest.mark.parametrize(
    "leaf",
    [
        {"type": "workflow_button", "text": "Refund"},
        {"type": "attachment_mention", "text": "no address"},
        {"type": "link", "text": "no address"},
        {"type": "date", "timestamp": 1, "format": "{date}"},
        {"type": "text"},
        "no leaf at all",
    ],
)
def test_a_part_of_a_line_that_is_not_understood_holds(leaf: Any) -> None:
    assert kinds(composed(section(words("We send you "), leaf))) == ["unknown"]


@pytest.mark.parametrize(
    "element",
    [
        {"type": "rich_text_table", "elements": []},
        {"type": "rich_text_section"},
        {"type": "rich_text_list", "style": "bullet", "elements": [{"type": "text", "text": "bare"}]},
        "no element at all",
    ],
)
def test_an_element_that_is_not_understood_holds(element: Any) -> None:
    assert kinds(composed(section(words("We send you")), element)) == ["unknown"]


@pytest.mark.parametrize("block", [TABLE, {"type": "image", "image_url": "https://a.example/b.png"}, "odd"])
def test_a_block_that_is_not_understood_holds(block: Any) -> None:
    lines = {"type": "rich_text", "elements": [section(words("Our hours:"))]}
    found = plain({"text": "Our hours:", "blocks": [lines, block]})

    assert found.text == "Our hours:"
    assert kinds(found) == ["unknown"]


# --- what hangs on the message


@pytest.mark.parametrize(
    "attachment",
    [
        {"id": 1, "blocks": [TABLE], "fallback": "[no preview available]"},
        {"is_msg_unfurl": True, "from_url": "https://acme.slack.com/archives/C1/p1", "text": "inside"},
        {"is_share": True, "from_url": "https://shop.example", "text": "inside"},
        "odd",
    ],
    ids=["a pasted table", "a forwarded message", "a message shared", "something odd"],
)
def test_what_an_agent_attached_holds(attachment: Any) -> None:
    assert kinds(plain({"text": "See here.", "attachments": [attachment]})) == ["unknown"]


@pytest.mark.parametrize("link", ["from_url", "original_url", "app_unfurl_url"])
def test_a_preview_of_a_link_does_not_hold(link: str) -> None:
    preview = {"id": 1, "title": "Our shop", link: "https://shop.example"}

    assert plain({"text": "<https://shop.example>", "attachments": [preview]}).problems == ()


@pytest.mark.parametrize(
    ("modes", "problems"),
    [(["tombstone"], []), (["tombstone", "tombstone"], []), (["tombstone", "hosted"], ["files"])],
)
def test_a_deleted_file_is_none(modes: list[str], problems: list[str]) -> None:
    files = [{"id": f"F{number}", "mode": mode} for number, mode in enumerate(modes)]

    assert kinds(plain({"text": "See here.", "files": files})) == problems


# --- entities, escaped or not


@pytest.mark.parametrize(
    ("leaf", "sent", "published"),
    [
        ("R&D", "R&amp;D", "R&D"),
        ("R&amp;D", "R&amp;D", "R&D"),
        ("write &amp;", "write &amp;amp;", "write &amp;"),
        ("write &amp;amp;", "write &amp;amp;", "write &amp;"),
        ("5 &lt; 6\nR&amp;D", "&gt; 5 &lt; 6\n&gt; R&amp;D", "5 < 6\nR&D"),
        ("R&amp;D", "cut off", "R&amp;D"),
    ],
)
def test_the_messages_own_text_tells_whether_the_words_are_escaped(
    leaf: str, sent: str, published: str
) -> None:
    assert composed(section(words(leaf)), text=sent).text == published


def test_an_escaped_address_is_decoded() -> None:
    link = {"type": "link", "url": "https://shop.example/?a=1&amp;b=2"}

    assert composed(section(link), text="<https://shop.example/?a=1&amp;b=2>").text == (
        "https://shop.example/?a=1&b=2"
    )


# --- behind a slash command


def test_the_text_behind_a_command_is_read_as_it_was_typed() -> None:
    found = typed("12 R&amp;D says: <https://shop.example/?a=1&amp;b=2>")

    assert found.text == "12 R&D says: https://shop.example/?a=1&b=2"
    assert found.problems == ()


@pytest.mark.parametrize(
    ("sent", "kind"),
    [
        ("12 ask <@U0MAAIKE1|maaike>", "names_colleague"),
        ("12 see <#C0WEBCARE|webcare>", "names_channel"),
        ("12 see <https://acme.slack.com/archives/C1/p1>", "internal_link"),
        ("12 see https://acme.slack.com/archives/C1/p1", "internal_link"),
        ("12 see https://care.example/p1", "internal_link"),
        ("12 <!here> who knows?", "broadcast"),
        ("12 @here who knows?", "broadcast"),
        ("12 (@channel) who knows?", "broadcast"),
        ("12 who knows, @Everyone", "broadcast"),
    ],
)
def test_what_belongs_inside_is_a_problem_behind_a_command(sent: str, kind: str) -> None:
    assert kinds(typed(sent, "care.example")) == [kind]


@pytest.mark.parametrize("sent", ["12 @herenow is a shop", "12 mail me@here.example", "12 @jansen hello"])
def test_an_ordinary_name_behind_a_command_is_no_problem(sent: str) -> None:
    assert typed(sent).problems == ()


# --- addresses that Slack makes no links of


@pytest.mark.parametrize("sent", ["see https://acme.slack.com/x.", "`https://acme.slack.com/x`"])
def test_a_bare_internal_address_is_a_problem(sent: str) -> None:
    found = plain({"text": sent})

    assert kinds(found) == ["internal_link"]
    assert found.problems[0].shown == "https://acme.slack.com/x"


def test_an_internal_address_in_code_is_a_problem() -> None:
    code = {"type": "rich_text_preformatted", "elements": [words("get https://acme.slack-gov.com/x")]}

    assert kinds(composed(code)) == ["internal_link"]


# --- what was typed, beside what is published


def a_list(*items: Json, style: str = "bullet", indent: int = 0) -> Json:
    return {"type": "rich_text_list", "style": style, "indent": indent, "elements": list(items)}


@pytest.mark.parametrize(
    ("elements", "text", "typed_text"),
    [
        ([a_list(section(words("// she called")))], "• // she called", "// she called"),
        ([a_list(section(words("!close")), style="ordered")], "1. !close", "!close"),
        ([a_list(section(words("// deep")), indent=2)], "• // deep", "// deep"),
        ([{"type": "rich_text_quote", "elements": [words("// quoted")]}], "// quoted", "// quoted"),
        ([{"type": "rich_text_preformatted", "elements": [words("// code")]}], "// code", "// code"),
        (
            [section(words("Two:\n")), a_list(section(words("a")), section(words("b")))],
            "Two:\n• a\n• b",
            "Two:\na\nb",
        ),
    ],
)
def test_bullets_and_numbers_are_shown_but_were_not_typed(
    elements: list[Json], text: str, typed_text: str
) -> None:
    found = composed(*elements)

    assert (found.text, found.typed) == (text, typed_text)


def test_a_text_without_blocks_was_typed_as_it_is_shown() -> None:
    found = plain({"text": "&gt; *// quoted*"})

    assert found.text == found.typed == "// quoted"


# --- meaning that only formatting carries


@pytest.mark.parametrize(
    "sent", ["~gratis~ voor 5 euro", "*~gratis~*", "_~gratis~_ ja", "nu ~<https://a.example|hier>~"]
)
def test_struck_words_hold(sent: str) -> None:
    assert kinds(plain({"text": sent})) == ["struck"]
    assert kinds(typed(f"12 {sent}")) == ["struck"]


@pytest.mark.parametrize(
    "leaf",
    [
        {"type": "text", "text": "gratis", "style": {"strike": True, "bold": True}},
        {"type": "link", "url": "https://shop.example", "style": {"strike": True}},
        {"type": "emoji", "name": "wave", "style": {"strike": True}},
    ],
)
def test_struck_parts_hold(leaf: Json) -> None:
    assert kinds(composed(section(leaf, words(" voor 5 euro")))) == ["struck"]


@pytest.mark.parametrize(
    "leaf",
    [
        {"type": "text", "text": " ", "style": {"strike": True}},
        {"type": "text", "text": "gratis", "style": {"strike": False, "underline": True}},
        {"type": "text", "text": "gratis", "style": "odd"},
        {"type": "text", "text": "~literally~"},
    ],
)
def test_what_is_not_struck_does_not(leaf: Json) -> None:
    assert kinds(composed(section(words("voor "), leaf))) == []


def test_a_quote_beside_words_of_ones_own_holds() -> None:
    quote = {"type": "rich_text_quote", "elements": [words("jullie liegen")]}

    assert kinds(composed(quote, section(words("Dat spijt ons.")))) == ["quoted"]
    assert kinds(composed(quote)) == []


@pytest.mark.parametrize(
    ("sent", "found"),
    [
        ("&gt; jullie liegen\nDat spijt ons.", ["quoted"]),
        ("Dat spijt ons.\n&gt;&gt;&gt; jullie liegen\necht", ["quoted"]),
        ("&gt; een\n&gt; twee", []),
        ("&gt;&gt;&gt; een\n\ntwee", []),
        ("5 &gt; 3", []),
    ],
)
def test_a_quote_in_mrkdwn_as_well(sent: str, found: list[str]) -> None:
    assert kinds(plain({"text": sent})) == found


def test_a_list_of_another_kind_is_not_understood() -> None:
    ticked = {"type": "rich_text_list", "style": "checklist", "elements": [section(words("done"))]}

    assert kinds(composed(ticked)) == ["unknown"]


# --- dates, and what stands in what


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        ("<!date^1392734382^Posted {date_num}|18 feb>", "18 feb"),
        (
            "<!date^1392734382^{date} at {time}^https://shop.example/x|18 feb>",
            "18 feb (https://shop.example/x)",
        ),
        (
            "<https://shop.example|<!date^1392734382^{date_num} {time}|18 feb>>",
            "18 feb (https://shop.example)",
        ),
        ("see <https://shop.example|a &gt; b :wave:> now", "see a > b 👋 (https://shop.example) now"),
        ("5 <b and c> d", "5 <b and c> d"),
        ("I <3 it > that", "I <3 it > that"),
    ],
)
def test_what_stands_between_brackets_is_read_by_its_grammar(sent: str, text: str) -> None:
    assert plain({"text": sent}) == Plain(text, text)


@pytest.mark.parametrize(
    ("sent", "kind"),
    [
        ("<!date^1392734382^Posted {date_num}>", "unknown"),
        ("<!date^1392734382^{date_num}|>", "unknown"),
        ("<!date^1392734382^{date_num}| >", "unknown"),
        ("<!date>", "unknown"),
        ("<!somethingnew|label>", "unknown"),
        ("<https://shop.example|ask <@U0MAAIKE1>>", "names_colleague"),
        ("<!date^1^{date}|ask <#C0WEBCARE|webcare>>", "names_channel"),
        ("cut <https://shop.example|ask <@U0MAAIKE1", "names_colleague"),
        ("<!date^1^{date} {time}^https://acme.slack.com/archives/C1/p1|18 feb>", "internal_link"),
    ],
)
def test_what_cannot_be_read_or_belongs_inside_holds_wherever_it_stands(sent: str, kind: str) -> None:
    found = plain({"text": sent})

    assert kinds(found) == [kind]
    assert "MAAIKE" not in found.text
    assert "webcare" not in found.text


def test_a_date_with_a_link_keeps_both() -> None:
    date = {"type": "date", "timestamp": 1, "format": "{date}", "fallback": "18 feb"}
    leaf = {**date, "url": "https://shop.example"}

    assert composed(section(leaf)).text == "18 feb (https://shop.example)"
    assert kinds(composed(section({**leaf, "fallback": " "}))) == ["unknown"]
