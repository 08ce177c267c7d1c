// What is done, what is missing, and what should be known before a bid is handed in: core/checklist.py in the browser.

import type { Index, Offer } from "./answers.ts";
import type { AskedItem, BidForm } from "./bid_form.ts";
import { say, type Message } from "./said.ts";

export interface Point {
  part: "files" | "requirements" | "people" | "price" | "declaration";
  state: "yes" | "no" | "warning" | "waiting";
  message: Message;
  place: string; // where in `anbud.json` it is mended
}

const TERMS = "särskilda kontraktsvillkor/svar";
const PLACES: Record<Exclude<Point["part"], "files">, string> = {
  requirements: "krav",
  people: "personer/svar",
  price: "pris/svar",
  declaration: "egen försäkran/lämnas",
};

const point = (
  part: Exclude<Point["part"], "files">,
  state: Point["state"],
  text: string,
  values: Message["values"] = {},
  place = PLACES[part],
): Point => ({ part, state, message: say(text, values), place });

export function checklist(form: BidForm, { index, price }: Offer): Point[] {
  return [
    ...form.items.map((item) => filePoint(item, index)),
    ...requirementPoints(form, index),
    ...peoplePoints(form, index),
    pricePoint(form.fixed_price, index.accepted_price ?? null, price),
    declarationPoint(index),
  ];
}

export function filePoint(item: AskedItem, index: Index): Point {
  const point = (state: Point["state"], text: string, values: Message["values"]): Point => ({
    part: "files",
    state,
    message: say(text, values),
    place: `delar/${item.number}/filer`,
  });
  const files = index.files.filter((file) => file.item === item.id);
  if (files.length === 0) {
    return item.is_required
      ? point("no", "Upload {item}.", { item: item.title })
      : point("waiting", "{item} may be left out.", { item: item.title });
  }
  const pages = files.reduce((sum, file) => sum + (file.pages ?? 0), 0);
  const most = item.max_pages;
  if (most !== null && pages > most) {
    const values = { item: item.title, pages, most };
    return item.rejects_over_limit
      ? point(
          "no",
          "{item} has {pages} pages, at most {most} are allowed. The documents say that a longer one is rejected. Shorten it.",
          values,
        )
      : point("warning", "{item} has {pages} pages, at most {most} are read.", values);
  }
  if (most !== null && files.some((file) => file.pages === null)) {
    return point(
      "warning",
      "The pages of {item} cannot be counted. At most {most} are read; upload a PDF to be sure.",
      { item: item.title, most },
    );
  }
  return point("yes", "{item} is uploaded.", { item: item.title });
}

function requirementPoints(form: BidForm, index: Index): Point[] {
  const replies = new Map(index.requirements.map((reply) => [reply.requirement, reply]));
  const points = form.requirements
    .filter((row) => row.kind === "must")
    .map(({ id, label, title }) => {
      const is_met = replies.get(id)?.is_met ?? null;
      const values = { label, title };
      const told = (state: Point["state"], text: string): Point =>
        point("requirements", state, text, values, `krav/${label}/svar`);
      if (is_met === null) return told("no", "Answer whether you meet {label} {title}.");
      return is_met
        ? told("yes", "You meet {label} {title}.")
        : told("warning", "You say that you do not meet {label} {title}. Such a bid is rejected.");
    });
  if (form.requirements.some((row) => row.kind === "term")) {
    points.push(
      index.accepts_terms
        ? point("requirements", "yes", "You accept the special contract terms.", {}, TERMS)
        : point("requirements", "no", "Accept the special contract terms.", {}, TERMS),
    );
  }
  if (index.promises.length === 0) {
    points.push(point("requirements", "waiting", "You have not written any promise. A promise may be left out."));
  }
  return points;
}

function peoplePoints(form: BidForm, index: Index): Point[] {
  if (index.people.length === 0) {
    return [
      form.names_people
        ? point("people", "no", "Name who does the work.")
        : point("people", "waiting", "You have not named anybody. The documents do not ask for it."),
    ];
  }
  const names = index.people.map((person) => person.name).join(", ");
  const without = index.people.filter((person) => person.assignments.length === 0);
  return [
    point("people", "yes", "You have named {names}.", { names }),
    ...without.map(({ name }) => point("people", "warning", "{name} has no earlier assignments in the CV.", { name })),
  ];
}

function pricePoint(fixed: string | null, accepted: string | null, price: string | null): Point {
  if (fixed !== null) {
    return accepted === null
      ? point("price", "no", "Accept the fixed price of {price} kr.", { price: { amount: fixed } })
      : point("price", "yes", "You accept the fixed price of {price} kr.", { price: { amount: fixed } });
  }
  return price === null
    ? point("price", "no", "Fill in the price.")
    : point("price", "yes", "The price is {price} kr.", { price: { amount: price } });
}

function declarationPoint({ declaration, files }: Index): Point {
  const { how, no_crime, taxes_paid, no_other_ground, explanation, signatory } = declaration;
  const grounds = [no_crime, taxes_paid, no_other_ground];
  if (how === "espd") {
    return files.some((file) => file.item === null)
      ? point("declaration", "yes", "The ESPD is uploaded.")
      : point("declaration", "no", "Upload the ESPD, or fill in the self-declaration here.");
  }
  if (how === "" || grounds.includes(null) || !signatory.trim()) {
    return point("declaration", "no", "Fill in the self-declaration.");
  }
  if (grounds.every((ground) => ground === true)) {
    return point("declaration", "yes", "The self-declaration is filled in.");
  }
  return explanation.trim()
    ? point(
        "declaration",
        "warning",
        "You state a ground for exclusion. The buyer asks you about it before anything is decided.",
      )
    : point("declaration", "no", "Explain the ground for exclusion and what you have done about it.");
}
