"""`anbud.json`: what a bidder writes who seals without a browser. Made from the bid form, with every question in it.

Its words are Swedish, since people write in it: they read the question beside each empty answer. It is read strictly, so
that a misspelt word never makes a promise disappear, and everything that is wrong is told at once with its place.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, NoReturn

from rodatraden.cli.disk import BadFileError
from rodatraden.cli.words import _, said
from rodatraden.core.bid_form import AskKind
from rodatraden.core.instants import ZONES
from rodatraden.core.numbers import NumberProblem, parse_amount, swedish_sum
from rodatraden.core.offer import (
    PROMISE_LENGTH,
    Company,
    CvEntry,
    CvPerson,
    Declaration,
    DeclarationHow,
    Offer,
    PartyRole,
    PromiseText,
    Reply,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from decimal import Decimal
    from uuid import UUID

    from rodatraden.core.bid_form import AskedItem, AskedRequirement, BidForm

NAME = "anbud.json"
FORMAT = "rodatraden-anbud-1"
LARGEST = 4 * 1024 * 1024
"""Bytes; the index of a bid may not be longer either."""
LONG, SHORT = 4000, 200
"""The longest texts, in characters, as in the server's own forms."""
YES_NO = {"ja": True, "nej": False, True: True, False: False, "": None, None: None}
ROLES = {
    "konsortium": PartyRole.CONSORTIUM,
    "åberopat": PartyRole.RELIED_UPON,
    "underleverantör": PartyRole.SUBCONTRACTOR,
}
HOW = {"": DeclarationHow.MISSING, "här": DeclarationHow.HERE, "espd": DeclarationHow.ESPD}


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file that the bidder names as an answer to one part of the bid; None is the ESPD."""

    item: AskedItem | None
    name: str
    place: str


@dataclass(frozen=True, slots=True)
class Answers:
    """What `anbud.json` says: an offer without files, and the names of the files that belong to it."""

    offer: Offer
    files: tuple[NamedFile, ...]


def skeleton(form: BidForm) -> bytes:
    """Return `anbud.json` with every question and no answer."""
    value = {
        "format": FORMAT,
        "så fyller du i": [
            _("Write between the quotation marks after “svar” and the other words that have an empty answer."),
            _(
                "A yes or no is written “ja” or “nej”. A day is written 2027-02-28. Leave what may be left out as it is."
            ),
            _("Lay the files in this folder, and write their names, for example [“cv.pdf”, “bilaga.pdf”]."),
            _(
                "To name more people, assignments or companies, copy the piece with its curly brackets, and set a comma between."
            ),
        ],
        "upphandling": {
            "id": str(form.tender),
            "titel": form.title,
            "version": form.snapshot,
            "fingeravtryck": form.snapshot_sha256,
            "före": moment(form.deadline_at),
        },
        "delar": [
            {"nummer": item.number, "namn": item.title, "fråga": _asked_of(item), "filer": []}
            for item in form.asks.items
        ],
        "krav": [_empty_requirement(row) for row in form.asks.requirements],
    }
    if form.asks.terms:
        value["särskilda kontraktsvillkor"] = {"fråga": _("We accept the special contract terms"), "svar": ""}
    assignment = {"uppdragsgivare": "", "från": "", "till": "", "vad som gjordes": ""}
    value["personer"] = {
        "fråga": _("Who does the work, with earlier assignments. Must be answered.")
        if form.asks.names_people
        else _("Who does the work, with earlier assignments. May be left out."),
        "svar": [{"namn": "", "uppdrag": [assignment]}],
    }
    value["andra företag"] = {
        "fråga": _("Other companies in the bid; “roll” is one of: {roles}. May be left out.").format(
            roles=", ".join(ROLES)
        ),
        "svar": [{"roll": "", "namn": "", "organisationsnummer": "", "gör": ""}],
    }
    value["egen försäkran"] = {
        "fråga": _("“lämnas” is “här” when you fill it in here, and “espd” when you name a file with an ESPD."),
        "lämnas": "",
        "espd": [],
        "brott": _statement(
            _("Nobody in the management or the board has been convicted of a crime that excludes from procurements")
        ),
        "skatter": _statement(_("Taxes and social fees are paid")),
        "andra grunder": _statement(_("No other ground for exclusion applies")),
        "förklaring": {
            "fråga": _("If you answered no: what happened, and what you have done about it"),
            "svar": "",
        },
        "undertecknare": "",
        "titel": "",
    }
    value["pris"] = {"fråga": _asked_price(form), "svar": ""}
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


def read_answers(data: bytes, form: BidForm) -> Answers:
    """Return what `anbud.json` says.

    Raises:
        BadFileError: it is not JSON, was made for other documents, or holds something that can't be used; all of that
            is told.
    """
    faults: list[str] = []
    root = _Row(_parsed(data), "", faults)
    root.only(
        "format", "så fyller du i", "upphandling", "delar", "krav", "särskilda kontraktsvillkor", "personer",
        "andra företag", "egen försäkran", "pris",
    )  # fmt: skip
    _check_belongs(root, form)
    files = [*_part_files(root, form), *_espd(root)]
    replies, promises = _replies(root, form)
    price = root.row("pris").only("fråga", "svar")
    fixed = form.asks.fixed_price
    offer = Offer(
        replies=replies,
        promises=promises,
        people=_people(root.row("personer").only("fråga", "svar")),
        companies=_companies(root.row("andra företag").only("fråga", "svar")),
        declaration=_declaration(root.row("egen försäkran")),
        accepts_terms=root.row("särskilda kontraktsvillkor").only("fråga", "svar").yes_no("svar") is True,
        price=price.amount("svar") if fixed is None else None,
        accepted_price=fixed if fixed is not None and price.yes_no("svar") else None,
    )
    if faults:
        raise BadFileError([
            _("{file} holds what can't be used. Mend it and run the same command again.").format(file=NAME),
            *(f"  {fault}" for fault in faults),
        ])  # fmt: skip
    return Answers(offer, tuple(files))


def moment(at: datetime) -> str:
    """Say an instant in Swedish time, to the second where there are any."""
    local = at.astimezone(ZONES["SE"])
    return f"{local:%Y-%m-%d} kl. {local:%H.%M}" + (f".{local:%S}" if local.second else "")


def unit(form: BidForm) -> str:
    """Say what a price is for."""
    return {
        "hour": _("per hour"),
        "day": _("per day"),
        "week": _("per week"),
        "month": _("per month"),
        "piece": _("each"),
        "occasion": _("per occasion"),
        "course": _("per course"),
        "total": _("for the whole assignment"),
    }.get(form.price_unit, form.price_unit)


class _Row:
    """One piece of the answers; what is wrong with it is noted with its place, and an empty value is used instead."""

    def __init__(self, value: object, place: str, faults: list[str]) -> None:
        self._value: dict[str, Any] = value if isinstance(value, dict) else {}
        self._place, self._faults = place, faults
        if value is not None and not isinstance(value, dict):
            self.fault("", _("Here shall stand a piece within curly brackets."))

    def fault(self, key: str, reason: str) -> None:
        place = " → ".join(part for part in (self._place, f"”{key}”" if key else "") if part)
        self._faults.append(f"{place}: {reason}" if place else reason)

    def place(self, key: str) -> str:
        return " → ".join(part for part in (self._place, f"”{key}”") if part)

    def only(self, *known: str) -> _Row:
        """Note every other word than these, with the one that was perhaps meant."""
        for key in self._value:
            if key not in known:
                close = get_close_matches(key, known, n=1)
                meant = " " + _("Did you mean “{word}”?").format(word=close[0]) if close else ""
                self.fault(key, _("That word is not known here.") + meant)
        return self

    def get(self, key: str) -> Any:
        return self._value.get(key)

    def row(self, key: str) -> _Row:
        return _Row(self.get(key), self.place(key), self._faults)

    def rows(self, key: str) -> list[_Row]:
        return [_Row(each, f"{self.place(key)} {n}", self._faults) for n, each in enumerate(self._list(key), start=1)]

    def texts(self, key: str) -> list[str]:
        found = self._list(key)
        if not all(isinstance(each, str) for each in found):
            self.fault(key, _("Write file names between quotation marks."))
        return [each for each in found if isinstance(each, str) and each.strip()]

    def _list(self, key: str) -> list[Any]:
        found = self.get(key)
        if found is None or found == "":
            return []
        if not isinstance(found, list):
            self.fault(key, _("Here shall stand a list from [ to ]."))
            return []
        return found

    def text(self, key: str, longest: int) -> str:
        found = self.get(key)
        if found is None:
            return ""
        if not isinstance(found, str):
            self.fault(key, _("Write a text between quotation marks."))
            return ""
        if len(found) > longest:
            self.fault(
                key, _("The text has {n} characters. It can have at most {most}.").format(n=len(found), most=longest)
            )
        if "\0" in found or any("\ud800" <= sign <= "\udfff" for sign in found):
            self.fault(key, _("The text holds signs that are not text."))
            return ""
        return found.strip()

    def yes_no(self, key: str) -> bool | None:
        found = self.get(key)
        answer = found.strip().lower() if isinstance(found, str) else found
        if not isinstance(answer, str | bool | None) or answer not in YES_NO:
            self.fault(key, _("Write “ja” or “nej”."))
            return None
        return YES_NO[answer]

    def choice(self, key: str, choices: dict[str, Any]) -> Any:
        found = self.text(key, SHORT).lower()
        if found not in choices:
            self.fault(key, _("Write one of: {choices}.").format(choices=", ".join(filter(None, choices))))
            return next(iter(choices.values()))
        return choices[found]

    def day(self, key: str) -> date:
        try:
            return date.fromisoformat(self.text(key, SHORT))
        except ValueError:
            self.fault(key, _("Write a day as 2027-02-28."))
            return date.min

    def amount(self, key: str) -> Decimal | None:
        found = self.get(key)
        text = str(found) if isinstance(found, int) and not isinstance(found, bool) else self.text(key, SHORT)
        if not text:
            return None
        amount = parse_amount(text)
        if isinstance(amount, NumberProblem):
            self.fault(key, said(amount.reason))
            return None
        if amount <= 0:
            self.fault(key, _("The price must be above zero."))
            return None
        return amount

    def is_empty(self) -> bool:
        """Whether nothing is written here: a piece of the skeleton that was left as it was."""
        return not any(_has_something(each) for each in self._value.values())


def _has_something(value: object) -> bool:
    if isinstance(value, dict):
        return any(map(_has_something, value.values()))
    if isinstance(value, list):
        return any(map(_has_something, value))
    return bool(value.strip()) if isinstance(value, str) else value is not None


def _parsed(data: bytes) -> object:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        _stop(_("Save the file as UTF-8, and run the same command again."))
    try:
        return json.loads(text, object_pairs_hook=_once, parse_float=str, parse_constant=str)
    except json.JSONDecodeError as error:
        reason = _("Line {line}, sign {column}: here a comma, a quotation mark or a bracket is missing or too much.")
        _stop(reason.format(line=error.lineno, column=error.colno))
    except (RecursionError, ValueError):
        _stop(_("It holds brackets or a number without end."))


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _value in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        _stop(_("“{word}” stands twice in the same piece. Keep one of them.").format(word=twice))
    return found


def _stop(reason: str) -> NoReturn:
    raise BadFileError([_("{file} can't be read.").format(file=NAME), f"  {reason}"])


def _check_belongs(root: _Row, form: BidForm) -> None:
    if root.get("format") != FORMAT:
        _stop(_("It does not begin as it should. Make a new one with --start, and move your answers there."))
    said_of = root.row("upphandling").only("id", "titel", "version", "fingeravtryck", "före")
    if said_of.get("id") != str(form.tender):
        _stop(_("It answers another procurement than the bid form."))
    if said_of.get("fingeravtryck") != form.snapshot_sha256:
        reason = _(
            "It answers another version of the documents than the bid form, which is version {number}. Read what has "
            "changed, make a new one with --start, and move your answers there."
        )
        _stop(reason.format(number=form.snapshot))


def _asked_of(item: AskedItem) -> str:
    must = _("Must be there.") if item.is_required else _("May be left out.")
    pages = ""
    if item.max_pages is not None:
        pages = (
            _("At most {most} pages; a longer one is rejected.")
            if item.rejects_over_limit
            else _("At most {most} pages; what comes after is not read.")
        ).format(most=item.max_pages)
    annex = _("This becomes an annex of the contract if you win, and binds both.") if item.is_annex else ""
    return " ".join(map(_sentence, filter(None, (item.description, must, pages, annex, ", ".join(item.kinds)))))


def _sentence(text: str) -> str:
    return text if text.rstrip().endswith((".", "?", "!", ":")) else f"{text.rstrip()}."


def _empty_requirement(row: AskedRequirement) -> dict[str, str]:
    evidence = _("Evidence: {evidence}").format(evidence=row.evidence) if row.evidence else ""
    asked = " ".join(map(_sentence, filter(None, (row.text, row.question, row.level, evidence))))
    promise = {"utfästelse": "", "sida i anbudet": ""}
    if row.kind is not AskKind.MUST:
        return {"krav": row.label, "rubrik": row.title, "fråga": asked, **promise}
    asked = f"{asked} {_('Do you meet the requirement?')}".strip()
    return {"krav": row.label, "rubrik": row.title, "fråga": asked, "svar": "", "hur": "", **promise}


def _asked_price(form: BidForm) -> str:
    if form.asks.fixed_price is None:
        return _("Your price {unit} in {currency}, without VAT").format(unit=unit(form), currency=form.currency)
    return _("Do you accept the fixed price, {price} {currency} {unit}?").format(
        price=swedish_sum(form.asks.fixed_price), currency=form.currency, unit=unit(form)
    )


def _part_files(root: _Row, form: BidForm) -> list[NamedFile]:
    known = {item.number: item for item in form.asks.items}
    found: list[NamedFile] = []
    seen: set[int] = set()
    for row in root.rows("delar"):
        row.only("nummer", "namn", "fråga", "filer")
        number = row.get("nummer")
        if not isinstance(number, int) or number not in known:
            row.fault("nummer", _("The documents ask for no part with that number."))
        elif number in seen:
            row.fault("nummer", _("That part stands twice."))
        else:
            seen.add(number)
            found += _named(row, "filer", known[number])
    return found


def _espd(root: _Row) -> list[NamedFile]:
    return _named(root.row("egen försäkran"), "espd", None)


def _named(row: _Row, key: str, item: AskedItem | None) -> list[NamedFile]:
    names = row.texts(key)
    for name in {name for name in names if names.count(name) > 1}:
        row.fault(key, _("{name} stands twice.").format(name=name))
    return [NamedFile(item, name, row.place(key)) for name in names]


def _replies(root: _Row, form: BidForm) -> tuple[dict[UUID, Reply], dict[UUID, PromiseText]]:
    known = {row.label: row for row in form.asks.requirements}
    replies: dict[UUID, Reply] = {}
    promises: dict[UUID, PromiseText] = {}
    seen: set[str] = set()
    for row in root.rows("krav"):
        label = row.text("krav", SHORT)
        if label not in known or label in seen:
            row.fault("krav", _("The documents have no such requirement, or it stands twice."))
            continue
        seen.add(label)
        asked = known[label]
        is_must = asked.kind is AskKind.MUST
        row.only("krav", "rubrik", "fråga", "utfästelse", "sida i anbudet", *(("svar", "hur") if is_must else ()))
        if is_must:
            replies[asked.id] = Reply(row.yes_no("svar"), row.text("hur", LONG // 2))
        promise, page = row.text("utfästelse", PROMISE_LENGTH), row.text("sida i anbudet", 60)
        if promise:
            promises[asked.id] = PromiseText(promise, page)
    return replies, promises


def _filled(rows: Iterable[_Row]) -> list[_Row]:
    return [row for row in rows if not row.is_empty()]


def _people(answer: _Row) -> tuple[CvPerson, ...]:
    return tuple(_person(row) for row in _filled(answer.rows("svar")))


def _person(row: _Row) -> CvPerson:
    row.only("namn", "uppdrag")
    name = row.text("namn", 150)
    if not name:
        row.fault("namn", _("Write who it is."))
    entries = tuple(_entry(each) for each in _filled(row.rows("uppdrag")))
    return CvPerson(name, tuple(sorted(entries, key=lambda entry: (entry.starts_on, entry.ends_on, entry.client))))


def _entry(row: _Row) -> CvEntry:
    row.only("uppdragsgivare", "från", "till", "vad som gjordes")
    entry = CvEntry(
        row.text("uppdragsgivare", SHORT), row.day("från"), row.day("till"), row.text("vad som gjordes", LONG // 2)
    )
    if entry.ends_on < entry.starts_on:
        row.fault("till", _("The assignment ends before it starts. Mend one of the days."))
    return entry


def _companies(answer: _Row) -> tuple[Company, ...]:
    found = []
    for row in _filled(answer.rows("svar")):
        row.only("roll", "namn", "organisationsnummer", "gör")
        name = row.text("namn", SHORT)
        if not name:
            row.fault("namn", _("Write which company it is."))
        found.append(
            Company(row.choice("roll", ROLES), name, row.text("organisationsnummer", 20), row.text("gör", 1000))
        )
    return tuple(found)


def _declaration(row: _Row) -> Declaration:
    row.only("fråga", "lämnas", "espd", "brott", "skatter", "andra grunder", "förklaring", "undertecknare", "titel")
    return Declaration(
        how=row.choice("lämnas", HOW),
        no_crime=_stands(row, "brott"),
        taxes_paid=_stands(row, "skatter"),
        no_other_ground=_stands(row, "andra grunder"),
        explanation=row.row("förklaring").only("fråga", "svar").text("svar", LONG),
        signatory=row.text("undertecknare", 150),
        signatory_title=row.text("titel", 100),
    )


def _statement(text: str) -> dict[str, str]:
    return {"påstående": text, "stämmer": ""}


def _stands(row: _Row, key: str) -> bool | None:
    return row.row(key).only("påstående", "stämmer").yes_no("stämmer")
