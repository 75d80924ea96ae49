"""Escalation, leads and the roster in app.yaml."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field, PlainValidator, model_validator

from bot.cases import escalation
from bot.cases.duty import Roster, Shift
from bot.cases.timers import FlagKind
from bot.config import fields, hours
from bot.config.mistakes import shown

_PERSON = re.compile(r"[UW][A-Z0-9]+")
_GROUP = re.compile(r"S[A-Z0-9]{2,}")
_WHEN = {"at_risk": FlagKind.AT_RISK, "missed": FlagKind.MISSED}
_ROOM = ("channel", "here", "nobody")


def _when(value: Any) -> FlagKind:
    text = fields.one_text(value)
    if text not in _WHEN:
        raise fields.wrong(f"{shown(text)} is no moment. Write at_risk or missed.")
    return _WHEN[text]


def _whom(value: Any) -> str:
    text = fields.one_text(value)
    if text in escalation.ROLES or text in _ROOM or _GROUP.fullmatch(text):
        return text
    raise fields.wrong(
        f"{shown(text)} cannot be called. Write assignee_or_duty, assignee, duty, lead, channel, here, "
        "nobody or the id of a user group (S0123456789)."
    )


def _times(value: Any) -> int:
    text = fields.one_text(value)
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 50):
        raise fields.wrong(f"{shown(text)} cannot be a number of times. Write 1 to 50.")
    return int(text)


def _id(text: str) -> str:
    name = text.removeprefix("usergroup:").strip()
    if _GROUP.fullmatch(name) or (_PERSON.fullmatch(name) and name == text):
        return name
    raise fields.wrong(
        f"{shown(text)} is neither a member id nor a user group. Write U0123456789, or usergroup:S0123456789."
    )


def _ids(value: Any) -> tuple[str, ...]:
    texts = value if isinstance(value, list) else [value]
    return tuple(_id(fields.one_text(text)) for text in texts)


class StepConfig(BaseModel):
    """One step of an escalation."""

    model_config = fields.BLOCK

    when: Annotated[FlagKind, PlainValidator(_when), Field(examples=["missed"])]
    call: Annotated[str, PlainValidator(_whom), Field(examples=["lead"])]
    again: Annotated[timedelta | None, fields.duration("1s", "30d"), Field(examples=["30m"])] = None
    times: Annotated[int, PlainValidator(_times), Field(examples=["4"])] = 1
    always: Annotated[fields.Flag, Field(examples=["true"])] = False

    @model_validator(mode="after")
    def _repeats_what_is_missed(self) -> StepConfig:
        if self.again is not None and self.when is not FlagKind.MISSED:
            raise fields.wrong("repeats what is at risk. `again` goes with when: missed.")
        if self.again is None and "times" in self.model_fields_set:
            raise fields.wrong("has times and no again. Write again: 30m, or leave times out.")
        return self

    def step(self) -> escalation.Step:
        """The step as the middle works with it."""
        return escalation.Step(self.when, self.call, self.again, self.times, self.always)


def _shifts(value: Any) -> tuple[Shift, ...]:
    if value in ("nobody", None):
        return ()
    if not isinstance(value, dict):
        raise fields.wrong('must be a block. Write for example {"09:00-13:00": [U0123456789]}.')
    found = []
    for text, who in value.items():
        times = hours.blocks(text)
        found += [Shift(block, _ids(who)) for block in times]
    return tuple(found)


def _roster(value: Any) -> Mapping[str, Mapping[Any, Sequence[Shift]]]:
    if not isinstance(value, dict) or not value:
        raise fields.wrong('must be a block. Write for example mon-fri: {"09:00-17:00": [U0123456789]}.')
    week: dict[int, Sequence[Shift]] = {}
    days: dict[date, Sequence[Shift]] = {}
    for key, theirs in value.items():
        named = hours.weekdays(key)
        if named is None and not re.fullmatch(r"[\d-]+", key):
            raise fields.wrong(
                f"has a key {shown(key)} that is neither a day of the week nor a date. Write mon, mon-fri or "
                "2026-12-24."
            )
        shifts = _shifts(theirs)
        if named is None:
            days[hours.a_date(key)] = shifts
        else:
            week |= dict.fromkeys(named, shifts)
    return {"week": week, "days": days}


RosterConfig = Annotated[
    Any, PlainValidator(_roster), Field(examples=['{mon-fri: {"09:00-17:00": [U0123456789]}}'])
]
Leads = Annotated[tuple[str, ...], PlainValidator(_ids), Field(examples=["[U0123456789]"])]


def roster_of(config: Mapping[str, Any] | None, zone: ZoneInfo) -> Roster | None:
    """The roster that a team's settings describe."""
    return None if config is None else Roster(zone, config["week"], config["days"])
