import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms.renderers import DjangoTemplates
from django.template.loader import render_to_string
from django.test import RequestFactory

from rodatraden.ui.forms import AmountField, Checks, Group, Radios, RtForm
from rodatraden.ui.renderer import UiBoundField, UiRenderer
from tests.ui.page import read


class Form(RtForm, forms.Form):
    name = forms.CharField(label="Namn", help_text="Som i registret", max_length=100)
    nick = forms.CharField(label="Smeknamn", required=False)
    why = forms.CharField(label="Skäl", widget=forms.Textarea, max_length=300)
    kind = forms.ChoiceField(
        label="Typ", choices=[("a", "A"), ("b", "B")], widget=Radios(explained={"a": "Prövas."}), help_text="Välj en"
    )
    many = forms.MultipleChoiceField(label="Flera", choices=[("x", "X"), ("y", "Y")], widget=Checks(), required=False)
    price = AmountField(label="Pris")
    file = forms.FileField(label="CV")
    agrees = forms.BooleanField(label="Vi lovar")
    token = forms.CharField(widget=forms.HiddenInput, required=False)


@pytest.fixture
def request_():
    request = RequestFactory().get("/behov/")
    request.user = AnonymousUser()
    return request


def draw(form, request, **context):
    return read(render_to_string("ui/form.html", {"form": form, **context}, request=request))


def described(page, control):
    return [page.one(id=id_).text for id_ in control["aria-describedby"].split()]


def test_every_control_has_a_label_of_its_own(request_):
    page = draw(Form(), request_)
    controls = [c for c in page.every() if c.tag in {"input", "textarea", "select"} and c.get("type") != "hidden"]
    assert len(controls) == 10
    assert [len(page.all("label", for_=control["id"])) for control in controls] == [1] * 10
    assert {"ds-input"} <= {css for control in controls for css in control["class"].split()}


def test_help_stands_between_label_and_control_and_describes_it(request_):
    page = draw(Form(), request_)
    control = page.one("input", name="name")
    assert described(page, control) == ["Som i registret"]
    assert [child.tag for child in control.parent.children if not isinstance(child, str)] == ["label", "p", "input"]


def test_only_optional_fields_say_so(request_):
    page = draw(Form(), request_)
    labels = [label.text for label in [*page.all("label"), *page.all("legend")] if "valfritt" in label.text]
    assert labels == ["Smeknamn (valfritt)", "Flera (valfritt)"]
    assert page.one("input", name="name").get("required") is None
    assert "required" in page.one("input", name="name").attributes


def test_an_error_is_tied_to_its_control_first(request_):
    page = draw(Form({}), request_)
    control = page.one("input", name="name")
    assert control["aria-invalid"] == "true"
    assert described(page, control) == ["Fyll i namn", "Som i registret"]


def test_the_error_summary_comes_first_takes_focus_and_links_to_the_controls(request_):
    page = draw(Form({"kind": "a"}), request_)
    summary = page.one("ds-error-summary")
    form = page.one("form")
    assert next(child for child in form.children if not isinstance(child, str) and child.tag != "input") is summary
    assert (summary["role"], summary["tabindex"]) == ("group", "-1")
    assert page.one(id=summary["aria-labelledby"]).text == "Rätta de här 5 sakerna för att gå vidare"
    links = [(link.text, link["href"]) for link in summary.all("a")]
    assert links == [
        ("Fyll i namn", "#id_name"),
        ("Fyll i skäl", "#id_why"),
        ("Fyll i pris", "#id_price"),
        ("Välj en fil: CV", "#id_file"),
        ("Kryssa i rutan för att gå vidare: vi lovar", "#id_agrees"),
    ]
    assert all(page.one(id=href.removeprefix("#")).tag in {"input", "textarea"} for _, href in links)


def test_a_form_without_errors_has_no_summary(request_):
    assert draw(Form(), request_).all("ds-error-summary") == []


def test_radios_are_a_named_and_described_group_and_each_can_be_explained(request_):
    page = draw(Form({}), request_)
    group = page.one("fieldset", id="id_kind")
    assert page.one(id=group["aria-labelledby"]).text == "Typ"
    assert described(page, group) == ["Välj typ", "Välj en"]
    assert [radio["id"] for radio in group.all("input")] == ["id_kind_0", "id_kind_1"]
    assert page.one(id="id_kind_0-help").text == "Prövas."
    assert ("Välj typ", "#id_kind_0") in [(a.text, a["href"]) for a in page.one("ds-error-summary").all("a")]


def test_what_was_chosen_and_typed_stands_there_again(request_):
    page = draw(Form({"name": "<b>Ada</b>", "kind": "b", "many": ["y"], "price": "1.050", "why": "för att"}), request_)
    assert page.one("input", name="name")["value"] == "<b>Ada</b>"
    assert [radio["value"] for radio in page.all("input", name="kind") if "checked" in radio.attributes] == ["b"]
    assert [box["value"] for box in page.all("input", name="many") if "checked" in box.attributes] == ["y"]
    assert page.one("input", name="price")["value"] == "1.050"
    assert page.one("textarea").text == "för att"


def test_a_chosen_file_is_named_and_asked_for_again(request_):
    page = draw(Form({}, {"file": SimpleUploadedFile("CV-Elin.pdf", b"%PDF")}), request_)
    assert "Du hade valt CV-Elin.pdf: välj den igen." in described(page, page.one("input", name="file"))


