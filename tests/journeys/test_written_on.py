"""What somebody has written on a page that no browser keeps: nothing is lost without being asked about."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from rodatraden.assessments.models import Consensus
from rodatraden.assessments.queries import cells_of
from rodatraden.needs.models import Need
from tests.factories.assessments import all_hand_in, make_round
from tests.factories.procurements import make_case
from tests.journeys.people import Seat, hand_session

pytestmark = pytest.mark.journey
TEXT = "Insikter stannar på vägen när ingen har tid att skriva ner dem."


class Writer:
    """A need owner who writes, and how often the browser has asked before a page was left."""

    def __init__(self, visitor, live):
        self.case = make_case()
        self.page = visitor()
        hand_session(self.page, self.case.need_owner, live)
        self.seat = Seat(self.page, self.case.need_owner.email)
        self.asked, self.leaves = [], False
        self.page.on("dialog", self.answer)
        self.of_case = reverse("needs:create", args=[self.case.procurement.pk])
        self.backlog = reverse("needs:write", args=[self.case.buyer.pk])

    def answer(self, dialog):
        self.asked.append(dialog.type)
        dialog.accept() if self.leaves else dialog.dismiss()

    def field(self):
        return self.page.get_by_label("Vad som behövs")

    def fill_in(self):
        self.seat.fill_in({"Titel": "Insikter", "För vem": "Medarbetarna", "Hur vi vet": "Enkäten"})
        self.field().press_sequentially(TEXT)


@pytest.fixture
def writer(visitor, live):
    return Writer(visitor, live)


def test_who_leaves_a_text_that_is_not_saved_is_asked_and_stays_with_it(writer):
    writer.seat.go(writer.of_case)
    writer.page.get_by_role("link", name="Avbryt").click()
    writer.seat.go(writer.of_case)
    assert writer.asked == []  # nothing was written
    writer.field().press_sequentially(TEXT)
    writer.page.get_by_role("link", name="Avbryt").click(no_wait_after=True)
    expect(writer.field()).to_have_value(TEXT)
    assert writer.asked == ["beforeunload"]
    writer.leaves = True
    writer.page.get_by_role("link", name="Avbryt").click()
    writer.page.wait_for_url(lambda url: not url.endswith(writer.of_case))
    assert writer.asked == ["beforeunload"] * 2


def test_who_saves_is_not_asked_and_after_an_error_the_text_is_there_and_asked_about(writer):
    writer.seat.go(writer.of_case)
    writer.field().press_sequentially(TEXT)
    writer.seat.press("Spara behovet")
    expect(writer.page.locator("ds-error-summary")).to_be_visible()
    expect(writer.field()).to_have_value(TEXT)
    assert writer.asked == []
    writer.page.get_by_role("link", name="Avbryt").click(no_wait_after=True)
    expect(writer.field()).to_have_value(TEXT)
    assert writer.asked == ["beforeunload"]
    writer.seat.fill_in({"Titel": "Insikter", "För vem": "Medarbetarna", "Hur vi vet": "Enkäten"})
    writer.seat.press("Spara behovet")
    expect(writer.page.get_by_role("rowheader", name="Insikter")).to_be_visible()
    assert writer.asked == ["beforeunload"]
    assert Need.objects.count() == 1


def test_the_way_back_after_saving_leads_to_no_text_and_saves_nothing_twice(writer):
    writer.seat.go(writer.of_case)
    writer.fill_in()
    writer.seat.press("Spara behovet")
    expect(writer.page.get_by_role("rowheader", name="Insikter")).to_be_visible()
    writer.page.go_back()
    writer.page.get_by_role("heading", name="Skriv ett behov").wait_for()
    assert TEXT not in writer.page.content()
    assert (writer.asked, Need.objects.count()) == ([], 1)


def test_an_empty_form_that_may_stay_comes_back_as_it_was_left(writer):
    writer.leaves = True
    writer.seat.go(writer.backlog)
    writer.field().press_sequentially(TEXT)
    writer.page.get_by_role("link", name="Avbryt").click()
    writer.page.wait_for_url(lambda url: not url.endswith(writer.backlog))
    writer.page.go_back()
    expect(writer.field()).to_have_value(TEXT)


def test_a_reason_for_the_consensus_is_asked_about_and_comes_back_from_the_server(live, visitor):
    panel = make_round()
    all_hand_in(panel)
    item, criterion = cells_of(panel.round)[0]
    page = visitor()
    hand_session(page, panel.leader, live)
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    answer = page.goto(reverse("assessments:agree", args=[panel.id, item.pk, criterion.pk]))
    assert answer.headers["cache-control"] == "no-store, private"
    reason = page.locator("#satt textarea").first
    reason.fill(TEXT)
    page.get_by_role("link", name="Ta upp senare").click(no_wait_after=True)
    expect(reason).to_have_value(TEXT)
    page.get_by_role("button", name="Spara konsensus").click()
    expect(page.locator("ds-error-summary")).to_be_visible()
    expect(page.locator("#satt textarea").first).to_have_value(TEXT)
    assert asked == ["beforeunload"]
    assert not Consensus.objects.exists()
