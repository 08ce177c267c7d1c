from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.paginator import Paginator
from django.template import RequestContext, Template, TemplateSyntaxError
from django.test import RequestFactory
from django.utils.html import format_html
from django.utils.translation import override

from rodatraden.core.answer import YES, no
from rodatraden.core.message import say
from rodatraden.ui import frame
from rodatraden.ui.styleguide import example_thread
from tests.ui.page import read

NOON = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)


def html(source, address="/", **values):
    return Template("{% load rt %}" + source).render(RequestContext(RequestFactory().get(address), values))


def draw(source, address="/", **values):
    return read(html(source, address, **values))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ price|kr }}", "1 140,50 kr"),
        ("{{ price|number }}", "1 140,5"),
        ("{{ price|points }}", "1 140,5 poäng"),
        ("{{ share|percent:1 }}", "22,6 %"),
        ("{{ day|weekday_date }}", "tisdag 23 juni 2026"),
        ("{{ day|month }}", "juni 2026"),
        ("{{ day|short_date }}", "Tis 23 juni"),
        ("{{ noon|clock }}", "kl. 12.00"),
        ('{{ noon|clock:"seconds" }}', "kl. 12.00.00"),
        ("{{ noon|moment }}", "måndag 4 maj 2026 kl. 12.00"),
        ('{{ noon|moment:"seconds" }}', "måndag 4 maj 2026 kl. 12.00.00"),
        ("{{ noon|short_moment }}", "Mån 4 maj kl. 12.00"),
        ("{{ day|relative:noon }}", "om 50 dagar"),
        ("{{ noon|iso }} {{ day|iso }}", "2026-05-04T12:00:00+02:00 2026-06-23"),
        ('{{ "Jonas Ekdahl"|initials }}', "JE"),
        ('{{ message|said }}{{ ""|said }}{{ none|said }}{{ "Text"|said }}', "Tiden har gått ut.Text"),
        (
            '{{ "#k9"|mend_url }} {{ "/a/"|mend_url }} {{ "ui:styleguide"|mend_url }} {{ "no:where"|mend_url }}',
            "#k9 /a/ /ui/ ",
        ),
    ],
)
def test_filters(source, expected):
    values = {
        "price": Decimal("1140.5"),
        "share": Decimal("0.226"),
        "day": date(2026, 6, 23),
        "noon": NOON,
        "message": say("The deadline has passed."),
        "none": None,
    }
    assert html(source, **values).replace("\u00a0", " ") == expected


def test_what_people_write_is_escaped_everywhere():
    evil = "<script>alert(1)</script>"
    source = """
      {% section evil intro=evil id=evil %}{{ evil }}{% endsection %}{% card evil %}{% endcard %}
      {% next_step evil eyebrow=evil %}{% endnext_step %}{% alert evil %}{% endalert %}{% details evil %}{% enddetails %}
      {% check "yes" word=evil %}{% endcheck %}
      {% table evil caption=evil %}{% thead %}{% th evil %}{% th_sort evil "name" %}{% endthead %}
      {% tbody %}{% tr id=evil %}{% rowhead %}{{ evil }}{% endrowhead %}{% td evil %}{{ evil }}{% endtd %}{% endtr %}{% endtbody %}{% endtable %}
      {% include "ui/components/tag.html" with text=evil %}{% include "ui/components/blocked.html" with label=evil reason=evil %}
      {% include "ui/components/copy.html" with id="x" label=evil text=evil %}
    """
    drawn = html(source, evil=evil)
    assert "<script" not in drawn
    assert "&lt;script&gt;" in drawn


def test_a_text_from_a_person_is_escaped_though_the_same_text_was_safe_before():
    source = "{% tr id=text %}{% td text %}{% endtd %}{% endtr %}"
    assert '<tr role="row" id="<b>"><td role="cell" data-namn="<b>">' in html(source, text=format_html("<{}>", "b"))
    drawn = html(source, text="<b>")
    assert '<tr role="row" id="&lt;b&gt;"><td role="cell" data-namn="&lt;b&gt;">' in drawn
    source = "{% section text %}{% endsection %}"
    assert 'data-size="sm"><b></h2>' in html(source, text=format_html("<{}>", "b"))
    assert 'data-size="sm">&lt;b&gt;</h2>' in html(source, text="<b>")


def test_what_stands_around_is_kept_and_what_stands_within_is_not():
    source = "{% section title %}{{ text }}{% endsection %}"
    assert "{a} {} {0}</h2>" in html(source, title="{a} {} {0}", text="")
    drawn = [html(source, title=title, text=text) for title in ("<content>", "B") for text in ("<content>", "2")]
    assert [each.count("&lt;content&gt;") for each in drawn] == [2, 1, 1, 0]
    assert [each.index("</h2>") < each.rindex(text) for each, text in zip(drawn[1::2], "22", strict=True)] == [
        True,
        True,
    ]


