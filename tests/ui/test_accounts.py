"""What a newcomer types who has come by a link."""

from rodatraden.ui.accounts import NewAccountForm


def test_a_newcomers_password_is_not_their_address():
    form = NewAccountForm({"person_name": "Ny", "password": "ny.person@example.org"}, email="ny.person@example.org")
    assert not form.is_valid()
    assert "password" in form.errors


def test_a_newcomer_with_a_password_of_their_own_comes_in():
    form = NewAccountForm({"person_name": "Ny", "password": "fyra ord som ingen gissar"}, email="ny.person@example.org")
    assert form.is_valid()
