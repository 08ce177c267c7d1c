from __future__ import annotations

import pytest
from django.http import QueryDict

from rodatraden.needs.models import Need
from rodatraden.tenders.documents import read_text
from rodatraden.tenders.documents.reading import MOST_ROWS
from rodatraden.tenders.forms.documents import TermsForm
from rodatraden.tenders.forms.exchange import ImportForm, preview
from rodatraden.tenders.forms.requirements import RequirementForm, StartForm
from rodatraden.tenders.models import Requirement
from rodatraden.tenders.queries import requirements
from tests.factories.needs import make_need
from tests.factories.procurements import make_case
from tests.factories.tenders import make_drafted, make_tender

pytestmark = pytest.mark.django_db
Kind = Requirement.Kind
OF_KIND = {
    "": set(),
    Kind.MUST: {"level", "level_reason", "evidence", "checked_when"},
    Kind.CRITERION: {"question", "max_points", "evidence"},
    Kind.TERM: {"level", "level_reason", "evidence", "acts_by", "consequence"},
}
EVERY_KIND = {
    "based_on",
    "kind",
    "title",
    "text",
    "needs",
    "follow_up_how",
    "follow_up_when",
    "follow_up_months",
    "follow_up_by",
}


@pytest.mark.parametrize("kind", OF_KIND)
def test_the_fields_follow_the_kind_and_all_are_drawn(kind):
    case = make_case()
    row = requirements(make_tender(case))[0]
    form = RequirementForm(QueryDict(f"kind={kind}&title=X"), requirement=row)
    drawn = [field.name for group in form.fieldsets for field in group.fields]
    assert set(form.fields) == EVERY_KIND | OF_KIND[kind]
    assert sorted(drawn) == sorted(set(form.fields) - {"kind", "based_on"})
    assert (form.steps is not None) is (kind == Kind.CRITERION)


def test_an_unknown_kind_is_no_kind():
    row = requirements(make_tender(make_case()))[0]
    form = RequirementForm(QueryDict("kind=hack&title=X"), requirement=row)
    assert (form.kind, form.is_valid()) == ("", False)


def test_only_needs_that_count_and_people_of_the_team_are_offered():
    case, other = make_case(), make_case()
    row = requirements(make_tender(case))[0]
    foreign = make_need(other)
    form = RequirementForm(requirement=row)
    assert list(form.fields["needs"].queryset) == list(Need.objects.filter(procurement=case.procurement))
    assert foreign not in form.fields["needs"].queryset
    assert {person.pk for person in form.fields["follow_up_by"].queryset} == {person.pk for person in case.everybody}


def test_a_form_writes_nothing_in_the_row_that_the_page_shows():
    case = make_case()
    row = requirements(make_tender(case))[0]
    form = RequirementForm(QueryDict("kind=must&title=Annat"), requirement=row)
    assert (form.is_valid(), row.title) == (True, "Erfarenhet av processcoachning")


def test_only_what_may_stay_empty_is_called_optional():
    row = requirements(make_tender(make_case()))[0]
    form = RequirementForm(requirement=row)
    assert [field.name for field in form if field.is_optional] == ["text", "follow_up_months"]


def test_what_was_proposed_is_marked_and_asked_about():
    _case, tender = make_drafted()
    assert "accept" not in TermsForm(tender=tender).fields
    tender.proposed = ["ceiling", "deadline_at"]
    form = TermsForm(tender=tender)
    assert ("accept" in form.fields, "Förslag" in form.fields["ceiling"].help_text) == (True, True)
    assert "Förslag" not in str(form.fields["yearly_frame"].help_text)


def test_every_start_is_explained():
    case = make_case()
    make_tender(case)
    form = StartForm(person=case.officer, search="")
    values = [value for value, _label in form.fields["start"].choices]
    assert values[:3] == ["template:consultant_hourly", "template:training_course", "template:seed_000_as_written"]
    assert values[-1] == "empty"
    assert set(form.fields["start"].widget.explained) == set(values)


def test_an_import_needs_something_to_read():
    assert not ImportForm(QueryDict("text=%20")).is_valid()
    form = ImportForm(QueryDict("text=Krav"))
    assert (form.is_valid(), len(form.cleaned_data["found"].rows)) == (True, 1)


def test_the_largest_preview_stays_below_what_one_form_may_hold(settings):
    rows = preview(read_text("\n".join(f"Krav {n}" for n in range(MOST_ROWS))), make_tender(make_case()))
    n_fields = sum(len(form.fields) for form in rows.forms)
    assert n_fields + 20 < settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