def test_a_check_says_its_state_in_the_language_of_the_page():
    source = '{% check "yes" %}{% endcheck %}'
    assert "Klar" in html(source)
    with override("en"):
        assert "Done" in html(source)


def test_a_section_carries_the_thread_and_a_knot_at_its_heading():
    found = draw(
        '{% section "Datum" thread="broken" id="datum" level=3 intro="Om dem" %}<p>text</p>{% endsection %}'
    ).one("section")
    assert (found["data-trad"], found["id"]) == ("brusten", "datum")
    assert (found.one("h3").text, found.all("p")[0].text, found.all("p")[1].text) == ("Datum", "Om dem", "text")
    assert draw('{% section "Sida" knot=False %}{% endsection %}').one("div", class_="rt-rubrik--sido").text == "Sida"


def test_an_unknown_state_of_the_thread_is_a_fault_and_not_a_grey_line():
    with pytest.raises(KeyError):
        html('{% section "Datum" thread="brokn" %}{% endsection %}')


def test_a_panel_is_an_aside_with_a_name():
    panel = draw('{% card "Tid kvar" panel=True css="x" %}text{% endcard %}').one("aside")
    assert (panel["class"], panel["aria-label"]) == ("ds-card rt-panel x", "Tid kvar")
    assert draw("{% card %}text{% endcard %}").all("h3") == []


@pytest.mark.parametrize(
    ("state", "word"), [("yes", "Klart:"), ("no", "Saknas:"), ("warning", "Observera:"), ("waiting", "Väntar:")]
)
def test_a_check_says_its_state_in_a_word(state, word):
    row = draw("{% check state %}Avtalsutkast{% endcheck %}", state=state).one("li")
    assert (row.one("span", class_="ds-sr-only").text, row.one("div").text) == (word, "Avtalsutkast")
    assert row.one("svg")["aria-hidden"] == "true"


def test_a_table_keeps_its_roles_and_names_its_cells_for_small_screens():
    source = """{% table "Alla krav" caption="Om dem" %}{% thead %}{% th "Krav" %}{% th "Pris" right=True %}{% th "Åtgärd" hidden=True %}{% endthead %}
    {% tbody %}{% tr marked=True %}{% rowhead %}K1{% endrowhead %}{% td "Pris" number=True %}1 kr{% endtd %}{% td "Poäng" third=True %}9{% endtd %}{% endtr %}
    {% tr struck=True %}{% endtr %}{% tr group=True id="g" %}{% endtr %}{% endtbody %}{% endtable %}"""
    frame_ = draw(source).one("div", role="region")
    assert (frame_["tabindex"], frame_["aria-label"]) == ("0", "Alla krav")
    found = frame_.one("table", role="table")
    assert found["class"] == "ds-table rt-kort"
    assert [cell.text for cell in found.all(role="columnheader")] == ["Krav", "Pris", "Åtgärd"]
    rows = found.one("tbody", role="rowgroup").all("tr", role="row")
    assert [
        "data-markerad" in rows[0].attributes,
        "data-struken" in rows[1].attributes,
        rows[2]["class"],
        rows[2]["id"],
    ] == [True, True, "rt-grupp", "g"]
    price, score = rows[0].all("td", role="cell")
    assert (price["data-namn"], price["class"], "data-rad" in price.attributes) == ("Pris", "rt-tal rt-hoger", True)
    assert (score["data-namn"], "data-tredjedel" in score.attributes) == ("Poäng", True)
    assert "rt-kort" not in html('{% table "Karta" cards=False %}{% endtable %}')


@pytest.mark.parametrize(
    ("address", "direction", "link"),
    [
        ("/", "none", "?sort=price"),
        ("/?sort=price&kind=a&page=3", "ascending", "?sort=-price&kind=a"),
        ("/?sort=-price", "descending", "?sort=price"),
        ("/?sort=name", "none", "?sort=price"),
    ],
)
def test_a_heading_that_sorts(address, direction, link):
    head = draw('{% th_sort "Pris" "price" %}', address).one("th")
    assert (head["aria-sort"], head.one("a")["href"]) == (direction, link)


