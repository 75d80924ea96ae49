"""Service hours and holidays in app.yaml, read into `Hours`; each mistake says what to write instead."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from datetime import date, timedelta
from functools import lru_cache
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    PlainValidator,
    TypeAdapter,
    model_validator,
)

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
#: Shows the week of hours that always hold.
_SOME_MONDAY = date(2026, 1, 5)

#: What one line under `hours` says: of a period, or of one day.
Entry = Period | tuple[date, Sequence[Block]]


def _text(value: Any, example: str) -> str:
    """The text that stands within an entry, of which the models know no example."""
    if not value:
        raise fields.wrong(f"has a key without a value. Write {example}.")
    if not isinstance(value, str):
        raise fields.wrong(f"has a list or a block where text belongs. Write {example}.")
    return fields.one_text(value)


def a_date(value: Any) -> date:
    """A date as it stands in app.yaml."""
    text = _text(value, "a date, as in 2026-12-24")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise fields.wrong(
            f"{shown(text)} is not a date. Write year, month and day, as in 2026-12-24."
        ) from None


def blocks(value: Any) -> tuple[Block, ...]:
    """Times of a day, such as "09:00-12:30, 13:00-21:00"; "closed" for none."""
    text = _text(value, 'from and until, as in "09:00-12:30, 13:00-17:30", or closed')
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
    return Period(week, first, last)


def _fitting(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """The entries, when what they say together can be kept."""
    if not longest_week(entries):
        raise fields.wrong("never open. Write the hours of at least one weekday.")
    hours = hours_of(entries, None, ZoneInfo("UTC"))
    single = {near for day in hours.days if _is_near(day) for near in (day - DAY, day)}
    for day in sorted(single | {first + n * DAY for first in _weeks(entries) for n in range(7)}):
        following = [opens for opens, _ in hours.blocks(day + DAY)]
        if any(closes - DAY > opens for _, closes in hours.blocks(day) for opens in following):
            raise fields.wrong(
                f"pass midnight on {_WEEK[day.weekday()]} ({day} for example) and overlap those of the next "
                "day. Let the first end where the others begin."
            )
    return entries


def _weeks(entries: Sequence[Entry]) -> set[date]:
    """The first days of some weeks: between them they show every week that the entries for periods make."""
    periods = [entry for entry in entries if isinstance(entry, Period)]
    first = [period.first for period in periods if period.first is not None]
    after = [period.last + DAY for period in periods if period.last is not None and _is_near(period.last)]
    edges = {day for day in (*first, *after) if _is_near(day)} or {_SOME_MONDAY}
    return edges | {day - 7 * DAY for day in edges}


def _is_near(day: date) -> bool:
    """Whether weeks can be counted from there; dates such as 9999-12-31 stand for no day at all."""
    return 1900 <= day.year <= 2200


def longest_week(entries: Sequence[Entry]) -> timedelta:
    """The service time of the longest week that the entries for periods describe."""
    hours = Hours(ZoneInfo("UTC"), [entry for entry in entries if isinstance(entry, Period)])
    weeks = ([first + n * DAY for n in range(7)] for first in _weeks(entries))
    return max(
        sum((closes - opens for day in week for opens, closes in hours.blocks(day)), timedelta(0))
        for week in weeks
    )


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
    texts = [_text(each, "a name such as good_friday") for each in value]
    return tuple(text if _is_date(text) else _plain(text) for text in texts)


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
                kind: {
                    name
                    for language in self._languages()
                    for year in years
                    for _, name in self._days(year, kind, language)
                }
                for kind in ("public", "optional")
            }
        except NotImplementedError:
            import holidays  # see `_country`

            hint = did_you_mean(self.region, getattr(holidays, self.country).subdivisions)
            raise fields.wrong(
                f"has no region {shown(self.region)} of {self.country}.{hint} Without region it is the whole "
                "country."
            ) from None

    def _languages(self) -> set[str | None]:
        """The languages in which its holidays may be named: English, and the country's own."""
        import holidays  # see `_country`

        country = getattr(holidays, self.country)
        return {country.default_language, *({"en_US"} & set(country.supported_languages))}

    def _days(self, year: int, kind: str, language: str | None) -> Iterator[tuple[date, str]]:
        import holidays  # see `_country`

        if kind not in getattr(holidays, self.country).supported_categories:
            return
        region = self.region or None
        found = holidays.country_holidays(
            self.country, subdiv=region, years=year, language=language, categories=(kind,)
        )
        for day, names in found.items():
            for name in names.split("; "):
                yield day, _plain(name)

    def closed(self) -> Callable[[int], Set[date]]:
        """The days of a year on which the team is not there."""

        @lru_cache
        def of_year(year: int) -> frozenset[date]:
            kept = (
                {day for day, name in self._days(year, "public", language) if name not in self.besides}
                for language in self._languages()
            )
            added = {
                day
                for language in self._languages()
                for day, name in self._days(year, "optional", language)
                if name in self.extra
            }
            dates = {a_date(text) for text in self.extra if _is_date(text)}
            return frozenset(set.intersection(*kept) | added | dates)

        return of_year


def _plain(name: str) -> str:
    """The name of a holiday as app.yaml has it: in small letters, without blanks.

    >>> _plain("Washington's Birthday (observed)")
    'washingtons_birthday'
    """
    return re.sub(r"\W+", "_", re.sub(r"\(.*?\)|'|’", "", name).strip().lower()).strip("_")


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


_Entries = tuple[Annotated[Any, PlainValidator(_entry)], ...]
HoursConfig = Annotated[
    Annotated[_Entries, AfterValidator(_fitting)] | None, Field(examples=['[{mon-fri: "09:00-17:30"}]'])
]


def read_entries(value: Any) -> Sequence[Entry]:
    """The entries in a list as it stands in app.yaml. Raises `pydantic.ValidationError`."""
    return TypeAdapter(_Entries).validate_python(value)


Holidays = Annotated[
    HolidaysConfig | None, BeforeValidator(fields.or_nothing), Field(examples=["{country: NL}"])
]


def hours_of(entries: Sequence[Entry], holidays: HolidaysConfig | None, zone: ZoneInfo) -> Hours:
    """The service hours that a team's settings describe."""
    periods = [entry for entry in entries if isinstance(entry, Period)]
    days = dict(entry for entry in entries if not isinstance(entry, Period))
    if holidays is None:
        return Hours(zone, periods, days)
    return Hours(zone, periods, days, holidays.closed())
