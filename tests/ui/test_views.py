from django.test import Client


def test_choosing_dark_keeps_a_cookie_and_goes_back():
    response = Client().post("/utseende/", {"scheme": "dark", "next": "/upphandlingar/"})
    assert (response.status_code, response["Location"]) == (302, "/upphandlingar/")
    assert response.cookies["colour_scheme"].value == "dark"


def test_choosing_colours_never_leads_to_another_site():
    response = Client().post("/utseende/", {"scheme": "light", "next": "https://example.org/"})
    assert response["Location"] == "/"


def test_an_unknown_colour_is_not_kept():
    assert "colour_scheme" not in Client().post("/utseende/", {"scheme": "pink"}).cookies


def test_colours_are_chosen_by_post_only():
    assert Client().get("/utseende/").status_code == 405
