// The number of pages of a PDF: its page tree is walked, and the number that it states is not trusted (docs/rules/page_count.md).
//
// Only what leads to the tree is read: cross-references, in tables or streams, and the objects on the way, packed in streams
// or not. Where they lead nowhere the whole file is searched for objects once. Contents of pages are never looked at.

import { bytesOf, firstOf, latin } from "./bytes.ts";

class Ref {
  constructor(readonly number: number) {}
}
class Name {
  constructor(readonly text: string) {}
}
type Value = Ref | Name | Dict | Value[] | string | number | boolean | null;
type Dict = Map<string, Value>;

interface Found {
  value: Value;
  streamAt: number; // where the bytes of its stream begin in what was read; -1 where it has none
}

// What was read ends in the middle of a value.
class CutError extends Error {}

export class EncryptedError extends Error {}
export class EndlessError extends Error {}

const WINDOW = 64 * 1024;
const MOST_UNPACKED = 64 * 1024 * 1024;
const MOST_SEARCHED = 256 * 1024 * 1024;
const MOST_DEPTH = 200;
const MOST_NODES = 100_000; // more than any bid has pages

class Lexer {
  constructor(
    private readonly text: string,
    public at = 0,
  ) {}

  private skip(): void {
    const blank = /(?:[\0\t\n\f\r ]|%[^\r\n]*)*/y;
    blank.lastIndex = this.at;
    blank.exec(this.text);
    this.at = blank.lastIndex;
    if (this.at >= this.text.length) throw new CutError();
  }

