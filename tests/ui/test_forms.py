from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.http import QueryDict

from rodatraden.core.answer import RefusedError, no
from rodatraden.core.message import say
from rodatraden.ui.forms import AmountField, ExactField, FileForm, Group, HoursField, Problem, RtForm, with_new_row

NBSP = "\u00a0"
FULL_WIDTH = "\uff11\uff11\uff14\uff10"  # 1140 in full-width digits


class NeedForm(RtForm, forms.Form):
    title = forms.CharField(label="Rubrik", max_length=10)
    kind = forms.ChoiceField(label="Typ", choices=[("", "---------"), ("a", "A")])
    price = AmountField(label="Timpris")
    hours = HoursField(label="Timmar", required=False)
    when = forms.DateField(label="Startdag", required=False)
    file = forms.FileField(label="CV", required=False)
    mail = forms.EmailField(label="E-post", required=False)
    months = forms.IntegerField(label="Månader", required=False, min_value=1)
    agrees = forms.BooleanField(label="Vi accepterar villkoren")


FILLED = {"title": "Behov", "kind": "a", "price": "1 140,50 kr", "agrees": "on"}


def errors(**changed):
    return dict(NeedForm(FILLED | changed).errors)


def test_an_empty_form_says_what_to_fill_in_choose_and_tick():
    assert NeedForm({}).errors == {
        "title": ["Fyll i rubrik"],
        "kind": ["Välj typ"],
        "price": ["Fyll i timpris"],
        "agrees": ["Kryssa i rutan för att gå vidare: vi accepterar villkoren"],
    }


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("title", "x" * 12, "Korta texten: högst 10 tecken, nu 12."),
        ("kind", "b", "Det du valde går inte längre att välja. Välj igen."),
        ("when", "i morgon", "Skriv datumet som 2026-06-23."),
        ("mail", "namn", "Skriv en e-postadress, till exempel namn@example.com."),
        ("mail", f"{'x' * 250}@example.com", "Korta texten: högst 254 tecken, nu 262."),
        ("months", "tolv", "Skriv ett tal med siffror."),
        ("months", "0", "Skriv minst 1."),
        ("price", "1.050", f"1.050 kan betyda 1{NBSP}050 eller 1,05. Skriv det du menar."),
        ("price", "-5", "-5 är negativt. Skriv ett tal som är noll eller mer."),
        ("price", "tusen", "tusen innehåller bokstäver. Skriv bara talet, till exempel 1050,50."),
        ("price", FULL_WIDTH, f"Skriv {FULL_WIDTH} med siffrorna 0 till 9."),
    ],
)
def test_what_was_written_wrong_is_said_with_what_to_do(field, value, expected):
    assert errors(**{field: value}) == {field: [expected]}


def test_an_empty_file_is_asked_for_again():
    form = NeedForm(FILLED, {"file": SimpleUploadedFile("cv.pdf", b"")})
    assert form.errors == {"file": ["Filen är tom (0 byte). Välj en annan fil."]}


def test_abbreviations_keep_their_capitals_inside_the_sentence():
    class Form(RtForm, forms.Form):
        cpv = forms.CharField(label="CPV-kod")

    assert Form({}).errors == {"cpv": ["Fyll i CPV-kod"]}


def test_amounts_are_read_and_shown_as_people_write_them():
    form = NeedForm(FILLED)
    assert form.is_valid()
    assert form.cleaned_data["price"] == Decimal("1140.50")
    assert NeedForm(initial={"price": Decimal("1140.5")})["price"].value() == f"1{NBSP}140,50"
    assert NeedForm(initial={"hours": Decimal("1.5")})["hours"].value() == "1,5"


def test_what_was_typed_comes_back_as_it_was_typed():
    assert NeedForm(FILLED | {"price": "1.050"})["price"].value() == "1.050"


def test_an_amount_has_not_changed_when_it_is_only_written_differently():
    field = AmountField()
    assert not field.has_changed(Decimal("1140.50"), "1 140,50 kr")
    assert field.has_changed(Decimal(1140), "1 141")
    assert field.has_changed(Decimal(1140), "1.050")


