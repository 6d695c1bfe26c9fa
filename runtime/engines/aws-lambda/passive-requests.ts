import type { OperationCalls } from './calls.ts';
import type { Request } from './requests.ts';

/** The requests of one run that the engine completes: waits, callbacks, other runs. Steps are not among them. */
export class PassiveRequests {
  readonly #calls: OperationCalls;
  readonly #requests = new Set<Request>();

  constructor(calls: OperationCalls) {
    this.#calls = calls;
  }

  get size(): number {
    return this.#requests.size;
  }

  add(request: Request): void {
    this.#requests.add(request);
  }

  delete(request: Request): void {
    this.#requests.delete(request);
  }

  clear(): void {
    this.#requests.clear();
  }

  /** The requests that the engine has completed, in a fixed order, since the engine has none. */
  arrivals(): Request[] {
    if (this.#requests.size === 0) return [];
    const found = [...this.#requests].filter((request) => !request.queued && request.arrived);
    return found.sort((one, other) => (one.arrivedAt ?? 0) - (other.arrivedAt ?? 0));
  }

  /**
   * Begins the steps that announce callbacks, for those callbacks that have begun.
   *
   * @param admits whether the execution may have another operation
   */
  announce(admits: () => boolean): void {
    for (const request of this.#requests) {
      const { operation, announced, plan } = request;
      if (plan.announcement === undefined || announced !== undefined || !operation?.begun) continue;
      if (!admits()) return;
      request.announced = this.#calls.step(plan.announcement.name, plan.announcement.body(operation));
    }
  }
}
