// The fields of the workspace and the answers that they hold, in both directions. Nothing here is in a form element, so that
// nothing can be posted.

import { ANSWERS_FORMAT, type Answers } from "./answers.ts";
import type { BidForm } from "./bid_form.ts";

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

// What choices are called in `anbud.json`.
const WORDS: Record<string, string> = {
  yes: "ja",
  no: "nej",
  here: "här",
  espd: "espd",
  consortium: "konsortium",
  relied_upon: "åberopat",
  subcontractor: "underleverantör",
};

let made = 0; // rows made so far: each has controls of its own names

const controls = (root: ParentNode): Control[] =>
  [...root.querySelectorAll<Control>("input[data-place], textarea[data-place], select[data-place]")].filter(
    (control) => control.type !== "file",
  );

// Where in `anbud.json` something stands: rows are numbered in the order in which they stand on the page.
export function placeOf(element: HTMLElement): string {
  return within(element, element.dataset["place"] ?? "");
}

function within(element: HTMLElement, own: string): string {
  const row = element.closest<HTMLElement>("[data-row-of]");
  const rows = row?.parentElement;
  if (!row || !rows) return own;
  return `${within(rows, rows.dataset["rows"] ?? "")}/${Array.from(rows.children).indexOf(row)}/${own}`;
}

// The control, or the button that adds a row, where something of this place is mended; it gets an id to link to.
export function controlAt(root: ParentNode, place: string): HTMLElement | null {
  const found = [...root.querySelectorAll<HTMLElement>("[data-place]")].find((each) => placeOf(each) === place);
  if (found && !found.id) found.id = `plats-${(made += 1)}`;
  return found ?? null;
}

function valueOf(control: Control): string | null {
  if (control instanceof HTMLInputElement && control.type === "radio") {
    return control.checked ? (WORDS[control.value] ?? control.value) : null;
  }
  if (control instanceof HTMLInputElement && control.type === "checkbox") return control.checked ? "ja" : "";
  return control.value;
}

function setValue(control: Control, value: string): void {
  if (control instanceof HTMLInputElement && control.type === "radio") {
    control.checked = (WORDS[control.value] ?? control.value) === value;
  } else if (control instanceof HTMLInputElement && control.type === "checkbox") control.checked = value === "ja";
  else control.value = value;
}

export function addRow(root: ParentNode, name: string, rows: HTMLElement): HTMLElement {
  const template = root.querySelector<HTMLTemplateElement>(`template[data-row="${name}"]`);
  const copy = document.createElement("template");
  copy.innerHTML = template?.innerHTML.replaceAll("__row__", String((made += 1))) ?? "";
  const row = copy.content.firstElementChild as HTMLElement;
  rows.append(row);
  return row;
}

const rowsAt = (root: ParentNode, name: string): HTMLElement | null => root.querySelector(`[data-rows="${name}"]`);

export function collect(root: ParentNode, form: BidForm, files: (slot: string) => string[]): Answers {
  const values = new Map<string, string>();
  for (const control of controls(root)) {
    const value = valueOf(control);
    if (value !== null) values.set(placeOf(control), value);
  }
  const at = (place: string): string => values.get(place) ?? "";
  const count = (rows: Element | null): number => rows?.children.length ?? 0;
  const people = rowsAt(root, "personer/svar");
  return {
    format: ANSWERS_FORMAT,
    upphandling: {
      id: form.tender,
      titel: form.title,
      version: form.snapshot.number,
      fingeravtryck: form.snapshot.sha256,
    },
    delar: form.items.map(({ number, title }) => ({ nummer: number, namn: title, filer: files(`delar/${number}/filer`) })),
    krav: form.requirements.map(({ label, title, kind }) => ({
      krav: label,
      rubrik: title,
      ...(kind === "must" ? { svar: at(`krav/${label}/svar`), hur: at(`krav/${label}/hur`) } : {}),
      utfästelse: at(`krav/${label}/utfästelse`),
      "sida i anbudet": at(`krav/${label}/sida i anbudet`),
    })),
    ...(form.requirements.some(({ kind }) => kind === "term")
      ? { "särskilda kontraktsvillkor": { svar: at("särskilda kontraktsvillkor/svar") } }
      : {}),
    personer: {
      svar: Array.from({ length: count(people) }, (_, n) => ({
        namn: at(`personer/svar/${n}/namn`),
        uppdrag: Array.from({ length: count(people?.children[n]?.querySelector("[data-rows]") ?? null) }, (__, m) => ({
          uppdragsgivare: at(`personer/svar/${n}/uppdrag/${m}/uppdragsgivare`),
          från: at(`personer/svar/${n}/uppdrag/${m}/från`),
          till: at(`personer/svar/${n}/uppdrag/${m}/till`),
          "vad som gjordes": at(`personer/svar/${n}/uppdrag/${m}/vad som gjordes`),
        })),
      })),
    },
    "andra företag": {
      svar: Array.from({ length: count(rowsAt(root, "andra företag/svar")) }, (_, n) => ({
        roll: at(`andra företag/svar/${n}/roll`),
        namn: at(`andra företag/svar/${n}/namn`),
        organisationsnummer: at(`andra företag/svar/${n}/organisationsnummer`),
        gör: at(`andra företag/svar/${n}/gör`),
      })),
    },
    "egen försäkran": {
      lämnas: at("egen försäkran/lämnas"),
      espd: files("egen försäkran/espd"),
      brott: { stämmer: at("egen försäkran/brott/stämmer") },
      skatter: { stämmer: at("egen försäkran/skatter/stämmer") },
      "andra grunder": { stämmer: at("egen försäkran/andra grunder/stämmer") },
      förklaring: { svar: at("egen försäkran/förklaring/svar") },
      undertecknare: at("egen försäkran/undertecknare"),
      titel: at("egen försäkran/titel"),
    },
    pris: { svar: at("pris/svar") },
  };
}

// Put answers into the fields; rows are made as they are needed, and what stood there is gone.
export function fill(root: ParentNode, answers: Answers): void {
  for (const rows of root.querySelectorAll("[data-rows]")) rows.replaceChildren();
  const people = rowsAt(root, "personer/svar");
  for (const person of people ? answers.personer.svar : []) {
    const row = addRow(root, "person", people as HTMLElement);
    const entries = row.querySelector<HTMLElement>("[data-rows]");
    for (const _ of entries ? person.uppdrag : []) addRow(root, "entry", entries as HTMLElement);
  }
  const companies = rowsAt(root, "andra företag/svar");
  for (const _ of companies ? answers["andra företag"].svar : []) addRow(root, "company", companies as HTMLElement);
  for (const control of controls(root)) {
    const value = valueAt(answers, placeOf(control));
    setValue(control, typeof value === "string" ? value : "");
  }
}

function valueAt(answers: Answers, place: string): unknown {
  const [first, label, ...rest] = place.split("/");
  const [from, steps] =
    first === "krav" ? [answers.krav.find((row) => row.krav === label), rest] : [answers, place.split("/")];
  return steps.reduce<unknown>((value, step) => (value as Record<string, unknown> | undefined)?.[step], from);
}
