"""What the room issues: the award decision, the notification of each bidder, the decision to cancel and its notice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext

from rodatraden.core.instants import local_date
from rodatraden.evaluation.queries import accepted_proofs
from rodatraden.parties.models import Country
from rodatraden.ui.documents import Block, Code, Facts, Heading, Lead, Paper, Text, written_in
from rodatraden.ui.words import moment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from rodatraden.awards.models import AwardDecision, Cancellation, Notification, Revocation
    from rodatraden.procurements.models import Procurement
    from rodatraden.records.models import AccessAnswer
    from rodatraden.tenders.models import Tender


@written_in(lambda decision, *_: decision.tender.procurement.language)
def decision_paper(decision: AwardDecision, replaced: AwardDecision | None = None) -> Paper:
    """Return the award decision as everybody may read it: the winner, the reasons, who decided and on what it rests.

    Nothing but what concerns the winner: all bidders read it (OSL 31 kap. 16 §).
    """
    outcome = decision.tender.outcome
    return _paper(
        decision.tender.procurement,
        decision.decided_at,
        kind="award-decision",
        title=gettext("Award decision"),
        blocks=(
            Lead(gettext("The bid of %(winner)s is accepted.") % {"winner": decision.winner.supplier.name}),
            *_in_place_of(replaced),
            Heading(gettext("Reasons")),
            Text(decision.reasons),
            Heading(gettext("Who has decided")),
            Facts(
                (
                    (gettext("Prepared by"), decision.prepared_by.name),
                    (gettext("Decided by"), decision.decided_by.name),
                    (gettext("Delegation"), decision.delegation),
                    (gettext("Decision made"), moment(decision.decided_at)),
                )
            ),
            Heading(gettext("What the decision rests on")),
            Text(
                gettext(
                    "The outcome was computed by the published model and frozen %(moment)s. It has been computed anew from what "
                    "it was frozen with, and came out the same."
                )
                % {"moment": moment(outcome.frozen_at)}
            ),
            Facts(((gettext("Evaluation protocol"), outcome.document.number),)),
            Code(gettext("Fingerprint of the outcome (SHA-256)"), outcome.outcome_sha256),
            *_proof_of(decision),
            *_without_proof(decision),
            Heading(gettext("What happens now")),
            Text(
                gettext(
                    "All bidders are notified at the same instant, with reasons and standstill. The standstill runs from the last notification, not from the decision."
                )
            ),
        ),
    )


def _without_proof(decision: AwardDecision) -> tuple[Block, ...]:
    """Say why no proof was asked for, where the law says that it shall be (LOU 15 kap. 4 §)."""
    why = decision.proposal.without_proof
    return (Heading(gettext("Why no proof was asked for")), Text(why)) if why else ()


def _proof_of(decision: AwardDecision) -> tuple[Block, ...]:
    """Say which proof of the winner was accepted: what, its own date, who issued it, who accepted it (LOU 15 kap. 4 §)."""
    rows = [
        (
            f"{proof.about}: {proof.what}",
            gettext("%(source)s, issued on %(day)s; accepted by %(name)s")
            % {"source": paper.source, "day": paper.issued_on.isoformat(), "name": check.checked_by.name},
        )
        for proof in accepted_proofs(decision.winner)
        if (paper := proof.paper) and (check := paper.check_that_counts)
    ]
    return (Heading(gettext("Proof from the winner")), Facts(tuple(rows))) if rows else ()


@written_in(lambda notification: notification.decision.tender.procurement.language)
def notification_paper(notification: Notification) -> Paper:
    """Return what one bidder is told: the decision and its reasons, its own result, and the standstill (LOU 12 kap. 12 §)."""
    decision = notification.decision
    own = notification.reasons.removeprefix(decision.reasons).strip()
    page = settings.SITE_URL + reverse("awards:notification", kwargs={"notification_id": notification.pk})
    return _paper(
        decision.tender.procurement,
        notification.sent_at,
        kind="award-notification",
        title=gettext("Notification of the award decision"),
        blocks=(
            Facts(
                (
                    (gettext("To"), notification.bid.supplier.name),
                    (gettext("Sent"), moment(notification.sent_at, seconds=True)),
                    (gettext("How"), str(notification.Channel(notification.sent_by).label)),
                )
            ),
            Lead(gettext("The bid of %(winner)s is accepted.") % {"winner": decision.winner.supplier.name}),
            Heading(gettext("Reasons for the decision")),
            Text(decision.reasons),
            Heading(gettext("Your own result")),
            Text(own),
            Heading(gettext("Standstill")),
            Text(notification.standstill_text),
            Heading(gettext("Who has decided")),
            Facts(
                (
                    (gettext("Decided by"), decision.decided_by.name),
                    (gettext("Delegation"), decision.delegation),
                    (gettext("Decision made"), moment(decision.decided_at)),
                )
            ),
            Text(gettext("The same stands on your own page: %(page)s") % {"page": page}),
        ),
    )


def _in_place_of(replaced: AwardDecision | None) -> tuple[Block, ...]:
    """Say which revoked decision a new one stands in the place of."""
    if replaced is None:
        return ()
    told = gettext("It stands in the place of the decision of %(moment)s, which was revoked: %(reason)s") % {
        "moment": moment(replaced.decided_at),
        "reason": replaced.revocation.reason,
    }
    return (Text(told),)


@written_in(lambda revocation: revocation.decision.tender.procurement.language)
def revocation_paper(revocation: Revocation) -> Paper:
    """Return the decision to revoke an award, with its reason, as everybody may read it."""
    decision = revocation.decision
    return _paper(
        decision.tender.procurement,
        revocation.revoked_at,
        kind="award-revocation",
        title=gettext("Decision to revoke the award"),
        blocks=(
            Lead(
                gettext("The decision of %(moment)s to accept the bid of %(winner)s is revoked.")
                % {"moment": moment(decision.decided_at), "winner": decision.winner.supplier.name}
            ),
            Heading(gettext("Reasons")),
            Text(str(revocation.Cause(revocation.cause).label)),
            Text(revocation.reason),
            Heading(gettext("Who has decided")),
            Facts(
                (
                    (gettext("Decided by"), revocation.revoked_by.name),
                    (gettext("Delegation"), revocation.delegation),
                    (gettext("Decision made"), moment(revocation.revoked_at)),
                )
            ),
        ),
    )


def access_paper(answer: AccessAnswer, tender: Tender, titles: Sequence[str]) -> Paper:
    """Return the answer to a request for documents: what was handed out, by which provision not, and one's rights."""
    asked = answer.request
    handed: tuple[Block, ...] = ()
    if titles:
        handed = (Heading(gettext("What is handed out")), *(Text(title) for title in titles))
    return _paper(
        tender.procurement,
        answer.answered_at,
        kind="access-decision" if answer.is_decision else "access-answer",
        title=gettext("Decision on a request for documents")
        if answer.is_decision
        else gettext("Answer to a request for documents"),
        blocks=(
            Facts(
                (
                    (gettext("Asked for"), moment(asked.asked_at)),
                    (gettext("Answered on"), moment(answer.answered_at)),
                    (gettext("Outcome"), str(answer.Outcome(answer.outcome).label)),
                    *(((gettext("Provision"), answer.provision),) if answer.provision else ()),
                )
            ),
            Heading(gettext("What was asked for")),
            Text(asked.wanted),
            Heading(gettext("Answer")),
            Text(answer.text),
            *handed,
            *(Text(line) for line in rights_of(answer)),
            Facts(((gettext("Answered by"), answer.answered_by.name),)),
        ),
    )


