"""Procedures as rows: what each is, and what the loader refuses."""

import pytest

from rodatraden.core.calendars import PROCEDURES, RuleDataError
from rodatraden.core.calendars.procedures import LABELS, parse_procedures
from rodatraden.core.calendars.rows import data_text

TEXT = data_text("procedures.toml")


def test_the_parameters_that_the_rooms_live_by():
    table = {
        name: (
            procedure.standstill_mandatory,
            procedure.opening.value,
            procedure.espd,
            procedure.notice.value,
            procedure.negotiation,
            procedure.chapter_17.value,
            procedure.calendar.id,
        )
        for name, procedure in PROCEDURES.items()
    }
    policy = "two_persons_policy"
    assert table == {
        "se-open": (True, "two_persons_statutory", True, "ted", False, "binding", "EU_1182_SE"),
        "se-below": (True, policy, False, "registered_database", True, "guidance", "EU_1182_SE"),
        "se-direct": (False, policy, False, "none", True, "guidance", "EU_1182_SE"),
        "se-call-off": (False, policy, False, "none", False, "as_framework", "EU_1182_SE"),
        "se-mini-competition": (False, policy, False, "none", False, "as_framework", "EU_1182_SE"),
        "no-part-1": (False, policy, False, "none", True, "guidance", "EU_1182_NO"),
        "no-part-2": (True, policy, False, "doffin", True, "guidance", "EU_1182_NO"),
        "no-part-2-special": (True, policy, False, "doffin_and_ted", True, "guidance", "EU_1182_NO"),
        "no-part-3-open": (True, policy, True, "doffin_and_ted", False, "binding", "EU_1182_NO"),
    }


def test_every_label_names_a_procedure():
    assert {name: procedure.label for name, procedure in PROCEDURES.items()} == dict(LABELS)


def test_procedures_are_found_by_their_id():
    assert [name for name, procedure in PROCEDURES.items() if procedure.id != name] == []


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('id = "se-below"', 'id = "se-new"', "p.toml: se-new: has no label, or its standstill isn't known"),
        ('standstill = "SE_MANDATORY"', 'standstill = "SE_MAYBE"', "p.toml: se-open: has no label, or its standstill"),
        ('["SE_VOLUNTARY_CALLOFF"]', '["SE_MAYBE"]', "p.toml: se-call-off: has no label, or its standstill"),
        ('id = "se-below"', 'id = "se-open"', "p.toml: se-open: the id is used twice"),
        (
            'opening = "two_persons_statutory"',
            'opening = "one_person"',
            "p.toml: se-open: 'one_person' is not a valid Opening",
        ),
        ('answer_days = "answer_days"', 'answer_days = "days"', "p.toml: se-open: 'days' is not a valid Kind"),
        ("valid_from = 2017-01-01", 'valid_from = "2017"', "p.toml: se-open: valid_from must be a date"),
        ("espd = true\n", "", r"p.toml: se-open: missing \['espd'\]"),
        ("espd = true\n", "espd = true\ndrill = 1\n", r"p.toml: se-open: unknown field \['drill'\]"),
    ],
)
def test_a_bad_file_is_refused(old, new, complaint):
    with pytest.raises(RuleDataError, match=complaint):
        parse_procedures(TEXT.replace(old, new), name="p.toml")
