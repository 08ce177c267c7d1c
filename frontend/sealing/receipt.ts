// What this browser has of a bid that was sealed in it, on its receipt: the files, whose names and number the server does not know,
// and the draft, which the supplier can take away.

import { draftOf, handedIn, takeAway, type HandedIn } from "./drafts.ts";

export async function showKept(place: HTMLElement): Promise<void> {
  const kept = await handedIn(place.dataset["kept"] ?? "");
  const rows = place.querySelector("tbody");
  const empty = rows?.querySelector("tr");
  if (!kept || !rows || !empty) return;
  const made = kept.files.map(({ name, pages, sha256 }) => {
    const row = empty.cloneNode(true) as HTMLElement;
    const [title, count, hash] = row.querySelectorAll("th, td");
    if (title) title.textContent = name;
    if (count) count.textContent = pages === null ? "–" : String(pages);
    const shown = hash?.querySelector(".rt-hash");
    if (shown) shown.textContent = sha256;
    return row;
  });
  rows.replaceChildren(...made);
  place.hidden = made.length === 0;
  const draft = document.querySelector<HTMLElement>("[data-draft]");
  if (draft && (await draftOf(kept.draft))) offer(draft, kept);
}

function offer(place: HTMLElement, { draft }: HandedIn): void {
  const button = place.querySelector("button");
  const say = (name: string): void => {
    for (const line of place.querySelectorAll<HTMLElement>("[data-told]")) line.hidden = line.dataset["told"] !== name;
    if (button) button.hidden = name === "taken";
  };
  button?.addEventListener("click", () => void takeAway(draft).then(say, () => say("failed")));
  say("offered");
  place.hidden = false;
}
