/** HMAC-SHA-256 (RFC 2104, FIPS 180-4), synchronous: so a signed call starts at once, and calls to an object keep their order. */

const BLOCK_BYTES = 64;
const INNER_PAD = 0x36;
const OUTER_PAD = 0x5c;

/** The first 32 bits of the fractional parts of a root of the first primes. */
function rootsOfPrimes(count: number, exponent: number): Uint32Array {
  const primes: number[] = [];
  for (let number = 2; primes.length < count; number++) if (primes.every((prime) => number % prime !== 0)) primes.push(number);
  return Uint32Array.from(primes, (prime) => (prime ** exponent % 1) * 2 ** 32);
}
const INITIAL_STATE = rootsOfPrimes(8, 1 / 2);
const ROUND_CONSTANTS = rootsOfPrimes(64, 1 / 3);

const rotate = (word: number, bits: number): number => (word >>> bits) | (word << (32 - bits));

/** Adds a block of 64 bytes to the state. */
function addBlock(state: Uint32Array, block: DataView, words: Uint32Array): void {
  for (let t = 0; t < 16; t++) words[t] = block.getUint32(4 * t);
  for (let t = 16; t < 64; t++) {
    const w15 = words[t - 15]!;
    const w2 = words[t - 2]!;
    const sigma0 = rotate(w15, 7) ^ rotate(w15, 18) ^ (w15 >>> 3);
    const sigma1 = rotate(w2, 17) ^ rotate(w2, 19) ^ (w2 >>> 10);
    words[t] = words[t - 16]! + sigma0 + words[t - 7]! + sigma1;
  }
  let a = state[0]!, b = state[1]!, c = state[2]!, d = state[3]!; // prettier-ignore
  let e = state[4]!, f = state[5]!, g = state[6]!, h = state[7]!; // prettier-ignore
  for (let t = 0; t < 64; t++) {
    const t1 = (h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & f) ^ (~e & g)) + ROUND_CONSTANTS[t]! + words[t]!) | 0;
    const t2 = ((rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  [a, b, c, d, e, f, g, h].forEach((word, index) => {
    state[index]! += word;
  });
}

function sha256(message: Uint8Array): Uint8Array {
  const length = Math.ceil((message.length + 9) / BLOCK_BYTES) * BLOCK_BYTES; // the message, a bit 1, and its length in 8 bytes
  const padded = new Uint8Array(length);
  padded.set(message);
  padded[message.length] = 0x80;
  new DataView(padded.buffer).setUint32(length - 4, 8 * message.length);
  const state = INITIAL_STATE.slice();
  const words = new Uint32Array(64);
  for (let start = 0; start < length; start += BLOCK_BYTES) addBlock(state, new DataView(padded.buffer, start), words);
  const digest = new DataView(new ArrayBuffer(32));
  state.forEach((word, index) => digest.setUint32(4 * index, word));
  return new Uint8Array(digest.buffer);
}

/** Returns the HMAC of a text as 64 hexadecimal digits. */
export function hmacSha256(key: string, text: string): string {
  const encoder = new TextEncoder();
  const keyBytes = encoder.encode(key);
  const block = new Uint8Array(BLOCK_BYTES);
  block.set(keyBytes.length > BLOCK_BYTES ? sha256(keyBytes) : keyBytes);
  const hashWith = (pad: number, message: Uint8Array): Uint8Array => {
    const input = new Uint8Array(BLOCK_BYTES + message.length);
    input.set(block.map((byte) => byte ^ pad));
    input.set(message, BLOCK_BYTES);
    return sha256(input);
  };
  const digest = hashWith(OUTER_PAD, hashWith(INNER_PAD, encoder.encode(text)));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
