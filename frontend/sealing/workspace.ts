// The workspace of a bid: written here, kept in this browser, sealed in a worker, and sent as what nobody can read.

import { asJson, isDay, isEmpty, priceIndex, readAnswers, type FileNote, type Offer } from "./answers.ts";
import { asked } from "./asking.ts";
import type { BidForm } from "./bid_form.ts";
import type { BidPage, BidWorker } from "./bid_operations.ts";
import { canonical, sha256, type Json } from "./canonical.ts";
import { checklist, type Point } from "./checklist.ts";
import { Chosen } from "./chosen.ts";
import * as drafts from "./drafts.ts";
import { completedMonths } from "./experience.ts";
import { asFault, Fault } from "./fault.ts";
import { addRow, collect, controlAt, fill } from "./fields.ts";
import { showKept } from "./receipt.ts";
import { partCount, type Begun, type HolderList, type Holds, type Listed } from "./package.ts";
import { draftFrom, saveDraft, saveKey } from "./saved.ts";
import type { Destination } from "./sending.ts";
import { startWorker } from "./start.ts";
import { line, note, part, run, sentence, speak, summarise, tell, word } from "./telling.ts";
import { keepTime } from "./time.ts";

const SAVE_AFTER = 400; // milliseconds after the last key
const MEGABYTE = 1_000_000;
const OWN_SHOWN = 8; // signs by which a key of the bidder's own is known again

interface Sealed {
  form: BidForm;
  holders: HolderList;
  holdersHash: string;
}

class Workspace {
  private readonly root: HTMLElement;
  private readonly data: DOMStringMap;
  private readonly key: string;
  private readonly chosen: Chosen;
  private worker: Promise<BidWorker> | null = null;
  private published!: Sealed;
  private mine = false; // no other tab writes the bid
  private saving: ReturnType<typeof setTimeout> | undefined;
  private sending = false;
  private stopped = false;
  private forgotten = false;
  private bid = ""; // the bid that is on its way
  private own = ""; // the public half of the key by which the bidder reads its own bid, if it wants one

  constructor(root: HTMLElement) {
    this.root = root;
    this.data = root.dataset;
    this.key = `${this.data["tender"]}/${this.data["supplier"]}`;
    this.chosen = new Chosen(
      root,
      async (file) => (await this.remote()).look({ file }),
      () => this.changed(),
    );
  }

  private remote(): Promise<BidWorker> {
    const answers: BidPage = {
      looked: async ({ name, done, all }) => this.looking(word("looking", { name, percent: Math.round((100 * done) / all) })),
      sent: async (sent) => void (await drafts.keepPart(this.bid, sent).catch(() => undefined)),
      progress: async ({ done, all }) => this.progress(done, all),
      waiting: async ({ seconds }) => {
        part("progress-words").textContent = word("waiting", { n: seconds });
        speak(word("waiting", { n: seconds }), true);
      },
    };
    const source = { url: this.data["worker"] ?? "", integrity: this.data["workerIntegrity"] ?? "" };
    this.worker ??= startWorker<BidWorker>(source, answers) as unknown as Promise<BidWorker>;
    this.worker.catch(() => (this.worker = null)); // so that the next try fetches it again
    return this.worker;
  }

  // Show the form when all is there that it needs, and not before: what is typed into one that nobody listens to is lost.
  async start(): Promise<void> {
    if (!window.isSecureContext) throw new Fault("insecure");
    this.published = await this.fetched();
    this.mine ||= await new Promise<boolean>((resolve) => {
      void navigator.locks.request(drafts.lockOf(this.key), { ifAvailable: true }, (lock) => {
        resolve(lock !== null);
        return lock ? new Promise(() => undefined) : undefined; // held for as long as the page is open
      });
    });
    if (!this.mine) throw new Fault("elsewhere");
    // A browser that keeps nothing can still seal and hand in: it is told, and goes on.
    const draft = await drafts.draftOf(this.key).catch((error: unknown) => void tell(asFault(error)));
    if (draft) {
      fill(this.root, draft.answers);
      this.chosen.restore(draft.files);
      this.own = draft.own ?? "";
    }
    this.show();
    this.listen();
    this.root.hidden = false;
    if (draft && draft.answers.upphandling.fingeravtryck !== this.published.form.snapshot.sha256) {
      note(word("draft_other_version"));
    }
    void this.unfinished().catch((error: unknown) => tell(asFault(error)));
  }

