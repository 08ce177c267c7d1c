"""Who may score, see scores and write down consensus, each answer with its reason (INV-13, INV-14, INV-15).

Individual scores are blind until everybody has handed in theirs: our policy where the law is silent, so that each
assessor judges alone. Nothing alters a score once it has been handed in. Where the round belongs to a procurement, the
access rules of the procurement come first.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.dispatch import Signal
from django.urls import reverse

from rodatraden.assessments.models import PanelMember, ReportBundle
from rodatraden.assessments.rules.preparing import (
    Role,
    assessors_of,
    example_in,
    is_prepared,
    is_real,
    member_as,
    real_of,
    still_belongs,
    unread_by,
)
from rodatraden.assessments.rules.reading import may_read_own
from rodatraden.core.answer import YES, Answer, no
from rodatraden.core.assessment import check_score
from rodatraden.core.instants import local_date
from rodatraden.core.message import say
from rodatraden.procurements.models import StageFact, TeamMember
from rodatraden.procurements.rules import CONFLICT_SOURCE, has_happened, may_act_as, may_work, team_roles
from rodatraden.procurements.rules import may_let_out as may_let_out_in

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from decimal import Decimal

    from rodatraden.assessments.models import Criterion, FeedbackReport, PriceSighting, Round
    from rodatraden.core.assessment import Feedback
    from rodatraden.parties.models import Person
    from rodatraden.procurements.models import Procurement

JUDGES = frozenset({TeamMember.Role.OFFICER, TeamMember.Role.EVALUATOR})
ANY_REASON = "-"


def is_on_scale(criterion: Criterion, points: Decimal) -> Answer:
    """Answer whether `points` can be given: inside the published scale and on one of its steps (INV-09)."""
    problem = check_score(criterion.scale, points, ANY_REASON)
    return no(problem.reason, source="LOU 16 kap. 2 §") if problem else YES


def may_see(person: Person, assessed: Round) -> Answer:
    """Answer whether `person` sees what is judged in the round: leader and assessors, with access (INV-15).

    Who has been removed from the procurement's team as an evaluator is no longer there, whatever other role is left. An
    observer has a part in the round, and sees nothing of this (`may_follow`).
    """
    roles = _roles_in(person, assessed)
    if not roles:
        return no(say("Only the panel of this round can see it."))
    if roles == {Role.OBSERVER}:
        return no(
            say("An observer sees that the judging goes on and who remains, not what is judged."),
            mend=_round_page(assessed),
            source="policy",
        )
    return _belongs(person, assessed) if assessed.case is None else may_judge_in(person, assessed.case)


def may_follow(person: Person, assessed: Round) -> Answer:
    """Answer whether `person` sees that the round goes on and who remains: its panel and its observers, with access."""
    if _roles_in(person, assessed) != {Role.OBSERVER}:
        return may_see(person, assessed)
    return _belongs(person, assessed) if assessed.case is None else may_work(person, assessed.case)


def has_part(person: Person, assessed: Round) -> bool:
    """Whether `person` has a part in the round, also as an observer, with access or still without.

    Nobody else is told that there is such a round, and who has left the organisation whose round it is isn't either.
    """
    return bool(_roles_in(person, assessed)) and bool(assessed.case or _belongs(person, assessed))


def _belongs(person: Person, assessed: Round) -> Answer:
    """Answer whether a member of the panel is still of the organisations whose round it is."""
    member = next(m for m in assessed.panel.all() if m.person_id == person.pk)  # its person is read with the round
    if still_belongs(member.person, assessed):
        return YES
    return no(say("You no longer belong to an organisation that takes part. What you handed in still counts."))


def _roles_in(person: Person, assessed: Round) -> set[str]:
    """Return the person's roles in the panel; an example is of those who have a place in the real round."""
    own, placed = (
        {m.role for m in each.panel.all() if m.person_id == person.pk and m.removed_at is None}
        for each in (assessed, real_of(assessed))
    )
    return own if placed else set()


