"""An agent's message becomes the plain text that is published, and never says more than was meant."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cases.characters import clean
from bot.slack import scribe
from bot.slack.message import Plain, plain
from bot.slack.scribe import Problem, ProblemKind

Json = dict[str, Any]


def text(mrkdwn: str) -> str:
    return plain({"text": mrkdwn}).text


def kinds(found: Plain) -> list[str]:
    return [problem.kind.value for problem in found.problems]


def composed(*elements: Json) -> Plain:
    """A message as Slack's own composer sends it."""
    blocks = [{"type": "rich_text", "block_id": "b", "elements": list(elements)}]
    return plain({"text": "what old clients show", "blocks": blocks})


def section(*leaves: Json) -> Json:
    return {"type": "rich_text_section", "elements": list(leaves)}


def words(content: str, **style: bool) -> Json:
    return {"type": "text", "text": content, **({"style": style} if style else {})}


# --- mrkdwn: entities, links, emoji


def test_entities_are_decoded_once() -> None:
    assert text("Fish &amp; chips &lt;3 &amp;lt;") == "Fish & chips <3 &lt;"


@pytest.mark.parametrize(
    ("sent", "published"),
    [
        ("<https://shop.example/a_b_c?x=1&amp;y=2>", "https://shop.example/a_b_c?x=1&y=2"),
        ("<https://shop.example|our shop>", "our shop (https://shop.example)"),
        ("<http://shop.example|shop.example>", "shop.example"),
        ("<https://shop.example|https://shop.example>", "https://shop.example"),
        ("<mailto:help@shop.example|help@shop.example>", "help@shop.example"),
        ("<mailto:help@shop.example?subject=Hi>", "help@shop.example"),
        ("<tel:+31201234567|020 123 45 67>", "020 123 45 67"),
        ("see https://shop.example/_x_ now", "see https://shop.example/_x_ now"),
    ],
)
def test_links_are_what_a_reader_needs(sent: str, published: str) -> None:
    assert text(sent) == published


@pytest.mark.parametrize(
    ("sent", "published"),
    [
        (":wave: hi", "👋 hi"),
        (":wave::skin-tone-3: hi", "👋🏼 hi"),
        (":thumbsup::+1:", "👍👍"),
        (":heart:", "❤️"),
        (":flag-nl:", "🇳🇱"),
        ("at 10:30:45", "at 10:30:45"),
        ("score 1:100:2", "score 1:100:2"),
        ("yes:100:", "yes💯"),
        ("`:wave:`", ":wave:"),
        ("12:15: lunch", "12:15: lunch"),
    ],
)
def test_emoji_names_become_emoji(sent: str, published: str) -> None:
    assert text(sent) == published


# --- mrkdwn: formatting


@pytest.mark.parametrize(
    ("sent", "published"),
    [
        ("*bold* and _italic_ and ~gone~", "bold and italic and gone"),
        ("_*both*_ and *_both_*", "both and both"),
        ("(*bold*), *bold*!", "(bold), bold!"),
        ("*two words*", "two words"),
        ("2*3*4", "2*3*4"),
        ("snake_case_name", "snake_case_name"),
        ("* not bold *", "* not bold *"),
        ("a * b * c", "a * b * c"),
        ("*over\nlines*", "*over\nlines*"),
        ("**", "**"),
        ("@_jan_ and @snake_case_", "@_jan_ and @snake_case_"),
        ("`*code*`", "*code*"),
        ("```\nfirst *x*\nsecond\n```", "first *x*\nsecond"),
        ("&gt; quoted\nand answered", "quoted\nand answered"),
        ("5 &gt; 3", "5 > 3"),
        ("*<https://shop.example|our shop>*", "our shop (https://shop.example)"),
        ("_:wave:_", "👋"),
        ("café_met_accent", "café_met_accent"),
    ],
)
def test_formatting_marks_go_where_slack_would_format(sent: str, published: str) -> None:
    assert text(sent) == published


def test_a_literal_bracket_stays_one_where_a_server_did_not_escape_it() -> None:
    assert text("5 < 10 & 7 > 3, I <3 it") == "5 < 10 & 7 > 3, I <3 it"


def test_line_breaks_stay_and_the_edges_are_trimmed() -> None:
    assert text("\n Hi Jan,\n\nYes. \n") == "Hi Jan,\n\nYes."


