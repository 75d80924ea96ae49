"""What a message is meant to be, from what was typed: words for the customer, a note, a word for the bot, or
something so near to these that only its writer can tell.

It stands among the checks that read a reply before it goes out, and is pure: who wrote it, and in which case,
is for others to judge. The rule: tolerant towards "inside", strict towards "outside". What begins with the
mark of a note is one, whatever invisible characters or marks of a list, quote or code stand before it or in
it; what only looks as if a mark were meant, or has one further down, is nobody's to publish or to obey.
"""

from __future__ import annotations

import difflib
import re
import string
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from bot.cases.characters import as_latin, is_blank, is_unseen, skeleton


class Meant(StrEnum):
    """What a message can be meant to be."""

    REPLY = "reply"
    NOTE = "note"
    #: A word for the bot, known or not.
    COMMAND = "command"
    #: Near a note or a word for the bot: its writer is asked.
    SLIP = "slip"


@dataclass(frozen=True, slots=True)
class Intent:
    """What a text is meant to be; of a word for the bot also which, in small letters, and what follows it."""

    meant: Meant
    word: str = ""
    rest: str = ""
    #: The word as its writer has it, where `word` is another for the same.
    typed: str = ""

    @property
    def stays_inside(self) -> bool:
        """Whether these words never go to the customer."""
        return self.meant in (Meant.NOTE, Meant.COMMAND)


#: Stands for every character that is neither letter, digit, blank nor one of ASCII: an emoji, a bullet.
_SYMBOL = "•"
_UNSEEN = "\x00"
#: Look like a slash, and are not the one that makes a note.
_LIKE_SLASHES = "\u2044\u2215\u29f8\u29f5\u2afd\u2571\u2572"
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
#: Letters that look like "!".
_LIKE_SIGNS = "\u01c3\ua71d"
_MEMOS = frozenset("📝🗒")
_QUOTES = "“”„‟«»‹›‘’‚‛"

#: Marks of a block as people type them: a bullet, a quote, a heading, code, a number.
_BLOCK = r"(?:[ >\-*+#`|~_]|\d{1,3}[.)](?!\d))*+"
#: What is no word: signs, the number or letter of a list, and a workspace's own emoji by their name.
_SYMBOLS = (
    r"(?::[_+'-]*[a-z0-9][a-z0-9_+'-]{0,100}:|[\d#*]\u20e3|\d{1,3}[.):](?!\d)|(?:[a-z]|[ivx]{2,4})[.)](?= )"
    rf"|[ {_SYMBOL}()\[\]{{}}<>\"'`.,:;=|*+#@%&^$~_-])*+"
)

