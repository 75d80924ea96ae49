"""Service hours and holidays in app.yaml, read into `Hours`; each mistake says what to write instead."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from datetime import date, timedelta
from functools import lru_cache
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, Field, PlainValidator, TypeAdapter, model_validator

from bot.cases.hours import DAY, Block, Hours, Period
from bot.config import fields
from bot.config.mistakes import did_you_mean, shown

_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME = r"(\d{1,2})(?:[:.](\d{2}))?"
_BLOCK = re.compile(rf"{_TIME}\s*-\s*{_TIME}")
#: A block that ends before it begins passes midnight; one that would then last longer is taken for a slip.
_LONGEST_NIGHT = timedelta(hours=12)
_KEYS = "mon, tue, wed, thu, fri, sat, sun or a range such as mon-fri"
#: Years in which the names of holidays are looked for; some come every fifth year.
_NAMED_IN = range(2024, 2034)

#: What one line under `hours` says: of a period, or of one day.
Entry = Period | tuple[date, Sequence[Block]]


def a_date(value: Any) -> date:
    """A date as it stands in app.yaml."""
    text = fields.one_text(value)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise fields.wrong(
            f"{shown(text)} is not a date. Write year, month and day, as in 2026-12-24."
        ) from None


def blocks(value: Any) -> tuple[Block, ...]:
    """Times of a day, such as "09:00-12:30, 13:00-21:00"; "closed" for none."""
    text = fields.one_text(value)
    if text == "closed":
        return ()
    found = tuple(_block(part.strip()) for part in text.split(","))
    for (_, ends), (begins, _) in zip(sorted(found), sorted(found)[1:], strict=False):
        if begins < ends:
            raise fields.wrong(f"{shown(text)} has hours that overlap. Write them as one.")
    return found


def _block(text: str) -> Block:
    match = _BLOCK.fullmatch(text)
    if match is None:
        raise fields.wrong(f'{shown(text)} are no hours. Write from and until, as in "09:00-17:30".')
    begins, ends = _time(match[1], match[2], text), _time(match[3], match[4], text)
    if begins >= DAY:
        raise fields.wrong(f"{shown(text)} begins when the day is over. Write it at the next day.")
    if ends <= begins:
        ends += DAY
        if ends - begins > _LONGEST_NIGHT:
            raise fields.wrong(
                f"{shown(text)} ends before it begins. Hours may pass midnight, for twelve hours at most."
            )
    return begins, ends


def _time(hours: str, minutes: str | None, text: str) -> timedelta:
    time = timedelta(hours=int(hours), minutes=int(minutes or 0))
    if time > DAY or int(minutes or 0) > 59:
        raise fields.wrong(f"{shown(text)} has a time that no clock shows. Write 00:00 to 24:00.")
    return time


def weekdays(key: str) -> list[int] | None:
    """The days of the week that a key names, Monday being 0; None when it names none."""
    found: list[int] = []
    for part in key.lower().split(","):
        first, _, last = (name.strip() for name in part.partition("-"))
        if first not in _WEEK or (last and last not in _WEEK):
            return None
        begin, end = _WEEK.index(first), _WEEK.index(last or first)
        found += [day % 7 for day in range(begin, end + 1 if end >= begin else end + 8)]
    return found


def _entry(value: Any) -> Entry:
    if not isinstance(value, dict):
        raise fields.wrong('must be a block. Write for example {mon-fri: "09:00-17:30"}.')
    return _one_day(value) if "day" in value else _period(value)


def _one_day(value: Mapping[str, Any]) -> Entry:
    others = value.keys() - {"day"}
    if others == {"closed"} and fields.one_text(value["closed"]).lower() == "true":
        return a_date(value["day"]), ()
    if others != {"open"}:
        raise fields.wrong('names one day. Write open: "09:00-16:00" or closed: true beside it, and no more.')
    return a_date(value["day"]), blocks(value["open"])


def _period(value: Mapping[str, Any]) -> Entry:
    first, last = (a_date(value[key]) if key in value else None for key in ("from", "until"))
    if first is not None and last is not None and last < first:
        raise fields.wrong(f"ends on {last} before it begins on {first}. Exchange from and until.")
    week: dict[int, Sequence[Block]] = {}
    for key in value.keys() - {"from", "until"}:
        if weekdays(key) is None:
            hint = did_you_mean(key, [*_WEEK, "from", "until", "day"])
            raise fields.wrong(f"has a key {shown(key)} that is no day of the week.{hint} Write {_KEYS}.")
    for key, text in value.items():
        for day in (weekdays(key) or ()) if key not in ("from", "until") else ():
            week[day] = blocks(text)
    if not week:
        raise fields.wrong(f"names no day. Write {_KEYS}.")
    for day, theirs in week.items():
        following = week.get((day + 1) % 7, ())
        if any(ends - DAY > begins for _, ends in theirs for begins, _ in following):
            raise fields.wrong(f"has hours that pass midnight on {_WEEK[day]} and overlap those that follow.")
    return Period(week, first, last)


def _country(value: Any) -> str:
    import holidays  # it takes a tenth of a second, and most start without it

    text = fields.one_text(value)
    if text not in holidays.list_supported_countries():
        hint = did_you_mean(text.upper(), holidays.list_supported_countries())
        raise fields.wrong(f"{shown(text)} is not a country here.{hint} Write its two letters, such as NL.")
    return text


def _some_texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise fields.wrong("must be a list. Write for example [good_friday].")
    return tuple(fields.one_text(each) for each in value)


class HolidaysConfig(BaseModel):
    """Which national holidays a team keeps."""

    model_config = fields.BLOCK

    country: Annotated[str, PlainValidator(_country), Field(examples=["NL"])]
    #: A part of the country with holidays of its own, as the library names it; "" for none.
    region: Annotated[str, PlainValidator(fields.one_text), Field(examples=["ENG"])] = ""
    #: Names of those on which the team works.
    besides: Annotated[
        tuple[str, ...], PlainValidator(_some_texts), Field(alias="except", examples=["[good_friday]"])
    ] = ()
    #: Dates, and names of days that not everybody has off.
    extra: Annotated[
        tuple[str, ...], PlainValidator(_some_texts), Field(examples=["[2026-05-05, liberation_day]"])
    ] = ()

    @model_validator(mode="after")
    def _are_known(self) -> HolidaysConfig:
        known = self._names(_NAMED_IN)
        for name in self.besides:
            if name not in known["public"]:
                hint = did_you_mean(name, known["public"])
                raise fields.wrong(f"has no holiday {shown(name)} to leave out.{hint}")
        for name in self.extra:
            if name not in known["optional"] and not _is_date(name):
                hint = did_you_mean(name, known["optional"])
                raise fields.wrong(f"has no day {shown(name)} to add.{hint} Write a date, as in 2026-05-05.")
        return self

    def _names(self, years: Sequence[int]) -> dict[str, set[str]]:
        try:
            return {
                kind: {name for year in years for _, name in self._days(year, kind)}
                for kind in ("public", "optional")
            }
        except NotImplementedError:
            raise fields.wrong(f"has no region {shown(self.region)} of {self.country}.") from None

    def _days(self, year: int, kind: str) -> Iterator[tuple[date, str]]:
        import holidays  # see `_country`

        kinds = getattr(holidays, self.country).supported_categories
        if kind not in kinds:
            return
        languages = getattr(holidays, self.country).supported_languages
        found = holidays.country_holidays(
            self.country,
            subdiv=self.region or None,
            years=year,
            language="en_US" if "en_US" in languages else None,
            categories=(kind,),
        )
        for day, names in found.items():
            for name in names.split("; "):
                yield day, re.sub(r"\W+", "_", re.sub(r"\(.*?\)|'|’", "", name).strip().lower())

    def closed(self) -> Callable[[int], Set[date]]:
        """The days of a year on which the team is not there."""

        @lru_cache
        def of_year(year: int) -> frozenset[date]:
            kept = {day for day, name in self._days(year, "public") if name not in self.besides}
            added = {day for day, name in self._days(year, "optional") if name in self.extra}
            return frozenset(kept | added | {a_date(text) for text in self.extra if _is_date(text)})

        return of_year


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


_Entries = tuple[Annotated[Any, PlainValidator(_entry)], ...]
HoursConfig = Annotated[_Entries | None, Field(examples=['[{mon-fri: "09:00-17:30"}]'])]


def read_entries(value: Any) -> Sequence[Entry]:
    """The entries in a list as it stands in app.yaml. Raises `pydantic.ValidationError`."""
    return TypeAdapter(_Entries).validate_python(value)


Holidays = Annotated[
    HolidaysConfig | None, BeforeValidator(fields.or_nothing), Field(examples=["{country: NL}"])
]


def longest_week(entries: Sequence[Entry]) -> timedelta:
    """The service time of the longest week that the entries for periods describe."""
    weeks = [entry.week for entry in entries if isinstance(entry, Period)]
    spans = ((ends - begins for blocks in week.values() for begins, ends in blocks) for week in weeks)
    return max((sum(each, timedelta(0)) for each in spans), default=timedelta(0))


def hours_of(entries: Sequence[Entry], holidays: HolidaysConfig | None, zone: ZoneInfo) -> Hours:
    """The service hours that a team's settings describe."""
    periods = [entry for entry in entries if isinstance(entry, Period)]
    days = dict(entry for entry in entries if not isinstance(entry, Period))
    if holidays is None:
        return Hours(zone, periods, days)
    return Hours(zone, periods, days, holidays.closed())
