"""Letters to those who follow the answers, each with the link by which it ends; of other verbs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext

from rodatraden.core.codes import code_digest
from rodatraden.records.actions import write_mail
from rodatraden.tenders.queries import code_of_subscription, following, subscription_link
from rodatraden.ui import links

if TYPE_CHECKING:
    from datetime import datetime

    from rodatraden.parties.models import Person
    from rodatraden.tenders.models import AnswerSubscription, Tender


def write_to_followers(*, tender: Tender, subject: str, text: str, by: Person | None, at: datetime) -> set[str]:
    """Write to everybody who follows the answers, once to each address, how to end it last; return the addresses.

    The verb around it holds the transaction and records.
    """
    sent: set[str] = set()
    for subscription in following(tender):
        if subscription.email not in sent:
            sent.add(subscription.email)
            write_mail(
                to=subscription.email, subject=subject, text=f"{text}\n\n{_how_to_end(subscription)}", by=by, at=at
            )
    return sent


def _how_to_end(subscription: AnswerSubscription) -> str:
    """Return the last lines of a letter; after another secret of the installation has been set its links have another code."""
    code = code_of_subscription(subscription)
    if subscription.token_sha256 != code_digest(code):
        subscription.token_sha256 = code_digest(code)
        subscription.save(update_fields=["token_sha256"])
    said = gettext("No more mails like this: %(link)s") % {"link": subscription_link(subscription)}
    return f"{said}\n{links.told(code)}"
