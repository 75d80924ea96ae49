"""What takes a promise to come back away: a condition, a denial, a report, a doubt. For small letters."""

from __future__ import annotations

import re

from bot.guide.promise_dutch import GROUP
from bot.guide.promise_english import ONE
from bot.guide.promise_words import OTHERS_WORDS

#: It is up to the customer.
ON_CONDITION = re.compile(
    r"\b(?:als|indien|mits|zodra|wanneer|nadat|tenzij) (?:je|u|jullie)\b|\b(?:mocht|wil|wilt|heb|hebt"
    r"|kom|komt) (?:je|u|jullie)\b[^.?!]*,|\b(?:if|once|when|as soon as|after|unless|provided|whenever"
    r"|should)(?: that)? you\b(?!'ll| will)"
)
#: We may not need to: "als we nog vragen hebben, hoor je het".
IF_WE_NEED = re.compile(
    r"\b(?:if (?:we|i) (?:need|have|want)|(?:als|mochten) (?:we|ik|wij) (?:nog |meer |iets |vragen )+)"
)
#: Colleagues, who are "he" or "they" further on, and others who may be.
COLLEAGUE = re.compile(
    rf"\b{GROUP}\b|\b{ONE}\b|\b(?:onze?|our) (?!{OTHERS_WORDS}\b)|\b(?:ligt|is) (?:bij|with) |\bpersoon\b"
)
OTHERS = re.compile(
    rf"\b(?:{OTHERS_WORDS}|gemeente|politie|verzekeraar|bank|police|council|landlord|insurer|airline"
    rf"|doctor|huisarts)\b"
)
THEY_NL, THEY_EN = re.compile(r"\b(?:hij|zij|die)\b"), re.compile(r"\b(?:he|she|they)\b")
#: What the customer will know is no condition.
WHAT_IS_TOLD = re.compile(
    r"\b(?:weten|know|tell you|inform you|update you|hear) "
    r"(?:wanneer|of|als|waar|when|if|whether|where|once|as soon as)\b"
)
_ASKS = (
    r"(?:stuur|mail|dm|app|bel|geef|vul|meld|reageer|deel|noem|send|message|e-?mail|drop|share|give|fill"
    r"|reply|text|provide|tell|pop|pm|call|ring|leave (?:us|me|a|your)|laat (?:je|uw|een|ons je|ons uw))"
)
#: The customer is asked for something: "Stuur ons je nummer".
ASKED = re.compile(
    rf"(?:^(?:please |graag |just |even )?{_ASKS}\b|\b{_ASKS} (?:ons|us)\b)(?! (?:me|us|ons|mij|het"
    rf"|it)? ?(?:tot|even|until|till|a)\b)"
)
#: And only then something follows.
ASKED_FIRST = re.compile(rf"(?:{ASKED.pattern})[^.?!]*?(?:,|\b(?:dan|en|and|so|then|zodat)\b)")
THEN = re.compile(r"(?:dan|then|so|daarna)\b")
PATIENCE = re.compile(r"\b(?:geduld|moment\w*|minuutje|patience|bear with|minute|second)\b")
#: What somebody will say is no report.
WHAT_IS_SAID = re.compile(r"\b(?:what|wat)(?: \w+){1,3}? (?:says?|said|zegt|zeggen|schreef)\b")
#: Somebody else says it.
REPORTED = re.compile(
    r"\b(?:zei|zeiden|zegt|schreef|schrijf je|schrijft u|vraag je|vraagt u|vroeg|beweert|beloofde|said"
    r"|says|you say|you ask|you mention|you write|you were told|told you|(?:were|was|i|we) promised)\b"
)
#: It is denied, only wished for, in doubt, usual, past, or happens at this moment.
NOT_SO = re.compile(
    r"\b(?:niet|geen|nooit|niemand|nee|nauwelijks|no|not|never|nobody|won't|can't|cannot|don't|doesn't"
    r"|unable)\b|\b(?:hoop|hopen|zou|zouden|had|hadden|would|might|could|hope|wish|i'd|we'd|whether"
    r"|maybe|perhaps)\b|(?<!\d )(?<!\dth )(?<!in )\bmay\b(?! \d)|\b(?:misschien|wellicht|eventueel"
    r"|proberen|probeer)\b|\b(?:(?:ik|we|wij) (?:kan|kunnen|mag|mogen|wil|willen)|(?:kan|kunnen|mag"
    r"|mogen|wil|willen) (?:ik|we|wij))\b|\b(?:(?:i|we) can|can (?:i|we))\b|\b(?:altijd|meestal"
    r"|gewoonlijk|normaal|alleen|always|usually|normally|generally|only)\b|\b(?:zojuist|nu meteen"
    r"|op dit moment|right now|just now)\b"
)
#: Where a clause begins that says what is told, and not whether.
CONTENT = re.compile(
    r"\b(?:wat|waarom|waar|waardoor|hoe|of|dat|omdat|wanneer|welke|zodra|als|why|what|how|whether"
    r"|because|which|where|that|when|if|once|until|as soon)\b"
)
