"""The Dutch words of a promise to come back: "we komen er morgen op terug", "je hoort vrijdag van ons".

Its subject is the brand's (we, ik, een collega), with a verb of coming back beside it, or it says what the
customer will hear. All patterns are for small letters, and stay within a clause.
"""

from __future__ import annotations

import re

from bot.guide.promise_words import FEW, OTHERS_WORDS, SOME

_YOU = r"\b(?:je|jou|jullie|u)\b"
_ALL = r"\b(?:iedereen|alle|allen|bewoners|klanten|reizigers)\b"
GROUP = (
    r"(?:collega|leidinggevende|manager|teamleider|directeur|directie|redactie|expert|specialist"
    r"|medewerker|team|\w*afdeling|\w*dienst|\w*commissie|klantenservice|winkel|filiaal)"
)
#: Who speaks for the brand.
WE_NL = (
    r"(?:ik|we|wij|iemand(?: van (?:ons|de|het|onze)(?: \w+)?)?|collega's"
    rf"|(?:een van )?(?:een|mijn|ons|de|het|die) (?:[\w-]+ ){{0,2}}?{GROUP}(?:'s|s|en)?"
    r"(?: van (?:de |het |onze )?\w+| (?!niet|geen|nooit)\w+)??"
    rf"|(?:een van )?onze (?!{OTHERS_WORDS}\b)[\w-]+(?:'s)?(?: (?!niet|geen|nooit"
    rf"|{OTHERS_WORDS}\b)[\w-]+(?:'s)?){{0,2}}?)"
)
#: What the brand sends.
_SENT_NL = (
    r"\b(?:(?:priv[eé]|terug)?bericht(?:je)?|mail(?:tje)?|e-mail|appje|dm|pb|update|antwoord|reactie"
    r"|uitsluitsel|seintje|belletje|telefoontje|terugkoppeling|bevestiging|uitkomst|uitslag|nieuws"
    r"|duidelijkheid|brief|besluit|beslissing)\b"
)
#: What the customer gets, from nobody else.
_PLEDGED_NL = (
    r"\b(?:berichtje|bericht|update|antwoord|reactie|uitsluitsel|seintje|belletje|telefoontje"
    r"|terugkoppeling|besluit|beslissing)\b"
)
#: A verb beside its subject, and what follows in its clause.
_DOES_NL = (
    (r"kom(?:t|en)?", rf"{SOME}\b(?:op|bij (?:je|jou|jullie|u)) terug\b"),
    (r"kom(?:t|en)?", rf"{SOME}\b(?:hierop|daarop|erop|hier|daar|er){FEW}\bterug\b"),
    (r"la(?:at|ten)", rf"(?!{SOME}\bons\b){SOME}\bweten\b"),
    (r"la(?:at|ten)", rf" {_YOU}{SOME}\bhoren\b"),
    (r"(?:bel(?:t|len)?|mail(?:t|en)?|app(?:t|en)?)", rf"{SOME}(?:{_YOU}|{_ALL})"),
    (r"(?:contacteer(?:t|en)?|verwittig(?:t|en)?|sein(?:t|en)?)", rf"{SOME}(?:{_YOU}|{_ALL})"),
    (r"(?:breng(?:t|en)?|stel(?:t|len)?)", rf"{SOME}\bop de hoogte\b"),
    (r"(?:licht(?:en)?)", rf"{SOME}{_YOU}{SOME}\bin\b"),
    (
        r"(?:schrijf|schrijft|schrijven|bericht|berichten|informeer|informeert|informeren)",
        rf"{SOME}(?:{_YOU}|{_ALL})",
    ),
    (r"(?:vertel|vertelt|vertellen)", rf"{SOME}{_YOU}"),
    (r"(?:neem|neemt|nemen)", rf"{SOME}\bcontact\b"),
    (r"(?:zoek|zoekt|zoeken)", rf"{SOME}\b(?:contact|uit|op)\b"),
    (r"(?:reageer|reageert|reageren|antwoord|antwoordt|antwoorden)", ""),
    (r"(?:koppel|koppelt|koppelen)", rf"{SOME}\bterug\b"),
    (r"(?:meld|meldt|melden)", rf"{FEW}\b(?:me|mij|ons|zich|(?:dat|dit|het) hier|hier)\b"),
    (r"bevestig(?:t|en)?", rf"{FEW}\b(?:het|dit|dat|{_YOU})"),
    (r"la(?:at|ten)", rf"{SOME}\bvan (?:me|mij|ons) (?:\w+ )?horen\b"),
    (
        r"(?:kom|komen|ben|zijn)",
        r" (?:zo|straks|direct|dadelijk|over \w+ minuten) (?:weer )?(?:bij (?:je|jou|u) )?terug\b",
    ),
    (r"(?:trek|trekt|trekken)", rf"{FEW}\bna\b"),
    (
        r"(?:zorg|zorgt|zorgen)",
        rf" (?:ervoor |er voor )?dat {WE_NL} {_YOU}{SOME}\b(?:belt|bellen|mailt|mailen|terugbelt|opneemt"
        rf"|opnemen|reageert)",
    ),
    (
        r"(?:stuur|stuurt|sturen|geef|geeft|geven|plaats|plaatst|plaatsen|delen?|deelt|zet|zetten|bezorg"
        r"|bezorgen)",
        rf"{SOME}(?:{_SENT_NL}|\bhier\b)",
    ),
    (r"(?:mailt?|mailen|appt?|appen)", rf" (?:dat|het|dit) {FEW}\bdoor\b"),
    (r"(?:delen?|deelt)", rf"{SOME}\bmet (?:{_YOU}|{_ALL})"),
    (
        r"(?:streef|streven)",
        rf" ernaar{SOME}\bte (?:antwoorden|reageren|bellen|laten weten|mailen|berichten)\b",
    ),
    (
        r"(?:vraag|vraagt|vragen)",
        rf"{SOME}\bof (?:ze|zij|hij|iemand|\w+) {_YOU}{SOME}\b(?:terug)?(?:belt|bellen|mailt|mailen)\b",
    ),
    (r"(?:hou|houd|houdt|houden)", rf"{SOME}\bop de hoogte\b"),
    (r"(?:vraag|vraagt|vragen|kijk|kijkt|kijken|ga|gaat|gaan)", rf"{SOME}\bna\b"),
    (r"(?:check|checkt|checken|onderzoek|onderzoekt|onderzoeken)", ""),
    (r"(?:ga|gaat|gaan)", rf"{FEW}\b(?:erachteraan|achteraan)\b"),
    (r"(?:duik|duikt|duiken)", rf"{FEW}\b(?:erin|hierin|in)\b"),
)
_SHALL = r"(?:zal|zullen|ga|gaat|gaan|moet|moeten)"
_TO_DO_NL = (
    r"\b(?<!te )(?:bellen|terugbellen|mailen|terugmailen|appen|laten weten|uitzoeken|opzoeken|navragen"
    r"|nakijken|nagaan|checken|onderzoeken|achterhalen|contact opnemen|contact met \w+ opnemen"
    r"|terugkomen|terugkoppelen|informeren|berichten|reageren|antwoorden|bevestigen|contacteren"
    r"|verwittigen|inlichten|op de hoogte (?:houden|brengen|stellen))\b"
)
_SOON_NL = (
    r"\b(?:hier|straks|zo|snel|spoedig|gauw|later|morgen\w*|overmorgen|vandaag|van(?:middag|avond"
    r"|ochtend)|(?:maan|dins|woens|donder|vrij|zater|zon)dag\w*|week|weekend|binnen|uiterlijk|voor|zodra"
    r"|einde?|begin)\b"
)
_FROM_US = r"\bvan (?:ons|mij|me|onze|mijn|een collega|het team)\b"
_GETS = (
    r"(?:\b(?:je|u|jullie) (?:krijgt|krijgen|ontvangt|ontvangen)\b|\b(?:krijgt?|krijgen|ontvangt?"
    r"|ontvangen) (?:je|u|jullie)\b)"
)
_HEARS = r"(?:\b(?:je|u|jullie) (?:hoort|horen)\b|\b(?:hoor|hoort|horen) (?:je|u|jullie)\b)"
_MAY = r"(?:\b(?:je|u|jullie) (?:kunt|kan|mag|kunnen)\b|\b(?:kun|kunt|kan|mag|kunnen) (?:je|u|jullie)\b)"