def may_judge_in(person: Person, case: Procurement) -> Answer:
    """Answer whether `person` may be in a panel of the procurement: its officers and evaluators with access."""
    access = may_work(person, case)
    if access and not team_roles(person, case) & JUDGES:
        return no(say("Only the panel of this round can see it."))
    return access


def _may_act(person: Person, assessed: Round) -> Answer:
    seen = may_see(person, assessed)
    if seen and assessed.case is not None and has_happened(assessed.case, StageFact.Kind.CANCELLED):
        return no(say("The procurement has been cancelled."))
    return seen


def may_score(person: Person, assessed: Round) -> Answer:
    """Answer whether `person` may write scores: an assessor who is prepared and has not handed in (INV-14)."""
    acts = _may_act(person, assessed)
    if not acts:
        return acts
    member = member_as(person, assessed, Role.ASSESSOR)
    if member is None:
        return no(say("Only an assessor of this round gives scores."))
    if member.submitted_at is not None:
        return no(say("You have handed in your scores. They can no longer be changed."), source="policy")
    return is_prepared(person, assessed)


def may_see_all_scores(person: Person, assessed: Round) -> Answer:
    """Answer whether `person` may see what the others scored: the panel, once everybody has handed in (INV-14)."""
    seen = may_see(person, assessed)
    if not seen:
        return seen
    if assessed.individual_locked_at is None:
        return no(
            say("The scores are shown when everybody has handed in theirs, so that each of you judges alone."),
            mend=_round_page(assessed),
            source="policy",
        )
    return is_real(assessed)


def may_lead(person: Person, assessed: Round) -> Answer:
    """Answer whether `person` leads the round."""
    acts = _may_act(person, assessed)
    if not acts:
        return acts
    if member_as(person, assessed, Role.LEADER):
        return YES
    return no(say("Only the leader of the round can do this."))


def may_let_out(person: Person, assessed: Round) -> Answer:
    """Answer whether `person` lets out a file in which a virus scanner found something: who answers for the case, or leads the round."""
    return may_let_out_in(person, assessed.case) if assessed.case else may_lead(person, assessed)


def may_set_due_day(person: Person, assessed: Round) -> Answer:
    """Answer whether `person` may set by when the scores are due: the leader, while others judge."""
    leads = may_lead(person, assessed)
    if leads and assessed.individual_locked_at is not None:
        return no(say("Everybody has handed in."))
    return leads


def late_today(assessed: Round, at: datetime) -> list[PanelMember]:
    """Return who has not handed in, could do it or read what comes before, and has not been reminded on the day of `at`."""
    return [
        member
        for member in assessors_of(assessed)
        if member.submitted_at is None
        and may_see(member.person, assessed)
        and (is_prepared(member.person, assessed) or unread_by(member.person, assessed))
        and (member.reminded_at is None or local_date(member.reminded_at) < local_date(at))
    ]


def may_remind(person: Person, assessed: Round, at: datetime) -> Answer:
    """Answer whether `person` may remind those who are late: the leader, each of them once a day at most."""
    leads = may_set_due_day(person, assessed)
    if leads and not late_today(assessed, at):
        return no(say("Everybody who has not handed in has been reminded today."), source="policy")
    return leads


def may_add_assessor(person: Person, assessed: Round) -> Answer:
    """Answer whether `person` may let somebody more judge: the leader, before the individual scores are locked."""
    return may_set_due_day(person, assessed) and is_real(assessed)  # who joins the round joins its example with it


def may_join(person: Person, assessed: Round) -> Answer:
    """Answer whether `person` may become an assessor now: an evaluator with access (INV-15) who has never been one here."""
    if any(m.person_id == person.pk and m.role == Role.ASSESSOR for m in assessed.panel.all()):
        return no(say("{name} is or has been an assessor of this round.", name=person.name))
    if assessed.case is None:
        return YES
    if TeamMember.Role.EVALUATOR not in team_roles(person, assessed.case):
        return no(say("Appoint {name} as an evaluator of the procurement first.", name=person.name))
    access = may_judge_in(person, assessed.case)
    if access:
        return YES
    return no(
        say("{name} has no access yet: interests must be declared, now that the bidders are known.", name=person.name),
        mend=reverse("procurements:team", args=[assessed.case_id]),
        source=CONFLICT_SOURCE,
    )


