// Sending a sealed bid from the worker: part by part, two in flight, taken up again where it broke off.

import { asked } from "./asking.ts";
import { sha256, running } from "./canonical.ts";
import { asFault, Fault } from "./fault.ts";
import { indexName, laidOut, PART, partCount, partName, sealPart, wrapsName, type Begun, type Holds, type Listed, type Part } from "./package.ts";

export interface Destination {
  base: string; // the address of the bid, absolute, with a slash at its end
  csrf: string;
}

// A part that has come, with the hash of what lies in it: a file chosen again must be the same.
export interface SentPart extends Part {
  number: number;
  plain: string;
}

// What the page is told meanwhile.
export interface Told {
  sent(part: SentPart): Promise<void>;
  progress(about: { done: number; all: number }): Promise<void>;
  waiting(about: { seconds: number }): Promise<void>;
}

export interface Held {
  parts: Record<string, string>;
  receipt: string | null;
  csrf: string;
}

// What has been sent: the parts of the files in their order, and the hash of everything by its name. And the token of now.
export interface Sent {
  parts: Part[];
  hashes: Record<string, string>;
  csrf: string;
}

const IN_FLIGHT = 2;
const SOON = 5000; // milliseconds that a question may take which a bid in the last minute does not wait for

let sending = new AbortController();

export function stop(): void {
  sending.abort();
}

const headers = (to: Destination, more: Record<string, string> = {}): HeadersInit => ({ "X-CSRFToken": to.csrf, ...more });

// What the server has of a bid. It can't be stopped: what is asked after a stop is asked by this.
export async function held(
  to: Destination,
  { waiting }: Pick<Told, "waiting">,
  { signal = new AbortController().signal, tries = 0 }: { signal?: AbortSignal; tries?: number } = {},
): Promise<Held> {
  const found = (await (await asked(to.base, {}, { waiting, signal, ...(tries && { tries }) })).json()) as Held;
  to.csrf = found.csrf; // another one if the supplier has signed in again meanwhile
  return found;
}

// The same, once and soon, or nothing.
export async function heldNow(to: Destination, told: Pick<Told, "waiting">): Promise<Held | null> {
  const enough = new AbortController();
  const timer = setTimeout(() => enough.abort(), SOON);
  return held(to, told, { signal: enough.signal, tries: 1 })
    .catch(() => null)
    .finally(() => clearTimeout(timer));
}

// The bytes of one part, or which file it was that could not be read: it has been changed, moved or taken away.
async function read(whole: Blob, number: number, files: File[]): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await whole.slice(number * PART, (number + 1) * PART).arrayBuffer());
  } catch (error) {
    for (const file of files) {
      await file
        .slice(0, 1)
        .arrayBuffer()
        .catch(() => {
          throw new Fault("changed", file.name);
        });
    }
    throw asFault(error);
  }
}

// Compares each file with the hash that the index names while its bytes pass, in their order.
function comparing(files: File[], listed: Listed[]): { pass(part: Uint8Array): void } {
  let [place, left, hash] = [0, files[0]?.size ?? 0, running()];
  const close = (): void => {
    while (place < files.length && left === 0) {
      if (hash.hex() !== listed[place]?.sha256) throw new Fault("changed", files[place]?.name);
      place += 1;
      [left, hash] = [files[place]?.size ?? 0, running()];
    }
  };
  return {
    pass(part) {
      let at = 0;
      while (place < files.length && at < part.length) {
        const taken = Math.min(left, part.length - at);
        hash.add(part.subarray(at, at + taken));
        [at, left] = [at + taken, left - taken];
        close();
      }
    },
  };
}

