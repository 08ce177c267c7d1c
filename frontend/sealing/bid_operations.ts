// What the worker of the bid's workspace is asked, and what the page answers it.

import type { Json } from "./canonical.ts";
import type { Begun, HolderList, Holds, Listed, Part } from "./package.ts";
import type { Looked } from "./look.ts";
import type { Destination, Held, Sent, SentPart, Told } from "./sending.ts";

export type BidPage = Told;

export interface BidWorker {
  look(about: { file: File }): Promise<Looked>;
  begin(about: {
    content: Json;
    files: Listed[];
    holders: HolderList;
    holdersHash: string;
    bid: string;
    holds: Holds;
    own: string;
  }): Promise<Begun>;
  send(about: {
    to: Destination;
    recipient: string;
    files: File[];
    listed: Listed[];
    sent: SentPart[];
  }): Promise<Sent>;
  manifest(about: {
    tender: string;
    bid: string;
    documents: string;
    holdersHash: string;
    packages: Partial<Record<Holds, Begun>>;
    parts: Part[];
    madeWith: string;
    replaces: string | null;
  }): Promise<string>;
  handIn(about: {
    to: Destination;
    manifest: string;
    packages: Partial<Record<Holds, Begun>>;
    hashes: Record<string, string>;
    key: string;
  }): Promise<string>;
  held(about: { to: Destination }): Promise<Held>;
  heldNow(about: { to: Destination }): Promise<Held | null>;
  readingKey(_: undefined): Promise<{ identity: string; recipient: string }>;
  stop(_: undefined): void;
}
