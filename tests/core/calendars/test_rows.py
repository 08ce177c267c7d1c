"""Rule rows: what the loader refuses, and that nothing goes on by itself where a row is missing."""

import ast
import inspect
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from rodatraden.core.answer import RefusedError
from rodatraden.core.calendars import (
    BASES,
    BOOK,
    EU_1182_NO,
    EU_1182_SE,
    PROCEDURES,
    Channel,
    Computed,
    Country,
    Kind,
    Regime,
    RuleBook,
    RuleDataError,
    RuleRow,
    Status,
    Unit,
    Unknown,
    access_due_on,
    applicable_procedures,
    ceiling_level,
    days,
    days_after,
    days_before,
    deadline_after_answer,
    deadline_lawful,
    deadlines,
    direct_award_allowed,
    duty_due_on,
    earliest_deadline,
    framework_term_allowed,
    latest_answer_at,
    parse_cpv,
    periods,
    procedures,
    regime,
    result_notice_due_on,
    rows,
    rule,
    standstill,
    standstills,
)
from rodatraden.core.calendars.rows import make_book, parse_rows
from tests.core.calendars.worked import worked_examples

GOOD = """
[[rule]]
id = "a"
country = "SE"
regime = "lou_direct"
kind = "direct_limit"
paragraph = "LOU 19 a kap. 2 §"
value = 700000
unit = "SEK"
valid_from = 2022-02-01
valid_to = 2030-01-01
source = "lagen"
checked_on = 2026-11-28
status = "read"
"""


def row(row_id, valid_from, valid_to=None, *, kind=Kind.DIRECT_LIMIT):
    return RuleRow(
        id=row_id,
        country=Country.SE,
        regime=Regime.LOU_DIRECT,
        kind=kind,
        paragraph="LOU 19 a kap. 2 §",
        value=Decimal(700000),
        unit=Unit.SEK,
        valid_from=date.fromisoformat(valid_from),
        valid_to=valid_to and date.fromisoformat(valid_to),
        source="lagen",
        checked_on=date(2026, 11, 28),
        status=Status.READ,
    )


@pytest.mark.parametrize("example", worked_examples("rule-rows.md"), ids=str)
def test_the_worked_example(example):
    found = rule(
        Kind(example["kind"]),
        country=example["country"],
        regime=example["regime"],
        on=date.fromisoformat(example["on"]),
    )
    assert ("unknown" if isinstance(found, Unknown) else str(found.value)) == example["value"]


def test_a_good_file_gives_its_row():
    assert parse_rows(GOOD, name="x.toml") == (row("a", "2022-02-01", "2030-01-01"),)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("[[rule]]", "[[rule", "x.toml: not TOML"),
        ("[[rule]]", "[[rules]]", "x.toml: holds ['rules'], not only [[rule]]"),
        ('status = "read"', 'status = "read"\nverified = true', "x.toml: a: unknown field ['verified']"),
        ('source = "lagen"\n', "", "x.toml: a: missing ['source']"),
        ('source = "lagen"', 'source = ""', "x.toml: a: missing ['source']"),
        ('id = "a"\n', "", "x.toml: a row without id: missing ['id']"),
        ('country = "SE"', 'country = "FI"', "x.toml: a: 'FI' is not a valid Country"),
        ('kind = "direct_limit"', 'kind = "limit"', "x.toml: a: 'limit' is not a valid Kind"),
        ("value = 700000", 'value = "700000"', "x.toml: a: value must be a whole number"),
        ("value = 700000", "value = 700000.5", "x.toml: a: value must be a whole number"),
        ("value = 700000", "value = true", "x.toml: a: value must be a whole number"),
        ("value = 700000", "value = -1", "x.toml: a: value must be a whole number"),
        ("value = 700000", "value = {}", "x.toml: a: value must be a whole number"),
        ("valid_from = 2022-02-01", 'valid_from = "2022-02-01"', "x.toml: a: valid_from must be a date"),
        ("checked_on = 2026-11-28", "checked_on = 2026-11-28T00:00:00", "x.toml: a: checked_on must be a date"),
        ("valid_to = 2030-01-01", "valid_to = 2022-02-01", "x.toml: a: ends before it begins"),
    ],
)
def test_a_bad_file_is_refused_by_name(old, new, complaint):
    with pytest.raises(RuleDataError) as caught:
        parse_rows(GOOD.replace(old, new), name="x.toml")
    assert str(caught.value).startswith(complaint)


def test_an_id_is_used_once():
    with pytest.raises(RuleDataError, match="a: the id is used twice"):
        make_book([row("a", "2022-02-01", "2023-01-01"), row("a", "2023-01-01")])


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("2022-01-01", "2023-01-02"), ("2023-01-01", None)),
        (("2023-01-01", None), ("2022-01-01", "2023-01-02")),
        (("2022-01-01", None), ("2022-01-01", None)),
        (("2022-01-01", None), ("2024-01-01", "2025-01-01")),
    ],
)
def test_two_rows_never_say_the_same_on_one_day(first, second):
    with pytest.raises(RuleDataError, match="b: holds on the same days as a"):
        make_book([row("a", *first), row("b", *second)])


def test_a_row_holds_until_the_day_before_valid_to():
    book = make_book(
        [row("a", "2022-01-01", "2023-01-01"), row("b", "2023-01-01"), row("c", "2022-06-01", kind=Kind.ENTRY_VALUE)]
    )
    found = [
        book.rule(Kind.DIRECT_LIMIT, country="SE", regime="lou_direct", on=day)
        for day in (date(2022, 12, 31), date(2023, 1, 1))
    ]
    assert [each.id for each in found] == ["a", "b"]
    assert isinstance(book.rule(Kind.DIRECT_LIMIT, country="SE", regime="lou_direct", on=date(2021, 12, 31)), Unknown)


