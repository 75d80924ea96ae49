"""Who lives in the sandbox from the start: the brand, its care team and its customers, all invented."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Profile:
    """An account on the sandbox's X: a brand or a customer."""

    #: Without the "@"; at most 15 letters, digits and underscores, as X has it.
    handle: str
    name: str


#: A department store.
BRAND = Profile("wolkenhuis", "Wolkenhuis")

CHANNEL = "webcare"

#: The care team, by full name.
AGENTS: tuple[str, ...] = ("Mira Klaver", "Joris Veldkamp", "Anouk de Wit")

CUSTOMERS: tuple[Profile, ...] = (
    Profile("sannezandkorrel", "Sanne Zandkorrel"),
    Profile("teuntegelpad", "Teun Tegelpad"),
    Profile("oma_regenboog", "Oma Regenboog"),
    Profile("pim_pindakaas", "Pim Pindakaas"),
    Profile("fleurfietsbel", "Fleur Fietsbel"),
    Profile("bramboterbloem", "Bram Boterbloem"),
    Profile("noornachtkaars", "Noor Nachtkaars"),
    Profile("yara_zomerhagel", "Yara Zomerhagel"),
    Profile("dirkdrentelaar", "Dirk Drentelaar"),
    Profile("pennyfarthingly", "Penny Farthingly"),
    Profile("milomarmalade", "Milo Marmalade"),
    Profile("olive_umbrella", "Olive Umbrella"),
    Profile("gus_gumboot", "Gus Gumboot"),
)
