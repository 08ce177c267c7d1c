"""The room `procurements` as a Django app."""

from typing import Any

from django.apps import AppConfig


class ProcurementsConfig(AppConfig):
    """The procurement: its team, conflict declarations and stage facts."""

    name = "rodatraden.procurements"

    def ready(self) -> None:
        """Take who leaves an organisation, holds a key for it no longer, or opens its bids and begins to bid, off its teams."""
        from rodatraden.parties.actions import changing, happened  # noqa: PLC0415 -- models are loaded by now

        changing.connect(_before_party_verb)
        happened.connect(_after_party_verb)


def _before_party_verb(*, person: Any, organisation: Any, begins_to_bid: bool, **_: Any) -> None:
    from rodatraden.procurements.queries import hold_teams  # noqa: PLC0415 -- models are loaded by now

    hold_teams(person=person, buyer=None if begins_to_bid else organisation)


def _after_party_verb(*, event: str, of: Any, by: Any, at: Any, **_: Any) -> None:
    if event == "membership_granted" and of.role == of.Role.BIDDER:
        from rodatraden.procurements.actions import leave_as_bidder  # noqa: PLC0415 -- models are loaded by now

        leave_as_bidder(person=of.person, by=by, at=at)
    if event in {"membership_ended", "key_holding_ended"}:
        from rodatraden.procurements.actions import leave_teams  # noqa: PLC0415 -- models are loaded by now

        leave_teams(person=of.person, buyer=of.organisation, by=by, at=at)