#: A digit or sign on a key, or the key alone, which changes nothing that it stands on.
_KEY = re.compile(rf"([0-9#*]{_UNSEEN}*\u20e3)|\u20e3")
_EMPTY = re.compile(_BLOCK)
_NOTE = re.compile(rf"{_BLOCK}//")
_COMMAND = re.compile(rf"{_BLOCK}!([^\W\d_][^\s:]*)(?::+\s*|\s+|$)")
#: What may hang on a word for the bot: "!close!", "!help?", "!claim, please".
_HANGS_ON = f"{string.punctuation}{_SYMBOL}"
#: Begins as a note or a word for the bot almost does: "/ /", "/webcare", "\ x", "! release", "!!note"; who
#: cries out ("!!! What a day") means neither.
_NEAR = re.compile(rf"{_BLOCK}(?:[/\\]|!(?!!!+ )|\?+/)")
#: Something that is no word stands before the mark: "• // x", "🔒 // x", "(// x", "👉 !close".
_LED = re.compile(rf"{_SYMBOLS}(?:/ ?/|![^\W\d_]|\\ ?\\)")
#: An address up to its first sign that is none of an address, or closes a sentence before two slashes; two
#: slashes at its end are none of its own.
_ADDRESS = re.compile(
    rf"(?:(?<![a-z0-9])(?:https?|ftps?|sftp|wss?|file|slack|whatsapp|tg|itms-apps|market)"
    r":/{1,3}(?=[^ /])"
    rf"|(?<![\w.@/-])(?:[\w-]++\.)++[a-z]{{2,24}}+(?::\d{{1,5}})?(?=/))"
    rf"(?:[^ ()<>\[\]{{}}\"'{_SYMBOL}|\\.,;:!/]|[.,;:!](?!/ ?/)|://(?=[^ /])|/(?!/{{0,3}}(?: |$)))*+"
)
#: A note in the middle of a line, once its addresses are taken out.
_INSIDE = re.compile(rf"//| \\\\|[ {_SYMBOL}()\[\]{{}}\"'.,;!?–—-]/ /")
#: A word behind the mark of words for the bot, in the middle of a line.
_MARKED_WORD = re.compile(r"(?<![^ (\[{\"'*_~`])!([^\W\d_]+)(?!\w)")
#: What may lead up to a label: "let op, intern:", "fyi team:", "this is a draft:", "hi team,", "PS: staff".
_LEAD = (
    r"(?:(?:let op|nb|n\.b\.|ps|p\.s\.?|ok(?:ay|[eé])?|btw|trouwens|fyi|even|alleen|puur|strikt|strictly|only"
    r"|just|purely|for|to|voor|aan|cc|tbv|t\.b\.v\.|ter(?: info(?:rmatie)?)?|my|mijn|the|het|de|all|alle"
    r"|(?:nog|this is|dit is)(?: still| nog)?(?: an?| een)?|eerste|first|hi|hoi|hey|hello|hallo|dag|beste"
    r"|dear|staff|personeel|medewerkers?|agents?|dossier|team|klant|customer|eigen|priv[eé]|private|personal"
    r"|(?:vraag(?:je)?|question|message|bericht|info|tip|update) (?:for|to|voor|aan))[ ,:.;!-]+){0,4}"
)
#: What else may lead up to "internal": "stap 1: intern:", "please keep internal:", "vraag intern:".
_MORE = (
    r"(?:(?:(?:stap|step|punt|point|deel|part|vraag|question|optie|option|fase|phase) ?\d{1,2}[a-z]?"
    r"|please|pls|svp|aub|graag|eerst|nu|now|nog|kort|snel|quick|small|klein|urgent|important|belangrijk"
    r"|attention|attentie|vraag(?:je)?|question|check(?:en)?|overleg(?:gen)?|actie|action|todo|heads[ -]?up"
    r"|dit|this|is|keep|houd?|blijft?|stays?|moet|must|be|one|iets|something)[ ,:.;!-]+){0,4}"
)
_NOTES = (
    r"notes?|(?!(?:release|patch|versie|product)notitie)[a-z]{0,15}notities?|aantekening(?:en)?|kanttekening|opmerking|memo|geheugensteun(?:tje)?"
    r"|reminder to self"
)
_SEND = (
    r"(?:(?:ver|door)?sturen|verzenden|plaatsen|publiceren|delen|melden|zeggen|send|sent|publish|post|share"
    r"|forward|tell|mention)"
)
_CUSTOMER = r"(?:de |the )?(?:klant|customer)(?:en|s)?"
_INTERNAL = r"interne?|internal|internally|off the record|vertrouwelijk|confidential"
#: Inside of a thing, and not of the house: "Interne storing: we werken eraan".
_OF_THINGS = (
    r"storing|fout|defect|opslag|geheugen|geneeskunde|accu|batterij|onderdelen|schijf|temperatu|server|storage"
    r"|memory|fault|error|outage|failure|battery|disk|drive|parts|medicine"
)
#: "Intern even overleggen:", "Internal question:", "Intern (voor Joris):", "Interne vraag -".
_INTERNALLY = (
    rf"(?:interne?|internal|internally)(?! (?:{_OF_THINGS}))"
    r"(?:(?:[ /-]{1,2}[\w\"'-]{1,20}){0,5}(?: ?\([^()]{0,40}\))? ?(?::(?!\d)|[-=]?>)"
    r"|(?: [\w\"'-]{1,20}){1,2} ?(?:\||-(?:[ -]|$)))"
    r"|int\.? ?:(?!\d)"
)
#: Says that these words are not, or not yet, the customer's.
_KEPT = (
    r"(?:(?:please|pls|svp|aub),? )?(?:niet|don[\"']?t|do not|not) (?:yet )?"
    rf"(?:{_SEND}|(?:voor|for|aan|naar|to|met|with) (?:{_CUSTOMER}|(?:the )?publi\w*)(?: {_SEND})?)"
)
_DRAFTS = (
    r"draft|concept(?:versie|antwoord|tekst|reactie|bericht)?|klad(?:je|versie)?|opzet(?:je)?|wip|todo"
    r"|(?:voorgesteld|suggested|proposed) (?:antwoord|reactie|reply|answer)"
)
#: Who is meant instead of the customer.
_TEAM = (
    r"(?:webcare ?-?)?team(?:lead(?:er)?|leider|genoten)?(?: webcare)?|team (?:lead|leader)"
    r"|collega(?:.?s|e|en)?|co-?workers?|colleagues?|back[ -]?office|redactie|staff|personeel"
)
#: Nothing but a greeting, as a customer who is a team may get it.
_GREETING = re.compile(
    rf"{_SYMBOLS}(?:hi|hoi|hey|hello|hallo|dag|beste|dear|goede?(?:n?morgen|middag|navond)"
    rf"|good (?:morning|afternoon|evening)) (?:there )?team[ .!,{_SYMBOL}]*"
)
_ABOUT = (
    r"fyi|tbv|t\.b\.v\.|ter info(?:rmatie)?|cc|klant(?:info)?|customer(?: info)?|overdracht|hand-?over"
    r"|onder ons|tussen ons|between us|(?:team|agents?|staff|us|our eyes) only|only us|alleen ons"
    r"|binnenskamers|niet (?:extern|openbaar|naar buiten)|not (?:external|public)(?:ly)?"
)
_TAIL = (
    r"(?: (?:notities?|opmerking|notes?|info(?:rmati(?:e|on))?|mededeling|aantekening|memo|comment|remark"
    r"|update|only|use|gebruik|overleg|team|bericht|message|to|voor|for|aan|met|with|the|het|de|my|ons|our|self"
    r"|mezelf|myself|collega.?s?|colleagues?|version|versie|reply|antwoord|response|reactie|answer|tekst|text|tweet|post"
    r"|klant|customer|yet|vraag(?:je)?|question|check(?:en)?|overleggen|even|nog|navragen|uitzoeken|actie|action"
    r"|opvolging|follow-?up|heads[ -]?up|afstemmen|bespreken|discuss(?:ion)?|ask|eyes|punt(?:je)?|melding"
    r"|v?\d{1,2})){0,4}"
)
#: What needs no sign behind it to be a label: "internal note he lies", "intern hij liegt".
_UNSIGNED = (
    r"(?:interne?|internal|staff|team) (?:notitie|opmerking|mededeling|aantekening|memo|note|comment|remark)"
    rf"|(?:interne?|internal|{_NOTES}|{_DRAFTS}) (?:(?:de|the|deze|this) )?(?:klant|customer|hij|zij|ze|s?he)"
)
#: What closes a label: a sign, a dash with a blank beside it, or brackets and stars like those before it.
_CLOSED = r" ?(?:[:>=)\]}|]|-(?:[ -]|$))| -"
_MARKED = r" ?[*~_`]++(?!\w)"
#: Notes that customers are given, or told of.
_OPEN_NOTES = (
    r"please|pls|kindly|side|quick|small|important|final|last|one|delivery|shipping|packing|dispatch|consignment"
    r"|credit|debit|release|patch|product|foot|key|gift|thank-?you|safety|health|allergy|size|sizing|care|travel"
)
_LABEL = re.compile(
    rf"{_SYMBOLS}{_LEAD}(?:"
    rf"(?:{_NOTES}|{_INTERNAL}|{_KEPT}){_TAIL}(?:{_CLOSED}|{_MARKED}| ?(?:!|$)| {_SYMBOL})"
    rf"|(?:{_DRAFTS}){_TAIL}(?:{_CLOSED}|{_MARKED}| ?!| {_SYMBOL})"
    rf"|(?:{_NOTES}|{_INTERNAL}|{_DRAFTS}) (?:to|for|voor|aan|van|from|door|by) [^:]{{1,30}}:"
    rf"|(?:{_TEAM}|{_ABOUT}) ?[:>)\]}}]|(?:{_UNSIGNED})(?!\w)"
    rf"|(?!(?:{_OPEN_NOTES}) )[a-z]{{2,15}} notes?:|{_MORE}(?:{_INTERNALLY}))"
)
#: Labels only where the message begins: below, "the team" may be who signs.
_OPENING = re.compile(
    rf"{_SYMBOLS}{_LEAD}(?:"
    rf"(?:{_INTERNAL}|{_DRAFTS}){_TAIL} ?(?:[.,;?](?!\w)|$)"
    rf"|(?:{_TEAM})(?:{_CLOSED}|{_MARKED}| ?(?:[!,?]|$))"
    rf"|(?:{_ABOUT})(?:{_CLOSED}))"
)
#: "INTERN he lies": written large, the word is a label without a sign.
_LARGE = re.compile(r"[^\w\n]*(?:INTERNE?|INTERNAL|DRAFT|CONCEPT|KLAD|NOTITIE|WIP|TODO)(?!\w)")
#: The team is called, or a label hung on, anywhere: "@team", "#intern".
_CALLED = re.compile(
    r"(?<![\w/.])(?:@ ?(?:team|collega.?s?|colleagues?|all|allen|iedereen|kanaal"
    r"|redactie|back-?office)|#(?:interne?|internal|notitie|draft|concept))(?!\w)"
)
#: Begins in the middle of a line: "Hi Jan, intern: …", "he is a VIP, do not tell the customer".
_AMID = re.compile(
    rf"(?:[.,;:!?|)>{_SYMBOL}-] {{0,2}}|[(\[{{] ?)"
    rf"(?:interne?|internal(?:ly)?|{_DRAFTS}|[a-z]{{0,15}}notitie){_TAIL} ?:"
    r"|(?<!\w)(?:keep|kept|stays?|houd?|blijft?|moet) (?:(?:this|it|that|dit|het|dat|deze|ze|strictly|strikt"
    rf"|puur|wel) ){{0,2}}(?:internal|intern|binnenskamers|in-?house)(?!\w| (?:{_OF_THINGS}))"
    r"|(?<!\w)(?:niet|nooit) (?:aan|met|naar) (?:de )?klant (?:(?:ver|door)?sturen|delen|melden|vertellen"
    r"|zeggen)"
    r"|(?:n[\"']?t|(?<!\w)(?:do not|never)) (?:send|share|tell|show|forward)(?: (?:this|it|that))?"
    r"(?: to| with)? the customer(?!s|\w)"
)
#: Shift did not catch ("1close"), or the sign is another one than "!" ("❗close").
_UNSHIFTED = re.compile(rf"{_BLOCK}(?:[1{_SYMBOL}]|!!!+ )([^\W\d_]+)(?: |\n|$)")
_BARE = re.compile(rf"{_SYMBOLS}([^\W\d_]+)(?: +(?:#?\d+|case|terug))*[ .?!{_SYMBOL}]*")


