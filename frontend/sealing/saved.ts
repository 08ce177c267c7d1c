// What is saved to a file of the bidder's own: the key that reads its bid, and a draft, which is the same JSON as the command line's
// `anbud.json`, so that either goes on where the other left off.

import { ANSWERS_FORMAT, type Answers } from "./answers.ts";
import type { BidForm } from "./bid_form.ts";
import { Fault } from "./fault.ts";

const NAME = "anbud.json";
const LARGEST = 4 * 1024 * 1024;
const KEPT_FOR = 60_000; // ms that a busy browser gets to begin to write the file

function save(name: string, text: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), KEPT_FOR);
}

export const saveDraft = (answers: Answers): void => save(NAME, `${JSON.stringify(answers, null, 2)}\n`, "application/json");

// As age writes an identity: `rodatraden open --key` reads it. Comments are one line each.
export function saveKey(name: string, about: string, { identity, recipient }: { identity: string; recipient: string }): void {
  save(name, `# ${about.replace(/\s+/g, " ")}\n# public key: ${recipient}\n${identity}\n`, "text/plain");
}

type Loose = Record<string, unknown>;
const row = (value: unknown): Loose => (value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Loose) : {});
const rows = (value: unknown): Loose[] => (Array.isArray(value) ? value.map(row) : []);
const text = (value: unknown): string =>
  typeof value === "string" ? value : typeof value === "number" ? String(value) : value === true ? "ja" : value === false ? "nej" : "";

// Read a draft that was saved, whoever wrote it: what has another shape than it should is taken for not written, and shows.
export async function draftFrom(file: File, form: BidForm): Promise<Answers> {
  let root: Loose;
  try {
    if (file.size > LARGEST) throw new Error("too large");
    root = row(JSON.parse((await file.text()).replace(/^\ufeff/, "")));
  } catch {
    throw new Fault("draft");
  }
  const belongs = row(root["upphandling"]);
  if (root["format"] !== ANSWERS_FORMAT || belongs["id"] !== form.tender) throw new Fault("draft");
  const declared = row(root["egen försäkran"]);
  const stands = (name: string): { stämmer: string } => ({ stämmer: text(row(declared[name])["stämmer"]).toLowerCase() });
  const answer = (value: unknown): string => text(value).trim().toLowerCase();
  return {
    format: ANSWERS_FORMAT,
    upphandling: {
      id: form.tender,
      titel: form.title,
      version: Number(belongs["version"]) || 0,
      fingeravtryck: text(belongs["fingeravtryck"]),
    },
    delar: [],
    krav: rows(root["krav"]).map((each) => ({
      krav: text(each["krav"]),
      rubrik: text(each["rubrik"]),
      svar: answer(each["svar"]),
      hur: text(each["hur"]),
      utfästelse: text(each["utfästelse"]),
      "sida i anbudet": text(each["sida i anbudet"]),
    })),
    "särskilda kontraktsvillkor": { svar: answer(row(root["särskilda kontraktsvillkor"])["svar"]) },
    personer: {
      svar: rows(row(root["personer"])["svar"]).map((person) => ({
        namn: text(person["namn"]),
        uppdrag: rows(person["uppdrag"]).map((entry) => ({
          uppdragsgivare: text(entry["uppdragsgivare"]),
          från: text(entry["från"]),
          till: text(entry["till"]),
          "vad som gjordes": text(entry["vad som gjordes"]),
        })),
      })),
    },
    "andra företag": {
      svar: rows(row(root["andra företag"])["svar"]).map((company) => ({
        roll: answer(company["roll"]),
        namn: text(company["namn"]),
        organisationsnummer: text(company["organisationsnummer"]),
        gör: text(company["gör"]),
      })),
    },
    "egen försäkran": {
      lämnas: answer(declared["lämnas"]),
      espd: [],
      brott: stands("brott"),
      skatter: stands("skatter"),
      "andra grunder": stands("andra grunder"),
      förklaring: { svar: text(row(declared["förklaring"])["svar"]) },
      undertecknare: text(declared["undertecknare"]),
      titel: text(declared["titel"]),
    },
    pris: {
      svar: form.fixed_price === null ? text(row(root["pris"])["svar"]) : answer(row(root["pris"])["svar"]),
    },
  };
}
