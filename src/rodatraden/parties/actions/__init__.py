"""The verbs of organisations and people.

Each sends `happened`, and `letter` when it writes to somebody, in its transaction, and `records` writes them down. What ties people to
an organisation sends `changing` before that, so that later rooms hold what they will change.
"""

from rodatraden.parties.actions.keys import (
    accept_key_holding,
    answer_drill,
    appoint_key_holder,
    end_key_holding,
    invite_key_holder,
    make_opening_key,
    register_recovery_key,
    retire_opening_key,
    start_drill,
)
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
    trust_address,
    withdraw_invitation,
)
from rodatraden.parties.actions.recovery_codes import (
    draw_recovery_codes,
    end_recovery_codes,
    use_recovery_code,
)
from rodatraden.parties.actions.signals import changing, happened, letter

__all__ = [
    "MOST_REQUESTS",
    "accept_invitation",
    "accept_key_holding",
    "answer_drill",
    "appoint_key_holder",
    "ask_to_join",
    "changing",
    "confirm_organisation_number",
    "draw_recovery_codes",
    "end_key_holding",
    "end_membership",
    "end_recovery_codes",
    "grant_membership",
    "happened",
    "invite",
    "invite_key_holder",
    "letter",
    "make_opening_key",
    "record_account_event",
    "register_organisation",
    "register_person",
    "register_recovery_key",
    "register_supplier",
    "release_organisation_number",
    "retire_opening_key",
    "start_drill",
    "take_link",
    "trust_address",
    "use_recovery_code",
    "withdraw_invitation",
]
