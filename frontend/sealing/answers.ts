// What a supplier has written, in the same form as the command line's `anbud.json` (cli/answers.py), and what it becomes
// inside the encryption (core/offer.py). A common corpus holds both against the programs of the server.

import { isMessage, parseAmount } from "./amount.ts";
import type { BidForm } from "./bid_form.ts";
import type { Json } from "./canonical.ts";
import { say, type Message } from "./said.ts";

export const ANSWERS_FORMAT = "rodatraden-anbud-1";
const SHORT = 200;
const LONG = 4000;
const PROMISE = 300;
const PAGE = 60;

export interface WrittenRequirement {
  krav: string;
  rubrik: string;
  svar?: string;
  hur?: string;
  utfästelse: string;
  "sida i anbudet": string;
}
export interface WrittenEntry {
  uppdragsgivare: string;
  från: string;
  till: string;
  "vad som gjordes": string;
}
export interface WrittenPerson {
  namn: string;
  uppdrag: WrittenEntry[];
}
export interface WrittenCompany {
  roll: string;
  namn: string;
  organisationsnummer: string;
  gör: string;
}
interface Statement {
  stämmer: string;
}
export interface Answers {
  format: string;
  upphandling: { id: string; titel: string; version: number; fingeravtryck: string };
  delar: { nummer: number; namn: string; filer: string[] }[];
  krav: WrittenRequirement[];
  "särskilda kontraktsvillkor"?: { svar: string };
  personer: { svar: WrittenPerson[] };
  "andra företag": { svar: WrittenCompany[] };
  "egen försäkran": {
    lämnas: string;
    espd: string[];
    brott: Statement;
    skatter: Statement;
    "andra grunder": Statement;
    förklaring: { svar: string };
    undertecknare: string;
    titel: string;
  };
  pris: { svar: string };
}

// A file of the bid as its bytes told: which part it answers (null: the ESPD), under which name it lies in the package.
export interface FileNote {
  id: string;
  item: string | null;
  name: string;
  media_type: string;
  size: number;
  sha256: string;
  pages: number | null;
}

// What can't be used as it is written, and where: the place is the path in `anbud.json`, its steps parted by "/".
export interface Fault {
  place: string;
  message: Message;
}

export interface Reply {
  requirement: string;
  is_met: boolean | null;
  text: string;
}
export interface Index {
  format: 1;
  accepted_price?: string;
  requirements: Reply[];
  promises: { requirement: string; text: string; page_reference: string }[];
  people: { name: string; assignments: { client: string; starts_on: string; ends_on: string; description: string }[] }[];
  companies: { role: string; name: string; registration_number: string; does: string }[];
  declaration: {
    how: string;
    no_crime: boolean | null;
    taxes_paid: boolean | null;
    no_other_ground: boolean | null;
    explanation: string;
    signatory: string;
    signatory_title: string;
  };
  files: FileNote[];
  accepts_terms: boolean;
}

export interface Offer {
  index: Index;
  price: string | null;
}

export const asJson = (index: Index): Json => index as unknown as Json;

const ROLES: Record<string, string> = {
  konsortium: "consortium",
  åberopat: "relied_upon",
  underleverantör: "subcontractor",
};
const HOW: Record<string, string> = { "": "", här: "here", espd: "espd" };

class Reader {
  readonly faults: Fault[] = [];

  fault(place: string, message: Message): void {
    this.faults.push({ place, message });
  }

  text(typed: string | undefined, place: string, most: number): string {
    const found = typed ?? "";
    const n = Array.from(found).length;
    if (n > most) this.fault(place, say("The text has {n} characters. It can have at most {most}.", { n, most }));
    if (found.includes("\0") || !found.isWellFormed()) {
      this.fault(place, say("The text holds signs that are not text."));
      return "";
    }
    return found.trim();
  }

  yesNo(typed: string | undefined, place: string): boolean | null {
    const answer = (typed ?? "").trim().toLowerCase();
    if (answer === "ja") return true;
    if (answer === "nej") return false;
    if (answer) this.fault(place, say("Write “ja” or “nej”."));
    return null;
  }

  choice(typed: string, place: string, choices: Record<string, string>): string {
    const found = choices[this.text(typed, place, SHORT).toLowerCase()];
    if (found !== undefined) return found;
    const names = Object.keys(choices).filter(Boolean).join(", ");
    this.fault(place, say("Write one of: {choices}.", { choices: names }));
    return Object.values(choices)[0] ?? "";
  }

  day(typed: string, place: string): string {
    const text = this.text(typed, place, SHORT);
    if (isDay(text)) return text;
    this.fault(place, say("Write a day as 2027-02-28."));
    return "";
  }

  amount(typed: string, place: string): string | null {
    const text = this.text(typed, place, SHORT);
    if (!text) return null;
    const found = parseAmount(text);
    if (isMessage(found)) this.fault(place, found);
    else if (!/[1-9]/.test(found)) this.fault(place, say("The price must be above zero."));
    else return found;
    return null;
  }
}

// A day as it is written canonically, which exists: 2027-02-29 does not.
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || text < "0001") return false;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

// Whether nothing is written in a row: a piece that was left as it was.
export function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isEmpty);
  if (value !== null && typeof value === "object") return Object.values(value).every(isEmpty);
  return typeof value === "string" ? !value.trim() : value === null || value === undefined;
}