  private async fetched(): Promise<Sealed> {
    const { signal } = new AbortController();
    const waits = part("starting");
    const waiting = ({ seconds }: { seconds: number }): void => {
      waits.textContent = word("waiting", { n: seconds });
      waits.hidden = false;
    };
    const [form, listed] = await Promise.all(
      [this.data["form"], this.data["holders"]].map(
        async (url) => new Uint8Array(await (await asked(url ?? "", {}, { waiting, signal })).arrayBuffer()),
      ),
    ).finally(() => (waits.hidden = true));
    const holdersHash = await sha256(listed as Uint8Array<ArrayBuffer>);
    const read = (bytes: Uint8Array | undefined): unknown => JSON.parse(new TextDecoder().decode(bytes));
    const holders = read(listed) as HolderList;
    if (holdersHash !== this.data["holdersHash"] || holders.tender !== this.data["tender"]) throw new Fault("holders");
    return { form: read(form) as BidForm, holders, holdersHash };
  }

  private listen(): void {
    this.root.addEventListener("input", () => this.changed());
    this.root.addEventListener("change", () => this.changed());
    this.root.addEventListener("click", (event) => {
      const button = (event.target as HTMLElement).closest<HTMLElement>("[data-adds], [data-removes]");
      if (!button) return;
      if (button.dataset["adds"]) {
        const rows = button.parentElement?.parentElement?.querySelector<HTMLElement>(":scope > [data-rows]");
        if (rows) addRow(this.root, button.dataset["adds"], rows).querySelector<HTMLElement>("input")?.focus();
      } else button.closest("[data-row-of]")?.remove();
      this.changed();
    });
    const press = (name: string, act: () => Promise<void>): void => {
      const button = part(name);
      button.addEventListener("click", () => void run(button, act));
    };
    press("hand-in", () => this.handIn());
    press("to-file", async () => saveDraft(this.collected()));
    press("reading-key", async () => {
      const key = await (await this.remote()).readingKey(undefined);
      const { title, tender } = this.published.form;
      saveKey(`lasnyckel-${tender.slice(0, 8)}.txt`, word("reading_key", { title }), key);
      this.own = key.recipient;
      this.changed();
    });
    press("no-reading-key", async () => {
      this.own = "";
      this.changed();
      part("reading-key").focus(); // the button that was pressed is gone
    });
    press("stop", async () => {
      this.stopped = true;
      await (await this.remote()).stop(undefined);
    });
    press("forget", async () => {
      this.forgotten = true; // nor is it kept as the page goes
      clearTimeout(this.saving);
      await drafts.forgetDraft(this.key).catch((error: unknown) => {
        this.forgotten = false;
        throw error;
      });
      location.reload();
    });
    const reading = document.getElementById("las-utkast") as HTMLInputElement;
    reading.addEventListener("change", () => void run(reading, () => this.readDraft(reading)));
    window.addEventListener("pagehide", () => void this.save());
    window.addEventListener("beforeunload", (event) => {
      void this.save(); // before the page goes: what is begun in its last moment may not be kept
      if (this.sending) event.preventDefault();
    });
    keepTime(this.published.form.deadline_at, this.data["now"] ?? "");
  }

  private collected(): ReturnType<typeof collect> {
    return collect(this.root, this.published.form, (slot) => this.chosen.names(slot));
  }

  private notes(): FileNote[] {
    return this.chosen.notes(this.published.form, this.espd());
  }

  private espd(): boolean {
    return this.collected()["egen försäkran"].lämnas === "espd";
  }

  private read(): ReturnType<typeof readAnswers> {
    return readAnswers(this.collected(), this.published.form, this.notes());
  }

