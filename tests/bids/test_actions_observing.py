"""An observer from a chamber of commerce: appointed, let in, heard, ended; and what is written down of it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from rodatraden.bids import actions
from rodatraden.bids.models import Opening, OpeningObserver
from rodatraden.core.answer import RefusedError
from rodatraden.core.canonical import sha256_hex
from rodatraden.core.codes import code_digest
from rodatraden.records.models import DiaryDocument, LedgerBody, OutboxMail
from rodatraden.records.queries import read_bytes
from tests.factories.bids import open_box
from tests.factories.observing import appoint_observer, make_observer
from tests.factories.parties import make_person
from tests.factories.sealed import give_bid
from tests.factories.tenders import DEADLINE
from tests.pdf import text_of

BEFORE = DEADLINE - timedelta(days=1)
OPENING = DEADLINE + timedelta(hours=1)
LATER = OPENING + timedelta(minutes=10)


def events(case):
    return [
        body.event
        for body in LedgerBody.objects.filter(case=case.procurement.pk, event__contains="observ").order_by("index")
    ]


def test_the_link_is_mailed_and_only_its_hash_is_kept_and_nobody_learns_who_asked(case, tender):
    person = make_person("Vera Vittne")
    observer = actions.appoint_observer(
        tender=tender,
        name="Vera Vittne",
        chamber="Handelskammaren Prov",
        email=person.email.upper(),
        token="hemlig",
        link="https://example.org/oppning/observator/#hemlig",
        is_mailed=True,
        by=case.openers[0],
        at=BEFORE,
    )
    mail = OutboxMail.objects.get(to=person.email)
    assert "https://example.org/oppning/observator/#hemlig" in mail.text
    assert "skriver du: hemlig\n" in mail.text
    assert "Handelskammaren Prov" in mail.text
    assert observer.token_sha256 == code_digest("hemlig")
    assert (observer.person, observer.taken_at, observer.is_handed_over) == (None, None, False)
    (body,) = LedgerBody.objects.filter(event="opening_observer_appointed")
    assert (body.by, body.case, json.loads(body.what)) == (case.openers[0].pk, case.procurement.pk, {})
    fields = {field.name for field in OpeningObserver._meta.get_fields()}
    assert not [name for name in fields if "supplier" in name or "asked" in name or "request" in name]


def test_a_link_that_is_handed_over_is_not_mailed_and_proves_no_address(case, tender):
    person = make_person("Vera Vittne")
    observer = actions.appoint_observer(
        tender=tender,
        name="Vera Vittne",
        chamber="Handelskammaren Prov",
        email=person.email,
        token="hemlig",
        link="https://example.org/",
        is_mailed=False,
        by=case.officer,
        at=BEFORE,
    )
    assert not OutboxMail.objects.filter(to=person.email).exists()
    actions.take_observation(observer=observer, by=person, at=BEFORE)
    assert not EmailAddress.objects.filter(user=person, verified=True).exists()


def test_the_link_is_taken_once_and_shows_whose_the_address_is(case, tender):
    observer = make_observer(case, tender)
    assert (observer.person.name, observer.taken_at) == ("Vera Vittne", BEFORE)
    assert EmailAddress.objects.get(user=observer.person).verified
    again = actions.take_observation(observer=observer, by=observer.person, at=LATER)
    assert again.taken_at == BEFORE
    assert events(case) == ["opening_observer_appointed", "opening_observation_taken"]


def test_nobody_else_takes_the_link(case, tender):
    observer = appoint_observer(case, tender)
    with pytest.raises(RefusedError):
        actions.take_observation(observer=observer, by=make_person("Annan"), at=BEFORE)
    observer.refresh_from_db()
    assert observer.person is None


def test_nobody_in_the_team_is_let_in_to_observe(case, tender):
    with pytest.raises(RefusedError) as refused:
        appoint_observer(case, tender, person=case.evaluators[0])
    assert refused.value.answer.mend == "email"
    assert not OpeningObserver.objects.exists()


def test_one_link_to_an_address_at_a_time(case, tender):
    observer = appoint_observer(case, tender)
    person = make_person("Vera Vittne")
    OpeningObserver.objects.filter(pk=observer.pk).update(email=person.email)
    with pytest.raises(RefusedError):
        appoint_observer(case, tender, person=person)
    actions.end_observer(observer=observer, by=case.officer, at=BEFORE)
    assert appoint_observer(case, tender, person=person).email == person.email
    with pytest.raises(IntegrityError), transaction.atomic():
        OpeningObserver.objects.filter(pk=observer.pk).update(ended_at=None)


def test_nobody_is_let_in_when_the_bids_are_opened(case, tender):
    open_box(case, tender)
    with pytest.raises(RefusedError):
        appoint_observer(case, tender, at=LATER)


def test_to_end_it_is_in_the_log_and_the_observer_sees_no_more(case, tender):
    observer = make_observer(case, tender)
    ended = actions.end_observer(observer=observer, by=case.openers[0], at=LATER)
    assert (ended.ended_by, ended.ended_at) == (case.openers[0], LATER)
    assert events(case)[-1] == "opening_observer_ended"
    with pytest.raises(RefusedError):
        actions.take_observation(observer=observer, by=observer.person, at=LATER)
    with pytest.raises(RefusedError):
        actions.end_observer(observer=observer, by=case.openers[0], at=LATER)


def test_the_protocol_and_the_list_say_who_observed_as_it_was_when_they_were_issued(case, tender):
    give_bid(tender)
    make_observer(case, tender)
    appoint_observer(case, tender, person=make_person("Ute Bliven"), at=BEFORE + timedelta(minutes=1))
    ended = appoint_observer(case, tender, person=make_person("Slutat Redan"))
    actions.end_observer(observer=ended, by=case.officer, at=BEFORE)
    open_box(case, tender)
    opening = Opening.objects.get(tender=tender)
    told = json.loads(opening.protocol)["observers"]
    assert [(each["name"], each["chamber"], bool(each["taken_at"])) for each in told] == [
        ("Vera Vittne", "Handelskammaren Prov", True),
        ("Ute Bliven", "Handelskammaren Prov", False),
    ]
    text = text_of(read_bytes(opening.document.file))
    assert "Vera Vittne, Handelskammaren Prov, följde stegen från" in text
    assert "Ute Bliven, Handelskammaren Prov, använde inte länken" in text
    assert "Slutat Redan" not in text


def test_what_the_observer_says_is_a_document_of_its_own_and_changes_nothing_else(case, tender):
    give_bid(tender)
    observer = make_observer(case, tender)
    open_box(case, tender)
    before = Opening.objects.values().get(tender=tender)
    said = actions.say_followed(observer=observer, remark="Fil två saknas.", by=observer.person, at=LATER)
    assert (said.followed_at, said.remark) == (LATER, "Fil två saknas.")
    assert Opening.objects.values().get(tender=tender) == before
    document = DiaryDocument.objects.order_by("-serial").first()
    assert (document.direction, document.secrecy_note) == ("received", "OSL 19 kap. 3 §")
    data = read_bytes(document.file)
    assert json.loads(data)["remark"] == "Fil två saknas."
    body = LedgerBody.objects.get(event="opening_followed")
    assert json.loads(body.what) == {"said": sha256_hex(data), "has_remark": True}
    with pytest.raises(RefusedError):
        actions.say_followed(observer=observer, remark="Mer", by=observer.person, at=LATER)


def test_officials_who_attest_at_once_silence_nobody_and_are_told_of_a_remark_but_not_what_it_says(case, tender):
    give_bid(tender)
    observer = make_observer(case, tender)
    open_box(case, tender)
    opening = Opening.objects.get(tender=tender)
    officials = (opening.asked_by, opening.confirmed_by)
    for official in officials:
        actions.attest_list(opening=opening, by=official, at=OPENING)
    before = Opening.objects.values().get(tender=tender)
    actions.say_followed(observer=observer, remark="Fil två saknas.", by=observer.person, at=LATER)
    assert Opening.objects.values().get(tender=tender) == before
    told = json.loads(read_bytes(DiaryDocument.objects.order_by("-serial").first().file))
    assert datetime.fromisoformat(told["list_attested_at"]) == OPENING
    letters = OutboxMail.objects.filter(subject__contains="anmärkning")
    assert {letter.to for letter in letters} == {official.email for official in officials}
    assert "Fil två" not in "".join(letter.text for letter in letters)


def test_who_has_followed_and_remarks_on_nothing_sends_nobody_a_letter(case, tender):
    observer = make_observer(case, tender)
    open_box(case, tender)
    actions.say_followed(observer=observer, remark="", by=observer.person, at=LATER)
    told = json.loads(read_bytes(DiaryDocument.objects.order_by("-serial").first().file))
    assert (told["remark"], told["list_attested_at"]) == ("", None)
    assert not OutboxMail.objects.filter(subject__contains="anmärkning").exists()


def test_nothing_is_said_before_the_opening(case, tender):
    observer = make_observer(case, tender)
    with pytest.raises(RefusedError):
        actions.say_followed(observer=observer, remark="", by=observer.person, at=BEFORE)
    assert not DiaryDocument.objects.filter(counterparty__contains="Vittne").exists()


@pytest.mark.parametrize(
    "wrong",
    [{"remark": "Utan att ha följt"}, {"followed_at": LATER}, {"taken_at": LATER}],
    ids=["a remark of who did not follow", "followed without a link", "taken by nobody"],
)
def test_the_database_keeps_no_word_of_who_was_not_there(case, tender, wrong):
    observer = appoint_observer(case, tender)
    with pytest.raises(IntegrityError), transaction.atomic():
        OpeningObserver.objects.filter(pk=observer.pk).update(**wrong)