# --- rich text


def test_the_blocks_count_where_there_are_any() -> None:
    assert composed(section(words("2*3*4 _is_ "), words("24", bold=True))).text == "2*3*4 _is_ 24"


def test_an_entity_in_rich_text_is_literal() -> None:
    assert composed(section(words("&amp; <3"))).text == "&amp; <3"


def test_lists_keep_their_bullets_and_numbers() -> None:
    bullets = {
        "type": "rich_text_list",
        "style": "bullet",
        "elements": [section(words("a")), section(words("b"))],
    }
    ordered = {**bullets, "style": "ordered"}

    assert composed(section(words("First:\n")), bullets).text == "First:\n• a\n• b"
    assert composed(ordered).text == "1. a\n2. b"


def test_a_nested_list_does_not_restart_the_one_around_it() -> None:
    def item(name: str, indent: int) -> Json:
        return {
            "type": "rich_text_list",
            "style": "ordered",
            "indent": indent,
            "elements": [section(words(name))],
        }

    assert composed(item("a", 0), item("deep", 1), item("b", 0)).text == "1. a\n  1. deep\n2. b"


def test_quotes_and_code_become_lines() -> None:
    quote = {"type": "rich_text_quote", "elements": [words("you wrote")]}
    code = {"type": "rich_text_preformatted", "elements": [words("*literally*")]}

    assert composed(quote, section(words("Yes:\n")), code).text == "you wrote\nYes:\n*literally*"


def test_emoji_go_by_their_code_points() -> None:
    leaf = {"type": "emoji", "name": "brand-new-emoji", "unicode": "1f44b-1f3fc"}

    assert composed(section(leaf)).text == "👋🏼"


def test_emoji_without_code_points_go_by_name_and_tone() -> None:
    leaf = {"type": "emoji", "name": "wave", "skin_tone": 3}

    assert composed(section(leaf)).text == "👋🏼"


def test_links_in_rich_text_are_treated_alike() -> None:
    link = {"type": "link", "url": "https://shop.example", "text": "our shop"}

    assert composed(section(link)).text == "our shop (https://shop.example)"


def test_other_blocks_fall_back_to_the_text() -> None:
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "x"}}]

    assert plain({"text": "*fallback*", "blocks": blocks}).text == "fallback"


# --- what must not be published


@pytest.mark.parametrize(
    ("sent", "kind"),
    [
        ("ask <@U0MAAIKE1>", ProblemKind.NAMES_COLLEAGUE),
        ("ask <@W0MAAIKE1|maaike>", ProblemKind.NAMES_COLLEAGUE),
        ("ask <!subteam^S0LEADS01|@leads>", ProblemKind.NAMES_COLLEAGUE),
        ("see <#C0WEBCARE>", ProblemKind.NAMES_CHANNEL),
        ("see <#C0WEBCARE|webcare>", ProblemKind.NAMES_CHANNEL),
        ("<!here> look", ProblemKind.BROADCAST),
        ("<!channel|@channel> look", ProblemKind.BROADCAST),
        ("nice :partyparrot:", ProblemKind.CUSTOM_EMOJI),
        ("see <https://care.slack.com/archives/C0WEBCARE/p1>", ProblemKind.INTERNAL_LINK),
        ("cut off <@U0MAAIKE1", ProblemKind.NAMES_COLLEAGUE),
    ],
)
def test_what_belongs_inside_is_a_problem_and_leaves_no_trace(sent: str, kind: ProblemKind) -> None:
    found = plain({"text": sent})

    assert kinds(found) == [kind]
    assert not re.search(r"[UWCS]0[A-Z0-9]{6,}", found.text) or kind is ProblemKind.INTERNAL_LINK
    assert not re.search(r"maaike|leads|webcare", found.text)


