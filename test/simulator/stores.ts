/** Where the journals of a simulation are kept, and what its processes see of each other there. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Store } from '../../runtime/index.ts';
import type { WorkersView } from '../../runtime/stores/liveness.ts';
import { memoryStoreSeenBy } from '../../runtime/stores/memory.ts';
import { fileStoreSeenBy } from '../../runtime/stores/sqlite.ts';
import type { Process } from './process.ts';

export interface Stores {
  /** The store as this process has it. */
  of(process: Process): Store;
  /** Nothing of it is needed any more. */
  remove(): void;
}

export type Kind = 'memory' | 'file';

/** @param processes by their process ids */
export const storesOf = (kind: Kind, processes: ReadonlyMap<number, Process>): Stores =>
  kind === 'memory' ? new InMemory(processes) : new InFile(processes);

/** As `isGone` of the runtime, for processes that are simulated. */
export const sees = (processes: ReadonlyMap<number, Process>): Pick<WorkersView, 'isGone' | 'isStopped'> => ({
  isGone: ({ leaseUntil, host, pid }, by, now) =>
    leaseUntil <= now || (host === by.host && processes.get(pid)?.isDead === true),
  isStopped: () => false,
});

/** One store for all. */
class InMemory implements Stores {
  readonly #store: Store;
  #caller: Process | undefined;

  constructor(processes: ReadonlyMap<number, Process>) {
    this.#store = memoryStoreSeenBy({ ...sees(processes), now: () => this.#caller!.now() });
  }

  of(process: Process): Store {
    this.#caller = process;
    return this.#store;
  }

  remove(): void {}
}

/** One file, of which each process has a connection. That of a dead one stays: what it had sent may arrive later. */
class InFile implements Stores {
  // Nothing here is about the disk, and a simulation commits some thousand times.
  readonly #folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'simulator-'));
  readonly #processes: ReadonlyMap<number, Process>;
  readonly #connections = new Map<Process, Store>();

  constructor(processes: ReadonlyMap<number, Process>) {
    this.#processes = processes;
  }

  of(process: Process): Store {
    let store = this.#connections.get(process);
    if (store === undefined) {
      const view = { ...sees(this.#processes), now: () => process.now() };
      store = fileStoreSeenBy(join(this.#folder, 'runs.db'), view);
      this.#connections.set(process, store);
    }
    return store;
  }

  remove(): void {
    for (const store of this.#connections.values()) void store.close();
    rmSync(this.#folder, { recursive: true });
  }
}
