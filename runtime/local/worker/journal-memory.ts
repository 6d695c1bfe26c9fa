import type { Claim } from '../../stores/claims.ts';

/** Memory for journals that a claim may use. */
export interface Reservation {
  /** Undefined while another claim has reserved it. */
  readonly bytes: number | undefined;
  /** One run may be taken, however large its journal is. */
  readonly atLeastOne: boolean;
}

/** How much memory the journals of the runs of this process take. */
export class JournalMemory {
  readonly #maxBytes: number;
  readonly #sizes = new Map<string, number>();
  #bytes = 0;
  #isReserved = false;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Reserves all memory that is free, for one claim at a time. */
  reserve(): Reservation & { release(): void } {
    const isFirst = !this.#isReserved;
    const bytes = isFirst ? Math.max(this.#maxBytes - this.#bytes, 0) : undefined;
    if (isFirst) this.#isReserved = true;
    const release = (): void => {
      if (isFirst) this.#isReserved = false;
    };
    return { bytes, atLeastOne: isFirst && this.#sizes.size === 0, release };
  }

  /** A run is launched, or is being taken up. */
  hold({ runId, bytes = 0 }: Claim): void {
    if (bytes === 0 || this.#sizes.has(runId)) return;
    this.#sizes.set(runId, bytes);
    this.#bytes += bytes;
  }

  /** The run is no longer in memory. */
  free(runId: string): void {
    this.#bytes -= this.sizeOf(runId);
    this.#sizes.delete(runId);
  }

  sizeOf(runId: string): number {
    return this.#sizes.get(runId) ?? 0;
  }

  /** By how many bytes the journals exceed half of the memory. */
  get excess(): number {
    return this.#bytes - this.#maxBytes / 2;
  }
}
