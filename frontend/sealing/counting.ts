// What a file is and how many pages it has, from its bytes: core/paging.py in the browser, with a common corpus.

import { bytesOf, firstOf, latin } from "./bytes.ts";
import { EncryptedError, EndlessError, pagesOf } from "./pdf.ts";
import { say, type Message } from "./said.ts";

export interface Counted {
  kind: string | null;
  counting: "counted" | "claimed" | "not_paged" | "problem";
  pages: number | null;
  message: Message;
  mediaType: string;
}

export const ENDINGS: Record<string, string[]> = {
  PDF: [".pdf"],
  Word: [".docx"],
  Excel: [".xlsx"],
  PNG: [".png"],
  JPEG: [".jpg", ".jpeg"],
  XML: [".xml"],
};

const MEDIA_TYPES: Record<string, string> = {
  PDF: "application/pdf",
  Word: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  Excel: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  PNG: "image/png",
  JPEG: "image/jpeg",
  XML: "application/xml",
};

const HEAD = 64 * 1024;
const TAIL = 64;
const PDF_START_WITHIN = 1024;
const MOST_UNPACKED = 512 * 1024 * 1024;
const MOST_ENTRIES = 5000;
const MOST_READ = 1024 * 1024;

function told(
  kind: string | null,
  counting: Counted["counting"],
  pages: number | null,
  text: string,
  values: Message["values"],
): Counted {
  return { kind, counting, pages, message: say(text, values), mediaType: MEDIA_TYPES[kind ?? ""] ?? "application/octet-stream" };
}

const problem = (kind: string | null, text: string, values: Message["values"]): Counted => told(kind, "problem", null, text, values);

const broken = (kind: string | null, name: string): Counted =>
  problem(kind, "{name} is broken and cannot be opened. Save it again, and send the new file.", { name });

const tooLarge = (kind: string, name: string): Counted =>
  problem(kind, "{name} unpacks to more than can be looked through. Save it as a plain PDF.", { name });

const counted = (kind: string, name: string, pages: number): Counted =>
  told(kind, "counted", pages, "Pages in {name}: {pages}.", { name, pages });

const notPaged = (kind: string, name: string): Counted =>
  told(kind, "not_paged", null, "{name} is a {kind} file, which has no pages to count.", { name, kind });

function endingOf(name: string): string {
  const dot = name.lastIndexOf(".");
  return dot > 0 ? name.slice(dot).toLowerCase() : "";
}

export async function countPages(file: Blob, name: string): Promise<Counted> {
  const head = latin(await bytesOf(file, 0, HEAD));
  if (!head) return problem(null, "{name} is empty.", { name });
  const entries = head.startsWith("PK\x03\x04") ? await zipEntries(file) : null;
  const kind = kindOf(head, entries);
  if (kind === null) return unknown(head, name);
  const ending = endingOf(name);
  if (ending && !ENDINGS[kind]?.includes(ending)) {
    return problem(kind, "{name} is a {kind} file, whatever its name says. Give it the right ending.", { name, kind });
  }
  if (kind === "PDF") return pdf(file, name);
  if (entries) return office(file, name, kind, entries);
  if (kind === "XML") return notPaged(kind, name);
  const tail = latin(await bytesOf(file, file.size - TAIL, file.size));
  const whole = kind === "PNG" ? head.slice(12, 16) === "IHDR" && tail.includes("IEND") : tail.includes("\xff\xd9");
  return whole ? counted(kind, name, 1) : broken(kind, name);
}

function kindOf(head: string, entries: ZipEntry[] | null): string | null {
  if (head.startsWith("PK\x03\x04")) {
    const names = new Set(entries?.map((entry) => entry.name));
    if (!names.has("[Content_Types].xml")) return null;
    if (names.has("word/document.xml")) return "Word";
    return names.has("xl/workbook.xml") ? "Excel" : null;
  }
  if (head.startsWith("\x89PNG\r\n\x1a\n")) return "PNG";
  if (head.startsWith("\xff\xd8\xff")) return "JPEG";
  if (/^(?:\xef\xbb\xbf)?[ \t\n\r\x0b\f]*<\?xml/.test(head)) return "XML";
  return head.slice(0, PDF_START_WITHIN).includes("%PDF-") ? "PDF" : null;
}