def test_an_action_shows_a_link_a_button_or_why_it_is_blocked():
    source = (
        '{% include "ui/components/action.html" with label="Publicera" url="/p/" answer=answer method=method key="p" %}'
    )
    assert draw(source, answer=YES, method="").one("a")["href"] == "/p/"
    assert draw(source, answer=None, method="post").one("form")["action"] == "/p/"
    refused = no(say("The deadline has passed."), mend="#tider", source="LOU 4 kap. 12 §")
    blocked = draw(source, answer=refused, method="post")
    assert blocked.all("form") == []
    button = blocked.one("button")
    assert (button["aria-disabled"], button["type"]) == ("true", "button")
    reason = blocked.one(id=button["aria-describedby"])
    assert reason.text == "Tiden har gått ut. LOU 4 kap. 12 § Rätta det här"
    assert reason.one("a")["href"] == "#tider"


def test_stations_say_where_the_thread_breaks_and_what_comes_later():
    stations = [
        frame.Station("Behov", count=5, url="/behov/"),
        frame.Station("Krav", "planned", current=True),
        frame.Station("Utfästelse", "broken"),
        frame.Station("Resultat", "beyond"),
    ]
    rows = draw('{% include "ui/components/stations.html" %}', stations=stations).all("li")
    assert [row["data-lage"] for row in rows] == ["hel", "hel", "brusten", "kommande"]
    assert [row.text for row in rows] == [
        "Behov 5",
        "Krav",
        "Utfästelse – tråden brister före",
        "Resultat – kommer senare",
    ]
    assert [row.get("aria-current") for row in rows] == [None, "true", None, None]


def test_the_frame_of_a_case_says_the_phase_in_words_and_links_what_can_be_seen():
    case = frame.CaseFrame(
        "Coachning",
        "/u/1/",
        "SFB 2026/014",
        [frame.Phase("Behov", "done", "/b/"), frame.Phase("Anbud", "now", "/a/"), frame.Phase("Avtal", "coming")],
        [frame.Link("Frågor", "/f/", current=True)],
    )
    found = draw('{% include "ui/components/case_frame.html" %}', case=case)
    assert [(item["data-fas"], item.text) for item in found.one("nav", class_="rt-faser").all("li")] == [
        ("klar", "Behov (klar)"),
        ("nu", "Anbud (pågår)"),
        ("kommer", "Avtal (kommer)"),
    ]
    assert found.one("p").text == "Fas 2 av 3: Anbud"
    assert [(link["href"], link.get("aria-current")) for link in found.one("ol").all("a")] == [
        ("/b/", None),
        ("/a/", "step"),
    ]
    assert found.one("nav", class_="rt-under")["aria-label"] == "Sidor i fasen Anbud"


def test_pages_of_a_list_keep_the_other_choices():
    source = '{% include "ui/components/pagination.html" %}'
    found = draw(source, "/?q=buss&page=2", page=Paginator(range(30), 10).get_page(2))
    assert [link["href"] for link in found.all("a")] == ["?q=buss&page=1", "?q=buss&page=3"]
    assert "Sida 2 av 3" in found.text
    assert html(source, page=Paginator(range(5), 10).get_page(1)).strip() == ""


def test_filters_are_buttons_of_a_get_form():
    source = '{% include "ui/components/filters.html" with name="kind" label="Visa" current="a" search="buss" %}'
    form = draw(source, choices=[("", "Alla", 3), ("a", "Skall-krav", None)]).one("form", method="get")
    assert [(chip["value"], chip["aria-pressed"], chip.text) for chip in form.all("button")] == [
        ("", "false", "Alla 3"),
        ("a", "true", "Skall-krav"),
    ]
    assert form.one("input", name="q")["value"] == "buss"


def test_the_map_of_the_thread_is_a_picture_with_a_title_cards_and_a_table():
    found = draw("{% thread_map thread urls %}", thread=example_thread(), urls={"#problem": "/krav/#k9"})
    picture = found.one("svg", role="img")
    names = [picture.one(id=id_).text for id_ in picture["aria-labelledby"].split()]
    assert names[0] == "7 av 9 krav hänger ihop."
    assert "Ingen följer upp K9." in names[1]
    cards = found.one("ul", class_="rt-kartlista")
    assert cards.all("h3")[0].text == "B1 Medarbetarnas insikter når beslut"
    assert [row.one("th", role="rowheader").text for row in found.one("tbody").all("tr")][8:] == [
        "K9 Parterna leder forumen själva",
        "K10 Referenser från tre uppdragsgivare",
    ]
    assert ("Laga K9", "/krav/#k9") in [(link.text, link["href"]) for link in found.all("a")]


def test_form_frame_needs_a_form():
    with pytest.raises(TemplateSyntaxError, match="needs a form"):
        html("{% form_frame %}{% endform_frame %}")
