"""The verbs of the contract: draw up, sign, extend, call off, cancel, report hours, deliver."""

from rodatraden.contracts.actions.concluding import draw_up_contract, extend, register_signature
from rodatraden.contracts.actions.delivering import deliver, report_delivered_hours
from rodatraden.contracts.actions.ordering import call_off, cancel_call_off

__all__ = [
    "call_off",
    "cancel_call_off",
    "deliver",
    "draw_up_contract",
    "extend",
    "register_signature",
    "report_delivered_hours",
]
