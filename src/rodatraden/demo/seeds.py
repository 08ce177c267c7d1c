"""What the other four texts ask for: needs that wait to be taken up, and a procurement that has just begun."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from rodatraden.demo.days import after, at, before
from rodatraden.needs.actions import write_need
from rodatraden.procurements.actions import appoint, create_procurement, declare_interests
from rodatraden.procurements.models import Procurement, TeamMember
from rodatraden.tenders.actions import show_plan

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from rodatraden.demo.case import Story
    from rodatraden.demo.cast import Cast
    from rodatraden.parties.models import Organisation, Person

Needs = Sequence[tuple[str, str, str, str]]

SOCIAL = (
    (
        "Fler kommer in genom våra avtal",
        "Ungdomar, utrikesfödda och personer med funktionsnedsättning som står långt från arbetsmarknaden",
        (
            "Människor som är redo att börja arbeta behöver ett första fotfäste. Avtalen som parterna köper tjänster genom har "
            "uppgifter som de skulle kunna göra, men ingen vet vilka."
        ),
        (
            "Projektplanen för social hänsyn: anställning, lärlingsplats, praktik eller sysselsättning i tjänsteavtal som pågår "
            "minst fyra månader och kräver mer än en person."
        ),
    ),
    (
        "Leverantörer vågar säga ja",
        "Leverantörer som får krav på social hänsyn",
        "Den som tar emot en ny medarbetare behöver veta vem som matchar, vem som stödjer och vad som händer om det inte går.",
        "Projektplanen, leverantörsprocessen: skapa tillit hos och trygghet för leverantörer.",
    ),
)
EARLY_DIALOGUE = (
    (
        "Leverantörer kan berätta i tid",
        "Företag som kan något som parterna inte vet finns",
        "Den som kan lösa problemet behöver få höra om det innan kraven är skrivna, och alla behöver få höra samma sak.",
        "Spelarna i de olika faserna: tidig dialog och workshop gjorde kraven till en funktion och anbudet lätt att skriva.",
    ),
    (
        "Alla anbudsgivare känner sig sedda",
        "De som inte fick avtalet",
        "Den som förlorar behöver förstå varför, så att nästa anbud blir bättre och ingen behöver gå till domstol för att få veta.",
        "Spelarna i de olika faserna: efter beslutet kände alla sig sedda, och det blev ingen överprövning.",
    ),
)
QUALITY = (
    (
        "En lägsta nivå som går att följa upp",
        "De som bor på särskilt boende och deras anhöriga",
        "Det som krävs av utföraren behöver vara något som märks i vardagen, och som någon följer upp under hela avtalet.",
        "Råden i forskningsrapporten: skall-krav ställs i relation till hur de ska följas upp.",
    ),
    (
        "Förbättring fortsätter efter avtalet",
        "Medarbetare och chefer hos beställare och utförare",
        "Kvaliteten behöver bli bättre år för år. I dag läses anbudet en gång, och sedan aldrig mer.",
        "Rapporten: återföringsrapporten blir början på ett partnerskap, och båda parter bedöms.",
    ),
    (
        "En röd tråd genom hela upphandlingen",
        "De som beställer, utför och använder omsorgen",
        "Det som behövs, det som krävs och det som följs upp behöver vara samma sak.",
        "Rapportens första råd: en röd tråd genom hela upphandlingsprocessen.",
    ),
)
DIGITAL = (
    (
        "Veta hvilke tjenester som bør digitaliseres først",
        "Innbyggere og fagansvarlige i sju kommuner",
        "Kommunene leverer rundt 230 tjenester. De trenger å vite hvor gevinsten er størst, og bli enige om rekkefølgen.",
        "Artikkelserien om innovativ anskaffelse, del 4a: tjenestene med størst gevinstpotensial er vanskelige å finne.",
    ),
    (
        "Arbeidsprosesser slik de er og slik de burde være",
        "De som utfører tjenesten, og de som venter på den",
        "Før noe kjøpes må prosessen beskrives slik den er i dag, slik man ønsker den, og hva lov og organisering hindrer.",
        "Artikkelserien, del 4a: kartlegge, ønske, tilpasse til realiteter.",
    ),
)

COMING = {
    "title": "Särskilt boende: kvalitet och partnerskap (påhittat exempel)",
    "need": "Det som krävs av utföraren ska märkas i vardagen för den som bor där.",
    "influence": (
        "Öppet möte på nätet en vecka innan kraven börjar skrivas, lika för alla. Påhittat exempel: du kan inte anmäla dig."
    ),
}
"""What everybody reads of the procurement that has just begun: words for those outside, not those of the case."""
FIRST_TOLD, TOLD_NOW = timedelta(days=120), timedelta(days=160)
"""When the notice is expected, as it was first told and as it is told now: more than a month later, so that it moves."""


def stories(cast: Cast, as_of: date) -> Iterator[Story]:
    """Yield what each text asks for, labelled with where it comes from."""
    sara, ingunn = cast["sara"], cast["ingunn"]
    yield waiting(
        cast.association, sara, before(as_of, 28), needs=SOCIAL, source="Frö 001, projektplan för social hänsyn"
    )
    yield waiting(
        cast.association, sara, before(as_of, 19), needs=EARLY_DIALOGUE, source="Frö 002, spelarna i de olika faserna"
    )
    yield begun(cast, as_of)
    yield waiting(
        cast.norwegian, ingunn, before(as_of, 13), needs=DIGITAL, source="Frö 004, innovativ anskaffelse del 4a"
    )


def waiting(organisation: Organisation, owner: Person, on: date, *, needs: Needs, source: str) -> Story:
    """Somebody writes down needs that no procurement has taken up yet."""
    now = yield at(on, "10:00")
    for title, for_whom, description, evidence in needs:
        write_need(
            organisation=organisation,
            title=title,
            for_whom=for_whom,
            description=description,
            evidence=evidence,
            source=source,
            is_fictional=True,
            by=owner,
            at=now,
        )


def begun(cast: Cast, as_of: date) -> Story:
    """A municipality has begun: the needs are written, the documents are not started; everybody reads that it is coming."""
    started_on = before(as_of, 9)
    now = yield at(started_on, "09:15")
    ulla, omar = cast["ulla"], cast["omar"]
    procurement = create_procurement(
        buyer=cast.municipality,
        title="Särskilt boende: kvalitet och partnerskap",
        summary="Påhittat exempel efter en forskningsrapport om kvalitet och partnerskap i upphandling av äldreomsorg.",
        is_fictional=True,
        by=ulla,
        at=now,
    )
    procurement = Procurement.objects.get(pk=procurement.pk)
    _declare(procurement, ulla, now)
    appoint(procurement=procurement, person=omar, role=TeamMember.Role.NEED_OWNER, by=ulla, at=now)
    _declare(procurement, omar, now)
    now = yield at(after(started_on, 2), "11:00")
    for title, for_whom, description, evidence in QUALITY:
        write_need(
            organisation=cast.municipality,
            procurement=procurement,
            title=title,
            for_whom=for_whom,
            description=description,
            evidence=evidence,
            source="Frö 003, kvalitet och partnerskap i äldreomsorg",
            is_fictional=True,
            by=omar,
            at=now,
        )

    now = yield at(after(started_on, 3), "13:10")
    show_plan(procurement=procurement, expected_on=as_of + FIRST_TOLD, by=ulla, at=now, **COMING)
    now = yield at(after(started_on, 6), "09:40")
    show_plan(procurement=procurement, expected_on=as_of + TOLD_NOW, by=ulla, at=now, **COMING)


def _declare(procurement: Procurement, person: Person, now: datetime) -> None:
    declare_interests(
        procurement=procurement,
        has_conflict=False,
        description="",
        by=person,
        at=now,
    )
