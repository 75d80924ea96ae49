"""Whether a reply seems to speak to a colleague: a name behind an @, or one that the text begins with.

Pure, and tolerant: an agent who is asked in vain loses a press, while words that were meant for a colleague
cannot be taken back from the public.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from bot.cases.characters import is_unseen, skeleton
from bot.guide.checks import MOST

#: A name, first names and particles included, has no more words …
_MOST_WORDS = 6
#: … and is looked for at the beginning in so many characters.
_BEGINNING = 400
#: A shorter name means nothing in a text unless an @ is in front of it.
_SHORTEST = 3
#: A shorter name is found in that of the customer only where a word begins: "Jan" is not in "trojan".
_SURE = 5

_WORD = r"\w+(?:[.'’-]\w+)*"
_WORDS = rf"{_WORD}(?:[^\S\n]+{_WORD}){{0,{_MOST_WORDS - 1}}}"
_NAME = re.compile(_WORDS)
_AT = re.compile(rf"""@[^\S\n]{{0,2}}["'“‘*~(<\[]?({_WORDS})""")
_HANDLE = re.compile(r"@(\w+)")
_A_HANDLE = re.compile(r"\w+")
#: What may stand between a name and what belongs to it: "@Joris's", "@Joris-kun jij".
_ENDS_NAME = ("'", "’", "-")
_NO_LETTERS = re.compile(r"[\W_]+")
#: What stands behind a name and is none of it: "Joris (Zwolle)", "Anouk | Webcare".
_BESIDE = re.compile(r"\([^)]*\)|\[[^]]*\]|\s*[|•·/:~].*|\s+[-–—]\s.*", re.DOTALL)
#: No part of a name ends with one of these.
_PARTICLE = re.compile("de|den|der|het|t|van|von|te|ten|ter|el|al|da|di|do|du|la|le|op|in|of|the")

#: Names that are words as well: at the beginning of a text they may be just that.
_COMMON = re.compile(
    "april|art|august|autumn|beer|ben|bent|bill|bloem|chance|chase|chip|cliff|dawn|dean|door|drew|earl|eve|even"
    "|faith|fee|floor|goed|grace|grant|guy|harm|harmony|heather|honey|hoop|hope|hunter|joy|june|king|klant|lente"
    "|lies|lieve|major|mark|mason|may|mei|melody|mercy|miles|pat|patience|pearl|penny|prince|rain|ray|rein|rich"
    "|roos|rose|ruby|rusty|sky|ster|storm|sue|summer|sunny|team|toon|violet|wade|wil|will|wolf|zon"
)

