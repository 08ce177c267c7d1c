"""What the verbs of organisations and people send: the ledger and the outbox lie in a later room, which writes."""

from django.dispatch import Signal

happened = Signal()
"""Sent with `event`, `of`, `by`, `at` and `what`, inside the transaction of the verb."""

changing = Signal()
"""Sent with `person`, `organisation` and `begins_to_bid`, inside the transaction of a verb that ties them together or ends what did.

`organisation` is None where it is registered in the same verb. Before the log is written: later rooms take hold here of what they change when it has `happened`. Who holds the log waits for nobody.
"""

letter = Signal()
"""Sent with `to`, `subject`, `text`, `by` and `at`, inside the transaction of the verb."""
