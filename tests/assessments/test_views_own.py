"""The page that starts a round where nothing is bought, and the way from there to a report that is read."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from rodatraden.assessments.models import Round
from rodatraden.assessments.queries import partners_asked
from rodatraden.parties.models import Membership
from tests.factories.models import make_library
from tests.factories.own import start_own, up_to_consensus
from tests.factories.parties import START, make_buyer, make_person, make_supplier

pytestmark = pytest.mark.django_db
Role = Membership.Role
NOW = START + timedelta(days=1)


@pytest.fixture(autouse=True)
def now(monkeypatch):
    monkeypatch.setattr("rodatraden.config.clock.now", lambda: NOW)


def at(name, *args):
    return reverse(f"assessments:{name}", args=args)


def filled(library, person, **changed):
    """Return what is sent to start a round, with some of it changed."""
    return {
        "title": "Vår systematik",
        "model": library.model.pk,
        "leader": library.writer.pk,
        "assessors": [person.pk],
        "due_on": "2026-02-01",
        "use": "Till vårt eget arbete.",
        "items-TOTAL_FORMS": "1",
        "items-INITIAL_FORMS": "0",
        "items-0-label": "Enheten",
        "items-0-kind": "unit",
        "items-0-reader": person.pk,
        "idempotency_key": "en-nyckel",
    } | changed


def test_a_round_is_started_from_the_page_once(client):
    library = make_library()
    person = make_person("Kollega", organisation=library.owner)
    client.force_login(library.writer)
    page = client.get(at("start_own")).text
    assert "Kollega" in page
    assert "E-postadresserna" not in page  # nobody to work together with
    answer = client.post(at("start_own"), filled(library, person))
    started = Round.objects.get()
    assert answer["Location"] == at("round", started.pk)
    assert (started.organisation, str(started.due_on)) == (library.owner, "2026-02-01")
    assert client.post(at("start_own"), filled(library, person))["Location"] == at("rounds")
    assert Round.objects.count() == 1
    assert "Vår systematik" in client.get(at("rounds")).text
    assert "Behov och mål" in client.get(at("round", started.pk)).text


def test_one_more_row_is_asked_for_without_a_word_of_what_is_missing(client):
    library = make_library()
    person = make_person("Kollega", organisation=library.owner)
    client.force_login(library.writer)
    answer = client.post(at("start_own"), filled(library, person, title="", **{"add-row": "items"}))
    assert answer.status_code == 200
    assert "items-1-label" in answer.text
    assert not Round.objects.exists()


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"title": ""}, "Fyll i titel"),
        ({"assessors": []}, "Välj minst en som bedömer."),
        ({"items-0-label": ""}, "Rad 1: Fyll i namn"),
        ({"items-0-reader": ""}, "Rad 1: Välj vem som svarar för den"),
        ({"use": ""}, "Fyll i vad rapporterna får användas till"),
        ({"due_on": "2025-12-01"}, "Dagen har passerat."),
        ({"model": "x"}, "Det du valde går inte längre att välja."),
    ],
)
def test_what_is_missing_is_named_and_what_was_typed_is_kept(client, changed, told):
    library = make_library()
    person = make_person("Kollega", organisation=library.owner)
    client.force_login(library.writer)
    answer = client.post(at("start_own"), filled(library, person, **changed))
    assert answer.status_code == 422
    assert told in answer.text
    assert "Till vårt eget arbete." in answer.text or "use" in changed
    assert not Round.objects.exists()


def test_people_of_a_partner_are_named_by_address_and_listed_to_nobody(client):
    library, partner = make_library(), make_supplier("Partnern AB")
    person = make_person("Kollega", organisation=library.owner)
    seller = make_person("Sara Säljare", organisation=partner, role=Role.BIDDER)

    def answer(sender, organisations, at, **_):
        return {each.pk: {partner.pk} for each in organisations}

    partners_asked.connect(answer, weak=False)
    try:
        client.force_login(library.writer)
        page = client.get(at("start_own")).text
        assert "Partnern AB" in page
        assert "Sara Säljare" not in page
        sent = filled(
            library, person, parties=[partner.pk], guests=f"{seller.email.upper()}\n",
            **{"items-0-reader": "", "items-0-reader_email": seller.email},
        )  # fmt: skip
        nobody = client.post(at("start_own"), sent | {"guests": "ingen@example.org"})
        assert "Ingen hos era partner loggar in med ingen@example.org." in nobody.text
        stranger = make_person("Hemlig Främling")
        told = client.post(at("start_own"), sent | {"guests": stranger.email}).text
        assert f"Ingen hos era partner loggar in med {stranger.email}." in told
        assert "Hemlig Främling" not in told
        both = client.post(at("start_own"), sent | {"items-0-reader": person.pk})
        assert "Ange en person" in both.text
        alone = client.post(at("start_own"), {key: value for key, value in sent.items() if key != "parties"})
        assert "Sara Säljare hör inte till Forsa." in alone.text
        assert client.post(at("start_own"), sent | {"idempotency_key": "en-annan"}).status_code == 302
    finally:
        partners_asked.disconnect(answer)
    started = Round.objects.get()
    assert {member.person for member in started.panel.all()} == {library.writer, person, seller}
    client.force_login(seller)
    assert client.get(at("round", started.pk)).status_code == 200
    assert client.get(at("model", library.model.pk)).status_code == 200


def test_who_can_start_nothing_and_who_has_no_model_is_told_what_to_do(client):
    client.force_login(make_person("Anställd", organisation=make_buyer("Forsa")))
    assert "Du kan inte göra det här för någon organisation" in client.get(at("start_own")).text
    assert client.post(at("start_own"), {"title": "X"}).status_code == 200
    client.force_login(make_person("Chef", organisation=make_buyer("Utan"), role=Role.DIRECTOR))
    assert "Först behövs en kvalitetsmodell" in client.get(at("start_own")).text
    assert "Ingen bedömning ännu" in client.get(at("rounds")).text


def test_the_leader_locks_freezes_and_gives_out_from_the_pages(client):
    own = start_own()
    client.force_login(own.leader)
    assert client.get(at("lock", own.id)).status_code == 403
    up_to_consensus(own)
    page = client.get(at("consensus", own.id)).text
    assert at("feedback", own.id) in page
    assert "60 % av 50 poäng är 30." in page
    assert at("release", own.id) not in client.get(at("feedback", own.id)).text
    client.post(at("freeze_feedback", own.id), {"idempotency_key": "frys"})
    assert at("release", own.id) in client.get(at("feedback", own.id)).text
    assert "Lämna ut rapporterna?" in client.get(at("release", own.id)).text
    assert client.post(at("release", own.id), {"idempotency_key": "ut"})["Location"] == at("feedback", own.id)
    assert "Utlämnad" in client.get(at("feedback", own.id)).text
    client.force_login(own.readers[0])
    page = client.get(at("rounds")).text
    assert "Enhet 1" in page
    assert "Enhet 2" not in page


def test_the_desk_tells_that_the_scale_is_one_of_percent(client):
    own = start_own()
    client.force_login(own.assessors[0])
    item = own.round.items.all()[0]
    page = client.get(at("score", own.id, item.pk)).text
    assert "0–100 % av 50 poäng, i steg om 10" in page
