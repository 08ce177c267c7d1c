"""Pages of the library: from the template to a version, out as a file, in again as the next one."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rodatraden.assessments.actions import begin_draft, make_version
from rodatraden.assessments.models import ModelDraft, QualityModel
from rodatraden.core.assessment.model_files import read_model_json, template
from rodatraden.core.assessment.model_workbook import read_model_workbook
from rodatraden.parties.models import Membership
from tests.factories.models import make_library, next_version, open_draft, small
from tests.factories.parties import START, make_buyer, make_person

pytestmark = pytest.mark.django_db
NOW = START + timedelta(days=1)


@pytest.fixture(autouse=True)
def now(monkeypatch):
    monkeypatch.setattr("rodatraden.config.clock.now", lambda: NOW)


def at(name, *args):
    return reverse(f"assessments:{name}", args=args)


def key():
    key.n += 1
    return {"idempotency_key": f"nyckel{key.n}"}


key.n = 0


def n_queries(client, url):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def test_from_the_template_to_a_version(client):
    owner = make_buyer("Forsa")
    client.force_login(make_person("Maria", organisation=owner, role=Membership.Role.DIRECTOR))
    page = client.get(at("library")).text
    assert "Ingen modell ännu" in page
    assert "Systematik" in client.get(at("model_template", "systematik")).text
    sent = {"organisation": owner.pk, "title": "Vår modell", "start": "systematik", **key()}
    answer = client.post(at("begin_model"), sent)
    draft = ModelDraft.objects.get()
    assert answer["Location"] == at("draft", draft.pk)
    assert client.post(at("begin_model"), sent)["Location"] == at("library")  # a double click
    assert ModelDraft.objects.count() == 1
    assert "Behov och mål" in client.get(at("draft", draft.pk)).text
    answer = client.post(at("draft_make", draft.pk), key())
    model = QualityModel.objects.get()
    assert answer["Location"] == at("model", model.pk)
    page = client.get(at("model", model.pk)).text
    assert "Hur tar ni reda på vad de ni finns till för behöver" in page
    assert "Version 1" in page
    assert model.sha256 in page


def test_a_draft_is_written_part_by_part_and_says_what_it_lacks(client):
    library = make_library()
    client.force_login(library.writer)
    sent = {"organisation": library.owner.pk, "title": "Ny", "start": "empty", **key()}
    client.post(at("begin_model"), sent)
    draft = ModelDraft.objects.get()
    assert "En modell behöver minst en del." in client.get(at("draft", draft.pk)).text
    assert client.get(at("draft_criterion", draft.pk, 0)).status_code == 404

    def save(name, *args, **typed):
        draft.refresh_from_db()
        vars(draft).pop("model", None)
        return client.post(at(name, draft.pk, *args), typed | {"based_on": draft.mark} | key())

    assert save("draft_area", 0, title="Planera", introduction="", is_left_out="no").status_code == 302
    assert "Delen Planera har inget kriterium." in client.get(at("draft", draft.pk)).text
    criterion = {
        "area": "del1", "title": "Mål", "question": "Hur sätter ni mål?", "evidence": "", "kind": "approach",
        "unit": "percent", "lowest": "", "maximum": "50", "step": "10", "weight": "1",
        "texts": "0: Inget\n50: De flesta, kl. 10: ja\n",
    }  # fmt: skip
    assert save("draft_criterion", 0, **criterion).status_code == 302
    refused = save("draft_criterion", 1, **criterion | {"texts": "Inget\n50: Mycket"})
    assert refused.status_code == 422
    assert "Rad 1: skriv var texten börjar" in refused.text
    off = save("draft_criterion", 1, **criterion | {"step": "30"})
    assert "Stegen på 30 leder inte från 0 till 100." in off.text or off.status_code == 422
    assert save("draft_about", title="Ny modell", introduction="För oss", source="Egen", scores_results="no",
                renormalised_to="100").status_code == 302  # fmt: skip
    draft.refresh_from_db()
    vars(draft).pop("model", None)
    made = draft.model
    assert (made.title, made.renormalised_to, made.criteria[0].key) == ("Ny modell", 100, "k1")
    assert [(band.lowest, band.text) for band in made.criteria[0].scale.bands] == [
        (0, "Inget"),
        (50, "De flesta, kl. 10: ja"),
    ]
    stale = client.post(at("draft_area", draft.pk, 1), {"title": "X", "is_left_out": "no", "based_on": "x"} | key())
    assert "Någon har ändrat utkastet under tiden" in stale.text


def test_parts_and_criteria_move_and_are_taken_out(client):
    library = make_library()
    draft = open_draft(library)
    client.force_login(library.writer)
    client.post(at("draft_arrange", draft.pk, "del", 1, "ned"), {"based_on": draft.mark})
    fresh = ModelDraft.objects.get()
    assert [area.title for area in fresh.model.areas] == ["Göra", "Planera"]
    stale = client.post(at("draft_arrange", draft.pk, "del", 1, "ned"), {"based_on": draft.mark}, follow=True)
    assert "Någon har ändrat utkastet under tiden" in stale.text
    client.post(at("draft_arrange", draft.pk, "kriterium", 1, "bort"), {"based_on": fresh.mark})
    assert [each.title for each in ModelDraft.objects.get().model.criteria] == ["Behov och mål"]
    assert client.post(at("draft_arrange", draft.pk, "annat", 1, "ned")).status_code == 404
    assert client.post(at("draft_arrange", draft.pk, "del", 9, "ned")).status_code == 404


def test_out_as_a_file_and_in_again_as_the_next_version(client):
    library = make_library()
    client.force_login(library.writer)
    out = client.get(at("model_export", library.model.pk, "json"))
    assert out["Content-Disposition"] == 'attachment; filename="systematik-v1.json"'
    assert read_model_json(out.content).model == library.model.content
    book = client.get(at("model_export", library.model.pk, "xlsx"))
    assert read_model_workbook(book.content).model == library.model.content
    assert client.get(at("model_export", library.model.pk, "exe")).status_code == 404
    told = json.loads(out.content)
    told["areas"][0]["criteria"][0]["maximum"] = "75"
    file = SimpleUploadedFile("modell.json", json.dumps(told).encode())
    answer = client.post(at("read_model_file"), {"target": library.model.pk, "file": file, "has_right": "on", **key()})
    draft = ModelDraft.objects.get()
    assert answer["Location"] == at("draft", draft.pk)
    page = client.get(at("draft", draft.pk)).text
    assert "Vad som skiljer sig från version 1" in page
    client.post(at("draft_make", draft.pk), key())
    second = QualityModel.objects.get(version=2)
    page = client.get(at("model_differences", second.pk)).text
    assert "Behov och mål" in page
    assert ">75" in page
    assert "Det finns en senare version" in client.get(at("model", library.model.pk)).text
    assert client.get(at("model_differences", library.model.pk)).status_code == 404


def test_every_fault_of_a_workbook_is_told_by_its_cell_and_nothing_is_made(client):
    library = make_library()
    client.force_login(library.writer)
    book = openpyxl.load_workbook(io.BytesIO(client.get(at("model_export", library.model.pk, "xlsx")).content))
    book["Kriterier"]["K2"], book["Kriterier"]["F3"] = "mycket", "tur"
    out = io.BytesIO()
    book.save(out)
    file = SimpleUploadedFile("modell.xlsx", out.getvalue())
    answer = client.post(at("read_model_file"), {"target": library.model.pk, "file": file, "has_right": "on", **key()})
    assert answer.status_code == 422
    for told in ("Kriterier, K2", "mycket", "Kriterier, F3", "tur"):
        assert told in answer.text
    assert not ModelDraft.objects.exists()
    for name, data in (("x.xlsx", b"inget"), ("x.json", b"{"), ("x.json", b"[]")):
        file = SimpleUploadedFile(name, data)
        sent = {"target": library.owner.pk, "file": file, "has_right": "on", **key()}
        assert client.post(at("read_model_file"), sent).status_code == 422
    without = {"target": library.owner.pk, "file": SimpleUploadedFile("x.json", b"[]"), **key()}
    assert client.post(at("read_model_file"), without).status_code == 422
    assert not ModelDraft.objects.exists()


def test_the_next_version_is_begun_from_the_page_of_a_model_once(client):
    library = make_library()
    client.force_login(library.writer)
    assert "Version 1 blir kvar som den är" in client.get(at("next_version", library.model.pk)).text
    answer = client.post(at("next_version", library.model.pk), key())
    draft = ModelDraft.objects.get()
    assert answer["Location"] == at("draft", draft.pk)
    refused = client.post(at("next_version", library.model.pk), key())
    assert refused.status_code == 422
    assert at("draft", draft.pk) in refused.text
    assert at("draft", draft.pk) in client.get(at("model", library.model.pk)).text
    assert client.post(at("draft_discard", draft.pk), key())["Location"] == at("library")
    assert not ModelDraft.objects.exists()


def test_from_an_older_version_the_newest_is_copied_unless_what_goes_back_is_chosen(client):
    library = make_library()
    newest = next_version(library, word="klokt")
    page = at("next_version", library.model.pk)
    client.force_login(library.writer)
    shown = client.get(page).text
    assert "Här är det som skulle bli som det var" in shown
    assert newest.content.areas[0].title in shown
    client.post(page, key() | {"begins_from": "2"})
    draft = ModelDraft.objects.get()
    assert (draft.follows, draft.model.areas[0].title) == (newest, newest.content.areas[0].title)
    client.post(at("draft_discard", draft.pk), key())
    client.post(page, key() | {"begins_from": "1"})
    draft = ModelDraft.objects.get()
    assert (draft.follows, draft.model.areas[0].title) == (newest, library.model.content.areas[0].title)
    kept = client.get(at("draft_make", draft.pk)).text
    assert "Vad som skiljer sig från version 2" in kept
    assert newest.content.areas[0].title in kept
    client.post(at("draft_discard", draft.pk), key())
    assert client.post(page, key() | {"begins_from": "3"}).status_code == 422
    assert "tillbaka" not in client.get(at("next_version", newest.pk)).text


def test_an_employee_reads_and_is_told_why_not_more(client):
    library = make_library()
    draft = open_draft(library)
    client.force_login(make_person("Anställd", organisation=library.owner))
    assert "Gör en modell" not in client.get(at("library")).text
    assert "Anställda bedömer efter modellerna" in client.get(at("model", library.model.pk)).text
    assert client.get(at("draft", draft.pk)).status_code == 404
    for name in ("begin_model", "read_model_file"):
        assert "Du kan inte göra det här för någon organisation" in client.get(at(name)).text


@pytest.mark.parametrize("name", ["model", "model_differences", "next_version"])
def test_a_stranger_finds_no_model(client, name):
    library = make_library()
    model = next_version(library)
    client.force_login(make_person("Främling"))
    assert client.get(at(name, model.pk)).status_code == 404
    assert client.get(at("model_export", model.pk, "json")).status_code == 404
    assert library.model.title not in client.get(at("library")).text.partition("Mallar")[0]


def test_a_text_of_somebody_else_is_never_markup(client):
    evil = "<script>alert(1)</script> & \"ÅÄÖ'"
    library = make_library(content=small(evil))
    client.force_login(library.writer)
    for url in (at("library"), at("model", library.model.pk)):
        page = client.get(url).text
        assert "<script>alert(1)" not in page
        assert "&lt;script&gt;alert(1)" in page


def test_the_list_asks_as_much_with_thirty_models_as_with_one(client):
    library = make_library()
    client.force_login(library.writer)
    one = n_queries(client, at("library"))
    for n in range(29):
        draft = begin_draft(owner=library.owner, content=small(f"Modell {n}"), by=library.writer, at=START)
        make_version(draft=draft, by=library.writer, at=START)
    for n in range(5):
        begin_draft(owner=library.owner, content=small(f"Utkast {n}"), by=library.writer, at=START)
    assert n_queries(client, at("library")) == one
    page = n_queries(client, at("model", library.model.pk))
    for word in ("ett", "två", "tre"):
        next_version(library, word=word)
    assert n_queries(client, at("model", library.model.pk)) == page


def test_the_template_is_handed_out_too(client):
    client.force_login(make_person("Vem som helst"))
    out = client.get(at("template_export", "systematik", "json"))
    assert read_model_json(out.content).model == template("systematik")
    assert client.get(at("template_export", "annan", "json")).status_code == 404
    assert client.get(at("model_template", "annan")).status_code == 404


def test_a_draft_that_can_not_be_read_is_listed_and_thrown_away(client):
    library = make_library()
    draft = open_draft(library)
    ModelDraft.objects.update(content="{}")
    client.force_login(library.writer)
    page = client.get(at("library")).text
    assert "Ett utkast som inte går att läsa" in page
    assert at("draft_discard", draft.pk) in page
    assert client.get(at("draft", draft.pk)).status_code == 404
    assert client.get(at("draft_discard", draft.pk)).status_code == 200
    client.post(at("draft_discard", draft.pk), key())
    assert not ModelDraft.objects.exists()


def test_too_long_a_text_is_told_beside_its_field(client):
    library = make_library()
    draft = open_draft(library)
    client.force_login(library.writer)
    sent = {"introduction": "x" * 50_001, "scores_results": "no", "based_on": draft.mark, **key()}
    answer = client.post(at("draft_about", draft.pk), sent)
    assert answer.status_code == 422
    assert "högst 50000 tecken, nu 50001" in answer.text


def test_of_very_many_faults_the_first_are_told_and_how_many_are_left(client):
    library = make_library()
    client.force_login(library.writer)
    value = {"format": 1, "title": "Fel", "areas": [], **{f"fel{n}": 1 for n in range(250)}}
    file = SimpleUploadedFile("modell.json", json.dumps(value).encode())
    sent = {"target": library.owner.pk, "file": file, "has_right": "on", **key()}
    page = client.post(at("read_model_file"), sent).text
    assert "model.fel199" in page
    assert "model.fel200" not in page
    assert "… och 50 till." in page


@pytest.mark.parametrize("asked", ["9" * 4301, "\uff12", "²", "-1", ""])
def test_a_part_that_is_no_number_in_the_address_never_breaks_the_page(client, asked):
    library = make_library()
    draft = open_draft(library)
    client.force_login(library.writer)
    page = client.get(at("draft_criterion", draft.pk, 0), {"del": asked})
    assert page.status_code == 200
    assert client.get(at("draft_criterion", draft.pk, 0), {"del": "9" * 18}).status_code == 404


def test_a_text_that_excel_would_cut_off_is_never_handed_out_cut_off(client):
    content = small()
    first, *others = content.areas
    long = replace(first, introduction="\u00e5" * 40_000)
    library = make_library(content=replace(content, areas=(long, *others)))
    client.force_login(library.writer)
    refused = client.get(at("model_export", library.model.pk, "xlsx"))
    assert (refused.status_code, "Excel behåller 32\xa0767 tecken" in refused.text) == (403, True)
    assert "\u00e5" * 40_000 in client.get(at("model_export", library.model.pk, "json")).text
