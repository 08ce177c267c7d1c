"""From the award to a concluded contract, and on from one period to the next."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from rodatraden.contracts.actions import draw_up_contract, extend, register_signature
from rodatraden.contracts.models import Contract, Extension, PersonOnContract, Signature
from rodatraden.contracts.queries import people_on, terms_of
from rodatraden.contracts.rules import period_of, signed_on, term_of
from rodatraden.core.answer import RefusedError
from rodatraden.procurements.models import StageFact
from rodatraden.procurements.queries import fact_at
from rodatraden.records.models import DiaryDocument, LedgerBody, OutboxMail
from rodatraden.tenders.models import NoticeHandover, Requirement
from rodatraden.tenders.queries import latest_snapshot, read_snapshot
from tests.contracts.conftest import SENT, SIGNED_ON
from tests.factories.awards import award, make_awarded, notify
from tests.factories.bids import pdf
from tests.factories.contracts import Party, draw_up, fresh, noon, sign
from tests.factories.evaluation import make_outcome
from tests.factories.files import encrypted_pdf

pytestmark = pytest.mark.django_db

EARLIEST = date(2026, 6, 23)
"""Sent 9 June 2026: day ten is midsommarafton, so the last barred day is Monday 22 June."""


@pytest.fixture(scope="module")
def awarded(shared_rows):
    return make_awarded(notified_at=SENT)


@pytest.fixture
def drawn_up(awarded, db):
    return awarded, draw_up(awarded, at=SENT)


def register(world, contract, party=Party.SUPPLIER, *, on=EARLIEST, at=None, **given):
    given = {"signer": "Elin Hagström", "by": world.case.officer} | given
    return register_signature(contract=contract, party=party, signed_on_day=on, at=at or noon(on), **given)


class TestDrawUp:
    def test_price_is_as_offered_and_ceiling_and_term_as_published(self, drawn_up):
        world, contract = drawn_up
        assert (contract.price, contract.price_unit, contract.currency) == (1140, "hour", "SEK")
        assert (contract.ceiling, contract.yearly_frame) == (3_000_000, 750_000)
        assert (contract.periods, contract.period_months) == (4, 12)
        assert (contract.buyer, contract.supplier) == (world.case.buyer, world.tender.award.winner.supplier)

    def test_every_published_requirement_becomes_a_term_in_the_suppliers_own_words(self, drawn_up):
        world, contract = drawn_up
        published = read_snapshot(latest_snapshot(world.tender))["requirements"]
        terms = list(terms_of(contract))
        assert [str(term.requirement_id) for term in terms] == [requirement["id"] for requirement in published]
        assert [term.text for term in terms] == ["Vi håller K1.", "Vi håller K2.", "Vi håller K3.", "Vi håller K4."]

    def test_what_nobody_promised_holds_as_it_was_published(self, awarded, db):
        world = awarded
        world.tender.award.winner.promises.filter(requirement__number__in=[1, 2]).delete()
        terms = list(terms_of(draw_up(world, at=SENT)))
        assert [term.text for term in terms[:2]] == ["Minst 24 månader", "Hur bygger ni tilltro?"]
        assert [term.promise for term in terms[:2]] == [None, None]

    def test_not_before_all_bidders_have_been_notified(self):
        world = make_outcome()
        decision = award(world)
        with pytest.raises(RefusedError, match="have not been notified"):
            draw_up(world)
        notify(world, decision)
        assert draw_up(world).supplier == decision.winner.supplier

    def test_a_contract_is_drawn_up_once(self, drawn_up):
        world, _ = drawn_up
        with pytest.raises(RefusedError, match="drawn up already"):
            draw_up(world)
        assert Contract.objects.count() == 1

    def test_without_a_published_ceiling_there_is_no_contract(self, awarded, db):
        tender = awarded.fresh_tender()
        tender.ceiling = None
        tender.save()
        with pytest.raises(RefusedError, match="No ceiling was published"):
            draw_up_contract(tender=tender, by=awarded.case.officer, at=SENT)


class TestSign:
    @pytest.mark.parametrize("party", list(Party))
    @pytest.mark.parametrize("on", [date(2026, 6, 10), date(2026, 6, 19), date(2026, 6, 22)])
    def test_inv_19_no_signature_before_earliest_signing(self, drawn_up, party, on):
        """Whatever the day on which it is registered, the day of signing must lie after the standstill."""
        world, contract = drawn_up
        for at in (noon(on), noon(date(2026, 7, 10))):
            with pytest.raises(RefusedError, match="The standstill runs") as refused:
                register(world, contract, party, on=on, at=at, pdf=pdf(), file_name="avtal.pdf")
            assert refused.value.answer.source == "LOU 20 kap. 1 §"
        assert not Signature.objects.exists()
        assert signed_on(fresh(contract)) is None

    def test_the_first_allowed_day_is_the_day_after_the_standstill(self, drawn_up):
        world, contract = drawn_up
        assert register(world, contract).signed_on == EARLIEST

    def test_one_signature_concludes_nothing(self, drawn_up):
        world, contract = drawn_up
        register(world, contract, pdf=pdf(), file_name="avtal.pdf")
        assert signed_on(fresh(contract)) is None
        assert term_of(fresh(contract)) is None
        assert fact_at(world.procurement, StageFact.Kind.CONTRACT_SIGNED) is None
        assert not PersonOnContract.objects.exists()

    def test_the_last_signature_concludes_the_contract(self, drawn_up):
        """The term runs from the later day even when that signature is registered first."""
        world, contract = drawn_up
        register(world, contract, Party.BUYER, on=date(2026, 7, 1), pdf=pdf(pages=3), file_name="avtal.pdf")
        register(world, contract, Party.SUPPLIER, on=date(2026, 6, 24), at=noon(date(2026, 7, 2)))
        contract = fresh(contract)
        assert signed_on(contract) == date(2026, 7, 1)
        assert term_of(contract) == (date(2026, 7, 1), date(2027, 6, 30))
        assert fact_at(world.procurement, StageFact.Kind.CONTRACT_SIGNED) == noon(date(2026, 7, 2))
        assert [(str(p), p.since_on) for p in people_on(contract, date(2026, 7, 1))] == [
            ("Elin Hagström", date(2026, 7, 1))
        ]
        assert contract.signed_file.name == "avtal.pdf"
        assert contract.signed_file.media_type == "application/pdf"

    def test_the_award_notice_has_its_date_from_the_rule_row(self, drawn_up):
        world, contract = drawn_up
        sign(world, contract, on=date(2026, 6, 23))
        notice = NoticeHandover.objects.get(tender=world.tender, kind=NoticeHandover.Kind.RESULT)
        assert notice.due_on == date(2026, 7, 23)
        winner = world.tender.award.winner.supplier
        assert notice.outcome == {
            "winner": winner.name,
            "winner_number": winner.published_number,
            "value": "3000000.00",
            "currency": "SEK",
            "decided_on": str(world.tender.award.decided_at.date()),
            "signed_on": "2026-06-23",
            "tenders_received": world.tender.bids.count(),
            "contract_number": contract.document.number,
        }

    def test_no_award_notice_is_there_to_tell_of_before_the_contract_is_concluded(self, drawn_up):
        world, contract = drawn_up
        register(world, contract, pdf=pdf(), file_name="avtal.pdf")
        assert not NoticeHandover.objects.filter(tender=world.tender, kind=NoticeHandover.Kind.RESULT).exists()

    def test_the_signed_contract_is_in_the_diary(self, drawn_up):
        world, contract = drawn_up
        contract = sign(world, contract)
        document = DiaryDocument.objects.get(file=contract.signed_file)
        assert (document.case, document.direction) == (world.procurement.diary_case, "drawn_up")
        assert document.counterparty == contract.supplier.name

    def test_the_second_signature_needs_the_signed_pdf(self, drawn_up):
        world, contract = drawn_up
        register(world, contract)
        with pytest.raises(RefusedError, match="Choose the signed contract as a PDF") as refused:
            register(world, contract, Party.BUYER)
        assert refused.value.answer.mend == "pdf"
        assert [signature.party for signature in Signature.objects.all()] == ["supplier"]

    @pytest.mark.parametrize(
        ("data", "name", "reason"),
        [
            (b"", "avtal.pdf", "is empty"),
            (b"Avtal", "avtal.pdf", "is of a kind that is not taken"),
            (b"%PDF-1.7\nnothing", "avtal.pdf", "is broken and cannot be opened"),
            (pdf(), "avtal.docx", "is a PDF file, whatever its name says"),
            (b'<?xml version="1.0"?><avtal/>', "avtal.xml", "is a PDF. Choose the PDF"),
        ],
    )
    def test_only_a_readable_pdf_is_taken_whatever_its_name_says(self, drawn_up, data, name, reason):
        world, contract = drawn_up
        with pytest.raises(RefusedError, match=reason) as refused:
            register(world, contract, pdf=data, file_name=name)
        assert refused.value.answer.mend == "pdf"
        assert not Signature.objects.exists()

    def test_an_encrypted_pdf_is_refused(self, drawn_up):
        world, contract = drawn_up
        with pytest.raises(RefusedError, match="has a password or is protected"):
            register(world, contract, pdf=encrypted_pdf(), file_name="avtal.pdf")

    def test_a_day_to_come_is_refused(self, drawn_up):
        world, contract = drawn_up
        with pytest.raises(RefusedError, match="has not come yet") as refused:
            register(world, contract, on=date(2026, 7, 2), at=noon(date(2026, 7, 1)))
        assert refused.value.answer.mend == "signed_on_day"

    def test_the_day_is_that_of_the_country(self, drawn_up):
        """At 22.30 UTC on 30 June it is 1 July in Sweden."""
        world, contract = drawn_up
        at = datetime(2026, 6, 30, 22, 30, tzinfo=UTC)
        assert register(world, contract, on=date(2026, 7, 1), at=at).signed_on == date(2026, 7, 1)

    def test_each_party_signs_once(self, drawn_up):
        world, contract = drawn_up
        register(world, contract)
        with pytest.raises(RefusedError, match="is registered already"):
            register(world, contract, on=date(2026, 6, 24))

    def test_nothing_is_signed_after_both_have(self, drawn_up):
        world, contract = drawn_up
        sign(world, contract)
        with pytest.raises(RefusedError, match="Both parties have signed already"):
            register(world, contract, on=date(2026, 6, 30))

    def test_who_signed_is_written(self, drawn_up):
        world, contract = drawn_up
        with pytest.raises(RefusedError, match="Write who signed"):
            register(world, contract, signer=" ")


class TestExtend:
    def test_each_option_adds_a_period_that_follows_on_the_one_before(self, world, contract):
        for number, year in ((2, 2027), (3, 2028), (4, 2029)):
            extension = extend(
                contract=contract, reason="Målen nås.", by=world.case.decider, at=noon(date(year, 3, 16))
            )
            assert extension.number == number
            assert term_of(fresh(contract)) == (SIGNED_ON, date(year + 1, 6, 30))
        with pytest.raises(RefusedError, match="All options have been taken up"):
            extend(contract=contract, reason="Mer.", by=world.case.decider, at=noon(date(2030, 3, 16)))

    def test_on_the_last_day_but_not_after_it(self, world, contract):
        with pytest.raises(RefusedError, match="The running period ended"):
            extend(contract=contract, reason="Sent.", by=world.case.decider, at=noon(date(2027, 7, 1)))
        extend(contract=contract, reason="I tid.", by=world.case.decider, at=noon(date(2027, 6, 30)))
        assert period_of(fresh(contract), 2) == (date(2027, 7, 1), date(2028, 6, 30))

    def test_two_tabs_take_up_one_option(self, world, contract):
        """Each option is decided on while the period before it runs, so a second decision can't take the next one too."""
        at = noon(date(2027, 3, 16))
        extend(contract=contract, reason="Målen nås.", by=world.case.decider, at=at)
        with pytest.raises(RefusedError, match="The next option is decided on from then"):
            extend(contract=contract, reason="Målen nås.", by=world.case.decider, at=at)
        assert Extension.objects.filter(contract=contract).count() == 1

    def test_the_decision_has_its_reason(self, world, contract):
        with pytest.raises(RefusedError, match="Write why the option is taken up"):
            extend(contract=contract, reason="  ", by=world.case.decider, at=noon(date(2027, 3, 16)))

    def test_the_supplier_is_told_and_the_ledger_says_so(self, world, contract):
        extend(contract=contract, reason="Målen nås.", by=world.case.decider, at=noon(date(2027, 3, 16)))
        mail = OutboxMail.objects.latest("written_at")
        assert "30\u00a0juni 2028" in mail.text
        assert DiaryDocument.objects.filter(case=world.procurement.diary_case).last().direction == "sent"
        assert LedgerBody.objects.filter(event="contract_extended", object_id=contract.pk).count() == 1

    def test_signed_on_29_february(self):
        """A year from 29 February ends on 28 February; in the next leap year the day is back."""
        world = make_awarded(notified_at=datetime(2028, 2, 1, 8, 0, tzinfo=UTC))
        contract = sign(world, draw_up(world, at=datetime(2028, 2, 1, 8, 0, tzinfo=UTC)), on=date(2028, 2, 29))
        periods = [period_of(contract, number) for number in (1, 2, 3, 4)]
        assert periods == [
            (date(2028, 2, 29), date(2029, 2, 28)),
            (date(2029, 3, 1), date(2030, 2, 28)),
            (date(2030, 3, 1), date(2031, 2, 28)),
            (date(2031, 3, 1), date(2032, 2, 28)),
        ]


