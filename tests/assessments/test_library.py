"""The library of quality models: versions that are never changed, drafts, whose they are."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.urls import reverse

from rodatraden.assessments.actions import begin_draft, discard_draft, make_version, save_draft, start_round
from rodatraden.assessments.models import Area, Criterion, ModelDraft, QualityModel
from rodatraden.assessments.queries import (
    before,
    draft_of_next,
    drafts_visible_to,
    latest_models,
    models_to_begin_from,
    models_visible_to,
    versions_of,
    writes_for,
)
from rodatraden.assessments.rules import may_write_models
from rodatraden.core.answer import RefusedError
from rodatraden.core.assessment.model_files import template
from rodatraden.core.assessment.quality_model import QualityModel as Content
from rodatraden.parties.models import Membership
from rodatraden.records.models import LedgerBody
from tests.factories.assessments import make_round
from tests.factories.models import change, make_library, next_version, open_draft, small
from tests.factories.parties import START, make_buyer, make_person, make_supplier

pytestmark = pytest.mark.django_db
Role = Membership.Role


def refusal(verb, **arguments):
    with pytest.raises(RefusedError) as raised:
        verb(**arguments)
    return str(raised.value.answer.reason)


def test_a_version_holds_what_its_hash_names_and_rows_for_each_part_and_criterion():
    model = make_library(content=template("systematik")).model
    assert (model.version, model.title, model.content) == (1, "Systematik", template("systematik"))
    assert [area.title for area in Area.objects.filter(model=model).order_by("number")] == [
        "Planera", "Göra", "Följa upp", "Förbättra", "Utfall",
    ]  # fmt: skip
    rows = list(Criterion.objects.filter(model=model).order_by("number"))
    assert [row.number for row in rows] == list(range(1, 17))
    assert [row.is_scored for row in rows] == [True] * 12 + [False] * 4
    assert {(row.unit, row.worth, row.weight, row.step) for row in rows[:12]} == {("percent", 50, 1, 10)}
    assert rows[0].scale == template("systematik").criteria[0].scale
    assert [row.key for row in model.asked] == [row.key for row in rows[:12]]
    assert LedgerBody.objects.get(event="quality_model_made").object_id == model.pk


def test_the_next_version_leaves_the_one_before_as_it_was():
    library = make_library()
    was = library.model.canonical
    second = next_version(library)
    library.model.refresh_from_db()
    assert (library.model.version, library.model.canonical) == (1, was)
    assert (second.version, second.title, second.owner) == (2, "Systematik", library.owner)
    assert second.content.areas[0].title == "Planera klokt"
    assert before(second) == library.model.content
    assert before(library.model) is None
    assert [each.version for each in versions_of(library.model)] == [2, 1]
    assert not ModelDraft.objects.exists()


def test_a_draft_keeps_the_title_of_its_model():
    library = make_library()
    draft = begin_draft(owner=library.owner, content=small("Annat"), follows=library.model, by=library.writer, at=START)
    assert draft.model.title == "Systematik"
    content = replace(draft.model, title="Annat igen", introduction="Ny")
    saved = save_draft(draft=draft, content=content, based_on=draft.mark, by=library.writer, at=START)
    assert (saved.model.title, saved.model.introduction) == ("Systematik", "Ny")


def test_two_who_write_at_once_do_not_write_over_each_other():
    library = make_library()
    draft = open_draft(library)
    mark = draft.mark
    change(draft, library)
    late = refusal(save_draft, draft=draft, content=small(), based_on=mark, by=library.writer, at=START)
    assert late == "Somebody has changed the draft meanwhile. Look at it as it is now, and write again."
    assert ModelDraft.objects.get().model.areas[0].title == "Planera klokt"
    other = make_person("Olle", organisation=library.owner, role=Role.DIRECTOR)
    again = refusal(begin_draft, owner=library.owner, content=small(), follows=library.model, by=other, at=START)
    assert again == f"{library.writer.name} has begun the next version. Go on with that draft."
    assert draft_of_next(library.model) == draft


def test_what_lacks_something_or_differs_in_nothing_is_no_version():
    library = make_library()
    same = open_draft(library)
    assert refusal(make_version, draft=same, by=library.writer, at=START) == "Nothing differs from version 1."
    discard_draft(draft=same, by=library.writer, at=START)
    empty = begin_draft(owner=library.owner, content=Content("Tom"), by=library.writer, at=START)
    assert refusal(make_version, draft=empty, by=library.writer, at=START) == "A model needs at least one part."
    gone = "The draft is gone: somebody has made it a version, or thrown it away."
    assert refusal(make_version, draft=same, by=library.writer, at=START) == gone
    assert QualityModel.objects.count() == 1


def test_a_title_is_one_model_in_an_organisation_and_another_organisation_may_use_it_too():
    library = make_library()
    taken = "Forsa has a model with this title. Write its next version, or choose another title."
    arguments = {"owner": library.owner, "by": library.writer, "at": START}
    assert refusal(begin_draft, content=small("systematik"), **arguments) == taken
    first = begin_draft(content=small("Ny"), **arguments)
    second = begin_draft(content=small("Ny"), **arguments)
    make_version(draft=first, by=library.writer, at=START)
    assert refusal(make_version, draft=second, by=library.writer, at=START) == taken
    assert make_library(name="Annan").model.version == 1


@pytest.mark.parametrize("role", Role)
def test_everybody_but_employees_makes_models_for_their_own_organisation(role):
    library = make_library()
    owner = make_supplier("Bolaget") if role == Role.BIDDER else library.owner
    person = make_person("P", organisation=owner, role=role)
    assert bool(may_write_models(person, owner, START)) is (role != Role.EMPLOYEE)
    assert writes_for(person, START) == ([] if role == Role.EMPLOYEE else [owner])


WHO = ("writer", "employee", "left", "stranger", "other buyer", "supplier")


def person_of(who, library):
    match who:
        case "writer":
            return library.writer
        case "employee":
            return make_person("Anställd", organisation=library.owner)
        case "left":
            person = make_person("Slutat", organisation=library.owner, role=Role.DIRECTOR)
            Membership.objects.filter(person=person).update(until_on=START.date())
            return person
        case "stranger":
            return make_person("Främling")
        case "other buyer":
            return make_person("Granne", organisation=make_buyer("Granne"), role=Role.ADMINISTRATOR)
    return make_person("Säljare", organisation=make_supplier(), role=Role.BIDDER)


@pytest.mark.parametrize("who", WHO)
def test_who_reads_models_and_who_writes_drafts(who):
    library = make_library()
    draft = open_draft(library)
    person = person_of(who, library)
    reads, writes = who in {"writer", "employee"}, who == "writer"
    assert list(models_visible_to(person, START)) == ([library.model] if reads else [])
    assert list(latest_models(person, START)) == ([library.model] if reads else [])
    assert list(drafts_visible_to(person, START)) == ([draft] if writes else [])
    for verb, arguments in (
        (begin_draft, {"owner": library.owner, "content": small("Ny")}),
        (save_draft, {"draft": draft, "content": small(), "based_on": draft.mark}),
    ):
        if not writes:
            assert refusal(verb, by=person, at=START, **arguments).startswith("Employees judge by the models.")


def test_who_judges_by_a_model_reads_it_and_not_its_other_versions():
    library = make_library()
    second = next_version(library)
    guest = make_person("Gäst")
    start_round(
        title="Omgång", model=second, leader=library.writer, assessors=[guest], labels=["Enheten"],
        by=library.writer, at=START,
    )  # fmt: skip
    assert list(models_visible_to(guest, START)) == [second]
    assert list(latest_models(guest, START)) == []
    assert [(each.version, each.n_rounds) for each in versions_of(second)] == [(2, 1), (1, 0)]
    assert [(each.version, each.n_rounds) for each in latest_models(library.writer, START)] == [(2, 1)]


def test_a_model_of_a_procurement_stands_in_no_library():
    panel = make_round()
    assert list(models_visible_to(panel.leader, START)) == []


def test_a_draft_that_could_not_be_read_again_is_neither_begun_nor_saved():
    library = make_library()
    draft = open_draft(library)
    was, model = draft.content, draft.model
    long = replace(model, introduction="x" * 50_001)
    many = replace(model, areas=tuple(replace(model.areas[0], key=f"del{n}", criteria=()) for n in range(41)))
    save = {"draft": draft, "based_on": draft.mark, "by": library.writer, "at": START}
    with pytest.raises(RefusedError) as raised:
        save_draft(content=long, **save)
    assert raised.value.answer.mend == "introduction"
    assert refusal(save_draft, content=many, **save) == "At most 40 can stand here."
    begin = {"owner": library.owner, "by": library.writer, "at": START}
    assert refusal(begin_draft, content=replace(long, title="Ny"), **begin)
    draft.refresh_from_db()
    assert (draft.content, ModelDraft.objects.count()) == (was, 1)


def test_a_guest_reads_the_version_they_judge_by_and_begins_nothing_from_it(client):
    library = make_library()
    second = next_version(library)
    guest = make_person("Gäst", organisation=make_buyer("Annan"), role=Membership.Role.DIRECTOR)
    start_round(
        title="Omgång", model=second, leader=library.writer, assessors=[guest], labels=["Enheten"],
        by=library.writer, at=START,
    )  # fmt: skip
    assert list(models_to_begin_from(guest, START)) == []
    client.force_login(guest)
    page = client.get(reverse("assessments:model", args=[second.pk])).text
    assert second.sha256 in page
    assert str(library.model.pk) not in page
    assert reverse("assessments:model_differences", args=[second.pk]) not in page
    assert client.get(reverse("assessments:model_differences", args=[second.pk])).status_code == 404
    page = client.get(reverse("assessments:begin_model") + f"?fran={second.pk}").text
    assert f'value="{second.pk}"' not in page
