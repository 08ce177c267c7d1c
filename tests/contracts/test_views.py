"""The pages of a contract, in Swedish, for those who may see them; nobody else learns that they exist."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rodatraden.contracts.actions import cancel_call_off, deliver
from rodatraden.contracts.models import CallOff, Contract, Deliverable, Extension
from rodatraden.contracts.rules import signed_on
from rodatraden.parties.models import Membership
from rodatraden.procurements.models import Procurement
from tests.contracts.conftest import SENT, SIGNED_ON
from tests.factories.awards import make_awarded
from tests.factories.bids import pdf
from tests.factories.contracts import draw_up, fresh, noon, order, sign, supplier_person
from tests.factories.parties import make_buyer, make_person

pytestmark = pytest.mark.django_db

AT = noon(SIGNED_ON)
LATER = noon(date(2026, 9, 16))
NBSP = "\u00a0"


@pytest.fixture(scope="module")
def awarded(shared_rows):
    return make_awarded(notified_at=SENT)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(LATER, tick=False):
        yield


def text(answer):
    return answer.text.replace(NBSP, " ")


def call_off_data(**changed):
    return {
        "description": "Stöd till lokala forum",
        "starts_on": "2026-10-01",
        "ends_on": "2026-12-18",
        "hours": "60",
        "place": "digital",
        "platform": "Teams",
        "location": "",
        "idempotency_key": "k1",
    } | changed


class TestWhoSees:
    @pytest.mark.parametrize("name", ["detail", "sign", "call_off", "extend"])
    def test_another_organisation_gets_404(self, client, world, contract, name):
        address = reverse(f"contracts:{name}", args=[contract.pk])
        loser = world.bids[3].submission.submitted_by
        outsider = make_person("Outsider", organisation=make_buyer("Annat"), role=Membership.Role.DIRECTOR)
        for who in (loser, outsider):
            client.force_login(who)
            for answer in (client.get(address), client.post(address, call_off_data())):
                assert answer.status_code == 404
                assert "Mellanrum" not in answer.text
        assert not CallOff.objects.exists()

    @pytest.mark.parametrize("name", ["report", "cancel", "deliver"])
    def test_nor_does_a_call_off_of_another_supplier_exist(self, client, world, contract, name):
        made = order(world, contract)
        client.force_login(world.bids[3].submission.submitted_by)
        assert client.get(reverse(f"contracts:{name}", args=[made.pk])).status_code == 404

    def test_nobody_signed_in_is_sent_to_sign_in(self, client, contract):
        answer = client.get(reverse("contracts:detail", args=[contract.pk]))
        assert answer.status_code == 302
        assert "logga-in" in answer["Location"]

    def test_the_supplier_sees_its_contract_without_what_is_the_buyers_own(self, client, world, contract):
        client.force_login(supplier_person(contract))
        shown = text(client.get(reverse("contracts:detail", args=[contract.pk])))
        assert "Avtal med Samordningsförbundet Prov" in shown
        assert "Vi håller K4." in shown
        assert world.case.contract_manager.name not in shown
        assert reverse("followup:plan", args=[contract.pk]) not in shown
        assert reverse("contracts:call_off", args=[contract.pk]) not in shown

    def test_the_signed_file_goes_to_those_who_see_the_contract(self, client, awarded):
        contract = sign(awarded, draw_up(awarded, at=SENT), on=SIGNED_ON)
        address = reverse("contracts:file", args=[contract.signed_file.pk])
        client.force_login(supplier_person(contract))
        answer = client.get(address)
        assert b"".join(answer) == pdf("Avtal", pages=3)
        assert answer["Content-Disposition"] == 'attachment; filename="avtal.pdf"'
        assert answer["X-Content-Type-Options"] == "nosniff"
        client.force_login(awarded.bids[3].submission.submitted_by)
        assert client.get(address).status_code == 404


class TestList:
    def test_it_says_what_stands(self, client, world, contract):
        order(world, contract, hours=626)
        client.force_login(world.case.officer)
        shown = text(client.get(reverse("contracts:list")))
        assert "Processcoachning" in shown
        assert "Löper till onsdag 30 juni 2027" in shown
        assert "23,8 %" in shown
        assert "2 286 360 kr" in shown

    def test_search_without_a_find_leads_back(self, client, world, contract):
        client.force_login(world.case.officer)
        shown = text(client.get(reverse("contracts:list"), {"q": "städning"}))
        assert "Inget avtal innehåller de orden" in shown
        assert "Processcoachning" not in shown

    def test_nothing_yet_says_where_it_begins(self, client):
        client.force_login(make_person("Ny"))
        assert "Inga avtal än" in text(client.get(reverse("contracts:list")))

    def test_thirty_rows_cost_as_many_queries_as_one(self, client, world, contract):
        client.force_login(world.case.officer)
        client.get(reverse("contracts:list"))

        def n_queries():
            with CaptureQueriesContext(connection) as captured:
                assert client.get(reverse("contracts:list")).status_code == 200
            return len(captured)

        one = n_queries()
        _copy(contract, 29)
        assert n_queries() == one
        assert text(client.get(reverse("contracts:list"))).count("Mellanrum Samverkan AB") == 30
        _copy(contract, 1)
        assert "Sida 1 av 2" in text(client.get(reverse("contracts:list")))


class TestDrawUpAndSign:
    def test_the_officer_sees_what_it_will_hold_and_draws_it_up(self, client, awarded):
        client.force_login(awarded.case.officer)
        address = reverse("contracts:draw_up", args=[awarded.procurement.pk])
        shown = text(client.get(address))
        assert "1 140 kr per timme" in shown
        assert "Vi håller K2." in shown
        client.post(address, {"idempotency_key": "k"})
        contract = Contract.objects.get(tender=awarded.tender)
        detail = reverse("contracts:detail", args=[contract.pk])
        assert client.get(address)["Location"] == detail
        assert client.post(address, {"idempotency_key": "k"})["Location"] == detail

    def test_others_are_told_why_not(self, client, awarded):
        client.force_login(awarded.case.decider)
        answer = client.get(reverse("contracts:draw_up", args=[awarded.procurement.pk]))
        assert 'aria-disabled="true"' in answer.text
        answer = client.post(reverse("contracts:draw_up", args=[awarded.procurement.pk]), {"idempotency_key": "k"})
        assert answer.status_code == 422
        assert not Contract.objects.filter(tender=awarded.tender).exists()

    def test_inv_19_during_the_standstill_the_page_says_when_it_opens(self, client, awarded):
        contract = draw_up(awarded, at=SENT)
        client.force_login(awarded.case.officer)
        with time_machine.travel(noon(date(2026, 6, 12)), tick=False):
            client.force_login(awarded.case.officer)
            shown = text(client.get(reverse("contracts:sign", args=[contract.pk])))
            sent = client.post(
                reverse("contracts:sign", args=[contract.pk]), self.signature(signed_on_day="2026-06-12")
            )
        assert "från tisdag 23 juni 2026, om 11 dagar" in shown
        assert "LOU 20 kap. 1 §" in shown
        assert sent.status_code == 422
        assert not contract.signatures.exists()

    def signature(self, **changed):
        return {
            "party": "supplier",
            "signer": "Elin Hagström",
            "signed_on_day": "2026-07-01",
            "idempotency_key": "k1",
        } | changed

    def test_both_parties_one_after_the_other(self, client, awarded):
        contract = draw_up(awarded, at=SENT)
        client.force_login(awarded.case.officer)
        address = reverse("contracts:sign", args=[contract.pk])
        assert client.post(address, self.signature())["Location"] == address
        last = self.signature(
            party="buyer",
            signer="Maria Holmgren",
            idempotency_key="k2",
            pdf=SimpleUploadedFile("C:\\fakepath\\avtal.pdf", pdf(), content_type="text/html"),
        )
        answer = client.post(address, last)
        assert answer["Location"] == reverse("contracts:detail", args=[contract.pk])
        contract = fresh(contract)
        assert signed_on(contract) == SIGNED_ON
        assert (contract.signed_file.name, contract.signed_file.media_type) == ("avtal.pdf", "application/pdf")
        shown = text(client.get(answer["Location"]))
        assert "Tecknat onsdag 1 juli 2026" in shown
        assert "Underskriften är registrerad" in shown

    @pytest.mark.parametrize(
        ("changed", "reason"),
        [
            ({"pdf": SimpleUploadedFile("avtal.pdf", b"")}, "avtal.pdf är tom"),
            ({"pdf": SimpleUploadedFile("avtal.pdf", b"MZ")}, "är av ett slag som inte tas emot"),
            ({"signed_on_day": "2026-12-24"}, "har inte varit än"),
            ({"signed_on_day": "i går"}, "Skriv datumet som 2026-06-23"),
            ({"party": "nobody"}, "Välj igen"),
            ({"signer": ""}, "Fyll i namn på den som har skrivit under"),
            ({"party": "buyer", "pdf": ""}, ""),
        ],
    )
    def test_bad_input_is_said_and_nothing_typed_is_lost(self, client, awarded, changed, reason):
        contract = draw_up(awarded, at=SENT)
        client.force_login(awarded.case.officer)
        answer = client.post(reverse("contracts:sign", args=[contract.pk]), self.signature(**changed))
        if not reason:
            assert answer.status_code == 302
            return
        assert answer.status_code == 422
        assert reason in text(answer)
        if "signer" not in changed:
            assert 'value="Elin Hagström"' in answer.text
        assert not contract.signatures.exists()


class TestCallOff:
    def address(self, contract):
        return reverse("contracts:call_off", args=[contract.pk])

    def test_the_sum_is_shown_before_anything_is_ordered(self, client, world, contract):
        order(world, contract, hours=626)
        client.force_login(world.case.decider)
        answer = client.post(self.address(contract), call_off_data())
        shown = text(answer)
        assert answer.status_code == 200
        assert "60 × 1 140 kr" in shown
        assert "Beställ för 68 400 kr" in shown
        assert "2 217 960 kr" in shown
        assert "32 040 kr över" in shown
        assert CallOff.objects.count() == 1

    def test_then_it_is_ordered_once_however_often_it_is_sent(self, client, world, contract):
        client.force_login(world.case.decider)
        for _ in range(2):
            answer = client.post(self.address(contract), call_off_data(order="1"))
            assert answer["Location"] == reverse("contracts:detail", args=[contract.pk])
        made = CallOff.objects.get()
        assert (made.hours, made.amount, made.platform) == (Decimal(60), Decimal(68_400), "Teams")
        assert made.ordered_by == world.case.decider

    def test_the_same_number_with_other_content_is_refused(self, client, world, contract):
        client.force_login(world.case.decider)
        client.post(self.address(contract), call_off_data(order="1"))
        answer = client.post(self.address(contract), call_off_data(order="1", hours="61"))
        assert answer.status_code == 422
        assert CallOff.objects.count() == 1

    def test_change_brings_back_everything_that_was_typed(self, client, world, contract):
        client.force_login(world.case.decider)
        answer = client.post(self.address(contract), call_off_data(change="1"))
        assert answer.status_code == 200
        assert "Stöd till lokala forum" in answer.text
        assert 'value="60"' in answer.text
        assert not CallOff.objects.exists()

    @pytest.mark.parametrize("step", [{}, {"order": "1"}])
    def test_above_the_ceiling_is_refused_with_what_is_left(self, client, world, contract, step):
        client.force_login(world.case.decider)
        answer = client.post(self.address(contract), call_off_data(hours="2631,58", **step))
        assert answer.status_code == 422
        assert "3 000 000 kr är kvar under taket: högst 2 631,57 timmar" in text(answer)
        assert 'href="#id_hours"' in answer.text
        assert "Stöd till lokala forum" in answer.text
        assert not CallOff.objects.exists()

    @pytest.mark.parametrize(
        ("changed", "reason"),
        [
            ({"hours": "1.050"}, "kan betyda 1 050 eller 1,05"),
            ({"hours": "-5"}, "är negativt"),
            ({"hours": "sextio"}, "innehåller bokstäver"),
            ({"hours": "\uff16\uff10"}, "siffrorna 0 till 9"),
            ({"hours": "0"}, "mer än 0"),
            ({"hours": ""}, "Fyll i timmar"),
            ({"platform": ""}, "Skriv vilken digital plattform"),
            ({"place": "on_site"}, "Skriv var arbetet utförs"),
            ({"ends_on": "2026-09-30"}, "Sista dagen ligger före den första"),
            ({"ends_on": "2027-07-01"}, "Avropa inom de dagarna"),
            ({"description": ""}, "Fyll i vad som avropas"),
        ],
    )
    def test_bad_input_is_said_at_its_field(self, client, world, contract, changed, reason):
        client.force_login(world.case.decider)
        for step in ({}, {"order": "1"}):
            answer = client.post(self.address(contract), call_off_data(**changed | step))
            assert answer.status_code == 422
            assert reason in text(answer)
        assert not CallOff.objects.exists()

    def test_only_the_director_orders(self, client, world, contract):
        client.force_login(world.case.officer)
        assert 'aria-disabled="true"' in client.get(self.address(contract)).text
        assert client.post(self.address(contract), call_off_data(order="1")).status_code == 422
        assert not CallOff.objects.exists()

    @pytest.mark.parametrize(("hours", "share"), [("700", "70,0 %"), ("850", "85,0 %"), ("950", "95,0 %")])
    def test_a_warning_is_shown_before_and_after(self, client, world, contract, hours, share):
        Contract.objects.filter(pk=contract.pk).update(ceiling=1000 * contract.price)
        client.force_login(world.case.decider)
        before = text(client.post(self.address(contract), call_off_data(hours=hours)))
        client.post(self.address(contract), call_off_data(hours=hours, order="1"))
        after = text(client.get(reverse("contracts:detail", args=[contract.pk])))
        assert f"{share} av taket är använt" in before
        assert f"{share} av taket är använt" in after


class TestAfterTheOrder:
    def test_the_supplier_writes_hours_and_hands_over(self, client, world, contract):
        made = order(world, contract, hours=100)
        client.force_login(supplier_person(contract))
        hours = {"delivered_hours": "40,5", "idempotency_key": "k1"}
        client.post(reverse("contracts:report", args=[made.pk]), hours)
        file = SimpleUploadedFile("guide.pdf", pdf())
        given = {"title": "Samtalsguide", "file": file, "idempotency_key": "k2"}
        answer = client.post(reverse("contracts:deliver", args=[made.pk]), given)
        shown = text(client.get(answer["Location"]))
        assert "40,5 timmar levererade" in shown
        assert "Samtalsguide" in shown
        assert "Allt material tillhör förbundet." in shown
        assert Deliverable.objects.get().delivered_by == supplier_person(contract)

    @pytest.mark.parametrize(
        ("file", "reason"),
        [
            (SimpleUploadedFile("guide.pdf", b""), "guide.pdf är tom"),
            (SimpleUploadedFile("guide.exe", b"MZ"), "är av ett slag som inte tas emot"),
            ("", "Välj en fil"),
        ],
    )
    def test_a_file_that_can_not_be_taken_is_said(self, client, world, contract, file, reason):
        made = order(world, contract)
        client.force_login(supplier_person(contract))
        given = {"title": "Samtalsguide", "file": file, "idempotency_key": "k"}
        answer = client.post(reverse("contracts:deliver", args=[made.pk]), given)
        assert answer.status_code == 422
        assert reason in text(answer)
        assert 'value="Samtalsguide"' in answer.text
        assert not Deliverable.objects.exists()

    def test_the_director_cancels_and_the_rest_is_free(self, client, world, contract):
        made = order(world, contract, hours=100)
        client.force_login(world.case.decider)
        address = reverse("contracts:cancel", args=[made.pk])
        assert "Behåll som det är" in text(client.get(address))
        given = {"delivered_hours": "30", "reason": "Forumet ställs in.", "idempotency_key": "k"}
        shown = text(client.get(client.post(address, given)["Location"]))
        assert "Avbeställt, 30 timmar levererade" in shown
        assert "34 200 kr är fortfarande bundet" in shown
        assert "2 965 800 kr" in shown

    def test_the_supplier_does_not_cancel(self, client, world, contract):
        made = order(world, contract)
        client.force_login(supplier_person(contract))
        given = {"delivered_hours": "0", "reason": "x", "idempotency_key": "k"}
        assert client.post(reverse("contracts:cancel", args=[made.pk]), given).status_code == 422
        assert CallOff.objects.get().cancelled_at is None


class TestExtend:
    def test_the_director_decides_with_a_reason(self, client, world, contract):
        client.force_login(world.case.decider)
        address = reverse("contracts:extend", args=[contract.pk])
        shown = text(client.get(address))
        assert "torsdag 1 juli 2027 till fredag 30 juni 2028" in shown
        given = {"reason": "Målen nås.", "idempotency_key": "k"}
        for _ in range(2):
            assert client.post(address, given).status_code == 302
        assert Extension.objects.get().number == 2
        assert client.post(address, given | {"idempotency_key": "k2"}).status_code == 422
        assert Extension.objects.count() == 1

    def test_after_the_last_day_the_page_says_so(self, client, world, contract):
        with time_machine.travel(noon(date(2027, 7, 1)), tick=False):
            client.force_login(world.case.decider)
            shown = text(client.get(reverse("contracts:extend", args=[contract.pk])))
            detail = text(client.get(reverse("contracts:detail", args=[contract.pk])))
        assert "Perioden som löpte tog slut onsdag 30 juni 2027" in shown
        assert "Avtalet har upphört" in detail


def test_the_page_holds_what_the_design_asks_for(client, world, contract):
    made = order(world, contract, hours=120)
    order(world, contract, hours=90)
    cancel_call_off(order=made, reason="Flyttas.", by=world.case.decider, at=AT)
    deliver(order=made, title="Rapport", data=pdf(), file_name="rapport.pdf", by=world.case.contract_manager, at=AT)
    client.force_login(world.case.decider)
    shown = text(client.get(reverse("contracts:detail", args=[contract.pk])))
    for words in (
        "Avtal med Mellanrum Samverkan AB",
        "1 140 kr per timme",
        "Takvärde 3 000 000 kr",
        "Ta ställning till period 2, senast onsdag 30 juni 2027",
        "Elin Hagström",
        "En ny person ska få minst lika många poäng med samma modell.",
        "LOU 17 kap. 10 och 14 §§",
        "Ingen ersättning för restid.",
        "Rapport",
        "102 600 kr",
    ):
        assert words in shown


def _copy(contract, times):
    """More contracts for the list, as rows: each its own procurement, seen by the same officer."""
    team = list(contract.tender.procurement.team.filter(role="officer"))
    declarations = list(contract.tender.procurement.conflict_declarations.filter(person=team[0].person))
    for _ in range(times):
        procurement = Procurement.objects.get(pk=contract.tender.procurement_id)
        case = procurement.diary_case
        case.pk, case.serial, case._state.adding = None, case.serial + 1000 + Contract.objects.count(), True
        case.save()
        rows = [procurement, contract.tender, contract.bid, contract]
        copies = []
        for row in rows:
            copied = type(row).objects.get(pk=row.pk)
            copied.pk, copied._state.adding = None, True
            copies.append(copied)
        procurement, tender, bid, again = copies
        procurement.diary_case = case
        procurement.save()
        tender.procurement = procurement
        tender.save()
        bid.tender, bid.submission = tender, None
        bid.save()
        again.tender, again.bid = tender, bid
        again.save()
        for row in (*team, *declarations):
            copied = type(row).objects.get(pk=row.pk)
            copied.pk, copied._state.adding, copied.procurement = None, True, procurement
            copied.save()
        for signature in contract.signatures.all():
            signature.pk, signature._state.adding, signature.contract = None, True, again
            signature.save()
