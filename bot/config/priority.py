"""The rules in app.yaml that give a case its priority."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field, PlainValidator, model_validator

from bot.cases.posts import AccountId
from bot.cases.priority import Priority, Rule
from bot.config import fields
from bot.config.mistakes import did_you_mean, shown


def _level(value: Any) -> Priority:
    text = fields.one_text(value)
    if text not in set(Priority):
        hint = did_you_mean(text, list(Priority))
        raise fields.wrong(f"{shown(text)} is not a priority.{hint} Write urgent, high, normal or low.")
    return Priority(text)


def _followers(value: Any) -> int:
    text = fields.one_text(value)
    if not (text.isascii() and text.isdigit()):
        raise fields.wrong(f"{shown(text)} is not a number of followers. Write one such as 10000.")
    return int(text)


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise fields.wrong("must be a list. Write for example [lawyer, press].")
    return tuple(fields.one_text(each) for each in value)


Level = Annotated[Priority, PlainValidator(_level)]
_Texts = Annotated[tuple[str, ...], PlainValidator(_texts), Field(examples=["[lawyer, press]"])]


class RuleConfig(BaseModel):
    """A priority and what a post must have to give it; all of what stands there, and any of each list."""

    model_config = fields.BLOCK

    level: Annotated[Level, Field(alias="set", examples=["urgent"])]
    words: _Texts = ()
    followers: Annotated[int | None, PlainValidator(_followers), Field(examples=["10000"])] = None
    accounts: _Texts = ()
    languages: _Texts = ()
    networks: _Texts = ()

    @model_validator(mode="after")
    def _asks_for_something(self) -> RuleConfig:
        if self.followers is None and not (self.words or self.accounts or self.languages or self.networks):
            raise fields.wrong("names nothing that a post must have. Write words, followers, accounts, …")
        return self

    def rule(self) -> Rule:
        """The rule as the middle works with it."""
        return Rule(
            self.level,
            self.words,
            self.followers,
            tuple(AccountId(name) for name in self.accounts),
            tuple(language.casefold() for language in self.languages),
            self.networks,
        )