def read(text: str, words: Collection[str]) -> Intent:
    """What `text`, as it was typed, is meant to be. `words` are the words for the bot, in small letters: one
    that stands there alone, without its mark, is hardly meant for a customer. A letter that looks like a
    Latin one is read as that."""
    looks = as_latin(text)
    folded = _fold_all(looks)
    seen = folded.replace(_UNSEEN, "")
    # A line of blanks and marks of blocks alone, such as the first of code, is not yet the message.
    lines = [line for line in seen.split("\n") if not _EMPTY.fullmatch(line)]
    if not lines:
        return Intent(Meant.REPLY)
    first = lines[0]
    if _NOTE.match(first):
        return Intent(Meant.NOTE)
    start = seen.index(first)
    if command := _COMMAND.match(seen, start):
        word = command[1].rstrip(_HANGS_ON)
        if word not in words:
            word = plain if (plain := skeleton(word)) in words else _word(text, start) or word
        return Intent(Meant.COMMAND, word, _rest(text, folded, command.end()))
    if _GREETING.fullmatch(seen.strip()):
        return Intent(Meant.REPLY)
    is_slip = any(_is_near(line, words) for line in lines) or _is_unmarked(seen[start:], words)
    return Intent(Meant.SLIP if is_slip or _begins_inside(first, looks) else Meant.REPLY)