function unknown(head: string, name: string): Counted {
  if (head.startsWith("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")) {
    return problem(null, "{name} has a password or an old format. Save it as PDF, without password.", { name });
  }
  if (head.startsWith("PK\x03\x04") && [".docx", ".xlsx"].includes(endingOf(name))) return broken(null, name);
  return problem(null, "{name} is of a kind that is not taken. Send PDF, Word, Excel, PNG, JPEG or XML.", { name });
}

async function pdf(file: Blob, name: string): Promise<Counted> {
  try {
    const pages = await pagesOf(file);
    return pages ? counted("PDF", name, pages) : broken("PDF", name);
  } catch (error) {
    if (error instanceof EndlessError) return tooLarge("PDF", name);
    if (!(error instanceof EncryptedError)) return broken("PDF", name);
    return problem("PDF", "{name} has a password or is protected. Save it without protection.", { name });
  }
}

interface ZipEntry {
  name: string;
  method: number;
  packed: number;
  size: number;
  at: number;
}

const END_LONGEST = 22 + 0xffff;

// The directory of a ZIP; null where there is none that can be read.
async function zipEntries(file: Blob): Promise<ZipEntry[] | null> {
  const tail = await bytesOf(file, file.size - END_LONGEST, file.size);
  const found = latin(tail).lastIndexOf("PK\x05\x06");
  if (found < 0 || found + 22 > tail.length) return null;
  const end = new DataView(tail.buffer, found);
  const [count, size, begins] = [end.getUint16(10, true), end.getUint32(12, true), end.getUint32(16, true)];
  const directory = await bytesOf(file, begins, begins + size);
  const view = new DataView(directory.buffer);
  const entries: ZipEntry[] = [];
  let at = 0;
  while (entries.length < count) {
    if (at + 46 > directory.length || view.getUint32(at, true) !== 0x02014b50) return null;
    const [length, extra, comment] = [28, 30, 32].map((place) => view.getUint16(at + place, true)) as [number, number, number];
    entries.push({
      name: new TextDecoder().decode(directory.subarray(at + 46, at + 46 + length)),
      method: view.getUint16(at + 10, true),
      packed: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      at: view.getUint32(at + 42, true),
    });
    at += 46 + length + extra + comment;
  }
  return entries;
}

async function office(file: Blob, name: string, kind: string, entries: ZipEntry[]): Promise<Counted> {
  const unpacked = entries.reduce((sum, entry) => sum + entry.size, 0);
  if (entries.length > MOST_ENTRIES || unpacked > MOST_UNPACKED) return tooLarge(kind, name);
  if (entries.some((entry) => entry.name.toLowerCase().endsWith("vbaproject.bin"))) {
    return problem(kind, "{name} holds macros. Save it without them, or as PDF.", { name });
  }
  if (kind === "Excel") return notPaged(kind, name);
  const about = entries.find((entry) => entry.name === "docProps/app.xml");
  let text = "";
  try {
    text = about ? latin(await unpackedEntry(file, about)) : "";
  } catch {
    return broken(kind, name);
  }
  const pages = Number(/<(?:\w+:)?Pages>\s*(\d{1,5})\s*</.exec(text)?.[1] ?? 0);
  if (!pages) {
    return told(kind, "claimed", null, "The pages of {name} cannot be counted: it does not say how many it has. Save it as PDF.", {
      name,
    });
  }
  return told(
    kind,
    "claimed",
    pages,
    "{name} gives its own number of pages as {pages}. That cannot be checked in a Word file; in a PDF it can.",
    { name, pages },
  );
}

async function unpackedEntry(file: Blob, entry: ZipEntry): Promise<Uint8Array> {
  const head = new DataView((await bytesOf(file, entry.at, entry.at + 30)).buffer);
  if (head.getUint32(0, true) !== 0x04034b50) throw new Error("no member of a ZIP");
  const start = entry.at + 30 + head.getUint16(26, true) + head.getUint16(28, true);
  const packed = file.slice(start, start + entry.packed);
  if (entry.method === 0) return bytesOf(packed, 0, MOST_READ);
  if (entry.method !== 8) throw new Error("packed in a way that is not known");
  return firstOf(packed.stream().pipeThrough(new DecompressionStream("deflate-raw")), MOST_READ);
}