def test_a_money_field_has_its_unit_and_a_keyboard_for_numbers(request_):
    page = draw(Form(), request_)
    control = page.one("input", name="price")
    assert (control["type"], control["inputmode"], control["autocomplete"]) == ("text", "decimal", "off")
    assert control.parent.one("span").text == "kr"


def test_a_long_text_says_how_much_room_there_is_and_nothing_cuts_what_is_pasted(request_):
    page = draw(Form(), request_)
    control = page.one("textarea")
    assert described(page, control) == ["Högst 300 tecken"]
    assert control.get("maxlength") is None
    assert page.one("input", name="name").get("maxlength") is None


def test_a_form_with_files_says_so_and_hidden_fields_come_along(request_):
    page = draw(Form(), request_)
    assert page.one("form")["enctype"] == "multipart/form-data"
    assert page.one("input", name="token")["type"] == "hidden"
    assert page.one("input", name="csrfmiddlewaretoken")["type"] == "hidden"


def test_groups_become_fieldsets_with_legend_and_description(request_):
    class Grouped(RtForm, forms.Form):
        groups = (Group(["a", "b"], title="Uppföljning", description="Hur ni vet.", layout="half"),)
        a = forms.CharField(label="A")
        b = forms.CharField(label="B")

    group = draw(Grouped(), request_).one("fieldset")
    assert group.one("legend").text == "Uppföljning"
    assert [field["name"] for field in group.one("div").all("input")] == ["a", "b"]


def test_buttons_say_what_they_do(request_):
    page = draw(
        Form(),
        request_,
        submit="Stryk K9",
        danger=True,
        cancel_url="/",
        cancel="Behåll som det är",
        extra=[("draft", "1", "Spara som utkast")],
    )
    assert [(button.text, button.get("data-color")) for button in page.all("button")] == [
        ("Stryk K9", "danger"),
        ("Spara som utkast", None),
    ]
    assert [link.text for link in page.all("a")] == ["Behåll som det är"]


def test_rows_have_names_and_a_button_that_adds_one_without_script(request_):
    class Row(RtForm, forms.Form):
        name = forms.CharField(label="Namn")

    rows = forms.formset_factory(Row, extra=2)(prefix="rows")
    page = read(
        render_to_string("ui/formset.html", {"formset": rows, "title": "Uppdrag", "add": "Lägg till"}, request=request_)
    )
    assert [legend.text for legend in page.all("legend")] == ["Uppdrag 1", "Uppdrag 2"]
    assert page.one("button", name="add-row")["value"] == "rows"
    assert page.one("input", name="rows-TOTAL_FORMS")["value"] == "2"


def test_the_attributes_of_a_control_are_escaped_and_false_ones_left_out():
    drawn = forms.TextInput(attrs={"data-x": '"<b>', "required": True, "maxlength": False, "rows": 3}).render("a", "")
    assert drawn.split() == [
        "<input",
        'type="text"',
        'name="a"',
        'data-x="&quot;&lt;b&gt;"',
        'rows="3"',
        "required>",
    ]


CHOICES = [("", "Välj"), ('Sköld & "Svärd"', [("a", "A < B"), (2, "Två")]), ("c", "C")]


@pytest.mark.parametrize(
    ("widget", "value"),
    [
        (forms.TextInput(), None),
        (forms.TextInput(), "<b>\"'&"),
        (forms.NumberInput(), 0),
        (forms.EmailInput(), "a@b.se"),
        (forms.PasswordInput(render_value=True), "hemligt"),
        (forms.HiddenInput(), "x"),
        (forms.DateInput(), "2026-11-30"),
        (forms.CheckboxInput(), True),
        (forms.CheckboxInput(), False),
        (forms.Textarea(), "\nrad <1>\nrad 2"),
        (forms.Textarea(), None),
        (forms.Select(choices=CHOICES), "2"),
        (forms.Select(choices=CHOICES), None),
        (forms.SelectMultiple(choices=CHOICES), ["a", "c"]),
    ],
)
def test_a_control_is_written_as_django_writes_it(widget, value):
    attributes = {"id": "id_x", "required": True, "data-of": '<"&>'}
    ours, djangos = (
        _shape(widget.render("x", value, attributes, renderer=each())) for each in (UiRenderer, DjangoTemplates)
    )
    assert ours == djangos


class OurFields(DjangoTemplates):
    bound_field_class = UiBoundField


def test_one_choice_of_a_group_is_written_as_django_writes_it():
    for kind in (forms.RadioSelect, forms.CheckboxSelectMultiple):
        field = forms.ChoiceField(choices=[("a", "A"), ("b", "B<")], widget=kind())
        ours, djangos = (
            type("Form", (forms.Form,), {"x": field})({"x": "b"}, renderer=each())["x"]
            for each in (UiRenderer, OurFields)
        )
        assert [_shape(each.tag()) for each in ours.subwidgets] == [_shape(each.tag()) for each in djangos.subwidgets]


def _shape(html):
    """What a browser makes of a control, whatever the order of its attributes; the space between choices is not shown."""

    def shape(element):
        children = [
            each if isinstance(each, str) else shape(each)
            for each in element.children
            if not isinstance(each, str) or element.tag == "textarea" or each.strip()
        ]
        return element.tag, element.attributes, children

    return shape(read(html))
