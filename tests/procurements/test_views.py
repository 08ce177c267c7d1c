"""The pages of a procurement itself: who comes where, and that nothing typed is lost."""

from __future__ import annotations

import io
import zipfile
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rodatraden.parties.actions import appoint_key_holder
from rodatraden.parties.models import Membership
from rodatraden.procurements.actions import appoint, record_fact
from rodatraden.procurements.models import ConflictDeclaration, Procurement, StageFact, TeamMember
from rodatraden.records.actions import register_document
from rodatraden.records.models import DiaryDocument
from tests.factories.parties import START, make_buyer, make_person, make_supplier
from tests.factories.procurements import declare, make_case

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]  # who comes where

Role = TeamMember.Role
PAGES = ("describe", "team", "declare", "cancel", "diary", "diary_export")


def address(name, case):
    return reverse(f"procurements:{name}", args=[case.procurement.pk])


def statuses(client, case) -> dict[str, int]:
    found = {}
    for name in PAGES:
        answer = client.get(address(name, case))
        found[name] = answer.status_code
        if answer.streaming:
            list(answer.streaming_content)  # closes the file
    return found


class TestWhoComesWhere:
    def test_the_officer_comes_everywhere(self, client):
        case = make_case()
        client.force_login(case.officer)
        assert statuses(client, case) == dict.fromkeys(PAGES, 200)

    def test_others_in_the_team_read_but_neither_cancel_nor_export(self, client):
        case = make_case()
        for person in set(case.everybody) - {case.officer}:
            client.force_login(person)
            assert statuses(client, case) == dict.fromkeys(PAGES, 200) | {"cancel": 403, "diary_export": 403}

    def test_outside_the_team_there_is_nothing_there(self, client):
        """A colleague, another authority's officer, a bidder and a made-up case get the same answer (INV-02)."""
        case = make_case()
        for person in (
            make_person(organisation=case.buyer, role=Membership.Role.ADMINISTRATOR),
            make_person(organisation=make_buyer("Annat"), role=Membership.Role.PROCUREMENT_OFFICER),
            make_person(organisation=make_supplier(), role=Membership.Role.BIDDER),
        ):
            client.force_login(person)
            for name in PAGES:
                for method in (client.get, client.post):
                    assert method(address(name, case)).status_code == 404
                    made_up = reverse(f"procurements:{name}", args=[uuid4()])
                    assert method(made_up).status_code == 404

    def test_inv_15_who_has_not_declared_sees_the_team_and_the_declaration_and_is_sent_there(self, client):
        case = make_case(declares=False)
        client.force_login(case.officer)
        sent = dict.fromkeys(PAGES, 302) | {"team": 200, "declare": 200}
        assert statuses(client, case) == sent
        for name in ("describe", "cancel", "diary", "diary_export"):
            assert client.get(address(name, case))["Location"].startswith(address("declare", case))
        assert client.post(address("describe", case), {"title": "X"}).status_code == 403
        assert Procurement.objects.get().title == "Processcoachning"

    def test_inv_15_an_open_conflict_shuts_the_door_until_somebody_decides(self, client):
        case = make_case()
        conflict = declare(case, case.evaluators[0], has_conflict=True)
        client.force_login(case.evaluators[0])
        shut = {"team": 200, "declare": 200, "describe": 403, "cancel": 403, "diary": 403, "diary_export": 403}
        assert statuses(client, case) == shut
        client.force_login(case.decider)
        client.post(reverse("procurements:clear", args=[conflict.pk]), {"measure": "Deltar inte i punkt 3"})
        client.force_login(case.evaluators[0])
        assert client.get(address("describe", case)).status_code == 200

    def test_a_conflict_is_read_by_who_decides_and_nobody_else(self, client):
        case = make_case()
        conflict = declare(case, case.evaluators[0], has_conflict=True)
        page = reverse("procurements:clear", args=[conflict.pk])
        read = {}
        for who in ("officer", "need_owner", "decider", "contract_manager"):
            client.force_login(getattr(case, who))
            answer = client.get(page)
            read[who] = (answer.status_code, "Släkt med" in answer.text)
            assert "Släkt med" not in client.get(address("team", case)).text
        assert read == {
            "officer": (403, False),
            "need_owner": (403, False),
            "decider": (200, True),
            "contract_manager": (403, False),
        }
        client.force_login(make_person(organisation=case.buyer, role=Membership.Role.DIRECTOR))
        assert client.get(page).status_code == 404


