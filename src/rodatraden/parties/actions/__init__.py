"""The verbs of organisations and people.

Each sends `happened`, and `letter` when it writes to somebody, in its transaction, and `records` writes them down.
"""

from rodatraden.parties.actions.numbers import (
    MOST_REQUESTS,
    ask_to_join,
    confirm_organisation_number,
    release_organisation_number,
)
from rodatraden.parties.actions.people import (
    accept_invitation,
    end_membership,
    grant_membership,
    invite,
    record_account_event,
    register_organisation,
    register_person,
    register_supplier,
    take_link,
    withdraw_invitation,
)
from rodatraden.parties.actions.signals import happened, letter

__all__ = [
    "MOST_REQUESTS",
    "accept_invitation",
    "ask_to_join",
    "confirm_organisation_number",
    "end_membership",
    "grant_membership",
    "happened",
    "invite",
    "letter",
    "record_account_event",
    "register_organisation",
    "register_person",
    "register_supplier",
    "release_organisation_number",
    "take_link",
    "withdraw_invitation",
]
