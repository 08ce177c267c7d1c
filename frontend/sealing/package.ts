// Sealing in the worker: a key for each package, wrapped at once for everybody who may open together and then forgotten;
// the index; and parts of 4 MiB of the files laid end to end (docs/rules/sealing.md).

import { Encrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import { base64, canonical, sha256, toBytes, type Json } from "./canonical.ts";

export const PART = 4 * 1024 * 1024;
export const MOST_PARTS = 512;
const SMALLEST = 64 * 1024;
const LONGEST_INDEX = PART;
const NONCE_BYTES = 16;
const MAGIC = toBytes("rodatraden index 1\n");
const HAND_IN = toBytes("rodatraden hand-in 1\n");
const LENGTH_BYTES = 8;

export type Holds = "bid" | "price";

export interface HolderList {
  format: string;
  tender: string;
  holders: { key: string; name: string; recipient: string }[];
  pairs: [string, string][];
  layers: Partial<Record<Holds, string>>;
}

// A package whose key is wrapped and forgotten: what is left needs `recipient` alone.
export interface Begun {
  recipient: string;
  wraps: Uint8Array<ArrayBuffer>;
  index: Uint8Array<ArrayBuffer>;
}

export interface Part {
  sha256: string;
  size: number;
}

export interface Listed {
  name: string;
  size: number;
  sha256: string;
}

async function to(recipient: string, plain: Uint8Array | string): Promise<Uint8Array<ArrayBuffer>> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return (await encrypter.encrypt(plain)) as Uint8Array<ArrayBuffer>;
}

// Both orders of every pair, so that whoever is first at the screen can begin.
function orderedPairs(holders: HolderList): [string, string][] {
  return holders.pairs.flatMap(([one, other]): [string, string][] => [
    [one, other],
    [other, one],
  ]);
}

async function wrapped(
  identity: string,
  about: { holders: HolderList; holdersHash: string; bid: string; holds: Holds; layer: string; own: string },
): Promise<Uint8Array<ArrayBuffer>> {
  const { holders, holdersHash, bid, holds, layer, own } = about;
  const recipients = new Map(holders.holders.map(({ key, recipient }) => [key, recipient]));
  const wraps: Json[] = [];
  for (const [first, last] of orderedPairs(holders)) {
    const inner = await to(recipients.get(last) ?? "", identity);
    const sealed = await to(layer, await to(recipients.get(first) ?? "", inner));
    wraps.push({ pair: [first, last], age: base64(sealed) });
  }
  return canonical({
    format: "rodatraden-wraps-1",
    tender: holders.tender,
    bid,
    holds,
    recipient: await identityToRecipient(identity),
    holders_sha256: holdersHash,
    wraps,
    own: own ? base64(await to(own, identity)) : "",
  });
}

// A key of the bidder's own, to which those of its packages are wrapped as well: the private half is for the bidder's file alone.
export async function readingKey(): Promise<{ identity: string; recipient: string }> {
  const identity = await generateX25519Identity();
  return { identity, recipient: await identityToRecipient(identity) };
}

function framed(index: Uint8Array): Uint8Array {
  const length = MAGIC.length + LENGTH_BYTES + index.length;
  const frame = new Uint8Array(Math.ceil(length / SMALLEST) * SMALLEST);
  frame.set(MAGIC);
  new DataView(frame.buffer).setBigUint64(MAGIC.length, BigInt(index.length));
  frame.set(index, MAGIC.length + LENGTH_BYTES);
  return frame;
}

export async function begin(about: {
  content: Json;
  files: Listed[];
  holders: HolderList;
  holdersHash: string;
  bid: string;
  holds: Holds;
  own: string; // the bidder's own public half; empty for none
}): Promise<Begun> {
  const { content, files, holders, bid, holds } = about;
  const layer = holders.layers[holds];
  if (!layer) throw new Error(`the list has no layer for the ${holds}`);
  const nonce = Array.from(crypto.getRandomValues(new Uint8Array(NONCE_BYTES)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
  const index = canonical({
    format: "rodatraden-index-1",
    tender: holders.tender,
    bid,
    holds,
    nonce,
    content,
    files: files.map(({ name, size, sha256: hash }) => ({ name, size, sha256: hash })),
  });
  if (index.length > LONGEST_INDEX) throw new Error("the index is too long");
  const identity = await generateX25519Identity(); // lives in this call alone
  const recipient = await identityToRecipient(identity);
  const wraps = await wrapped(identity, { ...about, layer });
  return { recipient, wraps, index: await to(recipient, framed(index)) };
}

export const partCount = (sizes: number[]): number => Math.ceil(sizes.reduce((sum, size) => sum + size, 0) / PART);

export async function named(begun: Begun, parts: Part[]): Promise<Json> {
  return {
    recipient: begun.recipient,
    wraps_sha256: await sha256(begun.wraps),
    index_sha256: await sha256(begun.index),
    parts_count: parts.length,
    parts_sha256: await sha256(canonical(parts.map((part) => [part.sha256, part.size]))),
  };
}

// What hands in a bid in one request: the manifest, then the wraps and the index of each package, each after its length.
export function layHandIn(manifest: string, packages: Partial<Record<Holds, Begun>>): Uint8Array<ArrayBuffer> {
  const begun = (["bid", "price"] as const).flatMap((holds) => packages[holds] ?? []);
  const pieces = [toBytes(manifest), ...begun.flatMap(({ wraps, index }) => [wraps, index])];
  const laid = new Uint8Array(pieces.reduce((sum, piece) => sum + LENGTH_BYTES + piece.length, HAND_IN.length));
  const view = new DataView(laid.buffer);
  laid.set(HAND_IN);
  let at = HAND_IN.length;
  for (const piece of pieces) {
    view.setBigUint64(at, BigInt(piece.length));
    laid.set(piece, at + LENGTH_BYTES);
    at += LENGTH_BYTES + piece.length;
  }
  return laid;
}

export const partName = (number: number): string => `bid/parts/${String(number).padStart(5, "0")}.age`;