def _fold_all(text: str) -> str:
    return _KEY.sub(lambda key: key[1] or _UNSEEN, text.translate(_FOLD))


def _word(text: str, start: int) -> str:
    """The word for the bot behind the first `start` characters that can be seen, in the letters that it was
    typed in."""
    command = _COMMAND.match(_fold_all(text).replace(_UNSEEN, ""), start)
    return command[1].rstrip(_HANGS_ON) if command else ""


def _is_near(line: str, words: Collection[str]) -> bool:
    """Whether a line is, or nearly is, a note or a word for the bot."""
    starts, stands = (_NEAR, _LED, _LABEL), (_CALLED, _AMID)
    if any(form.match(line) for form in starts) or any(form.search(line) for form in stands):
        return True
    if any(word in words or skeleton(word) in words for word in _MARKED_WORD.findall(line)):
        return True
    return ("/" in line or "\\" in line) and _INSIDE.search(_ADDRESS.sub("x", line)) is not None


def _begins_inside(first: str, text: str) -> bool:
    """Whether its first line names the team, the inside or a draft, or begins with the sign that the bot puts
    on notes."""
    sign = next((char for char in text if not is_blank(char) and not is_unseen(char) and char != "\n"), "")
    return sign in _MEMOS or bool(_OPENING.match(first) or _LARGE.match(text))


