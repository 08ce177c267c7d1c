"""Time of every page of the story beside the base page and a bare view: `python bench/pages.py [--json]`.

Run with the environment's Python (`.venv/bin/python`). Pages go through the whole WSGI handler without a network,
signed in as the right person of the example. The base page has the same middleware, frame, menu and one query.
Beside the time stands how many calls Python makes (in thousands), which no other work on the machine changes.
"""

from __future__ import annotations

import argparse
import json
import sys
from cProfile import Profile
from functools import partial
from pathlib import Path
from pstats import Stats
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.ground import best_of, example, fetch, signed_in

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 7
OFFICER, DIRECTOR, EVALUATOR, OPENER, BIDDER = (
    "Jonas Ekdahl",
    "Maria Holmgren",
    "Fatima Rahimi",
    "Ingrid Möller",
    "Elin Hagström",
)


def addresses() -> list[tuple[str, str | None, str]]:
    """Return the pages of the story: what it is, who looks, where."""
    from django.urls import reverse  # noqa: PLC0415 -- Django is set up by now

    from rodatraden.bids.models import Bid, Submission  # noqa: PLC0415 -- as above
    from rodatraden.contracts.models import Contract  # noqa: PLC0415 -- as above
    from rodatraden.evaluation.models import TenderRound  # noqa: PLC0415 -- as above
    from rodatraden.followup.models import Check  # noqa: PLC0415 -- as above
    from rodatraden.procurements.models import Procurement  # noqa: PLC0415 -- as above
    from rodatraden.tenders.models import Requirement, Tender  # noqa: PLC0415 -- as above

    example_of = {n: Procurement.objects.get(title__contains=f"exempel {n}") for n in (1, 2, 3, 4, 5)}
    draft, announced, judged, barred, agreed = (example_of[n].pk for n in (1, 2, 3, 4, 5))
    open_tender = Tender.objects.get(procurement=announced)
    contract = Contract.objects.get(tender__procurement=agreed)
    assessed = TenderRound.objects.get(tender__procurement=judged).round_id
    requirement = Requirement.objects.filter(tender__procurement=draft)[0]
    receipt = Submission.objects.filter(supplier__memberships__person__name=BIDDER)[0]

    def case(name: str, who: str, procurement: object) -> tuple[str, str | None, str]:
        return name, who, reverse(name, kwargs={"procurement_id": procurement})

    return [
        ("start page, signed out", None, reverse("pages:home")),
        ("my work", OFFICER, reverse("pages:home")),
        ("procurements", OFFICER, reverse("pages:procurement_list")),
        ("search", OFFICER, reverse("pages:search") + "?q=tilltro"),
        case("pages:case", OFFICER, draft),
        case("pages:log", OFFICER, agreed),
        case("procurements:team", OFFICER, draft),
        case("procurements:diary", OFFICER, agreed),
        case("needs:list", OFFICER, draft),
        case("tenders:requirements", OFFICER, draft),
        ("tenders:requirement", OFFICER, reverse("tenders:requirement", args=[requirement.pk])),
        case("tenders:model", OFFICER, draft),
        case("tenders:publish", OFFICER, draft),
        case("tenders:questions", OFFICER, announced),
        ("publication:index", None, reverse("publication:index")),
        ("publication:tender", None, reverse("publication:tender", args=[open_tender.pk])),
        ("bids:receipt", BIDDER, reverse("bids:receipt", args=[receipt.pk])),
        case("bids:opening", OPENER, announced),
        case("bids:list", OFFICER, judged),
        ("bids:bid", OFFICER, reverse("bids:bid", args=[Bid.objects.filter(tender__procurement=judged)[0].pk])),
        case("evaluation:checks", OFFICER, judged),
        ("assessments:round", EVALUATOR, reverse("assessments:round", args=[assessed])),
        case("evaluation:outcome", OFFICER, barred),
        case("awards:notices", OFFICER, barred),
        ("contracts:detail", DIRECTOR, reverse("contracts:detail", args=[contract.pk])),
        ("followup:plan", DIRECTOR, reverse("followup:plan", args=[contract.pk])),
        ("followup:check", DIRECTOR, reverse("followup:check", args=[Check.objects.filter(contract=contract)[0].pk])),
    ]


def calls_of(measure: Callable[[], None]) -> int:
    """Return how many calls Python makes, of its own functions and of those that are written in C."""
    profile = Profile()
    profile.runcall(measure)
    return Stats(profile).total_calls


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    as_json = parser.parse_args().json
    with example():
        from django.db import connection  # noqa: PLC0415 -- Django is set up by now
        from django.test.utils import CaptureQueriesContext  # noqa: PLC0415 -- as above

        pages = addresses()
        clients = {who: signed_in(who) for who in {who for _, who, _ in pages} | {OFFICER}}
        measures = {
            "bare": partial(fetch, clients[None], "/bench/bare/"),
            "base": partial(fetch, clients[OFFICER], "/bench/base/"),
            **{name: partial(fetch, clients[who], path) for name, who, path in pages},
        }
        best = best_of(ROUNDS, measures)
        calls = {name: calls_of(measure) for name, measure in measures.items()}
        rows = []
        for name, measure in measures.items():
            with CaptureQueriesContext(connection) as queries:
                measure()
            times = best[name]
            rows.append(
                {
                    "page": name,
                    "queries": len(queries),
                    "ms": round(times, 1),
                    "to_base": round(times / best["base"], 1),
                    "to_bare": round(times / best["bare"], 1),
                    "calls": round(calls[name] / 1000),
                    "calls_to_base": round(calls[name] / calls["base"], 1),
                }
            )
    if as_json:
        print(json.dumps(rows, indent=1))
        return
    print(f"{'page':28}{'queries':>8}{'ms':>8}{'× base':>8}{'× bare':>8}{'k calls':>8}{'× base':>8}")
    for row in rows:
        time = f"{row['ms']:>8}{row['to_base']:>8}{row['to_bare']:>8}"
        print(f"{row['page']:28}{row['queries']:>8}{time}{row['calls']:>8}{row['calls_to_base']:>8}")


if __name__ == "__main__":
    main()
