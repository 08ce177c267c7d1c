"""Every address × who has nothing to do with the objects it names: new addresses fall into the table by themselves."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest
from django.apps import apps
from django.db import connection
from django.http import HttpResponseNotFound
from django.urls import URLPattern, get_resolver

from rodatraden.parties.models import Membership, Person
from tests.factories.everything import make_everything
from tests.factories.parties import make_buyer, make_holder, make_person, make_supplier

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine, pytest.mark.usefixtures("_nothing_there")]

MODELS = {
    "bid_id": ["bids.Bid"],
    "call_off_id": ["contracts.CallOff"],
    "check_id": ["followup.Check"],
    "claim_id": ["records.SecrecyClaim"],
    "contract_id": ["contracts.Contract"],
    "criterion_id": ["assessments.Criterion"],
    "declaration_id": ["procurements.ConflictDeclaration"],
    "deviation_id": ["followup.Deviation"],
    "document_id": ["tenders.TenderDocument"],
    "drill_id": ["parties.Drill"],
    "edit_id": ["tenders.DocumentEdit"],
    "file_id": ["bids.BidFile", "records.StoredFile"],
    "inquiry_id": ["evaluation.Inquiry"],
    "holding_id": ["parties.KeyHolder"],
    "invitation_id": ["parties.Invitation"],
    "item_id": ["assessments.Item", "tenders.ContentItem"],
    "key_id": ["parties.OpeningKey"],
    "member_id": ["procurements.TeamMember", "assessments.PanelMember"],
    "membership_id": ["parties.Membership"],
    "model_draft_id": ["assessments.ModelDraft"],
    "model_id": ["assessments.QualityModel"],
    "need_id": ["needs.Need"],
    "need_result_id": ["followup.NeedResult"],
    "notice_id": ["tenders.NoticeHandover"],
    "notification_id": ["awards.Notification"],
    "observer_id": ["bids.OpeningObserver"],
    "organisation_id": ["parties.Organisation"],
    "procurement_id": ["procurements.Procurement"],
    "copy_id": ["records.MaskedCopy"],
    "paper_id": ["evaluation.ProofPaper"],
    "point_id": ["awards.DelegationPoint"],
    "presentation_id": ["evaluation.Presentation"],
    "proof_id": ["evaluation.Proof"],
    "question_id": ["tenders.Question"],
    "bundle_id": ["assessments.ReportBundle"],
    "reading_id": ["assessments.Reading"],
    "report_id": ["assessments.FeedbackReport"],
    "request_id": ["records.AccessRequest"],
    "requirement_id": ["tenders.Requirement"],
    "result_id": ["followup.CheckResult"],
    "review_id": ["awards.ReviewCase"],
    "round_id": ["assessments.Round"],
    "run_id": ["tenders.StressRun"],
    "sighting_id": ["assessments.PriceSighting"],
    "submission_id": ["bids.Submission"],
    "subscription_id": ["tenders.AnswerSubscription"],
    "tender_id": ["tenders.Tender"],
    "upload_id": ["bids.SealedUpload"],
}
OWN = {
    "awards.Notification": "bid__supplier",
    "bids.Bid": "supplier",
    "bids.BidFile": "bid__supplier",
    "bids.SealedUpload": "supplier",
    "bids.Submission": "supplier",
    "evaluation.Inquiry": "bid__supplier",
    "evaluation.Presentation": "bid__supplier",
    "evaluation.Proof": "inquiry__bid__supplier",
    "evaluation.ProofPaper": "proof__inquiry__bid__supplier",
    "parties.Membership": "organisation",
}
FEWEST = 80
"""Fewer addresses than this would mean that the table has lost its rows."""
WORDS = {
    "format": "csv",
    "holds": "bid",
    "code": "x",
    "made": "scenario",
    "name": "bilaga.pdf",
    "number": 1,
    "pk": 1,
    "step": "ned",
    "what": "del",
}
OPEN_TO_ALL = {
    "anbud/<uuid:tender_id>/forseglat/",
    "bedomningar/modeller/mallar/<slug:name>/",
    "bedomningar/modeller/mallar/<slug:name>/<str:format>/",
}
"""Addresses for everybody who signs in: where a bid that is sealed already is handed in, and templates that come with the program."""


def private_patterns(patterns, policy, before=""):
    for each in patterns:
        if not isinstance(each, URLPattern):
            yield from private_patterns(each.url_patterns, policy, before + str(each.pattern))
        elif each.callback.policy == policy:
            yield before + str(each.pattern), each.pattern.converters


def addresses(policy="signed_in"):
    """Return every private address that names an object, with objects that are there, at most two of each kind."""
    for route, converters in private_patterns(get_resolver().url_patterns, policy):
        names = [name for name in converters if name not in WORDS]
        if not names or route in OPEN_TO_ALL:
            continue
        for chosen in product(*(_keys(name) for name in names)):
            values = {**WORDS, **dict(zip(names, chosen, strict=True))}
            address = route
            for name, converter in converters.items():
                kind = type(converter).__name__.removesuffix("Converter").lower().replace("string", "str")
                address = address.replace(f"<{kind}:{name}>", str(values[name]))
            yield f"/{address}"


def _keys(name):
    return [key for label in MODELS[name] for key in _there(label)]


def _there(label):
    """Return the keys of two of a kind. The world has at least one of each: where it had none, no address was asked for."""
    return list(apps.get_model(label).objects.order_by("pk").values_list("pk", flat=True)[:2])


@pytest.fixture
def _nothing_there(monkeypatch):
    """Answer 404 without the page that tells it, the same for all: to draw it thousands of times is most of the work here."""
    monkeypatch.setattr(
        "rodatraden.config.urls.handler404", lambda *_args, **_kw: HttpResponseNotFound(), raising=False
    )


@pytest.fixture
def world(monkeypatch):
    made = make_everything()
    assert not (gone := [name for name in sorted(MODELS) if not all(_there(label) for label in MODELS[name])]), gone
    at = made.opened_at + timedelta(days=60)
    monkeypatch.setattr("rodatraden.config.clock.now", lambda: at)
    return made


def test_nobody_from_outside_finds_anything_at_a_private_address(client, world):
    """Whose a supplier's number is may be judged by an official of any authority: suppliers belong to none of them."""
    found = list(addresses())
    assert len(found) > FEWEST
    strangers = {
        "officer of another buyer": make_person(
            organisation=make_buyer("Annan köpare"), role=Membership.Role.PROCUREMENT_OFFICER
        ),
        "another supplier": make_person(organisation=make_supplier("Utanför AB"), role=Membership.Role.BIDDER),
        "employee of a supplier": make_person(
            organisation=make_supplier("Ingenting AB"), role=Membership.Role.EMPLOYEE
        ),
        "another key holder of the buyer": make_holder("Utan roll", world.procurement.buyer).person,
    }
    for who, person in strangers.items():
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        private = [address for address in found if not (who.startswith("officer") and address.endswith("/nummer/"))]
        assert (who, answered(client, private)) == (who, set())