def _is_unmarked(seen: str, words: Collection[str]) -> bool:
    """Whether the message is a word for the bot that only lacks its mark."""
    found = _UNSHIFTED.match(seen) or _BARE.fullmatch(seen.strip())
    return found is not None and (found[1] in words or skeleton(found[1]) in words)


def _rest(text: str, folded: str, start: int) -> str:
    """What follows the first `start` characters that can be seen, as it was typed."""
    for place, char in enumerate(folded):
        if start == 0:
            return text[place:].strip()
        start -= char != _UNSEEN
    return ""


class _Fold(dict[int, str]):
    """One character for each: what cannot be seen, a blank, a symbol, or a letter, digit or mark in its plain
    form ("！" is "!", "Ｎ" is "n"). Filled as characters come."""

    def __missing__(self, point: int) -> str:
        self[point] = folded = _fold(chr(point))
        return folded


def _fold(char: str) -> str:
    if char in "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029":
        return "\n"
    if is_blank(char):
        return " "
    if is_unseen(char):
        return _UNSEEN
    kind = unicodedata.category(char)
    if kind.startswith("M"):
        return "\u20e3" if char == "\u20e3" else _UNSEEN
    for like, plain in ((_LIKE_SLASHES, "\\"), (_DASHES, "-"), (_QUOTES, '"'), (_LIKE_SIGNS, _SYMBOL)):
        if char in like:
            return plain
    if not kind.startswith("L") and kind != "Nd" and char > "~" and kind not in ("Po", "Ps", "Pe"):
        return _SYMBOL
    plain = unicodedata.normalize("NFKC", char).lower()
    if len(plain) != 1:
        return char if kind.startswith("L") else _SYMBOL
    return _SYMBOL if plain > "~" and not kind.startswith("L") else plain


_FOLD = _Fold()


#: No wish to stop is longer.
_LONGEST = 60
#: Signs, and the digit that is typed where shift does not catch.
_MARKS = re.compile(r"[\W_]*1?")
#: The signs that begin a word for the bot, and what is typed in their place; no other means one.
_OF_WORDS = frozenset("!/\\❗")
_STOP = re.compile(
    r"(?:(?:nee|no|oeps|oops|oh|sorry|please|graag|svp|aub) )*"
    r"(?:stop(?:pen)?|wacht|wait|hold(?: on| it)?|halt|ho|cancel|annuleer|annuleren|undo|intrekken"
    r"|tegenhouden|houd? tegen|niet (?:doen|(?:ver)?sturen|verzenden|plaatsen)|(?:ver)?stuur niet"
    r"|(?:do not|don t|dont) (?:send|post)|(?:wrong|verkeerde) (?:case|customer|klant|thread))"
    r"(?: (?:maar|even|eens|nu|now|nog|dit|dat|deze|die|it|this|that|him|her|them|hem|haar|ze|all|alles|ermee"
    r"|please|pls|svp|aub|graag|a|het|de|the|sec|second|minute|moment|bericht|message|antwoord|reply|stop|wacht"
    r"|wait|nee|no))*"
)
#: Signs that say it without a word.
_SIGNS = frozenset("🛑❌⛔✋🚫⏹⏸")
#: What may stand beside such a sign: a shade of skin, or more weight.
_BESIDE = frozenset("!.…🏻🏼🏽🏾🏿")
_LIKE_STOP = ("stop", "stoppen")
_CLOSE = 0.75


def is_nearly_stop(text: str) -> bool:
    """Whether a text says nothing but that something is to be stopped. A misspelt word needs a mark in front.

    >>> [is_nearly_stop(text) for text in ("! Stop", "wacht even!", "!stpo", "🛑", "Top!")]
    [True, True, True, True, False]
    """
    if len(text) > _LONGEST:
        return False
    plain = "".join(char for char in skeleton(text) if not is_unseen(char))
    marks = _MARKS.match(plain)
    start = marks.end() if marks else 0
    words = re.sub(r"[\W_]+", " ", plain[start:]).strip()
    if not words:
        return not _SIGNS.isdisjoint(plain) and all(
            char in _SIGNS or char in _BESIDE or char.isspace() for char in plain
        )
    is_marked = not _OF_WORDS.isdisjoint(plain[:start])
    return bool(_STOP.fullmatch(words)) or (
        is_marked and bool(difflib.get_close_matches(words, _LIKE_STOP, 1, _CLOSE))
    )