  private changed(): void {
    this.show();
    clearTimeout(this.saving);
    this.saving = setTimeout(() => void this.save(), SAVE_AFTER);
  }

  private async save(): Promise<void> {
    if (this.forgotten) return;
    const savedAt = Date.now();
    try {
      await drafts.keepDraft({ key: this.key, answers: this.collected(), files: this.chosen.kept(), savedAt, own: this.own });
      const time = new Date(savedAt).toLocaleTimeString("sv-SE", { hour: "2-digit", minute: "2-digit" });
      part("saved").textContent = word("saved", { time });
    } catch (error) {
      tell(asFault(error));
    }
  }

  // How far the bid has come, and what each part of it lacks.
  private show(): void {
    const { offer } = this.read();
    const points = checklist(this.published.form, offer);
    const parts = [...new Set(points.map((each) => each.part))];
    const done = parts.filter((name) => !points.some((each) => each.part === name && each.state === "no"));
    part("done").textContent = word("parts_done", { done: done.length, all: parts.length });
    const told = points.filter((each) => each.state !== "waiting" && each.state !== "yes");
    const much = this.tooMuch();
    part("points").replaceChildren(
      ...(much ? [line("no", much)] : []),
      ...told.map((each) => line(each.state, sentence(each.message))),
    );
    part("warned").hidden = !points.some((each) => each.state === "warning");
    const how = this.collected()["egen försäkran"].lämnas;
    for (const piece of this.root.querySelectorAll<HTMLElement>("[data-when]")) {
      piece.hidden = piece.dataset["when"] !== how;
    }
    for (const piece of this.root.querySelectorAll<HTMLElement>("[data-own]")) {
      piece.hidden = (piece.dataset["own"] === "some") !== (this.own !== "");
    }
    for (const piece of this.root.querySelectorAll("[data-own-ends]")) piece.textContent = this.own.slice(-OWN_SHOWN);
    this.showMonths();
    this.chosen.show();
  }

  // What each person's assignments come to, as far as they can be read: those that lack a day are told and left out.
  private showMonths(): void {
    const on = this.data["countedOn"] ?? "";
    const people = this.collected().personer.svar;
    for (const [number, place] of [...this.root.querySelectorAll<HTMLElement>("[data-months]")].entries()) {
      const written = (people[number]?.uppdrag ?? []).filter((entry) => !isEmpty(entry));
      const whole = written
        .map(({ från, till }) => ({ starts_on: från.trim(), ends_on: till.trim() }))
        .filter(({ starts_on, ends_on }) => isDay(starts_on) && isDay(ends_on) && starts_on <= ends_on);
      const n = completedMonths(whole, on);
      const told = [word(n === 1 ? "months_one" : "months", { n, on })];
      if (whole.length < written.length) told.push(word("months_not_yet"));
      const text = written.length ? told.join(" ") : "";
      if (place.textContent !== text) place.textContent = text; // so that only what is new is read aloud
    }
  }

  private progress(done: number, all: number): void {
    const percent = Math.floor((100 * done) / all);
    const bar = part("progress").querySelector("progress");
    if (bar) bar.value = percent;
    const text = word("sending", { percent, done, all });
    part("progress-words").textContent = text;
    speak(text, percent === 100);
  }

  private looking(text: string): void {
    part(this.sending ? "progress-words" : "status").textContent = text;
  }

  // Told as soon as the files are chosen: the server would refuse the last part, hours of sending later, and nobody could open too many files.
  private tooMuch(): string {
    const files = this.notes();
    const [mostFiles, most] = [Number(this.data["mostFiles"]), this.published.form.most_bytes];
    if (files.length > mostFiles) return word("too_many", { n: files.length, most: mostFiles });
    const size = files.reduce((sum, file) => sum + file.size, 0);
    if (size <= most) return "";
    return word("too_large", { size: Math.ceil(size / MEGABYTE), most: Math.floor(most / MEGABYTE) });
  }

