import json
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from rodatraden.ui import keep
from tests.factories.parties import START, make_person
from tests.ui.page import read

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.ui.site")]

TYPED = {"title": "Rätt <b>väg</b>", "kinds": ["a", "b"], "password": "hemligt ord"}
LOGIN = reverse("account_login")
NOTE = "Du loggades ut. Det du skrev finns kvar, spara igen."


@pytest.fixture
def person():
    return make_person("Ada Lind")


@pytest.fixture
def client(person):
    client = Client()
    client.force_login(person)
    return client


def page(client, address="/letter/"):
    return read(client.get(address).content.decode())


def carried(client, address="/letter/"):
    """Return the hidden fields of the form, as the browser would send them along."""
    return {field["name"]: field.get("value") or "" for field in page(client, address).all("input", type="hidden")}


def post_after_sign_out(client, address="/letter/", **changed):
    hidden = carried(client, address)
    client.logout()
    return client.post(address, hidden | TYPED | changed)


def test_what_was_typed_comes_back_after_signing_in_again(client, person):
    answer = post_after_sign_out(client, file=SimpleUploadedFile("karta.pdf", b"%PDF"))
    assert (answer.status_code, answer["Location"]) == (302, f"{LOGIN}?next=/letter/")
    client.force_login(person)
    found = page(client)
    assert found.one("input", name="title")["value"] == "Rätt <b>väg</b>"
    assert [option["value"] for option in found.all("option") if "selected" in option.attributes] == ["a", "b"]
    assert "checked" not in found.one("input", name="urgent").attributes
    assert found.one("div", role="status").text == NOTE
    assert "Du hade valt karta.pdf: välj den igen." in found.text


def test_nothing_is_saved_until_the_person_says_so(client, person):
    post_after_sign_out(client)
    client.force_login(person)
    assert client.get("/letter/").content.startswith(b"\n")  # the form, not the answer of the verb
    assert client.post("/letter/", TYPED).content.decode() == "saved Rätt <b>väg</b>"


def test_a_password_is_never_kept(client, person):
    post_after_sign_out(client)
    client.force_login(person)
    answer = client.get("/letter/").content.decode()
    assert "Rätt" in answer
    assert "hemligt" not in answer
    assert "hemligt" not in str(dict(client.session))


def test_a_code_is_never_kept_and_that_of_what_is_bought_is(client, person):
    secret = {"code": "123456", "link_code": "K7Q2-9XF3", "old_password": "hemligt ord"}
    post_after_sign_out(client, cpv_code="79410000", **secret)
    kept = json.loads(keep.cipher(keep.PURPOSE).decrypt(client.session[keep.SESSION_KEY]))["fields"]
    assert set(kept) - {"idempotency_key"} == {"title", "kinds", "cpv_code"}


def test_what_is_kept_lies_encrypted_in_the_database(client, person):
    post_after_sign_out(client)
    assert "Rätt" not in str(dict(client.session))
    assert "R\\u00e4tt" not in str(dict(client.session))


def test_it_stays_through_a_reload_and_goes_when_the_form_is_sent(client, person):
    post_after_sign_out(client)
    client.force_login(person)
    assert [NOTE in page(client).text for _ in range(2)] == [True, True]
    client.post("/letter/", {"title": ""})
    assert NOTE not in page(client).text


def test_somebody_else_on_the_same_machine_does_not_get_it(client):
    post_after_sign_out(client)
    client.force_login(make_person("Bo Ek"))
    answer = client.get("/letter/").content.decode()
    assert "Rätt" not in answer
    assert NOTE not in answer


def test_another_page_is_not_filled_in(client, person):
    post_after_sign_out(client)
    client.force_login(person)
    assert NOTE not in page(client, "/letter/2/").text
    assert NOTE in page(client, "/letter/").text


def test_it_is_kept_for_an_hour(person):
    with time_machine.travel(START, tick=False) as clock:
        client = Client()
        client.force_login(person)
        post_after_sign_out(client)
        clock.shift(timedelta(hours=1))
        client.force_login(person)
        assert NOTE in page(client).text
        clock.shift(timedelta(seconds=1))
        assert NOTE not in page(client).text


def test_a_stranger_leaves_nothing_behind():
    client = Client()
    answer = client.post("/letter/", TYPED)
    assert answer["Location"] == f"{LOGIN}?next=/letter/"
    assert dict(client.session) == {}


