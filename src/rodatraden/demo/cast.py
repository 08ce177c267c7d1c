"""The people of the example and the organisations they belong to. Every one of them is made up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rodatraden.parties.actions import grant_membership, register_organisation, register_person
from rodatraden.parties.models import Country, Membership, Organisation, Person
from rodatraden.procurements.models import TeamMember

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

Role = Membership.Role
Part = TeamMember.Role


@dataclass(frozen=True)
class Character:
    """Somebody in the example: name, title, roles in the organisation, parts in the team of every procurement."""

    key: str
    name: str
    title: str
    roles: tuple[Membership.Role, ...]
    parts: tuple[TeamMember.Role, ...] = ()


ASSOCIATION = (
    Character("jonas", "Jonas Ekdahl", "Upphandlare", (Role.PROCUREMENT_OFFICER,), (Part.OFFICER, Part.OPENER)),
    Character("maria", "Maria Holmgren", "Förbundschef", (Role.DIRECTOR,), (Part.DECIDER, Part.CONTRACT_MANAGER)),
    Character("sara", "Sara Nyqvist", "Processledare", (Role.NEED_OWNER,), (Part.NEED_OWNER,)),
    Character("fatima", "Fatima Rahimi", "Enhetschef hos en part", (Role.EMPLOYEE,), (Part.EVALUATOR,)),
    Character("per", "Per Sandström", "Verksamhetschef hos en part", (Role.EMPLOYEE,), (Part.EVALUATOR,)),
    Character("lena", "Lena Åkerblom", "Möter målgruppen i vardagen", (Role.EMPLOYEE,), (Part.EVALUATOR,)),
    Character("ingrid", "Ingrid Möller", "Ekonom", (Role.ADMINISTRATOR,), (Part.OPENER,)),
    Character("birgitta", "Birgitta Lund", "Ledamot i styrelsen", (Role.EMPLOYEE,), (Part.OBSERVER,)),
)
BIDDER = (Role.ADMINISTRATOR, Role.BIDDER)
SUPPLIERS = {
    "eketorp": ("Eketorp & Ström Coachning AB", Character("hanna", "Hanna Eketorp", "VD", BIDDER)),
    "lyckastrand": ("Lyckåstrand Process AB", Character("karin", "Karin Sjöstrand", "VD", BIDDER)),
    "mellanrum": ("Mellanrum Samverkan AB", Character("elin", "Elin Hagström", "Processcoach och VD", BIDDER)),
    "nordvala": ("Nordvala Utveckling HB", Character("anton", "Anton Nordvall", "Delägare", BIDDER)),
}
MUNICIPALITY = (
    Character("ulla", "Ulla Bergström", "Upphandlare", (Role.PROCUREMENT_OFFICER,), (Part.OFFICER,)),
    Character("omar", "Omar Haddad", "Enhetschef, särskilt boende", (Role.NEED_OWNER,), (Part.NEED_OWNER,)),
)
NORWEGIAN_MUNICIPALITY = (
    Character("ingunn", "Ingunn Aasen", "Digitaliseringsrådgivare", (Role.NEED_OWNER, Role.PROCUREMENT_OFFICER)),
)
CHAMBER = "Handelskammaren Provinsen (påhittad)"
OBSERVER = Character("vera", "Vera Lindgren", "Observatör", ())
"""Whom the chamber has appointed to follow openings at a supplier's request; belongs to no organisation here."""


@dataclass(frozen=True)
class Cast:
    """Everybody, by key, and the organisations."""

    association: Organisation
    municipality: Organisation
    norwegian: Organisation
    suppliers: Mapping[str, Organisation]
    people: Mapping[str, Person]

    def __getitem__(self, key: str) -> Person:
        return self.people[key]

    def bidder(self, supplier: str) -> Person:
        """Return who bids for the supplier with that key."""
        return self.people[SUPPLIERS[supplier][1].key]


def register(at: datetime) -> Cast:
    """Register all organisations and people; nobody gets a password, so nobody can sign in as them outside the demo."""
    people: dict[str, Person] = {}

    def enter(organisation: Organisation, characters: tuple[Character, ...], domain: str) -> Organisation:
        for character in characters:
            address = character.name.lower().translate(str.maketrans("åäöé ", "aaoe.")) + f"@{domain}.example"
            person = register_person(email=address, name=character.name, is_fictional=True, by=None, at=at)
            for role in character.roles:
                grant_membership(
                    person=person, organisation=organisation, role=role, title=character.title, by=None, at=at
                )
            people[character.key] = person
        return organisation

    def buyer(name: str, kind: Organisation.Kind, country: Country = Country.SE) -> Organisation:
        return register_organisation(name=name, kind=kind, country=country, is_fictional=True, by=None, at=at)

    association = buyer("Samordningsförbundet i Blekinge", Organisation.Kind.COORDINATION_ASSOCIATION)
    municipality = buyer("Björknäs kommun", Organisation.Kind.MUNICIPALITY)
    norwegian = buyer("Fjordvik kommune", Organisation.Kind.MUNICIPALITY, Country.NO)
    enter(association, ASSOCIATION, "samordning")
    suppliers = {
        key: enter(
            register_organisation(
                name=name,
                kind=Organisation.Kind.SUPPLIER,
                email=f"anbud@{key}.example",
                is_fictional=True,
                by=None,
                at=at,
            ),
            (character,),
            key,
        )
        for key, (name, character) in SUPPLIERS.items()
    }
    enter(municipality, MUNICIPALITY, "bjorknas")
    enter(norwegian, NORWEGIAN_MUNICIPALITY, "fjordvik")
    people[OBSERVER.key] = register_person(
        email="vera.lindgren@handelskammaren.example", name=OBSERVER.name, is_fictional=True, by=None, at=at
    )
    return Cast(association, municipality, norwegian, suppliers, people)
