// A sheet with the wraps of every bid: fetched, peeled of one layer in the worker, and handed back (docs/rules/sealing.md).

import type { Remote } from "./channel.ts";
import { Fault } from "./fault.ts";
import type { WorkerOperations } from "./worker.ts";

interface Line {
  age: string;
  bid: string;
  pair: string[];
}

interface Sheet {
  format: string;
  holds: string;
  key: string;
  tender: string;
  wraps: Line[];
}

async function fetched(url: string): Promise<Sheet> {
  const response = await fetch(url, { cache: "no-store" }).catch(() => null);
  // Refused: the half hour is over, or another holder was first. The page says which when it is loaded again.
  if (!response?.ok) throw new Fault("sheet");
  return (await response.json()) as Sheet;
}

const toBytes = (text: string): Uint8Array => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
const toText = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));

// One bad wrap never stops the others: what the key does not open is left out. If it opens nothing it is another's key.
export async function peeledSheet(url: string, worker: Remote<WorkerOperations>): Promise<File> {
  const { format, holds, key, tender, wraps } = await fetched(url);
  const opened = await worker.peelMany({ envelopes: wraps.map(({ age }) => toBytes(age)) });
  const lines = wraps.flatMap(({ bid, pair }, place) => {
    const plain = opened[place];
    return plain ? [{ age: toText(plain), bid, pair }] : [];
  });
  if (wraps.length > 0 && lines.length === 0) throw new Fault("not_mine");
  // Keys in the order of their names and nothing between: the one form that the server reads (docs/rules/canonical_json.md).
  const text = JSON.stringify({ format, holds, key, tender, wraps: lines });
  return new File([text], `upplast-${holds}.json`, { type: "application/json" });
}