  // What must be mended before the bid can be sealed, in the order of the page.
  private lacking(points: Point[], faults: ReturnType<typeof readAnswers>["faults"]): { text: string; href: string }[] {
    const linked = (text: string, place: string): { text: string; href: string } => ({
      text,
      href: `#${controlAt(this.root, place)?.id ?? "anbud"}`,
    });
    const missing = points.filter((each) => each.state === "no");
    const much = this.tooMuch();
    return [
      ...(much ? [linked(much, this.published.form.items[0] ? `delar/${this.published.form.items[0].number}/filer` : "")] : []),
      ...faults.map(({ place, message }) => linked(sentence(message), place)),
      ...missing
        .filter(({ place }) => !faults.some((fault) => fault.place === place))
        .map(({ message, place }) => linked(sentence(message), place)),
      ...this.chosen.absent(this.espd()).map(({ name, slot }) => linked(word("file_again", { name }), slot)),
    ];
  }

  private async handIn(): Promise<void> {
    note("");
    const { offer, faults } = this.read();
    const points = checklist(this.published.form, offer);
    const problems = this.lacking(points, faults);
    const knows = document.getElementById("vet") as HTMLInputElement;
    if (problems.length === 0 && points.some((each) => each.state === "warning") && !knows.checked) {
      problems.push({ text: knows.labels?.[0]?.textContent ?? "", href: "#vet" });
    }
    summarise(problems);
    if (problems.length) return;
    const files = this.chosen.files(this.published.form, this.espd());
    await this.save();
    this.sending = true;
    this.stopped = false;
    part("stop").hidden = false;
    part("progress").hidden = false;
    try {
      const receipt = await this.sealAndSend(offer, files);
      this.sending = false;
      location.assign(receipt);
    } finally {
      this.sending = false;
      part("progress").hidden = true;
    }
  }

  private async sealAndSend(offer: Offer, files: File[]): Promise<string> {
    const worker = await this.remote();
    const sealing = await this.begun(worker, offer);
    this.bid = sealing.bid;
    const to = this.at(sealing.bid);
    const receipt = await this.sent(worker, sealing, to, listedOf(offer.index.files), files).catch(async (error: unknown) => {
      const fault = asFault(error);
      if (fault.code !== "stopped") throw fault;
      const found = await worker.heldNow({ to });
      if (!found) throw new Fault("unsure");
      if (!found.receipt) throw fault;
      return found.receipt;
    });
    await drafts.keepHandedIn(sealing, receipt).catch(() => undefined);
    return receipt;
  }

  // Send what has not come and hand in. What the server holds of another sealing than this is sent once more.
  private async sent(
    worker: BidWorker,
    sealing: drafts.Sealing,
    to: Destination,
    listed: Listed[],
    files: File[],
  ): Promise<string> {
    for (let again = false; ; again = true) {
      if (!sealing.manifest) {
        this.mayStop();
        const sent = await drafts.sentParts(sealing.bid).catch(() => []);
        const { parts, hashes, csrf } = await worker.send({ to, recipient: sealing.packages.bid?.recipient ?? "", files, listed, sent });
        sealing.hashes = hashes;
        to.csrf = csrf;
        sealing.manifest = await worker.manifest({
          tender: this.published.form.tender,
          bid: sealing.bid,
          documents: this.published.form.snapshot.sha256,
          holdersHash: this.published.holdersHash,
          packages: sealing.packages,
          parts,
          madeWith: `rodatraden browser ${this.data["program"] ?? ""}`,
          replaces: this.data["replaces"] || null,
        });
        await drafts.keepSealing(sealing).catch(() => undefined);
      }
      this.mayStop();
      part("stop").hidden = true; // from here on the server may have it, whatever is done here
      speak(word("handing_in"), true);
      part("progress-words").textContent = word("handing_in");
      try {
        // The key is the bid's own number: asked once more after a broken line, the server gives the same receipt.
        const { manifest, packages, hashes, bid: key } = sealing;
        return await worker.handIn({ to, manifest, packages, hashes, key });
      } catch (error) {
        const { code } = asFault(error);
        if (code !== "astray" && code !== "refused") throw error;
        sealing.manifest = ""; // else every new press would only send the same one
        await drafts.keepSealing(sealing).catch(() => undefined);
        if (code === "refused" || again) throw error;
        part("stop").hidden = false;
      }
    }
  }