def test_a_forged_mark_leaves_nothing_behind(client, person):
    hidden = carried(client)
    client.logout()
    client.post("/letter/", hidden | TYPED | {"written-by": f"{person.pk}:forged"})
    assert dict(client.session) == {}


def test_too_much_is_not_kept(client):
    post_after_sign_out(client, title="x" * 200_001)
    assert dict(client.session) == {}


def test_the_way_back_never_leads_to_another_site(client):
    answer = post_after_sign_out(client, **{"written-at": "https://example.org/letter/"})
    assert answer["Location"] == f"{LOGIN}?next=/letter/"
    answer = client.post("/letter/", {"written-at": "//example.org/"})
    assert answer["Location"] == f"{LOGIN}?next=/letter/"


def test_the_way_back_is_the_page_that_the_form_stood_on(client):
    assert post_after_sign_out(client, "/letter/?typ=a")["Location"] == f"{LOGIN}?next=/letter/%3Ftyp%3Da"


def test_a_stale_token_loses_nothing_either(person):
    client = Client(enforce_csrf_checks=True)
    client.force_login(person)
    answer = client.post("/letter/", carried(client) | TYPED | {"csrfmiddlewaretoken": "x" * 64})
    assert (answer.status_code, answer["Location"]) == (302, "/letter/")
    assert page(client).one("input", name="title")["value"] == "Rätt <b>väg</b>"


def test_a_stale_token_after_the_session_leads_through_the_sign_in(person):
    client = Client(enforce_csrf_checks=True)
    client.force_login(person)
    hidden = carried(client)
    client.logout()
    answer = client.post("/letter/", hidden | TYPED)
    assert (answer.status_code, answer["Location"]) == (302, f"{LOGIN}?next=/letter/")
    client.force_login(person)
    assert NOTE in page(client).text


def test_a_request_from_elsewhere_is_refused_with_words(client):
    stranger = Client(enforce_csrf_checks=True)
    answer = stranger.post("/letter/", TYPED)
    assert answer.status_code == 403
    found = read(answer.content.decode())
    assert found.one("h1").text == "Sidan var öppen för länge"
    assert "det du skrev står kvar" in found.one("main").text
    assert dict(stranger.session) == {}


def test_rows_come_back_too_as_many_as_there_were(client, person):
    rows = {"form-TOTAL_FORMS": "3", "form-INITIAL_FORMS": "0", "form-0-name": "Ada", "form-2-name": "Cilla"}
    post_after_sign_out(client, "/rows/", **rows)
    client.force_login(person)
    found = page(client, "/rows/")
    assert [found.one("input", name=f"form-{row}-name").get("value") or "" for row in range(3)] == ["Ada", "", "Cilla"]
    assert found.one("input", name="title")["value"] == "Rätt <b>väg</b>"
    assert found.one("input", name="form-TOTAL_FORMS")["value"] == "3"


@pytest.mark.parametrize("forged", ["9" * 4301, "\uff13", "-1", ""])
def test_a_forged_count_of_rows_brings_no_row_back_and_breaks_nothing(client, person, forged):
    post_after_sign_out(
        client, "/rows/", **{"form-TOTAL_FORMS": forged, "form-INITIAL_FORMS": "0", "form-0-name": "Ada"}
    )
    client.force_login(person)
    assert page(client, "/rows/").one("input", name="title")["value"] == "Rätt <b>väg</b>"


def test_a_row_is_added_without_script_and_nothing_is_judged_yet(client):
    rows = {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-name": "Ada", "add-row": "form"}
    found = read(client.post("/rows/", rows).content.decode())
    assert [found.one("input", name=f"form-{row}-name").get("value") or "" for row in range(2)] == ["Ada", ""]
    assert found.all("ds-error-summary") == []
    assert found.all("p", class_="ds-validation-message") == []


def test_what_is_wrong_in_a_row_stands_in_the_summary_of_the_form(client):
    rows = {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "1", "form-0-name": "", "form-1-name": "Bo"}
    found = read(client.post("/rows/", rows).content.decode())
    assert [(link.text, link["href"]) for link in found.one("ds-error-summary").all("a")] == [
        ("Fyll i rubrik", "#id_title"),
        ("Rad 1: Fyll i namn", "#id_form-0-name"),
    ]


def test_a_form_on_a_public_page_carries_no_mark():
    assert "written-by" not in carried(Client(), "/ask/")
