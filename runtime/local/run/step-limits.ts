import { calleeIn, siteOf } from '../../base/keys.ts';

interface Slots {
  free: number;
  readonly waiting: (() => void)[];
}

/** Holds back steps of which enough are under way in this process, by name. First come, first served. */
export class StepLimits {
  readonly #slots = new Map<string, Slots>();

  /** @param limits how many steps of a name may run at once; the others are free */
  constructor(limits: Readonly<Record<string, number>>) {
    for (const [name, free] of Object.entries(limits)) this.#slots.set(name, { free, waiting: [] });
  }

  /** Nothing is limited, which most runtimes are. */
  get none(): boolean {
    return this.#slots.size === 0;
  }

  /** Calls back when a step with this key may start, maybe at once. */
  acquire(key: string, start: () => void): void {
    const slots = this.#slotsOf(key);
    if (slots === undefined) start();
    else if (slots.free > 0) {
      slots.free--;
      start();
    } else slots.waiting.push(start);
  }

  /** A step that was allowed to start has ended, or didn't start after all. */
  release(key: string): void {
    const slots = this.#slotsOf(key);
    if (slots === undefined) return;
    const next = slots.waiting.shift();
    if (next === undefined) slots.free++;
    else next();
  }

  #slotsOf(key: string): Slots | undefined {
    if (this.none) return undefined;
    // All sites that call one function share its limit.
    return this.#slots.get(calleeIn(siteOf(key)));
  }
}