_GREETING = (
    r"(?:h+[iy]+|h+e+y*a?|he+j+|ho+i+|ha+i|ha|hall?o+|hello+|yo+|dag|beste|lieve|dear|hoihoi|heyhey|moi|moin"
    r"|(?:good ?)?(?:morning|afternoon|evening)|(?:goe(?:de|ie)n? ?)?(?:morgen|middag|avond)"
    r"|goe(?:de|ie)n?dag|ja|nee|yes|no|zeg|all|allen|allemaal|there|team|collega|cc|t\.?a\.?v\.?|attn|oke?|okay"
    r"|sorry|ps|psst|thanks|thx|bedankt|dank(?: ?je(?: ?wel)?)?|top)\b"
)
_OPENING = re.compile(rf"[^\w@]*((?:(?:{_GREETING}|@\w+)[^\w@]*)*)")
#: A greeting without a sign behind it.
_RIGHT_BEFORE = re.compile(r"\w[^\S\n]+\Z")
#: What follows a name that is spoken to: a sign, a question or a wish …
_SPEAKS = re.compile(
    r"""["”*~)\]]*\s*(?:[^\w\s.('’"”*~)\]&+/@]|\.\.|\n)"""
    r"|\s+(?:please|pls|plz|graag|svp|aub|alsjeblieft|wat|wie|waar|wanneer|hoe|waarom|welke|what|who|where|when"
    r"|how|why|which|fyi|ter info|voor jou|for you|kijk|check|pak|neem|bel|stuur|help|doe|look|take"
    r"|handle|see|ask|call|tell|ik|i)\b"
    r"|\s+(?:can|could|will|would|do|did|have|are|were|should|may|might|shall|can['’]t|won['’]t|don['’]t)\s+"
    r"(?:you|u|ya|we|i|someone|somebody|anyone)\b"
    r"|\s+\w+\s+jij\b"
    r"|\s+(?:kun|heb|ben|ken|zie|mag|moet|zal|kan|wil|zou|kunnen|hebben|zullen|moeten|mogen)\s+(?:ik|we|wij)\b"
    r"|\s+(?:kun|heb|ben|ken|zie|kunnen|hebben|zullen|willen)\s+(?:je|u|jullie)\b"
    r"|[^.!?\n]{1,200}\?"
)
#: … or a second name: "Joris en Anouk, kunnen jullie …".
_TOGETHER = re.compile(
    rf"(?:\s+(?:en|and|of|or)\s+|\s*[&+/]\s*)(?!(?:ik|i|wij|we)\b){_WORDS}?(?=\s*[,:;!?\n-])"
)
#: Right behind a greeting every name is spoken to, but for "Hoi Joris hier".
_WRITER = re.compile(
    r"\s+(?:hier|here|van|from|at|bij|namens|speaking|uit|ben|heeft|is|was|has|had|zei|said)\b"
)

#: How customers say who they are.
_PRESENTS = re.compile(
    r"\b(?:ik ben|(?:mijn )?naam(?: is)?|ik heet|i am|i['’]m|(?:my )?name(?: is|['’]s)?|groet(?:en|jes)?|mvg"
    rf"|gr(?:tz?)?|(?:kind |best |warm )?regards|sincerely|liefs)\b[\s,.:!-]*({_WORDS})"
)


@dataclass(frozen=True, slots=True)
class Conversation:
    """Who takes part in a conversation on the network, and may be spoken to there."""

    #: The customer's.
    name: str = ""
    handle: str = ""
    #: All others in it, that of the brand and those that were named, without the leading @.
    handles: frozenset[str] = frozenset()
    #: What the customer wrote: they may say there who they are.
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Calls:
    """Whom a text calls, as far as it tells by itself: what may be names, joined to one word each, with the
    words as they were written."""

    #: Behind an @, and the handle that it may be.
    at: dict[str, tuple[str, str]]
    #: At the beginning of the text.
    first: dict[str, str]

    def __bool__(self) -> bool:
        return bool(self.at or self.first)


def calls(text: str) -> Calls:
    """Whom a text calls; nobody in most. What is beyond `MOST` characters goes nowhere."""
    plain = _plain(text[:MOST])
    at: dict[str, tuple[str, str]] = {}
    for called in dict.fromkeys(_AT.findall(plain)):
        for number, (key, words, _) in enumerate(_beginnings(called)):
            is_handle = number == 0 and _A_HANDLE.fullmatch(words)
            at.setdefault(key, (words, words if is_handle else ""))
        word = _A_HANDLE.match(called)
        if word and called.startswith(_ENDS_NAME, word.end()):
            at.setdefault(_joined(word[0]), (word[0], word[0]))
    return Calls(at, dict(_first(plain[:_BEGINNING])))


def handles_in(text: str) -> Iterator[str]:
    """The handles that a text names."""
    return (found[1] for found in _HANDLE.finditer(_plain(text)))


