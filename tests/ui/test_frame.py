import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from rodatraden.ui import frame
from tests.ui.page import read


def menu(request):
    return [frame.Link("Mitt arbete", "/", current=request.path == "/"), frame.Link("Avtal", "/avtal/")]


def who(request):
    return frame.Who("Jonas Ekdahl", "Upphandlare") if request.GET else None


def draw(template="ui/base.html", address="/", cookies=None):
    request = RequestFactory().get(address)
    request.user = AnonymousUser()
    request.COOKIES |= cookies or {}
    return read(render_to_string(template, {}, request=request))


@pytest.mark.parametrize(
    "template",
    ["ui/base.html", "ui/public.html", "404.html", "403.html", "400.html", "403_csrf.html", "500.html", "503.html"],
)
def test_every_page_has_its_frame(template):
    found = draw(template)
    assert found.one("html")["lang"] == "sv"
    assert found.one("main")["id"] == "innehall"
    assert len(found.all("h1")) == 1
    assert found.one("title").text.endswith("– Röda tråden")
    assert found.all("style") == []
    assert [script for script in found.all("script") if "src" not in script.attributes or script.children] == []
    assert [
        element
        for element in found.every()
        if any(name.startswith("on") or name == "style" for name in element.attributes)
    ] == []


def test_the_skip_link_comes_first_and_leads_to_the_content():
    first = next(element for element in draw().one("body").children if not isinstance(element, str))
    assert (first.text, first["href"]) == ("Hoppa till innehållet", "#innehall")


def test_scripts_wait_and_htmx_neither_evaluates_nor_styles():
    found = draw()
    assert all("defer" in script.attributes for script in found.all("script"))
    config = found.one("meta", name="htmx-config")["content"]
    assert '"allowEval": false' in config
    assert '"includeIndicatorStyles": false' in config


def test_menu_and_person_come_from_settings(settings):
    settings.UI_MENU, settings.UI_WHO = "tests.ui.test_frame.menu", "tests.ui.test_frame.who"
    found = draw(address="/?in=1")
    links = found.one("nav", aria_label="Huvudmeny").all("a")
    assert [(link.text, link["href"], link.get("aria-current")) for link in links] == [
        ("Mitt arbete", "/", "page"),
        ("Avtal", "/avtal/", None),
    ]
    assert found.one("span", role="img")["aria-label"] == "Inloggad: Jonas Ekdahl"


def test_without_settings_there_is_neither_menu_nor_person(settings):
    settings.UI_MENU = settings.UI_WHO = ""
    found = draw()
    assert found.all("nav") == []
    assert found.all("span", role="img") == []


@pytest.mark.parametrize(
    ("cookie", "expected"), [(None, "auto"), ("dark", "dark"), ("light", "light"), ("pink", "auto")]
)
def test_colours_follow_the_cookie(cookie, expected):
    found = draw(cookies={"colour_scheme": cookie} if cookie else {})
    assert found.one("html")["data-color-scheme"] == expected
    assert [button["value"] for button in found.all("button", name="scheme") if button["aria-pressed"] == "true"] == [
        expected
    ]


def test_a_case_knows_the_phase_it_is_in():
    phases = [frame.Phase("Behov", "done"), frame.Phase("Anbud", "now"), frame.Phase("Avtal", "coming")]
    case = frame.CaseFrame("Coachning", phases=phases)
    assert (case.current, case.current_number) == (phases[1], 2)
    assert (frame.CaseFrame("Coachning").current, frame.CaseFrame("Coachning").current_number) == (None, 0)


@pytest.mark.django_db
def test_a_missing_page_says_what_to_do():
    answer = Client().get("/finns-inte/")
    found = read(answer.content.decode())
    assert answer.status_code == 404
    assert found.one("h1").text == "Sidan finns inte här"
    assert found.one("main").one("a")["href"] == "/"