class TestCreate:
    def test_an_officer_creates_and_is_sent_to_declare(self, client):
        buyer = make_buyer()
        officer = make_person("Officer", organisation=buyer, role=Membership.Role.PROCUREMENT_OFFICER)
        client.force_login(officer)
        assert client.get(reverse("procurements:create")).status_code == 200
        sent = {"buyer": buyer.pk, "title": "Processcoachning", "summary": "", "idempotency_key": "k"}
        answer = client.post(reverse("procurements:create"), sent)
        procurement = Procurement.objects.get()
        assert answer["Location"] == reverse("procurements:declare", args=[procurement.pk])

    def test_a_double_click_makes_one_and_another_content_is_refused(self, client):
        buyer = make_buyer()
        client.force_login(make_person(organisation=buyer, role=Membership.Role.PROCUREMENT_OFFICER))
        sent = {"buyer": buyer.pk, "title": "En", "summary": "", "idempotency_key": "k"}
        first = client.post(reverse("procurements:create"), sent)
        second = client.post(reverse("procurements:create"), sent)
        assert first["Location"] == second["Location"]
        other = client.post(reverse("procurements:create"), sent | {"title": "Två"})
        assert other.status_code == 409
        assert "redan skickats med annat innehåll" in other.text
        assert [p.title for p in Procurement.objects.all()] == ["En"]

    def test_for_another_organisation_it_is_no_choice(self, client):
        buyer, other = make_buyer(), make_buyer("Annat")
        client.force_login(make_person(organisation=buyer, role=Membership.Role.PROCUREMENT_OFFICER))
        sent = {"buyer": other.pk, "title": "Smyg", "summary": "", "idempotency_key": "k"}
        answer = client.post(reverse("procurements:create"), sent)
        assert answer.status_code == 422
        assert 'value="Smyg"' in answer.text
        assert Procurement.objects.count() == 0

    def test_who_is_no_officer_reads_what_to_do(self, client):
        client.force_login(make_person(organisation=make_buyer(), role=Membership.Role.NEED_OWNER))
        assert "Du är inte upphandlare någonstans" in client.get(reverse("procurements:create")).text


class TestDescribe:
    sent = {
        "title": "Processcoachning",
        "summary": "Stöd",
        "language": "en",
        "estimated_value": "3 000 000",
        "value_method": "4 × 750 000",
        "similar_purchases": "0",
        "cpv": "79410000-1",
        "cpv_reason": "Arbetssätt",
        "no_lots_reason": "En person",
    }

    def test_first_value_and_cpv_then_the_procedures_that_they_leave(self, client):
        case = make_case()
        client.force_login(case.officer)
        assert client.post(address("describe", case), self.sent).status_code == 302
        page = client.get(address("describe", case)).text
        assert "Konsulttjänster inom verksamhets- och företagsledning" in page
        assert "Öppet förfarande" in page
        chosen = self.sent | {"procedure": "se-open", "procedure_reason": "Når tröskelvärdet"}
        assert client.post(address("describe", case), chosen).status_code == 302
        described = Procurement.objects.get()
        assert (described.procedure, described.language) == ("se-open", "en")

    def test_inv_23_direct_procurement_above_the_limit_is_refused_with_what_was_typed_kept(self, client):
        case = make_case()
        client.force_login(case.officer)
        client.post(address("describe", case), self.sent)
        typed = self.sent | {"procedure": "se-direct", "procedure_reason": "Det går fortare", "summary": "Nytt"}
        answer = client.post(address("describe", case), typed)
        assert answer.status_code == 422
        assert "Det går fortare" in answer.text
        assert "LOU 19 a" in answer.text
        assert Procurement.objects.get().summary == "Stöd"

    def test_after_publication_the_button_says_why_not(self, client):
        case = make_case()
        record_fact(procurement=case.procurement, kind=StageFact.Kind.PUBLISHED, by=case.officer, at=START)
        client.force_login(case.officer)
        page = client.get(address("describe", case)).text
        assert "Dokumenten är publicerade och låsta" in page
        assert '<form class="rt-form"' not in page


