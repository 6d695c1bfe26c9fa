/** A sender of signals to runs of an engine that has callbacks only: keeps what is sent before it is waited for. */
export class SignalBox {
  readonly #deliver: (token: string, payload: unknown) => Promise<void>;
  readonly #sent = new Map<string, unknown[]>();
  readonly #tokens = new Map<string, string[]>();

  constructor(deliver: (token: string, payload: unknown) => Promise<void>) {
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

  async #match(name: string): Promise<void> {
    const tokens = listOf(this.#tokens, name);
    const sent = listOf(this.#sent, name);
    while (tokens.length > 0 && sent.length > 0) await this.#deliver(tokens.shift()!, sent.shift());
  }
}

function listOf<T>(lists: Map<string, T[]>, name: string): T[] {
  const list = lists.get(name) ?? [];
  lists.set(name, list);
  return list;
}