@pytest.mark.parametrize(
    ("leaf", "kind"),
    [
        ({"type": "user", "user_id": "U0MAAIKE1"}, ProblemKind.NAMES_COLLEAGUE),
        ({"type": "usergroup", "usergroup_id": "S0LEADS01"}, ProblemKind.NAMES_COLLEAGUE),
        ({"type": "channel", "channel_id": "C0WEBCARE"}, ProblemKind.NAMES_CHANNEL),
        ({"type": "broadcast", "range": "here"}, ProblemKind.BROADCAST),
        ({"type": "emoji", "name": "partyparrot"}, ProblemKind.CUSTOM_EMOJI),
        ({"type": "link", "url": "https://care.slack.com/x"}, ProblemKind.INTERNAL_LINK),
    ],
)
def test_the_same_holds_in_rich_text(leaf: Json, kind: ProblemKind) -> None:
    found = composed(section(words("see "), leaf))

    assert kinds(found) == [kind]
    assert not re.search(r"[UCS]0[A-Z0-9]{6,}", found.text)


def test_the_custom_emoji_is_named_for_the_agent() -> None:
    assert plain({"text": "nice :partyparrot:"}).problems == (
        Problem(ProblemKind.CUSTOM_EMOJI, ":partyparrot:"),
    )


def test_a_problem_is_told_once() -> None:
    assert len(plain({"text": "<@U0MAAIKE1> and <@U0TOM00001>"}).problems) == 1


def test_files_are_a_problem() -> None:
    assert kinds(plain({"text": "see the picture", "files": [{"id": "F1", "name": "map.png"}]})) == ["files"]


def test_the_workspaces_own_pages_are_internal() -> None:
    found = plain({"text": "<http://127.0.0.1:8700/x>"}, workspace_host="127.0.0.1")

    assert kinds(found) == ["internal_link"]


def test_another_host_that_ends_alike_is_not_internal() -> None:
    assert plain({"text": "<https://notslack.com/x>"}).problems == ()


def test_an_ordinary_message_has_no_problems() -> None:
    assert plain({"text": "Hi <https://shop.example|Jan>, at 10:30 :wave: &amp; *soon*"}).problems == ()


# --- anything at all

literal = st.text(max_size=30).map(
    lambda raw: raw.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
)
ids = st.from_regex(r"[A-Z0-9]{9}", fullmatch=True)
mentions = st.one_of(
    ids.map(lambda i: f"<@U{i}>"),
    ids.map(lambda i: f"<@W{i}|the.name>"),
    ids.map(lambda i: f"<#C{i}>"),
    ids.map(lambda i: f"<#C{i}|the-name>"),
    ids.map(lambda i: f"<!subteam^S{i}|@the.name>"),
    ids.map(lambda i: f"<@U{i}"),
)
marks = st.sampled_from(["*", "_", "~", "`", "```", ":", " ", "\n", "&gt; ", ":wave:", "\x00", "\x000\x00"])


@given(st.lists(st.one_of(literal, mentions, marks), max_size=12))
def test_no_mention_survives_in_any_surroundings(parts: list[str]) -> None:
    found = plain({"text": "".join(parts)})
    named = [part for part in parts if part.startswith("<")]
    raw_ids = [match[0] for part in named for match in re.finditer(r"[UWCS][A-Z0-9]{9}", part)]

    assert not [raw for raw in raw_ids if raw in found.text and raw not in "".join(set(parts) - set(named))]
    assert bool(named) <= bool(found.problems)


@given(literal)
def test_text_without_marks_comes_out_as_it_was_typed(sent: str) -> None:
    typed = sent.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    if not re.search(r"[*_~`:\x00]|^>", typed, re.MULTILINE):
        assert text(sent) == clean(typed)


@given(st.text(max_size=60))
def test_rich_text_comes_out_as_it_was_typed(typed: str) -> None:
    assert composed(section(words(typed))).text == clean(typed.removesuffix("\n"))


@given(
    st.recursive(
        st.none() | st.text(max_size=5) | st.integers(), lambda c: st.lists(c, max_size=3), max_leaves=5
    )
)
def test_odd_values_in_rich_text_do_no_harm(odd: Any) -> None:
    found = plain({"blocks": [{"type": "rich_text", "elements": odd}], "text": ""})

    assert found.text == ""


# --- reactions


@pytest.mark.parametrize(
    ("reaction", "name"),
    [("wave::skin-tone-3", "wave"), ("thumbsup", "+1"), ("eyes", "eyes"), ("our_own", "our_own")],
)
def test_a_reaction_has_one_name(reaction: str, name: str) -> None:
    assert scribe.canonical(reaction) == name
