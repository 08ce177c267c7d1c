"""How numbers, money, dates and the sentences of the core are written for the reader, in the language that is active.

Swedish rules: decimal comma, non-breaking space between thousands, true minus; money without decimals unless
there are öre; the weekday whenever a deadline is meant. Norwegian differs in a point after the day of the month, English in
decimal point, comma between thousands, and colons in the time of day. Pages are
Swedish; documents follow the language of their procurement. All times are shown in Swedish time.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from babel.dates import get_day_names, get_month_names
from django.utils.translation import get_language, gettext, ngettext, pgettext

from rodatraden.core.evaluation.price import HOME
from rodatraden.core.message import Amount
from rodatraden.core.numbers import MINUS, NBSP, swedish_number, swedish_sum

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rodatraden.core.evaluation.stress import Share
    from rodatraden.core.message import Message, Value

SWEDISH_TIME = ZoneInfo("Europe/Stockholm")
LONGEST_MONTH_WRITTEN_OUT = 5  # april, but feb
GROUPED_FROM = 10_000  # years and numbers of cases are not grouped
MINUTES_IN_HOUR = 60
RARE = Decimal("0.02")
MONTHS_IN_YEAR = 12


def _locale() -> str:
    return (get_language() or "sv").replace("-", "_")


@cache
def _days(width: Literal["wide", "abbreviated"], locale: str) -> Mapping[int, str]:
    return dict(get_day_names(width, locale=locale))


@cache
def _months(width: Literal["wide", "abbreviated"], locale: str) -> Mapping[int, str]:
    return dict(get_month_names(width, locale=locale))


def _is_english() -> bool:
    return _locale().startswith("en")


def number(value: Decimal | Fraction | int) -> str:
    """Write a number exactly: 1 440,5, and in English 1,440.5."""
    return _signs(swedish_number(value))


def _signs(swedish: str) -> str:
    """Return a number that is written the Swedish way with the signs of the active language."""
    if not _is_english():
        return swedish
    whole, _, decimals = swedish.partition(",")
    return re.sub(rf"(?<=\d){NBSP}(?=\d{{3}}(?!\d|/))", ",", whole) + (f".{decimals}" if decimals else "")


def money(value: Decimal | Fraction | int) -> str:
    """Write a sum of money without its currency: 1 440 or 1 050,50, and in English 1,440 or 1,050.50."""
    return _signs(swedish_sum(value))


def amount(value: Decimal | Fraction | int, currency: str = HOME) -> str:
    """Write a sum of money: 1 440 kr, or 1 440 EUR."""
    return f"{money(value)}{NBSP}{'kr' if currency == HOME else currency}"


def points(value: Decimal | Fraction | int) -> str:
    """Write points: 8,5 poäng."""
    return ngettext("%(points)s point", "%(points)s points", 1 if value == 1 else 2) % {"points": number(value)}


def percentage(value: Decimal | Fraction | int) -> str:
    """Write so many of a hundred exactly: 22,6 %, and in English 22.6%."""
    return f"{number(value)}%" if _is_english() else f"{number(value)}{NBSP}%"


def percent(value: Decimal | Fraction | float, decimals: int = 0) -> str:
    """Write a share between 0 and 1: 22,6 %."""
    share = Fraction(str(value)) if isinstance(value, float) else Fraction(value)
    hundredths = Decimal(share.numerator * 100) / Decimal(share.denominator)
    shown = f"{hundredths.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP):f}"
    shown = shown.replace("-", MINUS)
    return f"{shown}%" if _is_english() else f"{shown.replace('.', ',')}{NBSP}%"


def share(found: Share) -> str:
    """Write a share that was counted, rare ones with two decimals: 22,6 % and 0,21 %; a dash when nothing was counted."""
    return "–" if found.value is None else percent(found.value, _decimals(found))


def interval(found: Share) -> str:
    """Write the 95 % interval of a share that was counted: 22,4–22,8 %."""
    if found.low is None or found.high is None:
        return ""
    low, high = (percent(each, _decimals(found)) for each in (found.low, found.high))
    return f"{low.removesuffix('%').removesuffix(NBSP)}–{high}"


def _decimals(found: Share) -> int:
    return 2 if found.high is not None and found.high < RARE else 1


def local(value: datetime) -> datetime:
    """Return the instant as a Swedish clock shows it."""
    return value.astimezone(SWEDISH_TIME)


def day_of(value: date | datetime) -> date:
    """Return the Swedish day that the value falls on."""
    return local(value).date() if isinstance(value, datetime) else value


def weekday_date(value: date | datetime) -> str:
    """Write a date in running text: tisdag 23 juni 2026."""
    day, locale = day_of(value), _locale()
    number_of_day = f"{day.day}." if locale.startswith("nb") else str(day.day)
    return (
        f"{_days('wide', locale)[day.weekday()]} {number_of_day}{NBSP}{_months('wide', locale)[day.month]} {day.year}"
    )


def month(day: date) -> str:
    """Write a month: oktober 2026."""
    return f"{_months('wide', _locale())[day.month]} {day.year}"


def weekday_short(day: date) -> str:
    """Write the weekday in a calendar: tis."""
    return _days("abbreviated", _locale())[day.weekday()].rstrip(".")


def short_date(value: date | datetime) -> str:
    """Write a date in a list: Tis 23 juni."""
    day = day_of(value)
    weekday = weekday_short(day)
    month = _months("wide", _locale())[day.month]
    if len(month) > LONGEST_MONTH_WRITTEN_OUT:
        month = _months("abbreviated", _locale())[day.month].rstrip(".")
    return f"{weekday[:1].upper()}{weekday[1:]} {day.day}{NBSP}{month}"


def clock(value: datetime, *, seconds: bool = False) -> str:
    """Write the time of day: kl. 13.00, or kl. 13.00.05 where law counts seconds; in English at 13:00."""
    shown = f"{local(value):%H.%M.%S}" if seconds else f"{local(value):%H.%M}"
    shown = shown.replace(".", ":") if _is_english() else shown
    return (pgettext("time of day", "at %(clock)s") % {"clock": shown}).replace(" ", NBSP)


def moment(value: datetime, *, seconds: bool = False) -> str:
    """Write an instant: tisdag 23 juni 2026 kl. 13.00."""
    return f"{weekday_date(value)} {clock(value, seconds=seconds)}"


def short_moment(value: datetime) -> str:
    """Write an instant in a list: Mån 4 maj kl. 13.00."""
    return f"{short_date(value)} {clock(value)}"


def relative(value: date | datetime, now: datetime) -> str:
    """Write how far off a day or an instant is, seen from `now`: om 11 dagar, i morgon, om 2 tim 43 min."""
    if isinstance(value, datetime) and timedelta() < value - now < timedelta(hours=24) and day_of(value) == day_of(now):
        return _hours_left(value - now)
    days = (day_of(value) - day_of(now)).days
    match days:
        case 0:
            return gettext("today")
        case 1:
            return gettext("tomorrow")
        case -1:
            return gettext("yesterday")
    if days > 0:
        return ngettext("in %(days)d day", "in %(days)d days", days) % {"days": days}
    return ngettext("%(days)d day ago", "%(days)d days ago", -days) % {"days": -days}


def _hours_left(left: timedelta) -> str:
    """Write what is left of a day; rounded down, so that nobody believes in a minute too many."""
    hours, minutes = divmod(int(left.total_seconds() // MINUTES_IN_HOUR), MINUTES_IN_HOUR)
    if hours:
        return gettext("in %(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}
    if minutes:
        return gettext("in %(minutes)d min") % {"minutes": minutes}
    return gettext("in less than a minute")


def contract_term(periods: int, months: int) -> str:
    """Write how long a contract runs, period by period: 1+1+1+1 år, or 6+6 månader when a period is no whole year."""
    years, rest = divmod(months, MONTHS_IN_YEAR)
    parts = "+".join([str(months if rest else years)] * periods)
    return (
        gettext("%(periods)s months") % {"periods": parts}
        if rest
        else gettext("%(periods)s years") % {"periods": parts}
    )


def initials(name: str) -> str:
    """Return the first letter of the first and the last name: Jonas Ekdahl becomes JE."""
    parts = name.split()
    return "".join(part[0] for part in (parts[:1] + parts[1:][-1:])).upper()


def _written(value: Value) -> str:
    """Write one value of a sentence; whole numbers are grouped only from 10 000, since they may be years."""
    match value:
        case str():
            return value
        case datetime():
            return moment(value)
        case date():
            return weekday_date(value)
        case Amount():
            return money(value.value)
        case int() if abs(value) < GROUPED_FROM:
            return str(value).replace("-", MINUS)
        case _:
            return number(value)


def said(message: Message) -> str:
    """Say what the core says: translate the sentence, then write its values for the reader."""
    sentence = gettext(message.text)
    if _is_english():
        sentence = sentence.replace(" %", "%")
    return sentence.format(**{name: _written(value) for name, value in message.values.items()})
