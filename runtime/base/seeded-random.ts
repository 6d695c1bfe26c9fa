import * as crypto from 'node:crypto';

/**
 * The randomness of one scope, derived from the secret seed of its run and from the path of the scope: the same on
 * every replay, and independent of what other scopes draw.
 */
export class Randomness {
  readonly seed: string;
  readonly #path: string;
  #float: (() => number) | undefined;
  #blocks = 0;

  constructor(seed: string, path: string) {
    this.seed = seed;
    this.#path = path;
  }

  /** As `Math.random()`: fast, in [0, 1), not for secrets. */
  float(): number {
    this.#float ??= sfc32(Buffer.from(this.#digest('float'), 'hex'));
    return this.#float();
  }

  /** As `crypto.randomUUID()`. */
  uuid(): string {
    const bytes = this.#block();
    bytes[6] = (bytes[6]! & 0x0f) | 0x40;
    bytes[8] = (bytes[8]! & 0x3f) | 0x80;
    const hex = bytes.toString('hex', 0, 16);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  }

  /** As `crypto.getRandomValues(view)`, with the errors it throws. */
  fill<T extends ArrayBufferView>(view: T): T {
    // The platform checks the kind and the size of the view; its bytes are then overwritten.
    crypto.getRandomValues(view as unknown as Uint8Array<ArrayBuffer>);
    const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    for (let at = 0; at < bytes.length; at += 32) {
      bytes.set(this.#block().subarray(0, Math.min(32, bytes.length - at)), at);
    }
    return view;
  }

  /** SHA-256 in counter mode: unpredictable without the seed. */
  #block(): Buffer {
    return Buffer.from(this.#digest(`bytes\0${this.#blocks++}`), 'hex');
  }

  /** The seed is of fixed length and the purpose has no path in it, so no two inputs coincide. */
  #digest(purpose: string): string {
    return crypto.hash('sha256', `${this.seed}\0${purpose}\0${this.#path}`, 'hex');
  }
}

/** Chris Doty-Humphrey's sfc32 (PractRand): 128 bits of state, passes BigCrush; two draws make a 53-bit fraction. */
function sfc32(seed: Buffer): () => number {
  let a = seed.readInt32LE(0);
  let b = seed.readInt32LE(4);
  let c = seed.readInt32LE(8);
  let counter = seed.readInt32LE(12);
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  return () => ((next() >>> 5) * 0x4000000 + (next() >>> 6)) / 0x20000000000000;
}
