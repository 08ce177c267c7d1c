// One value, one row of bytes: the canonical JSON of docs/rules/canonical_json.md, and hashes as 64 hexadecimal digits.

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

// Keys in the order of their code points; amounts and days are text by now, and numbers whole.
export function canonicalText(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(",")}]`;
  if (value === null || typeof value !== "object") {
    if (typeof value === "number" && !Number.isSafeInteger(value)) throw new Error("only whole numbers are canonical");
    if (typeof value === "string" && !value.isWellFormed()) throw new Error("the text is not Unicode");
    return JSON.stringify(value);
  }
  const keys = Object.keys(value).sort(byCodePoint);
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonicalText(value[key] as Json)}`).join(",")}}`;
}

// JavaScript itself compares UTF-16, where a sign beyond U+FFFF comes before U+E000.
function byCodePoint(one: string, other: string): number {
  const [left, right] = [Array.from(one), Array.from(other)];
  for (const [place, sign] of left.entries()) {
    const against = right[place];
    if (against === undefined) return 1;
    if (sign !== against) return (sign.codePointAt(0) ?? 0) - (against.codePointAt(0) ?? 0);
  }
  return left.length - right.length;
}

export const toBytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

export const canonical = (value: Json): Uint8Array<ArrayBuffer> => toBytes(canonicalText(value));

export const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

export const sha256 = async (data: Uint8Array<ArrayBuffer>): Promise<string> =>
  hex(new Uint8Array(await crypto.subtle.digest("SHA-256", data)));

export function base64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 4096) text += String.fromCharCode(...bytes.subarray(at, at + 4096));
  return btoa(text);
}
