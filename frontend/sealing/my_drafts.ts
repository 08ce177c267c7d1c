// What this browser keeps of bids that are being written, on the page of the supplier's bids. Nothing about them goes to the server.

import { allDrafts, takeAway, type Draft } from "./drafts.ts";

function tell(place: HTMLElement, ...names: string[]): void {
  for (const line of place.querySelectorAll<HTMLElement>("[data-told]")) line.hidden = !names.includes(line.dataset["told"] ?? "");
}

// The page has one template for each supplier that the person bids for: what others have written here is not theirs to see.
// A draft that an earlier version of the program has kept otherwise is listed without its title, and can be taken away.
function row(place: HTMLElement, { key, answers, savedAt }: Draft): Element | null {
  const [tender = "", supplier = ""] = key.split("/");
  const template = place.querySelector<HTMLTemplateElement>(`template[data-supplier="${CSS.escape(supplier)}"]`);
  const made = template?.content.firstElementChild?.cloneNode(true) as HTMLElement | undefined;
  if (!template || !made) return null;
  const title = (answers as Partial<Draft["answers"]> | undefined)?.upphandling?.titel || (template.dataset["untitled"] ?? "");
  const link = made.querySelector("a");
  const [saved, button] = [made.querySelector("time"), made.querySelector("button")];
  if (link) {
    link.textContent = title;
    link.href = (template.dataset["to"] ?? "").replace(template.dataset["tender"] ?? "", tender);
  }
  for (const named of made.querySelectorAll("[data-of]")) named.textContent = ` ${title}`;
  const at = new Date(savedAt);
  if (saved && !Number.isNaN(at.valueOf())) {
    saved.dateTime = at.toISOString();
    const how = { timeZone: "Europe/Stockholm", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" } as const;
    saved.textContent = at.toLocaleString("sv-SE", how);
  }
  button?.addEventListener("click", () => void pressed(place, key));
  return made;
}

async function pressed(place: HTMLElement, key: string): Promise<void> {
  const outcome = await takeAway(key).catch(() => "failed");
  tell(place, outcome, (await show(place)) ? "" : "unread");
  place.querySelector<HTMLElement>('[role="status"]')?.focus(); // the button that was pressed may be gone
}

// Draw the list anew; whether the browser told what it keeps. Where it did not, what stood there stays.
async function show(place: HTMLElement): Promise<boolean> {
  place.hidden = false;
  const drafts = await allDrafts().catch(() => null);
  if (!drafts) return false;
  const when = ({ savedAt }: Draft): number => Number(savedAt) || 0;
  const rows = drafts.sort((one, other) => when(other) - when(one)).flatMap((draft) => row(place, draft) ?? []);
  place.querySelector("ul")?.replaceChildren(...rows);
  for (const piece of place.querySelectorAll<HTMLElement>("[data-when]")) {
    piece.hidden = piece.dataset["when"] !== (rows.length ? "some" : "none");
  }
  return true;
}

for (const place of document.querySelectorAll<HTMLElement>("[data-drafts]")) {
  void show(place).then((told) => tell(place, told ? "" : "unread"));
}
