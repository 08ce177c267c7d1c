// What the workspace says: sentences, faults, points and what must be mended, all in words that stand in the page.

import type { Point } from "./checklist.ts";
import { asFault, type Fault } from "./fault.ts";
import { said, type Message } from "./said.ts";

export function part<E extends HTMLElement>(name: string): E {
  const found = document.querySelector<E>(`[data-part="${name}"]`);
  if (!found) throw new Error(`the page has no part ${name}`);
  return found;
}

let spoken: Record<string, string> | null = null;

// A sentence of the core, with the page's translation.
export function sentence(message: Message): string {
  spoken ??= JSON.parse(document.getElementById("spoken")?.textContent ?? "{}") as Record<string, string>;
  return said(message, spoken);
}

// A sentence of the page itself.
export function word(name: string, values: Record<string, string | number> = {}): string {
  const text = document.querySelector(`[data-word="${name}"]`)?.textContent?.trim() ?? name;
  return text.replace(/\{(\w+)\}/g, (_, key: string) => String(values[key] ?? ""));
}

export function tell(fault: Fault | null): void {
  const place = part("fault");
  for (const line of place.querySelectorAll<HTMLElement>("[data-fault]")) {
    line.hidden = line.dataset["fault"] !== fault?.code;
    const detail = line.querySelector("[data-detail]");
    if (detail && fault) detail.textContent = fault.message;
  }
  place.hidden = fault === null;
  if (fault) {
    console.warn(fault.code, fault.message);
    place.focus();
  }
}

export function note(text: string): void {
  const place = part("note");
  const line = place.querySelector("p");
  if (line) line.textContent = text;
  place.hidden = !text;
}

// Run what a control asks for, one thing at a time, and say what went wrong with it.
export async function run(button: HTMLElement, act: () => Promise<void>): Promise<void> {
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  tell(null);
  try {
    await act();
  } catch (error) {
    tell(asFault(error));
  } finally {
    button.removeAttribute("aria-busy");
  }
}

// What a screen reader is told while something goes on: at most every ten seconds, and each time in whole sentences.
const QUIET = 10_000;
let lastSpoken = 0;

export function speak(text: string, always = false): void {
  const now = Date.now();
  if (!always && now - lastSpoken < QUIET) return;
  lastSpoken = now;
  part("status").textContent = text;
}

function iconOf(state: Point["state"]): HTMLElement {
  const icon = document.createElement("span");
  icon.className = { yes: "rt-ikon-ja", no: "rt-ikon-nej", warning: "rt-ikon-varning", waiting: "rt-ikon-vantar" }[state];
  const drawn = document.querySelector(`[data-icon="${state}"]`)?.firstElementChild?.cloneNode(true);
  const read = document.createElement("span");
  read.className = "ds-sr-only";
  read.textContent = `${document.querySelector(`[data-state="${state}"]`)?.textContent ?? ""}: `;
  icon.append(...(drawn ? [drawn] : []), read);
  return icon;
}

export function line(state: Point["state"], text: string): HTMLLIElement {
  const item = document.createElement("li");
  const words = document.createElement("div");
  words.textContent = text;
  item.append(iconOf(state), words);
  return item;
}

const marked = new Map<HTMLElement, HTMLElement>(); // what stands at each control that must be mended

function unmark(control: HTMLElement): void {
  control.removeAttribute("aria-invalid");
  marked.get(control)?.remove();
  marked.delete(control);
}

// Say at a control what is wrong with it, until something else is written there.
function mark(control: HTMLElement, text: string): void {
  const told = document.createElement("p");
  told.className = "ds-validation-message";
  told.dataset["field"] = "validation";
  told.textContent = text;
  const asked = control instanceof HTMLInputElement && control.type === "radio" ? control.closest("fieldset") : null;
  const place = asked ?? control.closest<HTMLElement>("ds-field");
  control.setAttribute("aria-invalid", "true");
  marked.set(control, told);
  place?.append(told);
  for (const event of ["input", "change"]) place?.addEventListener(event, () => unmark(control), { once: true });
}

// What must be mended, each a link to where that is done, and said there too.
export function summarise(problems: { text: string; href: string }[]): void {
  for (const control of [...marked.keys()]) unmark(control);
  for (const { text, href } of problems) {
    const control = document.querySelector<HTMLElement>(href);
    if (control?.matches("input, select, textarea") && !marked.has(control)) mark(control, text);
  }
  const place = part("summary");
  const heading = place.querySelector("h3");
  if (heading) heading.textContent = problems.length === 1 ? word("mend_one") : word("mend", { n: problems.length });
  const lines = problems.map(({ text, href }) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.className = "ds-link";
    link.href = href;
    link.textContent = text;
    item.append(link);
    return item;
  });
  place.querySelector("ul")?.replaceChildren(...lines);
  place.hidden = problems.length === 0;
  if (problems.length) place.focus();
}