def may_go_on_without(person: Person, member: PanelMember, *, replaced: bool = False) -> Answer:
    """Answer whether `person` may let the round go on without an assessor: its leader, while others judge."""
    assessed = member.round
    leads = may_lead(person, assessed) and is_real(assessed)  # who leaves the round leaves its example with it
    if not leads:
        return leads
    if member.role != Role.ASSESSOR or member.removed_at is not None:
        return no(say("Only an assessor of this round gives scores."))
    if member.submitted_at is not None:
        return no(say("The scores have been handed in and stay."), source="policy")
    if assessors_of(assessed) == [member] and not replaced:
        return no(say("Somebody must judge. This is the only assessor of the round."))
    return YES


def is_without_names(assessed: Round) -> bool:
    """Whether the labels of the items don't tell yet whose they are; an example is nobody's."""
    case = assessed.case
    if example_in(assessed) is not None:
        return False
    return case is not None and has_happened(case, StageFact.Kind.NAMES_HIDDEN) and assessed.consensus_locked_at is None


def may_report_price(person: Person, assessed: Round) -> Answer:
    """Answer whether `person` may report a price that was met: whoever judges, before the consensus is locked (INV-13)."""
    if assessed.case is None:
        return no(say("Nothing is bought here, so there is no price to hide."))
    acts = _may_act(person, assessed) and is_real(assessed)
    if acts and assessed.consensus_locked_at is not None:
        return no(say("The consensus is locked."), source="LOU 16 kap. 2 §")
    return acts


def names_no_amount(text: str) -> Answer:
    """Answer whether a text tells where a price stands without telling how high it is.

    An amount is a number with a currency or of four digits or more; a year is none. A guard against haste, no proof.
    """
    if any(not YEAR.fullmatch(found[0]) for found in AMOUNT.finditer(text)):
        return no(say("Write where the price stands, and leave the amount out."), source="policy")
    return YES


AMOUNT = re.compile(
    r"\d[\d\s.,]*\s?(?:kr\b|kronor|sek\b|nok\b|eur\b|euro|tkr|mkr|mnkr|öre|:-|€|%)|\d{1,3}(?:[\s.]\d{3})+|\d{4,}",
    re.IGNORECASE,
)
YEAR = re.compile(r"(?:19|20)\d\d")


def may_handle_price(person: Person, sighting: PriceSighting) -> Answer:
    """Answer whether `person` handles a reported price: the procurement officer, once."""
    acts = may_act_as(TeamMember.Role.OFFICER, person, _case_of(sighting))
    if acts and sighting.handled_at is not None:
        return no(say("It has been handled."))
    return acts


def may_see_sighting(person: Person, sighting: PriceSighting) -> Answer:
    """Answer whether `person` reads a report of a price: who wrote it and the officer; to others it would show the way."""
    access = may_work(person, _case_of(sighting))
    is_officer = TeamMember.Role.OFFICER in team_roles(person, _case_of(sighting))
    if access and not is_officer and sighting.seen_by.person_id != person.pk:
        return no(say("Only who reported it and the procurement officer read this."), source="policy")
    return access


def _case_of(sighting: PriceSighting) -> Procurement:
    case = sighting.item.round.case
    assert case is not None, "a price is reported where something is bought"
    return case


