// The files of a bid that was sealed in this browser, on its receipt: the server knows neither their names nor how many they are.

import { sealingOf } from "./drafts.ts";

export async function showKept(place: HTMLElement): Promise<void> {
  const sealing = await sealingOf(place.dataset["kept"] ?? "");
  const rows = place.querySelector("tbody");
  const empty = rows?.querySelector("tr");
  if (!sealing || !rows || !empty) return;
  const made = sealing.files.map(({ name, pages, sha256 }) => {
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
}
