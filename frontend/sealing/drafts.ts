// What is kept of bids in this browser alone (IndexedDB): drafts as they are typed, until the supplier takes them away; bids on their
// way, with the public halves and the wraps of their keys alone; and of what has been handed in the list of its files.

import type { Answers, FileNote } from "./answers.ts";
import { Fault } from "./fault.ts";
import type { Begun, Holds } from "./package.ts";
import type { SentPart } from "./sending.ts";

// A file that has been chosen: the browser forgets the file itself when the page is left.
export interface KeptFile extends FileNote {
  slot: string;
  modified: number;
}

export interface Draft {
  key: string;
  answers: Answers;
  files: KeptFile[];
  savedAt: number;
  own?: string; // the public half of the bidder's own key; without it nobody here can read what has been sealed
}

// A bid that has been handed in: the receipt's page tells its files. No more is kept of it.
export interface HandedIn {
  bid: string;
  draft: string;
  files: Pick<KeptFile, "name" | "pages" | "sha256">[];
  receipt: string; // its address; empty until it has been handed in
}

// A bid that has been sealed and is on its way.
export interface Sealing extends HandedIn {
  content: string; // the hash of what was sealed
  packages: Partial<Record<Holds, Begun>>;
  files: KeptFile[];
  manifest: string; // empty until all its parts have come, and once it has been refused
  hashes: Record<string, string>; // of its parts, by their names
}

type Stored = SentPart & { bid: string };

const NAME = "rodatraden-anbud";
const VERSION = 1;

let opening: Promise<IDBDatabase> | null = null;

function database(): Promise<IDBDatabase> {
  opening ??= new Promise<IDBDatabase>((resolve, reject) => {
    const asked = indexedDB.open(NAME, VERSION);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("drafts", { keyPath: "key" });
      asked.result.createObjectStore("sealings", { keyPath: "bid" }).createIndex("draft", "draft");
      asked.result.createObjectStore("parts", { keyPath: ["bid", "number"] });
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(new Fault("storage", String(asked.error)));
  }).catch((error: unknown) => {
    throw error instanceof Fault ? error : new Fault("storage", String(error));
  });
  return opening;
}

async function run<T>(store: string, mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const transaction = (await database()).transaction(store, mode);
  const asked = act(transaction.objectStore(store));
  transaction.commit(); // at once: what waits for its own end is lost when the page goes
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(asked.result);
    transaction.onabort = () => reject(new Fault("storage", String(transaction.error)));
  });
}

const partsOf = (bid: string): IDBKeyRange => IDBKeyRange.bound([bid, 0], [bid, Infinity]);

export const draftOf = (key: string): Promise<Draft | undefined> => run("drafts", "readonly", (store) => store.get(key));

export const allDrafts = (): Promise<Draft[]> => run("drafts", "readonly", (store) => store.getAll());

export const keepDraft = (draft: Draft): Promise<unknown> => run("drafts", "readwrite", (store) => store.put(draft));

export const handedIn = (bid: string): Promise<HandedIn | undefined> =>
  run<HandedIn | undefined>("sealings", "readonly", (store) => store.get(bid)).then((kept) => (kept?.receipt ? kept : undefined));

export const keepSealing = (sealing: Sealing): Promise<unknown> =>
  run("sealings", "readwrite", (store) => store.put(sealing));

export const keepPart = (bid: string, part: SentPart): Promise<unknown> =>
  run("parts", "readwrite", (store) => store.put({ ...part, bid } satisfies Stored));

export const sentParts = (bid: string): Promise<SentPart[]> => run("parts", "readonly", (store) => store.getAll(partsOf(bid)));

const allOf = (draft: string): Promise<(HandedIn | Sealing)[]> =>
  run("sealings", "readonly", (store) => store.index("draft").getAll(draft));

const onItsWay = (each: HandedIn | Sealing): each is Sealing => !each.receipt;

export const sealingsOf = async (draft: string): Promise<Sealing[]> => (await allOf(draft)).filter(onItsWay);

const forgetParts = (bid: string): Promise<unknown> => run("parts", "readwrite", (store) => store.delete(partsOf(bid)));

export async function forgetSealing(bid: string): Promise<void> {
  await forgetParts(bid);
  await run("sealings", "readwrite", (store) => store.delete(bid));
}

// Of a bid that has a receipt the names, pages and hashes of its files are kept, and nothing that it was sealed with.
export async function keepHandedIn({ bid, draft, files }: Sealing, receipt: string): Promise<void> {
  const listed = files.map(({ name, pages, sha256 }) => ({ name, pages, sha256 }));
  await run("sealings", "readwrite", (store) => store.put({ bid, draft, files: listed, receipt } satisfies HandedIn));
  await forgetParts(bid);
}

// Take away what was written, and what is on its way; the lists of what has been handed in stay.
export async function forgetWritten(key: string): Promise<void> {
  await run("drafts", "readwrite", (store) => store.delete(key));
  for (const { bid } of await sealingsOf(key)) await forgetSealing(bid);
}

// Take away all that this browser keeps of a bid; what has been handed in lies on the server, sealed.
export async function forgetDraft(key: string): Promise<void> {
  await forgetWritten(key);
  for (const { bid } of await allOf(key)) await forgetSealing(bid);
}

// The same of what was written, unless the bid is being written in a tab, which would keep it anew at the next key.
export async function takeAway(key: string): Promise<"taken" | "elsewhere"> {
  return navigator.locks.request(lockOf(key), { ifAvailable: true }, async (lock) => {
    if (lock) await forgetWritten(key);
    return lock ? "taken" : "elsewhere";
  });
}

export const lockOf = (key: string): string => `anbud/${key}`;
