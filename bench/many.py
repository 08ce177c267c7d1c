"""Lists and search with 5,000 procurements beside 50: `python bench/many.py [--json]`.

Run with the environment's Python (`.venv/bin/python`). Of eight procurements three are drafts without documents, three are
announced with their documents, and two are under contract; half as many needs wait in the backlog. The rows are copies of
the example's, made in bulk, each with its facts, team and declarations. The officer who looks works in the first 50; the
rest belong to a colleague, who is measured too, first with 50 of their own and then as somebody who works in nearly all of
them. Target: within 2 × of the time with 50.
"""

from __future__ import annotations

import argparse
import json
import sys
from copy import copy
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.ground import best_of, example, fetch, signed_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import Model

FEW, MANY, ROUNDS = 50, 5_000, 9
OFFICER, COLLEAGUE = "Jonas Ekdahl", "Ulla Bergström"
PAGES = {
    "my work": (OFFICER, "/"),
    "procurements": (OFFICER, "/upphandlingar/"),
    "procurements, page 2": (OFFICER, "/upphandlingar/?page=2"),
    "contracts": (OFFICER, "/avtal/"),
    "backlog": (OFFICER, "/behov/"),
    "search": (OFFICER, "/sok/?q=tilltro"),
    "search, many hits": (OFFICER, "/sok/?q=inköp"),
    "public index": (None, "/offentligt/"),
    "public search": (None, "/offentligt/?q=inköp"),
    "procurements, works in all": (COLLEAGUE, "/upphandlingar/"),
    "contracts, works in all": (COLLEAGUE, "/avtal/"),
    "search, works in all": (COLLEAGUE, "/sok/?q=inköp"),
}
DRAFT, ANNOUNCED, SIGNED = "draft", "announced", "signed"
MIX = (DRAFT, ANNOUNCED, SIGNED, DRAFT, ANNOUNCED, DRAFT, ANNOUNCED, SIGNED)
BEFORE_BIDS = ("created", "published", "notice_confirmed")
"""Facts of what is open for bids; what is under contract has all that the example's contract has."""


def copied(row: Model, **changed: Any) -> Any:
    """Return a row like `row` under a key of its own."""
    new = copy(row)
    new._state = copy(row._state)  # noqa: SLF001 -- Django's documented name for it
    new._state.adding = True  # noqa: SLF001 -- as above
    new._state.fields_cache = dict(row._state.fields_cache)  # noqa: SLF001 -- else all copies share what was fetched last
    new.pk = uuid4() if row._meta.pk is not None and row._meta.pk.get_internal_type() == "UUIDField" else None  # noqa: SLF001 -- as above
    for name, value in changed.items():
        setattr(new, name, value)
    return new


