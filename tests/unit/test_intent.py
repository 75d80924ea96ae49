"""What a message is meant to be: tolerant towards inside, strict towards outside."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.guide.intent import Meant, read
from bot.work.actions import WORDS

REPLY, NOTE, COMMAND, SLIP = Meant.REPLY, Meant.NOTE, Meant.COMMAND, Meant.SLIP

#: One of each kind that nobody sees: marks of direction, joiners, fillers, selectors, tags, controls.
UNSEEN = (
    "\u00ad\u034f\u061c\u070f\u115f\u1160\u17b4\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202e\u2060\u2061"
    "\u2066\u2069\u206a\u3164\ufe00\ufe0f\ufeff\uffa0\ufff9\U0001bca0\U0001d173\U000e0001\U000e0020"
    "\U000e0100\x00\x08\x7f"
)
BLANKS = " \t\u00a0\u1680\u2000\u2009\u202f\u205f\u3000\u2800\U0001d159\n\r\v\f\x1c\x85\u2028\u2029"
MARKS = ("> ", "- ", "* ", "+ ", "# ", "### ", "` ", "```\n", "1. ", "12) ", ">>> ")

unseen, blanks = st.sampled_from(UNSEEN), st.sampled_from(BLANKS)
in_front = st.lists(unseen | blanks | st.sampled_from(MARKS), max_size=8).map("".join)
between = st.lists(unseen, max_size=3).map("".join)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("// he called before", NOTE),
        ("//", NOTE),
        ("/// he called before", NOTE),
        ("／／ he called before", NOTE),
        ("/／he called before", NOTE),
        ("\u200e// he called before", NOTE),
        ("/\u2060/ he called before", NOTE),
        ("\u3164\n\n  // he called before", NOTE),
        ("> // he called before", NOTE),
        ("1. // he called before", NOTE),
        ("```\n// he called before\n```", NOTE),
        ("// he called\nand I said no", NOTE),
        ("// !claim", NOTE),
        ("!claim", COMMAND),
        ("  !CLAIM  ", COMMAND),
        ("\u200e!close", COMMAND),
        ("!\u200eclose", COMMAND),
        ("！close", COMMAND),
        ("- !close", COMMAND),
        ("!dm: your number is 12", COMMAND),
        ("!thanks for waiting", COMMAND),
        ("! release", SLIP),
        ("📝 he lies", SLIP),
        (" \u200e📝he lies", SLIP),
        ("!", SLIP),
        ("!!", SLIP),
        ("!!note he lies", SLIP),
        ("!!! release", SLIP),
        ("!!!note he lies", SLIP),
        ("!1 release", SLIP),
        ("1close", SLIP),
        ("❗close", SLIP),
        ("/ / he lies", SLIP),
        ("/ he lies", SLIP),
        ("?/ he lies", SLIP),
        ("\\ he lies", SLIP),
        ("\\\\ he lies", SLIP),
        ("＼ he lies", SLIP),
        ("∕∕ he lies", SLIP),
        ("⁄⁄ he lies", SLIP),
        ("/ webcare note he lies", SLIP),
        ("/webcare release 12", SLIP),
        ("/dm hello", SLIP),
        ("• // he lies", SLIP),
        ("🔒 // he lies", SLIP),
        ("🔒// he lies", SLIP),
        ("🏴\U000e0067\U000e0062\U000e007f // he lies", SLIP),
        ("1️⃣ // he lies", SLIP),
        ("① // he lies", SLIP),
        (":our-own-lock: // he lies", SLIP),
        ("@… // have a look", SLIP),
        ("(// he lies)", SLIP),
        ("\ue000// he lies", SLIP),
        ("👉 !release", SLIP),
        ("note: he lies", SLIP),
        ("NOTE : he lies", SLIP),
        ("Ｎote: he lies", SLIP),
        ("n\u00adote: he lies", SLIP),
        ("notitie: hij liegt", SLIP),
        ("Notitie - hij liegt", SLIP),
        ("notitie\nhij liegt", SLIP),
        ("intern: hij liegt", SLIP),
        ("[intern] hij liegt", SLIP),
        ("(Interne notitie) hij liegt", SLIP),
        ("*Internal only:* he lies", SLIP),
        ("internal：he lies", SLIP),
        ("let op, intern: hij liegt", SLIP),
        ("Niet versturen! Hij liegt", SLIP),
        ("release", SLIP),
        ("Close!", SLIP),
        ("help?", SLIP),
        ("close case 12", SLIP),
        ("claim #12", SLIP),
        ("geef terug", SLIP),
        ("geef 12 terug.", SLIP),
        ("Geef het pakket terug.", REPLY),
        ("Coming today.\n// Joris, is that so?", SLIP),
        ("Coming today.\r// Joris, is that so?", SLIP),
        ("Coming today.\u2028\u200b// Joris, is that so?", SLIP),
        ("Coming today.\n- // Joris, is that so?", SLIP),
        ("Coming today.\n🔒 // Joris, is that so?", SLIP),
        ("Coming today.\n/ / Joris, is that so?", SLIP),
        ("Coming today.\nintern: is dat zo?", SLIP),
        ("Coming today.\n!close", SLIP),
        ("Coming today. // Joris, is that so?", SLIP),
        ("Coming today (// Joris, is that so?)", SLIP),
        ("Coming today.// Joris, is that so?", SLIP),
        ("Coming today -// Joris, is that so?", SLIP),
        ("Hi!// Joris, is that so?", SLIP),
        ("Coming today// Joris, is that so?", SLIP),
        ("Coming today//is that so?", SLIP),
        ("Coming today ∕∕ is that so?", SLIP),
        ("Regards, Anna // PostNL", SLIP),
        ("See https://a.nl/x // he lies", SLIP),
        ("See https://a.nl/x// he lies", SLIP),
        ("See https://a.nl/x.//he lies", SLIP),
        ("See (https://a.nl/x)//he lies", SLIP),
        ("See a.nl// he lies", SLIP),
        ("See https:// he lies", SLIP),
        ("jan@a.nl//he lies", SLIP),
        ("https://a.nl/x?//y", REPLY),
        ("https://a.nl/a//b", REPLY),
        ("See https://a.nl/x?u=https://b.nl//c&d=//e.", REPLY),
        ("See a.nl/x?//y", REPLY),
        ("(HTTPS://A.NL:8080//X, or a.nl//b)", REPLY),
        ("\u20e3// he lies", NOTE),
        ("\u20e3\u20dd// he lies", NOTE),
        ("> \u20e3// he lies", NOTE),
        ("/\u20e3/ he lies", NOTE),
        ("/\u0336/\u0336 he lies", NOTE),
        ("\u0301// he lies", NOTE),
        ("#️⃣// he lies", SLIP),
        ("a\u20e3// he lies", SLIP),
        ("Thanks! !close", SLIP),
        ("dank je !stop", SLIP),
        ("dank je ！stop", SLIP),
        ("dank je !ѕtор", SLIP),
        ("dank je !PRIVE.", SLIP),
        ("dank je (!close)", SLIP),
        ("dank je *!close*", SLIP),
        ("dank je !sluit 12", SLIP),
        ("Look !Great", REPLY),
        ("Look!Close to you", REPLY),
        ("Look!!close to you", REPLY),
        ("ok ! release it", REPLY),
        ("ѕtор", SLIP),
        ("nоte: he lies", SLIP),
        ("ΝΟΤΕ: he lies", SLIP),
        ("іntern: hij liegt", SLIP),
        ("Hi team", REPLY),
        ("Dear team!", REPLY),
        ("Hoi team 👋", REPLY),
        ("Hi team\nhe lies", SLIP),
        ("Team?", SLIP),
        ("Привет: как дела?", REPLY),
        ("Καλημέρα: τι κάνεις;", REPLY),
        ("ok,// Joris, is that so?", SLIP),
        ("See https://wolkenhuis.nl//returns", REPLY),
        ("Open Mo./Tu. and Fr.; 5,-/hour", REPLY),
        ("", REPLY),
        ("\u200b \n", REPLY),
        ("On its way!", REPLY),
        ("See https://brand.example//a and brand.example//b", REPLY),
        ("https://brand.example is the place", REPLY),
        ("Sorry! claim it at the desk", REPLY),
        ("!!! What a day", REPLY),
        ("¡Hola! ¿Qué tal?", REPLY),
        ("🎉 Won!", REPLY),
        ("❗ Mind: closed today", REPLY),
        ("‼️ Mind: closed today", REPLY),
        ("- one\n- two", REPLY),
        ("1. one\n2. two", REPLY),
        ("12.50 euro and/or 9/10", REPLY),
        ("24/7 open", REPLY),
        (":/ sorry to hear that", REPLY),
        ("¯\\_(ツ)_/¯", REPLY),
        (">:( sorry", REPLY),
        ("Note that we close at five", REPLY),
        ("An internal fault: we are on it", REPLY),
        ("International: call +31", REPLY),
        ("Close the door, please", REPLY),
        ("100close", REPLY),
        ("#1 in service", REPLY),
        ("(o) 06-12345678", REPLY),
        ("“Klaar” is het dan", REPLY),
        ("안녕하세요", REPLY),
        ("مرحبا", REPLY),
    ],
)
def test_a_message_is_what_was_typed(text: str, meant: Meant) -> None:
    assert read(text, WORDS).meant is meant


@given(in_front, between, st.sampled_from(["/", "／"]), st.sampled_from(["/", "／"]), st.text(max_size=20))
@example("\n\x85", "\u200d", "/", "/", "x")
def test_what_is_not_seen_or_only_shapes_a_block_does_not_hide_a_note(
    front: str, between: str, one: str, other: str, text: str
) -> None:
    assert read(front + one + between + other + text, WORDS).meant is NOTE


@given(in_front, between, st.sampled_from(["!", "！"]), st.sampled_from(sorted(WORDS)))
def test_nor_does_it_hide_a_word(front: str, between: str, mark: str, word: str) -> None:
    found = read(f"{front}{mark}{between}{word} // x", WORDS)

    assert (found.meant, found.word, found.rest) == (COMMAND, word, "// x")


@given(st.text(st.characters(exclude_categories=["L", "Nd"]), max_size=12), st.text(max_size=10))
def test_no_run_without_a_word_makes_a_reply_of_a_note(front: str, text: str) -> None:
    assert read(f"{front} // {text}", WORDS).meant is not REPLY


@given(st.text(max_size=30), st.sampled_from(["\n", "\r\n", "\r", "\x85", "\u2028"]), in_front, between)
def test_no_line_of_a_reply_begins_as_a_note(text: str, end: str, front: str, between: str) -> None:
    assert read(f"{text}{end}{front}/{between}/ x", WORDS).meant is not REPLY


@pytest.mark.parametrize(
    ("text", "word", "rest"),
    [
        ("!dm Tell us\nyour address", "dm", "Tell us\nyour address"),
        ("\u200e!\u200bdm \u200b Tell\u00adus", "dm", "Tell\u00adus"),
        ("！DM  Über 5 €", "dm", "Über 5 €"),
        ("!note", "note", ""),
        ("!nonsense", "nonsense", ""),
        ("!close!", "close", ""),
        ("!CLOSE…", "close", ""),
        ("!close, please", "close", "please"),
        ("!note: he called", "note", "he called"),
        ("!note:he called", "note", "he called"),
        ("!dm :) hello", "dm", ":) hello"),
        ("!close-up", "close-up", ""),
        ("!ѕtор now", "stop", "now"),
        ("!ＳＴОР", "stop", ""),
        ("!ꜱᴛᴏᴘ", "stop", ""),
        ("!cló\u0336se Оо", "close", "Оо"),
        ("!стоп", "стоп", ""),
    ],
)
def test_what_follows_a_word_is_left_as_it_was_typed(text: str, word: str, rest: str) -> None:
    found = read(text, WORDS)

    assert (found.word, found.rest) == (word, rest)


@pytest.mark.parametrize(
    "piece",
    [
        "a.",
        ":-",
        ":a",
        " ",
        "• ",
        "1.",
        "/ ",
        "> ",
        "\u200e",
        "note ",
        "(",
        "?",
        "a) ",
        "notitie",
        ". intern ",
        "!.",
        "//",
        "https://",
        "a.nl//",
        "!a ",
        "\u20e3",
        "о",
        "intern ",
        "stap 1: intern ",
        "keep this ",
        "please ",
        "internal (",
    ],
)
def test_reading_takes_as_long_as_the_text(piece: str) -> None:
    for text in (piece * 20_000 + "x", "x " + piece * 20_000):
        begun = process_time()
        read(text, WORDS)

        assert process_time() - begun < 1
