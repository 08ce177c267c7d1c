"""What people write when they decide and notify."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rodatraden.awards.models import Notification, ReviewCase, Revocation
from rodatraden.awards.rules import LONGEST_WISH
from rodatraden.parties.models import Membership, Person
from rodatraden.records.models import AccessAnswer, SecrecyAssessment
from rodatraden.ui.forms import AmountField, Group, NumberInput, RtForm, VerbForm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from rodatraden.awards.models import DelegationPoint
    from rodatraden.awards.queries import Piece
    from rodatraden.bids.models import Bid
    from rodatraden.records.models import StoredFile

Channel = Notification.Channel
DIGITS = re.compile(r"[0-9]{1,3}")
PAGES = re.compile(r"([0-9]{1,5})(?:[-\u2013]([0-9]{1,5}))?")
"""A page or a range of pages, with a hyphen or a dash between its ends."""


class OnDelegationForm(RtForm, forms.Form):
    """A decision on delegation: a point of the list is chosen, or written where the organisation keeps none."""

    def __init__(self, *args: Any, points: Sequence[DelegationPoint] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if points is not None:
            written = self.fields["delegation"]
            self.fields["delegation"] = forms.ChoiceField(
                label=written.label,
                help_text=_(
                    "Which point of the delegation order gives the right to decide. An administrator keeps the list."
                ),
                choices=[("", gettext("Choose")), *((str(each), each.told) for each in points)],
                initial=self.initial.get("delegation"),
                error_messages={"required": gettext("Choose which point the decision rests on.")},
            )


class DecisionForm(OnDelegationForm):
    """The reasons of the award and the point of the delegation order, proposed and then edited by a person."""

    idempotent = True
    reasons = forms.CharField(
        label=_("Reasons"),
        help_text=_(
            "Proposed from the outcome and the consensus. All bidders read it: nothing secret, nothing of others."
        ),
        widget=forms.Textarea(attrs={"rows": 12}),
    )
    delegation = forms.CharField(
        label=_("Delegation"),
        max_length=200,
        help_text=_("Which point of the delegation order gives the right to decide, and when the order was adopted."),
    )

    def stated(self) -> dict[str, str]:
        """Return what the verbs ask for."""
        return {name: self.cleaned_data[name] for name in ("reasons", "delegation")}


class PrepareForm(DecisionForm):
    """The same, and where the law asks for proof of the intended winner and none has been asked for, why not."""

    without_proof = forms.CharField(
        label=_("Why no proof is asked for"),
        help_text=_(
            "The law says that the intended winner shall be asked for proof before the award is decided (LOU 15 kap. 4 §). Ask for it "
            "first, or write why not. The reason stands in the decision."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, lacks_proof: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not lacks_proof:
            del self.fields["without_proof"]

    def stated(self) -> dict[str, str]:
        """Return what the verb asks for."""
        return super().stated() | {"without_proof": self.cleaned_data.get("without_proof", "")}


class RevokeForm(OnDelegationForm):
    """Why an award does not stand; all bidders read the reason."""

    idempotent = True
    cause = forms.ChoiceField(label=_("Cause"), choices=Revocation.Cause.choices, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("All bidders and everybody read it: what has happened, and nothing secret."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    delegation = forms.CharField(
        label=_("Delegation"),
        max_length=200,
        help_text=_("Which point of the delegation order gives the right to decide, and when the order was adopted."),
    )

    def stated(self) -> dict[str, Any]:
        """Return what the verb asks for."""
        return {name: self.cleaned_data[name] for name in ("cause", "reason", "delegation")}


HOLDERS = (
    Membership.Role.DIRECTOR,
    Membership.Role.PROCUREMENT_OFFICER,
    Membership.Role.NEED_OWNER,
    Membership.Role.ADMINISTRATOR,
)
CURRENCIES = ("SEK", "NOK", "EUR")


class DelegationForm(VerbForm):
    """A point of the delegation order as it was adopted."""

    point = forms.CharField(label=_("Point"), max_length=20, help_text=_("As it stands in the order, for example 4.2."))
    covers = forms.CharField(label=_("What it covers"), max_length=300)
    up_to = AmountField(
        label=_("Up to"),
        required=False,
        help_text=_("Without VAT, the whole contract with options. Empty: no limit."),
        widget=NumberInput,
    )
    currency = forms.ChoiceField(label=_("Currency"), choices=[(each, each) for each in CURRENCIES])
    role = forms.ChoiceField(
        label=_("Held by a role"),
        choices=[("", _("No role: one person")), *((role.value, role.label) for role in HOLDERS)],
        required=False,
    )
    person = forms.ModelChoiceField(label=_("Held by a person"), queryset=Person.objects.none(), required=False)
    source = forms.CharField(
        label=_("Document that adopted it"),
        max_length=150,
        help_text=_("For example: the delegation order, the board 2026-03-12 § 14."),
    )
    valid_from_on = forms.DateField(label=_("From"))
    valid_to_on = forms.DateField(label=_("To and with"), required=False)
    groups = (
        Group(["point", "covers"]),
        Group(["up_to", "currency"], layout="half"),
        Group(["role", "person"], layout="half"),
        Group(["source"]),
        Group(["valid_from_on", "valid_to_on"], layout="half"),
    )

    def __init__(self, *args: Any, people: QuerySet[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        person = self.fields["person"]
        assert isinstance(person, forms.ModelChoiceField)
        person.queryset = people


class EndDelegationForm(VerbForm):
    """The last day of a point."""

    last_on = forms.DateField(label=_("Last day"))


class ReturnForm(RtForm, forms.Form):
    """What has to be otherwise before a prepared decision can be made."""

    idempotent = True
    why = forms.CharField(label=_("What has to be otherwise"), widget=forms.Textarea(attrs={"rows": 4}))


class BoardForm(RtForm, forms.Form):
    """The meeting at which the board was told."""

    idempotent = True
    meeting_on = forms.DateField(
        label=_("Day of the meeting"),
        help_text=_("All decisions up to that day that the board has not been told of before are noted."),
    )


class AskDocumentsForm(RtForm, forms.Form):
    """Which documents somebody wants; nothing about who or why is asked (TF 2 kap. 18 §, INV-27)."""

    idempotent = True
    wanted = forms.CharField(
        label=_("Which documents do you want?"),
        help_text=_("Name them, or say what they are about. You need not say who you are or why."),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=LONGEST_WISH,
    )


class AnswerRequestForm(RtForm, forms.Form):
    """What is handed out, and by which provision the rest is not."""

    idempotent = True
    outcome = forms.ChoiceField(
        label=_("What is handed out"), choices=AccessAnswer.Outcome.choices, widget=forms.RadioSelect
    )
    chosen = forms.MultipleChoiceField(label=_("Files"), required=False, widget=forms.CheckboxSelectMultiple)
    provision = forms.CharField(
        label=_("Provision"),
        help_text=_(
            "What makes the rest secret, for example OSL 31 kap. 16 §. Never refuse a whole document for a part of it."
        ),
        required=False,
        max_length=120,
    )
    text = forms.CharField(
        label=_("Answer"),
        help_text=_("Whoever asked reads it, and everybody can. How to go on is added by itself."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(self, *args: Any, pieces: Sequence[Piece], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["chosen"]
        assert isinstance(chosen, forms.MultipleChoiceField)
        chosen.choices = [(str(piece.file.pk), piece.title) for piece in pieces]

    def stated(self) -> dict[str, Any]:
        """Return what the verb asks for."""
        return {
            "outcome": AccessAnswer.Outcome(self.cleaned_data["outcome"]),
            "provision": self.cleaned_data["provision"],
            "text": self.cleaned_data["text"],
            "files": [UUID(key) for key in self.cleaned_data["chosen"]],
        }


class ClaimForm(VerbForm):
    """A part of one's own bid that is asked to be kept secret."""

    file = forms.ChoiceField(label=_("Where it stands"))
    place = forms.CharField(
        label=_("Which part"), max_length=300, help_text=_("A page, a table, a name. The whole bid is never secret.")
    )
    reason = forms.CharField(label=_("Why it is secret"), widget=forms.Textarea(attrs={"rows": 3}))
    harm = forms.CharField(
        label=_("What harm it would do if it became known"), widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, parts: Sequence[tuple[Any, str, StoredFile]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["file"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(stored.pk), title) for _document, title, stored in parts]

    def stated(self) -> dict[str, Any]:
        """Return what the verb asks for."""
        return {**self.typed(), "file": UUID(self.cleaned_data["file"])}


class AssessForm(VerbForm):
    """How a claim of secrecy is judged."""

    outcome = forms.ChoiceField(
        label=_("Assessment"), choices=SecrecyAssessment.Outcome.choices, widget=forms.RadioSelect
    )
    provision = forms.CharField(
        label=_("Provision"),
        help_text=_("What makes it secret, for example OSL 31 kap. 16 §."),
        max_length=120,
        required=False,
    )
    valid_until_on = forms.DateField(
        label=_("Secret until"),
        required=False,
        help_text=_("Terms of a contract become public sooner than other things."),
    )
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}))


