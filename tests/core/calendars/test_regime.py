"""Which procedures are possible, and when direct procurement is refused."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rodatraden.core.calendars import (
    BOOK,
    DIRECT_GROUNDS,
    PROCEDURES,
    DirectGround,
    applicable_procedures,
    direct_award_allowed,
    parse_cpv,
)
from tests.core.calendars.worked import worked_examples

ON = date(2026, 3, 25)
COACHING, EDUCATION, WORKS = parse_cpv("79998000-6"), parse_cpv("80500000-9"), parse_cpv("45000000-7")
SEMINARS = parse_cpv("79951000-5")
STATED = {"": None, "yes": True, "no": False}


def names(text):
    return [name.strip() for name in text.split(",") if name.strip()]


def sentences(steps):
    return [str(step.message) for step in steps]


@pytest.mark.parametrize("example", worked_examples("procedures.md"), ids=str)
def test_the_worked_example(example):
    found = applicable_procedures(
        country=example["country"],
        cpv=parse_cpv(example["cpv"]),
        value=Decimal(example["value"]),
        on=date.fromisoformat(example["on"]),
        stated_above=STATED[example["stated above"]],
    )
    assert [procedure.id for procedure in found.value] == names(example["possible"])
    assert [procedure.id for procedure in found.certain] == names(example["certain"])
    assert len(found.unknown) == int(example["unknown"])


def test_seed_000_is_explained_step_by_step():
    found = applicable_procedures(country="SE", cpv=COACHING, value=Decimal(3_000_000), on=ON)
    assert sentences(found.steps) == [
        "79998000-6 isn't in the list of social and other special services.",
        "Another CPV code can lead to other rules: keep the reason for the choice.",
        "Counted with the threshold of a municipality, a region or another local body.",
        "The threshold is 216000 EUR; the amount in the country's own currency isn't known here.",
        "At or above the threshold chapters 4–17 apply: open procedure.",
        "Below the threshold chapter 19 applies.",
        "3000000 is at or above 700000 SEK.",
    ]
    assert [str(unknown.reason) for unknown in found.unknown] == [
        "The EU threshold in the country's currency on 2026-03-25 isn't known here: state whether the value reaches it, and why."
    ]
    assert (found.special, found.above) == (False, None)


@pytest.mark.parametrize(("stated", "sentence"), [(True, "reaches"), (False, "is below")])
def test_what_a_person_states_is_said_to_be_stated(stated, sentence):
    found = applicable_procedures(country="SE", cpv=COACHING, value=Decimal(3_000_000), on=ON, stated_above=stated)
    assert f"A person has stated that the value {sentence} the EU threshold." in sentences(found.steps)
    assert found.above is stated


def test_a_statement_never_overrides_a_rule_row():
    found = applicable_procedures(
        country="SE", cpv=COACHING, value=Decimal(3_000_000), on=date(2023, 3, 25), stated_above=False
    )
    assert [procedure.id for procedure in found.value] == ["se-open"]


def test_a_central_authority_has_its_own_threshold():
    value, on = Decimal(2_000_000), date(2023, 3, 25)
    found = {
        buyer: [
            each.id for each in applicable_procedures(country="SE", cpv=COACHING, value=value, on=on, buyer=buyer).value
        ]
        for buyer in ("central", "subcentral")
    }
    assert found == {"central": ["se-open"], "subcentral": ["se-below"]}


def test_the_choice_is_allowed_when_certain_and_otherwise_refused_with_the_way_out():
    unknown = applicable_procedures(country="SE", cpv=COACHING, value=Decimal(699_999), on=ON)
    assert unknown.allows(PROCEDURES["se-direct"])
    open_to_state = unknown.allows(PROCEDURES["se-open"])
    assert (open_to_state.allowed, open_to_state.reason, open_to_state.mend) == (
        False,
        unknown.unknown[0].reason,
        "estimated_value",
    )
    impossible = unknown.allows(PROCEDURES["no-part-1"])
    assert str(impossible.reason) == "This procedure isn't possible for this value and this CPV code."
    assert impossible.mend == "procedure"


def test_without_the_row_of_the_direct_limit_direct_procurement_is_not_offered():
    found = applicable_procedures(
        country="SE",
        cpv=COACHING,
        value=Decimal(1),
        on=ON,
        stated_above=False,
        book=BOOK.without("se-direct-limit-2022"),
    )
    assert [procedure.id for procedure in found.value] == ["se-below"]
    assert found.allows(PROCEDURES["se-below"])
    assert len(found.unknown) == 1


def test_norway_without_the_row_of_the_threshold_offers_both_parts():
    book = BOOK.without("no-threshold-works-2026")
    found = applicable_procedures(country="NO", cpv=WORKS, value=Decimal(3_000_000), on=date(2026, 8, 3), book=book)
    assert [procedure.id for procedure in found.value] == ["no-part-3-open", "no-part-2"]
    assert (found.certain, found.above, len(found.unknown)) == ((), None, 1)


def test_norway_without_the_row_of_the_entry_value_is_unknown():
    book = BOOK.without("no-entry-value-2026")
    found = applicable_procedures(country="NO", cpv=WORKS, value=Decimal(3_000_000), on=date(2026, 8, 3), book=book)
    assert (found.value, found.above, len(found.unknown)) == ((), None, 1)


def test_health_services_in_norway_leave_part_i_for_a_part_that_is_not_built():
    found = applicable_procedures(country="NO", cpv=EDUCATION, value=Decimal(8_700_000), on=date(2026, 8, 3))
    assert (found.value, found.special, found.above) == ((), True, True)
    assert sentences(found.steps)[-1] == "Health and social services follow part IV, which isn't built here."


@pytest.mark.parametrize(("value", "said"), [(100_000, False), (100_001, True)])
@pytest.mark.parametrize("cpv", [COACHING, EDUCATION])
def test_a_direct_procurement_above_its_limit_is_documented(cpv, value, said):
    found = applicable_procedures(country="SE", cpv=cpv, value=Decimal(value), on=ON, stated_above=False)
    sentence = "Above 100000 SEK a direct procurement is documented as it goes."
    assert (sentence in sentences(found.steps)) == said


def test_older_law_than_the_rows_stand_for_is_not_offered():
    found = applicable_procedures(
        country="SE", cpv=COACHING, value=Decimal(1), on=date(2022, 1, 31), stated_above=False
    )
    assert found.value == ()
    assert "The rules that held on 2022-01-31 aren't held here." in [str(each.reason) for each in found.unknown]


def test_norway_before_the_rows_begin_is_unknown():
    found = applicable_procedures(country="NO", cpv=COACHING, value=Decimal(3_000_000), on=date(2026, 4, 20))
    assert (found.value, found.above, len(found.unknown)) == ((), None, 1)


@given(
    country=st.sampled_from(["SE", "NO"]),
    facts=st.fixed_dictionaries(
        {
            "cpv": st.sampled_from([COACHING, EDUCATION, SEMINARS, WORKS]),
            "value": st.decimals(0, 10**9, places=2),
            "on": st.dates(date(2017, 1, 1), date(2030, 1, 1)),
            "stated_above": st.sampled_from([None, True, False]),
        }
    ),
)
def test_what_is_certain_is_possible_and_nothing_unknown_hides(country, facts):
    found = applicable_procedures(country=country, **facts)
    assert set(found.certain) <= set(found.value)
    assert found.unknown or found.certain == found.value
    assert all(procedure.country == country for procedure in found.value)
    assert [each.id for each in PROCEDURES.values() if bool(found.allows(each)) != (each in found.certain)] == []


LIMIT = Decimal(700_000)


@pytest.mark.parametrize(
    ("value", "similar", "allowed"),
    [
        (LIMIT - Decimal("0.01"), [], True),
        (LIMIT, [], False),
        (Decimal(400_000), [Decimal(299_999)], True),
        (Decimal(400_000), [Decimal(300_000)], False),
        (Decimal(100_000), [Decimal(200_000)] * 3, False),
    ],
)
def test_inv_23_direct_procurement_is_refused_from_its_limit_similar_purchases_counted(value, similar, allowed):
    answer = direct_award_allowed(cpv=COACHING, value=value, similar=similar, on=ON)
    assert bool(answer) == allowed
    if not allowed:
        assert str(answer.reason) == (
            f"Together with the similar purchases of the year the value is {value + sum(similar)}: "
            "too much for direct procurement without a listed ground."
        )
        assert answer.source == "LOU 19 a kap. 2 §, 5 kap. 11 §"


@pytest.mark.parametrize("ground", DirectGround)
@pytest.mark.parametrize(
    ("cpv", "above", "allowed"),
    [
        (COACHING, False, True),
        (COACHING, True, False),
        (COACHING, None, False),
        (EDUCATION, False, True),
    ],
)
def test_inv_23_a_listed_ground_helps_only_below_the_eu_threshold(ground, cpv, above, allowed):
    answer = direct_award_allowed(cpv=cpv, value=Decimal(3_000_000), on=ON, ground=ground, stated_above=above)
    assert bool(answer) == allowed
    assert ground in DIRECT_GROUNDS


@pytest.mark.parametrize("above", [True, None])
def test_inv_23_for_a_special_service_a_ground_helps_at_any_value_but_a_need_during_review(above):
    allowed = {
        ground
        for ground in DirectGround
        if direct_award_allowed(cpv=EDUCATION, value=Decimal(9_000_000), on=ON, ground=ground, stated_above=above)
    }
    assert allowed == set(DirectGround) - {DirectGround.DURING_REVIEW}


def test_inv_23_what_is_not_known_is_refused_and_named():
    special = direct_award_allowed(cpv=EDUCATION, value=Decimal(800_000), on=ON)
    assert str(special.reason).startswith("The EU threshold in the country's currency on 2026-03-25 isn't known here")
    assert direct_award_allowed(cpv=EDUCATION, value=Decimal(800_000), on=ON, stated_above=False)
    before = direct_award_allowed(cpv=COACHING, value=Decimal(1), on=date(2022, 1, 31))
    assert str(before.reason).startswith("The program has no rule row for SE lou_direct direct_limit on 2022-01-31")


@given(
    st.decimals(0, 10**7, places=2),
    st.lists(st.decimals(0, 10**6, places=2), max_size=4),
    st.decimals(0, 10**6, places=2),
)
def test_inv_23_one_more_similar_purchase_never_makes_it_allowed(value, similar, more):
    before = direct_award_allowed(cpv=COACHING, value=value, similar=similar, on=ON)
    after = direct_award_allowed(cpv=COACHING, value=value, similar=[*similar, more], on=ON)
    assert bool(before) >= bool(after)
