"""One page with every component in every state, in demo and debug mode: what tests measure and eyes compare."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator

from rodatraden.core.answer import no
from rodatraden.core.message import say
from rodatraden.core.thread import Gap, Link, Node, NodeState, Phase, Station, Thread, join
from rodatraden.ui import frame, words
from rodatraden.ui.forms import AmountField, Group, Radios, RtForm

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import QueryDict

NEEDS = {
    "B1": "Medarbetarnas insikter når beslut",
    "B2": "Tilltro i tre led",
    "B3": "Parterna klarar sig själva",
    "B4": "Hinder blir åtgärd på rätt nivå",
    "B5": "Närvaro och kontinuitet",
}
REQUIREMENTS = {
    "K1": ("Erfarenhet, minst 24 månader", "B2"),
    "K2": ("Erfarenhet utöver minimikravet", "B2"),
    "K3": ("Namngiven konsult", "B5"),
    "K4": ("Metod för tilltro och kunskapsflöde", "B1 B2"),
    "K5": ("Case: Glappet i systemet", "B1 B4"),
    "K6": ("Arbete nära verksamheten", "B1"),
    "K7": ("Hinder till den som har mandat", "B4"),
    "K8": ("På plats i länet", "B5"),
    "K9": ("Parterna leder forumen själva", "B3"),
    "K10": ("Referenser från tre uppdragsgivare", "B2"),
}
PHASES: dict[str, frame.State] = {
    "Behov": "done",
    "Dialog": "done",
    "Upphandlings\N{SOFT HYPHEN}dokument": "now",
    "Anbud": "coming",
    "Utvärdering": "coming",
    "Tilldelning": "coming",
    "Avtal": "coming",
    "Uppföljning": "coming",
}


def _id(label: str) -> UUID:
    return UUID(int=int.from_bytes(label.encode()))


def example_thread() -> Thread:
    """Return the thread of the design reference: K2 breaks before the promise, K9 before the follow-up, K10 is struck."""
    gaps = {
        "K2": (Gap(Station.PROMISE, say("The points are not in the model."), "#problem"),),
        "K9": (Gap(Station.CHECK, say("Nobody follows up {label}.", label="K9"), "#problem"),),
    }
    nodes = [Node(Station.NEED, _id(label), label, text) for label, text in NEEDS.items()]
    nodes += [
        Node(
            Station.REQUIREMENT,
            _id(label),
            label,
            text,
            NodeState.STRUCK if label == "K10" else NodeState.STANDING,
            gaps.get(label, ()),
        )
        for label, (text, _) in REQUIREMENTS.items()
    ]
    links = [Link(_id(need), _id(label)) for label, (_, needs) in REQUIREMENTS.items() for need in needs.split()]
    return join(nodes, links, stage=Phase.DOCUMENTS)


class ExampleForm(RtForm, forms.Form):
    """Every kind of field."""

    idempotent = True
    groups = (
        Group(["kind"]),
        Group(["level", "need"], layout="half"),
        Group(["reason"]),
        Group(["how", "when", "who"], title="Uppföljning", description="Hur ni vet att kravet hålls.", layout="third"),
        Group(["price", "starts_on", "meets_at"], title="Pris och datum", layout="third"),
        Group(["needs", "file", "accepts"]),
    )
    kind = forms.ChoiceField(
        label="Typ av krav",
        choices=[("must", "Skall-krav"), ("award", "Tilldelningskriterium"), ("term", "Särskilt kontraktsvillkor")],
        widget=Radios(
            explained={
                "must": "Prövas i anbudet. Uppfylls det inte förkastas anbudet.",
                "award": "Ger poäng i utvärderingen.",
                "term": "Prövas inte i anbudet. Gäller under avtalet och följs upp.",
            }
        ),
    )
    level = forms.CharField(label="Lägsta godtagbara nivå", help_text="Ett tal och en tidpunkt", max_length=60)
    need = forms.ChoiceField(
        label="Behov som kravet svarar mot", help_text="Minst ett", choices=[("", "---------"), *NEEDS.items()]
    )
    reason = forms.CharField(
        label="Skäl till nivån",
        help_text="Varför räcker nivån, och varför behövs inte mer?",
        widget=forms.Textarea,
        max_length=300,
    )
    how = forms.CharField(label="Hur det följs upp")
    when = forms.ChoiceField(label="När", choices=[("", "---------"), ("q", "Varje kvartal")])
    who = forms.CharField(label="Vem", required=False)
    price = AmountField(label="Timpris", help_text="Exklusive moms")
    starts_on = forms.DateField(label="Avtalsstart", required=False)
    meets_at = forms.DateTimeField(label="Öppningsmöte", required=False)
    needs = forms.MultipleChoiceField(
        label="Svarar mot", choices=list(NEEDS.items())[:3], widget=forms.CheckboxSelectMultiple
    )
    file = forms.FileField(label="CV för namngiven konsult", help_text="PDF, högst 20 MB")
    accepts = forms.BooleanField(label="Vi accepterar de fyra kontraktsvillkoren K6–K9")


class ReasonForm(RtForm, forms.Form):
    """The form of a destructive action."""

    reason = forms.CharField(label="Skäl", help_text="Sparas i ärendet", max_length=300)


class RowForm(RtForm, forms.Form):
    """One row of a formset."""

    name = forms.CharField(label="Namn")
    months = forms.IntegerField(label="Månader")


@dataclass(frozen=True, slots=True)
class _Item:
    """A row of an example list: components read attributes."""

    values: Mapping[str, Any]

    def __getattr__(self, name: str) -> Any:
        try:
            return self.values[name]
        except KeyError as missing:
            raise AttributeError(name) from missing


def context(now: datetime, data: QueryDict) -> dict[str, Any]:
    """Return what the page shows at `now`; `data` chooses page and order of the example list."""
    wrong = ExampleForm({"kind": "term", "level": "Hälften av forumen efter 12 månader", "price": "1.050"})
    wrong.refuse(no(say("The deadline has passed."), mend="#problem", source="LOU 4 kap. 12 §"))
    wrong.kept_files = {"file": "CV-Elin-Hagstrom.pdf"}
    good = ExampleForm(
        initial={
            "kind": "must",
            "level": "Minst 24 månader",
            "need": "B2",
            "price": Decimal("1140.50"),
            "starts_on": date(2026, 7, 1),
            "needs": ["B1"],
        },
        auto_id="ok_%s",
    )
    rows = forms.formset_factory(RowForm, extra=2)(prefix="rows")
    state = ("whole", "whole", "broken", "coming", "broken", "coming")
    names = ("Behov", "Krav", "Utfästelse", "Avtalsvillkor", "Uppföljning", "Resultat")
    return {
        "now": now,
        "case": frame.CaseFrame(
            "Processcoachning för systemisk samverkansutveckling",
            "#",
            "SFB 2026/014 · utkast",
            tuple(frame.Phase(label, state, "" if state == "coming" else "#") for label, state in PHASES.items()),
            (
                frame.Link("Krav", "#", current=True),
                frame.Link("Utvärderingsmodell", "#"),
                frame.Link("Avtalsutkast", "#"),
            ),
        ),
        "crumbs": [frame.Link("Öppna upphandlingar", "#"), frame.Link("Lämna anbud", "#")],
        "stations": [
            frame.Station(name, way, count, current=index == 1)
            for index, (name, way, count) in enumerate(zip(names, state, (5, 9, None, None, None, None), strict=True))
        ],
        "thread": example_thread(),
        "states": [
            ["whole", "whole", "broken", "beyond", "beyond", "beyond"],
            ["whole", "whole", "planned", "planned", "planned", "later"],
            ["whole", "whole", "passed", "whole", "whole", "whole"],
        ],
        "wrong": wrong,
        "good": good,
        "rows": rows,
        "reason_form": ReasonForm(auto_id="reason_%s"),
        "strike_form": ReasonForm(auto_id="strike_%s"),
        "refused": no(say("{label} is not in the contract.", label="K9"), mend="#problem", source="LOU 17 kap. 1 §"),
        "facts": [("Takvärde", "3 000 000 kr", True), ("Avtalstid", "1+1+1+1 år"), ("Förfarande", "Öppet, LOU")],
        "steps": [("Timpris", "1 140 kr"), ("Påslag: 100 kr × 3 poäng", "300 kr"), ("Utvärderingspris", "1 440 kr")],
        "dates": [
            _Item(
                {
                    "when": "Tis 10 feb",
                    "iso": "2026-02-10",
                    "title": "Dialogkonferens",
                    "note": "14 deltagare",
                    "state": "done",
                }
            ),
            _Item({"when": "Ons 18 mars", "iso": "", "title": "I dag", "note": "", "state": "now"}),
            _Item(
                {"when": words.short_moment(now), "iso": "", "title": "Sista tid för anbud", "note": "", "state": ""}
            ),
        ],
        "people": [
            _Item({"name": "Maria Holmgren", "role": "Förbundschef, beslutar"}),
            _Item({"name": "Jonas Ekdahl", "role": "Upphandlare"}),
        ],
        "tasks": [
            _Item(
                {
                    "when": "Mån 16 mars",
                    "off": "försenad 2 dagar",
                    "title": "Svara på frågan om lokaler",
                    "about": "Städning · Upphandlare",
                    "url": "#",
                    "verb": "Svara",
                    "variant": "primary",
                }
            ),
            _Item(
                {
                    "when": "Ons 18 mars",
                    "off": "i dag",
                    "title": "Laga två brustna trådar",
                    "about": "Processcoachning · Upphandlare",
                    "url": "#",
                    "verb": "Fyll i",
                    "variant": "secondary",
                }
            ),
        ],
        "ranking": [
            _Item(
                {
                    "name": "1. Mellanrum Samverkan AB",
                    "note": "17 av 20 poäng",
                    "parts": [("1 140 kr", 71, "price"), ("+300", 19, "addition")],
                    "sum": "1 440 kr",
                    "out": "",
                }
            ),
            _Item(
                {
                    "name": "2. Lyckåstrand Process AB",
                    "note": "15 av 20 poäng",
                    "parts": [("1 000 kr", 63, "price"), ("+500", 31, "addition")],
                    "sum": "1 500 kr",
                    "out": "",
                }
            ),
            _Item(
                {
                    "name": "Eketorp & Ström Coachning AB",
                    "note": "11 av 20 poäng",
                    "parts": [],
                    "sum": "",
                    "out": "Under spärren 12, rangordnas inte",
                }
            ),
        ],
        "legend": [("price", "Timpris"), ("addition", "Påslag, 100 kr per poäng som saknas")],
        "standstill": [date(2026, 6, 9), date(2026, 6, 22), date(2026, 6, 23), date(2026, 6, 12)],
        "ceiling": [Decimal(3_000_000), Decimal(713_640), Decimal(524_400), Decimal(68_400)],
        "warnings": [Decimal("0.7"), Decimal("0.85"), Decimal("0.95")],
        "files": [_Item({"name": "Upphandlingsdokument", "url": "#", "size": "PDF, 0,4 MB", "note": "Version 1"})],
        "page": Paginator(range(95), 10).get_page(data.get("page", 5)),
        "choices": [("", "Alla", 9), ("must", "Skall-krav", 2), ("term", "Kontraktsvillkor", 4)],
        "moments": [now, now + timedelta(hours=2, minutes=43), now + timedelta(days=11), now - timedelta(days=2)],
    }