class TestTeam:
    def test_the_officer_appoints_and_removes(self, client):
        case = make_case()
        newcomer = make_person("Nykomling", organisation=case.buyer)
        client.force_login(case.officer)
        sent = {"person": newcomer.pk, "role": Role.OBSERVER}
        assert client.post(address("team", case), sent).status_code == 302
        member = TeamMember.objects.get(person=newcomer)
        assert "Nykomling" in client.get(address("team", case)).text
        remove = reverse("procurements:remove", args=[member.pk])
        assert "Ta bort Nykomling som Observatör?" in client.get(remove).text
        assert client.post(remove)["Location"] == address("team", case)
        assert "Nykomling</th>" not in client.get(address("team", case)).text

    def test_people_of_another_organisation_are_no_choice(self, client):
        case = make_case()
        outsider = make_person(organisation=make_buyer("Annat"))
        client.force_login(case.officer)
        answer = client.post(address("team", case), {"person": outsider.pk, "role": Role.EVALUATOR})
        assert answer.status_code == 422
        assert not TeamMember.objects.filter(person=outsider).exists()

    def test_a_key_holder_from_elsewhere_is_a_choice_that_says_for_what(self, client):
        case = make_case()
        neighbour = make_person("Granne", organisation=make_buyer("Annat"))
        for person in (neighbour, case.openers[0]):
            appoint_key_holder(person=person, organisation=case.buyer, by=None, at=START)
        client.force_login(case.officer)
        page = client.get(address("team", case)).text
        assert "Granne (nyckelinnehavare, bara förrättare)" in page
        assert page.count("nyckelinnehavare, bara förrättare") == 1
        refused = client.post(address("team", case), {"person": neighbour.pk, "role": Role.EVALUATOR})
        assert refused.status_code == 422
        assert "Granne har en nyckel men tillhör inte" in refused.text
        assert client.post(address("team", case), {"person": neighbour.pk, "role": Role.OPENER}).status_code == 302
        assert TeamMember.objects.get(person=neighbour).role == Role.OPENER

    def test_the_last_officer_stays_with_a_reason(self, client):
        case = make_case()
        client.force_login(case.officer)
        member = case.procurement.team.get(role=Role.OFFICER)
        answer = client.post(reverse("procurements:remove", args=[member.pk]))
        assert answer.status_code == 422
        assert "minst en upphandlare" in answer.text

    def test_it_takes_as_many_queries_for_thirty_people_as_for_one(self, client):
        case = make_case()
        client.force_login(case.officer)
        client.get(address("team", case))
        counts = []
        for more in (0, 29):
            for n in range(more):
                person = make_person(f"Person {n}", organisation=case.buyer)
                appoint(procurement=case.procurement, person=person, role=Role.OBSERVER, by=case.officer, at=START)
            with CaptureQueriesContext(connection) as captured:
                assert client.get(address("team", case)).status_code == 200
            counts.append(len(captured))
        assert counts[0] == counts[1]


def test_an_administrator_who_starts_alone_is_led_to_the_role_that_starts_a_procurement(client):
    buyer = make_buyer()
    person = make_person("Anna", organisation=buyer, role=Membership.Role.ADMINISTRATOR)
    client.force_login(person)
    organisation = reverse("parties:organisation", args=[buyer.pk])
    assert f"{organisation}#grant" in client.get(reverse("procurements:create")).text
    assert f"{organisation}#grant" in client.get(reverse("pages:home")).text
    backlog = client.get(reverse("needs:backlog")).text
    assert "Bara organisationens behovsägare, uppha" in backlog
    typed = {"person": str(person.pk), "role": Membership.Role.PROCUREMENT_OFFICER}
    assert client.post(organisation, typed).status_code == 302
    assert "#grant" not in client.get(reverse("procurements:create")).text
    assert "#grant" not in client.get(reverse("pages:home")).text
    assert reverse("needs:write", args=[buyer.pk]) in client.get(reverse("needs:backlog")).text