  private match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found) this.at = pattern.lastIndex;
    return found;
  }

  private starts(mark: string): boolean {
    if (!this.text.startsWith(mark, this.at)) return false;
    this.at += mark.length;
    return true;
  }

  value(depth = 0): Value {
    if (depth > MOST_DEPTH) throw new EndlessError();
    this.skip();
    if (this.starts("<<")) return this.dict(depth);
    if (this.starts("[")) return this.list(depth);
    if (this.starts("/")) return this.name();
    if (this.starts("(")) return this.literal();
    if (this.starts("<")) return this.match(/[^>]*>/y)?.[0] ?? this.cut();
    const ref = this.match(/(\d+)[\0\t\n\f\r ]+\d+[\0\t\n\f\r ]+R(?![^\0\t\n\f\r \]/<>()[{}%])/y);
    if (ref) return new Ref(Number(ref[1]));
    const word = this.match(/[^\0\t\n\f\r ()<>[\]{}/%]+/y)?.[0];
    if (!word) throw new Error("no value of a PDF");
    if (this.at >= this.text.length) throw new CutError();
    if (word === "true" || word === "false") return word === "true";
    return word === "null" ? null : Number.isNaN(Number(word)) ? word : Number(word);
  }

  private name(): Name {
    const text = this.match(/[^\0\t\n\f\r ()<>[\]{}/%]*/y)?.[0] ?? "";
    return new Name(text.replace(/#([0-9a-fA-F]{2})/g, (_, code: string) => String.fromCharCode(parseInt(code, 16))));
  }

  private dict(depth: number): Dict {
    const found: Dict = new Map();
    for (;;) {
      this.skip();
      if (this.starts(">>")) return found;
      const key = this.value(depth + 1);
      if (!(key instanceof Name)) throw new Error("no name in a dictionary");
      found.set(key.text, this.value(depth + 1));
    }
  }

  private list(depth: number): Value[] {
    const found: Value[] = [];
    for (;;) {
      this.skip();
      if (this.starts("]")) return found;
      found.push(this.value(depth + 1));
    }
  }

  private literal(): string {
    for (let open = 1; this.at < this.text.length; this.at += 1) {
      const sign = this.text[this.at];
      if (sign === "\\") this.at += 1;
      else if (sign === "(") open += 1;
      else if (sign === ")" && (open -= 1) === 0) {
        this.at += 1;
        return "";
      }
    }
    return this.cut();
  }

  private cut(): never {
    throw new CutError();
  }

  // The value of `n g obj`, and where its stream begins if it has one.
  object(): Found {
    this.skip();
    if (!this.match(/\d+[\0\t\n\f\r ]+\d+[\0\t\n\f\r ]+obj/y)) throw new Error("no object of a PDF");
    const value = this.value();
    const stream = this.match(/[\0\t\n\f\r ]*stream(?:\r\n|\n|\r)/y);
    return { value, streamAt: stream ? this.at : -1 };
  }
}

const dictOf = (value: Value): Dict => {
  if (value instanceof Map) return value;
  throw new Error("no dictionary of a PDF");
};
const whole = (value: Value | undefined, otherwise: number): number => (typeof value === "number" ? value : otherwise);
const named = (value: Value | undefined, text: string): boolean => value instanceof Name && value.text === text;

type Entry = { at: number } | { within: number };

class Pdf {
  private readonly entries = new Map<number, Entry>();
  private readonly packed = new Map<number, Map<number, Value>>();
  private readonly known = new Map<number, Value>();
  private trailer: Dict = new Map();

  constructor(private readonly file: Blob) {}

  // Read what stands at a place, with more of the file for as long as that is cut off.
  private async reading<T>(at: number, read: (lexer: Lexer) => T): Promise<T> {
    for (let window = WINDOW; ; window *= 4) {
      const text = latin(await bytesOf(this.file, at, at + window));
      try {
        return read(new Lexer(text));
      } catch (error) {
        if (!(error instanceof CutError) || at + window >= this.file.size) throw error;
      }
    }
  }

  private add(number: number, entry: Entry): void {
    if (!this.entries.has(number)) this.entries.set(number, entry); // the newest stands first
  }

  async byReferences(): Promise<void> {
    const tail = latin(await bytesOf(this.file, this.file.size - 2048, this.file.size));
    const start = /startxref\s+(\d+)/.exec(tail.slice(tail.lastIndexOf("startxref")));
    if (!start) throw new Error("no startxref");
    const seen = new Set<number>();
    const waiting = [Number(start[1])];
    for (let at = waiting.shift(); at !== undefined; at = waiting.shift()) {
      if (seen.has(at)) continue;
      seen.add(at);
      const head = latin(await bytesOf(this.file, at, at + 64));
      const dict = /^[\0\t\n\f\r ]*xref/.test(head) ? await this.table(at) : await this.stream(at);
      for (const [key, value] of dict) if (!this.trailer.has(key)) this.trailer.set(key, value);
      for (const next of [dict.get("XRefStm"), dict.get("Prev")]) if (typeof next === "number") waiting.push(next);
    }
  }

  private table(at: number): Promise<Dict> {
    return this.reading(at, (lexer) => {
      lexer.value(); // xref
      for (;;) {
        const first = lexer.value();
        if (typeof first !== "number") break; // trailer
        const count = whole(lexer.value(), 0);
        for (let n = 0; n < count; n += 1) {
          const [place, , state] = [lexer.value(), lexer.value(), lexer.value()];
          if (state === "n" && typeof place === "number" && place > 0) this.add(first + n, { at: place });
        }
      }
      return dictOf(lexer.value());
    });
  }

  private async stream(at: number): Promise<Dict> {
    const { dict, data } = await this.unpackedAt(at);
    const widths = (dict.get("W") as number[] | undefined) ?? [];
    const [kind = 0, second = 0, third = 0] = widths;
    const index = (dict.get("Index") as number[] | undefined) ?? [0, whole(dict.get("Size"), 0)];
    const number = (from: number, bytes: number): number => {
      let found = 0;
      for (let n = 0; n < bytes; n += 1) found = found * 256 + (data[from + n] ?? 0);
      return found;
    };
    let place = 0;
    for (let n = 0; n + 1 < index.length; n += 2) {
      for (let m = 0; m < (index[n + 1] ?? 0) && place + kind + second + third <= data.length; m += 1) {
        const type = kind ? number(place, kind) : 1;
        const value = number(place + kind, second);
        if (type === 1) this.add((index[n] ?? 0) + m, { at: value });
        if (type === 2) this.add((index[n] ?? 0) + m, { within: value });
        place += kind + second + third;
      }
    }
    return dict;
  }

  private async unpackedAt(at: number): Promise<{ dict: Dict; data: Uint8Array }> {
    const { value, streamAt } = await this.reading(at, (lexer) => lexer.object());
    const dict = dictOf(value);
    if (streamAt < 0) throw new Error("no stream");
    const length = whole(await this.resolved(dict.get("Length")), 0);
    const packed = this.file.slice(at + streamAt, at + streamAt + length);
    const filter = [await this.resolved(dict.get("Filter"))].flat()[0] ?? null;
    if (filter === null) return { dict, data: await bytesOf(packed, 0, length) };
    if (!named(filter, "FlateDecode")) throw new Error("packed in a way that is not known");
    const data = await firstOf(packed.stream().pipeThrough(new DecompressionStream("deflate")), MOST_UNPACKED);
    const parms = [await this.resolved(dict.get("DecodeParms"))].flat()[0];
    return { dict, data: parms instanceof Map ? unpredicted(data, parms) : data };
  }

  async resolved(value: Value | undefined): Promise<Value> {
    return value instanceof Ref ? this.object(value.number) : (value ?? null);
  }

  private async object(number: number): Promise<Value> {
    const entry = this.entries.get(number);
    const before = this.known.get(number);
    if (!entry || before !== undefined) return before ?? null;
    if ("at" in entry) {
      const { value } = await this.reading(entry.at, (lexer) => lexer.object());
      this.known.set(number, value);
      return value;
    }
    let inside = this.packed.get(entry.within);
    if (!inside) this.packed.set(entry.within, (inside = await this.unpack(entry.within)));
    return inside.get(number) ?? null;
  }

  private async unpack(container: number): Promise<Map<number, Value>> {
    const entry = this.entries.get(container);
    if (!entry || !("at" in entry)) throw new Error("no stream of objects");
    const { dict, data } = await this.unpackedAt(entry.at);
    const text = `${latin(data)} `;
    const [count, first] = [whole(dict.get("N"), 0), whole(dict.get("First"), 0)];
    const heads = new Lexer(text);
    const places = Array.from({ length: count }, () => [whole(heads.value(), 0), whole(heads.value(), 0)] as const);
    return new Map(places.map(([number, at]) => [number, new Lexer(text, first + at).value()]));
  }

  // Where the references are broken: every object that there is in the file, the last of each number.
  async bySearching(): Promise<void> {
    if (this.file.size > MOST_SEARCHED) throw new Error("too large to be searched");
    this.entries.clear();
    this.packed.clear();
    this.known.clear();
    this.trailer = new Map();
    const text = latin(await bytesOf(this.file, 0, this.file.size));
    const streams: number[] = [];
    for (const found of text.matchAll(/(?<![0-9])(\d{1,10})[\0\t\n\f\r ]+\d{1,5}[\0\t\n\f\r ]+obj\b/g)) {
      const number = Number(found[1]);
      this.entries.set(number, { at: found.index });
      if (/\/Type\s*\/(?:ObjStm|XRef)/.test(text.slice(found.index, found.index + 512))) streams.push(number);
      if (/\/Type\s*\/Catalog/.test(text.slice(found.index, found.index + 512))) this.trailer.set("Root", new Ref(number));
    }
    for (const container of streams) await this.contained(container);
    for (const found of text.matchAll(/trailer\s*<</g)) {
      const dict = dictOf(new Lexer(text, found.index + "trailer".length).value());
      for (const key of ["Root", "Encrypt"]) if (dict.has(key)) this.trailer.set(key, dict.get(key) as Value);
    }
  }

  private async contained(container: number): Promise<void> {
    const entry = this.entries.get(container) as { at: number };
    const { value } = await this.reading(entry.at, (lexer) => lexer.object());
    const dict = dictOf(value);
    if (named(dict.get("Type"), "XRef")) {
      for (const key of ["Root", "Encrypt"]) if (dict.has(key)) this.trailer.set(key, dict.get(key) as Value);
      return;
    }
    const inside = await this.unpack(container);
    this.packed.set(container, inside);
    for (const number of inside.keys()) if (!this.entries.has(number)) this.entries.set(number, { within: container });
  }

  async pages(): Promise<number> {
    if (this.trailer.has("Encrypt")) throw new EncryptedError();
    const catalog = dictOf(await this.resolved(this.trailer.get("Root")));
    let [pages, nodes] = [0, 0];
    const waiting: { value: Value; above: ReadonlySet<number> }[] = [
      { value: catalog.get("Pages") ?? null, above: new Set() },
    ];
    for (let node = waiting.pop(); node; node = waiting.pop()) {
      if ((nodes += 1) > MOST_NODES) throw new EndlessError();
      const { value, above } = node;
      if (value instanceof Ref && above.has(value.number)) throw new EndlessError();
      const found = await this.resolved(value);
      if (!(found instanceof Map)) {
        if (nodes === 1) throw new Error("no page tree");
        continue;
      }
      const kids = await this.resolved(found.get("Kids"));
      if (!Array.isArray(kids)) {
        pages += named(found.get("Type"), "Pages") ? 0 : 1;
        continue;
      }
      const below = value instanceof Ref ? new Set([...above, value.number]) : above;
      for (const kid of kids) waiting.push({ value: kid, above: below });
    }
    return pages;
  }
}

// PNG's predictors, of which cross-references use the second: what stands above is added.
function unpredicted(data: Uint8Array, parms: Dict): Uint8Array {
  if (whole(parms.get("Predictor"), 1) < 10) return data;
  const columns = whole(parms.get("Columns"), 1);
  const rows = Math.floor(data.length / (columns + 1));
  const found = new Uint8Array(rows * columns);
  for (let row = 0; row < rows; row += 1) {
    const kind = data[row * (columns + 1)];
    for (let at = 0; at < columns; at += 1) {
      const raw = data[row * (columns + 1) + 1 + at] ?? 0;
      const above = row ? (found[(row - 1) * columns + at] ?? 0) : 0;
      const left = at ? (found[row * columns + at - 1] ?? 0) : 0;
      if (kind !== 0 && kind !== 1 && kind !== 2) throw new Error("a predictor that is not known");
      found[row * columns + at] = raw + (kind === 1 ? left : kind === 2 ? above : 0);
    }
  }
  return found;
}

// A file that was cut off has lost the mark that stands at its end.
async function isWhole(file: Blob): Promise<boolean> {
  for (let end = file.size; end > 0; end -= WINDOW) {
    if (latin(await bytesOf(file, end - WINDOW, end + "%%EOF".length)).includes("%%EOF")) return true;
  }
  return false;
}

export async function pagesOf(file: Blob): Promise<number> {
  if (!(await isWhole(file))) throw new Error("no end");
  const pdf = new Pdf(file);
  try {
    await pdf.byReferences();
    return await pdf.pages();
  } catch (error) {
    if (error instanceof EncryptedError || error instanceof EndlessError) throw error;
    await pdf.bySearching();
    return pdf.pages();
  }
}
