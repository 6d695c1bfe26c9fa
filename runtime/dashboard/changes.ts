import { tooManyStreams } from '../base/messages/dashboard.ts';
import { Refusal } from '../http/refusal.ts';

/** How often the store is asked whether something has changed, ms. */
const POLL_MS = 500;
/** So often something is sent although nothing has changed, so that proxies keep the connection. */
const SIGN_OF_LIFE_MS = 15_000;
/** Each open page costs a connection. */
export const MOST_STREAMS = 200;

/** What grows or becomes another one with each change in a store. */
type Position = () => number | string | Promise<number | string>;

/**
 * Tells open pages that something has changed, as server-sent events. The store is asked by one loop for all of them, and only
 * while there is one.
 */
export class Changes {
  readonly #position: Position;
  readonly #onError: (error: unknown) => void;
  readonly #streams = new Set<Stream>();
  #timer: NodeJS.Timeout | undefined;
  #last: number | string | undefined;

  /** @param onError called with a failure of the store; the loop goes on */
  constructor(position: Position, onError: (error: unknown) => void) {
    this.#position = position;
    this.#onError = onError;
  }

  /** @throws Refusal 503 if too many are open */
  open(headers: Readonly<Record<string, string>>): Response {
    if (this.#streams.size >= MOST_STREAMS)
      throw new Refusal(503, 'TOO_MANY_PAGES', tooManyStreams(), { 'retry-after': '5' });
    const stream = new Stream(() => {
      this.#streams.delete(stream);
      if (this.#streams.size === 0) this.#rest();
    });
    this.#streams.add(stream);
    if (this.#timer === undefined) this.#wait();
    return new Response(stream.body, {
      headers: {
        ...headers,
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        // nginx would keep it back.
        'x-accel-buffering': 'no',
      },
    });
  }

  /** Ends all streams. */
  close(): void {
    for (const stream of [...this.#streams]) stream.end();
  }

  #wait(): void {
    this.#timer = setTimeout(() => void this.#look(), POLL_MS).unref();
  }

  #rest(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#last = undefined;
  }

  async #look(): Promise<void> {
    try {
      const position = await this.#position();
      const isFirst = this.#last === undefined;
      const isNew = position !== this.#last;
      this.#last = position;
      for (const stream of this.#streams) if (isNew && !isFirst) stream.changed();
    } catch (error) {
      this.#onError(error);
    }
    for (const stream of this.#streams) stream.signOfLife();
    // They may have gone meanwhile.
    if (this.#streams.size > 0) this.#wait();
  }
}

const encoder = new TextEncoder();

/** One open page. At most one change waits to be sent: a page that is slow has missed nothing by that. */
class Stream {
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly #gone: () => void;
  #controller!: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;
  #isChanged = false;
  #isOver = false;
  #sentAt = performance.now();

  constructor(gone: () => void) {
    this.#gone = gone;
    this.body = new ReadableStream<Uint8Array<ArrayBuffer>>(
      {
        start: (controller) => {
          this.#controller = controller;
          // Headers are not sent by all servers before there is something of the body.
          this.#send(': open\n\n');
        },
        pull: () => {
          if (this.#isChanged) this.#sendChange();
        },
        cancel: () => this.#over(),
      },
      { highWaterMark: 1 },
    );
  }

  changed(): void {
    if ((this.#controller.desiredSize ?? 0) > 0) this.#sendChange();
    else this.#isChanged = true;
  }

  signOfLife(): void {
    if (performance.now() - this.#sentAt < SIGN_OF_LIFE_MS) return;
    if ((this.#controller.desiredSize ?? 0) > 0) this.#send(': here\n\n');
  }

  end(): void {
    if (this.#isOver) return;
    this.#controller.close();
    this.#over();
  }

  #sendChange(): void {
    this.#isChanged = false;
    this.#send('event: change\ndata:\n\n');
  }

  #send(text: string): void {
    this.#sentAt = performance.now();
    this.#controller.enqueue(encoder.encode(text));
  }

  #over(): void {
    this.#isOver = true;
    this.#gone();
  }
}
