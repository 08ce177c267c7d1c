// Looking into a file that was chosen: its hash, and what its bytes say that it is. Nothing of it leaves the browser.

import { countPages, type Counted } from "./counting.ts";
import { fingerprint } from "./laid.ts";

export interface Looked extends Counted {
  size: number;
  sha256: string;
}

export async function look(file: File, told: (done: number) => Promise<void>): Promise<Looked> {
  const counted = await countPages(file, file.name);
  return { ...counted, size: file.size, sha256: await fingerprint(file, told) };
}
