// A part as an age file, by the browser's own ChaCha20-Poly1305 where it has one (WebCrypto, in Chromium 156), eight times as quick
// as that of age-encryption in JavaScript. Everything but the chunks of the payload is age-encryption's: header, keys and nonce.

import { Encrypter } from "age-encryption";
import { toBytes } from "./canonical.ts";

type Bytes = Uint8Array<ArrayBuffer>;

const CHUNK = 64 * 1024;
const TAG = 16;
const NONCE = 16; // of the file, from which the key of its chunks is derived
const CHUNK_NONCE = 12;
const AT_ONCE = 4; // chunks that are encrypted while others are laid into their place
const LABEL = toBytes("payload");
const CIPHER = "ChaCha20-Poly1305";

type Encrypting = (nonce: Bytes, plain: Bytes) => Promise<Bytes>;

// Seal what is as long as a part, or anything else, to one recipient; into `room` where it is just as large, else into a new one.
// Whatever the browser's own cipher fails with, JavaScript takes over.
export async function sealFile(plain: Bytes, recipient: string, room?: Bytes): Promise<Bytes> {
  return natively(plain, recipient, room).catch(() => byAge(plain, recipient));
}

const whole = (bytes: Uint8Array): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
  });

// In JavaScript alone. What age gives piece by piece is laid into one row of bytes and given back at once.
export async function byAge(plain: Bytes, recipient: string): Promise<Bytes> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  const stream = await encrypter.encrypt(whole(plain));
  const sealed = new Uint8Array(stream.size(plain.length));
  let at = 0;
  for (const reader = stream.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) return sealed;
    sealed.set(value, at);
    at += value.length;
  }
}

// With the browser's own cipher. It fails where there is none, or where it says anything else of the first chunk and the byte after it
// than age-encryption does: both make the same file of these, under the very key that the part is sealed with.
export async function natively(plain: Bytes, recipient: string, room?: Bytes): Promise<Bytes> {
  const encrypter = new Encrypter();
  let fileKey: Bytes | undefined;
  encrypter.addRecipient(recipient);
  encrypter.addRecipient({
    // adds nobody to the header: it is here to be told the key
    wrapFileKey: (key) => {
      fileKey = new Uint8Array(key);
      return [];
    },
  });
  // What has two chunks or less is tried whole: its second would else be made of something else under the same nonce.
  const tried = plain.subarray(0, plain.length > 2 * CHUNK ? CHUNK + 1 : plain.length);
  const sample = await encrypter.encrypt(tried);
  const start = sample.slice(0, sample.length - tried.length - TAG * chunksOf(tried)); // header and nonce, which are kept
  if (!fileKey) throw new Error("no key was told");
  const encrypt = await cipher(fileKey, start.slice(-NONCE));
  const made = await laid(start, tried, encrypt);
  for (let n = 0; n < sample.length; n += 1) {
    if (made[n] !== sample[n]) throw new Error("the browser's cipher differs from that of age");
  }
  return laid(start, plain, encrypt, room);
}

const chunksOf = (plain: Bytes): number => Math.max(1, Math.ceil(plain.length / CHUNK));

// A file: its start, and its chunks end to end.
async function laid(start: Uint8Array, plain: Bytes, encrypt: Encrypting, room?: Bytes): Promise<Bytes> {
  const count = chunksOf(plain);
  const size = start.length + plain.length + TAG * count;
  const sealed = room?.length === size ? room : new Uint8Array(size);
  sealed.set(start);
  const lay = async (number: number): Promise<void> => {
    const chunk = plain.subarray(number * CHUNK, (number + 1) * CHUNK);
    const made = await encrypt(chunkNonce(number, number === count - 1), chunk);
    if (made.length !== chunk.length + TAG) throw new Error("a chunk of another length");
    sealed.set(made, start.length + number * (CHUNK + TAG));
  };
  for (let first = 0; first < count; first += AT_ONCE) {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - first) }, (_, place) => lay(first + place)));
  }
  return sealed;
}

// The number of a chunk, and whether it is the last: none can be moved, left out or added.
function chunkNonce(number: number, isLast: boolean): Bytes {
  const nonce = new Uint8Array(CHUNK_NONCE);
  new DataView(nonce.buffer).setUint32(CHUNK_NONCE - 5, number);
  nonce[CHUNK_NONCE - 1] = isLast ? 1 : 0;
  return nonce;
}

async function cipher(fileKey: Bytes, nonce: Bytes): Promise<Encrypting> {
  const secret = await crypto.subtle.importKey("raw", fileKey, "HKDF", false, ["deriveBits"]);
  const derived = await crypto.subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt: nonce, info: LABEL }, secret, 256);
  const format = "raw-secret" as "raw"; // a name that the types don't know yet
  const key = await crypto.subtle.importKey(format, derived, CIPHER, false, ["encrypt"]);
  return async (iv, plain) => new Uint8Array(await crypto.subtle.encrypt({ name: CIPHER, iv }, key, plain));
}
