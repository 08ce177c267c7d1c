// SHA-256 that is fed piece by piece (FIPS 180-4), which the browser's own cannot be: for files larger than one piece alone. That of
// @noble/hashes keeps its state in fields of an object, which Chromium does three times as slowly as variables (bench/README.md).

const BLOCK = 64;
const LENGTH = 8;
const START = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];
// prettier-ignore
const K = Int32Array.from([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
]);
const W = new Int32Array(K.length);

export class Running {
  private readonly state = Int32Array.from(START);
  private readonly rest = new Uint8Array(BLOCK); // what has come of a block that is not full
  private length = 0;

  add(data: Uint8Array): void {
    const held = this.length % BLOCK;
    const lacking = held ? Math.min(BLOCK - held, data.length) : 0;
    this.rest.set(data.subarray(0, lacking), held);
    if (held && held + lacking === BLOCK) blocks(this.state, this.rest);
    const whole = lacking + Math.floor((data.length - lacking) / BLOCK) * BLOCK;
    blocks(this.state, data.subarray(lacking, whole));
    this.rest.set(data.subarray(whole), (held + whole) % BLOCK);
    this.length += data.length;
  }

  // The hash of what has come so far; more may be added after it.
  digest(): Uint8Array {
    const held = this.length % BLOCK;
    const end = new Uint8Array(held + 1 + LENGTH > BLOCK ? 2 * BLOCK : BLOCK);
    end.set(this.rest.subarray(0, held));
    end[held] = 0x80;
    new DataView(end.buffer).setBigUint64(end.length - LENGTH, BigInt(this.length) * 8n);
    const state = this.state.slice();
    blocks(state, end);
    const found = new DataView(new ArrayBuffer(4 * state.length));
    state.forEach((word, place) => found.setInt32(4 * place, word));
    return new Uint8Array(found.buffer);
  }
}

// Take in whole blocks. All is whole numbers of 32 bits in variables of this function: that is what makes it quick.
function blocks(state: Int32Array, data: Uint8Array): void {
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  let h0 = state[0]! | 0;
  let h1 = state[1]! | 0;
  let h2 = state[2]! | 0;
  let h3 = state[3]! | 0;
  let h4 = state[4]! | 0;
  let h5 = state[5]! | 0;
  let h6 = state[6]! | 0;
  let h7 = state[7]! | 0;
  for (let at = 0; at < data.length; at += BLOCK) {
    for (let i = 0; i < 16; i += 1) W[i] = view.getInt32(at + 4 * i);
    for (let i = 16; i < 64; i += 1) {
      const x = W[i - 15]! | 0;
      const y = W[i - 2]! | 0;
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      W[i] = ((W[i - 16]! | 0) + s0 + (W[i - 7]! | 0) + s1) | 0;
    }
    let a = h0;
    let b = h1;
    let c = h2;
    let d = h3;
    let e = h4;
    let f = h5;
    let g = h6;
    let h = h7;
    for (let i = 0; i < 64; i += 1) {
      const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const t1 = (h + s1 + (g ^ (e & (f ^ g))) + (K[i]! | 0) + (W[i]! | 0)) | 0;
      const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const t2 = (s0 + ((a & b) | (c & (a | b)))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + t1) | 0;
      d = c;
      c = b;
      b = a;
      a = (t1 + t2) | 0;
    }
    h0 = (h0 + a) | 0;
    h1 = (h1 + b) | 0;
    h2 = (h2 + c) | 0;
    h3 = (h3 + d) | 0;
    h4 = (h4 + e) | 0;
    h5 = (h5 + f) | 0;
    h6 = (h6 + g) | 0;
    h7 = (h7 + h) | 0;
  }
  state.set([h0, h1, h2, h3, h4, h5, h6, h7]);
}
