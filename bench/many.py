"""Lists and search with 5,000 procurements beside 50: `python bench/many.py [--json]`.

Run with the environment's Python (`.venv/bin/python`). The rows are made in bulk, each with its facts, team and
declarations. The officer who looks works in the first 50; the rest belong to a colleague, who is measured too, first
with 50 of their own and then as somebody who works in nearly all of them. Target: within 2 × of the time with 50.
"""

from __future__ import annotations

import argparse
import json
import sys
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.ground import best_of, example, fetch, signed_in

FEW, MANY, ROUNDS = 50, 5_000, 9
OFFICER, COLLEAGUE = "Jonas Ekdahl", "Ulla Bergström"
PAGES = {
    "my work": (OFFICER, "/"),
    "procurements": (OFFICER, "/upphandlingar/"),
    "procurements, page 2": (OFFICER, "/upphandlingar/?page=2"),
    "search": (OFFICER, "/sok/?q=tilltro"),
    "search, many hits": (OFFICER, "/sok/?q=inköp"),
    "public index": (None, "/offentligt/"),
    "procurements, works in all": (COLLEAGUE, "/upphandlingar/"),
    "search, works in all": (COLLEAGUE, "/sok/?q=inköp"),
}


def fill(up_to: int, officer_name: str) -> None:
    """Make procurements in bulk until there are `up_to` of them, with that officer in the team."""
    from rodatraden.parties.models import Person  # noqa: PLC0415 -- Django is set up by now
    from rodatraden.procurements.models import (  # noqa: PLC0415 -- Django is set up by now
        ConflictDeclaration,
        Procurement,
        StageFact,
        TeamMember,
    )
    from rodatraden.records.models import DiaryCase  # noqa: PLC0415 -- as above

    model = Procurement.objects.select_related("buyer").get(title__contains="exempel 1")
    officer = Person.objects.get(name=officer_name)
    numbers = range(Procurement.objects.count(), up_to)
    cases = DiaryCase.objects.bulk_create(
        DiaryCase(
            organisation=model.buyer, year=2020, serial=n, subject=f"Inköp {n}", opened_on=model.created_at.date()
        )
        for n in numbers
    )
    made = Procurement.objects.bulk_create(
        Procurement(
            buyer=model.buyer, diary_case=case, title=f"Inköp {n}", created_at=model.created_at, created_by=officer
        )
        for n, case in zip(numbers, cases, strict=True)
    )
    at = model.created_at
    StageFact.objects.bulk_create(StageFact(procurement=p, kind="created", at=at, by=officer) for p in made)
    TeamMember.objects.bulk_create(
        TeamMember(procurement=p, person=officer, role="officer", appointed_at=at, appointed_by=officer) for p in made
    )
    ConflictDeclaration.objects.bulk_create(
        ConflictDeclaration(procurement=p, person=officer, moment="before_access", has_conflict=False, declared_at=at)
        for p in made
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
