// What this browser keeps of bids that are being written, on the page of the supplier's bids. Nothing about them goes to the server.

import { allDrafts, takeAway, type Draft } from "./drafts.ts";

// The page has one template for each supplier that the person bids for: what others have written here is not theirs to see.
function row(place: HTMLElement, { key, answers, savedAt }: Draft, say: (name: string) => void): Element | null {
  const [tender = "", supplier = ""] = key.split("/");
  const template = place.querySelector<HTMLTemplateElement>(`template[data-supplier="${CSS.escape(supplier)}"]`);
  const made = template?.content.firstElementChild?.cloneNode(true) as HTMLElement | undefined;
  if (!template || !made) return null;
  const link = made.querySelector("a");
  const [saved, button] = [made.querySelector("time"), made.querySelector("button")];
  if (link) {
    link.textContent = answers.upphandling.titel;
    link.href = (template.dataset["to"] ?? "").replace(template.dataset["tender"] ?? "", tender);
  }
  for (const named of made.querySelectorAll("[data-of]")) named.textContent = ` ${answers.upphandling.titel}`;
  if (saved) {
    saved.dateTime = new Date(savedAt).toISOString();
    const how = { timeZone: "Europe/Stockholm", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" } as const;
    saved.textContent = new Date(savedAt).toLocaleString("sv-SE", how);
  }
  button?.addEventListener("click", () => {
    const told = (name: string): Promise<void> => show(place).then(() => say(name));
    void takeAway(key).then(told, () => say("failed"));
  });
  return made;
}

async function show(place: HTMLElement): Promise<void> {
  const list = place.querySelector("ul");
  const drafts = (await allDrafts()).sort((one, other) => other.savedAt - one.savedAt);
  const say = (name: string): void => {
    for (const line of place.querySelectorAll<HTMLElement>("[data-told]")) line.hidden = line.dataset["told"] !== name;
    place.querySelector<HTMLElement>('[role="status"]')?.focus(); // the button that was pressed may be gone
  };
  const rows = drafts.flatMap((draft) => row(place, draft, say) ?? []);
  list?.replaceChildren(...rows);
  place.hidden = false;
  for (const piece of place.querySelectorAll<HTMLElement>("[data-when]")) {
    piece.hidden = piece.dataset["when"] !== (rows.length ? "some" : "none");
  }
}

for (const place of document.querySelectorAll<HTMLElement>("[data-drafts]")) {
  void show(place).catch(() => {
    place.hidden = false; // a browser that keeps nothing has no draft either
    for (const piece of place.querySelectorAll<HTMLElement>("[data-when]")) piece.hidden = piece.dataset["when"] !== "none";
  });
}
