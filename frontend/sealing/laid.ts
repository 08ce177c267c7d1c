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

// Chromium throws away a reader that nothing but its own unanswered question holds, and with it the question, when it looks for what is
// no longer needed: whoever asked would wait for ever. So a reader is held here while it is in use.
const inUse = new Set<ReadableStreamBYOBReader>();

const known = new Map<string, string[]>(); // by the hash of a file, those of its pieces

type Bytes = Uint8Array<ArrayBuffer>;

// The pieces of a file in their order, from one of them on, each in the room of the one before: Chromium waits long before it looks for
// rooms that nobody needs any more. A piece lies there until the next one is asked for.
async function* piecesOf(file: File, from = 0): AsyncGenerator<Bytes> {
  const rest = file.slice(from * PART);
  let reader: ReadableStreamBYOBReader;
  try {
    reader = rest.stream().getReader({ mode: "byob" });
  } catch {
    // a browser that fills no room of ours
    for (let at = 0; at < rest.size; at += PART) {
      yield new Uint8Array(await rest.slice(at, at + PART).arrayBuffer().catch(() => gone(file)));
    }
    return;
  }
  inUse.add(reader);
  try {
    let room = new ArrayBuffer(Math.min(PART, rest.size));
    for (let left = rest.size; left; ) {
      const size = Math.min(PART, left);
      for (let at = 0; at < size; ) {
        const { value } = await reader.read(new Uint8Array(room, at, size - at)).catch(() => gone(file));
        if (!value?.length) gone(file);
        room = value.buffer;
        at += value.length;
      }
      left -= size;
      yield new Uint8Array(room, 0, size);
    }
  } finally {
    inUse.delete(reader);
    await reader.cancel().catch(() => undefined); // also of one that is looked into no further
  }
}

// It has been changed, moved or taken away.
function gone(file: File): never {
  throw new Fault("changed", file.name);
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

// A file as its pieces are asked for: mostly one after the other, and one twice where two parts share it.
class Walk {
  private pieces: AsyncGenerator<Bytes> | null = null;
  private last: { number: number; bytes: Bytes } | null = null;

  constructor(
    readonly file: File,
    private readonly hashes: string[], // what the pieces were
  ) {}

  // A piece, until another is asked for.
  async piece(number: number): Promise<Bytes> {
    if (this.last?.number === number) return this.last.bytes;
    if (!this.pieces || this.last?.number !== number - 1) {
      await this.end();
      this.pieces = piecesOf(this.file, number);
    }
    this.last = null; // its room is taken for the next
    const { value } = await this.pieces.next();
    if (!value || (await sha256(value)) !== this.hashes[number]) gone(this.file);
    this.last = { number, bytes: value };
    return value;
  }

  async end(): Promise<void> {
    await this.pieces?.return(undefined);
    this.pieces = null;
  }
}

// The files of a bid, to be read part by part in any order, one part at a time.
export class Laid {
  readonly count: number;
  private walk: Walk | null = null;

  constructor(
    private readonly files: File[],
    private readonly listed: Listed[],
    private readonly looked: (about: Looking) => Promise<void> = async () => undefined,
  ) {
    this.count = partCount(files.map((file) => file.size));
  }

  // Lay one part into a room of its length, filled up with zeros.
  async part(number: number, room: Bytes): Promise<void> {
    const [first, end] = [number * PART, (number + 1) * PART];
    let start = 0; // of the file, where it lies
    for (const [place, file] of this.files.entries()) {
      const to = Math.min(end - start, file.size);
      for (let at = Math.max(first - start, 0); at < to; ) {
        const piece = Math.floor(at / PART);
        const bytes = await this.piece(place, piece);
        const taken = bytes.subarray(at - piece * PART, to - piece * PART);
        room.set(taken, start + at - first);
        at += taken.length;
      }
      start += file.size;
    }
    room.fill(0, start - first);
  }

  // Let go of the file that is being read.
  async end(): Promise<void> {
    await this.walk?.end();
  }

  private async piece(place: number, number: number): Promise<Bytes> {
    const [file, listed] = [this.files[place], this.listed[place]];
    if (!file || !listed) throw new Error("a file that is not listed");
    if (!known.has(listed.sha256)) {
      await fingerprint(file, (done) => this.looked({ name: file.name, done, all: file.size })); // after the page was left
    }
    if (this.walk?.file !== file) {
      await this.end();
      this.walk = new Walk(file, known.get(listed.sha256) ?? []);
    }
    return this.walk.piece(number);
  }
}
