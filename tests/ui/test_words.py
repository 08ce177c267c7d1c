from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from django.utils.translation import override

from rodatraden.core.evaluation.stress import Share
from rodatraden.core.message import Amount, say
from rodatraden.ui import words

NBSP = "\u00a0"
NOON = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)  # 12.00 in Sweden, summer time


@pytest.mark.parametrize(
    ("share", "decimals", "expected"),
    [
        (Decimal("0.226"), 1, "22,6"),
        (Fraction(1, 3), 2, "33,33"),
        (Fraction(1), 0, "100"),
        (0.002, 2, "0,20"),
        (Decimal("-0.05"), 0, "−5"),
        (Decimal("0.125"), 0, "13"),
    ],
)
def test_percent(share, decimals, expected):
    assert words.percent(share, decimals) == f"{expected}{NBSP}%"


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("sv", "1 440,5|1 440,50|1 440,50 kr|−2 000|1 446 2/3|1 200/301|8,5 poäng|5,5 %|22 %"),
        ("nb", "1 440,5|1 440,50|1 440,50 kr|−2 000|1 446 2/3|1 200/301|8,5 poeng|5,5 %|22 %"),
        ("en", "1,440.5|1,440.50|1,440.50 kr|−2,000|1,446 2/3|1 200/301|8.5 points|5.5%|22%"),
    ],
)
def test_numbers_follow_the_language(language, expected):
    half = Decimal("1440.5")
    with override(language):
        written = [
            words.number(half),
            words.money(half),
            words.amount(half),
            words.number(-2000),
            words.number(Fraction(4340, 3)),
            words.number(Fraction(501, 301)),
            words.points(Decimal("8.5")),
            words.percentage(Decimal("5.5")),
            words.percent(Decimal("0.22")),
        ]
    assert "|".join(written).replace(NBSP, " ") == expected


def test_a_sum_in_another_currency_names_it():
    assert words.amount(1440, "EUR") == f"1{NBSP}440{NBSP}EUR"


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("sv", "måndag 4 maj 2026 kl. 12.00.00"),
        ("nb", "mandag 4. mai 2026 kl. 12.00.00"),
        ("en", "Monday 4 May 2026 at 12:00:00"),
    ],
)
def test_moments_follow_the_language(language, expected):
    with override(language):
        assert words.moment(NOON, seconds=True).replace(NBSP, " ") == expected


def test_what_the_core_says_follows_the_language_and_leaves_what_people_wrote():
    message = say("Addition: {percent} % of {price}", percent=Decimal("7.5"), price="A 5 % B")
    with override("en"):
        assert words.said(message) == "Addition: 7.5% of A 5 % B"
    with override("nb"):
        assert words.said(message) == "Påslag: 7,5 % av A 5 % B"


@pytest.mark.parametrize(
    ("day", "long", "short"),
    [
        (date(2026, 6, 23), "tisdag 23 juni 2026", "Tis 23 juni"),
        (date(2026, 4, 22), "onsdag 22 april 2026", "Ons 22 april"),
        (date(2026, 2, 10), "tisdag 10 februari 2026", "Tis 10 feb"),
        (date(2028, 2, 29), "tisdag 29 februari 2028", "Tis 29 feb"),
        (date(2026, 9, 5), "lördag 5 september 2026", "Lör 5 sep"),
    ],
)
def test_dates_carry_their_weekday(day, long, short):
    assert words.weekday_date(day).replace(NBSP, " ") == long
    assert words.short_date(day).replace(NBSP, " ") == short


def test_a_month_is_written_with_its_year():
    assert [words.month(date(2026, number, 1)) for number in (1, 10)] == ["januari 2026", "oktober 2026"]


def test_an_instant_is_shown_in_swedish_time_and_on_the_swedish_day():
    just_before_midnight = datetime(2026, 6, 22, 22, 30, tzinfo=UTC)
    assert words.moment(just_before_midnight).replace(NBSP, " ") == "tisdag 23 juni 2026 kl. 00.30"
    assert words.short_moment(just_before_midnight).replace(NBSP, " ") == "Tis 23 juni kl. 00.30"


def test_seconds_are_shown_where_law_counts_them():
    assert words.clock(NOON + timedelta(seconds=5), seconds=True) == f"kl.{NBSP}12.00.05"
    assert words.clock(NOON + timedelta(seconds=5)) == f"kl.{NBSP}12.00"


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        (NOON + timedelta(days=11), "om 11 dagar"),
        (NOON + timedelta(days=2), "om 2 dagar"),
        (NOON + timedelta(hours=13), "i morgon"),
        (NOON + timedelta(hours=2, minutes=43, seconds=59), "om 2 tim 43 min"),
        (NOON + timedelta(minutes=7), "om 7 min"),
        (NOON + timedelta(seconds=59), "om mindre än en minut"),
        (NOON, "i dag"),
        (NOON - timedelta(hours=3), "i dag"),
        (NOON - timedelta(days=1), "i går"),
        (NOON - timedelta(days=2), "för 2 dagar sedan"),
        (date(2026, 5, 4), "i dag"),
        (date(2026, 5, 15), "om 11 dagar"),
    ],
)
def test_how_far_off(when, expected):
    assert words.relative(when, NOON) == expected


def test_days_are_counted_across_a_clock_change():
    evening_before = datetime(2026, 3, 28, 22, 0, tzinfo=UTC)
    assert words.relative(date(2026, 3, 30), evening_before) == "om 2 dagar"


@pytest.mark.parametrize(
    ("name", "expected"), [("Jonas Ekdahl", "JE"), ("Lena  Åkerblom", "LÅ"), ("Cher", "C"), ("", "")]
)
def test_initials(name, expected):
    assert words.initials(name) == expected


def test_points():
    assert [words.points(value).replace(NBSP, " ") for value in (1, Decimal("8.5"), Fraction(17, 3))] == [
        "1 poäng",
        "8,5 poäng",
        "5 2/3 poäng",
    ]


def test_a_sentence_of_the_core_is_translated_before_its_values_are_written():
    message = say(
        "{text} can mean {large} or {small}. Write the one you mean.",
        text="1.050",
        large=Decimal(1050),
        small=Decimal("1.05"),
    )
    assert words.said(message).replace(NBSP, " ") == "1.050 kan betyda 1 050 eller 1,05. Skriv det du menar."


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (2026, "2026"),
        (-3, "−3"),
        (10_000, "10 000"),
        (Decimal(1440), "1 440"),
        (Amount(Decimal("1050.5")), "1 050,50"),
        (Amount(Decimal(1440)), "1 440"),
        (Amount(Fraction(4340, 3)), "1 446 2/3"),
        (Amount(2026), "2 026"),
        (date(2026, 6, 23), "tisdag 23 juni 2026"),
        (NOON, "måndag 4 maj 2026 kl. 12.00"),
        ("{x}", "{x}"),
    ],
)
def test_values_in_sentences(value, expected):
    assert words.said(say("{value}", value=value)).replace(NBSP, " ") == expected


@pytest.mark.parametrize(
    ("counted", "written"),
    [
        ((226, 1000), ("22,6\xa0%", "20,1–25,3\xa0%")),
        ((0, 10_000), ("0,00\xa0%", "0,00–0,04\xa0%")),
        ((21, 10_000), ("0,21\xa0%", "0,14–0,32\xa0%")),
        ((0, 0), ("–", "")),
    ],
)
def test_a_share_that_was_counted_is_written_with_its_interval(counted, written):
    found = Share(*counted)
    assert (words.share(found), words.interval(found)) == written
