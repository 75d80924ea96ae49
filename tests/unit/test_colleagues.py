"""Which replies seem to speak to a colleague, and which do not."""

from __future__ import annotations

import time

import pytest

from bot.guide.colleagues import Conversation, calls, colleague, handles_in

NAMES = (
    "Joris Veldkamp",
    "Anouk de Wit",
    "Zoë Günay",
    "Anne-Marie van der Berg",
    "Mark Bakker",
    "Roos Linden",
    "Bo",
    "Smit, Karel",
    "Mieke (bieb Zwolle)",
    "Jan Peeters | Webcare",
    "Niamh O'Brien",
    "Will Kok",
)
SANNE = Conversation(
    "Sanne Zandkorrel", "sannezandkorrel", frozenset({"wolkenhuis", "anouk", "pim_pindakaas"})
)


def spoken_to(text: str, conversation: Conversation = SANNE) -> str | None:
    """The colleague to whom a text seems to speak."""
    return colleague(calls(text), NAMES, conversation)


HELD = [
    ("@Joris can you check this one? he is annoying", "Joris Veldkamp"),
    ("@Joris Veldkamp kun jij hier even naar kijken?", "Joris Veldkamp"),
    ("@joris.veldkamp graag overnemen", "Joris Veldkamp"),
    ("Joris, kun jij hier even naar kijken? Volgens mij liegt deze klant.", "Joris Veldkamp"),
    # A name behind an @
    ("hey @zoe wat vind jij, liegt hij?", "Zoë Günay"),
    ("volgens mij liegt hij, toch @JORIS", "Joris Veldkamp"),
    ("wat nu ＠joris?", "Joris Veldkamp"),
    ("wat nu @ Joris?", "Joris Veldkamp"),
    ("wat nu @\u200bJoris?", "Joris Veldkamp"),
    ("wat nu @\u2060J\u00f3ris?", "Joris Veldkamp"),
    ("wat nu @Jоris?", "Joris Veldkamp"),  # a Cyrillic о
    ("wat nu @Joris\u00a0Veldkamp?", "Joris Veldkamp"),
    ("hij liegt@joris", "Joris Veldkamp"),
    ("(cc @veldkamp)", "Joris Veldkamp"),
    ("@joris_veldkamp @jorisveldkamp zie boven", "Joris Veldkamp"),
    ("@jveldkamp zie boven", "Joris Veldkamp"),
    ("dat is @Joris's klant", "Joris Veldkamp"),
    ("dat is @joris’ klant", "Joris Veldkamp"),
    ("@Anouk de Wit wat vind jij?", "Anouk de Wit"),
    ("vraag het @de Wit", "Anouk de Wit"),
    ("vraag het @wit.", "Anouk de Wit"),
    ("@anne-marie weet dit", "Anne-Marie van der Berg"),
    ("@van der Berg weet dit", "Anne-Marie van der Berg"),
    ("@Zoë @Günay", "Zoë Günay"),
    ("@Bo jij?", "Bo"),
    ("@mark wat nu", "Mark Bakker"),
    ("@roos?", "Roos Linden"),
    ("@karel neem jij hem", "Smit, Karel"),
    ("@mieke neem jij hem", "Mieke (bieb Zwolle)"),
    ("@jan neem jij hem", "Jan Peeters | Webcare"),
    ("@obrien neem jij hem", "Niamh O'Brien"),
    ("@O’Brien neem jij hem", "Niamh O'Brien"),
    ("@anouk.dewit hij liegt", "Anouk de Wit"),
    # A name at the beginning
    ("Joris: hij liegt", "Joris Veldkamp"),
    ("joris - hij liegt", "Joris Veldkamp"),
    ("Joris – hij liegt", "Joris Veldkamp"),
    ("Joris! hij liegt", "Joris Veldkamp"),
    ("Joris? Wie is dit?", "Joris Veldkamp"),
    ("Joris... wie is dit", "Joris Veldkamp"),
    ("Joris\nwie is dit", "Joris Veldkamp"),
    ("Joris kun jij dit overnemen", "Joris Veldkamp"),
    ("Joris can you take this one", "Joris Veldkamp"),
    ("Joris neem jij deze", "Joris Veldkamp"),
    ("Joris zal ik hem blokkeren", "Joris Veldkamp"),
    ("Joris wil je dit doen? Hij liegt.", "Joris Veldkamp"),
    ("Joris graag overnemen", "Joris Veldkamp"),
    ("Joris Veldkamp, zie hier", "Joris Veldkamp"),
    ("Hoi Joris, kijk jij?", "Joris Veldkamp"),
    ("Hey Joris deze klant liegt", "Joris Veldkamp"),
    ("Hallo,  joris: zie hier", "Joris Veldkamp"),
    ("Goedemorgen Joris!", "Joris Veldkamp"),
    ("👋 Hi Jóris, look", "Joris Veldkamp"),
    ("Bedankt Joris, ik stuur hem door", "Joris Veldkamp"),
    ("@sannezandkorrel Joris, kun jij dit overnemen?", "Joris Veldkamp"),
    ("Joris en Anouk, kunnen jullie dit doen", "Joris Veldkamp"),
    ("Joris/Zoë: wie pakt dit", "Joris Veldkamp"),
    ("Anne-Marie, wat nu", "Anne-Marie van der Berg"),
    ("Mark Bakker, wat nu", "Mark Bakker"),
    ("Karel, wat nu", "Smit, Karel"),
    ("Mieke, wat nu", "Mieke (bieb Zwolle)"),
    ('@"Joris" wat nu', "Joris Veldkamp"),
    ("@[Joris Veldkamp] wat nu", "Joris Veldkamp"),
    ("@Joris-kun jij dit", "Joris Veldkamp"),
    ("*Joris*, wat nu", "Joris Veldkamp"),
    ("Joris ik denk dat hij liegt", "Joris Veldkamp"),
    ("Hé Joris wat een zeur", "Joris Veldkamp"),
    ("Hi all, Joris, zie hier", "Joris Veldkamp"),
    ("Hi @sannezandkorrel Joris kun jij", "Joris Veldkamp"),
    ("Joris 🙏 dit is er weer een", "Joris Veldkamp"),
    ("Joris => dit is er weer een", "Joris Veldkamp"),
    ("nee Joris, niet doen", "Joris Veldkamp"),
    ("Jan: wat nu", "Jan Peeters | Webcare"),
]

