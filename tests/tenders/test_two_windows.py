"""Two windows with the same form: what one has saved, the other neither loses nor writes over unknowingly."""

from __future__ import annotations

import pytest
from django.urls import reverse

from rodatraden.tenders.models import Requirement
from tests.factories.needs import make_need
from tests.factories.tenders import make_drafted
from tests.tenders.pages import url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_work")]


def need_page(case, _tender):
    return reverse("needs:edit", args=[make_need(case).pk])


def described(case, _tender):
    return reverse("procurements:describe", args=[case.procurement.pk])


def requirement_page(_case, tender):
    return url("requirement", tender.requirements.filter(kind=Requirement.Kind.MUST).earliest("number").pk)


def content_page(case, tender):
    return url("content_edit", case.procurement.pk, tender.content_items.earliest("number").pk)


def page_of(name):
    return lambda case, _tender: url(name, case.procurement.pk)


PAGES = {
    "terms": (page_of("terms"), "travel_clause", "Ett eget ord", "Ett annat ord", "rights_clause", "Vårt"),
    "dates": (page_of("dates"), "bids_address", "https://ett.example/", "https://tva.example/", "starts_on", "2026-12-01"),
    "model": (page_of("model"), "tie_rule_reason", "Ett eget ord", "Ett annat ord", "gate", "13"),
    "requirement": (requirement_page, "level", "Ett eget ord", "Ett annat ord", "level_reason", "Det räcker"),
    "need": (need_page, "title", "Ett eget ord", "Ett annat ord", "evidence", "Tolv samtal"),
    "description": (described, "summary", "Ett eget ord", "Ett annat ord", "cpv_reason", "Det är coachning"),
    "content": (content_page, "description", "Ett eget ord", "Ett annat ord", "title", "Metod och arbetssätt"),
}  # fmt: skip


def shown(page):
    """Return what the form of a page would send if nothing were touched."""
    form, data = page.context["form"], {}
    for field in [each for part in (form, *(getattr(form, "steps", None) or ())) for each in part]:
        value = field.value()
        if isinstance(value, bool):
            data |= {field.html_name: "on"} if value else {}
        elif isinstance(value, list | tuple):
            data[field.html_name] = [str(getattr(each, "pk", each)) for each in value]
        elif value is not None:
            written = field.field.widget.format_value(value)
            data[field.html_name] = written[0] if isinstance(written, list) else written or ""
    return data


@pytest.mark.parametrize("name", PAGES)
def test_what_another_window_saved_is_neither_lost_nor_written_over_unknowingly(client, name):
    make, one, first, second, other, third = PAGES[name]
    case, tender = make_drafted()
    client.force_login(case.officer if name != "need" else case.need_owner)
    page = make(case, tender)
    was = shown(client.get(page))

    assert client.post(page, was | {one: first}).status_code == 302
    assert client.post(page, was | {other: third}).status_code == 302
    now = shown(client.get(page))
    assert (now[one], now[other]) == (first, third)  # the field that the second left alone holds what the first saved

    refused = client.post(page, was | {one: second})
    assert refused.status_code == 422
    form = refused.context["form"]
    assert list(form.errors) == [one]
    text = refused.content.decode()
    for told in (first, second, "i ett annat fönster"):
        assert told in text
    assert shown(client.get(page))[one] == first

    again = was | {one: second, "based_on": form["based_on"].value()}
    assert client.post(page, again).status_code == 302
    now = shown(client.get(page))
    assert (now[one], now[other]) == (second, third)


def test_the_steps_of_a_scale_are_held_against_each_other_too(client):
    case, tender = make_drafted()
    client.force_login(case.officer)
    row = tender.requirements.filter(kind=Requirement.Kind.CRITERION).earliest("number")
    page = url("requirement", row.pk)
    form = client.get(page).context["form"]
    steps = {f"steps-{name}_FORMS": str(len(form.steps.forms)) for name in ("TOTAL", "INITIAL")}
    was = shown(client.get(page)) | steps
    assert client.post(page, was | {"steps-0-text": "Ett eget ord"}).status_code == 302
    assert client.post(page, was | {"question": "Hur gör ni?"}).status_code == 302
    assert "Ett eget ord" in row.steps.values_list("text", flat=True)
    refused = client.post(page, was | {"steps-0-text": "Ett annat ord"})
    assert (refused.status_code, "Ett eget ord" in refused.content.decode()) == (422, True)
    again = was | {"steps-0-text": "Ett annat ord", "based_on": refused.context["form"]["based_on"].value()}
    assert client.post(page, again).status_code == 302
    assert "Ett annat ord" in row.steps.values_list("text", flat=True)
