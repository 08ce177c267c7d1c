"""What suppliers and officials fill in about bids."""

from rodatraden.bids.forms.acts import (
    AttestForm,
    ConfirmBidForm,
    ConfirmStatementForm,
    DecideLeavingForm,
    EndObserverForm,
    FollowedForm,
    LeaveOutForm,
    ObserverForm,
    OutsideOpeningForm,
    ReachableForm,
    SealedBidForm,
    TakeObservationForm,
    UnlockForm,
    WithdrawForm,
)
from rodatraden.bids.forms.outside import OutsideBidForm
from rodatraden.bids.forms.parts import StartForm
from rodatraden.bids.forms.workspace import workspace_forms

__all__ = [
    "AttestForm",
    "ConfirmBidForm",
    "ConfirmStatementForm",
    "DecideLeavingForm",
    "EndObserverForm",
    "FollowedForm",
    "LeaveOutForm",
    "ObserverForm",
    "OutsideBidForm",
    "OutsideOpeningForm",
    "ReachableForm",
    "SealedBidForm",
    "StartForm",
    "TakeObservationForm",
    "UnlockForm",
    "WithdrawForm",
    "workspace_forms",
]
