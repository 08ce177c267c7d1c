"""The acts at the box: hand in what is sealed, confirm, withdraw, unlock, open, and what was opened in another tool."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rodatraden.bids.forms.fields import MEGABYTE, BidFileField
from rodatraden.core.numbers import swedish_number
from rodatraden.ui.forms import RtForm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.core.files.uploadedfile import UploadedFile
    from django.db.models import QuerySet

    from rodatraden.parties.models import Organisation
    from rodatraden.tenders.models import Snapshot


class ConfirmBidForm(RtForm, forms.Form):
    """That a bid handed in holds as it is for the latest version; about another one than the latest it is no word at all."""

    idempotent = True

    version = forms.UUIDField(widget=forms.HiddenInput)
    sure = forms.BooleanField(label=_("We have read what has changed, and our bid holds as it is for the new version"))

    def __init__(self, *args: Any, latest: Snapshot, **kwargs: Any) -> None:
        super().__init__(*args, initial={"version": latest.pk}, **kwargs)
        self.latest = latest

    def clean_version(self) -> Any:
        """Refuse a page that was opened before a later version came."""
        if self.cleaned_data["version"] != self.latest.pk:
            raise forms.ValidationError(
                gettext("The documents have changed once more. Open the page again and read what has changed since.")
            )
        return self.cleaned_data["version"]


class WithdrawForm(RtForm, forms.Form):
    """The act of withdrawing."""

    idempotent = True


class SealedBidForm(RtForm, forms.Form):
    """A bid that was sealed on the bidder's own computer, and for which supplier it is handed in."""

    idempotent = True

    bundle = forms.FileField(label=_("the sealed bid"), help_text=_("The file that the sealing wrote, name.rtbid."))

    def __init__(self, *args: Any, suppliers: QuerySet[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        only = suppliers[0] if len(suppliers) == 1 else None
        self.fields["supplier"] = forms.ModelChoiceField(suppliers, label=_("supplier"), initial=only)

    def clean_bundle(self) -> UploadedFile[bytes]:
        """Refuse more than a bid can be, which was thrown away while it came."""
        upload: UploadedFile[bytes] = self.cleaned_data["bundle"]
        most = settings.BID_SEALED_MAX_BYTES
        if (upload.size or 0) > most:
            raise forms.ValidationError(
                gettext("The sealed bid is too large. It can be at most %(most)s MB.")
                % {"most": swedish_number(most // MEGABYTE)}
            )
        return upload


class UnlockForm(RtForm, forms.Form):
    """The sheet that a holder has peeled a layer off, as the page's program or the command line wrote it."""

    sheet = forms.FileField(label=_("the unlocked sheet"))

    def __init__(self, *args: Any, may_go_on: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if may_go_on:
            self.fields["despite"] = forms.BooleanField(
                label=_("No other pair can unlock them: open the other bids"), required=False
            )


class LeaveOutForm(RtForm, forms.Form):
    """That an official proposes to open the others: who can't be reached, and why."""

    idempotent = True

    unreachable = forms.MultipleChoiceField(
        label=_("Who can't be reached?"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("They are told at once. If one of them turns up after all, the proposal falls."),
    )
    reason = forms.CharField(
        label=_("reason"),
        widget=forms.Textarea(attrs={"rows": "4"}),
        max_length=4000,
        help_text=_("What you have done to reach them, and why the opening can't wait. It stands in the protocol."),
    )

    def __init__(self, *args: Any, holders: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unreachable"].choices = holders  # type: ignore[attr-defined]


class DecideLeavingForm(RtForm, forms.Form):
    """That a second official decides what another has proposed; `decide` tells which form was sent."""

    idempotent = True

    decide = forms.CharField(widget=forms.HiddenInput, initial="1", max_length=1)
    sure = forms.BooleanField(label=_("I too have tried to reach them, and no other pair can be had"))


class ReachableForm(RtForm, forms.Form):
    """That somebody who is said to be out of reach can be reached."""

    idempotent = True

    reachable = forms.CharField(widget=forms.HiddenInput, initial="1", max_length=1)


class AttestForm(RtForm, forms.Form):
    """That an official attests the list of bids."""

    attest = forms.CharField(widget=forms.HiddenInput, initial="1", max_length=1)


class ObserverForm(RtForm, forms.Form):
    """Whom a chamber of commerce has appointed to attend the opening; which supplier asked is not asked for."""

    idempotent = True

    name = forms.CharField(label=_("name"), max_length=150)
    chamber = forms.CharField(label=_("chamber of commerce"), max_length=150)
    email = forms.EmailField(
        label=_("e-mail"),
        help_text=_(
            "The link goes there. Don't write which supplier asked: it isn't kept, since it would tell who bids."
        ),
    )


class EndObserverForm(RtForm, forms.Form):
    """The act of ending that somebody observes."""

    idempotent = True


class TakeObservationForm(RtForm, forms.Form):
    """That somebody who has signed in takes the link to an opening; `take` tells that it was sent."""

    take = forms.CharField(widget=forms.HiddenInput, initial="1", max_length=1)


class FollowedForm(RtForm, forms.Form):
    """What the observer says of the opening; it can't be taken back."""

    idempotent = True

    remark = forms.CharField(
        label=_("remark"),
        widget=forms.Textarea(attrs={"rows": "4"}),
        max_length=4000,
        required=False,
        help_text=_("What you want to be written down about the opening, in your own words."),
    )
    sure = forms.BooleanField(label=_("I have followed the opening and looked through the list"))


class OutsideOpeningForm(RtForm, forms.Form):
    """An opening that was held in another tool, as the first of the two officials states it."""

    opened_at = forms.DateTimeField(label=_("when the bids were opened"))
    tool = forms.CharField(label=_("tool"), max_length=100)
    protocol = BidFileField(
        label=_("the other tool's protocol of the opening"),
        help_text=_("The list of bids that you both attested there, for example as PDF."),
    )


class ConfirmStatementForm(RtForm, forms.Form):
    """The second official's confirmation of an opening in another tool; `confirm` tells which form was sent."""

    confirm = forms.CharField(widget=forms.HiddenInput, initial="1", max_length=1)
    was_there = forms.BooleanField(label=_("I opened the bids together with my colleague, and the protocol is right"))
