// The files of a bid as they lie end to end, and what they were when they were looked into: a hash of each whole file, which the
// index names, and one of each of its pieces, by which no byte is sealed that is another than it was then.

import { hex, sha256 } from "./canonical.ts";
import { Fault } from "./fault.ts";
import { PART, partCount, type Listed } from "./package.ts";
import { Running } from "./sha256.ts";

// How far a file has been looked into.
export interface Looking {
  name: string;
  done: number;
  all: number;
}

const known = new Map<string, string[]>(); // by the hash of a file, those of its pieces

async function pieceOf(file: File, number: number): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await file.slice(number * PART, (number + 1) * PART).arrayBuffer());
  } catch {
    throw new Fault("changed", file.name); // changed, moved or taken away
  }
}

// The pieces of a file in their order, each in the room of the one before: Chromium waits long before it looks for rooms that nobody
// needs any more. A piece lies there until the next one is asked for.
async function* piecesOf(file: File): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let reader: ReadableStreamBYOBReader;
  try {
    reader = file.stream().getReader({ mode: "byob" });
  } catch {
    // a browser that fills no room of ours
    for (let number = 0; number < partCount([file.size]); number += 1) yield pieceOf(file, number);
    return;
  }
  try {
    let room = new ArrayBuffer(Math.min(PART, file.size));
    for (let left = file.size; left; ) {
      const size = Math.min(PART, left);
      for (let at = 0; at < size; ) {
        const { value } = await reader.read(new Uint8Array(room, at, size - at)).catch(() => ({ value: undefined }));
        if (!value?.length) throw new Fault("changed", file.name); // changed, moved or taken away
        room = value.buffer;
        at += value.length;
      }
      left -= size;
      yield new Uint8Array(room, 0, size);
    }
  } finally {
    await reader.cancel().catch(() => undefined); // also of one that is looked into no further
  }
}

// The hash of a file; what its pieces are is remembered. Of the first piece the browser's own must be the same as ours: a bid whose
// index names another hash could not be opened.
export async function fingerprint(file: File, told: (done: number) => Promise<void>): Promise<string> {
  const hash = new Running();
  const pieces: string[] = [];
  let done = 0;
  for await (const bytes of piecesOf(file)) {
    const piece = sha256(bytes); // by the browser, while this program makes the other
    hash.add(bytes);
    if (pieces.push(await piece) === 1 && hex(hash.digest()) !== pieces[0]) throw new Fault("hash");
    done += bytes.length;
    await told(done);
  }
  const found = hex(hash.digest());
  known.set(found, pieces);
  return found;
}

// The files of a bid, to be read part by part in any order.
export class Laid {
  readonly count: number;

  constructor(
    private readonly files: File[],
    private readonly listed: Listed[],
    private readonly looked: (about: Looking) => Promise<void> = async () => undefined,
  ) {
    this.count = partCount(files.map((file) => file.size));
  }

  // One part, filled up with zeros.
  async part(number: number): Promise<Uint8Array<ArrayBuffer>> {
    const [first, end] = [number * PART, (number + 1) * PART];
    const part = new Uint8Array(PART);
    let start = 0; // of the file, where it lies
    for (const [place, file] of this.files.entries()) {
      const to = Math.min(end - start, file.size);
      for (let at = Math.max(first - start, 0); at < to; ) {
        const piece = Math.floor(at / PART);
        const bytes = await this.piece(place, piece);
        const taken = bytes.subarray(at - piece * PART, to - piece * PART);
        part.set(taken, start + at - first);
        at += taken.length;
      }
      start += file.size;
    }
    return part;
  }

  private async piece(place: number, number: number): Promise<Uint8Array<ArrayBuffer>> {
    const [file, listed] = [this.files[place], this.listed[place]];
    if (!file || !listed) throw new Error("a file that is not listed");
    if (!known.has(listed.sha256)) {
      await fingerprint(file, (done) => this.looked({ name: file.name, done, all: file.size })); // after the page was left
    }
    const bytes = await pieceOf(file, number);
    if ((await sha256(bytes)) !== known.get(listed.sha256)?.[number]) throw new Fault("changed", file.name);
    return bytes;
  }
}
