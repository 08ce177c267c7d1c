"""Requirements are written, completed, moved, struck and listed on their pages."""

from __future__ import annotations

from decimal import Decimal

import pytest
import time_machine

from rodatraden.tenders.actions import (
    set_terms,
    start_tender,
)
from rodatraden.tenders.queries import requirements
from tests.factories.parties import START
from tests.factories.procurements import make_case
from tests.factories.tenders import (
    DEADLINE,
    make_drafted,
    make_published_tender,
    make_tender,
)
from tests.tenders.pages import LATER, key, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_work")]


def test_a_requirement_begins_with_its_kind_and_asks_for_the_rest(client):
    case, tender = make_drafted()
    client.force_login(case.officer)
    page = url("requirement_create", case.procurement.pk)
    assert client.post(page, {"title": "Nytt", **key()}).status_code == 422
    answer = client.post(page, {"kind": "term", "title": "Nytt", **key()})
    row = tender.requirements.get(number=5)
    assert answer["Location"] == url("requirement", row.pk)
    shown = client.get(answer["Location"]).content.decode()
    assert ('name="consequence"' in shown, 'name="max_points"' in shown) == (True, False)


def filled(row, **more):
    return {
        "kind": row.kind,
        "title": row.title,
        "needs": [str(need.pk) for need in row.needs.all()],
        "level": row.level,
        "level_reason": row.level_reason,
        "evidence": row.evidence,
        "checked_when": row.checked_when,
        "follow_up_how": row.follow_up_how,
        "follow_up_when": row.follow_up_when,
        "follow_up_by": str(row.follow_up_by_id or ""),
        **more,
    }


def test_showing_the_fields_of_another_kind_keeps_what_was_typed_and_saves_nothing(client):
    case = make_case()
    row = requirements(make_tender(case))[0]
    client.force_login(case.officer)
    answer = client.post(
        url("requirement", row.pk), filled(row, kind="criterion", title="Ny rubrik", **{"show-fields": "1"})
    )
    shown = answer.content.decode()
    assert ("Ny rubrik" in shown, 'name="max_points"' in shown, 'name="level"' in shown) == (True, True, False)
    row.refresh_from_db()
    assert row.kind == "must"


def test_an_incomplete_requirement_is_kept_as_a_draft_and_says_what_is_left(client):
    case = make_case()
    row = requirements(make_tender(case))[0]
    client.force_login(case.officer)
    answer = client.post(url("requirement", row.pk), filled(row, level="", evidence=""), follow=True)
    row.refresh_from_db()
    assert (row.level, answer.redirect_chain[0][0]) == ("", url("requirement", row.pk))
    assert "sparat som utkast. 2 uppgifter saknas" in answer.content.decode()


def test_the_scale_grows_by_a_row_and_is_saved(client):
    case = make_case()
    row = requirements(make_tender(case))[1]
    client.force_login(case.officer)
    scale = {"steps-TOTAL_FORMS": "2", "steps-INITIAL_FORMS": "0"}
    typed = scale | {"steps-0-points": "0", "steps-0-text": "Inget", "steps-1-points": "", "steps-1-text": ""}
    sent = filled(row, question="Hur?", max_points="10", **typed)
    grown = client.post(url("requirement", row.pk), sent | {"add-row": "steps"}).content.decode()
    assert ('name="steps-2-points"' in grown, "Inget" in grown) == (True, True)
    half = client.post(url("requirement", row.pk), sent | {"steps-1-points": "7,5"})
    assert (half.status_code, "7,5" in half.content.decode()) == (422, True)
    client.post(url("requirement", row.pk), sent | {"steps-1-points": "7,5", "steps-1-text": "Allt"})
    assert [(step.points, step.text) for step in row.steps.order_by("points")] == [
        (Decimal(0), "Inget"),
        (Decimal("7.5"), "Allt"),
    ]


@pytest.mark.parametrize("typed", ["tio", "-1", "1.050", "\uff11\uff10", "1e3"])
def test_points_that_can_not_be_read_are_asked_about_and_kept(client, typed):
    case = make_case()
    row = requirements(make_tender(case))[1]
    client.force_login(case.officer)
    answer = client.post(url("requirement", row.pk), filled(row, question="Ny fråga?", max_points=typed))
    shown = answer.content.decode()
    assert (answer.status_code, typed in shown, "Ny fråga?" in shown) == (422, True, True)
    row.refresh_from_db()
    assert row.max_points == 10


def test_proposals_are_accepted_with_the_form(client):
    case = make_case()
    tender = start_tender(procurement=case.procurement, template="consultant_hourly", by=case.officer, at=START)
    row = requirements(tender)[0]
    client.force_login(case.officer)
    assert "Förslag, inte godtaget än." in client.get(url("requirement", row.pk)).content.decode()
    client.post(url("requirement", row.pk), filled(row, text=row.text))
    row.refresh_from_db()
    assert "level" in row.proposed
    client.post(url("requirement", row.pk), filled(row, text=row.text, accept="on"))
    row.refresh_from_db()
    assert row.proposed == []


def test_a_requirement_is_moved_and_struck_on_its_page(client):
    case, tender = make_drafted()
    first, second = requirements(tender)[:2]
    client.force_login(case.officer)
    client.post(url("move", second.pk), {"direction": "up"})
    assert [row.title for row in requirements(tender)[:2]] == [second.title, first.title]
    client.post(url("move", second.pk), {"direction": "up"})  # it is first already
    page = url("strike", second.pk)
    assert client.post(page, {"reason": ""}).status_code == 422
    client.post(page, {"reason": "Dubbelt"})
    second.refresh_from_db()
    assert second.struck_reason == "Dubbelt"
    assert "Dubbelt" in client.get(url("requirement", second.pk)).content.decode()


def test_the_list_is_filtered_by_a_click(client):
    case = make_case()
    make_tender(case)
    client.force_login(case.officer)
    shown = client.get(url("requirements", case.procurement.pk), {"visa": "skall"}).content.decode()
    assert ("K1 Erfarenhet" in shown, "K2 Metod" in shown) == (True, False)
    assert client.get(url("requirements", case.procurement.pk), {"visa": "xyz"}).status_code == 200


def test_what_stops_publication_is_told_only_while_it_can_be_mended(client):
    drafted, published = make_case(), make_case()
    set_terms(tender=make_tender(drafted), ceiling=None, by=drafted.officer, at=START)
    make_published_tender(published)
    told = []
    for case in (drafted, published):
        with time_machine.travel(DEADLINE, tick=False):
            client.force_login(case.officer)
            told.append(
                "Kan inte publiceras än" in client.get(url("requirements", case.procurement.pk)).content.decode()
            )
    assert told == [True, False]


def test_the_page_of_a_copy_says_what_was_left_out(client):
    first, second = make_case(), make_case()
    earlier = make_published_tender(first)
    start_tender(procurement=second.procurement, copied_from=earlier, by=second.officer, at=LATER)
    client.force_login(second.officer)
    shown = client.get(url("requirements", second.procurement.pk)).content.decode()
    assert ("Inte med i kopian" in shown, "Vem som följer upp K1, K2, K3, K4" in shown) == (True, True)
    client.force_login(first.officer)
    assert "Inte med i kopian" not in client.get(url("requirements", first.procurement.pk)).content.decode()
