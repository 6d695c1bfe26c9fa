import type { LineCount } from '../../run/line-count.ts';
import { sizeOf } from './limits.ts';
import type { Operations, TrackedOperation } from './operations.ts';
import { DeliveryOrder } from './order.ts';

/** The contents of the operations that are recorded when an invocation begins. */
export class History {
  readonly order = new DeliveryOrder();
  /** Operations that the code hasn't requested yet. */
  readonly unasked = new Set<TrackedOperation>();
  /** Bytes of all results. */
  bytes = 0;
  readonly #orderedAt = new Map<string, number>();
  readonly #late = new Set<string>();

  /** @throws StoreError if something else wrote one of them */
  constructor(operations: Operations, lines: LineCount) {
    for (const operation of operations) this.#read(operation, lines);
  }

  /** When an outcome was delivered first that has no number of its own; ms since the epoch. */
  orderedAt(name: string): number | undefined {
    return this.#orderedAt.get(name);
  }

  /** It is recorded that this was not completed in time. */
  wasLate(name: string): boolean {
    return this.#late.has(name);
  }

  #read(operation: TrackedOperation, lines: LineCount): void {
    const { control, kind, over, name } = operation;
    if (control === undefined) this.unasked.add(operation);
    if (kind !== 'STEP' || !over) return;
    const { n, at, lines: printed, order, late = [], value } = operation.recorded();
    this.bytes += sizeOf(value);
    lines.recover(printed);
    for (const name of late) this.#late.add(name);
    if (n === undefined) return;
    if (order === undefined) this.order.record(n, name);
    for (const [index, ordered] of (order ?? []).entries()) {
      this.order.record(n + index, ordered);
      if (at !== undefined) this.#orderedAt.set(ordered, at);
    }
  }
}