// What is written, as the bid says it; whatever can't be used is told with its place.
export function readAnswers(written: Answers, form: BidForm, files: FileNote[]): { offer: Offer; faults: Fault[] } {
  const reader = new Reader();
  const { replies, promises } = readRequirements(reader, written, form);
  const declared = written["egen försäkran"];
  const fixed = form.fixed_price;
  const accepts = fixed !== null && reader.yesNo(written.pris.svar, "pris/svar") === true;
  const index: Index = {
    format: 1,
    ...(accepts ? { accepted_price: fixed } : {}),
    requirements: replies,
    promises,
    people: readPeople(reader, written.personer.svar),
    companies: written["andra företag"].svar.flatMap((row, n) =>
      isEmpty(row) ? [] : [readCompany(reader, row, `andra företag/svar/${n}`)],
    ),
    declaration: {
      how: reader.choice(declared.lämnas, "egen försäkran/lämnas", HOW),
      no_crime: reader.yesNo(declared.brott.stämmer, "egen försäkran/brott/stämmer"),
      taxes_paid: reader.yesNo(declared.skatter.stämmer, "egen försäkran/skatter/stämmer"),
      no_other_ground: reader.yesNo(declared["andra grunder"].stämmer, "egen försäkran/andra grunder/stämmer"),
      explanation: reader.text(declared.förklaring.svar, "egen försäkran/förklaring/svar", LONG),
      signatory: reader.text(declared.undertecknare, "egen försäkran/undertecknare", 150),
      signatory_title: reader.text(declared.titel, "egen försäkran/titel", 100),
    },
    files,
    accepts_terms:
      reader.yesNo(written["särskilda kontraktsvillkor"]?.svar, "särskilda kontraktsvillkor/svar") === true,
  };
  const price = fixed === null ? reader.amount(written.pris.svar, "pris/svar") : null;
  return { offer: { index, price }, faults: reader.faults };
}

const byKey = <R extends { requirement: string }>(one: R, other: R): number => (one.requirement < other.requirement ? -1 : 1);

function readRequirements(reader: Reader, written: Answers, form: BidForm): { replies: Reply[]; promises: Index["promises"] } {
  const known = new Map(form.requirements.map((row) => [row.label, row]));
  const replies: Reply[] = [];
  const promises: Index["promises"] = [];
  for (const row of written.krav) {
    const asked = known.get(row.krav);
    const place = `krav/${row.krav}`;
    if (!asked) {
      reader.fault(place, say("The documents have no such requirement, or it stands twice."));
      continue;
    }
    known.delete(row.krav);
    if (asked.kind === "must") {
      const is_met = reader.yesNo(row.svar, `${place}/svar`);
      replies.push({ requirement: asked.id, is_met, text: reader.text(row.hur, `${place}/hur`, LONG / 2) });
    }
    const text = reader.text(row.utfästelse, `${place}/utfästelse`, PROMISE);
    const page = reader.text(row["sida i anbudet"], `${place}/sida i anbudet`, PAGE);
    if (text) promises.push({ requirement: asked.id, text, page_reference: page });
  }
  return { replies: replies.sort(byKey), promises: promises.sort(byKey) };
}

function readPeople(reader: Reader, people: WrittenPerson[]): Index["people"] {
  return people.flatMap((row, n) => {
    if (isEmpty(row)) return [];
    const place = `personer/svar/${n}`;
    const name = reader.text(row.namn, `${place}/namn`, 150);
    if (!name) reader.fault(`${place}/namn`, say("Write who it is."));
    const assignments = row.uppdrag.flatMap((entry, m) =>
      isEmpty(entry) ? [] : [readEntry(reader, entry, `${place}/uppdrag/${m}`)],
    );
    const order = (one: (typeof assignments)[0]): string => `${one.starts_on}\0${one.ends_on}\0${one.client}`;
    return [{ name, assignments: assignments.sort((one, other) => (order(one) < order(other) ? -1 : 1)) }];
  });
}

function readEntry(reader: Reader, row: WrittenEntry, place: string): Index["people"][0]["assignments"][0] {
  const entry = {
    client: reader.text(row.uppdragsgivare, `${place}/uppdragsgivare`, SHORT),
    starts_on: reader.day(row.från, `${place}/från`),
    ends_on: reader.day(row.till, `${place}/till`),
    description: reader.text(row["vad som gjordes"], `${place}/vad som gjordes`, LONG / 2),
  };
  if (entry.starts_on && entry.ends_on && entry.ends_on < entry.starts_on) {
    reader.fault(`${place}/till`, say("The assignment ends before it starts. Mend one of the days."));
  }
  return entry;
}

function readCompany(reader: Reader, row: WrittenCompany, place: string): Index["companies"][0] {
  const name = reader.text(row.namn, `${place}/namn`, SHORT);
  if (!name) reader.fault(`${place}/namn`, say("Write which company it is."));
  return {
    role: reader.choice(row.roll, `${place}/roll`, ROLES),
    name,
    registration_number: reader.text(row.organisationsnummer, `${place}/organisationsnummer`, 20),
    does: reader.text(row.gör, `${place}/gör`, 1000),
  };
}

export const priceIndex = (amount: string, form: BidForm): Json => ({
  format: 1,
  amount,
  currency: form.currency,
  unit: form.price_unit,
});