def test_a_row_is_found_again_by_its_id():
    assert BOOK.row("se-direct-limit-2022").value == 700000
    assert str(BOOK.row("gone").reason) == "The program has no rule row with the id gone."


def test_an_unknown_value_refuses_with_its_reason():
    missing = rule(Kind.THRESHOLD_SUBCENTRAL, country="SE", regime="lou", on=date(2026, 7, 1))
    assert str(missing.reason) == (
        "The program has no rule row for SE lou threshold_subcentral on 2026-07-01, and doesn't guess."
    )
    with pytest.raises(RefusedError) as caught:
        Computed(missing, ()).known()
    assert caught.value.answer.reason == missing.reason


def test_every_row_says_what_it_rests_on():
    assert [each.id for each in BOOK.rows if not each.source or not each.paragraph] == []
    assert [each.id for each in BOOK.rows if "minnet" in each.source and each.url == ""] == []


def test_every_kind_that_a_procedure_or_a_standstill_names_has_a_row():
    kinds = [
        (procedure.country, procedure.regime, kind)
        for procedure in PROCEDURES.values()
        for kind in (getattr(procedure, field) for field in procedures._KINDS)
        if kind
    ] + [
        (basis.country, basis.regime, kind)
        for basis in BASES.values()
        for kind in (basis.electronic, basis.letter)
        if kind
    ]
    rows_there = {(each.country, each.regime, each.kind) for each in BOOK.rows}
    assert [kind for kind in kinds if kind not in rows_there] == []


AT = datetime(2026, 8, 3, 9, tzinfo=UTC)
ON = AT.date()
COACHING = parse_cpv("79998000-6")


def calculations(book):
    """Return the outcome of every calculation that uses rule rows, with each switch set so that its row is asked for."""
    found = [access_due_on(ON, country=country, book=book) for country in Country]
    for procedure in PROCEDURES.values():
        for urgent, electronic, documents, prior in (
            (False, True, True, False),
            (False, False, False, False),
            (True, True, True, False),
            (False, True, True, True),
        ):
            facts = {
                "urgent": urgent,
                "electronic": electronic,
                "documents_electronic": documents,
                "prior_notice": prior,
            }
            found.append(earliest_deadline(procedure=procedure, dispatched_at=AT, book=book, **facts))
            found.append(
                deadline_lawful(
                    procedure=procedure, dispatched_at=AT, deadline_at=AT.replace(month=12), book=book, **facts
                )
            )
        found += [latest_answer_at(AT, procedure=procedure, urgent=urgent, book=book) for urgent in (False, True)]
        found += [deadline_after_answer(AT, procedure=procedure, urgent=urgent, book=book) for urgent in (False, True)]
        found += [
            duty_due_on(kind, procedure=procedure, event_on=ON, book=book)
            for kind in (procedure.reasons_days, procedure.documentation_days, procedure.report_days)
        ]
        found.append(result_notice_due_on(procedure=procedure, signed_on=ON, value=Decimal(10**6), book=book))
        found.append(framework_term_allowed(procedure=procedure, years=1, on=ON, book=book))
    found += [
        standstill(basis=basis, sent_on=ON, channel=channel, stated_days=10, book=book)
        for basis in BASES
        for channel in Channel
    ]
    found += [
        applicable_procedures(country=country, cpv=parse_cpv(cpv), value=Decimal(value), on=on, buyer=buyer, book=book)
        for country in ("SE", "NO")
        for cpv in ("79998000-6", "80500000-9", "79951000-5", "45000000-7")
        for value in (10, 200_000, 10**6, 10**8)
        for on in (date(2023, 6, 1), date(2025, 6, 1), date(2026, 5, 1), ON)
        for buyer in ("central", "subcentral")
    ]
    found.append(direct_award_allowed(cpv=COACHING, value=Decimal(10), on=ON, book=book))
    found.append(ceiling_level(committed=Decimal(1), ceiling=Decimal(1), on=ON, book=book))
    return found


UNUSED = {"no-climate-weight-2026"}  # for the room that weighs criteria, through `rule`


def test_inv_34_a_removed_row_gives_unknown_and_never_a_literal():
    whole = calculations(BOOK)
    silent = {each.id for each in BOOK.rows if calculations(BOOK.without(each.id)) == whole}
    assert silent == UNUSED


def test_inv_34_without_rows_nothing_that_needs_one_has_a_value():
    empty = RuleBook(())
    no_rule_needed = [
        outcome
        for outcome in calculations(empty)
        if isinstance(outcome, Computed) and not isinstance(outcome.value, Unknown)
    ]
    assert {step.row_id for outcome in no_rule_needed for step in outcome.steps} == {""}
    for calendar in (EU_1182_SE, EU_1182_NO):
        assert isinstance(days_after(ON, 10, calendar, book=empty).value, Unknown)
        assert isinstance(days_before(ON, 10, calendar, book=empty).value, Unknown)


@pytest.mark.parametrize("module", [days, deadlines, procedures, regime, rows, standstills])
def test_inv_34_no_number_but_nought_and_one_stands_in_the_code(module):
    tree = ast.parse(inspect.getsource(module))
    numbers = {
        node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and type(node.value) in {int, float}
    }
    assert numbers - {0, 1} <= ({256} if module is days else set())  # 256: the size of a cache


def test_inv_34_the_only_numbers_of_periods_are_a_whole_and_the_months_of_a_year():
    tree = ast.parse(inspect.getsource(periods))
    numbers = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and type(node.value) is int}
    assert numbers - {0, 1} == {int(periods.FULL), periods.MONTHS}
