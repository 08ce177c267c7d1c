// The files that have been chosen for the parts of a bid: looked into at once, listed under their part, and asked for again
// when the page has been left, since browsers then forget the files themselves.

import type { FileNote } from "./answers.ts";
import type { BidForm } from "./bid_form.ts";
import type { KeptFile } from "./drafts.ts";
import type { Looked } from "./look.ts";
import { line, note, run, sentence, speak, word } from "./telling.ts";

const ESPD = "egen försäkran/espd";

interface ChosenFile extends KeptFile {
  file: File | null;
}

const byLook = (one: { name: string; size: number }, other: { name: string; size: number }): boolean =>
  one.name.normalize("NFC") === other.name.normalize("NFC") && one.size === other.size;

export class Chosen {
  private all: ChosenFile[] = [];
  private refused = new Map<string, string[]>(); // by part: why files that were chosen there were not taken, each file's reason
  private noted: string[] = []; // what there is to know of the files that were chosen last
  private shown = new Map<string, string>(); // by part: what stands there now

  constructor(
    private readonly root: HTMLElement,
    private readonly look: (file: File) => Promise<Looked>,
    private readonly changed: () => void,
  ) {
    for (const input of root.querySelectorAll<HTMLInputElement>('input[type="file"][data-place]')) {
      const slot = input.dataset["place"] ?? "";
      input.addEventListener("change", () => void run(input, () => this.take(slot, input)));
    }
    const again = document.getElementById("valj-igen") as HTMLInputElement;
    again.addEventListener("change", () => void run(again, () => this.takeAgain(again)));
  }

  names(slot: string): string[] {
    return this.in(slot).map((each) => each.name);
  }

  kept(): KeptFile[] {
    return this.all.map(({ file: _, ...rest }) => rest);
  }

  restore(files: KeptFile[]): void {
    this.all = files.map((each) => ({ ...each, file: null }));
  }

  clear(): void {
    this.all = [];
  }

  // In the order in which the documents ask for them, the ESPD last; without it where the declaration is filled in.
  private ordered(form: BidForm, withEspd: boolean): ChosenFile[] {
    const slots = form.items.map((item) => `delar/${item.number}/filer`);
    return [...slots, ...(withEspd ? [ESPD] : [])].flatMap((slot) => this.in(slot));
  }

  notes(form: BidForm, withEspd: boolean): FileNote[] {
    const items = new Map(form.items.map((item) => [`delar/${item.number}/filer`, item.id]));
    return this.ordered(form, withEspd).map(({ id, slot, name, media_type, size, sha256, pages }) => ({
      id,
      item: items.get(slot) ?? null,
      name,
      media_type,
      size,
      sha256,
      pages,
    }));
  }

  files(form: BidForm, withEspd: boolean): File[] {
    return this.ordered(form, withEspd).flatMap(({ file }) => (file ? [file] : []));
  }

  absent(withEspd: boolean): { name: string; slot: string }[] {
    return this.all.filter(({ file, slot }) => !file && (withEspd || slot !== ESPD));
  }

  private control(slot: string): HTMLInputElement | undefined {
    const all = this.root.querySelectorAll<HTMLInputElement>('input[type="file"][data-place]');
    return [...all].find((input) => input.dataset["place"] === slot);
  }

  private in(slot: string): ChosenFile[] {
    return this.all.filter((each) => each.slot === slot);
  }

  private async take(slot: string, input: HTMLInputElement): Promise<void> {
    this.noted = [];
    note("");
    this.refused.delete(slot);
    const files = [...(input.files ?? [])];
    input.value = ""; // so that the same name can be chosen once more
    for (const file of files) await this.add(slot, file);
    this.changed();
    this.speakOfRefused();
  }

  // Take a file into a part. One that was there before and is asked for again keeps its place if it is the same.
  private async add(slot: string, file: File): Promise<void> {
    const looked = await this.look(file);
    if (looked.counting === "problem" || looked.kind === null) {
      this.refused.set(slot, [...(this.refused.get(slot) ?? []), sentence(looked.message)]);
      return;
    }
    const before = this.in(slot).find((each) => each.name.normalize("NFC") === file.name.normalize("NFC"));
    const about = {
      slot,
      name: file.name,
      media_type: looked.mediaType,
      size: looked.size,
      sha256: looked.sha256,
      pages: looked.pages,
      modified: file.lastModified,
      file,
    };
    if (before && before.sha256 === looked.sha256) Object.assign(before, { file, modified: file.lastModified });
    else if (before) {
      if (!before.file) this.noteToo(word("file_changed", { name: file.name }));
      Object.assign(before, about, { id: crypto.randomUUID() });
    } else this.all.push({ ...about, id: crypto.randomUUID(), item: null });
  }

  private async takeAgain(input: HTMLInputElement): Promise<void> {
    this.noted = [];
    note("");
    this.refused.clear();
    const files = [...(input.files ?? [])];
    input.value = "";
    for (const file of files) {
      const before =
        this.all.find((each) => !each.file && byLook(each, file)) ??
        this.all.find((each) => !each.file && each.name.normalize("NFC") === file.name.normalize("NFC"));
      if (before) await this.add(before.slot, file);
      else this.noteToo(word("file_unknown", { name: file.name }));
    }
    this.changed();
    this.speakOfRefused();
  }

  // The reasons stand at their parts; who hears the page is told of those that are there now.
  private speakOfRefused(): void {
    const why = [...this.refused.values()].flat();
    if (why.length) speak(why.join(" "), true);
  }

  private noteToo(text: string): void {
    this.noted.push(text);
    note(this.noted.join(" "));
  }

  show(): void {
    for (const place of this.root.querySelectorAll<HTMLElement>("[data-chosen]")) {
      const slot = place.dataset["chosen"] ?? "";
      // What has not changed is left alone: a button that is drawn anew while it is pressed loses the press.
      const now = JSON.stringify([this.in(slot).map(({ id, file, ...rest }) => [id, !!file, rest]), this.refused.get(slot)]);
      if (this.shown.get(slot) === now) continue;
      this.shown.set(slot, now);
      const list = document.createElement("ul");
      list.className = "rt-koll";
      for (const each of this.in(slot)) list.append(this.row(each));
      for (const why of this.refused.get(slot) ?? []) list.append(line("no", why));
      place.replaceChildren(...(list.children.length ? [list] : []));
    }
    const again = this.root.querySelector<HTMLElement>('[data-part="again"]');
    if (again) again.hidden = !this.all.some((each) => !each.file);
  }

  private row(each: ChosenFile): HTMLLIElement {
    const pages =
      each.pages === null ? "" : `, ${each.pages === 1 ? word("pages_one", { n: 1 }) : word("pages", { n: each.pages })}`;
    const again = each.file ? "" : `. ${word("choose_again")}`;
    const row = line(each.file ? "yes" : "warning", `${each.name}${pages}${again}`);
    const button = document.createElement("button");
    button.type = "button";
    button.className = "ds-button";
    button.dataset["variant"] = "tertiary";
    const named = document.createElement("span");
    named.className = "ds-sr-only";
    named.textContent = ` ${each.name}`;
    button.append(word("take_out"), named);
    button.addEventListener("click", () => {
      this.all = this.all.filter((other) => other !== each);
      this.changed();
      this.control(each.slot)?.focus(); // the button is gone, and with it the place of who uses no mouse
    });
    row.lastElementChild?.append(" ", button);
    return row;
  }
}
