from itertools import pairwise

import pytest
from django.test import Client

from tests.ui.page import read

pytestmark = pytest.mark.django_db


def test_the_pieces_are_on_show_in_demo_mode_only(settings):
    settings.DEMO = False
    assert Client().get("/ui/").status_code == 404
    settings.DEMO = True
    assert Client().get("/ui/").status_code == 200


def test_ids_are_unique_and_every_reference_leads_somewhere(settings):
    settings.DEMO = True
    found = read(Client().get("/ui/").content.decode())
    ids = [element["id"] for element in found.every() if element.get("id")]
    assert sorted(ids) == sorted(set(ids))
    references = ("for", "aria-describedby", "aria-labelledby")
    wanted = {id_ for element in found.every() for name in references for id_ in (element.get(name) or "").split()}
    assert wanted - set(ids) == set()
    anchors = {link["href"][1:] for link in found.all("a") if link["href"].startswith("#")}
    assert anchors - set(ids) - {""} == set()


def test_headings_never_skip_a_level(settings):
    settings.DEMO = True
    found = read(Client().get("/ui/").content.decode())
    levels = [int(element.tag[1]) for element in found.every() if element.tag in {"h1", "h2", "h3", "h4"}]
    assert levels.count(1) == 1
    assert all(below - above <= 1 for above, below in pairwise(levels))
