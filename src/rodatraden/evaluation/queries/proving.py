"""The proof that the intended winner is asked for: what is proposed, what has come, what is left, and who may fetch it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Prefetch, Q
from django.utils.translation import gettext

from rodatraden.bids.queries import suppliers_of
from rodatraden.core.offer import PartyRole, read_index
from rodatraden.evaluation.models import Inquiry, Proof, ProofCheck, ProofPaper
from rodatraden.evaluation.rules import KIND_SOURCES
from rodatraden.procurements.queries import accessible_to, standing
from rodatraden.tenders.models import Requirement

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from rodatraden.bids.models import Bid
    from rodatraden.parties.models import Person
    from rodatraden.tenders.models import Tender

Kind = Proof.Kind


@dataclass(frozen=True, slots=True)
class Wanted:
    """A proof that may be asked for: of which company, what, and the register where the authority can fetch it itself."""

    kind: Proof.Kind
    about: str
    what: str
    requirement: Requirement | None = None
    register: str = ""
    max_months: int | None = None
    is_proposed: bool = True

    @property
    def source(self) -> str:
        """The paragraph that it rests on."""
        return KIND_SOURCES[self.kind]


def wanted_of(bid: Bid) -> list[Wanted]:
    """Return what may be asked for about a bid: its supplier, the companies that it names, the musts that wait for the award.

    Of the supplier and of companies that it bids with or relies on everything is proposed (LOU 15 kap. 6 §); of a
    subcontractor that it does not rely on nothing is, but it can be chosen. Which registers answer free of charge is practice
    that nobody has verified: a person chooses.
    """
    supplier = bid.supplier.name
    companies = [] if bid.is_unreadable else read_index(bid.index).companies
    found = [*_grounds(supplier, is_proposed=True)]
    for company in companies:
        found += _grounds(company.name, is_proposed=company.role is not PartyRole.SUBCONTRACTOR)
    musts = Requirement.objects.filter(
        tender=bid.tender_id,
        kind=Requirement.Kind.MUST,
        checked_when=Requirement.Checked.BEFORE_AWARD,
        struck_at=None,
    )
    return found + [
        Wanted(Kind.QUALIFICATION, supplier, f"{must}: {must.evidence}", must) for must in musts.order_by("number")
    ]


def _grounds(company: str, *, is_proposed: bool) -> list[Wanted]:
    return [
        Wanted(
            Kind.CRIME,
            company,
            gettext("Extract from a register of convictions for those who lead, represent or control the company"),
            is_proposed=is_proposed,
        ),
        Wanted(
            Kind.TAX,
            company,
            gettext("Certificate that taxes and social security contributions are paid"),
            register=gettext("Skatteverket"),
            is_proposed=is_proposed,
        ),
        Wanted(
            Kind.INSOLVENCY,
            company,
            gettext("Certificate that the company is not bankrupt or being wound up"),
            register=gettext("Bolagsverket"),
            is_proposed=is_proposed,
        ),
    ]


def proofs_of(tender: Tender) -> list[Inquiry]:
    """Return the questions for proof of a tender, latest first, each with what came and who checked it."""
    found = Inquiry.objects.filter(bid__tender=tender, purpose=Inquiry.Purpose.PROOF)
    asked = list(_with_proofs(found).order_by("-asked_at", "-id"))
    for inquiry in asked:
        inquiry.bid.tender = tender  # with what has been fetched with it
    return asked


def _with_proofs(inquiries: QuerySet[Inquiry]) -> QuerySet[Inquiry]:
    return inquiries.select_related("bid__supplier", "asked_by", "answered_by", "assessed_by").prefetch_related(
        Prefetch("proofs", _with_papers(Proof.objects.select_related("requirement", "waived_by")))
    )


def _with_papers(proofs: QuerySet[Proof]) -> QuerySet[Proof]:
    return proofs.order_by("inquiry", "number").prefetch_related(
        Prefetch(
            "papers",
            ProofPaper.objects.select_related("brought_by", "document__case", "document__file").order_by("number"),
        ),
        Prefetch("papers__checks", ProofCheck.objects.select_related("checked_by").order_by("number")),
    )


def left_to_prove(bid: Bid) -> list[Proof]:
    """Return what a bid has been asked to prove and nobody has accepted or taken back; the award waits for it."""
    asked = Proof.objects.filter(inquiry__bid=bid, waived_at=None)
    return [proof for proof in _with_papers(asked) if not proof.is_settled]


def accepted_proofs(bid: Bid) -> list[Proof]:
    """Return the proof that was accepted of a bid, in the order in which it was asked for."""
    asked = Proof.objects.filter(inquiry__bid=bid, waived_at=None).select_related("inquiry")
    found = [proof for proof in _with_papers(asked) if proof.state == Proof.State.ACCEPTED]
    return sorted(found, key=lambda proof: (proof.inquiry.asked_at, str(proof.inquiry_id), proof.number))


def has_asked_for_proof(bid: Bid) -> bool:
    """Whether anything has been asked for of a bid, and not been taken back."""
    return Proof.objects.filter(inquiry__bid=bid, waived_at=None).exists()


def with_proofs(inquiries: QuerySet[Inquiry]) -> QuerySet[Inquiry]:
    """Return the same questions with their proof, and with what their rules and pages read."""
    case = "bid__tender__procurement"
    return (
        _with_proofs(inquiries)
        .select_related(f"{case}__buyer", f"{case}__diary_case")
        .prefetch_related(*standing(case))
    )


def own_requests(person: Person, at: datetime) -> QuerySet[Inquiry]:
    """Return the questions for proof to the suppliers that `person` bids for."""
    mine = Inquiry.objects.filter(purpose=Inquiry.Purpose.PROOF, bid__supplier__in=suppliers_of(person, at).order_by())
    return with_proofs(mine).order_by("-asked_at", "id")


def own_proofs(person: Person, at: datetime) -> QuerySet[Proof]:
    """Return what the suppliers that `person` bids for have been asked to prove."""
    return with_case_of_proof(Proof.objects.filter(inquiry__bid__supplier__in=suppliers_of(person, at).order_by()))


def with_case_of_proof(proofs: QuerySet[Proof]) -> QuerySet[Proof]:
    """Return the same proofs with what came, and with what their rules and pages read."""
    case = "inquiry__bid__tender__procurement"
    return (
        _with_papers(proofs)
        .select_related(
            "inquiry__bid__supplier",
            "inquiry__asked_by",
            "requirement",
            "waived_by",
            f"{case}__buyer",
            f"{case}__diary_case",
        )
        .prefetch_related(*standing(case))
    )


def papers_of(person: Person, at: datetime) -> QuerySet[ProofPaper]:
    """Return the papers that may be `person`'s to read: of the cases at hand, and what the own supplier handed in.

    What a register answered the authority keeps: a bidder reads its own papers. The team's are under `may_see_proofs`.
    """
    case = "proof__inquiry__bid__tender__procurement"
    own = Q(is_fetched=False, proof__inquiry__bid__supplier__in=suppliers_of(person, at).order_by())
    return (
        ProofPaper.objects.filter(own | Q(**{f"{case}__in": accessible_to(person)}))
        .select_related("document__file", f"{case}__buyer", f"{case}__diary_case", "proof__inquiry__bid__supplier")
        .prefetch_related(*standing(case))
    )
