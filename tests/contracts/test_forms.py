"""What the forms of a contract read."""

from __future__ import annotations

from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile

from rodatraden.contracts.forms import CallOffForm, DeliverForm, SignForm
from rodatraden.contracts.models import Contract


def test_the_last_party_to_sign_is_chosen_already():
    form = SignForm(missing=["buyer"])
    assert [value for value, _ in form.fields["party"].choices] == ["buyer"]
    assert form.fields["party"].initial == "buyer"


def test_an_order_is_read_in_the_words_of_the_verb():
    data = {
        "description": "Stöd",
        "starts_on": "2026-10-01",
        "ends_on": "2026-10-02",
        "hours": "7,5 tim",
        "place": "digital",
        "platform": "Teams",
        "location": "",
        "idempotency_key": "k",
    }
    form = CallOffForm(data, contract=Contract(price_unit="hour"))
    assert form.is_valid()
    assert form.typed()["hours"] == Decimal("7.5")
    assert set(form.typed()) == set(data) - {"idempotency_key"}


def test_another_unit_than_hours_is_named():
    form = CallOffForm(contract=Contract(price_unit="course"))
    assert form.fields["hours"].widget.suffix == ""
    assert form.fields["hours"].help_text == "Priset gäller per kurs."


def test_the_key_of_a_form_with_a_file_stands_for_its_bytes():
    def sent(data):
        form = DeliverForm({"title": "Guide", "idempotency_key": "k"}, {"file": SimpleUploadedFile("a.pdf", data)})
        assert form.is_valid()
        assert (form.data_of_file, form.name_of_file) == (data, "a.pdf")
        return form.sent

    assert sent(b"one") == sent(b"one")
    assert sent(b"one") != sent(b"two")