def may_record_consensus(person: Person, assessed: Round) -> Answer:
    """Answer whether `person` may write down what the panel agreed on: its leader, between the two locks."""
    leads = may_lead(person, assessed) and is_real(assessed)
    if not leads:
        return leads
    if assessed.individual_locked_at is None:
        return no(
            say("Consensus begins when everybody has handed in their own scores."),
            mend=_round_page(assessed),
            source="policy",
        )
    if assessed.consensus_locked_at is not None:
        return no(say("The consensus is locked."), source="LOU 16 kap. 2 §")
    return YES


def may_see_feedback(person: Person, assessed: Round) -> Answer:
    """Answer whether `person` sees what the panel says to those it has judged: the panel, once the consensus is locked."""
    seen = may_see(person, assessed) and is_real(assessed)
    if seen and assessed.consensus_locked_at is None:
        return no(
            say("The feedback reports are written when the consensus is locked."),
            mend=reverse("assessments:consensus", kwargs={"round_id": assessed.pk}),
        )
    return seen


def may_write_feedback(person: Person, assessed: Round) -> Answer:
    """Answer whether `person` may write and freeze the feedback reports: the leader, once the consensus is locked."""
    seen = may_see_feedback(person, assessed)
    return may_lead(person, assessed) if seen else seen


def is_about_one_alone(feedback: Feedback, labels: Iterable[str]) -> Answer:
    """Answer whether a report names nobody else who was judged (OSL 31 kap. 16 §)."""
    others = [label for label in labels if label != feedback.subject]
    named = next(feedback.naming(others), None)
    if named is None:
        return YES
    where, other = named
    if where:
        reason = say(
            "The report on {subject} names {other}, under {criterion}.", subject=feedback.subject, other=other,
            criterion=where,
        )  # fmt: skip
    else:
        reason = say("The report on {subject} names {other}, in the summary.", subject=feedback.subject, other=other)
    return no(reason, source="OSL 31 kap. 16 §")


readers_asked = Signal()
"""Sent with `report: FeedbackReport`, `person: Person` and `at: datetime` by `may_read_report`; the later room that knows whom
an item belongs to answers with an `Answer`."""


def may_read_report(person: Person, report: FeedbackReport, at: datetime) -> Answer:
    """Answer whether `person` reads a frozen report: the panel, and whoever it is for, as the later room or the round says.

    `report.item.round` is loaded with what the rules of a round read.
    """
    answers = [may_see_feedback(person, report.item.round), may_read_own(person, report)]
    for _, answered in readers_asked.send(sender=type(report), report=report, person=person, at=at):
        answer: Any = answered  # Django's stubs know text only
        answers.append(answer)
    return next((answer for answer in answers if answer), answers[0])


def may_ask_for_bundle(person: Person, assessed: Round, latest: ReportBundle | None, newest: datetime | None) -> Answer:
    """Answer whether `person` may have all reports set as PDF: the panel, once there are some and none is under way.

    `latest` is the bundle that was last asked for, `newest` when a report was last frozen.
    """
    seen = may_see_feedback(person, assessed)
    if not seen:
        return seen
    if newest is None:
        return no(say("No report is frozen yet."), mend=reverse("assessments:feedback", args=[assessed.pk]))
    if latest is not None and latest.ended_at is None:
        return no(say("The reports are being set. Wait for them, or stop it first."))
    if latest is not None and latest.ending == ReportBundle.Ending.FINISHED and latest.asked_at >= newest:
        return no(say("No report has been frozen since the last package was made. Fetch that one."))
    return YES


def may_cancel_bundle(person: Person, bundle: ReportBundle) -> Answer:
    """Answer whether `person` may stop the setting of reports: who asked for it, or the leader, until it has ended."""
    seen = may_see_feedback(person, bundle.round)
    if not seen:
        return seen
    if bundle.asked_by_id != person.pk and not member_as(person, bundle.round, Role.LEADER):
        return no(say("Only who asked for the package and the leader of the round can stop it."), source="policy")
    if bundle.ended_at is not None:
        return no(say("It has ended."))
    return YES


def _round_page(assessed: Round) -> str:
    return reverse("assessments:round", kwargs={"round_id": assessed.pk})
