// A worker that looks for a number: SHA-256 of "<stamp>:<number>" is to begin with so many bits that are 0.
// By hand, for crypto.subtle is asynchronous, which costs more than the digest, and absent without https.
"use strict";

const FRACTIONS = [];
const START = [];
// The first bits of the fractions of the roots of the first primes (FIPS 180-4, sections 4.2.2 and 5.3.3).
for (let number = 2; FRACTIONS.length < 64; number++) {
  let prime = true;
  for (let each = 2; each * each <= number; each++) if (number % each === 0) prime = false;
  if (!prime) continue;
  if (START.length < 8) START.push((Math.sqrt(number) * 2 ** 32) | 0);
  FRACTIONS.push((Math.cbrt(number) * 2 ** 32) | 0);
}

const turned = (word, bits) => (word >>> bits) | (word << (32 - bits));

// One step over a block of 16 words, which *words* has room for 64 of.
function mixed(state, words) {
  for (let place = 16; place < 64; place++) {
    const near = words[place - 2], far = words[place - 15];
    const one = turned(near, 17) ^ turned(near, 19) ^ (near >>> 10), other = turned(far, 7) ^ turned(far, 18) ^ (far >>> 3);
    words[place] = (words[place - 16] + other + words[place - 7] + one) | 0;
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let place = 0; place < 64; place++) {
    const first = (h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + ((e & f) ^ (~e & g)) + FRACTIONS[place] + words[place]) | 0;
    const second = ((turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g; g = f; f = e; e = (d + first) | 0; d = c; c = b; b = a; a = (first + second) | 0;
  }
  const [i, j, k, l, m, n, o, p] = state;
  return [(a + i) | 0, (b + j) | 0, (c + k) | 0, (d + l) | 0, (e + m) | 0, (f + n) | 0, (g + o) | 0, (h + p) | 0];
}

// The words of *bytes* with their end and length, in blocks (FIPS 180-4 section 5.1.1).
function blocks(bytes) {
  const padded = new Uint8Array(Math.ceil((bytes.length + 9) / 64) * 64);
  padded.set(bytes);
  padded[bytes.length] = 128;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 4, bytes.length * 8);
  return Array.from({ length: padded.length / 64 }, (_, block) => {
    const words = new Int32Array(64);
    for (let word = 0; word < 16; word++) words[word] = view.getInt32(block * 64 + word * 4);
    return words;
  });
}

const digest = (text) => blocks(new TextEncoder().encode(text)).reduce(mixed, START);

// At most 32 bits are ever asked for.
const begins = ([first], bits) => (bits === 32 ? first === 0 : first >>> (32 - bits) === 0);

self.onmessage = ({ data: { stamp, bits } }) => {
  let number = 0;
  while (!begins(digest(`${stamp}:${number}`), bits)) number++;
  self.postMessage(String(number));
};