def test_problems_come_refusals_first_then_fields_in_order_with_where_to_mend_them():
    form = NeedForm({"title": "x" * 12, "kind": "a", "price": "10", "agrees": "on"})
    form.refuse(RefusedError(no(say("The deadline has passed."), mend="#tider", source="LOU 4 kap. 12 §")))
    form.refuse(no(say("The deadline has passed.")), field="price")
    assert form.problems == [
        Problem("Tiden har gått ut.", "#tider", "LOU 4 kap. 12 §"),
        Problem("Tiden har gått ut.", "#id_price", ""),
        Problem("Rubrik: Korta texten: högst 10 tecken, nu 12.", "#id_title"),
    ]
    assert form["price"].errors == ["Tiden har gått ut."]
    assert form.status == 422


def test_a_refusal_without_a_place_has_no_link():
    form = NeedForm(FILLED)
    form.refuse(no(say("The deadline has passed."), mend="nowhere:at-all"))
    assert [problem.href for problem in form.problems] == [""]


def test_a_form_that_nobody_sent_has_no_problems():
    form = NeedForm()
    assert (form.problems, form.status) == ([], 200)


def test_the_form_as_a_whole_can_be_wrong():
    class Form(RtForm, forms.Form):
        def clean(self):
            raise forms.ValidationError("Allt på en gång.")

    assert Form({}).problems == [Problem("Allt på en gång.")]


def test_groups_lay_out_the_fields_and_the_rest_comes_last():
    class Form(RtForm, forms.Form):
        groups = (Group(["b", "a"], title="Först", layout="half"), Group(["c"]))
        a = forms.CharField()
        b = forms.CharField()
        c = forms.CharField(widget=forms.HiddenInput)
        d = forms.CharField()

    assert [(group.title, group.css, [field.name for field in group.fields]) for group in Form().fieldsets] == [
        ("Först", "rt-lika", ["b", "a"]),
        ("", "rt-falt", ["d"]),
    ]


def test_an_idempotent_form_makes_a_key_and_keeps_the_one_that_was_sent():
    class Form(RtForm, forms.Form):
        idempotent = True

    first, second = Form()["idempotency_key"].value(), Form()["idempotency_key"].value()
    assert len(first) == 32
    assert first != second
    sent = Form({"idempotency_key": first})
    assert sent.is_valid()
    assert sent.idempotency_key == first
    assert sent["idempotency_key"].value() == first


def test_dates_use_the_controls_of_the_browser():
    form = NeedForm(initial={"when": date(2026, 6, 23)})
    assert 'type="date"' in str(form["when"])
    assert 'value="2026-06-23"' in str(form["when"])


def test_a_new_row_is_added_to_what_was_sent():
    sent = QueryDict("rows-TOTAL_FORMS=2&rows-0-name=Ada")
    more = with_new_row(sent, "rows")
    assert (more["rows-TOTAL_FORMS"], more["rows-0-name"]) == ("3", "Ada")
    assert sent["rows-TOTAL_FORMS"] == "2"


@pytest.mark.parametrize("forged", ["", "two", "-1", "1e9", "9" * 5000])
def test_a_forged_count_of_rows_gives_one_row(forged):
    assert with_new_row(QueryDict(f"rows-TOTAL_FORMS={forged}"), "rows")["rows-TOTAL_FORMS"] == "1"


def test_a_number_field_without_a_way_to_read_cannot_be_made():
    with pytest.raises(TypeError, match="abstract"):
        ExactField(label="Antal")


def test_a_form_that_only_asks_for_a_row_is_neither_valid_nor_wrong():
    form = NeedForm(FILLED | {"add-row": "rows"})
    assert (form.is_valid(), form.problems, form.status) == (False, [], 200)
    assert NeedForm({"add-row": "rows"}).errors == {}
    assert form["price"].value() == "1 140,50 kr"


class AttachForm(FileForm):
    file = forms.FileField(label="Fil", required=False)


class SmallForm(AttachForm):
    most_bytes = 1_500_000


@pytest.mark.parametrize(
    ("kind", "size", "said"),
    [
        (AttachForm, 50_000_000, []),
        (AttachForm, 50_000_001, ["Filen är för stor. Välj en på högst 50 MB."]),
        (SmallForm, 1_500_000, []),
        (SmallForm, 1_500_001, ["Filen är för stor. Välj en på högst 1,5 MB."]),
    ],
)
def test_no_form_takes_a_file_of_which_only_the_size_came(kind, size, said):
    upload = UploadedFile(file=BytesIO(), name="film.mp4", size=size)  # as config.uploads hands over what is too large
    form = kind({}, {"file": upload})
    assert form.errors.get("file", []) == said
    assert form.status == (422 if said else 200)