// Send all of a bid but its manifest, and return what was sent. When one part fails nothing of it is on its way any more:
// a part that is tried again behind the caller's back could land on one that has been sealed anew.
export async function send(
  about: { to: Destination; packages: Partial<Record<Holds, Begun>>; files: File[]; listed: Listed[]; sent: SentPart[] },
  told: Told,
): Promise<Sent> {
  const { to, packages, files, listed } = about;
  const mine = (sending = new AbortController());
  const { signal } = mine;
  const there = (await held(to, told, { signal })).parts;
  const hashes: Record<string, string> = {};
  const put = async (name: string, data: Uint8Array<ArrayBuffer>, hash: string): Promise<void> => {
    const named = headers(to, { "Content-Type": "application/octet-stream", "X-Sha256": hash });
    await asked(to.base + name, { method: "PUT", headers: named, body: data }, { waiting: told.waiting, signal });
  };
  for (const holds of Object.keys(packages) as Holds[]) {
    const begun = packages[holds];
    if (!begun) continue;
    for (const [name, data] of [
      [wrapsName(holds), begun.wraps],
      [indexName(holds), begun.index],
    ] as const) {
      const hash = (hashes[name] = await sha256(data));
      if (there[name] !== hash) await put(name, data, hash);
    }
  }
  const recipient = packages.bid?.recipient ?? "";
  const known = new Map(about.sent.map((part) => [part.number, part]));
  const whole = laidOut(files);
  const all = partCount(files.map((file) => file.size));
  const parts: Part[] = [];
  const compare = comparing(files, listed);
  const underway = new Set<Promise<void>>();
  let done = 0;
  const came = async (part: SentPart): Promise<void> => {
    parts[part.number] = { sha256: part.sha256, size: part.size };
    hashes[partName(part.number)] = part.sha256;
    done += 1;
    await told.progress({ done, all });
  };
  try {
    for (let number = 0; number < all; number += 1) {
      const plain = await read(whole, number, files);
      compare.pass(plain);
      const hash = await sha256(plain);
      const before = known.get(number);
      if (before && there[partName(number)] === before.sha256) {
        if (before.plain !== hash) throw new Fault("changed", changedAt(files, number));
        await came(before);
        continue;
      }
      const { part, sealed } = await sealPart(plain, recipient);
      const flight = put(partName(number), sealed, part.sha256).then(async () => {
        const sent = { ...part, number, plain: hash };
        await told.sent(sent);
        await came(sent);
      });
      // What it fails with is met where it is awaited: below, or at the end.
      const landed = flight.finally(() => underway.delete(landed));
      landed.catch(() => undefined);
      underway.add(landed);
      while (underway.size >= IN_FLIGHT) await Promise.race(underway);
    }
    await Promise.all(underway);
  } catch (error) {
    mine.abort();
    await Promise.allSettled(underway);
    throw error;
  }
  return { parts, hashes, csrf: to.csrf };
}

// The file that lies at the beginning of a part.
function changedAt(files: File[], number: number): string {
  let end = 0;
  for (const file of files) {
    end += file.size;
    if (number * PART < end) return file.name;
  }
  return "";
}

// Hand in by the manifest. The same key again gives the same receipt, so it is safe to ask once more. What the server holds is
// compared first, if it says so soon: at the last minute nothing stands before the manifest, which the server compares itself.
export async function handIn(
  about: { to: Destination; manifest: string; hashes: Record<string, string>; key: string },
  told: Pick<Told, "waiting">,
): Promise<string> {
  const { to, manifest, hashes, key } = about;
  const found = await heldNow(to, told);
  if (found?.receipt) return found.receipt;
  if (found && Object.entries(hashes).some(([name, hash]) => found.parts[name] !== hash)) throw new Fault("astray");
  const named = headers(to, { "Content-Type": "application/json", "Idempotency-Key": key });
  const init = { method: "POST", headers: named, body: manifest };
  const { signal } = new AbortController(); // what is being handed in can't be called back, so nothing stops it
  const response = await asked(`${to.base}manifest.json`, init, { waiting: told.waiting, signal });
  return ((await response.json()) as { receipt: string }).receipt;
}