  private mayStop(): void {
    if (this.stopped) throw new Fault("stopped");
  }

  private at(bid: string): Destination {
    return { base: this.address(bid), csrf: this.data["csrf"] ?? "" };
  }

  private address(bid: string): string {
    return new URL(`${this.data["base"] ?? ""}${bid}/`, location.href).href;
  }

  // The bid that was begun with exactly this content and has not been handed in, or a new one with new keys.
  private async begun(worker: BidWorker, offer: Offer): Promise<drafts.Sealing> {
    const { form, holders, holdersHash } = this.published;
    const about: Json = [asJson(offer.index), offer.price, form.snapshot.sha256, holdersHash, this.data["replaces"] ?? "", this.own];
    const content = await sha256(canonical(about));
    for (const each of await drafts.sealingsOf(this.key).catch(() => [])) {
      if (each.content === content) return each;
      await drafts.forgetSealing(each.bid);
    }
    part("progress-words").textContent = word("sealing");
    speak(word("sealing"), true);
    const bid = crypto.randomUUID();
    const packages: Partial<Record<Holds, Begun>> = {};
    const common = { holders, holdersHash, bid, own: this.own };
    packages.bid = await worker.begin({
      ...common,
      holds: "bid",
      content: asJson(offer.index),
      files: listedOf(offer.index.files),
    });
    if (offer.price !== null) {
      packages.price = await worker.begin({ ...common, holds: "price", content: priceIndex(offer.price, form), files: [] });
    }
    const files = this.chosen.kept();
    const sealing = { bid, draft: this.key, content, packages, files, manifest: "", hashes: {}, receipt: "" };
    await drafts.keepSealing(sealing).catch((error: unknown) => tell(asFault(error)));
    return sealing;
  }

  // A bid that was on its way when the page was left: handed in after all, or to be gone on with.
  private async unfinished(): Promise<void> {
    for (const sealing of await drafts.sealingsOf(this.key).catch(() => [])) {
      const worker = await this.remote();
      const held = await worker.held({ to: this.at(sealing.bid) });
      if (held.receipt) {
        await drafts.keepHandedIn(sealing, held.receipt).catch(() => undefined);
        location.assign(held.receipt);
        return;
      }
      const done = Object.keys(held.parts).filter((name) => name.startsWith("bid/parts/")).length;
      const all = partCount(sealing.files.map((file) => file.size));
      note(word("broken_off", { done, all }));
    }
  }

  private async readDraft(from: HTMLInputElement): Promise<void> {
    const file = from.files?.[0];
    if (!file) return;
    const answers = await draftFrom(file, this.published.form);
    fill(this.root, answers);
    this.chosen.clear();
    from.value = "";
    this.changed();
    const same = answers.upphandling.fingeravtryck === this.published.form.snapshot.sha256;
    note(word(same ? "draft_read" : "draft_other_version"));
    part("note").focus();
  }
}

// Inside the package a file has its id for a name: what the supplier calls it stands in the index alone.
const listedOf = (files: FileNote[]): Listed[] =>
  files.map(({ id, size, sha256: hash }) => ({ name: id, size, sha256: hash }));

for (const place of document.querySelectorAll<HTMLElement>("[data-kept]")) {
  void showKept(place).catch(() => undefined); // without what this browser kept the receipt is as whole as before
}

for (const root of document.querySelectorAll<HTMLElement>("[data-workspace]")) {
  const workspace = new Workspace(root);
  const retry = part("retry");
  const start = (): Promise<void> => {
    retry.hidden = true;
    tell(null);
    return workspace.start().catch((error: unknown) => {
      retry.hidden = false;
      tell(asFault(error));
    });
  };
  retry.querySelector("button")?.addEventListener("click", () => void start());
  void start();
}
