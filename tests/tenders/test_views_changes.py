"""The pages of a published change, as the officer walks them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from rodatraden.tenders.models import DocumentChange, Requirement
from rodatraden.tenders.queries import latest_snapshot, open_change, standing
from tests.factories.tenders import ANNOUNCED_AT, DEADLINE, make_published

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]  # rows beside those that are frozen
NOW = ANNOUNCED_AT + timedelta(days=1)


@pytest.fixture(autouse=True)
def at_work():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def published(db):
    return make_published()


@pytest.fixture
def case(published):
    return published[0]


@pytest.fixture
def tender(published):
    return published[1]


@pytest.fixture
def officer(client, case):
    client.force_login(case.officer)
    return client


def url(name, tender, *args):
    return reverse(f"tenders:{name}", args=[tender.procurement_id, *args])


def begin(officer, tender):
    officer.post(url("change_begin", tender))
    return open_change(tender)


def read(officer, tender):
    """What the last step sends from somebody who has read the differences as they stand."""
    return filled(officer.get(url("change", tender))) | {"sure": "on"}


def filled(response):
    """What the form of a page would send if nothing were touched."""
    form, data = response.context["form"], {}
    for field in form:
        value = field.value()
        if isinstance(value, bool):
            data |= {field.html_name: "on"} if value else {}
        elif isinstance(value, list | tuple):
            data[field.html_name] = [getattr(each, "pk", each) for each in value]
        elif value is not None:
            data[field.html_name] = field.field.prepare_value(value)
    return data


def test_the_page_says_what_may_change_before_anything_is_begun(officer, tender):
    page = officer.get(url("change", tender))
    assert page.status_code == 200
    assert "inte verifierad" in page.content.decode()
    assert open_change(tender) is None


def test_the_button_that_begins_a_change_carries_the_proof_that_the_page_is_ours(case, tender):
    client = Client(enforce_csrf_checks=True)
    client.force_login(case.officer)
    page = client.get(url("change", tender)).content.decode()
    form = page[page.index(f'action="{url("change_begin", tender)}"') :]
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form[: form.index("</form>")])[1]
    assert client.post(url("change_begin", tender)).status_code == 403
    assert client.post(url("change_begin", tender), {"csrfmiddlewaretoken": token}).status_code == 302
    assert open_change(tender) is not None


def test_terms_are_changed_seen_and_published(officer, tender):
    begin(officer, tender)
    data = filled(officer.get(url("change_terms", tender))) | {"travel_clause": "Resor ersätts inte."}
    assert officer.post(url("change_terms", tender), data).status_code == 302
    page = officer.get(url("change", tender)).content.decode()
    assert "Resor ersätts inte." in page
    assert "Ord: du bedömer" in page
    tender.refresh_from_db()
    assert tender.travel_clause != "Resor ersätts inte."
    sent = read(officer, tender) | {"reason": "Förtydligat", "weight": "words"}
    for _ in range(2):
        assert officer.post(url("change", tender), sent).status_code == 302
    assert (tender.snapshots.count(), latest_snapshot(tender).number) == (2, 2)
    assert "Förtydligat" in officer.get(url("change", tender)).content.decode()
    assert "Förtydligat" in officer.get(url("notices", tender)).content.decode()


def test_a_requirement_is_changed_and_struck_in_the_change_only(officer, tender):
    begin(officer, tender)
    first, second = list(standing(tender))[:2]
    page = url("change_requirement", tender, first.pk)
    data = filled(officer.get(page)) | {"level": "24 månader"}
    assert officer.post(page, data).status_code == 302
    assert officer.post(url("change_strike", tender, second.pk), {"reason": "Behövs inte"}).status_code == 302
    text = officer.get(url("change", tender)).content.decode()
    assert "24 månader" in text
    assert "Väsentlig" in text
    assert "måste flyttas" in text
    assert officer.get(url("change_requirement", tender, second.pk)).status_code == 404
    assert Requirement.objects.get(pk=first.pk).level != "24 månader"
    assert Requirement.objects.get(pk=second.pk).struck_at is None
    edit = open_change(tender).edits.get(target=second.pk)
    officer.post(url("change_take_back", tender, edit.pk))
    assert officer.get(url("change_requirement", tender, second.pk)).status_code == 200


def test_the_fields_of_a_new_requirement_follow_its_kind(officer, tender):
    begin(officer, tender)
    new = {"kind": "must", "title": "Utbildning", "idempotency_key": "k-2"}
    to = officer.post(url("change_requirement_create", tender), new).url
    assert "level_reason" in officer.get(to).context["form"].fields
    text = officer.get(url("change", tender)).content.decode()
    assert "K5 Utbildning" in text
    assert "Stoppar" in text
    assert Requirement.objects.filter(tender=tender).count() == 4


def test_a_part_of_the_bid_is_changed_added_and_taken_out(officer, tender):
    begin(officer, tender)
    item = tender.content_items.order_by("number").first()
    page = url("change_item", tender, item.pk)
    assert officer.post(page, filled(officer.get(page)) | {"title": "Nytt namn"}).status_code == 302
    new = {"title": "Referenser", "is_required": "on"}
    assert officer.post(url("change_item_create", tender), new).status_code == 302
    officer.post(url("change_item_remove", tender, tender.content_items.get(number=2).pk))
    text = officer.get(url("change", tender)).content.decode()
    assert "Nytt namn" in text
    assert "Referenser" in text
    assert tender.content_items.filter(removed_at=None).count() == tender.content_items.count()


def test_the_model_is_changed_in_the_change_only(officer, tender):
    begin(officer, tender)
    before = tender.evaluation_model
    data = filled(officer.get(url("change_model", tender))) | {"per_point": "150"}
    assert officer.post(url("change_model", tender), data).status_code == 302
    assert "150" in officer.get(url("change", tender)).content.decode()
    tender.refresh_from_db()
    assert tender.evaluation_model == before


def test_what_needs_a_new_procurement_is_told_before_and_refused_with_what_was_typed_kept(officer, tender):
    begin(officer, tender)
    data = filled(officer.get(url("change_terms", tender))) | {"periods": "9"}
    officer.post(url("change_terms", tender), data)
    assert "annonsera en ny" in officer.get(url("change", tender)).content.decode()
    sent = read(officer, tender) | {"reason": "Längre", "weight": "substantial"}
    page = officer.post(url("change", tender), sent)
    assert page.status_code == 422
    assert "Längre" in page.content.decode()
    assert tender.snapshots.count() == 1


def test_nobody_publishes_a_difference_that_a_colleague_has_made_since_they_read(officer, tender):
    begin(officer, tender)
    terms = filled(officer.get(url("change_terms", tender)))
    officer.post(url("change_terms", tender), terms | {"travel_clause": "Resor ersätts inte."})
    sent = read(officer, tender) | {"reason": "Förtydligat", "weight": "words"}
    terms = filled(officer.get(url("change_terms", tender)))
    officer.post(url("change_terms", tender), terms | {"travel_clause": "Resor ersätts efter räkning."})
    page = officer.post(url("change", tender), sent)
    assert page.status_code == 422
    text = page.content.decode()
    for said in ("har ändrats sedan du läste", "Resor ersätts efter räkning.", "Förtydligat"):
        assert said in text
    assert page.context["form"]["sure"].value() is False
    assert tender.snapshots.count() == 1
    again = sent | {"read": page.context["form"]["read"].value()}
    assert officer.post(url("change", tender), again).status_code == 302
    assert tender.snapshots.count() == 2


def test_a_form_with_a_mistake_keeps_what_was_typed(officer, tender):
    begin(officer, tender)
    data = filled(officer.get(url("change_terms", tender))) | {"ceiling": "mycket", "travel_clause": "Mitt förslag"}
    page = officer.post(url("change_terms", tender), data)
    assert page.status_code == 422
    assert "Mitt förslag" in page.content.decode()
    assert not open_change(tender).edits.exists()


def test_a_change_is_dropped_after_one_more_question(officer, tender):
    change = begin(officer, tender)
    assert officer.get(url("change_drop", tender)).status_code == 200
    officer.post(url("change_drop", tender), {"sure": "1"})
    assert DocumentChange.objects.get(pk=change.pk).closed_at == NOW


@pytest.mark.parametrize("name", ["change_terms", "change_model", "change_requirement_create", "change_item_create"])
def test_pages_of_edits_lead_to_the_beginning_and_are_the_officer_s_alone(client, case, tender, officer, name):
    assert officer.get(url(name, tender)).url == url("change", tender)
    begin(officer, tender)
    assert officer.get(url(name, tender)).status_code == 200
    client.force_login(case.decider)
    assert client.get(url(name, tender)).status_code == 403
    with time_machine.travel(DEADLINE, tick=False):
        client.force_login(case.officer)
        assert client.get(url(name, tender)).status_code == 403


def test_blocked_pages_lead_the_officer_to_the_change(officer, tender):
    assert url("change", tender) in officer.get(url("terms", tender)).content.decode()
