"""Priority: which cases go first, and by what rule."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.cases.posts import AccountId, Author, Post
from bot.cases.said import Sentence, say


class Priority(StrEnum):
    """How much haste a case has; what goes first stands first. The values are stored."""

    URGENT = "urgent"
    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"

    @property
    def rank(self) -> int:
        """0 for what goes first."""
        return [*Priority].index(self)


@dataclass(frozen=True, slots=True)
class Rule:
    """A priority, and the posts that get it: for which all of this holds. What is empty holds for all."""

    priority: Priority
    #: Any of these stands in the text, as whole words, whatever their case.
    words: Sequence[str] = ()
    #: The author has at least so many followers.
    followers: int | None = None
    accounts: Sequence[AccountId] = ()
    #: As networks name them ("nl", "en"); a region of one is that language too.
    languages: Sequence[str] = ()
    networks: Sequence[str] = ()


def judge(rules: Sequence[Rule], post: Post, author: Author) -> tuple[Priority, Sentence] | None:
    """What the first rule says that holds for a post, and why; None where none holds."""
    for rule in rules:
        reasons = _reasons(rule, post, author)
        if reasons is not None:
            return rule.priority, reasons[0]
    return None


def _reasons(rule: Rule, post: Post, author: Author) -> list[Sentence] | None:
    """Why a rule holds, the most telling reason first; None where it does not."""
    language = post.lang.partition("-")[0].casefold()
    for wanted, known in (
        (rule.accounts, post.account),
        (rule.languages, language),
        (rule.networks, author.network),
    ):
        if wanted and known not in wanted:
            return None
    reasons = []
    if rule.words:
        word = next((word for word in rule.words if _says(post.text, word)), None)
        if word is None:
            return None
        reasons.append(say("priority.because.word", word=word))
    if rule.followers is not None:
        if (author.followers or 0) < rule.followers:
            return None
        reasons.append(say("priority.because.followers", count=author.followers or 0))
    if rule.accounts:
        reasons.append(say("priority.because.account", name=post.account))
    if rule.languages:
        reasons.append(say("priority.because.language", name=language))
    if rule.networks:
        reasons.append(say("priority.because.network", network=author.network))
    return reasons


def _says(text: str, word: str) -> bool:
    wanted = r"\s+".join(re.escape(part) for part in word.casefold().split())
    return re.search(rf"(?<!\w){wanted}(?!\w)", text.casefold()) is not None