PASSES = [
    "Hi Sanne, thanks! Your parcel left this morning.",
    "@sannezandkorrel we kijken het na",
    "@anouk heeft gelijk",
    "@Anouk: jullie allebei bedankt",
    "@wolkenhuis en @pim_pindakaas ook bedankt",
    "Zie @joris_nl voor meer",
    "Zie @jorisveld",
    "Schrijf naar info@bakker.nl of help@joris.com",
    "We zoeken het uit.\n\nGroet, Joris",
    "Groet, Joris",
    "Groetjes Joris",
    "Bedankt! Joris",
    "Done. ^JV",
    "Met Joris van Wolkenhuis, wat kan ik doen",
    "Hoi Joris hier, ik zoek het uit",
    "Joris is er morgen weer",
    "Joris van de winkel belt u morgen",
    "Joris heeft het pakket gevonden.",
    "Jorissen, bedankt",
    "Ik vraag het Joris. Joris, van de winkel, weet dit.",
    "Mark your calendar: we open at nine",
    "Mark, set, go!",
    "Nee, Joris heeft het pakket niet",
    "Ja Joris heeft het pakket",
    '"Joris" is de naam',
    "Hi there, Sanne!",
    "Joris's collega belt u",
    "Bedankt, Joris",
    "Will you send us the number?",
    "Roos: uitverkocht, tulp: op voorraad",
    "Bo, dat mag",
    "Bos, hei en duin",
    "Jan-Willem, bedankt",
    "De Wit, de Vries: alle auteurs",
    "Wit: uitverkocht",
    "@",
    "@@ @. @_",
    "",
]


@pytest.mark.parametrize(("text", "whom"), HELD)
def test_it_speaks_to_a_colleague(text: str, whom: str) -> None:
    assert spoken_to(text) == whom


@pytest.mark.parametrize("text", PASSES)
def test_it_speaks_to_the_customer(text: str) -> None:
    assert spoken_to(text) is None


@pytest.mark.parametrize(
    ("text", "name", "handle", "whom"),
    [
        ("Joris, bedankt", "Joris Jansen", "jj83", None),
        ("Joris, bedankt", "JJ", "jorisjansen83", None),
        ("Joris, bedankt", "JJ", "de_joris", None),
        ("Hoi Jóris, bedankt", "JORIS", "", None),
        ("@joris bedankt", "Joris", "joris", None),
        ("@joris, kun je je nummer sturen?", "J", "Joris", None),
        ("Jan, bedankt", "Jan", "x1", None),
        ("Jan, neem jij deze", "Trojan Horse", "trojan", "Jan Peeters | Webcare"),
        ("Joris Veldkamp, neem jij deze", "Joris Jansen", "jorisjansen", "Joris Veldkamp"),
        ("@Joris Veldkamp neem jij deze", "Joris", "joris", "Joris Veldkamp"),
        ("@joris.veldkamp neem jij deze", "Joris", "joris", "Joris Veldkamp"),
    ],
)
def test_a_customer_of_the_same_name_may_be_spoken_to(
    text: str, name: str, handle: str, whom: str | None
) -> None:
    assert spoken_to(text, Conversation(name, handle)) == whom


@pytest.mark.parametrize(
    ("wrote", "whom"),
    [
        ("Waar is mijn pakket? Groet, Joris", None),
        ("mijn naam is Joris de Boer, nummer 12", None),
        ("Hi I'm joris", None),
        ("Ik sprak Joris in de winkel", "Joris Veldkamp"),
        ("Bedankt Joris", "Joris Veldkamp"),
        ("groeten aan Joris", "Joris Veldkamp"),
    ],
)
def test_a_customer_may_say_that_this_is_their_name(wrote: str, whom: str | None) -> None:
    assert spoken_to("Joris, dank voor je bericht", Conversation("x", "xx", texts=(wrote,))) == whom


def test_a_name_that_several_have_is_told_as_it_was_written() -> None:
    names = ("Joris Veldkamp", "Joris Bos")

    assert colleague(calls("@joris wat nu"), names, SANNE) == "Joris"
    assert colleague(calls("@joris bos wat nu"), names, SANNE) == "Joris Bos"


def test_the_handles_in_a_text_are_found_in_small_letters() -> None:
    assert list(handles_in("＠Joris en @Pim_P, help")) == ["joris", "pim_p"]


@pytest.mark.parametrize("piece", ["Joris, @jo ", "@a", "@ab cd ef gh ij kl ", "é@ö ", "a-", "x "])
def test_a_thousand_colleagues_and_a_long_text_take_milliseconds(piece: str) -> None:
    names = [f"Naam{number} van der Achternaam{number}" for number in range(1000)]
    text = (piece * 25_000)[:25_000]
    colleague(calls(text), names, SANNE)  # what the names come to is kept
    begun = time.process_time()
    colleague(calls(text), names, SANNE)

    assert time.process_time() - begun < 0.1
