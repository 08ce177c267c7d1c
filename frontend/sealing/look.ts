// Looking into a file that was chosen: its hash, and what its bytes say that it is. Nothing of it leaves the browser.

import { running } from "./canonical.ts";
import { countPages, type Counted } from "./counting.ts";
import { Fault } from "./fault.ts";
import { PART } from "./package.ts";

export interface Looked extends Counted {
  size: number;
  sha256: string;
}

export async function look(file: File, told: (done: number) => Promise<void>): Promise<Looked> {
  const counted = await countPages(file, file.name);
  const hash = running();
  for (let at = 0; at < file.size; at += PART) {
    try {
      hash.add(new Uint8Array(await file.slice(at, at + PART).arrayBuffer()));
    } catch {
      throw new Fault("changed", file.name);
    }
    await told(Math.min(at + PART, file.size));
  }
  return { ...counted, size: file.size, sha256: hash.hex() };
}