def colleague(called: Calls, names: Iterable[str], conversation: Conversation) -> str | None:
    """The colleague, of those with these names, to whom a text seems to speak; None when it speaks to nobody
    who is not in the conversation. A name that several share is given as it was written.
    """
    own = {_plain(handle) for handle in (*conversation.handles, conversation.handle)}
    at = {key: words for key, (words, handle) in called.at.items() if not handle or handle not in own}
    by_at: dict[str, set[str]] = {}
    by_first: dict[str, set[str]] = {}
    for name in names:
        forms = _forms(name)
        for form in forms.at & at.keys():
            by_at.setdefault(form, set()).add(name)
        for form in forms.first & called.first.keys():
            by_first.setdefault(form, set()).add(name)
    found = by_at | {key: whom for key, whom in by_first.items() if not _is_customer(key, conversation)}
    if not found:
        return None
    longest = max(found, key=len)
    meant = found[longest]
    return min(meant) if len(meant) == 1 else (at.get(longest) or called.first[longest]).title()


@dataclass(frozen=True, slots=True)
class _Forms:
    """What a person is called, joined to one word each: behind an @, and at the beginning of a text."""

    at: frozenset[str]
    first: frozenset[str]


@lru_cache(maxsize=8192)
def _forms(name: str) -> _Forms:
    """What a person of this name is called.

    >>> sorted(_forms("Joris van Dam").at)
    ['dam', 'jdam', 'joris', 'jorisdam', 'jorisvandam', 'jvandam', 'vandam']
    >>> sorted(_forms("Mark van Dam").first)
    ['markvandam']
    """
    plain = _plain(name)
    bare = _BESIDE.sub("", plain).strip() or plain
    family, comma, given = bare.partition(",")
    orders = [f"{given} {family}", family] if comma else [bare]
    at, first = set[str](), set[str]()
    for order in orders:
        words = [joined for word in re.findall(_WORD, order) if (joined := _joined(word))][:_MOST_WORDS]
        ends = (end for end, word in enumerate(words, start=1) if not _PARTICLE.fullmatch(word))
        begun = ["".join(words[:end]) for end in ends]
        lasts = ["".join(words[start:]) for start in range(1, len(words))]
        at.update(begun, lasts, *([words[0] + last, words[0][0] + last] for last in lasts))
        first.update(begun)
    whole = _joined(bare)
    return _Forms(
        frozenset(form for form in at if len(form) > 1 or form == whole),
        frozenset(form for form in first if len(form) >= _SHORTEST and not _COMMON.fullmatch(form)),
    )


def _first(beginning: str) -> Iterator[tuple[str, str]]:
    """What may be the name of whom a text speaks to at its beginning."""
    opening = _OPENING.match(beginning)
    start, greeting = (opening.end(), opening[1]) if opening else (0, "")
    is_greeted = _RIGHT_BEFORE.search(greeting) is not None
    words = _NAME.match(beginning, start)
    for key, written, end in _beginnings(words[0]) if words else ():
        behind = beginning[start + end :]
        spoken = _SPEAKS.match(behind) or _TOGETHER.match(behind)
        if spoken or (is_greeted and not _WRITER.match(behind)):
            yield key, written


def _beginnings(words: str) -> Iterator[tuple[str, str, int]]:
    """The first word, the first two and so on: joined, as written, and where they end."""
    for word in re.finditer(_WORD, words):
        written = words[: word.end()]
        if key := _joined(written):
            yield key, written, word.end()


def _is_customer(key: str, conversation: Conversation) -> bool:
    """Whether the customer may be called so."""
    for own in (conversation.name, conversation.handle):
        plain = _plain(own)
        if len(key) >= _SURE and key in _joined(plain):
            return True
        if any(_joined(plain[word.start() :]).startswith(key) for word in re.finditer(r"[^\W\d_]+", plain)):
            return True
    return key in {told for text in conversation.texts for told in _presented(text)}


def _presented(text: str) -> Iterator[str]:
    """As whom the writer of a text presents themselves."""
    for found in _PRESENTS.finditer(_plain(text)):
        yield from (key for key, _, _ in _beginnings(found[1]))


def _plain(text: str) -> str:
    """A text in small Latin letters without accents, and without what is not seen."""
    if not text.isascii():
        text = "".join(char for char in text if char.isspace() or not is_unseen(char))
    return skeleton(text)


def _joined(words: str) -> str:
    return _NO_LETTERS.sub("", words)
