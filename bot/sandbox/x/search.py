"""Recent search: X's query language, as far as pay-per-use apps may use it, turned into a test on posts."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from bot.sandbox.x import problems, texts
from bot.sandbox.x.model import Person, Post
from bot.sandbox.x.world import World

Test = Callable[[Post], bool]

MAX_LENGTH = 512

_TOKEN = re.compile(
    r"""(?P<open>\()|(?P<close>\))|(?P<not>-)(?=\S)"""
    r"""|(?P<operator>[a-z_]+):(?P<value>"[^"]*"|[^\s()]+)|"(?P<phrase>[^"]+)"|(?P<word>[^\s()"]+)"""
)
# What may not stand alone: it would match nearly everything.
_WEAK = frozenset(("is", "has", "lang"))


class _Clause(NamedTuple):
    test: Test
    #: Whether the clause may stand alone.
    strong: bool


class _Token(NamedTuple):
    kind: str
    name: str
    value: str


def compile_query(query: str, world: World) -> Test:
    """The query as a test; 400 with X's kind of message when it is not well formed."""
    if len(query) > MAX_LENGTH:
        raise _bad(query, f"query length: {len(query)}. Your query must be at most {MAX_LENGTH} characters")
    if query.count('"') % 2:
        raise _bad(query, "There were errors processing your request: missing a closing quote")
    reader = _Reader(query, world)
    clause = reader.either()
    if reader.peek() is not None:
        raise _bad(query, "There were errors processing your request: unbalanced parentheses")
    if not clause.strong:
        raise _bad(query, "Rules must contain a non-negated, standalone operator")
    return clause.test


def _bad(query: str, message: str) -> problems.Problem:
    return problems.invalid([("query", query, message)])


class _Reader:
    """Recursive descent: either := all (OR all)*, all := one+, one := [-] (group | operator | word)."""

    def __init__(self, query: str, world: World) -> None:
        self._query = query
        self._world = world
        self._tokens = [_token(match) for match in _TOKEN.finditer(query)]
        self._at = 0

    def peek(self) -> _Token | None:
        """The next token, left where it is."""
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def either(self) -> _Clause:
        """Alternatives: each of them must be able to stand alone."""
        clauses = [self._all()]
        while (token := self.peek()) and token[::2] == ("word", "OR"):
            self._at += 1
            clauses.append(self._all())
        tests = [clause.test for clause in clauses]
        return _Clause(
            lambda post: any(test(post) for test in tests), all(clause.strong for clause in clauses)
        )

    def _all(self) -> _Clause:
        clauses = []
        while (token := self.peek()) and token.kind != "close" and token[::2] != ("word", "OR"):
            clauses.append(self._one())
        if not clauses:
            raise _bad(self._query, "There were errors processing your request: missing a clause")
        tests = [clause.test for clause in clauses]
        return _Clause(
            lambda post: all(test(post) for test in tests), any(clause.strong for clause in clauses)
        )

    def _one(self) -> _Clause:
        token = self._tokens[self._at]
        self._at += 1
        if token.kind == "not":
            if self.peek() is None:
                raise _bad(self._query, "There were errors processing your request: missing a clause")
            negated = self._one().test
            return _Clause(lambda post: not negated(post), strong=False)
        if token.kind == "open":
            inner = self.either()
            closing = self.peek()
            if closing is None or closing.kind != "close":
                raise _bad(self._query, "There were errors processing your request: unbalanced parentheses")
            self._at += 1
            return inner
        if token.kind == "operator":
            return _Clause(self._operator(token.name, token.value), token.name not in _WEAK)
        return _Clause(self._word(token.value), strong=True)

    def _word(self, word: str) -> Test:
        if re.fullmatch(r"@\w{1,15}", word):
            mentioned = self._person(word)
            return lambda post: mentioned is not None and mentioned.id in post.mentions
        if word.startswith("#"):
            tag = word[1:].casefold()
            return lambda post: (
                tag in (span.value.casefold() for span in texts.spans(post.text) if span.kind == "hashtags")
            )
        return contains(word)

    def _operator(self, name: str, value: str) -> Test:
        value = value.strip('"')
        if name in ("from", "to"):
            person = self._person(value)
            if person is None:
                return lambda _post: False
            number = person.id
            if name == "from":
                return lambda post: post.author_id == number
            return lambda post: post.in_reply_to_author == number
        if name == "lang":
            return lambda _post: value == "und"  # the local X does not guess languages
        tests: dict[str, Test] = {
            "conversation_id": lambda post: post.conversation_id == value,
            "in_reply_to_tweet_id": lambda post: post.in_reply_to == value,
            "quotes_of_tweet_id": lambda post: post.quotes == value,
            "url": lambda post: any(
                span.kind == "urls" and value.casefold() in span.value.casefold()
                for span in texts.spans(post.text)
            ),
        }
        states: dict[tuple[str, str], Test] = {
            ("is", "reply"): lambda post: post.in_reply_to is not None,
            ("is", "quote"): lambda post: post.quotes is not None,
            ("is", "retweet"): lambda _post: False,
            ("has", "media"): lambda post: bool(post.media),
            ("has", "images"): lambda post: bool(post.media),
            ("has", "links"): lambda post: any(span.kind == "urls" for span in texts.spans(post.text)),
        }
        test = tests.get(name) or states.get((name, value))
        if test is None:
            raise _bad(self._query, f"Reference to invalid operator '{name}'. Operator is not available.")
        return test

    def _person(self, handle: str) -> Person | None:
        return self._world.people.get(handle) or self._world.by_handle(handle.lstrip("@"))


def contains(phrase: str) -> Test:
    """Whether a text holds the words of the phrase, whole and in a row, whatever their case."""
    words = r"\W+".join(re.escape(word) for word in re.findall(r"\w+", phrase.casefold()))
    pattern = re.compile(rf"(?<!\w){words}(?!\w)")
    return lambda post: bool(words) and pattern.search(post.text.casefold()) is not None


def _token(match: re.Match[str]) -> _Token:
    kind = match.lastgroup or ""
    if match["operator"]:
        return _Token("operator", match["operator"], match["value"])
    if match["phrase"]:
        return _Token("phrase", "", match["phrase"])
    return _Token(kind, "", match[0])
