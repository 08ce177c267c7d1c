"""A small site of its own: forms behind a sign-in, as the rooms write them."""

from django import forms
from django.http import HttpResponse
from django.template import engines
from django.urls import include, path

from rodatraden.ui.forms import RtForm, with_new_row
from rodatraden.ui.policy import public, signed_in


class LetterForm(RtForm, forms.Form):
    idempotent = True
    title = forms.CharField(label="Rubrik")
    kinds = forms.MultipleChoiceField(label="Sorter", choices=[("a", "A"), ("b", "B")], required=False)
    urgent = forms.BooleanField(label="Bråttom", required=False, initial=True)
    password = forms.CharField(label="Lösenord", widget=forms.PasswordInput(render_value=True), required=False)
    file = forms.FileField(label="Bilaga", required=False)


class RowForm(RtForm, forms.Form):
    name = forms.CharField(label="Namn")


Rows = forms.formset_factory(RowForm, extra=1)


def show(source, context, request, status=200):
    return HttpResponse(engines["django"].from_string("{% load rt %}" + source).render(context, request), status=status)


@signed_in
def write(request, number=0):
    form = LetterForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        return HttpResponse(f"saved {form.cleaned_data['title']}")
    return show('{% include "ui/form.html" %}', {"form": form}, request, form.status)


@signed_in
def write_rows(request):
    sent = with_new_row(request.POST, "form") if "add-row" in request.POST else request.POST
    rows = Rows(sent or None)
    source = '{% form_frame letter rows=formset %}{{ letter.title.as_field_group }}{% include "ui/formset.html" with add="Mer" %}{% endform_frame %}'
    return show(source, {"formset": rows, "letter": LetterForm(sent or None)}, request)


@public
def ask(request):
    return show('{% include "ui/form.html" %}', {"form": LetterForm()}, request)


urlpatterns = [
    path("letter/", write),
    path("letter/<int:number>/", write),
    path("rows/", write_rows),
    path("ask/", ask),
    path("", include("rodatraden.config.urls")),
]