class PagesField(forms.CharField):
    """Numbers of pages as people write them: 2, 5–7."""

    def clean(self, value: Any) -> frozenset[int]:
        """Return the numbers.

        Raises:
            ValidationError: it is no list of pages.
        """
        text = str(super().clean(value))
        pages: set[int] = set()
        for part in filter(None, re.split(r"[,\s]+", text)):
            found = PAGES.fullmatch(part)
            first, last = (int(found[1]), int(found[2] or found[1])) if found else (1, 0)
            if not 0 < first <= last:
                raise forms.ValidationError(gettext("Write page numbers, such as 2, 5–7."), code="invalid")
            pages.update(range(first, last + 1))
        return frozenset(pages)


class MaskForm(RtForm, forms.Form):
    """What is hidden in a copy, and by which provision."""

    idempotent = True
    piece = forms.ChoiceField(label=_("File"))
    file = forms.FileField(
        label=_("Your masked version"),
        help_text=_(
            "PDF in which you have taken the text away. Leave it out to take out whole pages, or to mask plain text."
        ),
        required=False,
    )
    removed = PagesField(label=_("Pages that are taken out"), help_text=_("For example 2, 5–7."), required=False)
    hidden = forms.CharField(
        label=_("Words that must be gone"),
        help_text=_(
            "One on each line. The copy is refused when any of them can still be read in it, and when a page that is kept draws a picture: take that page out."
        ),
        widget=forms.Textarea(attrs={"rows": 5}),
        required=False,
    )
    provision = forms.CharField(
        label=_("Provision"), help_text=_("What makes it secret, for example OSL 31 kap. 16 §."), max_length=120
    )

    def __init__(self, *args: Any, pieces: Sequence[Piece], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pieces = {str(piece.file.pk): piece for piece in pieces if piece.masked is None}
        field = self.fields["piece"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(key, piece.title) for key, piece in self.pieces.items()]

    def stated(self) -> dict[str, Any]:
        """Return what the verb asks for."""
        upload = self.cleaned_data["file"]
        return {
            "piece": self.pieces[self.cleaned_data["piece"]],
            "provision": self.cleaned_data["provision"],
            "hidden": self.cleaned_data["hidden"].splitlines(),
            "removed": self.cleaned_data["removed"],
            "upload": upload.read() if upload else None,
        }


class ReviewForm(RtForm, forms.Form):
    """A review case as the court has registered it."""

    idempotent = True
    kind = forms.ChoiceField(label=_("What is asked for"), choices=ReviewCase.Kind.choices)
    instance = forms.ChoiceField(
        label=_("Instance"),
        choices=ReviewCase.Instance.choices,
        help_text=_("Only a case in the first court extends a standstill by itself."),
    )
    court = forms.CharField(label=_("Court"), max_length=120)
    number = forms.CharField(label=_("Case number"), max_length=40)
    received_on = forms.DateField(
        label=_("Received by the court"),
        help_text=_("When the application reached the court; it decides whether it came in time."),
    )

    def stated(self) -> dict[str, Any]:
        """Return what the verb asks for."""
        return {name: self.cleaned_data[name] for name in ("kind", "instance", "court", "number", "received_on")}


class InterimForm(RtForm, forms.Form):
    """An order of the court that holds for the time being."""

    idempotent = True
    barred_on = forms.DateField(label=_("The court ordered on"))
    lifted_on = forms.DateField(label=_("The order was lifted on"), required=False)

    def stated(self) -> dict[str, Any]:
        """Return what the verb asks for."""
        return {name: self.cleaned_data[name] for name in ("barred_on", "lifted_on")}


class EndingForm(RtForm, forms.Form):
    """How and when the court ended the case."""

    idempotent = True
    decided_on = forms.DateField(label=_("The court decided on"))
    ending = forms.ChoiceField(label=_("How it ended"), choices=ReviewCase.Ending.choices, widget=forms.RadioSelect)


class DaysField(forms.IntegerField):
    """A number of days, in at most three of the digits 0–9."""

    def to_python(self, value: Any) -> int | None:
        if isinstance(value, str) and value.strip() and not DIGITS.fullmatch(value.strip()):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


class NoticesForm(RtForm, forms.Form):
    """How each bidder is notified; all at the same instant."""

    idempotent = True

    def __init__(self, *args: Any, bids: Sequence[Bid], **kwargs: Any) -> None:
        self.bids = bids
        self.base_fields = {  # type: ignore[misc]  # one field for each bidder; Django copies them from here
            **{
                f"channel_{bid.number}": forms.ChoiceField(
                    label=bid.supplier.name,
                    help_text=bid.address or gettext("There is no e-mail address, so a letter is needed."),
                    choices=Channel.choices,
                    initial=Channel.ELECTRONIC if bid.address else Channel.LETTER,
                )
                for bid in bids
            },
            "stated_days": DaysField(
                label=_("Longer standstill, in days"),
                help_text=_("Only if you want to give more days than the law. What you state binds you."),
                required=False,
                min_value=1,
                widget=NumberInput(suffix=_("days")),
            ),
            "court": forms.CharField(
                label=_("Court that tries an application for review"),
                help_text=_("Its name, as all bidders read it. Left empty, the kind of court is named."),
                required=False,
                max_length=120,
            ),
        }
        super().__init__(*args, **kwargs)

    def channels(self) -> dict[UUID, Notification.Channel]:
        """Return the channel of each bidder."""
        return {bid.pk: Channel(self.cleaned_data[f"channel_{bid.number}"]) for bid in self.bids}


class CancelForm(OnDelegationForm):
    """Why a published procurement is cancelled; everybody reads it."""

    idempotent = True
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Everybody reads it, at once: an objective reason, and nothing about bids."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    delegation = forms.CharField(
        label=_("Delegation"), max_length=200, help_text=_("Which decision gives you the right to decide.")
    )
    is_announced_anew = forms.BooleanField(label=_("A new procurement is planned"), required=False)

    def stated(self) -> dict[str, Any]:
        """Return what the verb asks for."""
        return {name: self.cleaned_data[name] for name in ("reason", "delegation", "is_announced_anew")}


class ConfirmForm(RtForm, forms.Form):
    """A step that can't be taken back, confirmed on a page of its own."""

    idempotent = True
