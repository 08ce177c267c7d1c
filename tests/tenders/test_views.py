"""Who finds the pages of documents, and how documents begin."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rodatraden.procurements.actions import appoint
from rodatraden.procurements.models import TeamMember
from rodatraden.tenders.actions import (
    add_requirement,
)
from rodatraden.tenders.models import Tender
from tests.factories.parties import START, make_buyer, make_person, make_supplier
from tests.factories.procurements import make_case
from tests.factories.tenders import (
    describe,
    make_drafted,
    make_published,
    make_published_tender,
    make_tender,
)
from tests.tenders.pages import key, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_work")]


CASE_PAGES = (
    "requirements",
    "requirement_create",
    "import",
    "contents",
    "content_create",
    "terms",
    "dates",
    "deadline",
    "model",
    "stress",
    "publish",
    "notices",
    "questions",
)


def case_pages(tender) -> list[str]:
    procurement = tender.procurement_id
    return [
        *(url(name, procurement) for name in CASE_PAGES),
        *(url("export", procurement, ending) for ending in ("docx", "xlsx")),
        *(url("content_edit", procurement, item.pk) for item in tender.content_items.all()),
        *(url("requirement", row.pk) for row in tender.requirements.all()),
    ]


@pytest.mark.parametrize("make", [make_tender, make_published_tender])
def test_every_page_is_shown_to_the_whole_team(client, make):
    case = make_case(evaluators=1)
    tender = make(case)
    for person in (case.officer, case.need_owner, case.evaluators[0]):
        client.force_login(person)
        pages = case_pages(tender)
        assert {page: client.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)


def test_nobody_outside_finds_the_pages(client):
    case, tender = make_published()
    for person in (
        make_person("Kollega", organisation=case.buyer),
        make_person("Annan", organisation=make_buyer("Annan")),
        make_person("Leverantör", organisation=make_supplier()),
    ):
        client.force_login(person)
        pages = case_pages(tender)
        assert {page: client.get(page).status_code for page in pages} == dict.fromkeys(pages, 404)


def test_who_has_not_declared_is_sent_to_declare(client):
    case = make_case()
    make_tender(case)
    person = make_person("Ny", organisation=case.buyer)
    appoint(procurement=case.procurement, person=person, role=TeamMember.Role.EVALUATOR, by=case.officer, at=START)
    client.force_login(person)
    answer = client.get(url("requirements", case.procurement.pk))
    assert (answer.status_code, answer["Location"].split("?")[0]) == (
        302,
        reverse("procurements:declare", args=[case.procurement.pk]),
    )


def test_strangers_are_sent_to_sign_in(client):
    _case, tender = make_drafted()
    for page in case_pages(tender):
        assert client.get(page).status_code == 302


def test_a_page_of_many_requirements_takes_no_more_queries(client):
    case, tender = make_drafted()
    client.force_login(case.officer)

    def n_queries():
        found = {}
        for name in ("requirements", "publish"):
            page = url(name, case.procurement.pk)
            client.get(page)
            with CaptureQueriesContext(connection) as queries:
                answer = client.get(page)
            found[name] = (answer.status_code, len(queries))
        return found

    few = n_queries()
    need = case.procurement.needs.get()
    for number in range(30):
        add_requirement(tender=tender, title=f"Krav {number}", kind="term", needs=[need], by=case.officer, at=START)
    assert n_queries() == few
    assert {status for status, _number in few.values()} == {200}


# --- from start to publication -----------------------------------------------------------------------------------------


def test_documents_start_from_what_is_chosen_and_only_once(client):
    case = make_case()
    describe(case)
    client.force_login(case.officer)
    page = url("start", case.procurement.pk)
    assert b"Konsult per timme" in client.get(page).content
    sent = {"start": "template:training_course", **key()}
    for _ in range(2):  # a double click
        answer = client.post(page, sent)
        assert (answer.status_code, answer["Location"]) == (302, url("requirements", case.procurement.pk))
    tender = Tender.objects.get()
    assert (tender.template, tender.requirements.count()) == ("training_course", 5)


def test_a_copy_is_offered_by_name(client):
    earlier, case = make_case(), make_case()
    tender = make_published_tender(earlier)
    client.force_login(case.officer)
    client.post(url("start", case.procurement.pk), {"start": f"copy:{tender.pk}", **key()})
    assert Tender.objects.get(procurement=case.procurement).copied_from == tender
