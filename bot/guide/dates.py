"""Days as people name them, in Dutch and English: "morgen", "by Friday", "volgende week", "24 december"."""

from __future__ import annotations

import re
from datetime import date, timedelta

_WEEKDAYS = (
    ("maandag", "monday", "ma", "mon"),
    ("dinsdag", "tuesday", "di", "tue", "tues"),
    ("woensdag", "wednesday", "wo", "wed"),
    ("donderdag", "thursday", "do", "thu", "thur", "thurs"),
    ("vrijdag", "friday", "vr", "fri"),
    ("zaterdag", "saturday", "za", "sat"),
    ("zondag", "sunday", "zo", "sun"),
)
WEEKDAY = {name: day for day, names in enumerate(_WEEKDAYS) for name in names}
#: Names of a weekday that mean something else as well: "we do", "zo".
SHORT = frozenset(name for name in WEEKDAY if len(name) < 4)
_MONTHS = (
    ("januari", "january", "jan"),
    ("februari", "february", "feb"),
    ("maart", "march", "mrt", "mar"),
    ("april", "apr"),
    ("mei", "may"),
    ("juni", "june", "jun"),
    ("juli", "july", "jul"),
    ("augustus", "august", "aug"),
    ("september", "sept", "sep"),
    ("oktober", "october", "okt", "oct"),
    ("november", "nov"),
    ("december", "dec"),
)
_MONTH = {name: number for number, names in enumerate(_MONTHS, 1) for name in names}
_NEAR = {
    **dict.fromkeys(("vandaag", "today"), 0),
    **dict.fromkeys(("morgen", "tomorrow"), 1),
    **dict.fromkeys(("overmorgen", "day after tomorrow", "the day after tomorrow"), 2),
}
#: Every name of a day, and of a month.
NAMES = (*WEEKDAY, *_MONTH, *_NEAR)
_FRIDAY = 4
_OF = r"(?:(?:van|of)\s+)?(?:(?:de|the)\s+)?"
_NEXT_WEEK = rf"{_OF}(?:volgende|next)\s+week"
_WEEK_OF = re.compile(rf"{_NEXT_WEEK}(?:\s+(?:op\s+|on\s+)?(?P<then>\w+))?|(?P<first>\w+)\s+{_NEXT_WEEK}")
_EARLY = re.compile(rf"(?:begin|early|(?:the\s+)?(?:start|beginning))\s+{_NEXT_WEEK}")
_LATE = re.compile(rf"(?:het\s+|the\s+)?(?:einde?|late|end)\s+{_NEXT_WEEK}")
_END = re.compile(rf"(?:het\s+|the\s+)?(?:einde?|end)\s+{_OF}(?:deze\s+|this\s+)?week")
_THIS = re.compile(r"(?:later\s+|nog\s+)?(?:in\s+)?(?:deze|this)\s+week")
_AFTER_WEEKEND = ("na het weekend", "after the weekend")
_WEEKEND = ("dit weekend", "this weekend", "in het weekend", "at the weekend")
_NAMED = re.compile(r"(?:aanstaande|a\.?s\.?|komende|volgende|deze|next|this|coming|this coming)\s+(\w+)")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_NUMBERS = re.compile(r"(\d{1,2})[-/](\d{1,2})(?:[-/](\d{4}|\d{2}))?")
_SPELLED = re.compile(r"(?:the\s+)?(\d{1,2})(?:st|nd|rd|th|e|ste|de)?\s+(?:of\s+)?([a-z]+)(?:\s+(\d{4}))?")
_TURNED = re.compile(r"([a-z]+)\s+(?:the\s+)?(\d{1,2})(?:st|nd|rd|th)?(?:\s+(\d{4}))?")
_THIS_CENTURY = 2000


def days(text: str, today: date) -> tuple[date, date] | None:
    """The first and the last of the days that a text in small letters names; None when it names none."""
    if text in _NEAR:
        near = today + timedelta(days=_NEAR[text])
        return near, near
    friday = today + timedelta(days=(_FRIDAY - today.weekday()) % 7)
    monday = today + timedelta(days=7 - today.weekday())
    if text in _AFTER_WEEKEND:
        return monday, monday
    if text in _WEEKEND:
        return monday - timedelta(days=2), monday - timedelta(days=1)
    if _END.fullmatch(text):
        return friday, friday
    if _THIS.fullmatch(text):
        return today, friday
    found = _next_week(text, monday) or _weekday(text, today)
    if found is not None:
        return found
    day = _date(text, today)
    return None if day is None else (day, day)


def _next_week(text: str, monday: date) -> tuple[date, date] | None:
    friday = monday + timedelta(days=_FRIDAY)
    if _EARLY.fullmatch(text):
        return monday, monday + timedelta(days=1)
    if _LATE.fullmatch(text):
        return friday, friday
    found = _WEEK_OF.fullmatch(text)
    if found is None:
        return None
    name = found["then"] or found["first"]
    if name is None:
        return monday, friday
    day = monday + timedelta(days=WEEKDAY[name]) if name in WEEKDAY else None
    return None if day is None else (day, day)


def _weekday(text: str, today: date) -> tuple[date, date] | None:
    named = _NAMED.fullmatch(text)
    name = named[1] if named else text
    if name not in WEEKDAY:
        return None
    day = today + timedelta(days=(WEEKDAY[name] - today.weekday() - 1) % 7 + 1)
    return day, day


def _date(text: str, today: date) -> date | None:
    if found := _ISO.fullmatch(text):
        return _real(int(found[1]), int(found[2]), int(found[3]))
    if found := _NUMBERS.fullmatch(text):
        day, month, year = int(found[1]), int(found[2]), found[3]
    elif (found := _SPELLED.fullmatch(text)) and found[2] in _MONTH:
        day, month, year = int(found[1]), _MONTH[found[2]], found[3]
    elif (found := _TURNED.fullmatch(text)) and found[1] in _MONTH:
        day, month, year = int(found[2]), _MONTH[found[1]], found[3]
    else:
        return None
    if year:
        return _real(int(year) + (_THIS_CENTURY if len(year) == 2 else 0), month, day)
    this = _real(today.year, month, day)
    return this if this is not None and this >= today else _real(today.year + 1, month, day)


def _real(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
