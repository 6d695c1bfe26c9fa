/** A run of a plain function: what is sent to it, and what in it waits for that. Nothing of it outlives the process. */
import { CancelledError, TimeoutError } from '../../runtime/index.ts';
import { plainRun } from './world.ts';

type Settle = (error: unknown, value?: unknown) => void;

export class PlainRun {
  readonly id: string;
  /** Payloads that nobody has waited for yet, by the name of their signal. */
  readonly #inbox = new Map<string, unknown[]>();
  readonly #receivers = new Map<string, Settle[]>();
  /** Everything that waits, in the order in which it began to. */
  readonly #waiting = new Set<Settle>();
  #cancelled: CancelledError | undefined;

  constructor(id: string) {
    this.id = id;
  }

  static get current(): PlainRun {
    return plainRun.getStore() as PlainRun;
  }

  /** Waits for `ask` to settle, for the time to be over, or for the run to be cancelled. */
  wait<T>(ask: (settle: Settle) => void, timeout = Number.POSITIVE_INFINITY): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const settle: Settle = (error, value) => {
        clearTimeout(timer);
        this.#waiting.delete(settle);
        if (error === undefined) resolve(value as T);
        else reject(error);
      };
      const expire = (): void => settle(new TimeoutError('It took too long.'));
      const timer = Number.isFinite(timeout) ? setTimeout(expire, timeout) : undefined;
      this.#waiting.add(settle);
      if (this.#cancelled === undefined) ask(settle);
      else this.#cancel();
    });
  }

  receive(name: string, timeout?: number): Promise<unknown> {
    const [payload] = this.#inbox.get(name)?.splice(0, 1) ?? [];
    if (payload !== undefined) return this.wait((settle) => settle(undefined, payload));
    return this.wait((settle) => this.#receiversOf(name).push(settle), timeout);
  }

  signal(name: string, payload: unknown): void {
    let receiver = this.#receiversOf(name).shift();
    while (receiver !== undefined && !this.#waiting.has(receiver)) receiver = this.#receiversOf(name).shift();
    if (receiver !== undefined) return receiver(undefined, payload);
    const kept = this.#inbox.get(name) ?? [];
    this.#inbox.set(name, [...kept, payload]);
  }

  cancel(reason: string | undefined): void {
    this.#cancelled = new CancelledError(reason);
    if (this.#waiting.size > 0) this.#cancel();
  }

  #cancel(): void {
    const error = this.#cancelled;
    this.#cancelled = undefined;
    for (const settle of [...this.#waiting]) settle(error);
  }

  #receiversOf(name: string): Settle[] {
    const receivers = this.#receivers.get(name) ?? [];
    this.#receivers.set(name, receivers);
    return receivers;
  }
}
