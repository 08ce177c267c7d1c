// The rules of the workspace as one that can be asked, for the corpus that they share with the server's own (tests/frontend).
// No page loads it.

import { byAge, natively, sealFile } from "./age_file.ts";
import { isMessage, parseAmount } from "./amount.ts";
import { priceIndex, readAnswers, type Answers, type FileNote } from "./answers.ts";
import type { BidForm } from "./bid_form.ts";
import { base64, canonicalText, hex, sha256, toBytes, type Json } from "./canonical.ts";
import { checklist } from "./checklist.ts";
import { countPages } from "./counting.ts";
import { completedMonths, type Assignment } from "./experience.ts";
import { fingerprint, Laid } from "./laid.ts";
import { begin, layHandIn, named, PART, type Begun, type HolderList, type Holds } from "./package.ts";
import { said, type Message } from "./said.ts";
import { Running } from "./sha256.ts";

const toData = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));

export const questions = {
  canonical: (value: Json) => canonicalText(value),
  said: ({ message, words }: { message: Message; words: Record<string, string> }) => said(message, words),
  amount: (text: string) => {
    const found = parseAmount(text);
    return isMessage(found) ? { problem: found } : { amount: found };
  },
  answers: ({ written, form, files }: { written: Answers; form: BidForm; files: FileNote[] }) => {
    const { offer, faults } = readAnswers(written, form, files);
    return { ...offer, faults, points: checklist(form, offer) };
  },
  months: ({ assignments, on }: { assignments: Assignment[]; on: string }) => completedMonths(assignments, on),
  pages: async ({ data, name }: { data: string; name: string }) => countPages(new Blob([toData(data)]), name),
  hashes: (pieces: string[]) => {
    const hash = new Running();
    return pieces.map((piece) => {
      hash.add(toData(piece));
      return hex(hash.digest());
    });
  },
  fingerprint: async ({ data, from }: { data: string; from: "room" | "pieces" | "cut" }) => {
    const file = new File([toData(data)], "a");
    const streamed = (stream: () => ReadableStream): unknown => Object.assign(file, { slice: () => Object.assign(new Blob([file]), { stream }) });
    if (from === "pieces") streamed(() => new ReadableStream()); // fills no room of ours
    if (from === "cut") streamed(() => new Blob([toData(data).slice(0, -1)]).stream());
    const told: number[] = [];
    const hash = await fingerprint(file, async (done) => void told.push(done)).catch((error: Error) => error.message);
    return { hash, told };
  },
  ageFile: async ({ data, recipient, by }: { data: string; recipient: string; by: "browser" | "age" }) => {
    return base64(await (by === "browser" ? natively : byAge)(toData(data), recipient));
  },
  seal: async (about: { holders: string; bid: string; content: Json; files: string[]; price: string; form: BidForm }) => {
    const holders = JSON.parse(about.holders) as HolderList;
    const holdersHash = await sha256(toBytes(about.holders));
    const files = about.files.map(toData);
    const listed = await Promise.all(
      files.map(async (data, n) => ({ name: `fil-${n}`, size: data.length, sha256: await sha256(data) })),
    );
    const common = { holders, holdersHash, bid: about.bid, own: "" };
    const bid = await begin({ ...common, holds: "bid", content: about.content, files: listed });
    const price = await begin({ ...common, holds: "price", content: priceIndex(about.price, about.form), files: [] });
    const laid = new Laid(files.map((data, n) => new File([data], `fil-${n}`)), listed);
    const parts = [];
    const room = new Uint8Array(PART);
    for (let n = 0; n < laid.count; n += 1) {
      await laid.part(n, room);
      parts.push(await sealFile(room, bid.recipient));
    }
    const listedParts = await Promise.all(parts.map(async (sealed) => ({ sha256: await sha256(sealed), size: sealed.length })));
    const told = { bid: await named(bid, listedParts), price: await named(price, []) };
    const sent = ({ wraps, index }: typeof bid): { wraps: string; index: string } => ({
      wraps: base64(wraps),
      index: base64(index),
    });
    return { packages: told, bid: sent(bid), price: sent(price), parts: parts.map(base64) };
  },
  handIn: ({ manifest, enclosed }: { manifest: string; enclosed: Record<Holds, { wraps: string; index: string }> }) => {
    const begun = ({ wraps, index }: (typeof enclosed)[Holds]): Begun => ({
      recipient: "",
      wraps: toData(wraps),
      index: toData(index),
    });
    return base64(layHandIn(manifest, { price: begun(enclosed.price), bid: begun(enclosed.bid) }));
  },
};

export async function answer([name, about]: [keyof typeof questions, never]): Promise<unknown> {
  return questions[name](about);
}