class TestDeclare:
    def test_a_conflict_without_description_is_asked_about_with_the_answer_kept(self, client):
        case = make_case(declares=False)
        client.force_login(case.officer)
        answer = client.post(
            address("declare", case), {"has_conflict": "yes", "description": "", "shown": "before_access"}
        )
        assert answer.status_code == 422
        assert "Beskriv intressekonflikten" in answer.text
        assert ConflictDeclaration.objects.count() == 0

    def test_with_a_conflict_one_stays_and_reads_what_happens_now(self, client):
        case = make_case(declares=False)
        client.force_login(case.officer)
        typed = {"has_conflict": "yes", "description": "Min bror", "shown": "before_access"}
        answer = client.post(address("declare", case), typed, follow=True)
        assert "Min bror" in answer.text
        assert "ingen har beslutat om än" in answer.text

    def test_nobody_is_sent_to_another_site(self, client):
        case = make_case(declares=False)
        client.force_login(case.officer)
        page = f"{address('declare', case)}?next=https://evil.example/"
        answer = client.post(page, {"has_conflict": "no", "shown": "before_access"})
        assert "evil" not in answer["Location"]

    def test_after_the_opening_it_is_asked_for_again(self, client):
        case = make_case()
        record_fact(procurement=case.procurement, kind=StageFact.Kind.OPENED, by=case.officer, at=START)
        client.force_login(case.evaluators[0])
        assert client.get(address("describe", case)).status_code == 302
        client.post(address("declare", case), {"has_conflict": "no", "shown": "after_opening"})
        assert ConflictDeclaration.objects.filter(moment="after_opening").count() == 1
        assert client.get(address("describe", case)).status_code == 200

    def test_a_page_that_was_opened_before_the_bidders_were_known_declares_nothing_about_them(self, client):
        case = make_case()
        client.force_login(case.evaluators[0])
        page = address("declare", case)
        assert 'name="shown" value="before_access"' in client.get(page).text
        record_fact(procurement=case.procurement, kind=StageFact.Kind.OPENED, by=case.officer, at=START)
        typed = {"has_conflict": "yes", "description": "Min bror"}
        answer = client.post(page, typed | {"shown": "before_access"})
        assert answer.status_code == 422
        assert "Anbuden har öppnats sedan du öppnade sidan" in answer.text
        assert reverse("bids:opening", args=[case.procurement.pk]) in answer.text
        assert "Min bror" in answer.text
        assert not ConflictDeclaration.objects.filter(moment="after_opening").exists()
        assert 'name="shown" value="after_opening"' in answer.text
        assert client.post(page, typed | {"shown": "after_opening"}).status_code == 302


class TestCancel:
    def test_it_asks_for_the_reason_and_ends(self, client):
        case = make_case()
        client.force_login(case.officer)
        assert client.post(address("cancel", case), {"reason": " "}).status_code == 422
        assert client.post(address("cancel", case), {"reason": "Slut på pengar"}).status_code == 302
        assert case.procurement.facts.filter(kind=StageFact.Kind.CANCELLED).exists()


class TestDiary:
    def document(self, case, subject, counterparty=""):
        register_document(
            case=case.procurement.diary_case,
            direction=DiaryDocument.Direction.RECEIVED,
            subject=subject,
            counterparty=counterparty,
            by=case.officer,
            at=START,
        )

    def test_it_lists_and_searches(self, client):
        case = make_case()
        self.document(case, "Fråga om krav 3", "Åkes Bygg")
        self.document(case, "Svar på fråga")
        client.force_login(case.need_owner)
        page = client.get(address("diary", case)).text
        assert page.count("Exportera till diariesystemet") == 1
        assert "2026/001-1" in page
        assert "2026/001-2" in page
        found = client.get(address("diary", case), {"q": "åkes"}).text
        assert ("Fråga om krav 3" in found, "Svar på fråga" in found) == (True, False)
        assert "Ingen handling har finns inte" in client.get(address("diary", case), {"q": "finns inte"}).text

    def test_the_officer_takes_it_out(self, client):
        case = make_case()
        self.document(case, "Fråga")
        client.force_login(case.officer)
        answer = client.get(address("diary_export", case))
        assert answer["Content-Disposition"] == 'attachment; filename="diarium-2026-001.zip"'
        with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as packed:
            assert "Fråga" in packed.read("handlingar.csv").decode("utf-8-sig")

    def test_it_takes_as_many_queries_for_thirty_documents_as_for_one(self, client):
        case = make_case()
        client.force_login(case.officer)
        counts = []
        for more in (1, 29):
            for n in range(more):
                self.document(case, f"Brev {n}")
            with CaptureQueriesContext(connection) as captured:
                client.get(address("diary", case))
            counts.append(len(captured))
        assert counts[0] == counts[1]
