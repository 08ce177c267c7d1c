"""What judging costs: the consensus page at its largest, what hangs on each score there, and 200 feedback reports as PDF.

    .venv/bin/python bench/assessments.py [--json]

The reports are set one after another, and then as the package that the worker makes. Processor time, best of
five. The matrix is ten assessors, twenty bids and forty criteria.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from time import perf_counter, process_time
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench.ground import example

if TYPE_CHECKING:
    from collections.abc import Callable

ASSESSORS, ITEMS, CRITERIA = 10, 20, 40
REPORTS = 200
RUNS = 5


def best(what: Callable[[], object], runs: int = RUNS) -> float:
    """Return the fewest processor seconds of some runs, after one that warms up."""
    what()
    taken = []
    for _ in range(runs):
        start = process_time()
        what()
        taken.append(process_time() - start)
    return min(taken)


def matrix() -> dict[str, float]:
    """Measure the consensus page, and count its queries."""
    from django.db import connection  # noqa: PLC0415 -- Django is set up by now
    from django.test import Client  # noqa: PLC0415 -- as above
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415 -- as above

    from rodatraden.assessments.models import IndividualScore  # noqa: PLC0415 -- as above
    from tests.factories.assessments import START, make_round  # noqa: PLC0415 -- as above

    chance = random.Random(20260316)  # noqa: S311 -- a measure
    panel = make_round(n_assessors=ASSESSORS, n_items=ITEMS, n_criteria=CRITERIA)
    assessed = panel.round
    assessed.panel.filter(role="assessor").update(submitted_at=START)
    IndividualScore.objects.bulk_create(
        IndividualScore(
            item=item, criterion=each, assessor=member, points=chance.randint(0, 10), reason="-", saved_at=START
        )
        for member in assessed.panel.filter(role="assessor")
        for item in assessed.items.all()
        for each in assessed.model.criteria.all()
    )
    assessed.individual_locked_at = START
    assessed.save()
    client = Client()
    client.force_login(panel.leader, backend="django.contrib.auth.backends.ModelBackend")

    def page() -> None:
        answer = client.get(f"/bedomningar/{panel.id}/konsensus/")
        assert answer.status_code == 200, answer.status_code  # noqa: PLR2004 -- OK

    with CaptureQueriesContext(connection) as asked:
        page()
    queries = len(asked)
    return {"seconds": best(page), "queries": queries}


def stakes() -> dict[str, float]:
    """Measure what hangs on each of as many scores, by the model of seed 000 with as many criteria."""
    from rodatraden.core.evaluation.stress import at_stake  # noqa: PLC0415 -- the path is set by now
    from tests.core.evaluation.stress.made import model_of  # noqa: PLC0415 -- as above

    chance = random.Random(20260316)  # noqa: S311 -- a measure
    model = model_of("seed-000")
    criteria = tuple(replace(model.criteria[0], key=f"k{n}") for n in range(CRITERIA))
    model = replace(model, criteria=criteria)
    given = {
        str(bid): {each.key: [Decimal(chance.randint(0, 10)) for _ in range(ASSESSORS)] for each in criteria}
        for bid in range(ITEMS)
    }
    return {"seconds": best(lambda: at_stake(model, given)), "scores": len(at_stake(model, given))}


def reports() -> dict[str, float]:
    """Measure feedback reports as PDF, one after another: those of the example again and again."""
    from rodatraden.assessments.documents import feedback_pdf  # noqa: PLC0415 -- Django is set up by now
    from rodatraden.assessments.models import FeedbackReport  # noqa: PLC0415 -- as above

    found = list(FeedbackReport.objects.select_related("item__round__case__diary_case", "frozen_by"))

    def all_of_them() -> None:
        for n in range(REPORTS):
            feedback_pdf(found[n % len(found)])

    return {"seconds": best(all_of_them, 1), "reports": REPORTS}


def bundle() -> dict[str, float]:
    """Measure as many reports asked for as a package: set by the worker, packed and kept. By the clock: people wait for it."""
    from rodatraden.assessments.actions import ask_for_bundle  # noqa: PLC0415 -- Django is set up by now
    from rodatraden.assessments.models import FeedbackReport, Item, ReportBundle, Round  # noqa: PLC0415 -- as above
    from rodatraden.assessments.tasks import bundle_next  # noqa: PLC0415 -- as above
    from rodatraden.config import clock  # noqa: PLC0415 -- as above

    assessed = Round.objects.filter(items__reports__isnull=False).distinct()[0]
    report = FeedbackReport.objects.filter(item__round=assessed)[0]
    for number in range(1, REPORTS + 1):
        item, _ = Item.objects.get_or_create(round=assessed, number=number, defaults={"label": f"Anbud {number}"})
        FeedbackReport.objects.get_or_create(
            item=item,
            version=0,
            defaults={
                "canonical": report.canonical,
                "sha256": report.sha256,
                "frozen_at": report.frozen_at,
                "frozen_by": report.frozen_by,
            },
        )
    leader = assessed.panel.get(role="leader").person
    made = ask_for_bundle(assessed=assessed, by=leader, at=clock.now())
    start = perf_counter()
    bundle_next(now=clock.now, is_ending=lambda: False)
    seconds = perf_counter() - start
    done = ReportBundle.objects.select_related("file").get(pk=made.pk)
    assert done.file is not None, done.ending
    return {"seconds": seconds, "reports": done.reports, "megabytes": done.file.size / 1e6}


def main() -> None:
    """Print the measures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    with example():
        measured = {"matrix": matrix(), "stakes": stakes(), "reports": reports(), "bundle": bundle()}
    if chosen.json:
        print(json.dumps(measured, indent=2))
        return
    page, hang, papers, packed = (measured[name] for name in ("matrix", "stakes", "reports", "bundle"))
    print(
        f"consensus page, {ASSESSORS} assessors x {ITEMS} x {CRITERIA}: {page['seconds']:.2f} s, {page['queries']} queries"
    )
    print(f"what hangs on each of {hang['scores']} scores: {hang['seconds']:.2f} s")
    print(f"{papers['reports']} feedback reports as PDF: {papers['seconds']:.1f} s")
    print(
        f"the same as a package of {packed['reports']}, by the clock: {packed['seconds']:.1f} s, {packed['megabytes']:.1f} MB"
    )


if __name__ == "__main__":
    main()