def fill(up_to: int, officer_name: str) -> None:
    """Make procurements in bulk until there are `up_to` of them, with that officer in the team, and half as many needs."""
    from rodatraden.needs.models import Need  # noqa: PLC0415 -- Django is set up by now
    from rodatraden.parties.models import Person  # noqa: PLC0415 -- as above
    from rodatraden.procurements.models import (  # noqa: PLC0415 -- as above
        ConflictDeclaration,
        Procurement,
        StageFact,
        TeamMember,
    )
    from rodatraden.records.models import DiaryCase  # noqa: PLC0415 -- as above

    model = Procurement.objects.select_related("buyer").get(title__contains="exempel 1")
    officer = Person.objects.get(name=officer_name)
    numbers = range(Procurement.objects.count(), up_to)
    at = model.created_at
    cases = DiaryCase.objects.bulk_create(
        DiaryCase(organisation=model.buyer, year=2020, serial=n, subject=f"Inköp {n}", opened_on=at.date())
        for n in numbers
    )
    made = Procurement.objects.bulk_create(
        Procurement(buyer=model.buyer, diary_case=case, title=f"Inköp {n}", created_at=at, created_by=officer)
        for n, case in zip(numbers, cases, strict=True)
    )
    TeamMember.objects.bulk_create(
        TeamMember(procurement=p, person=officer, role="officer", appointed_at=at, appointed_by=officer) for p in made
    )
    ConflictDeclaration.objects.bulk_create(
        ConflictDeclaration(procurement=p, person=officer, moment=moment, has_conflict=False, declared_at=at)
        for p in made
        for moment in ("before_access", "after_opening")
    )
    kinds = {p.pk: MIX[n % len(MIX)] for n, p in zip(numbers, made, strict=True)}
    of = {kind: [p for p in made if kinds[p.pk] == kind] for kind in (DRAFT, ANNOUNCED, SIGNED)}
    StageFact.objects.bulk_create(StageFact(procurement=p, kind="created", at=at, by=officer) for p in of[DRAFT])
    publish(of[ANNOUNCED], facts=BEFORE_BIDS, like="published")
    sign(of[SIGNED])
    need = Need.objects.filter(procurement__isnull=False).first()
    assert need is not None, "the example has needs"
    waiting = Need.objects.filter(procurement=None).count()
    Need.objects.bulk_create(
        copied(need, procurement=None, number=None, organisation=model.buyer, title=f"Behov {n}")
        for n in range(waiting, up_to // 2)
    )


def publish(cases: Sequence[Model], *, facts: Iterable[str] | None, like: str) -> list[Any]:
    """Give procurements the documents of the example that is `like` that, their notice and its facts; return the tenders."""
    from rodatraden.contracts.models import Contract  # noqa: PLC0415 -- Django is set up by now
    from rodatraden.procurements.models import StageFact  # noqa: PLC0415 -- as above
    from rodatraden.records.models import DiaryDocument  # noqa: PLC0415 -- as above
    from rodatraden.tenders.models import NoticeHandover, Requirement, Snapshot, Tender  # noqa: PLC0415 -- as above

    if like == "contract":
        model = Contract.objects.order_by("drawn_up_at")[0].tender
    else:
        model = Tender.objects.filter(notices__confirmed_at__isnull=False).order_by("-deadline_at")[0]
    told = list(StageFact.objects.filter(procurement=model.procurement))
    StageFact.objects.bulk_create(
        copied(fact, procurement=case) for case in cases for fact in told if facts is None or fact.kind in facts
    )
    tenders = Tender.objects.bulk_create(copied(model, procurement=case) for case in cases)
    snapshot = Snapshot.objects.filter(tender=model).select_related("document").order_by("-number")[0]
    documents = DiaryDocument.objects.bulk_create(
        copied(snapshot.document, case=tender.procurement.diary_case) for tender in tenders
    )
    Snapshot.objects.bulk_create(
        copied(snapshot, tender=tender, document=document) for tender, document in zip(tenders, documents, strict=True)
    )
    for kind, rows in (
        (Requirement, list(Requirement.objects.filter(tender=model))),
        (NoticeHandover, list(NoticeHandover.objects.filter(tender=model, kind="contract"))),
    ):
        kind.objects.bulk_create(copied(row, tender=tender) for tender in tenders for row in rows)
    return tenders


def sign(cases: Sequence[Model]) -> None:
    """Bring procurements to the example's contract, with its signatures, terms and planned checks."""
    from rodatraden.bids.models import Bid  # noqa: PLC0415 -- Django is set up by now
    from rodatraden.contracts.models import Contract, Signature, Term  # noqa: PLC0415 -- as above
    from rodatraden.followup.models import Check  # noqa: PLC0415 -- as above
    from rodatraden.tenders.models import Requirement  # noqa: PLC0415 -- as above

    tenders = publish(cases, facts=None, like="contract")
    model = Contract.objects.order_by("drawn_up_at")[0]
    bids = Bid.objects.bulk_create(copied(model.bid, tender=tender, submission=None) for tender in tenders)
    contracts = Contract.objects.bulk_create(
        copied(model, tender=tender, bid=bid, document=None) for tender, bid in zip(tenders, bids, strict=True)
    )
    signatures = list(Signature.objects.filter(contract=model))
    Signature.objects.bulk_create(copied(each, contract=contract) for contract in contracts for each in signatures)
    numbered: dict[Any, dict[int, Any]] = {}
    for row in Requirement.objects.filter(tender__in=[tender.pk for tender in tenders]):
        numbered.setdefault(row.tender_id, {})[row.number] = row
    terms = {term.pk: term for term in Term.objects.filter(contract=model).select_related("requirement")}
    made = {
        (contract.pk, term.pk): copied(
            term, contract=contract, requirement=numbered[contract.tender_id][term.requirement.number], promise=None
        )
        for contract in contracts
        for term in terms.values()
    }
    Term.objects.bulk_create(made.values())
    checks = list(Check.objects.filter(contract=model))
    Check.objects.bulk_create(
        copied(check, contract=contract, term=made[contract.pk, check.term_id])
        for contract in contracts
        for check in checks
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    as_json = parser.parse_args().json
    with example():
        clients = {who: signed_in(who) for who in {who for who, _ in PAGES.values()}}
        measures = {name: partial(fetch, clients[who], path) for name, (who, path) in PAGES.items()}
        fill(FEW, OFFICER)
        fill(2 * FEW, COLLEAGUE)
        few = best_of(ROUNDS, measures)
        fill(MANY, COLLEAGUE)
        many = best_of(ROUNDS, measures)
    rows = [
        {
            "page": name,
            "ms_50": round(few[name], 1),
            "ms_5000": round(many[name], 1),
            "ratio": round(many[name] / few[name], 2),
        }
        for name in measures
    ]
    if as_json:
        print(json.dumps(rows, indent=1))
        return
    print(f"{'page':28}{'50':>10}{'5 000':>10}{'ratio':>8}")
    for row in rows:
        print(f"{row['page']:28}{row['ms_50']:>10}{row['ms_5000']:>10}{row['ratio']:>8}")


if __name__ == "__main__":
    main()