def test_inv_26_no_verb_replaces_the_named_person(world, contract):
    """The clause asks for an assessment by the same panel with the same model; until that is built, nobody is replaced."""
    named = list(PersonOnContract.objects.values_list("named_person__name", "since_on", "until_on"))
    extend(contract=contract, reason="Målen nås.", by=world.case.decider, at=noon(date(2027, 3, 16)))
    assert list(PersonOnContract.objects.values_list("named_person__name", "since_on", "until_on")) == named
    assert named == [("Elin Hagström", SIGNED_ON, None)]


def test_inv_25_what_was_agreed_is_never_modified(world, contract):
    """No verb changes price, ceiling, frame or terms: a modification needs its ground of LOU 17 kap., not built yet."""
    agreed = Contract.objects.filter(pk=contract.pk).values("price", "ceiling", "yearly_frame", "periods").get()
    terms = [(term.pk, term.text) for term in terms_of(contract)]
    extend(contract=contract, reason="Målen nås.", by=world.case.decider, at=noon(date(2027, 3, 16)))
    assert Contract.objects.filter(pk=contract.pk).values("price", "ceiling", "yearly_frame", "periods").get() == agreed
    assert [(term.pk, term.text) for term in terms_of(contract)] == terms


def test_requirements_stay_as_published_after_signing(world, contract):
    published = read_snapshot(latest_snapshot(world.tender))["requirements"]
    rows = Requirement.objects.filter(tender=contract.tender, struck_at=None).order_by("number")
    assert [(row.title, row.level) for row in rows] == [(each["title"], each["level"]) for each in published]
