/**
 * What a Restate server sends to an attempt of a run, read on its way to the SDK. The SDK does not provide two things that are
 * needed: the steps in the journal, before they are requested (an un-awaited call must be distinguished from a step before it
 * is called again); and a way to wake the SDK while it waits, when the run has made a new request.
 *
 * The format is that of Restate's service protocol: messages with a head of eight bytes, of which the first two are the type
 * and the last four the length, and a body in Protocol Buffers.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { Buffer } from 'node:buffer';

const HEAD = 8;
/** The command of `ctx.run(name)`. */
const RUN_COMMAND = 0x0411;
/** The field of it that holds the name, as Protocol Buffers write it: number 12, a text. */
const NAME_FIELD = (12 << 3) | 2;

const EMPTY = new Uint8Array(0);

export class Input {
  /**
   * Whether the server continues to send during the attempt. Otherwise the attempt ends whenever it has to wait for a
   * confirmation of the server.
   */
  readonly streams: boolean;
  /** The names of the runs (steps, to us) that the journal holds. */
  readonly runs = new Set<string>();
  #rest: Buffer = Buffer.alloc(0);
  #isAwake = false;
  /** Set while the SDK waits. */
  #wake: (() => void) | undefined;

  constructor(streams: boolean) {
    this.streams = streams;
  }

  /** Makes the SDK look at what it waits for, if the input is one that `pass` was called for. */
  ping(): void {
    this.#isAwake = true;
    this.#wake?.();
  }

  /** Takes in what the server sends, in pieces of any size. */
  read(chunk: Uint8Array): void {
    let data =
      this.#rest.length === 0
        ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
        : Buffer.concat([this.#rest, chunk]);
    for (;;) {
      if (data.length < HEAD) break;
      const end = HEAD + data.readUInt32BE(4);
      if (data.length < end) break;
      if (data.readUInt16BE(0) === RUN_COMMAND) this.runs.add(nameOf(data.subarray(HEAD, end)));
      data = data.subarray(end);
    }
    this.#rest = data;
  }

  /** The same chunks, read on their way; between them empty ones, which mean nothing to the SDK but that it looks. */
  pass(source: AsyncIterator<Uint8Array>): AsyncIterableIterator<Uint8Array> {
    let isReading = false;
    /** Input that was read while nothing waited for it. */
    let kept: Promise<IteratorResult<Uint8Array>> | undefined;
    let settle: ((result: Promise<IteratorResult<Uint8Array>>) => void) | undefined;
    const arrive = (result: Promise<IteratorResult<Uint8Array>>): void => {
      isReading = false;
      if (settle === undefined) kept = result;
      else settle(result);
    };
    const request = (): void => {
      isReading = true;
      const read = source.next();
      read.then(
        (result) => {
          if (!result.done) this.read(result.value);
          arrive(read);
        },
        () => arrive(read),
      );
    };
    const iterator: AsyncIterableIterator<Uint8Array> = {
      next: () =>
        new Promise((resolve) => {
          const answer = (result: IteratorResult<Uint8Array> | Promise<IteratorResult<Uint8Array>>): void => {
            settle = undefined;
            this.#wake = undefined;
            resolve(result);
          };
          const wake = (): void => {
            this.#isAwake = false;
            answer({ done: false, value: EMPTY });
          };
          if (kept !== undefined) {
            const result = kept;
            kept = undefined;
            return answer(result);
          }
          if (!isReading) request();
          if (this.#isAwake) return wake();
          settle = answer;
          this.#wake = wake;
        }),
      return: async () => (await source.return?.()) ?? { done: true, value: undefined },
      [Symbol.asyncIterator]: () => iterator,
    };
    return iterator;
  }
}

function nameOf(body: Buffer): string {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = body[at++] ?? 0;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  };
  while (at < body.length) {
    const field = varint();
    const kind = field & 7;
    if (kind === 0) varint();
    else if (kind === 1) at += 8;
    else if (kind === 5) at += 4;
    else {
      const end = varint() + at;
      if (field === NAME_FIELD) return body.toString('utf8', at, end);
      at = end;
    }
  }
  return '';
}

const storage = new AsyncLocalStorage<Input>();

/** Calls what serves a request; the run in it will find its input. */
export const serving = <T>(input: Input, serve: () => T): T => storage.run(input, serve);

export const currentInput = (): Input | undefined => storage.getStore();