def test_a_bidder_finds_nothing_of_another_bidders_nor_of_the_contract(client, world):
    loser = Person.objects.get(memberships__organisation=world.bids[1].supplier, memberships__role="bidder")
    assert world.tender.award.winner.supplier_id != world.bids[1].supplier_id
    mine = {str(key) for key in keys_of(world.bids[1].supplier)}
    found = [address for address in addresses() if not mine & set(address.split("/"))]
    assert len(found) > FEWEST
    client.force_login(loser, backend="django.contrib.auth.backends.ModelBackend")
    assert answered(client, found, methods=("get", "head", "post")) == set()


def answered(client, found, methods=("get", "post")):
    """Return which addresses answer with anything else than that there is nothing there, and what any of them wrote."""
    written = set()

    def note(execute, sql, params, many, context):
        if sql.startswith(("INSERT", "UPDATE", "DELETE")) and "parties_session" not in sql:
            written.add(("writes", sql, 0))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        return written | {
            (method, address, status)
            for address in found
            for method in methods
            if (status := _answer(client, method, address).status_code) not in {404, 405}
        }


def _answer(client, method, address):
    """Ask by `method`, and where only a program puts something there, as that does."""
    answer = getattr(client, method)(address)
    return client.put(address) if answer.headers.get("Allow") == "PUT" else answer


def keys_of(supplier):
    """Return the keys of all that is a supplier's own."""
    yield supplier.pk
    for label, path in OWN.items():
        yield from apps.get_model(label).objects.filter(**{path: supplier}).values_list("pk", flat=True)


def test_nobody_unknown_gets_further_than_to_sign_in(client, world):
    for address in addresses():
        for method in ("get", "post"):
            answer = _answer(client, method, address)
            assert (address, answer.status_code in {302, 405}) == (address, True)
            assert (address, answer.headers.get("Location", "/konto/logga-in/").split("?")[0]) == (
                address,
                "/konto/logga-in/",
            )


def test_nobody_without_the_code_of_a_link_gets_further_than_to_be_asked_for_it(client, world):
    """Nor does the one who runs the case, or who could answer the request: they have ways of their own."""
    found = list(addresses("by_link"))
    asks = {
        "anbud": "/anbud/folj/",
        "begaran": "/begaran/",
        "inbjudan": "/inbjudan/",
        "oppning": "/oppning/observator/",
    }
    assert {address.split("/")[1] for address in found} == set(asks)
    for person in (None, make_person(), world.case.officer):
        if person:
            client.force_login(person)
        for address, method in product(found, ("get", "head", "post")):
            answer = getattr(client, method)(address)
            assert (address, answer.status_code) == (address, 302)
            assert answer["Location"] == asks[address.split("/")[1]]
