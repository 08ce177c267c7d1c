// Sending a sealed bid from the worker: part by part, two in flight, taken up again where it broke off.

import { sealFile } from "./age_file.ts";
import { asked } from "./asking.ts";
import { sha256 } from "./canonical.ts";
import { Fault } from "./fault.ts";
import { Laid, type Looking } from "./laid.ts";
import { layHandIn, PART, partName, type Begun, type Holds, type Listed, type Part } from "./package.ts";

export interface Destination {
  base: string; // the address of the bid, absolute, with a slash at its end
  csrf: string;
}

// A part that has come. Whether it is gone on with is decided by what was sealed: other files are another bid.
export interface SentPart extends Part {
  number: number;
}

// What the page is told meanwhile.
export interface Told {
  looked(about: Looking): Promise<void>;
  sent(part: SentPart): Promise<void>;
  progress(about: { done: number; all: number }): Promise<void>;
  waiting(about: { seconds: number }): Promise<void>;
}

export interface Held {
  parts: Record<string, string>;
  receipt: string | null;
  csrf: string;
}

// What has been sent: the parts of the files in their order, and the hash of each by its name. And the token of now.
export interface Sent {
  parts: Part[];
  hashes: Record<string, string>;
  csrf: string;
}

const IN_FLIGHT = 2;
const COUNTED = 8 * PART;
const SOON = 5000; // milliseconds that a question may take which a bid in the last minute does not wait for

let sending = new AbortController();

// Chromium looks for what nobody needs any more when what JavaScript holds has grown by some 64 MB. What requests have carried, the bytes
// of a part each, it keeps until then and does not count. This is counted as soon as it is asked for, and takes no memory while nothing
// is written to it.
function remind(): void {
  try {
    new ArrayBuffer(COUNTED);
  } catch {
    // there is no such room: then it has looked
  }
}

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

// Send the parts of a bid, and return what was sent. When one part fails nothing of it is on its way any more:
// a part that is tried again behind the caller's back could land on one that has been sealed anew.
export async function send(
  about: { to: Destination; recipient: string; files: File[]; listed: Listed[]; sent: SentPart[] },
  told: Told,
): Promise<Sent> {
  const { to, recipient, files, listed } = about;
  const mine = (sending = new AbortController());
  const { signal } = mine;
  const there = (await held(to, told, { signal })).parts;
  const hashes: Record<string, string> = {};
  const put = async (name: string, data: Uint8Array<ArrayBuffer>, hash: string): Promise<void> => {
    const named = headers(to, { "Content-Type": "application/octet-stream", "X-Sha256": hash });
    const answer = await asked(to.base + name, { method: "PUT", headers: named, body: data }, { waiting: told.waiting, signal });
    void answer.arrayBuffer().catch(() => undefined); // an answer that is left unread is held for longer
  };
  const known = new Map(about.sent.map((part) => [part.number, part]));
  const laid = new Laid(files, listed, async (about) => {
    if (signal.aborted) throw new Fault("stopped");
    await told.looked(about);
  });
  const parts: Part[] = [];
  const underway = new Set<Promise<void>>();
  const failures: unknown[] = []; // also of what fails while another part is being encrypted
  let done = 0;
  const came = async ({ number, sha256: hash, size }: SentPart): Promise<void> => {
    parts[number] = { sha256: hash, size };
    hashes[partName(number)] = hash;
    done += 1;
    await told.progress({ done, all: laid.count });
  };
  const carry = async (number: number, sealed: Uint8Array<ArrayBuffer>): Promise<void> => {
    const sent = { number, sha256: await sha256(sealed), size: sealed.length };
    await put(partName(number), sealed, sent.sha256);
    await told.sent(sent);
    await came(sent);
  };
  try {
    const left: number[] = [];
    for (let number = 0; number < laid.count; number += 1) {
      const before = known.get(number);
      if (before && there[partName(number)] === before.sha256) await came(before);
      else left.push(number);
    }
    // While one part is encrypted the next is read, and those before it are on their way, each in a room that is used again.
    let [plain, ahead] = [new Uint8Array(PART), new Uint8Array(PART)];
    const free: Uint8Array<ArrayBuffer>[] = []; // rooms of sealed parts that have come
    const read = (number: number | undefined): Promise<void> | null => {
      const reading = number === undefined ? null : laid.part(number, ahead);
      reading?.catch(() => undefined); // met where it is awaited
      return reading;
    };
    let next = read(left[0]);
    for (const [place, number] of left.entries()) {
      await next;
      [plain, ahead] = [ahead, plain];
      next = read(left[place + 1]);
      remind();
      const sealed = await sealFile(plain, recipient, free.pop());
      const landed = carry(number, sealed)
        .then(() => void free.push(sealed))
        .catch((error: unknown) => void failures.push(error))
        .finally(() => underway.delete(landed));
      underway.add(landed);
      while (underway.size >= IN_FLIGHT) await Promise.race(underway);
      if (failures.length) throw failures[0];
    }
    await Promise.all(underway);
    if (failures.length) throw failures[0];
  } catch (error) {
    mine.abort();
    await Promise.allSettled(underway);
    throw error;
  } finally {
    void laid.end();
  }
  return { parts, hashes, csrf: to.csrf };
}

// Hand in by the manifest, with the wraps and the indexes that it names. The same key again gives the same receipt, so it is safe to
// ask once more. What the server holds is compared first, if it says so soon: at the last minute nothing stands before what hands
// the bid in, which the server compares itself.
export async function handIn(
  about: {
    to: Destination;
    manifest: string;
    packages: Partial<Record<Holds, Begun>>;
    hashes: Record<string, string>;
    key: string;
  },
  told: Pick<Told, "waiting">,
): Promise<string> {
  const { to, manifest, packages, hashes, key } = about;
  const found = await heldNow(to, told);
  if (found?.receipt) return found.receipt;
  if (found && Object.entries(hashes).some(([name, hash]) => found.parts[name] !== hash)) throw new Fault("astray");
  const named = headers(to, { "Content-Type": "application/octet-stream", "Idempotency-Key": key });
  const init = { method: "POST", headers: named, body: layHandIn(manifest, packages) };
  const { signal } = new AbortController(); // what is being handed in can't be called back, so nothing stops it
  const response = await asked(`${to.base}lamna-in`, init, { waiting: told.waiting, signal });
  return ((await response.json()) as { receipt: string }).receipt;
}