def _beside(verb: str, rest: str) -> str:
    return rf"\b(?:{WE_NL} {verb}|{verb} {WE_NL})\b{rest}"


DUTCH = (
    *(_beside(verb, rest) for verb, rest in _DOES_NL),
    _beside(_SHALL, SOME + _TO_DO_NL),
    r"\b(?:we zijn|wij zijn|zijn we|ik ben|ben ik)\b"
    rf"{FEW}\baan het (?:uitzoeken|onderzoeken|nakijken|checken|navragen)\b",
    rf"{_GETS}{SOME}{_PLEDGED_NL}(?! van (?!ons|mij|me|onze|mijn|een collega|het team))",
    rf"{_GETS}{SOME}{_FROM_US}{SOME}{_SENT_NL}",
    rf"{_GETS}{SOME}\bte horen\b",
    rf"\b(?:je|u|jullie) wordt?e?n?\b{SOME}\b(?:terug)?(?:gebeld|gemaild|geïnformeerd"
    rf"|geantwoord)(?! door (?!ons|een collega|mij))",
    rf"\bwordt?\b{SOME}\bcontact met (?:je|u|jullie) opgenomen\b",
    rf"{_HEARS}{SOME}{_FROM_US}",
    rf"{_HEARS} (?:het |dat |dit )?{_SOON_NL}",
    rf"{_SOON_NL}{SOME}{_HEARS} (?:wat|of|hoe|wanneer|meer|het|dat)\b",
    rf"{_SOON_NL}{SOME}\b(?:heb|hebt|heeft|hebben) (?:je|u|jullie) (?:een |het |ons )?{_PLEDGED_NL}",
    rf"{_MAY}{SOME}{_SENT_NL}{FEW}\bverwachten\b",
    r"\b(?:antwoord|update|bericht|nieuws|reactie) volgt\b|\bwordt vervolgd\b|\bwordt vervolgd\b",
    rf"{_SOON_NL}(?: meteen| dadelijk)? meer(?: nieuws| info\w*)?(?=\s*[.!,]|\s*$)",
)
_VERBS_NL = "|".join([verb for verb, _ in _DOES_NL] + [_SHALL])
#: Behind "en" the subject need not be said again.
AND_NL = re.compile(
    rf"\b(?:en|maar|waarna)(?: dan| daarna| vervolgens| ook)? (?=(?:{_VERBS_NL})\b)(?!\w+ {WE_NL}\b)"
)
