"""Warnings accepted, publication, notices, questions and answers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rodatraden.tenders.models import NoticeHandover, Question
from rodatraden.ui.forms import Group, RtForm, VerbForm


class AcceptForm(VerbForm):
    """Why one goes on in spite of a warning."""

    reason = forms.CharField(
        label=_("Why you go on"), help_text=_("Kept in the case"), widget=forms.Textarea(attrs={"rows": 3})
    )


class PublishForm(RtForm, forms.Form):
    """The last step before the documents are frozen."""

    idempotent = True
    sure = forms.BooleanField(
        label=_(
            "The documents are as we want them. What changes afterwards is a published change that everybody is told of."
        )
    )


class ConfirmNoticeForm(RtForm, forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable when run
    """What the notice database answered."""

    idempotent = True
    groups = (Group(("database", "notice_id"), layout="half"), Group(("published_at", "link"), layout="half"))

    link = forms.URLField(label=_("Link to the notice"), required=False, assume_scheme="https", max_length=200)

    class Meta:
        model = NoticeHandover
        fields = ("database", "notice_id", "published_at", "link")
        help_texts = {
            "notice_id": _("As the database shows it"),
            "published_at": _("The time that the database shows, not the time now"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("database", "notice_id", "published_at"):
            self.fields[name].required = True

    def stated(self) -> dict[str, Any]:
        """Return what the verb asks for."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class AskForm(RtForm, forms.Form):
    """A question about the documents, from anybody."""

    idempotent = True
    text = forms.CharField(
        label=_("Your question"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Do not write who you are. The question and the answer are published for everybody."),
    )
    email = forms.EmailField(
        label=_("E-mail for the answer"),
        required=False,
        help_text=_("Used once, for the answer. Nobody at the buyer sees it."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class FollowForm(RtForm, forms.Form):
    """An address that wants the answers."""

    idempotent = True
    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))


class AnswerForm(VerbForm):
    """The answer, and the question in the words in which everybody will read it."""

    published_text = forms.CharField(
        label=_("The question as everybody will read it"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Take out what shows who asked"),
    )
    answer = forms.CharField(label=_("Answer"), widget=forms.Textarea(attrs={"rows": 6}))
    extend_to = forms.DateTimeField(
        label=_("New last time for bids"),
        required=False,
        help_text=_("Only when the answer comes late or changes much"),
    )
    late_reason = forms.CharField(
        label=_("Why the deadline stays"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Only when the answer comes late and the deadline does not move"),
    )

    def __init__(self, *args: Any, question: Question, **kwargs: Any) -> None:
        super().__init__(*args, initial={"published_text": question.text}, **kwargs)
