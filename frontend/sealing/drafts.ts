// What is kept of bids in this browser alone (IndexedDB): drafts as they are typed, and bids on their way. Of the keys that
// bids are sealed with only the public halves and the wraps.

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
}

// A bid that has been sealed and is on its way, or has been handed in: the receipt's page then tells its files.
export interface Sealing {
  bid: string;
  draft: string;
  content: string; // the hash of what was sealed
  packages: Partial<Record<Holds, Begun>>;
  files: KeptFile[];
  manifest: string; // empty until all its parts have come
  receipt: string; // empty until it has been handed in
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
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(asked.result);
    transaction.onabort = () => reject(new Fault("storage", String(transaction.error)));
  });
}

const partsOf = (bid: string): IDBKeyRange => IDBKeyRange.bound([bid, 0], [bid, Infinity]);

export const draftOf = (key: string): Promise<Draft | undefined> => run("drafts", "readonly", (store) => store.get(key));

export const keepDraft = (draft: Draft): Promise<unknown> => run("drafts", "readwrite", (store) => store.put(draft));

export const sealingOf = (bid: string): Promise<Sealing | undefined> =>
  run("sealings", "readonly", (store) => store.get(bid));

export const keepSealing = (sealing: Sealing): Promise<unknown> =>
  run("sealings", "readwrite", (store) => store.put(sealing));

export const keepPart = (bid: string, part: SentPart): Promise<unknown> =>
  run("parts", "readwrite", (store) => store.put({ ...part, bid } satisfies Stored));

export const sentParts = (bid: string): Promise<SentPart[]> => run("parts", "readonly", (store) => store.getAll(partsOf(bid)));

export const sealingsOf = (draft: string): Promise<Sealing[]> =>
  run("sealings", "readonly", (store) => store.index("draft").getAll(draft));

export async function forgetSealing(bid: string): Promise<void> {
  await run("parts", "readwrite", (store) => store.delete(partsOf(bid)));
  await run("sealings", "readwrite", (store) => store.delete(bid));
}

// Take away all that this browser keeps of a bid; what has been handed in lies on the server, sealed.
export async function forgetDraft(key: string): Promise<void> {
  for (const sealing of await sealingsOf(key)) await forgetSealing(sealing.bid);
  await run("drafts", "readwrite", (store) => store.delete(key));
}