def rights_of(answer: AccessAnswer) -> tuple[str, ...]:
    """Return what whoever asked can do about an answer that did not give all (INV-27).

    Source: OSL 6 kap. 3 och 7 §§, offentleglova §§ 31–32.
    """
    if answer.outcome == answer.Outcome.ALL:
        return ()
    if answer.request.case.procurement.country == Country.NO:
        return (
            gettext(
                "You can appeal the refusal, and ask for further reasons within three weeks. Offentleglova §§ 31 and 32, not read by a Norwegian lawyer."
            ),
        )
    if answer.is_decision:
        return (
            gettext(
                "The decision can be appealed to the administrative court of appeal (kammarrätten). Write to the authority within three weeks of having got it. The court and the time are from memory, not verified. OSL 6 kap. 7 §"
            ),
        )
    return (
        gettext(
            "You have the right to a written decision of the authority, which can be appealed. Ask for it on the page of your request; you need give no reason. OSL 6 kap. 3 §"
        ),
    )


@written_in(lambda cancellation, *_: cancellation.tender.procurement.language)
def cancellation_paper(cancellation: Cancellation, anew: str) -> Paper:
    """Return the decision to cancel a published procurement, with its reason; `anew` says what comes after it."""
    return _paper(
        cancellation.tender.procurement,
        cancellation.cancelled_at,
        kind="cancellation-decision",
        title=gettext("Decision to cancel the procurement"),
        blocks=(
            Lead(gettext("The procurement is cancelled.")),
            Heading(gettext("Reasons")),
            Text(cancellation.reason),
            Text(anew),
            Heading(gettext("Who has decided")),
            Facts(
                (
                    (gettext("Decided by"), cancellation.cancelled_by.name),
                    (gettext("Delegation"), cancellation.delegation),
                    (gettext("Decision made"), moment(cancellation.cancelled_at)),
                )
            ),
        ),
    )


@written_in(lambda cancellation, *_: cancellation.tender.procurement.language)
def cancellation_notice_paper(cancellation: Cancellation, letter: str) -> Paper:
    """Return the one letter that all got when the procurement was cancelled; it tells nothing of who they are (INV-02)."""
    return _paper(
        cancellation.tender.procurement,
        cancellation.cancelled_at,
        kind="cancellation-notice",
        title=gettext("Notice to all that the procurement is cancelled"),
        blocks=(Text(letter),),
    )


def _paper(procurement: Procurement, at: datetime, *, kind: str, title: str, blocks: Sequence[Block]) -> Paper:
    return Paper(
        kind=kind,
        title=title,
        subtitle=gettext("%(title)s, case %(number)s")
        % {"title": procurement.title, "number": procurement.diary_case.number},
        buyer=procurement.buyer.name,
        on=local_date(at, procurement.country),
        blocks=blocks,
    )
