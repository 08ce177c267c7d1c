"""The room `followup` as a Django app."""

from typing import Any

from django.apps import AppConfig


class FollowupConfig(AppConfig):
    """Planned checks, their results, deviations."""

    name = "rodatraden.followup"

    def ready(self) -> None:
        """Plan the checks when a contract is concluded, and again when an option is taken up."""
        from rodatraden.records.actions import event_recorded  # noqa: PLC0415 -- models are loaded by now

        event_recorded.connect(_after_event)


def _after_event(*, body: Any, **_: Any) -> None:
    if body.event not in {"procurement_contract_signed", "contract_extended"}:
        return
    from rodatraden.contracts.models import Contract  # noqa: PLC0415 -- models are loaded by now
    from rodatraden.contracts.queries import with_contract  # noqa: PLC0415 -- as above
    from rodatraden.followup.actions import plan_checks  # noqa: PLC0415 -- as above

    contract = with_contract(Contract.objects.filter(tender__procurement=body.case)).get()
    plan_checks(contract=contract, by=None, at=body.at)
