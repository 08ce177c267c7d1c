// The page of bench/browser_sealing.py: the workspace's own worker, asked as the workspace asks it, and what the browser's own
// SHA-256 takes for the same file. It runs by itself, since a debugger that sees every request would slow what is measured.

import type { BidPage, BidWorker } from "../frontend/sealing/bid_operations.ts";
import { base64, hex } from "../frontend/sealing/canonical.ts";
import { PART, type HolderList } from "../frontend/sealing/package.ts";
import type { SentPart } from "../frontend/sealing/sending.ts";
import { startWorker } from "../frontend/sealing/start.ts";

interface Asked {
  rounds: number;
  holders: HolderList;
  own: string; // whoever measures opens what came by this
}

const said = (name: string, about: unknown): Promise<Response> => fetch(`/told/${name}`, { method: "POST", body: JSON.stringify(about) });

// Seconds that something takes; who measures notes the memory from one message to the next.
async function timed(name: string, work: () => Promise<unknown>): Promise<void> {
  await said("begun", { name });
  const begun = performance.now();
  await work();
  await said("took", { name, seconds: (performance.now() - begun) / 1000 });
}

async function hashed(file: File): Promise<void> {
  for (let at = 0; at < file.size; at += PART) await crypto.subtle.digest("SHA-256", await file.slice(at, at + PART).arrayBuffer());
}

async function measure(file: File): Promise<void> {
  const { rounds, holders, own } = (await (await fetch("/asked")).json()) as Asked;
  const sent: SentPart[] = [];
  const answers: BidPage = {
    looked: async () => undefined,
    sent: async (part) => void sent.push(part),
    progress: async () => undefined,
    waiting: async () => undefined,
  };
  const worker = await startWorker<BidWorker>({ url: "/bid_worker.js", integrity: "" }, answers);
  for (let round = 0; round < rounds; round += 1) {
    const bid = crypto.randomUUID();
    let sha256 = "";
    await timed("choose", async () => void ({ sha256 } = await worker.look({ file })));
    const listed = [{ name: "bilaga", size: file.size, sha256 }];
    let wraps = new Uint8Array();
    await timed("seal", async () => {
      const about = { content: {}, files: listed, holders, holdersHash: hex(new Uint8Array(32)), bid, holds: "bid", own } as const;
      const begun = await worker.begin(about);
      wraps = begun.wraps;
      const to = { base: `${location.origin}/bids/${bid}/`, csrf: "" };
      await worker.send({ to, recipient: begun.recipient, files: [file], listed, sent: [] });
    });
    await said("sealed", { wraps: base64(wraps) });
    await timed("SHA-256", () => hashed(file)); // last: what the page reads for it lies in its memory for long
  }
  await said("done", {});
}

const input = document.querySelector("input");
input?.addEventListener("change", () => {
  const file = input.files?.[0];
  if (file) void measure(file).catch((error: unknown) => said("failed", { why: String(error) }));
});
