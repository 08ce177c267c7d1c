"""CPV codes: form, check digit, nature and Annex 2."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rodatraden.core.answer import RefusedError
from rodatraden.core.calendars import CPV_NAMES, Cpv, RuleDataError, ServiceList, Status, parse_cpv
from rodatraden.core.calendars.cpv import SERVICE_LISTS, parse_lists, parse_names
from tests.core.calendars.worked import worked_examples


@pytest.mark.parametrize("example", worked_examples("cpv.md"), ids=lambda example: example["typed"])
def test_the_worked_example(example):
    cpv = parse_cpv(example["typed"])
    assert (str(cpv), cpv.nature.value) == (example["code"], example["nature"])
    assert [each.value for each in ServiceList if cpv.listed(each)] == [
        name.strip() for name in example["lists"].split(",") if name.strip()
    ]


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "7999800",
        "799980000",
        "79998000-",
        "79998000-66",
        "79998000_6",
        "7999800O-6",
        "٧٩٩٩٨٠٠٠-6",
        "\uff17\uff19\uff19\uff19\uff18\uff10\uff10\uff10",
        "-79998000",
        "79998000\n6",
    ],
)
def test_what_is_not_a_code_is_refused(typed):
    with pytest.raises(RefusedError, match=r"A CPV code is eight digits, then perhaps a hyphen and a check digit\."):
        parse_cpv(typed)


def test_a_wrong_check_digit_is_refused_with_the_right_one():
    with pytest.raises(RefusedError, match=r"The check digit of 79998000 is 6, not 5: look for a slip of the pen\."):
        parse_cpv("79998000-5")


@given(st.from_regex(r"[0-9]{8}", fullmatch=True), st.integers(0, 7), st.integers(1, 9))
def test_every_single_slip_is_caught(digits, place, change):
    written = str(Cpv(digits))
    assert parse_cpv(written) == Cpv(digits)
    slip = written[:place] + str((int(written[place]) + change) % 10) + written[place + 1 :]
    with pytest.raises(RefusedError):
        parse_cpv(slip)


def test_the_lists_are_whole_and_hold_services():
    assert {name.value: len(codes) for name, codes in SERVICE_LISTS.items()} == {
        "se_annex_2": 83,
        "no_annex_2": 74,
        "no_annex_3": 12,
    }
    assert [first for codes in SERVICE_LISTS.values() for first, last in codes if Cpv(first).nature != "services"] == []


def test_no_service_is_in_both_norwegian_lists():
    both = [
        first
        for first, last in (*SERVICE_LISTS[ServiceList.NO_ANNEX_2], *SERVICE_LISTS[ServiceList.NO_ANNEX_3])
        if Cpv(first).listed(ServiceList.NO_ANNEX_2) and Cpv(first).listed(ServiceList.NO_ANNEX_3)
    ]
    assert both == []


def test_names_are_swedish_and_say_how_well_they_are_founded():
    assert CPV_NAMES["79998000"].name == "Coachning"
    assert CPV_NAMES["79951000"].status is Status.READ
    assert str(CPV_NAMES["80500000"].cpv) == "80500000-9"


LIST = '[[list]]\nid = "se_annex_2"\ncodes = ["79998000-6"]\nsource = "x"\nchecked_on = 2026-11-28\n'


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("79998000-6", "79998000-5", "l.toml: 79998000-5: The check digit of 79998000 is 6"),
        ("79998000-6", "79998000-6..79410000-1", r"l.toml: 79998000-6\.\.79410000-1: the range is turned around"),
        ("se_annex_2", "fi_annex_e", "l.toml: 'fi_annex_e' is not a valid ServiceList"),
        ('source = "x"', "", r"l.toml: se_annex_2: missing \['source'\]"),
    ],
)
def test_a_bad_file_of_lists_is_refused(old, new, complaint):
    assert parse_lists(LIST, name="l.toml") == {ServiceList.SE_ANNEX_2: (("79998000", "79998000"),)}
    with pytest.raises(RuleDataError, match=complaint):
        parse_lists(LIST.replace(old, new), name="l.toml")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('[[code]]\nid = "79998000-5"\nname = "x"\nstatus = "read"', "n.toml: 79998000-5: The check digit"),
        (
            '[[code]]\nid = "79998000-6"\nname = "x"\nstatus = "sure"',
            "n.toml: 79998000-6: 'sure' is not a valid Status",
        ),
        ('[[code]]\nid = "79998000-6"\nname = ""\nstatus = "read"', r"n.toml: 79998000-6: missing \['name'\]"),
    ],
)
def test_a_bad_file_of_names_is_refused(text, complaint):
    with pytest.raises(RuleDataError, match=complaint):
        parse_names(text, name="n.toml")
