"""Standstill against the worked examples, and what it must never do."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rodatraden.core.calendars import (
    BASES,
    EU_1182_NO,
    PROCEDURES,
    SE_1930_173,
    Channel,
    LastSending,
    RuleDataError,
    Sending,
    Standstill,
    Unknown,
    is_off,
    last_sending,
    standstill,
)
from rodatraden.core.calendars.standstills import parse_bases
from tests.core.calendars.worked import worked_examples

ONE_DAY = timedelta(days=1)
COUNTED = [
    "SE_MANDATORY",
    "SE_EX_ANTE_NOTICE",
    "SE_COURT_DECISION",
    "SE_VOLUNTARY_CALLOFF",
    "NO_PART_III",
    "NO_INTENT_NOTICE",
    "NO_VOLUNTARY_CALLOFF",
]
DAYS = st.dates(date(2017, 1, 1), date(2060, 12, 1))


@pytest.mark.parametrize("example", worked_examples("standstill.md"), ids=lambda example: example["sent"])
def test_the_worked_example(example):
    columns = {
        "SE, electronic": ("SE_MANDATORY", Channel.ELECTRONIC),
        "SE, letter": ("SE_MANDATORY", Channel.LETTER),
        "NO, electronic": ("NO_PART_III", Channel.ELECTRONIC),
    }
    found = {
        column: standstill(basis=basis, sent_on=date.fromisoformat(example["sent"]), channel=channel).known()
        for column, (basis, channel) in columns.items()
    }
    assert {column: each.last_barred_on.isoformat() for column, each in found.items()} == {
        column: example[column] for column in columns
    }
    assert all(each.earliest_signing_on == each.last_barred_on + ONE_DAY for each in found.values())


def test_seed_000_as_written_could_be_signed_on_1_july_2026_when_sent_by_20_june():
    signing = [
        standstill(basis="SE_MANDATORY", sent_on=date(2026, 6, day), channel=Channel.ELECTRONIC)
        .known()
        .earliest_signing_on
        for day in (20, 21)
    ]
    assert signing == [date(2026, 7, 1), date(2026, 7, 2)]


def test_the_steps_name_paragraph_and_rule_row():
    steps = standstill(basis="SE_MANDATORY", sent_on=date(2026, 6, 9), channel=Channel.ELECTRONIC).steps
    assert [(step.paragraph, step.row_id) for step in (steps[0], steps[1], steps[-1])] == [
        ("LOU 20 kap. 1 §", "se-standstill-electronic"),
        ("lag (1930:173) 2 §, LOU 20 kap. 18 §", ""),
        ("LOU 20 kap. 1 §", ""),
    ]
    assert str(steps[-1].message) == "No contract up to and including 2026-06-22; signing is possible from 2026-06-23."


@pytest.mark.parametrize(
    ("stated", "last", "first_step"),
    [
        (None, "2019-04-11", "Counted 10 days from 2019-04-01, which isn't counted itself: 2019-04-11."),
        (10, "2019-04-11", "Counted 10 days from 2019-04-01, which isn't counted itself: 2019-04-11."),
        (15, "2019-04-16", "The authority has stated 15 days, longer than the law's 10: that binds it."),
        (9, "2019-04-11", "The authority has stated 9 days, shorter than the law's 10: the law's count."),
    ],
)
def test_a_stated_period_binds_only_when_it_is_longer(stated, last, first_step):
    found = standstill(basis="SE_MANDATORY", sent_on=date(2019, 4, 1), channel="electronic", stated_days=stated)
    assert found.known().last_barred_on == date.fromisoformat(last)
    assert str(found.steps[0].message) == first_step


@pytest.mark.parametrize("basis", ["SE_VOLUNTARY_DIRECT", "NO_PART_II"])
def test_the_authority_s_own_period_must_be_stated(basis):
    nothing = standstill(basis=basis, sent_on=date(2026, 8, 3), channel=Channel.ELECTRONIC)
    assert str(nothing.value.reason) == "The length of this standstill is the authority's own and hasn't been stated."
    stated = standstill(basis=basis, sent_on=date(2026, 8, 3), channel=Channel.ELECTRONIC, stated_days=14)
    assert stated.known().last_barred_on == date(2026, 8, 17)


@pytest.mark.parametrize("basis", ["SE_NONE", "NO_NONE"])
def test_without_a_standstill_the_contract_may_be_concluded_the_same_day(basis):
    found = standstill(basis=basis, sent_on=date(2026, 8, 3), channel=Channel.ELECTRONIC).known()
    assert found == Standstill(BASES[basis], None, date(2026, 8, 3))


def test_before_the_rule_rows_begin_the_end_is_unknown():
    assert isinstance(standstill(basis="SE_MANDATORY", sent_on=date(2016, 12, 31), channel="electronic").value, Unknown)


@given(st.sampled_from(COUNTED), DAYS, st.sampled_from(Channel), st.integers(0, 40))
def test_a_standstill_never_ends_on_an_off_day_and_never_earlier_for_a_later_notice(basis, sent_on, channel, more):
    calendar = SE_1930_173 if BASES[basis].country == "SE" else EU_1182_NO
    found = standstill(basis=basis, sent_on=sent_on, channel=channel).known()
    later = standstill(basis=basis, sent_on=sent_on + more * ONE_DAY, channel=channel).known()
    letter = standstill(basis=basis, sent_on=sent_on, channel=Channel.LETTER).known()
    assert not is_off(found.last_barred_on, calendar)
    assert found.last_barred_on <= min(later.last_barred_on, letter.last_barred_on)
    assert found.earliest_signing_on == found.last_barred_on + ONE_DAY


def at(*parts):
    return datetime(*parts, tzinfo=UTC)


def test_inv_21_the_standstill_runs_from_the_last_notice_of_all():
    sendings = [
        Sending(at(2026, 6, 9, 8), Channel.ELECTRONIC),
        Sending(at(2026, 6, 10, 22, 30), Channel.ELECTRONIC),
        Sending(at(2026, 6, 9, 9), Channel.ELECTRONIC),
    ]
    found = last_sending(sendings, country="SE")
    assert found.known() == LastSending(date(2026, 6, 11), Channel.ELECTRONIC)
    assert [str(step.message) for step in found.steps] == ["The last of 3 notices was sent on 2026-06-11."]


def test_inv_21_one_letter_gives_everybody_the_longer_period():
    sendings = [Sending(at(2026, 6, 9, 8), Channel.LETTER), Sending(at(2026, 6, 10, 8), Channel.ELECTRONIC)]
    assert last_sending(sendings, country="NO").known() == LastSending(date(2026, 6, 10), Channel.LETTER)


@pytest.mark.parametrize(
    "sendings",
    [
        [],
        [Sending(None, Channel.ELECTRONIC)],
        [Sending(at(2026, 6, 9), Channel.ELECTRONIC), Sending(None, Channel.LETTER)],
    ],
)
@pytest.mark.parametrize(("country", "source"), [("SE", "LOU 20 kap. 1 §"), ("NO", "FOA § 25-2")])
def test_inv_21_a_notice_that_came_back_has_not_begun_anything(sendings, country, source):
    found = last_sending(sendings, country=country).value
    assert isinstance(found, Unknown)
    assert found.source == source


@pytest.mark.parametrize("procedure", PROCEDURES.values(), ids=lambda procedure: procedure.id)
def test_inv_22_no_voluntary_standstill_where_the_law_asks_for_one(procedure):
    chosen = {basis for basis in BASES if procedure.standstill_choice(basis)}
    assert chosen == {procedure.standstill, *procedure.standstill_choices}
    if procedure.standstill_mandatory:
        assert all(BASES[basis].mandatory for basis in chosen)
        refused = procedure.standstill_choice("SE_VOLUNTARY_DIRECT")
        assert str(refused.reason) == "The law asks for a standstill here, so a voluntary one or none can't be chosen."
    else:
        refused = procedure.standstill_choice("SE_MANDATORY")
        assert str(refused.reason) == "That standstill belongs to another procedure."


def test_inv_22_only_a_standstill_of_law_is_extended_by_a_review():
    extended = {name for name, basis in BASES.items() if Standstill(basis, None, date(2026, 6, 9)).extended_by_review}
    assert extended == {"SE_MANDATORY", "SE_EX_ANTE_NOTICE", "NO_PART_III", "NO_INTENT_NOTICE"}
    assert all(Standstill(BASES[name], None, date(2026, 6, 9)).mandatory for name in extended)


GOOD = """
[[basis]]
id = "X"
country = "SE"
regime = "lou"
start = "sent"
mandatory = true
extended = true
paragraph = "LOU 20 kap. 1 §"
"""


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('start = "sent"', 'start = "decision"', "x.toml: X: 'decision' is not a valid Start"),
        ('start = "sent"', "", r"x.toml: X: missing \['start'\]"),
        ("extended = true", "extended = true\nlong = true", r"x.toml: X: unknown field \['long'\]"),
    ],
)
def test_a_bad_file_of_bases_is_refused(old, new, complaint):
    assert set(parse_bases(GOOD, name="x.toml")) == {"X"}
    with pytest.raises(RuleDataError, match=complaint):
        parse_bases(GOOD.replace(old, new), name="x.toml")
