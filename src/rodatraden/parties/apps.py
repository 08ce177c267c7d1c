"""The room `parties` as a Django app."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig


class PartiesConfig(AppConfig):
    """Organisations, people and what they are in them."""

    name = "rodatraden.parties"

    def ready(self) -> None:
        """Write down what django-allauth does to an account: it is the one hand besides our verbs."""
        from allauth.account import signals as account  # noqa: PLC0415 -- models are loaded by now
        from allauth.mfa import signals as mfa  # noqa: PLC0415 -- as above

        for signal, event in (
            (account.password_set, "password_changed"),
            (account.password_changed, "password_changed"),
            (account.password_reset, "password_changed"),
            (account.email_confirmed, "email_confirmed"),
            (account.email_changed, "email_changed"),
            (mfa.authenticator_added, "second_step_added"),
            (mfa.authenticator_removed, "second_step_removed"),
        ):
            signal.connect(_teller(event), weak=False, dispatch_uid=f"parties.{event}.{id(signal)}")
        mfa.authenticator_removed.connect(_without_second_step, dispatch_uid="parties.without_second_step")


def _teller(event: str) -> Any:
    """Return a receiver that records that `event` happened to an account."""

    def tell(*, request: Any, user: Any = None, email_address: Any = None, **_: Any) -> None:
        from rodatraden.parties.actions import record_account_event  # noqa: PLC0415 -- models are loaded by now

        person = user or email_address.user
        record_account_event(person=person, event=event, by=person, at=request.now)

    return tell


def _without_second_step(*, request: Any, user: Any, **_: Any) -> None:
    """Let recovery codes go with the last app or key that they stand in for."""
    from rodatraden.parties.actions import end_recovery_codes  # noqa: PLC0415 -- models are loaded by now
    from rodatraden.parties.rules import may_draw_recovery_codes  # noqa: PLC0415 -- as above

    if not may_draw_recovery_codes(user):
        end_recovery_codes(person=user, by=user, at=request.now)
