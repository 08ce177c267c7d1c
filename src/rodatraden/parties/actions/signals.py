"""What the verbs of organisations and people send: the ledger and the outbox lie in a later room, which writes."""

from django.dispatch import Signal

happened = Signal()
"""Sent with `event`, `of`, `by`, `at` and `what`, inside the transaction of the verb."""

letter = Signal()
"""Sent with `to`, `subject`, `text`, `by` and `at`, inside the transaction of the verb."""
