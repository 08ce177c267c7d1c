// Sending a sealed bid from the worker: part by part, two in flight, taken up again where it broke off.

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

const IN_FLIGHT = 2;
const TRIES = 10;
const LONGEST_WAIT = 30;
const AGAIN = new Set([408, 425, 429, 500, 502, 503, 504]);

let stopping = new AbortController();

export function stop(): void {
  stopping.abort();
}

const paused = (seconds: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, seconds * 1000);
    stopping.signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(new Fault("stopped"));
    });
  });

async function refusal(response: Response): Promise<Fault> {
  const told = (await response.json().catch(() => ({}))) as { reason?: string };
  return told.reason ? new Fault("refused", told.reason) : new Fault("unknown", `${response.status} ${response.url}`);
}

// Ask again with doubling waits while the line or the server is away; every other answer is an answer.
async function asked(url: string, init: RequestInit, told: Told): Promise<Response> {
  for (let tried = 1; ; tried += 1) {
    if (stopping.signal.aborted) throw new Fault("stopped");
    const response = await fetch(url, { ...init, redirect: "manual", cache: "no-store", signal: stopping.signal }).catch(
      () => null,
    );
    if (stopping.signal.aborted) throw new Fault("stopped");
    if (response?.type === "opaqueredirect") throw new Fault("signed_out");
    if (response?.ok) return response;
    if (response && !AGAIN.has(response.status)) throw await refusal(response);
    if (tried >= TRIES) throw new Fault("line");
    const seconds = Math.min(Number(response?.headers.get("Retry-After")) || 2 ** (tried - 1), LONGEST_WAIT);
    await told.waiting({ seconds });
    await paused(seconds);
  }
}

const headers = (to: Destination, more: Record<string, string> = {}): HeadersInit => ({ "X-CSRFToken": to.csrf, ...more });

export async function held(to: Destination, told: Told): Promise<Held> {
  stopping = new AbortController();
  const found = (await (await asked(to.base, {}, told)).json()) as Held;
  to.csrf = found.csrf; // another one if the supplier has signed in again meanwhile
  return found;
}

async function put(to: Destination, name: string, data: Uint8Array<ArrayBuffer>, told: Told): Promise<void> {
  const named = headers(to, { "Content-Type": "application/octet-stream", "X-Sha256": await sha256(data) });
  await asked(to.base + name, { method: "PUT", headers: named, body: data }, told);
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

// Send all of a bid but its manifest, and return the list of its parts.
export async function send(
  about: { to: Destination; packages: Partial<Record<Holds, Begun>>; files: File[]; listed: Listed[]; sent: SentPart[] },
  told: Told,
): Promise<Part[]> {
  const { to, packages, files, listed } = about;
  const there = (await held(to, told)).parts;
  for (const holds of Object.keys(packages) as Holds[]) {
    const begun = packages[holds];
    if (!begun) continue;
    for (const [name, data] of [
      [wrapsName(holds), begun.wraps],
      [indexName(holds), begun.index],
    ] as const) {
      if (there[name] !== (await sha256(data))) await put(to, name, data, told);
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
    done += 1;
    await told.progress({ done, all });
  };
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
    const flight = put(to, partName(number), sealed, told).then(async () => {
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
  return parts;
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

// Hand in by the manifest. The same key again gives the same receipt, so it is safe to ask once more.
export async function handIn(about: { to: Destination; manifest: string; key: string }, told: Told): Promise<string> {
  const done = (await held(about.to, told)).receipt;
  if (done) return done;
  const named = headers(about.to, { "Content-Type": "application/json", "Idempotency-Key": about.key });
  const response = await asked(
    `${about.to.base}manifest.json`,
    { method: "POST", headers: named, body: about.manifest },
    told,
  );
  return ((await response.json()) as { receipt: string }).receipt;
}
