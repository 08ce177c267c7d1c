"""Warnings accepted, publication, notices, questions and answers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rodatraden.core.calendars import Country, databases_in
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
    """What the notice database answered; the databases known in the buyer's country are offered, and any other is written."""

    idempotent = True
    groups = (
        Group(("database", "other_database"), layout="half"),
        Group(("notice_id", "published_at"), layout="half"),
        Group(("link",)),
    )
    ANOTHER = "another"

    database = forms.ChoiceField(label=_("Notice database"))
    other_database = forms.CharField(
        label=_("Name of another notice database"),
        required=False,
        max_length=100,
        help_text=_("Only when it is not among those to choose"),
    )
    link = forms.URLField(label=_("Link to the notice"), required=False, assume_scheme="https", max_length=200)

    class Meta:
        model = NoticeHandover
        fields = ("notice_id", "published_at", "link")
        help_texts = {
            "notice_id": _("As the database shows it"),
            "published_at": _("The time that the database shows, not the time now"),
        }

    def __init__(self, *args: Any, country: Country, used: str = "", **kwargs: Any) -> None:
        """Offer the databases of `country`, and propose the one that was `used` last for the same documents."""
        known = databases_in(country)
        names = {row.name for row in known}
        proposed = {"database": used if used in names or not used else self.ANOTHER}
        if used and used not in names:
            proposed["other_database"] = used
        super().__init__(*args, initial=proposed, **kwargs)
        database = self.fields["database"]
        assert isinstance(database, forms.ChoiceField)
        database.choices = [
            ("", _("Choose")),
            *(
                (row.name, row.name if row.is_verified else _("%(name)s (unverified)") % {"name": row.name})
                for row in known
            ),
            (self.ANOTHER, _("Another")),
        ]
        for name in ("notice_id", "published_at"):
            self.fields[name].required = True

    def clean(self) -> dict[str, Any]:
        """Ask for the name of another database, which nobody can know here."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("database") == self.ANOTHER and not cleaned.get("other_database"):
            self.add_error("other_database", _("Write the name of the notice database."))
        return cleaned

    def stated(self) -> dict[str, Any]:
        """Return what the verb asks for."""
        chosen = self.cleaned_data["database"]
        database = self.cleaned_data["other_database"] if chosen == self.ANOTHER else chosen
        return {"database": database} | {name: self.cleaned_data[name] for name in self.Meta.fields}


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
