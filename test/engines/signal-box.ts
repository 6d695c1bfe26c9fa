/** Completes the callback with this token; false if nobody waits for it any more. */
type Deliver = (token: string, payload: unknown) => Promise<boolean>;

/** A sender of signals to runs of an engine that has callbacks only: keeps what is sent before it is waited for. */
export class SignalBox {
  readonly #deliver: Deliver;
  readonly #sent = new Map<string, unknown[]>();
  readonly #tokens = new Map<string, string[]>();
  #matching = Promise.resolve();

  constructor(deliver: Deliver) {
    this.#deliver = deliver;
  }

  /** The run waits for a signal of this name, under this token. Called again with the same token after a crash. */
  async expect(name: string, token: string): Promise<void> {
    const tokens = listOf(this.#tokens, name);
    if (!tokens.includes(token)) tokens.push(token);
    await this.#match(name);
  }

  async send(name: string, payload: unknown): Promise<void> {
    listOf(this.#sent, name).push(payload);
    await this.#match(name);
  }

  /** One after the other: a payload is sent once. */
  #match(name: string): Promise<void> {
    this.#matching = this.#matching.then(() => this.#matchAll(name));
    return this.#matching;
  }

  async #matchAll(name: string): Promise<void> {
    const tokens = listOf(this.#tokens, name);
    const sent = listOf(this.#sent, name);
    while (tokens.length > 0 && sent.length > 0) {
      const payload = sent[0];
      if (await this.#deliver(tokens.shift()!, payload)) sent.shift();
    }
  }
}

function listOf<T>(lists: Map<string, T[]>, name: string): T[] {
  const list = lists.get(name) ?? [];
  lists.set(name, list);
  return list;
}
