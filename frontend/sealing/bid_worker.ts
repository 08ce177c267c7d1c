// The worker of the bid's workspace: looks into files, seals and sends, off the page's own thread.

import type { BidPage, BidWorker } from "./bid_operations.ts";
import { canonicalText, type Json } from "./canonical.ts";
import { channel, type Handlers } from "./channel.ts";
import { look } from "./look.ts";
import { begin, named, PART, readingKey } from "./package.ts";
import { handIn, held, heldNow, send, stop } from "./sending.ts";

const operations: BidWorker = {
  look: ({ file }) => look(file, (done) => page.looked({ name: file.name, done, all: file.size })),
  begin,
  send: (about) => send(about, page),
  async manifest({ tender, bid, documents, holdersHash, packages, parts, madeWith, replaces }) {
    const written: Record<string, Json> = {};
    if (packages.bid) written["bid"] = await named(packages.bid, parts);
    if (packages.price) written["price"] = await named(packages.price, []);
    return canonicalText({
      format: "rodatraden-manifest-1",
      tender,
      bid,
      documents_sha256: documents,
      holders_sha256: holdersHash,
      packages: written,
      part_size: PART,
      made_with: madeWith,
      sealed_at: `${new Date().toISOString().slice(0, 19)}Z`, // the bidder's own clock, which decides nothing
      replaces,
    });
  },
  handIn: (about) => handIn(about, page),
  held: ({ to }) => held(to, page),
  heldNow: ({ to }) => heldNow(to, page),
  readingKey: (_) => readingKey(),
  stop: (_) => stop(),
};

const page = channel<BidPage>(self, operations as unknown as Handlers) as unknown as BidPage;
